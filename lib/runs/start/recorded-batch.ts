import { inOrder, type LaneEntry } from '../ledger/lane-state.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { Received } from '../ledger/run-record.ts';
import type { RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import type { FactFinder } from './facts.ts';
import { laneEntry } from './lane-fact.ts';
import { recordFirst } from './record-first.ts';
import { openBeside, proceed, whenLedgerFails } from './recorded-run.ts';

/** A run of a batch, and what it is carried out with. */
export interface BatchMember {
  readonly received: Received;
  readonly deps: RecordedDeps;
}

/** So many runs are recorded side by side. */
const AT_ONCE = 20;

/** What a run came to, or what it threw: that is no other run's. */
type BatchEnd = PromiseSettledResult<RunResult>;

type Opened =
  | { readonly member: BatchMember; readonly log: RunLog; readonly finder: FactFinder | undefined }
  | { readonly member: BatchMember; readonly failed: BatchEnd };

/**
 * Carries out runs of one event for one target: each as `recordedRun` would, but they are recorded side by side, the first in order goes ahead, and the
 * others join the queue behind it in the same append.
 *
 * @returns one for each, in the order given. Never throws: of what cloud or ledger say there is a result
 */
export async function recordedBatch(members: readonly BatchMember[]): Promise<BatchEnd[]> {
  const sorted = [...members].sort((a, b) => inOrder(a.received, b.received));
  const [leader] = sorted;
  const opened: Opened[] = [];
  for (let from = 0; from < sorted.length; from += AT_ONCE) {
    const slice = sorted.slice(from, from + AT_ONCE);
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
    log = await openBeside(received, deps);
    const behind = leader === undefined || leader === member ? undefined : leader.received;
    return { member, log, finder: await recordFirst(log, received, deps, behind) };
  } catch (error) {
    return { member, failed: await endOf(() => whenLedgerFails(error, log, deps)) };
  }
}

/** Those that are recorded as queued join behind the first: only of runs that this invocation recorded, another one may be handled elsewhere. */
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
