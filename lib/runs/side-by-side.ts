/** So many requests of a tick go out side by side. */
export const WIDTH = 8;

/**
 * Does some work for each of many, so many at once. It is begun in the order given, and no more is begun when `goesOn` says no or some of it has failed.
 *
 * @param goesOn is asked before each with the number of those that were begun
 * @returns the results, in the order given; fewer than there are items where it did not go on
 * @throws what the first failure throws, when all that was begun has ended
 */
export async function sideBySide<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
  goesOn: (begun: number) => boolean = () => true,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let begun = 0;
  const next = async (): Promise<void> => {
    while (begun < items.length && failures.length === 0 && goesOn(begun)) {
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
