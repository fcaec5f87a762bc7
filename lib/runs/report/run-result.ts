import type { KnownCode } from '../../kernel/codes.ts';
import { AppError, CloudError } from '../../kernel/errors.ts';
import { needsOperator } from '../../kernel/transient-failures.ts';
import type { ActionKind, FoundTask, PlannedTask } from '../../migrations/action.ts';
import type { CreatedTask } from '../../ports/created-task.ts';

/**
 * How a run ended, as far as this invocation knows.
 *
 * - `created`: its task was created.
 * - `existing`: a task for this occurrence was there already.
 * - `skipped`: there was nothing to do.
 * - `waiting`: nothing was created; another attempt will be made.
 * - `rejected`: refused, by us or by the service; surely nothing was created.
 * - `unknown`: the request was sent, and it is not known yet if there is a task.
 */
export const RUN_OUTCOMES = ['created', 'existing', 'skipped', 'waiting', 'rejected', 'unknown'] as const;
type RunOutcome = (typeof RUN_OUTCOMES)[number];

export interface RunTask {
  readonly kind: ActionKind;
  readonly id: string;
  /** The name that we gave. */
  readonly name: string;
  /** As the service states it. */
  readonly status?: string;
}

/** Why: for programs `code`, for people `message`. The rest is what the cloud said. */
export interface RunReason {
  readonly code: KnownCode;
  readonly message: string;
  readonly status?: number;
  /** Of a run that was parked by itself: the code of what it waited for in vain. */
  readonly cause?: KnownCode;
  /** The cloud's request id, for its support. */
  readonly request_id?: string;
  readonly params?: readonly string[];
  readonly details?: readonly unknown[];
  readonly encoded_authorization_message?: string;
}

export interface RunResult {
  /** Absent when no job matched, or the record could not be read. */
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

/** The task is new. A 200 that says that the task failed is a created task that failed. */
export function createdResult(planned: PlannedTask, created: CreatedTask): RunResult {
  const { kind, name } = planned;
  const { id, status, error } = { error: undefined, ...created };
  const task = { kind, id, name, ...(status ? { status } : {}) };
  if (!error) return { outcome: 'created', task };
  const message = `the service created the task and says that it failed: ${error}`;
  return { outcome: 'created', task, reason: { code: 'task_failed', message } };
}

/** The task was there already. */
export function existingResult(planned: PlannedTask, found: FoundTask): RunResult {
  const { kind, name } = planned;
  return { outcome: 'existing', task: { kind, id: found.id, name, ...(found.status ? { status: found.status } : {}) } };
}

/** The reason that an error gives. Only our own errors' texts go out; anything else is our bug, and its text goes to the log alone. */
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
  return { code: 'internal', message: 'an unexpected error; the log has it' };
}

/** Does a run wait for somebody to set keys, rights or quota right, rather than for what passes by itself? */
export function waitsForSomebody(reason: RunReason): boolean {
  return needsOperator(reason);
}

/** Some runs need a person or another attempt. The message is one line and ends with the result as JSON text. */
export class RunsFailedError extends AppError {
  readonly result: RunsResult;
  readonly #why: string;

  constructor(result: RunsResult, why: string, options?: ErrorOptions) {
    super('runs_failed', `${why}: ${JSON.stringify(result)}`, options);
    this.result = result;
    this.#why = why;
  }

  /** The message with another form of the result, from which secrets were taken. */
  about(result: RunsResult): string {
    return `${this.#why}: ${JSON.stringify(result)}`;
  }
}

/** Faults after which it is not certain that the ledger has the run. */
const OURS: ReadonlySet<string> = new Set<KnownCode>(['ledger', 'internal']);

/** Does a record say from now on what becomes of it? */
export function isTaken({ reason }: RunResult): boolean {
  return !OURS.has(reason?.code ?? '');
}

/**
 * The result, if the handler may succeed with it. If not, it fails, so that the platform's retry and failure destination see it.
 *
 * It fails if a run was refused. Without a ledger nobody but the platform's retry comes back to a run, so it also fails if a run needs
 * another attempt; with one, `waiting` and `unknown` belong to `reconcile`, but a ledger that can't be written, or a fault of our own, fails
 * it. Runs that succeeded are not undone, and a retry finds their tasks and creates none.
 *
 * @throws {RunsFailedError} with the whole result
 */
export function settleRuns(runs: readonly RunResult[], { hasLedger }: { readonly hasLedger: boolean }): RunsResult {
  const failed = runs.filter(({ outcome, reason }) => {
    if (outcome === 'rejected') return true;
    const isOpen = outcome === 'waiting' || outcome === 'unknown';
    return isOpen && (!hasLedger || OURS.has(reason?.code ?? ''));
  });
  if (failed.length === 0) return { runs };
  const counts = (['rejected', 'waiting', 'unknown'] as const)
    .map((outcome) => [failed.filter((run) => run.outcome === outcome).length, outcome] as const)
    .flatMap(([count, outcome]) => (count > 0 ? [`${count} ${outcome}`] : []));
  throw new RunsFailedError({ runs }, `of ${runs.length} runs: ${counts.join(', ')}`);
}
