import { hasLabels } from '../../jobs/check-auth.ts';
import type { Job, Jobs } from '../../jobs/job.ts';
import { CloudError } from '../../kernel/errors.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { makeTaskSnapshot } from '../follow/task-snapshot.ts';
import { inParallel } from '../in-parallel.ts';
import { type Asker, mayAskFor, openAskedRun } from '../ledger/asker.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { listOpen } from '../ledger/open-runs.ts';
import { isForeign } from '../ledger/origin.ts';
import { readRunRecords } from '../ledger/run-log.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { foldRun } from '../ledger/run-state.ts';
import { isPermanent } from '../ledger/unreadable-records.ts';
import type { RunDeps } from '../run-deps.ts';
import { findUnrecordedTask } from '../start/unrecorded-task.ts';
import { type RunView, taskViewState, viewRun } from './run-view.ts';

export type ReadDeps = Pick<RunDeps, 'services' | 'log' | 'ledger'>;

/** A run that a caller reads. */
export interface ReadRequest {
  readonly job: Job;
  readonly run: string;
  readonly jobs: Jobs;
  readonly asker: Asker;
}

/**
 * A run in its current state. While the task is not over, its status is read from the cloud; if it can't be read, the last known one is used.
 *
 * Without a ledger, the task is all that is known about a run: see `findUnrecordedTask`.
 *
 * @returns `none` when the run does not exist, or the caller may not see it; `unclear` when only a ledger could tell
 * @throws {OtherEnvironmentError}; {LedgerError} the ledger can't be read; {CloudError} without a ledger, when the lists can't be read
 */
export async function readRun(
  { job, run, jobs, asker }: ReadRequest,
  deps: ReadDeps,
): Promise<RunView | 'none' | 'unclear'> {
  const { ledger } = deps;
  if (ledger) {
    const log = await openAskedRun(ledger, { job: job.name, run }, asker);
    return (log && (await viewRunNow(log.records, { ...deps, ledger }))) ?? 'none';
  }
  // The cloud's lists do not say who requested a task.
  if (hasLabels(job)) return 'unclear';
  const task = await findUnrecordedTask({ job, run, jobs }, deps);
  if (typeof task === 'string') return task;
  return withProgress({ job: job.name, run, state: taskViewState(task.kind, task.status), task }, deps);
}

/** Like `readRun`, for a run whose records were read; for several runs, with one shared snapshot. */
export async function viewRunNow(
  records: readonly RunRecord[],
  deps: ReadDeps & { readonly ledger: Ledger },
  snapshot = makeTaskSnapshot(deps.services, deps.log, deps.ledger.now),
): Promise<RunView | undefined> {
  const { task, settled, status } = foldRun(records);
  // Tasks of another region, project or stage are elsewhere and are not looked up here.
  if (!task || (settled && status !== undefined) || isForeign(deps.ledger, records)) return viewRun(records);
  const row = await snapshot.find(task.kind, task.id);
  const view = viewRun(records, typeof row === 'string' ? undefined : row.status);
  return view && withProgress(view, deps);
}

async function withProgress(view: RunView, deps: ReadDeps): Promise<RunView> {
  if (!view.task || (view.state !== 'running' && view.state !== 'stuck')) return view;
  try {
    const { kind, id } = view.task;
    const progress = await ACTIONS[kind].progressOf?.(deps.services, id);
    const known = Object.entries(progress?.figures ?? {}).filter(([, value]) => value !== undefined);
    return known.length === 0 ? view : { ...view, progress: Object.fromEntries(known) as Record<string, number> };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    deps.log.warn('the progress of the task could not be read', { error });
    return view;
  }
}

/** One page of the runs of a job that are not settled and that the caller may see, oldest first. */
export interface OpenRunsPage {
  readonly runs: readonly RunView[];
  /** Open runs that are not on this page: later ones and, if callers have no labels, those that cannot be read. */
  readonly left: number;
}

const PAGE = 20;
const MAX_PARALLEL_READS = 20;

/**
 * Excludes runs of another region, project or stage. Where callers have labels, every open run of the job is read to find those of this caller:
 * neither the page nor `left` tells anything about the runs of others.
 *
 * @throws {LedgerError} when the ledger can't be read
 */
export async function listOpenRuns(
  { job, asker }: Pick<ReadRequest, 'job' | 'asker'>,
  { ledger }: Required<Pick<RunDeps, 'ledger'>>,
): Promise<OpenRunsPage> {
  const open = await listOpen(ledger, job.name);
  const read = await inParallel(hasLabels(job) ? open : open.slice(0, PAGE), MAX_PARALLEL_READS, ({ run }) =>
    viewUnlessUnreadable(ledger, { job: job.name, run }, asker),
  );
  // A marker is put before the first record: there is nothing to show for such a run yet.
  const views = read.flatMap((view) => (view && view !== 'unreadable' ? [withoutHistory(view)] : []));
  const runs = views.slice(0, PAGE);
  const left = hasLabels(job)
    ? views.length - runs.length
    : open.length - read.length + read.filter((view) => view === 'unreadable').length;
  return { runs, left };
}

/** A damaged record does not hide the other runs; `reconcile` reports it. */
async function viewUnlessUnreadable(
  ledger: Ledger,
  { job, run }: { readonly job: string; readonly run: string },
  asker: Asker,
): Promise<RunView | 'unreadable' | undefined> {
  try {
    const records = await readRunRecords(ledger, job, run);
    return isForeign(ledger, records) || !mayAskFor(asker, records) ? undefined : viewRun(records);
  } catch (error) {
    if (!isPermanent(error)) throw error;
    return 'unreadable';
  }
}

function withoutHistory({ history: _, ...view }: RunView): RunView {
  return view;
}
