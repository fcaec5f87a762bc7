import type { Code } from '../kernel/codes.ts';
import type { RunReason, RunResult, RunTask } from '../runs/report/run-result.ts';
import type { RunView } from '../runs/report/run-view.ts';

/** Codes whose messages are written by this project and contain only what the caller may know. */
const SAFE_MESSAGE_CODES: ReadonlySet<string> = new Set<Code>([
  'backup_running',
  'backup_target',
  'being_made',
  'cancel',
  'cancelled',
  'configure',
  'copy_backup',
  'dry_run',
  'forgotten',
  'given_up',
  'in_progress',
  'invalid_fields',
  'key_reused',
  'lost_answer',
  'missing_value',
  'no_ledger',
  'out_of_time',
  'over_budget',
  'queued',
  'release',
  'start',
  'stop',
  'superseded',
  'target_busy',
  'target_in_online_migration',
  'task_gone',
  'unreadable',
]);

/** What callers see instead of a message that contains text from a service or from other people. */
const CALLER_MESSAGES: Readonly<Partial<Record<Code, string>>> = {
  agent_absent: "the source server's Agent is not connected",
  backup_failed: 'the backup that the run needed failed',
  file_missing: 'a file to import is not in its bucket',
  instance_busy: 'the target is busy',
  no_backup: 'the instance has no backup that can be imported',
  parked: 'it needs the attention of an operator',
  // Only operators may know who paused it, and why.
  paused: 'it is paused',
  secret_unavailable: 'a secret that the run needs cannot be read now',
  preflight: 'the checks before any change found something that would make the task fail',
  run_now: 'an operator lets it start beyond the limit of its job',
  source_busy: 'the source instance is busy',
  source_has_task: 'the source server already has another task',
  stuck: "the task has not ended by the job's deadline",
  task_failed: 'the service reports that the task failed',
  task_stopped: 'the task was stopped',
  unknown_state: 'the task is in an unknown state',
};
const SEE_THE_LOG = "see the function's log for details";

/** A status as the services write it. */
const WORD = /^[A-Za-z0-9_ -]{1,64}$/;

/**
 * A reason as shown to a caller. Messages from the cloud are free text that may repeat anything, so only its code, status and request ID are
 * passed on. What the caller sent is unchanged.
 */
export function reasonForCaller({ code, message, status, cause, request_id, details }: RunReason): RunReason {
  const isOwn = SAFE_MESSAGE_CODES.has(code) && status === undefined && request_id === undefined;
  const otherwise = CALLER_MESSAGES[code as Code] ?? `the request could not be carried out (${code})`;
  return {
    code,
    message: isOwn ? message : `${otherwise}; ${SEE_THE_LOG}`,
    ...(status === undefined ? {} : { status }),
    ...(cause === undefined ? {} : { cause }),
    ...(request_id === undefined ? {} : { request_id }),
    // The requests that would be sent.
    ...(code === 'dry_run' && details ? { details } : {}),
  };
}

function taskForCaller({ status, ...task }: RunTask): RunTask {
  return status !== undefined && WORD.test(status) ? { ...task, status } : task;
}

type Shown = Pick<RunResult, 'task' | 'reason'>;

function shown({ task, reason }: Shown): Shown {
  return {
    ...(task ? { task: taskForCaller(task) } : {}),
    ...(reason ? { reason: reasonForCaller(reason) } : {}),
  };
}

/** A run's result as shown to a caller. */
export function resultForCaller(result: RunResult): RunResult {
  return { ...result, ...shown(result) };
}

/** A run as shown to a caller. */
export function viewForCaller(view: RunView): RunView {
  const { progress, history } = view;
  const figures = Object.entries(progress ?? {}).filter(([, value]) => typeof value === 'number' || WORD.test(value));
  return {
    ...view,
    ...shown(view),
    ...(progress ? { progress: Object.fromEntries(figures) } : {}),
    ...(history
      ? { history: history.map((step) => (step.reason ? { ...step, reason: reasonForCaller(step.reason) } : step)) }
      : {}),
  };
}
