import { JOB_NAME } from '../../jobs/check-jobs.ts';
import { RunError } from '../../kernel/errors.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { runName } from '../../runs/ledger/run-log.ts';
import type { RunReason } from '../../runs/report/run-result.ts';
import type { RunView } from '../../runs/report/run-view.ts';
import { UsageError } from '../usage-error.ts';

/** A run, or enough of its first digits. */
const RUN_OR_PREFIX = /^[0-9a-f]{6,32}$/;

/** Of a run. */
export type RunId = Pick<RunView, 'job' | 'run'>;

/** A run that was left as it is, and why. */
export interface LeftRun extends RunId {
  readonly reason: RunReason;
}

/** @throws {UsageError} for what can't be a job's name. A job that the jobs file does not have any more may have runs */
export function checkJobName(job: string): string {
  if (JOB_NAME.test(job)) return job;
  throw new UsageError(`${JSON.stringify(job)} is no job's name: small letters, digits and "-", a letter first`);
}

/**
 * The whole run for what a person gave: all of its digits, or at least the first six, if no other run of the job begins so.
 *
 * @throws {UsageError} when it is no run, or not enough of it; {RunError} `no_such_run`; {LedgerError} when the ledger can't be read
 */
export async function findRun({ store }: Ledger, job: string, given: string): Promise<string> {
  checkJobName(job);
  if (!RUN_OR_PREFIX.test(given)) {
    throw new UsageError(`${JSON.stringify(given)} is no run: give its 32 hex digits, or at least the first 6`);
  }
  const names = await store.list(runName(job, given), { limit: 2 });
  const [first, second] = names.map(({ name }) => name.slice(runName(job, '').length));
  if (first === undefined) {
    throw new RunError(
      'no_such_run',
      `job ${job} has no run ${given}; npx migrations runs list ${job} shows those that it has`,
    );
  }
  if (second === undefined || first === given) return first;
  throw new UsageError(`${given}: there are ${first} and ${second}; give more digits`);
}
