/** An extension that programs add automatically. */
const EXTENSION = /\.(?:txt|json|csv|tmp)$/;

/**
 * Whether this object was probably meant as the marker: its name differs only in case, extension or surrounding spaces, or it is in a subfolder of
 * the prefix.
 *
 * @param name relative to the set's prefix
 */
export function resemblesMarker(marker: string | undefined, name: string): boolean {
  if (marker === undefined || name === marker) return false;
  const last = (name.split('/').at(-1) ?? '').trim().toLowerCase();
  const wanted = marker.toLowerCase();
  return last === wanted || last.replace(EXTENSION, '') === wanted;
}

/** Explains for people what is wrong with each key. */
export function markerHints(marker: string | undefined, prefix: string, keys: readonly string[]): string[] {
  return keys.map((key) => {
    const isDeeper = key.slice(prefix.length).includes('/');
    const wrong = isDeeper ? `the marker must be directly under ${prefix}` : 'the name must match exactly';
    return `${key} is not the marker ${marker}: ${wrong}`;
  });
}
