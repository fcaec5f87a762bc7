import type { KnownCode } from '../../kernel/codes.ts';
import { AppError, CloudError } from '../../kernel/errors.ts';
import { needsOperator } from '../../kernel/transient-failures.ts';
import type { ActionKind, FoundTask, PlannedTask } from '../../migrations/action.ts';
import type { CreatedTask } from '../../ports/created-task.ts';

/**
 * The outcome of a run, as far as this invocation knows.
 *
 * - `created`: its task was created.
 * - `existing`: a task for this occurrence already existed.
 * - `skipped`: there was nothing to do.
 * - `waiting`: nothing was created; another attempt will be made.
 * - `rejected`: refused, by us or by the service; definitely nothing was created.
 * - `unknown`: the request was sent, and it is not known yet whether a task exists.
 */
export const RUN_OUTCOMES = ['created', 'existing', 'skipped', 'waiting', 'rejected', 'unknown'] as const;
type RunOutcome = (typeof RUN_OUTCOMES)[number];

export interface RunTask {
  readonly kind: ActionKind;
  readonly id: string;
  /** The name that we gave. */
  readonly name: string;
  /** As the service reports it. */
  readonly status?: string;
}

/** The reason: `code` for programs, `message` for people. The other fields come from the cloud. */
export interface RunReason {
  readonly code: KnownCode;
  readonly message: string;
  readonly status?: number;
  /** For a run that was parked automatically: the code of the reason it had been waiting for. */
  readonly cause?: KnownCode;
  /** The cloud's request id, for its support. */
  readonly request_id?: string;
  readonly params?: readonly string[];
  readonly details?: readonly unknown[];
  readonly encoded_authorization_message?: string;
}

export interface RunResult {
  /** Absent when no job matched, or the event record could not be read. */
  readonly job?: string;
  readonly run?: string;
  readonly outcome: RunOutcome;
  readonly task?: RunTask;
  readonly reason?: RunReason;
}

/** What `backup-landed` and `schedule` return. */
export interface RunsResult {
  readonly runs: readonly RunResult[];
}

/** For a new task. A 200 response that reports a failure counts as a created task that failed. */
export function createdResult(planned: PlannedTask, created: CreatedTask): RunResult {
  const { kind, name } = planned;
  const { id, status, error } = { error: undefined, ...created };
  const task = { kind, id, name, ...(status ? { status } : {}) };
  if (!error) return { outcome: 'created', task };
  const message = `the service created the task and reported that it failed: ${error}`;
  return { outcome: 'created', task, reason: { code: 'task_failed', message } };
}

/** For a task that already existed. */
export function existingResult(planned: PlannedTask, found: FoundTask): RunResult {
  const { kind, name } = planned;
  return { outcome: 'existing', task: { kind, id: found.id, name, ...(found.status ? { status: found.status } : {}) } };
}

/** The reason for an error. Only messages of our own errors are returned; anything else is a bug, and its message is only logged. */
export function reasonOf(error: unknown): RunReason {
  if (error instanceof CloudError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.status !== undefined ? { status: error.status } : {}),
      ...(error.requestId !== undefined ? { request_id: error.requestId } : {}),
      ...(error.params ? { params: error.params } : {}),
      ...(error.details ? { details: error.details } : {}),
      ...(error.encodedAuthorizationMessage
        ? { encoded_authorization_message: error.encodedAuthorizationMessage }
        : {}),
    };
  }
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return { code: 'internal', message: 'an unexpected error; see the log' };
}

/** Whether a run waits for an operator to fix keys, permissions or quota, rather than for a transient failure to pass. */
export function waitsForSomebody(reason: RunReason): boolean {
  return needsOperator(reason);
}

/** Some runs need an operator or another attempt. The message is one line and ends with the result as JSON. */
export class RunsFailedError extends AppError {
  readonly result: RunsResult;
  readonly #why: string;

  constructor(result: RunsResult, why: string, options?: ErrorOptions) {
    super('runs_failed', `${why}: ${JSON.stringify(result)}`, options);
    this.result = result;
    this.#why = why;
  }

  /** The message with another form of the result, from which secrets were removed. */
  about(result: RunsResult): string {
    return `${this.#why}: ${JSON.stringify(result)}`;
  }
}

/** Codes after which it is not certain that the ledger has the run. */
const INTERNAL_CODES: ReadonlySet<string> = new Set<KnownCode>(['ledger', 'internal']);

/** Whether the ledger has a record of the run. */
export function isRecorded({ reason }: RunResult): boolean {
  return !INTERNAL_CODES.has(reason?.code ?? '');
}

/**
 * Returns the result if the handler may succeed with it. Otherwise throws, so that the platform's retry and failure destination see it.
 *
 * Throws if a run was refused. Without a ledger, only the platform's retry processes a run again, so it also throws if a run needs another attempt.
 * With a ledger, `waiting` and `unknown` runs are left to `reconcile`, but a ledger that can't be written, or a bug, makes it throw. Runs that
 * succeeded are not undone; a retry finds their tasks and creates none.
 *
 * @throws {RunsFailedError} with the whole result
 */
export function settleRuns(runs: readonly RunResult[], { hasLedger }: { readonly hasLedger: boolean }): RunsResult {
  const failed = runs.filter(({ outcome, reason }) => {
    if (outcome === 'rejected') return true;
    const isOpen = outcome === 'waiting' || outcome === 'unknown';
    return isOpen && (!hasLedger || INTERNAL_CODES.has(reason?.code ?? ''));
  });
  if (failed.length === 0) return { runs };
  const counts = (['rejected', 'waiting', 'unknown'] as const)
    .map((outcome) => [failed.filter((run) => run.outcome === outcome).length, outcome] as const)
    .flatMap(([count, outcome]) => (count > 0 ? [`${count} ${outcome}`] : []));
  throw new RunsFailedError({ runs }, `of ${runs.length} runs: ${counts.join(', ')}`);
}
