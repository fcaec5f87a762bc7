import type { ObjectIdentity } from '../ports/obs.ts';

/**
 * Is the object in the bucket the version that the event is about? Compares version ids, else eTags (ignoring quotes and case), else sizes.
 *
 * @returns `undefined` when event and response have nothing in common to compare
 */
export function isSameVersion(event: Partial<ObjectIdentity>, seen: ObjectIdentity): boolean | undefined {
  if (event.versionId !== undefined && seen.versionId !== undefined) return event.versionId === seen.versionId;
  if (event.eTag !== undefined && seen.eTag !== undefined) return plainETag(event.eTag) === plainETag(seen.eTag);
  // Without a version id and an eTag, the size of the response is not trusted either: an empty object looks the same.
  if (seen.versionId === undefined && seen.eTag === undefined) return undefined;
  return event.size === undefined ? undefined : event.size === seen.size;
}

function plainETag(eTag: string): string {
  return eTag.replace(/^"|"$/g, '').toLowerCase();
}
