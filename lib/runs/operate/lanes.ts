import { DamagedListError } from '../../ports/ledger-error.ts';
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
 * The lanes of all targets that ever had a run, or only the named one, with the runs in them. Empty when there are none.
 *
 * @throws {LedgerError} when the ledger cannot be read; a damaged lane is returned, not thrown
 */
export async function viewLanes(ledger: Ledger, only?: string): Promise<LaneView[]> {
  const names = only === undefined ? await laneNames(ledger) : [only];
  const views: LaneView[] = [];
  for (const lane of names) views.push(await viewLane(ledger, lane));
  return views;
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

async function viewLane(ledger: Ledger, lane: string): Promise<LaneView> {
  try {
    const { entries, holder } = (await TargetLane.open(ledger, lane)).state;
    const runs: LaneRun[] = [];
    for (const entry of entries) {
      const log = await readableLog(ledger, entry);
      const { job, run } = entry;
      const is = !log ? 'unreadable' : needsNoTarget(log.state) ? 'ended' : 'open';
      runs.push({ job, run, hasTurn: run === holder, is });
    }
    return { lane, runs };
  } catch (error) {
    if (!(error instanceof DamagedListError)) throw error;
    return { lane, runs: [], damage: error.message };
  }
}
