import type { Job, Jobs, ObjectSet } from '../../jobs/job.ts';
import { findSetPlace, type ObjectCreated } from '../../jobs/set-place.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openSetLog, type SetLog } from '../ledger/set-log.ts';

/** Which objects are a set. */
export interface SetScope {
  readonly trigger: ObjectCreated & { readonly set: ObjectSet };
  readonly prefix: string;
  /** What `{set}` stands for. */
  readonly name: string;
}

/** A set of a job, while its list is read and written. */
export interface SetWork extends SetScope {
  readonly jobs: Jobs;
  readonly job: Job;
  readonly log: SetLog;
}

/** `undefined` when the job has no sets, or none with such a prefix. */
export function setScope({ on }: Job, prefix: string): SetScope | undefined {
  const { object_created: trigger } = on;
  if (!trigger?.set) return undefined;
  const place = findSetPlace({ ...trigger, key: '**' }, `${prefix}x`);
  return place?.prefix === prefix ? { trigger: { ...trigger, set: trigger.set }, prefix, name: place.name } : undefined;
}

/** As `setScope`, with what is recorded of the set. @throws {LedgerError} when it can't be read */
export async function openWork(jobs: Jobs, job: Job, prefix: string, ledger: Ledger): Promise<SetWork | undefined> {
  const scope = setScope(job, prefix);
  return scope && { ...scope, jobs, job, log: await openSetLog(ledger, job.name, prefix) };
}

/** For people. */
export function setName({ trigger, prefix }: SetScope): string {
  return `obs://${trigger.bucket}/${prefix}`;
}
