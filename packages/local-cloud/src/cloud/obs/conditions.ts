import type { StoredObject } from './bucket.ts';

/** The four conditions of a request on an object, or on the source of a copy. */
export interface Conditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
}

/**
 * The first condition that the object does not meet; undefined if it meets all. A time that is malformed or in the future has no effect (API
 * reference obs_04_0083), and neither has a time beside an ETag of the same kind (RFC 9110, 13.2.2).
 *
 * @param now epoch ms
 */
export function unmetCondition(
  { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince }: Conditions,
  { eTag, modifiedMs }: StoredObject,
  now: number,
): keyof Conditions | undefined {
  // HTTP times have whole seconds.
  const modified = Math.floor(modifiedMs / 1000) * 1000;
  if (ifMatch !== undefined) {
    if (!names(ifMatch, eTag)) return 'ifMatch';
  } else if (modified > (readTime(ifUnmodifiedSince, now) ?? Number.POSITIVE_INFINITY)) return 'ifUnmodifiedSince';
  if (ifNoneMatch !== undefined) {
    if (names(ifNoneMatch, eTag)) return 'ifNoneMatch';
  } else if (modified <= (readTime(ifModifiedSince, now) ?? Number.NEGATIVE_INFINITY)) return 'ifModifiedSince';
  return undefined;
}

function names(header: string, eTag: string): boolean {
  return header.split(',').some((text) => {
    const named = text
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    return named === '*' || named === eTag;
  });
}

function readTime(header: string | undefined, now: number): number | undefined {
  const time = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) || time > now ? undefined : time;
}
