import type { ObjectTrigger } from '../../events/trigger.ts';
import { isRecorded, type RunReason } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';

/** What becomes of a run whose object has another version by now. */
export type Superseding =
  | { readonly end: 'superseded'; readonly reason: RunReason }
  /** The run of that version could not be started: this one must not end before it. */
  | { readonly end: 'waiting'; readonly reason: RunReason };

/** Starts the run of the version that lies in the bucket, under its own occurrence, so that the older one can end. */
export async function startReplacement(job: string, object: ObjectTrigger, deps: RunDeps): Promise<Superseding> {
  const what = `obs://${object.bucket}/${object.key}`;
  deps.log.warn('the object has another version by now; that one is started', { key: object.key });
  const started = await deps.startVersion?.(job, object);
  if (started && (!isRecorded(started) || needsRetry(started.outcome, deps))) {
    const reason = started.reason ?? { code: 'in_progress', message: 'its run is not recorded' };
    const message = `${what} has another version by now, whose run could not be started: ${reason.message}`;
    return { end: 'waiting', reason: { ...reason, message } };
  }
  const by = started ? `run ${started.run} is for it` : `job ${job} takes no such object any more`;
  return { end: 'superseded', reason: { code: 'superseded', message: `${what} has another version by now; ${by}` } };
}

/** Without a ledger nobody comes back to a run that waits but the retry of this event. */
function needsRetry(outcome: string, { ledger }: RunDeps): boolean {
  return !ledger && (outcome === 'waiting' || outcome === 'unknown');
}
