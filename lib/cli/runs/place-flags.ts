import type { PlaceOptions } from '../place.ts';

/** What has to be added to a command so that it works with the same place as this one; empty or with a space before it. */
export function placeFlags({ jobs, local, cloud }: PlaceOptions): string {
  return `${jobs === undefined ? '' : ` --jobs ${jobs}`}${local ? ' --local' : ''}${cloud ? ' --cloud' : ''}`;
}
