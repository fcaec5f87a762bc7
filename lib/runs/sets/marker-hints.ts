/** An ending that programs add by themselves. */
const ENDING = /\.(?:txt|json|csv|tmp)$/;

/**
 * Was this object meant as the marker? It has the marker's name but for the case, an ending or the spaces around it, or lies in a folder below
 * the prefix.
 *
 * @param name relative to the set's prefix
 */
export function resemblesMarker(marker: string | undefined, name: string): boolean {
  if (marker === undefined || name === marker) return false;
  const last = (name.split('/').at(-1) ?? '').trim().toLowerCase();
  const wanted = marker.toLowerCase();
  return last === wanted || last.replace(ENDING, '') === wanted;
}

/** For people: what is wrong with each. */
export function markerHints(marker: string | undefined, prefix: string, keys: readonly string[]): string[] {
  return keys.map((key) => {
    const isDeeper = key.slice(prefix.length).includes('/');
    const wrong = isDeeper ? `the marker must lie directly below ${prefix}` : 'its name is not exactly that';
    return `${key} is not the marker ${marker}: ${wrong}`;
  });
}
