/** Kept for writing and sending the answer (ms). */
const ANSWER_MS = 150;

/**
 * The value, or `undefined` when it does not come within the remaining time. Then the work goes on beside the answer as long as the platform lets
 * it, and what it records is found by the next invocation.
 *
 * @throws what the work throws in time; later it is only told to `late`
 */
export async function withDeadline<T>(
  work: Promise<T>,
  remainingMs: number,
  late: (error: unknown) => void,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(
      () => {
        isOver = true;
        resolve(undefined);
      },
      Math.max(0, remainingMs - ANSWER_MS),
    );
  });
  work.catch((error: unknown) => {
    if (isOver) late(error);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
