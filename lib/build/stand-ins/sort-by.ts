/** Replaces lodash for the SDK's signers: returns a sorted copy; the sort is stable. No other function of lodash is included. */
export function sortBy(items: readonly string[], keyOf: (item: string) => string): string[] {
  const keyed = items.map((item) => [keyOf(item), item] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
