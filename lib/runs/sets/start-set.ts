import type { ObjectTrigger } from '../../events/trigger.ts';
import type { Job } from '../../jobs/job.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import { foldSet, type SetLog } from '../ledger/set-log.ts';
import type { RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { fingerprint, occurrenceOf } from '../start/occurrence.ts';
import { startRun } from '../start/start-run.ts';
import { evaluateSet, waitingText } from './evaluate-set.ts';
import type { SetWork } from './set-work.ts';

/** Concurrent writes to the same set while it is read are fewer than this. */
export const MAX_TURNS = 1_000;

export function unsteady(log: SetLog): LedgerError {
  const message = `ledger ${log.name}: it changed ${MAX_TURNS} times while it was being read`;
  return new LedgerError(message, { temporary: true });
}

/** Starts the run of a set if it is complete. */
export async function tryToStart(work: SetWork, deps: RecordedDeps): Promise<RunResult> {
  const { job, log } = work;
  const { ledger } = deps;
  for (let turns = 0; turns < MAX_TURNS; turns++) {
    const state = foldSet(log.records);
    const last = state.complete.at(-1);
    const { badManifest } = state;
    if (badManifest) {
      return { job: job.name, outcome: 'rejected', reason: { code: 'bad_manifest', message: badManifest.why } };
    }
    if (last && state.marker === undefined) return startSet(work, last, deps);
    const verdict = await evaluateSet(work, state, deps);
    switch (verdict.kind) {
      case 'waits': {
        const message = waitingText(work, verdict);
        deps.log.info('a set is not complete', { why: message });
        return { job: job.name, outcome: 'waiting', reason: { code: 'set_incomplete', message } };
      }
      case 'complete':
        await log.append({ ...ledger.stamp(), type: 'complete', trigger: verdict.trigger });
        break;
      case 'other_marker':
        deps.log.warn('the bucket has a marker of the set without a notification; using it');
        await log.append({ ...ledger.stamp(), type: 'marker', ...verdict.marker });
        break;
      case 'bad_manifest': {
        const version = state.marker?.version ?? '';
        const isWritten = await log.append({ ...ledger.stamp(), type: 'bad_manifest', version, why: verdict.why });
        if (isWritten) deps.log.error('the manifest of a set is invalid', { why: verdict.why });
      }
    }
  }
  throw unsteady(log);
}

/** Starts the run, or returns the result of the run if it was started before; then the set has nothing left to start. */
export async function startSet(
  { jobs, job, log }: SetWork,
  trigger: ObjectTrigger,
  deps: RecordedDeps,
): Promise<RunResult> {
  const result = await startRun({ jobs, job, trigger }, deps);
  if (result.reason?.code === 'ledger' || result.reason?.code === 'internal') return result;
  const run = runOf(job, trigger);
  while (run === runOf(job, foldSet(log.records).toStart)) {
    if (await log.append({ ...deps.ledger.stamp(), type: 'started' })) break;
  }
  return result;
}

function runOf(job: Job, trigger: ObjectTrigger | undefined): string | undefined {
  return trigger && runOfSet(job.name, trigger);
}

/** The run that a complete set starts. */
export function runOfSet(job: string, trigger: ObjectTrigger): string {
  return fingerprint(job, occurrenceOf(trigger));
}
