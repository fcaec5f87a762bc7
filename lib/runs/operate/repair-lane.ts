import { RunError } from '../../kernel/errors.ts';
import { recordOf } from '../ledger/append-log.ts';
import { lanePrefix, lastSegment, segmentName } from '../ledger/lane-names.ts';
import {
  foldLane,
  isLaneRecord,
  type LaneEntry,
  type LaneRecord,
  type LaneState,
  snapshotOf,
} from '../ledger/lane-state.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { listOpen } from '../ledger/open-runs.ts';
import type { RunState } from '../ledger/run-state.ts';
import { laneEntry, laneOf, needsNoTarget, readableLog } from '../start/lane-fact.ts';

/** What a lane repair changes. */
export interface LaneRepair {
  readonly lane: string;
  /** Lines that cannot be read. They stay in the old list and are ignored. */
  readonly damagedLines: number;
  /** Runs that keep their place, in lane order. */
  readonly kept: readonly LaneEntry[];
  /** The run that has the turn afterwards; it may have a task. */
  readonly holder?: string;
  /** Runs that lose their place, and why. An `unreadable` run may have a task: check the target first. */
  readonly removed: readonly { readonly job: string; readonly run: string; readonly why: 'ended' | 'unreadable' }[];
}

interface Plan extends LaneRepair {
  readonly segment: number;
  readonly position: number;
  readonly state: LaneState;
  readonly isNeeded: boolean;
}

/**
 * Returns what `repairLane` would do. Writes nothing.
 *
 * @returns `undefined` when there is nothing to repair
 * @throws {RunError} `no_such_lane`; {LedgerError} when the ledger cannot be read
 */
export async function planLaneRepair(ledger: Ledger, lane: string): Promise<LaneRepair | undefined> {
  const plan = await makePlan(ledger, lane);
  return plan.isNeeded ? repairOf(plan) : undefined;
}

/**
 * Repairs a lane with an unreadable line or run: the next list of the lane begins with what is left. Readable runs that have not ended keep their
 * place; one that may have a task keeps the turn. Runs that lost their place through the damage join again automatically. An unreadable run is
 * removed whatever it was doing, so the decision is the operator's.
 *
 * @returns what was changed; `undefined` when there was nothing to repair
 * @throws {RunError} `no_such_lane`; `lane_changed` when the lane was written to meanwhile: check it and repeat; {LedgerError} when the ledger cannot
 *   be read or written
 */
export async function repairLane(ledger: Ledger, lane: string): Promise<LaneRepair | undefined> {
  const plan = await makePlan(ledger, lane);
  if (!plan.isNeeded) return undefined;
  const prefix = lanePrefix(lane);
  const rolled: LaneRecord = { ...ledger.stamp(), type: 'rolled' };
  const snapshot: LaneRecord = { ...ledger.stamp(), ...snapshotOf(plan.state) };
  // The damage may be an unterminated line.
  const closed = await ledger.store.append(
    segmentName(prefix, plan.segment),
    plan.position,
    `\n${JSON.stringify(rolled)}\n`,
  );
  const next = segmentName(prefix, plan.segment + 1);
  const begun = closed === 'stale' ? closed : await ledger.store.append(next, 0, `${JSON.stringify(snapshot)}\n`);
  if (begun === 'stale') {
    throw new RunError('lane_changed', `lane ${lane}: the lane was written to meanwhile; check it again and repeat`);
  }
  return repairOf(plan);
}

function repairOf({ lane, damagedLines, kept, holder, removed }: Plan): LaneRepair {
  return { lane, damagedLines, kept, ...(holder === undefined ? {} : { holder }), removed };
}

async function makePlan(ledger: Ledger, lane: string): Promise<Plan> {
  const prefix = lanePrefix(lane);
  const segment = await lastSegment(ledger, prefix);
  const { records, damagedLines, position } = await readLeniently(ledger, prefix, segment);
  if (position === 0) throw new RunError('no_such_lane', `lane ${lane}: not found in the ledger; see runs lanes`);
  const known = foldLane(records);
  const kept: LaneEntry[] = [];
  const removed: Plan['removed'][number][] = [];
  for (const entry of known.entries) {
    const { job, run } = entry;
    const log = await readableLog(ledger, entry);
    const state = log?.state;
    if (state && !needsNoTarget(state)) kept.push({ ...entry, claim: Math.max(entry.claim, state.lastClaim) });
    else removed.push({ job, run, why: state ? 'ended' : 'unreadable' });
  }
  const lost = damagedLines === 0 ? [] : await runsWithTask(ledger, lane, kept);
  const entries = [...kept, ...lost];
  const holder = entries.some(({ run }) => run === known.holder) ? known.holder : lost[0]?.run;
  const { holder: _before, idleAt: _idle, ...rest } = known;
  const state: LaneState = { ...rest, entries, ...(holder === undefined ? {} : { holder }) };
  const isNeeded = damagedLines > 0 || removed.some(({ why }) => why === 'unreadable');
  return {
    lane,
    damagedLines,
    kept: entries,
    ...(holder ? { holder } : {}),
    removed,
    segment,
    position,
    state,
    isNeeded,
  };
}

/** Open runs that may have a task on the target but are missing from the lane because their line is damaged. */
async function runsWithTask(ledger: Ledger, lane: string, kept: readonly LaneEntry[]): Promise<LaneEntry[]> {
  const found: LaneEntry[] = [];
  for (const { job, run } of await listOpen(ledger)) {
    if (kept.some((entry) => entry.run === run)) continue;
    const log = await readableLog(ledger, { job, run });
    const state = log?.state;
    if (state?.received?.planned && laneOf(state.received.planned) === lane && mayHaveTask(state)) {
      found.push(laneEntry(state.received, state.received.planned, state.lastClaim));
    }
  }
  return found;
}

function mayHaveTask(state: RunState): boolean {
  return !needsNoTarget(state) && (state.attempt !== undefined || state.task !== undefined);
}

/** The readable records of a list. If its first line, the snapshot of all earlier records, is damaged, also those of the list before. */
async function readLeniently(
  ledger: Ledger,
  prefix: string,
  segment: number,
): Promise<{ records: readonly LaneRecord[]; damagedLines: number; position: number }> {
  const { text, position } = await ledger.store.read(segmentName(prefix, segment));
  const lines = text.split('\n').filter((line) => line !== '');
  const records = lines.flatMap((line) => {
    const record = recordOf(line);
    return record && isLaneRecord(record) ? [record] : [];
  });
  const damagedLines = lines.length - records.length;
  if (segment === 1 || records.some(({ type }) => type === 'snapshot')) return { records, damagedLines, position };
  const before = await readLeniently(ledger, prefix, segment - 1);
  return { records: [...before.records, ...records], damagedLines: damagedLines + before.damagedLines, position };
}
