import type { Jobs } from '../../jobs/job.ts';
import { callerFields } from '../../jobs/request-fields.ts';
import { RunError } from '../../kernel/errors.ts';
import type { AllServices } from '../../ports/services.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { generationOf, markReplay, type OpenRun, replayMarked } from '../ledger/open-runs.ts';
import { openRunLog, type RunLog } from '../ledger/run-log.ts';
import { type Received, type ReceivedRecord, RUN_VERSION } from '../ledger/run-record.ts';
import { foldRun, type RunState } from '../ledger/run-state.ts';
import { viewRun } from '../report/run-view.ts';
import { relistSet } from '../sets/relist-set.ts';
import { planRun } from '../start/start-run.ts';

/** Another attempt at a run. */
export interface Attempt {
  readonly job: string;
  /** The run of this attempt. */
  readonly run: string;
  /** The run of the first attempt. */
  readonly of: string;
  /** 1 for the first replay. */
  readonly number: number;
  /** For people. */
  readonly source: string;
  /** The attempt already exists and is not settled; nothing new is recorded. */
  readonly isThere: boolean;
}

export interface ReplayDeps {
  readonly ledger: Ledger;
  /** The current jobs file. */
  readonly jobs: Jobs;
  /** Replay even if the last attempt succeeded, or a task of it may exist. */
  readonly evenSucceeded: boolean;
  /** Used only for the run of a set: its files are listed again. */
  readonly services: Pick<AllServices, 'obs'>;
}

/**
 * Returns what a replay would record. Writes nothing.
 *
 * @throws as `replayRun`
 */
export async function planReplay(
  name: { readonly job: string; readonly run: string },
  deps: ReplayDeps,
): Promise<Attempt> {
  const root = await openRoot(name, deps.ledger);
  return attemptOf(root, await decideAttempt(root, attempts(root), deps));
}

/**
 * Makes another attempt at a run: a new run for the same trigger, planned from the current jobs file; for a set, with the files it has now. It is
 * recorded here and executed by `reconcile` at its next tick, under the same rules as other runs: budget, pause, lane, order.
 *
 * All attempts are recorded in the list of the first run, whichever of them is named. So there is one last attempt, and no other while that one is
 * not settled. The link there holds the new run's first record. If the call is killed between the two writes, a repeated call or `reconcile` copies
 * it. Concurrent calls all get the same new run.
 *
 * @throws {RunError} and records nothing: `no_such_run`; `other_format`; `no_trigger` when the run was recorded before triggers were kept; `open`
 *   while it is not settled; `succeeded`, and `may_have_task`, unless `evenSucceeded`; `no_such_job`; `trigger_gone` when the job no longer has a
 *   trigger of this kind; the errors of planning: `missing_value`, `invalid_fields`; for the run of a set, the errors of `relistSet`. A retry helps
 *   only for `open`, `set_incomplete` and `set_not_listed`
 * @throws {LedgerError} when the ledger can't be read or written; a repeated call continues
 */
export async function replayRun(
  name: { readonly job: string; readonly run: string },
  deps: ReplayDeps,
): Promise<Attempt> {
  const { ledger } = deps;
  const root = await openRoot(name, ledger);
  const before = attempts(root);
  for (;;) {
    const decided = await decideAttempt(root, before, deps);
    const { first, isNew } = decided;
    const attempt = attemptOf(root, decided);
    if (isNew) {
      // The marker is put before the link: whoever finds the marker looks for the link.
      const { records } = await openRunLog(ledger, first.job, first.run);
      await markReplay(ledger, first, generationOf(records), attempt.of);
      if (!(await root.append({ ...ledger.stamp(), type: 'replayed', as: first }))) continue;
    }
    await writeFirstRecords(await openRunLog(ledger, first.job, first.run), first, attempt.of, ledger);
    return attempt;
  }
}

/**
 * For `reconcile`: a marker without a run may belong to a replay whose link is recorded and whose first record is not.
 *
 * @returns false when it is not a replay, or has no link (yet)
 */
export async function completeReplay(log: RunLog, marked: OpenRun, ledger: Ledger): Promise<boolean> {
  const { job, run } = marked;
  const of = await replayMarked(ledger, marked);
  if (of === undefined) return false;
  const { replays = [] } = foldRun((await openRunLog(ledger, job, of)).records);
  const first = replays.find((replay) => replay.run === run);
  if (first) await writeFirstRecords(log, first, of, ledger);
  return first !== undefined;
}

