import type { PlaceOptions } from '../place.ts';

/** The flags that make another command use the same place as this one; empty, or with a leading space. */
export function placeFlags({ jobs, local, cloud }: PlaceOptions): string {
  return `${jobs === undefined ? '' : ` --jobs ${shellWord(jobs)}`}${local ? ' --local' : ''}${cloud ? ' --cloud' : ''}`;
}

/** A text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
