/** Reserved for writing and sending the response (ms). */
const RESPONSE_RESERVE_MS = 150;

/**
 * Resolves to the value, or to `undefined` when the remaining time runs out first. The work then continues for as long as the platform lets it, and
 * the next invocation finds what it recorded.
 *
 * @throws what the work throws in time; a later error is only passed to `late`
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
      Math.max(0, remainingMs - RESPONSE_RESERVE_MS),
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
