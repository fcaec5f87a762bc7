import { fullyDecoded } from '../../events/object-key.ts';
import type { ObjectTrigger } from '../../events/trigger.ts';
import type { Job } from '../../jobs/job.ts';
import { findSetPlace } from '../../jobs/set-place.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readRunRecords } from '../ledger/run-log.ts';
import { foldRun } from '../ledger/run-state.ts';
import { openSetLog } from '../ledger/set-log.ts';
import { contentOf, fingerprint, occurrenceOf } from './occurrence.ts';

/**
 * Whether an object was already recorded, through its notification or a sweep, in any environment. For an object in a set, whether the set has it.
 *
 * @throws {LedgerError} when the record cannot be read
 */
export async function hasRun({ store, stamp }: Ledger, job: Job, object: ObjectTrigger): Promise<boolean> {
  const trigger = job.on.object_created;
  const place = trigger && findSetPlace(trigger, object.key);
  if (!place) {
    const run = fingerprint(job.name, occurrenceOf(object));
    return foldRun(await readRunRecords({ store }, job.name, run)).received !== undefined;
  }
  const { records } = await openSetLog({ store, stamp }, job.name, place.prefix);
  const version = contentOf(object);
  const isIt = (key: string) => fullyDecoded(key) === fullyDecoded(object.key);
  return records.some((record) => {
    if (record.type === 'complete') {
      return record.trigger.set?.members.some((member) => member.version === version && isIt(member.key));
    }
    return 'key' in record && record.version === version && isIt(record.key);
  });
}
