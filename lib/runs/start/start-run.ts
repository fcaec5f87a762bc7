import { isDeepStrictEqual } from 'node:util';
import type { ObjectTrigger, Trigger } from '../../events/trigger.ts';
import { fillFields, triggerValues } from '../../jobs/fill.ts';
import { matchesGlob } from '../../jobs/glob.ts';
import type { Job, Jobs } from '../../jobs/job.ts';
import { AppError, RunError } from '../../kernel/errors.ts';
import type { Action, PlanContext, PlannedTask } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { labelOf } from '../ledger/asker.ts';
import type { Received, WrittenKey } from '../ledger/run-record.ts';
import { type RunResult, reasonOf } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';
import { laneOf } from './lane-fact.ts';
import { fingerprint, occurrenceOf, occurrenceOfReplay, type Replay } from './occurrence.ts';
import { type BatchMember, recordedBatch } from './recorded-batch.ts';
import { recordedRun, recordRefusal } from './recorded-run.ts';
import { unrecordedRun } from './unrecorded-run.ts';

export interface RunRequest {
  readonly jobs: Jobs;
  readonly job: Job;
  readonly trigger: Trigger;
  /** Fields of the action set by a caller, already validated. */
  readonly callerFields?: Readonly<Record<string, unknown>>;
  /** Absent for the first attempt. */
  readonly replay?: Replay;
}

/** A run that may be carried out: its task is complete and within all limits. */
export interface PlannedRun {
  readonly action: Action;
  readonly planned: PlannedTask;
  /** The first record for the ledger. */
  readonly received: Received & { readonly planned: PlannedTask };
}

/** A run whose create call has an unknown result for this long is parked. */
const DEADLINE_MS = 6 * 60 * 60_000;

/**
 * Fills in the action and validates it. Makes no calls. If the key of an object is ambiguous, it is planned with both keys.
 *
 * @throws {RunError} `missing_value` or `invalid_fields`, with all problems
 */
export function planRun(request: RunRequest): PlannedRun {
  const received = describe(request);
  const planned = planTask(request, received.run);
  const written = writtenKey(request, received.run, planned);
  return {
    action: ACTIONS[request.job.kind],
    planned,
    received: { ...received, planned, ...(written ? { written } : {}) },
  };
}

function planTask({ jobs, job, trigger, callerFields }: RunRequest, run: string): PlannedTask {
  return ACTIONS[job.kind].plan(fillFields(job, triggerValues(job, trigger, jobs), callerFields), {
    job: job.name,
    run,
    targets: jobs.targets,
    policies: job.policies,
    ...(trigger.kind === 'object' ? landed(trigger) : {}),
  });
}

/**
 * The task for the key exactly as written in the event. @returns `undefined` if that can't be the key, because the job doesn't match it or no valid
 * task results, or if it makes no difference
 */
function writtenKey(request: RunRequest, run: string, planned: PlannedTask): WrittenKey | undefined {
  const { job, trigger } = request;
  if (trigger.kind !== 'object' || trigger.written === undefined) return undefined;
  const { written: key, ...object } = trigger;
  const glob = job.on.object_created?.key;
  if (glob === undefined || !matchesGlob(glob, key)) return undefined;
  try {
    const other = planTask({ ...request, trigger: { ...object, key } }, run);
    return isDeepStrictEqual(other, planned) ? undefined : { key, planned: other };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return undefined;
  }
}

/**
 * Creates the task of a planned run. For a repeated occurrence, returns the result of the first delivery: from the ledger or, without one, because
 * the task's name contains the run.
 *
 * Never throws: any failure is this run's result, and the next run continues.
 */
export function carryOutRun({ action, received }: PlannedRun, deps: RunDeps): Promise<RunResult> {
  return settle(received, deps, (log) => {
    const { ledger } = deps;
    return ledger ? recordedRun(received, { ...deps, ledger, log }) : unrecordedRun(action, received, { ...deps, log });
  });
}

/** Plans a run and carries it out. Never throws: a run that can't be planned is `rejected`, permanently if there is a ledger. */
export async function startRun(request: RunRequest, deps: RunDeps): Promise<RunResult> {
  let planned: PlannedRun;
  try {
    planned = planRun(request);
  } catch (error) {
    const received = describe(request);
    return settle(received, deps, (log) => {
      if (!deps.ledger || !(error instanceof RunError)) throw error;
      return recordRefusal(received, reasonOf(error), { ...deps, ledger: deps.ledger, log });
    });
  }
  return carryOutRun(planned, deps);
}

/** A requested run, with its dependencies. */
export interface AskedRun {
  readonly request: RunRequest;
  readonly deps: RunDeps;
}

/**
 * Plans runs and carries them out, those of different targets in parallel. Never throws: see `startRun`.
 *
 * @returns one result for each, in the given order
 */
