import { controlOf } from '../ledger/control.ts';
import type { LaneEntry } from '../ledger/lane-state.ts';
import { inOrder } from '../ledger/lane-state.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { generationOf, markOpen } from '../ledger/open-runs.ts';
import { pausesOf } from '../ledger/pauses.ts';
import type { RunLog } from '../ledger/run-log.ts';
import { type NewRunRecord, type Received, RUN_VERSION, type RunRecord } from '../ledger/run-record.ts';
import { foldRun } from '../ledger/run-state.ts';
import { TargetLane } from '../ledger/target-lane.ts';
import { isCounted, markWaiting } from '../ledger/waiting-requests.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { claimRecord } from './claim-record.ts';
import { decide } from './decide.ts';
import { lookupsFor } from './decide-create.ts';
import { FactFinder, type Known } from './facts.ts';
import { type LaneFact, laneOf } from './lane-fact.ts';
import type { Run } from './run.ts';

/**
 * Writes the first records of a run, retrying after conflicts. The same append contains the reason to wait, if that is known without asking the
 * cloud. Lookups start in parallel with the append.
 *
 * @param behind the run of this invocation that is ahead on the same target
 * @returns the started lookups; `undefined` when another invocation recorded the run
 * @throws {LedgerError}
 */
export async function writeFirstRecords(
  log: RunLog,
  received: Received,
  deps: RecordedDeps,
  behind?: Pick<LaneEntry, 'job' | 'run'>,
): Promise<FactFinder | undefined> {
  const { ledger } = deps;
  const { job, run } = received;
  while (!log.state.received) {
    const isPaused = readPauses(ledger, job);
    const lane = quickLaneCheck(received, deps, behind);
    await Promise.all([
      markOpen(ledger, job, run, generationOf(log.records)),
      ...(isCounted(received) ? [markWaiting(ledger, job, run)] : []),
      lane,
      isPaused,
    ]);
    const first = firstRun(received, deps);
    const finder = new FactFinder(log, deps, first.run);
    const { pauses, lane: seen } = { pauses: await isPaused, lane: await lane };
    const known = { ...(pauses ? { pauses } : {}), ...(seen ? { lane: seen } : {}) };
    const waits = immediateWait(first.run, finder, known);
    // For a run behind another one, lookups make no sense before that one has joined the queue.
    if (!behind) beginLookups(first.run, finder, known, waits !== undefined);
    if (await log.append(...(waits ? first.waiting(waits) : first.records))) {
      finder.isOutside = true;
      return finder;
    }
  }
  return undefined;
}

/** If pauses cannot be read, the decision reads them again. */
async function readPauses(ledger: Ledger, job: string): Promise<Known['pauses']> {
  return pausesOf(ledger, job).catch(() => undefined);
}

/** What the lane alone says, without checking the runs in it; `undefined` when no other run has to end first, or the lane cannot be read. */
async function quickLaneCheck(
  received: Received,
  { ledger }: RecordedDeps,
  behind: Pick<LaneEntry, 'job' | 'run'> | undefined,
): Promise<LaneFact | undefined> {
  const lane = received.planned && laneOf(received.planned);
  if (lane === undefined) return { is: 'none' };
  try {
    // Not needed while creating is paused.
    const { pauses } = await controlOf(ledger);
    if (pauses.some((pause) => pause.job === undefined || pause.job === received.job)) return undefined;
    const { entries, holder } = (await TargetLane.shared(ledger, lane)).state;
    const ahead = entries.filter((entry) => entry.run === holder || inOrder(entry, received) < 0);
    const blocker = ahead.find((entry) => entry.run === holder) ?? ahead[0] ?? behind;
    return blocker && { is: 'behind', blocker, isSteady: false, isQueued: false, ended: [] };
  } catch {
    return undefined;
  }
}

interface First {
  readonly run: Run;
  readonly records: readonly RunRecord[];
  /** The same for a run that is known to wait: the claim ends immediately, so that others may continue with it. */
  waiting(wait: NewRunRecord): readonly RunRecord[];
}

function firstRun(received: Received, deps: RecordedDeps): First {
  const { ledger } = deps;
  const stamped = (record: NewRunRecord) => ({ ...ledger.stamp(), ...record }) as RunRecord;
  const first = stamped({ type: 'received', v: RUN_VERSION, ...received });
  const records = [first, stamped(claimRecord(deps))];
  const state = foldRun(records);
  if (!state.received || !received.planned) throw new TypeError('a run to carry out must have a plan');
  return {
    run: { state, received: state.received, planned: received.planned, records: 2, claims: 1 },
    records,
    waiting: (wait) => [first, stamped({ type: 'claimed', until: ledger.now() }), stamped(wait)],
  };
}

/** The wait that is known without asking the cloud. */
function immediateWait(run: Run, finder: FactFinder, known: Known): NewRunRecord | undefined {
  const decision = decide(run, { ...finder.facts, known });
  const last = decision.do === 'leave' || decision.do === 'enter' ? decision.next : decision;
  if (last.do !== 'record' || last.records.length !== 1) return undefined;
  return last.records.find(({ type }) => type === 'waiting');
}

function beginLookups(run: Run, finder: FactFinder, { pauses, lane }: Known, isWaiting: boolean): void {
  if (!pauses || pauses.length > 0 || run.received.written) return;
  const isQueueing = lane?.is === 'behind';
  const names = isWaiting && isQueueing ? [] : lookupsFor(run, finder.facts, isQueueing);
  finder.begin(['lane', ...names]);
}
