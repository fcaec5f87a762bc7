import type { Code } from '../kernel/codes.ts';
import type { RunReason, RunResult, RunTask } from '../runs/report/run-result.ts';
import type { RunView } from '../runs/report/run-view.ts';

/** Codes whose message is in our own words, about what the caller may know. */
const OWN_WORDS: ReadonlySet<string> = new Set<Code>([
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

/** What callers are told where the message has words of a service or of others in it. */
const FOR_CALLERS: Readonly<Partial<Record<Code, string>>> = {
  agent_absent: 'the Agent of the source server is not connected',
  backup_failed: 'the backup that the run needed failed',
  file_missing: 'a file that is to be imported is not in its bucket',
  instance_busy: 'the target is busy',
  no_backup: 'the instance has no backup that can be imported',
  parked: 'a person has to look at it',
  // Who paused it, and why, is for the operators.
  paused: 'it is paused',
  preflight: 'a look before anything was changed found what would let the task fail',
  source_busy: 'the instance that data comes from is busy',
  source_has_task: 'the source server has another task already',
  stuck: "the task is not over after the job's deadline",
  task_failed: 'the service says that the task failed',
  task_stopped: 'the task was stopped',
  unknown_state: 'the task is in a state that is not known',
};
const IN_THE_LOG = "the function's log says more";

/** States, as the services write them. */
const WORD = /^[A-Za-z0-9_ -]{1,64}$/;

/**
 * A reason as a caller gets it: what the cloud says is free text that may repeat anything, so only its code, its status and its request id go
 * out. What the caller sent stays as it was sent.
 */
export function reasonForCaller({ code, message, status, cause, request_id, details }: RunReason): RunReason {
  const isOwn = OWN_WORDS.has(code) && status === undefined && request_id === undefined;
  const otherwise = FOR_CALLERS[code as Code] ?? `it could not be done (${code})`;
  return {
    code,
    message: isOwn ? message : `${otherwise}; ${IN_THE_LOG}`,
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

/** A run's result as a caller gets it. */
export function resultForCaller(result: RunResult): RunResult {
  return { ...result, ...shown(result) };
}

/** A run as a caller gets it. */
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
