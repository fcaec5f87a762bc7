import type { ObjectIdentity } from '../ports/obs.ts';

/**
 * Is what lies in the bucket the content that the event is about? By the version ids, without one by the eTags (quotes and case aside), without
 * both by the size.
 *
 * @returns `undefined` when event and answer have nothing in common that could be compared
 */
export function isSameVersion(event: Partial<ObjectIdentity>, seen: ObjectIdentity): boolean | undefined {
  if (event.versionId !== undefined && seen.versionId !== undefined) return event.versionId === seen.versionId;
  if (event.eTag !== undefined && seen.eTag !== undefined) return plainETag(event.eTag) === plainETag(seen.eTag);
  // An answer that says nothing of the content is not trusted with its size either: an empty object has such a one.
  if (seen.versionId === undefined && seen.eTag === undefined) return undefined;
  return event.size === undefined ? undefined : event.size === seen.size;
}

function plainETag(eTag: string): string {
  return eTag.replace(/^"|"$/g, '').toLowerCase();
}
