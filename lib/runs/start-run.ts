import { AppError } from '../errors.ts';
import type { Trigger } from '../events/trigger.ts';
import { fillFields, triggerValues } from '../jobs/fill.ts';
import type { Job, Jobs } from '../jobs/job.ts';
import type { Action, PlannedTask } from '../migrations/action.ts';
import { ACTIONS } from '../migrations/actions.ts';
import { type CreateDeps, type CreateEnd, createTask, RESERVE_MS } from './create-task.ts';
import { fingerprint, occurrenceOf } from './occurrence.ts';
import { type RunResult, reasonOf } from './run-result.ts';

export interface RunRequest {
  readonly jobs: Jobs;
  readonly job: Job;
  readonly trigger: Trigger;
  /** Fields of the action that a caller set, already checked. */
  readonly callerFields?: Readonly<Record<string, unknown>>;
}

/** A run that may be carried out: its task is filled in and within every limit. */
export interface PlannedRun {
  readonly job: string;
  readonly run: string;
  readonly action: Action;
  readonly planned: PlannedTask;
}

/**
 * Fills the action in and checks it. Makes no call.
 *
 * @throws {RunError} `missing_value` or `invalid_fields`, with every problem
 */
export function planRun({ jobs, job, trigger, callerFields }: RunRequest): PlannedRun {
  const run = runOf(job, trigger);
  const action = ACTIONS[job.kind];
  const planned = action.plan(fillFields(job, triggerValues(job, trigger, jobs), callerFields), {
    job: job.name,
    run,
    targets: jobs.targets,
    ...(trigger.kind === 'object' ? { object: { bucket: trigger.bucket, key: trigger.key } } : {}),
  });
  return { job: job.name, run, action, planned };
}

/**
 * Gets the task of a planned run. Given the same occurrence again it answers `existing`, for the task's name carries the run.
 *
 * Never throws: whatever goes wrong is this run's result, and the next run goes on.
 */
export async function carryOutRun({ job, run, action, planned }: PlannedRun, deps: CreateDeps): Promise<RunResult> {
  const log = deps.log.with({ job, run });
  const result = await settle({ job, run }, log, async () => {
    if (deps.remainingMs() <= RESERVE_MS) return OUT_OF_TIME;
    for (const warning of planned.warnings) log.warn(warning);
    return resultOf(await createTask(action, planned, { ...deps, log }), planned);
  });
  return logged(log, result);
}

/** Plans a run and carries it out. Never throws: a run that can't be planned is `rejected`. */
export async function startRun(request: RunRequest, deps: CreateDeps): Promise<RunResult> {
  const job = request.job.name;
  const run = runOf(request.job, request.trigger);
  let planned: PlannedRun;
  try {
    planned = planRun(request);
  } catch (error) {
    const log = deps.log.with({ job, run });
    return logged(log, await settle({ job, run }, log, () => Promise.reject(error)));
  }
  return carryOutRun(planned, deps);
}

const OUT_OF_TIME = {
  outcome: 'waiting',
  reason: { code: 'out_of_time', message: 'the invocation had no time left to start it' },
} as const;

function runOf(job: Job, trigger: Trigger): string {
  return fingerprint(job.name, occurrenceOf(trigger));
}

async function settle(
  known: { readonly job: string; readonly run: string },
  log: CreateDeps['log'],
  work: () => Promise<RunResult>,
): Promise<RunResult> {
  try {
    return { ...known, ...(await work()) };
  } catch (error) {
    if (!(error instanceof AppError)) log.error('unexpected error', { error });
    return { ...known, outcome: 'rejected', reason: reasonOf(error) };
  }
}

function resultOf(end: CreateEnd, { kind, name }: PlannedTask): RunResult {
  switch (end.end) {
    case 'created': {
      const { id, status, error } = { error: undefined, ...end.task };
      const message = `the service created the task and says that it failed: ${error}`;
      return {
        outcome: 'created',
        task: { kind, id, name, ...(status ? { status } : {}) },
        ...(error ? { reason: { code: 'task_failed', message } } : {}),
      };
    }
    case 'found':
      return { outcome: 'existing', task: { kind, id: end.task.id, name, status: end.task.status } };
    default:
      return { outcome: end.end, reason: reasonOf(end.error) };
  }
}

function logged(log: CreateDeps['log'], result: RunResult): RunResult {
  const { outcome, task, reason } = result;
  const fields = { outcome, ...(task ? { task: task.id, taskName: task.name } : {}), ...(reason ? { reason } : {}) };
  if (outcome === 'rejected' || outcome === 'unknown') log.error('run', fields);
  else if (outcome === 'waiting' || reason) log.warn('run', fields);
  else log.info('run', fields);
  return result;
}
