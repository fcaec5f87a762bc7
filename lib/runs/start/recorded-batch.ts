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

/** The result of a run, or what it threw: an error of one run is not the result of another. */
type BatchEnd = PromiseSettledResult<RunResult>;

type Opened =
  | { readonly member: BatchMember; readonly log: RunLog; readonly finder: FactFinder | undefined }
  | { readonly member: BatchMember; readonly failed: BatchEnd };

/**
 * Carries out the runs of one event for one target. Like `recordedRun` for each, but they are recorded in parallel, the first in order goes ahead,
 * and the others join the queue behind it in the same append.
 *
 * @returns one for each, in the given order. Never throws: errors of the cloud or the ledger are results
 */
export async function recordedBatch(members: readonly BatchMember[]): Promise<BatchEnd[]> {
  const sorted = [...members].sort((a, b) => inOrder(a.received, b.received));
  const [leader] = sorted;
  const opened: Opened[] = [];
  for (let from = 0; from < sorted.length; from += MAX_PARALLEL) {
    const slice = sorted.slice(from, from + MAX_PARALLEL);
    opened.push(...(await Promise.all(slice.map((member) => record(member, leader)))));
  }
  joinTogether(opened);
  const ends = new Map<BatchMember, BatchEnd>();
  for (const one of opened) ends.set(one.member, await carryOn(one));
  return members.flatMap((member) => ends.get(member) ?? []);
}

async function record(member: BatchMember, leader: BatchMember | undefined): Promise<Opened> {
  const { received, deps } = member;
  let log: RunLog | undefined;
  try {
    log = await openWithControl(received, deps);
    const behind = leader === undefined || leader === member ? undefined : leader.received;
    return { member, log, finder: await writeFirstRecords(log, received, deps, behind) };
  } catch (error) {
    return { member, failed: await endOf(() => whenLedgerFails(error, log, deps)) };
  }
}

/** The runs recorded as queued join behind the first, but only those that this invocation recorded: others may be handled elsewhere. */
function joinTogether([first, ...others]: readonly Opened[]): void {
  if (!first || !('log' in first) || !first.finder) return;
  const followers: LaneEntry[] = [];
  for (const one of others) {
    if (!('log' in one) || !one.finder) continue;
    const { received, lastClaim, reason } = one.log.state;
    if (!received?.planned || reason?.code !== 'queued') continue;
    one.finder.isOutside = false;
    followers.push(laneEntry(received, received.planned, lastClaim));
  }
  first.finder.followers = followers;
}

async function carryOn(one: Opened): Promise<BatchEnd> {
  if ('failed' in one) return one.failed;
  const { member, log, finder } = one;
  const { received, deps } = member;
  return endOf(async () => {
    try {
      return await proceed(log, received, deps, finder);
    } catch (error) {
      return whenLedgerFails(error, log, deps);
    }
  });
}

async function endOf(work: () => RunResult | Promise<RunResult>): Promise<BatchEnd> {
  const [end] = await Promise.allSettled([(async () => work())()]);
  return end;
}
