/** The quoted names in a list. */
export function quotedNames(list: string): string[] {
  return [...new Set([...list.matchAll(/'([^']+)'/g)].map(([, name = '']) => name))];
}
