import type { Job, Jobs, ObjectSet } from '../../jobs/job.ts';
import { findSetPlace, type ObjectCreated } from '../../jobs/set-place.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openSetLog, type SetLog } from '../ledger/set-log.ts';

/** The objects that belong to a set. */
export interface SetScope {
  readonly trigger: ObjectCreated & { readonly set: ObjectSet };
  readonly prefix: string;
  /** The value of `{set}`. */
  readonly name: string;
}

/** A set of a job with its open log. */
export interface SetWork extends SetScope {
  readonly jobs: Jobs;
  readonly job: Job;
  readonly log: SetLog;
}

/** Returns `undefined` when the job has no sets, or none with this prefix. */
export function setScope({ on }: Job, prefix: string): SetScope | undefined {
  const { object_created: trigger } = on;
  if (!trigger?.set) return undefined;
  const place = findSetPlace({ ...trigger, key: '**' }, `${prefix}x`);
  return place?.prefix === prefix ? { trigger: { ...trigger, set: trigger.set }, prefix, name: place.name } : undefined;
}

/** Like `setScope`, with the records of the set. @throws {LedgerError} when it can't be read */
export async function openWork(jobs: Jobs, job: Job, prefix: string, ledger: Ledger): Promise<SetWork | undefined> {
  const scope = setScope(job, prefix);
  return scope && { ...scope, jobs, job, log: await openSetLog(ledger, job.name, prefix) };
}

/** The name shown to people. */
export function setName({ trigger, prefix }: SetScope): string {
  return `obs://${trigger.bucket}/${prefix}`;
}
