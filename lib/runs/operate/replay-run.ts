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

/** Another attempt at what a run was for. */
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
  /** It was there already, and is not settled: nothing new is recorded. */
  readonly isThere: boolean;
}

export interface ReplayDeps {
  readonly ledger: Ledger;
  /** The jobs file as it is now. */
  readonly jobs: Jobs;
  /** Also when the last attempt succeeded, or a task of it may be there. */
  readonly evenSucceeded: boolean;
  /** Asked only for the run of a set: its files are listed again. */
  readonly services: Pick<AllServices, 'obs'>;
}

/**
 * Says what replaying a run would record. Writes nothing.
 *
 * @throws as `replayRun`
 */
export async function planReplay(
  name: { readonly job: string; readonly run: string },
  deps: ReplayDeps,
): Promise<Attempt> {
  const root = await openRoot(name, deps.ledger);
  return attemptOf(root, await decide(root, attempts(root), deps));
}

/**
 * Makes another attempt at what a run was for: a run of its own, for the same trigger, planned from the present jobs file; of a set, for the
 * files that it has now. It is recorded
 * here and carried out by `reconcile` at its next tick, under every rule that holds for other runs: budget, pause, lane, order.
 *
 * All attempts are recorded in the list of the first run, whichever of them is named: so there is one last attempt, and while that is not
 * settled there is no other. The link there holds the new run's first record; killed between the two, the same again or `reconcile`
 * copies it. Of several persons at once all get the same new run.
 *
 * @throws {RunError} and nothing is recorded: `no_such_run`; `other_format`; `no_trigger` when the run was recorded before triggers were kept;
 *   `open` while it is not settled; `succeeded`, and `may_have_task`, unless `evenSucceeded`; `no_such_job`; `trigger_gone` when
 *   the job has no trigger of this kind any more; and what planning says:
 *   `missing_value`, `invalid_fields`; of the run of a set what `relistSet` throws. Trying again helps for `open`, `set_incomplete` and
 *   `set_not_listed` alone
 * @throws {LedgerError} when the ledger can't be read or written; the same again goes on
 */
export async function replayRun(
  name: { readonly job: string; readonly run: string },
  deps: ReplayDeps,
): Promise<Attempt> {
  const { ledger } = deps;
  const root = await openRoot(name, ledger);
  const before = attempts(root);
  for (;;) {
    const decided = await decide(root, before, deps);
    const { first, isNew } = decided;
    const attempt = attemptOf(root, decided);
    if (isNew) {
      // Before the link: whoever finds the marker looks for the link.
      const { records } = await openRunLog(ledger, first.job, first.run);
      await markReplay(ledger, first, generationOf(records), attempt.of);
      if (!(await root.append({ ...ledger.stamp(), type: 'replayed', as: first }))) continue;
    }
    await writeFirstRecords(await openRunLog(ledger, first.job, first.run), first, attempt.of, ledger);
    return attempt;
  }
}

/**
 * For `reconcile`: a marker without a run may be that of a replay whose link is recorded and whose first record is not.
 *
 * @returns false when it is no replay, or has no link (yet)
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
  if (!received) throw new RunError('no_such_run', `job ${job}, run ${run}: the ledger has none such`);
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

/** The last attempt as long as it is open, or when somebody made it just now; else a new one. */
async function decide(root: RunLog, before: number, deps: ReplayDeps): Promise<Decided> {
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
      `${what}: it has format ${received?.v}, and this version knows ${RUN_VERSION} only`,
    );
  }
  const seen = viewRun(log.records)?.state;
  if (!settled)
    throw new RunError('open', `${what}: it is not settled (${seen}); wait for it, or resolve, park or forget it`);
  if (evenSucceeded) return;
  if (seen === 'succeeded')
    throw new RunError('succeeded', `${what}: it has succeeded; replay it with --even-succeeded`);
  const isSure = seen === 'failed' || seen === 'rejected' || seen === 'superseded';
  const isForgottenEarly = end === 'forgotten' && !task && firstIntentAt === undefined;
  if (isSure || isForgottenEarly) return;
  const message = `${what}: a task of it may be there (${seen}); look at it, then replay with --even-succeeded`;
  throw new RunError('may_have_task', message);
}

const STARTED_BY = { object: 'object_created', tick: 'schedule', request: 'request' } as const;

async function planAgain(received: ReceivedRecord, number: number, { jobs, services }: ReplayDeps): Promise<Received> {
  const { job: name, run, given } = received;
  const what = `job ${name}, run ${run}`;
  if (!given) {
    throw new RunError(
      'no_trigger',
      `${what}: it was recorded by a version that did not keep the trigger; start it by a new event`,
    );
  }
  const job = jobs.jobs.get(name);
  if (!job) throw new RunError('no_such_job', `${what}: the jobs file has no job ${name} any more`);
  if (!job.on[STARTED_BY[given.kind]]) {
    throw new RunError('trigger_gone', `${what}: job ${name} has no on.${STARTED_BY[given.kind]} any more`);
  }
  const fields = given.kind === 'request' ? { callerFields: callerFields(job, given.body, jobs.targets) } : {};
  const trigger = given.kind === 'object' && given.set ? await relistSet(job, given, services) : given;
  return planRun({ jobs, job, trigger, ...fields, replay: { run, number } }).received;
}
