/** Maximum number of parallel requests in a tick. */
export const MAX_PARALLEL = 8;

/**
 * Runs `work` for each item, at most `width` at a time. Work starts in the given order; none is started once `mayContinue` returns false or some work
 * has failed.
 *
 * @param mayContinue called before each item with the number of items already started
 * @returns the results, in the given order; fewer than there are items if it stopped early
 * @throws the first failure, after all started work has ended
 */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
  mayContinue: (begun: number) => boolean = () => true,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let begun = 0;
  const next = async (): Promise<void> => {
    while (begun < items.length && failures.length === 0 && mayContinue(begun)) {
      const place = begun;
      begun += 1;
      try {
        results[place] = await work(items[place] as T);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: width }, next));
  if (failures.length > 0) throw failures[0];
  return results;
}
