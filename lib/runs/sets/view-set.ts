import type { Job, Jobs } from '../../jobs/job.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import {
  foldSet,
  listOpenSets,
  type OpenSet,
  type OpenSetName,
  openSetLog,
  readOpenSet,
  type SetState,
} from '../ledger/set-log.ts';
import {
  type EvaluateDeps,
  evaluateByBucket,
  evaluateByLedger,
  type SetVerdict,
  type SetWaiting,
} from './evaluate-set.ts';
import { markerHints } from './marker-hints.ts';
import { isDormant } from './set-end.ts';
import { type SetWait, waitText } from './set-waits.ts';
import { type SetWork, setScope } from './set-work.ts';
import { runOfSet } from './start-set.ts';

/**
 * Where a set is.
 *
 * - `waiting`: not complete. `starting`: complete; `reconcile` starts its run. `bad_manifest`: its list of files can't be used, and another
 *   version of the marker is awaited.
 * - `complete`: its run was started. `incomplete`: it was given up.
 * - `no_job`: the jobs file has no such sets any more. `unreadable`: what is recorded of it can't be read.
 */
const SET_STATES = ['waiting', 'starting', 'bad_manifest', 'complete', 'incomplete', 'no_job', 'unreadable'] as const;
export type SetViewState = (typeof SET_STATES)[number];

/** A set as a person may see it. Times are ISO 8601, UTC. */
export interface SetView {
  readonly job: string;
  /** Of the set's objects. */
  readonly prefix: string;
  /** Absent when the jobs file does not say it any more. */
  readonly bucket?: string;
  readonly state: SetViewState;
  /** How many files it has; absent when it can't be read. */
  readonly files?: number;
  /** Empty unless it is `waiting`. */
  readonly waits_for: readonly SetWait[];
  /** What it has and what it waits for, in one sentence. */
  readonly message: string;
  /** What may have been meant as the marker, and what is wrong with it. Empty when the bucket was not looked into. */
  readonly hints: readonly string[];
  /** When its first object was recorded, and the last one. */
  readonly opened_at?: string;
  readonly last_at?: string;
  /** Not complete by then, it is given up. Only while it waits. */
  readonly deadline?: string;
  /** That it started last. */
  readonly run?: string;
}

export interface ViewSetDeps {
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  /** What the bucket is looked into with; absent where that can't be done. */
  readonly look?: Omit<EvaluateDeps, 'ledger'> | undefined;
}

/** The open sets, or those of one job, in the order of their marks: at most `limit` of them, and how many more there are. */
export async function viewOpenSets(
  { job, limit }: { readonly job?: string | undefined; readonly limit: number },
  deps: ViewSetDeps,
): Promise<{ readonly sets: readonly SetView[]; readonly left: number }> {
  const names = await allOpenSets(deps.ledger, job);
  const sets: SetView[] = [];
  for (let i = 0; i < Math.min(limit, names.length); i += AT_ONCE) {
    const step = names.slice(i, Math.min(i + AT_ONCE, limit));
    const views = await Promise.all(step.map((name) => viewNamed(name, deps)));
    sets.push(...views.flatMap((view) => view ?? []));
  }
  return { sets, left: Math.max(0, names.length - limit) };
}

const PAGE = 1_000;
const AT_ONCE = 8;

async function allOpenSets(ledger: Ledger, job: string | undefined): Promise<OpenSetName[]> {
  const names: OpenSetName[] = [];
  for (;;) {
    const after = names.at(-1);
    const page = await listOpenSets(ledger, { ...(after === undefined ? {} : { after }), limit: PAGE, job });
    names.push(...page);
    if (page.length < PAGE) return names;
  }
}

async function viewNamed(name: OpenSetName, deps: ViewSetDeps): Promise<SetView | undefined> {
  const set = await readOpenSet(deps.ledger, name);
  return set && viewSet(set, deps);
}

/**
 * A set, open or over; `undefined` when nothing is recorded of it.
 *
 * Never throws for the ledger: a set that can't be read is `unreadable`, and says why.
 */
