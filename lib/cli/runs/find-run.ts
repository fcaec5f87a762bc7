import { JOB_NAME } from '../../jobs/job-name.ts';
import { RunError } from '../../kernel/errors.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { runName } from '../../runs/ledger/run-log.ts';
import type { RunReason } from '../../runs/report/run-result.ts';
import type { RunView } from '../../runs/report/run-view.ts';
import { UsageError } from '../usage-error.ts';

/** A run id, or a prefix of one. */
const RUN_OR_PREFIX = /^[0-9a-f]{6,32}$/;

/** Identifies a run. */
export type RunId = Pick<RunView, 'job' | 'run'>;

/** A run that was left unchanged, and why. */
export interface LeftRun extends RunId {
  readonly reason: RunReason;
}

/** @throws {UsageError} for an invalid job name. A job that is no longer in the jobs file may still have runs. */
export function checkJobName(job: string): string {
  if (JOB_NAME.test(job)) return job;
  throw new UsageError(
    `${JSON.stringify(job)} is not a valid job name: lower-case letters, digits and "-", starting with a letter`,
  );
}

/**
 * Completes a run id: all of its digits, or at least the first six if no other run of the job starts with them.
 *
 * @throws {UsageError} if it is not a run id, or ambiguous; {RunError} `no_such_run`; {LedgerError} if the ledger can't be read
 */
export async function findRun({ store }: Ledger, job: string, given: string): Promise<string> {
  checkJobName(job);
  if (!RUN_OR_PREFIX.test(given)) {
    throw new UsageError(`${JSON.stringify(given)} is not a run id: give its 32 hex digits, or at least the first 6`);
  }
  const names = await store.list(runName(job, given), { limit: 2 });
  const [first, second] = names.map(({ name }) => name.slice(runName(job, '').length));
  if (first === undefined) {
    throw new RunError(
      'no_such_run',
      `job ${job} has no run ${given}; to see its runs: npx migrations runs list ${job}`,
    );
  }
  if (second === undefined || first === given) return first;
  throw new UsageError(`${given} is ambiguous: it matches ${first} and ${second}; give more digits`);
}
