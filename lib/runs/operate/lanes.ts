import { DamagedListError } from '../../ports/ledger-error.ts';
import { inParallel, MAX_PARALLEL } from '../in-parallel.ts';
import type { LaneEntry, LaneState } from '../ledger/lane-state.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { TargetLane } from '../ledger/target-lane.ts';
import { needsNoTarget, readableLog } from '../start/lane-fact.ts';

const PREFIX = 'lanes/target/';
const PAGE = 1_000;

/** A run in a lane. */
interface LaneRun {
  readonly job: string;
  readonly run: string;
  readonly hasTurn: boolean;
  /** `ended`: removed as soon as another run needs the lane. `unreadable`: its log is damaged or missing. */
  readonly is: 'open' | 'ended' | 'unreadable';
}

export interface LaneView {
  /** `dcs-<instance id>` or `sms-<source server id>`. */
  readonly lane: string;
  /** In lane order. Empty when the target is free or the lane is damaged. */
  readonly runs: readonly LaneRun[];
  /** Why the lane cannot be read; nothing is created for its target until it is repaired. */
  readonly damage?: string;
}

/**
 * The lanes of all targets that ever had a run, or only the named one, with the runs in them. Empty when there are none. Reads each lane and the log of each
 * run in it, eight at a time.
 *
 * @throws {LedgerError} when the ledger cannot be read; a damaged lane is returned, not thrown
 */
export async function viewLanes(ledger: Ledger, only?: string): Promise<LaneView[]> {
  const names = only === undefined ? await laneNames(ledger) : [only];
  const lanes = await inParallel(names, MAX_PARALLEL, (lane) => openLane(ledger, lane));
  const queued = lanes.flatMap(({ state }) => state?.entries ?? []);
  const conditions = new Map(
    await inParallel(queued, MAX_PARALLEL, async (entry) => [entry, await conditionOf(ledger, entry)] as const),
  );
  return lanes.map(({ lane, state, damage }) => ({
    lane,
    runs: (state?.entries ?? []).map((entry) => {
      const { job, run } = entry;
      return { job, run, hasTurn: run === state?.holder, is: conditions.get(entry) ?? 'unreadable' };
    }),
    ...(damage === undefined ? {} : { damage }),
  }));
}

async function laneNames({ store }: Ledger): Promise<string[]> {
  const names = new Set<string>();
  for (let after = ''; ; ) {
    const page = await store.list(PREFIX, { after, limit: PAGE });
    for (const { name } of page) names.add(name.slice(PREFIX.length).split('/')[0] ?? '');
    after = page.at(-1)?.name ?? after;
    if (page.length < PAGE) return [...names].sort();
  }
}

interface OpenedLane {
  readonly lane: string;
  readonly state?: LaneState;
  readonly damage?: string;
}

async function openLane(ledger: Ledger, lane: string): Promise<OpenedLane> {
  try {
    return { lane, state: (await TargetLane.open(ledger, lane)).state };
  } catch (error) {
    if (!(error instanceof DamagedListError)) throw error;
    return { lane, damage: error.message };
  }
}

async function conditionOf(ledger: Ledger, entry: LaneEntry): Promise<LaneRun['is']> {
  const log = await readableLog(ledger, entry);
  if (!log) return 'unreadable';
  return needsNoTarget(log.state) ? 'ended' : 'open';
}
