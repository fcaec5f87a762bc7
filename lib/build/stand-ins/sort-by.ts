/** In place of lodash, for the SDK's signers: sorts a copy, and leaves equal ones in their order. Nothing else of lodash is there. */
export function sortBy(items: readonly string[], keyOf: (item: string) => string): string[] {
  const keyed = items.map((item) => [keyOf(item), item] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