export async function startRuns(asked: readonly AskedRun[]): Promise<RunResult[]> {
  const lanes = new Map<string, Batched[]>();
  const results: (RunResult | undefined)[] = asked.map(() => undefined);
  for (const [index, { request, deps }] of asked.entries()) {
    const batched = batchedRun(index, request, deps);
    if (batched) lanes.set(batched.lane, [...(lanes.get(batched.lane) ?? []), batched]);
  }
  const groups = [...lanes.values()].filter((runs) => runs.length > 1 && areDistinct(runs));
  await Promise.all(groups.map((runs) => carryOutBatch(runs, results)));
  for (const [index, { request, deps }] of asked.entries()) results[index] ??= await startRun(request, deps);
  return results.flatMap((result) => result ?? []);
}

interface Batched extends BatchMember {
  readonly index: number;
  readonly lane: string;
}

/** A run that may queue behind others of its event: started by an object, with a job whose `overlap` is `queue`. */
function batchedRun(index: number, request: RunRequest, deps: RunDeps): Batched | undefined {
  const { ledger } = deps;
  if (!ledger || request.job.overlap !== 'queue' || request.trigger.kind !== 'object') return undefined;
  try {
    const { planned, received } = planRun(request);
    const lane = laneOf(planned);
    const { job, run } = received;
    const log = deps.log.with({ job, run });
    // An ambiguous key is resolved first.
    if (lane === undefined || received.written || planned.policies?.dryRun) return undefined;
    return { index, lane, received, deps: { ...deps, ledger, log } };
  } catch (error) {
    if (error instanceof RunError) return undefined;
    throw error;
  }
}

/** The same occurrence twice in one event is handled one after the other. */
function areDistinct(runs: readonly Batched[]): boolean {
  return new Set(runs.map(({ received: { job, run } }) => `${job}/${run}`)).size === runs.length;
}

async function carryOutBatch(runs: readonly Batched[], results: (RunResult | undefined)[]): Promise<void> {
  const ends = await recordedBatch(runs);
  for (const [place, { index, received, deps }] of runs.entries()) {
    results[index] = await settle(received, deps, async () => {
      const end = ends[place];
      if (end?.status !== 'fulfilled') throw end?.reason;
      return end.value;
    });
  }
}

function landed({ bucket, key, set }: ObjectTrigger): Pick<PlanContext, 'object' | 'set'> {
  return set ? { set: { bucket, keys: set.members.map((member) => member.key) } } : { object: { bucket, key } };
}

function describe({ jobs, job, trigger, replay }: RunRequest): Received {
  const run = fingerprint(job.name, replay ? occurrenceOfReplay(replay) : occurrenceOf(trigger));
  const policies = {
    overlap: job.overlap,
    limit: job.limit,
    settleMs: jobs.settleSeconds * 1000,
    deadlineMs: DEADLINE_MS,
    ...(job.policies.notify ? { notify: job.policies.notify } : {}),
  };
  return {
    job: job.name,
    run,
    trigger: trigger.kind,
    order: Date.parse(trigger.time),
    source: replay ? `${sourceOf(trigger)}, replay ${replay.number} of run ${replay.run}` : sourceOf(trigger),
    given: trigger,
    policies,
    ...(trigger.kind === 'object' ? { object: `${trigger.bucket}/${trigger.key}` } : {}),
    // A replay has no idempotency key of its own.
    ...(trigger.kind === 'request' && trigger.contentHash && !replay ? { contentHash: trigger.contentHash } : {}),
    ...(replay ? { replayOf: replay.run } : {}),
  };
}

/** What triggered the run, as text for people. */
function sourceOf(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'object': {
      const files = trigger.set ? ` (a set of ${trigger.set.members.length})` : '';
      return `obs://${trigger.bucket}/${trigger.key}${files}`;
    }
    case 'tick':
      return `timer ${trigger.name} at ${trigger.time}`;
    case 'request':
      return `request ${trigger.requestId}${trigger.caller === undefined ? '' : ` by ${trigger.caller}`}`;
  }
}

async function settle(
  received: Received,
  deps: RunDeps,
  work: (log: RunDeps['log']) => Promise<RunResult>,
): Promise<RunResult> {
  const { job, run } = received;
  const caller = labelOf(received);
  const log = deps.log.with({ job, run, ...(caller === undefined ? {} : { caller }) });
  const result = logged(log, { job, run, ...(await resultOf(() => work(log), log)) });
  deps.cloudEye?.countResult(result);
  // With a ledger, its records say it.
  if (!deps.ledger && result.outcome === 'rejected') deps.cloudEye?.noteRejected({ job, run }, result.reason);
  return result;
}

async function resultOf(work: () => Promise<RunResult>, log: RunDeps['log']): Promise<RunResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) return { outcome: 'rejected', reason: reasonOf(error) };
    // A bug: it is unknown how far it got.
    log.error('unexpected error', { error });
    return { outcome: 'unknown', reason: reasonOf(error) };
  }
}

function logged(log: RunDeps['log'], result: RunResult): RunResult {
  const { outcome, task, reason } = result;
  const fields = { outcome, ...(task ? { task: task.id, taskName: task.name } : {}), ...(reason ? { reason } : {}) };
  if (outcome === 'rejected' || outcome === 'unknown') log.error('run', fields);
  else if (outcome === 'waiting' || reason) log.warn('run', fields);
  else log.info('run', fields);
  return result;
}