async function writeFirstRecords(log: RunLog, first: Received, of: string, ledger: Ledger): Promise<void> {
  while (!log.state.received) {
    await markReplay(ledger, first, generationOf(log.records), of);
    await log.append({ ...ledger.stamp(), type: 'received', v: RUN_VERSION, ...first });
  }
}

/** The list of the first attempt. */
async function openRoot({ job, run }: { job: string; run: string }, ledger: Ledger): Promise<RunLog> {
  const log = await openRunLog(ledger, job, run);
  const { received } = log.state;
  if (!received) throw new RunError('no_such_run', `job ${job}, run ${run}: not found in the ledger`);
  return received.replayOf === undefined ? log : openRunLog(ledger, job, received.replayOf);
}

function attempts(root: RunLog): number {
  return root.state.replays?.length ?? 0;
}

interface Decided {
  readonly first: Received;
  readonly number: number;
  readonly isNew: boolean;
}

/** The last attempt if it is open or was made concurrently; otherwise a new one. */
async function decideAttempt(root: RunLog, before: number, deps: ReplayDeps): Promise<Decided> {
  const { received, replays = [] } = root.state;
  const last = replays.at(-1);
  const log = last ? await openRunLog(deps.ledger, last.job, last.run) : root;
  const state = log.state;
  if (last && (!state.settled || replays.length > before)) return { first: last, number: replays.length, isNew: false };
  if (!received) throw new RunError('no_such_run', `ledger ${root.name}: the first record is missing`);
  refuse(log, state, last?.run ?? received.run, deps);
  const number = replays.length + 1;
  return { first: await planAgain(received, number, deps), number, isNew: true };
}

function attemptOf(root: RunLog, { first, number, isNew }: Decided): Attempt {
  const { job, run, source } = first;
  const of = root.state.received?.run ?? '';
  return { job, run, of, number, source, isThere: !isNew };
}

function refuse(log: RunLog, state: RunState, run: string, { evenSucceeded }: ReplayDeps): void {
  const { received, settled, end, task, firstIntentAt } = state;
  const what = `job ${received?.job ?? ''}, run ${run}`;
  if (received?.v !== RUN_VERSION) {
    throw new RunError(
      'other_format',
      `${what}: it has format ${received?.v}, but this version supports only ${RUN_VERSION}`,
    );
  }
  const seen = viewRun(log.records)?.state;
  if (!settled)
    throw new RunError('open', `${what}: the run is not settled (${seen}); wait for it, or resolve, park or forget it`);
  if (evenSucceeded) return;
  if (seen === 'succeeded')
    throw new RunError('succeeded', `${what}: the run succeeded; to replay it anyway, use --even-succeeded`);
  const isSure = seen === 'failed' || seen === 'rejected' || seen === 'superseded';
  const isForgottenEarly = end === 'forgotten' && !task && firstIntentAt === undefined;
  if (isSure || isForgottenEarly) return;
  const message = `${what}: a task of this run may exist (${seen}); check it, then replay with --even-succeeded`;
  throw new RunError('may_have_task', message);
}

const STARTED_BY = { object: 'object_created', tick: 'schedule', request: 'request' } as const;

async function planAgain(received: ReceivedRecord, number: number, { jobs, services }: ReplayDeps): Promise<Received> {
  const { job: name, run, given } = received;
  const what = `job ${name}, run ${run}`;
  if (!given) {
    throw new RunError(
      'no_trigger',
      `${what}: it was recorded by a version that did not keep the trigger; start it with a new event`,
    );
  }
  const job = jobs.jobs.get(name);
  if (!job) throw new RunError('no_such_job', `${what}: the jobs file no longer has a job ${name}`);
  if (!job.on[STARTED_BY[given.kind]]) {
    throw new RunError('trigger_gone', `${what}: job ${name} no longer has on.${STARTED_BY[given.kind]}`);
  }
  const fields = given.kind === 'request' ? { callerFields: callerFields(job, given.body, jobs.targets) } : {};
  const trigger = given.kind === 'object' && given.set ? await relistSet(job, given, services) : given;
  return planRun({ jobs, job, trigger, ...fields, replay: { run, number } }).received;
}