export async function viewSet(set: OpenSet, deps: ViewSetDeps): Promise<SetView | undefined> {
  const { job: name, prefix } = set;
  const job = deps.jobs.jobs.get(name);
  const bucket = job?.on.object_created?.bucket;
  const head = { job: name, prefix, ...(bucket === undefined ? {} : { bucket }) };
  try {
    const log = await openSetLog(deps.ledger, name, prefix);
    if (log.records.length === 0) return undefined;
    const state = foldSet(log.records);
    const scope = job && setScope(job, prefix);
    const work = job && scope ? { ...scope, jobs: deps.jobs, job, log } : undefined;
    return { ...head, ...timesOf(state, job), ...(await evaluate(state, work, deps)), ...runOf(name, state) };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { ...head, state: 'unreadable', waits_for: [], hints: [], message: error.message };
  }
}

type Evaluation = Pick<SetView, 'state' | 'files' | 'waits_for' | 'message' | 'hints'>;

async function evaluate(state: SetState, work: SetWork | undefined, deps: ViewSetDeps): Promise<Evaluation> {
  const files = state.members.size;
  const plain = (name: SetViewState, message: string): Evaluation => ({
    state: name,
    files,
    waits_for: [],
    message,
    hints: [],
  });
  if (state.incomplete) return plain('incomplete', `it was given up: ${state.incomplete.why}`);
  if (state.toStart) return plain('starting', 'it is complete; reconcile starts its run');
  if (state.badManifest) return plain('bad_manifest', state.badManifest.why);
  if (isDormant(state)) return plain('complete', lateText(state));
  if (!work) return plain('no_job', 'the jobs file has no such sets; reconcile gives it up');
  const verdict = await verdictOf(work, state, deps);
  switch (verdict.kind) {
    case 'complete':
      return { ...plain('starting', 'it is complete; reconcile starts its run'), files: membersOf(verdict) };
    case 'bad_manifest':
      return plain('bad_manifest', verdict.why);
    case 'other_marker':
      return unannounced(work, state, verdict.marker.key, deps);
    case 'waits':
      return waiting(work, verdict);
  }
}

/** A marker that lies in the bucket, and is not recorded. */
function unannounced(work: SetWork, state: SetState, key: string, { ledger }: ViewSetDeps): Evaluation {
  const known = waiting(work, evaluateByLedger(work, state, ledger.now()));
  const hint = state.marker
    ? `another version of ${key} lies in the bucket; reconcile reads that one`
    : `${key} lies in the bucket and was not announced; a sweep finds it, and so does reconcile at the deadline`;
  return { ...known, hints: [hint] };
}

function membersOf({ trigger }: SetVerdict & { kind: 'complete' }): number {
  return trigger.set?.members.length ?? 0;
}

function waiting({ trigger, prefix }: SetWork, verdict: SetWaiting): Evaluation {
  const { complete } = trigger.set;
  return {
    state: 'waiting',
    files: verdict.files,
    waits_for: verdict.waits,
    message: waitText(complete, prefix, verdict.files, verdict.waits),
    hints: markerHints(complete.marker, prefix, verdict.similarKeys),
  };
}

/** By the bucket where `reconcile` would go by it, too: a set that is complete by its count alone is not looked up. */
async function verdictOf(work: SetWork, state: SetState, { ledger, look }: ViewSetDeps): Promise<SetVerdict> {
  const { marker, quietMs } = work.trigger.set.complete;
  if (look && (marker !== undefined || quietMs !== undefined))
    return evaluateByBucket(work, state, { ...look, ledger });
  return evaluateByLedger(work, state, ledger.now());
}

function lateText({ complete, late }: SetState): string {
  const files = complete.at(-1)?.set?.members.length ?? 0;
  const imported = `its run was started with ${files === 1 ? '1 file' : `${files} files`}`;
  if (late.length === 0) return imported;
  return `${imported}; ${late.length === 1 ? '1 object' : `${late.length} objects`} came too late`;
}

function timesOf(state: SetState, job: Job | undefined): Pick<SetView, 'opened_at' | 'last_at' | 'deadline'> {
  const { firstAt, lastAt } = state;
  const text = (at: number) => new Date(at).toISOString();
  const deadlineMs = isDormant(state) || state.toStart ? undefined : job?.on.object_created?.set?.deadlineMs;
  return {
    ...(firstAt === undefined ? {} : { opened_at: text(firstAt) }),
    ...(lastAt === undefined ? {} : { last_at: text(lastAt) }),
    ...(firstAt === undefined || deadlineMs === undefined ? {} : { deadline: text(firstAt + deadlineMs) }),
  };
}

function runOf(job: string, { complete }: SetState): Pick<SetView, 'run'> {
  const last = complete.at(-1);
  return last ? { run: runOfSet(job, last) } : {};
}
