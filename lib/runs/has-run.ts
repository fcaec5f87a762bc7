import type { ObjectTrigger } from '../events/trigger.ts';
import type { Job } from '../jobs/job.ts';
import { findSetPlace } from '../jobs/set-place.ts';
import type { Ledger } from './ledger/ledger.ts';
import { openSetLog } from './ledger/set-log.ts';
import { contentOf, fingerprint, occurrenceOf } from './occurrence.ts';
import { openReadableRun } from './open-readable-run.ts';

/**
 * Did an object's notification come, or a sweep find it? Of an object in a set: does the set have it?
 *
 * @throws {LedgerError} when that cannot be read
 */
export async function hasRun(ledger: Ledger, job: Job, object: ObjectTrigger): Promise<boolean> {
  const trigger = job.on.object_created;
  const place = trigger && findSetPlace(trigger, object.key);
  if (!place) {
    const run = fingerprint(job.name, occurrenceOf(object));
    return (await openReadableRun(ledger, job.name, run)).state.received !== undefined;
  }
  const { records } = await openSetLog(ledger, job.name, place.prefix);
  const version = contentOf(object);
  return records.some((record) => {
    if (record.type === 'complete') {
      return record.trigger.set?.members.some((member) => member.key === object.key && member.version === version);
    }
    return 'version' in record && record.key === object.key && record.version === version;
  });
}
