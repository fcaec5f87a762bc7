import type { Job, Jobs } from '../../jobs/job.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import {
  foldSet,
  jobOfOpenSet,
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
 * The state of a set.
 *
 * - `waiting`: not complete. `starting`: complete; `reconcile` starts its run. `bad_manifest`: its manifest is invalid, and it waits for another
 *   version of the marker.
 * - `complete`: its run was started. `incomplete`: it was given up.
 * - `no_job`: the jobs file no longer has this set. `unreadable`: its records can't be read.
 */
const SET_STATES = ['waiting', 'starting', 'bad_manifest', 'complete', 'incomplete', 'no_job', 'unreadable'] as const;
export type SetViewState = (typeof SET_STATES)[number];

/** A set as shown to people. Times are ISO 8601, UTC. */
export interface SetView {
  readonly job: string;
  /** Prefix of the set's objects. */
  readonly prefix: string;
  /** Absent when the jobs file no longer says it. */
  readonly bucket?: string;
  readonly state: SetViewState;
  /** Number of files; absent when the set can't be read. */
  readonly files?: number;
  /** Empty unless it is `waiting`. */
  readonly waits_for: readonly SetWait[];
  /** What it has and what it waits for, in one sentence. */
  readonly message: string;
  /** Objects that may have been meant as the marker, and what is wrong with them. Empty when the bucket was not listed. */
  readonly hints: readonly string[];
  /** When its first and last objects were recorded. */
  readonly opened_at?: string;
  readonly last_at?: string;
  /** The set is given up if it is not complete by then. Only while it waits. */
  readonly deadline?: string;
  /** The run that it started last. */
  readonly run?: string;
}

export interface ViewSetDeps {
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  /** For listing the bucket; absent if that is not possible. */
  readonly look?: Omit<EvaluateDeps, 'ledger'> | undefined;
}

/** The open sets, or those of some jobs, in the order of their markers: at most `limit` of them, and how many more there are. */
export async function viewOpenSets(
  {
    job,
    isWanted = () => true,
    limit,
  }: {
    readonly job?: string | undefined;
    /** Whether those of a job are wanted. */
    readonly isWanted?: (job: string) => boolean;
    readonly limit: number;
  },
  deps: ViewSetDeps,
): Promise<{ readonly sets: readonly SetView[]; readonly left: number }> {
  const names = (await allOpenSets(deps.ledger, job)).filter((name) => isWanted(jobOfOpenSet(name)));
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
 * Never throws for ledger errors: a set that can't be read is `unreadable`, and its message says why.
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
  if (state.toStart) return plain('starting', 'it is complete; reconcile will start its run');
  if (state.badManifest) return plain('bad_manifest', state.badManifest.why);
  if (isDormant(state)) return plain('complete', lateText(state));
  if (!work) return plain('no_job', 'the jobs file has no such set; reconcile will give it up');
  const verdict = await verdictOf(work, state, deps);
  switch (verdict.kind) {
    case 'complete':
      return { ...plain('starting', 'it is complete; reconcile will start its run'), files: membersOf(verdict) };
    case 'bad_manifest':
      return plain('bad_manifest', verdict.why);
    case 'other_marker':
      return unannounced(work, state, verdict.marker.key, deps);
    case 'waits':
      return waiting(work, verdict);
  }
}

/** For a marker that is in the bucket but not recorded. */
function unannounced(work: SetWork, state: SetState, key: string, { ledger }: ViewSetDeps): Evaluation {
  const known = waiting(work, evaluateByLedger(work, state, ledger.now()));
  const hint = state.marker
    ? `the bucket has another version of ${key}; reconcile will read that one`
    : `${key} is in the bucket but had no notification; a sweep will find it, or reconcile at the deadline`;
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

/** Uses the bucket where `reconcile` would use it, too: a set that is complete by its count alone needs no listing. */
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
  return `${imported}; ${late.length === 1 ? '1 object' : `${late.length} objects`} arrived too late`;
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
