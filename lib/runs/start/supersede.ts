import type { ObjectTrigger } from '../../events/trigger.ts';
import { isRecorded, type RunReason } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';

/** What happens to a run whose object now has another version. */
export type Superseding =
  | { readonly end: 'superseded'; readonly reason: RunReason }
  /** The run of that version could not be started; this one must not end before that. */
  | { readonly end: 'waiting'; readonly reason: RunReason };

/** Starts the run of the version that is in the bucket, under its own occurrence, so that the older run can end. */
export async function startReplacement(job: string, object: ObjectTrigger, deps: RunDeps): Promise<Superseding> {
  const what = `obs://${object.bucket}/${object.key}`;
  deps.log.warn('the object now has another version; starting that one', { key: object.key });
  const started = await deps.startVersion?.(job, object);
  if (started && (!isRecorded(started) || needsRetry(started.outcome, deps))) {
    const reason = started.reason ?? { code: 'in_progress', message: 'its run is not recorded' };
    const message = `${what} now has another version, whose run could not be started: ${reason.message}`;
    return { end: 'waiting', reason: { ...reason, message } };
  }
  const by = started ? `run ${started.run} is for it` : `job ${job} no longer matches it`;
  return { end: 'superseded', reason: { code: 'superseded', message: `${what} now has another version; ${by}` } };
}

/** Without a ledger, only the retry of this event processes a waiting run again. */
function needsRetry(outcome: string, { ledger }: RunDeps): boolean {
  return !ledger && (outcome === 'waiting' || outcome === 'unknown');
}
