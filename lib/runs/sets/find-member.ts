import type { ObjectTrigger } from '../../events/trigger.ts';
import type { Job } from '../../jobs/job.ts';
import { findSetPlace, type SetPlace } from '../../jobs/set-place.ts';
import type { RunDeps } from '../run-deps.ts';
import { findObject } from '../start/find-object.ts';

/**
 * If the two possible keys of an object are in different sets, returns the object with the key that exists in the bucket. Everything else is left to
 * the listing of the set, including an object that is not found or may not be looked up: its set waits and reports why.
 */
export async function findMember(
  job: Job,
  object: ObjectTrigger,
  place: SetPlace,
  { services, log }: Pick<RunDeps, 'services' | 'log'>,
): Promise<{ readonly object: ObjectTrigger; readonly place: SetPlace }> {
  const { written, ...known } = object;
  const trigger = job.on.object_created;
  const other = written !== undefined && trigger ? findSetPlace(trigger, written) : undefined;
  if (written === undefined || !other || other.prefix === place.prefix) return { object, place };
  const found = await findObject({ object, written: { key: written } }, services);
  switch (found.end) {
    case 'there':
      return { object: { ...known, key: found.key }, place: found.key === written ? other : place };
    case 'other': {
      const { key } = found.object;
      return { object: { ...known, key }, place: key === written ? other : place };
    }
    default:
      log.error('could not determine which set an object belongs to', {
        key: object.key,
        written,
        reason: found.reason,
      });
      return { object, place };
  }
}
