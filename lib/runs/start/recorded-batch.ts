import { inOrder, type LaneEntry } from '../ledger/lane-state.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { Received } from '../ledger/run-record.ts';
import type { RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import type { FactFinder } from './facts.ts';
import { writeFirstRecords } from './first-records.ts';
import { laneEntry } from './lane-fact.ts';
import { openWithControl, proceed, whenLedgerFails } from './recorded-run.ts';

/** A run of a batch, with its dependencies. */
export interface BatchMember {
  readonly received: Received;
  readonly deps: RecordedDeps;
}

/** Number of runs recorded in parallel. */
const MAX_PARALLEL = 20;

interface Opened {
  readonly member: BatchMember;
  readonly log?: RunLog;
  readonly finder?: FactFinder | undefined;
  /** The result if the ledger failed. */
  readonly failed?: RunResult;
}

/**
 * Carries out the runs of one event for one target. Like `recordedRun` for each, but they are recorded in parallel, the first in order goes ahead,
 * and the others join the queue behind it in the same append.
 *
 * @returns one result for each, in the given order; never throws for errors of the cloud or the ledger
 */
export async function recordedBatch(members: readonly BatchMember[]): Promise<RunResult[]> {
  const sorted = [...members].sort((a, b) => inOrder(a.received, b.received));
  const [leader] = sorted;
  const opened: Opened[] = [];
  for (let from = 0; from < sorted.length; from += MAX_PARALLEL) {
    const slice = sorted.slice(from, from + MAX_PARALLEL);
    opened.push(...(await Promise.all(slice.map((member) => record(member, leader)))));
  }
  const [first, ...others] = opened;
  if (first?.finder) first.finder.followers = others.flatMap((other) => entryOf(other));
  const results = new Map<BatchMember, RunResult>();
  for (const one of opened) results.set(one.member, await carryOn(one));
  return members.flatMap((member) => results.get(member) ?? []);
}

async function record(member: BatchMember, leader: BatchMember | undefined): Promise<Opened> {
  const { received, deps } = member;
  let log: RunLog | undefined;
  try {
    log = await openWithControl(received, deps);
    const behind = leader === undefined || leader === member ? undefined : leader.received;
    return { member, log, finder: await writeFirstRecords(log, received, deps, behind) };
  } catch (error) {
    return { member, failed: whenLedgerFails(error, log, deps) };
  }
}

/** Only for a run that this invocation recorded: others may be handled elsewhere. */
function entryOf({ log, finder }: Opened): LaneEntry[] {
  const { received, lastClaim = 0 } = log?.state ?? {};
  return finder && received?.planned ? [laneEntry(received, received.planned, lastClaim)] : [];
}

async function carryOn({ member: { received, deps }, log, finder, failed }: Opened): Promise<RunResult> {
  if (failed || !log) return failed ?? { outcome: 'unknown' };
  try {
    return await proceed(log, received, deps, finder);
  } catch (error) {
    return whenLedgerFails(error, log, deps);
  }
}
