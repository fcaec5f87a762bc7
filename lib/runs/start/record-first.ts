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
import { looksFor } from './decide-create.ts';
import { FactFinder, type Known } from './facts.ts';
import { type LaneFact, laneOf } from './lane-fact.ts';
import type { Run } from './run.ts';

/**
 * Writes the first records of a run, as often as somebody else's come between. In the same append is why it waits, where that is seen without asking the
 * cloud; beside the append its looks begin.
 *
 * @param behind the run of this invocation that goes first to the same target
 * @returns what is being found out; `undefined` when somebody else recorded the run
 * @throws {LedgerError}
 */
export async function recordFirst(
  log: RunLog,
  received: Received,
  deps: RecordedDeps,
  behind?: Pick<LaneEntry, 'job' | 'run'>,
): Promise<FactFinder | undefined> {
  const { ledger } = deps;
  const { job, run } = received;
  while (!log.state.received) {
    const isPaused = hasPauses(ledger, job);
    const lane = quickLook(received, deps, behind);
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
    const waits = waitsAtOnce(first.run, finder, known);
    // Of a run that follows another one nothing is seen before that one has joined the queue.
    if (!behind) beginLooks(first.run, finder, known, waits !== undefined);
    if (await log.append(...(waits ? first.waiting(waits) : first.records))) {
      finder.isOutside = true;
      return finder;
    }
  }
  return undefined;
}

/** What cannot be read is asked for again by whoever decides on it. */
async function hasPauses(ledger: Ledger, job: string): Promise<Known['pauses']> {
  return pausesOf(ledger, job).catch(() => undefined);
}

/** What the lane itself says, without a look at who is in it; `undefined` when nobody has to end first, and where that cannot be read. */
async function quickLook(
  received: Received,
  { ledger }: RecordedDeps,
  behind: Pick<LaneEntry, 'job' | 'run'> | undefined,
): Promise<LaneFact | undefined> {
  const lane = received.planned && laneOf(received.planned);
  if (lane === undefined) return { is: 'none' };
  try {
    // Not while it is paused: nobody needs to know.
    const { pauses } = await controlOf(ledger);
    if (pauses.some((pause) => pause.job === undefined || pause.job === received.job)) return undefined;
    const { entries, holder } = (await TargetLane.shared(ledger, lane)).state;
    const ahead = entries.filter((entry) => entry.run === holder || inOrder(entry, received) < 0);
    const blocker = ahead.find((entry) => entry.run === holder) ?? ahead[0] ?? behind;
    return blocker && { is: 'behind', blocker, isSteady: false, isIn: false, ended: [] };
  } catch {
    return undefined;
  }
}

interface First {
  readonly run: Run;
  readonly records: readonly RunRecord[];
  /** The same, when it is known that it waits: the claim is over at once, so that others may go on with it. */
  waiting(wait: NewRunRecord): readonly RunRecord[];
}

function firstRun(received: Received, deps: RecordedDeps): First {
  const { ledger } = deps;
  const stamped = (record: NewRunRecord) => ({ ...ledger.stamp(), ...record }) as RunRecord;
  const first = stamped({ type: 'received', v: RUN_VERSION, ...received });
  const records = [first, stamped(claimRecord(deps))];
  const state = foldRun(records);
  if (!state.received || !received.planned) throw new TypeError('a run that is to be carried out has a plan');
  return {
    run: { state, received: state.received, planned: received.planned, records: 2, claims: 1 },
    records,
    waiting: (wait) => [first, stamped({ type: 'claimed', until: ledger.now() }), stamped(wait)],
  };
}

/** The wait that is decided on what is known without asking the cloud. */
function waitsAtOnce(run: Run, finder: FactFinder, known: Known): NewRunRecord | undefined {
  const decision = decide(run, { ...finder.facts, known });
  const last = decision.do === 'leave' || decision.do === 'enter' ? decision.next : decision;
  if (last.do !== 'record' || last.records.length !== 1) return undefined;
  return last.records.find(({ type }) => type === 'waiting');
}

function beginLooks(run: Run, finder: FactFinder, { pauses, lane }: Known, isWaiting: boolean): void {
  if (!pauses || pauses.length > 0 || run.received.written) return;
  const isQueueing = lane?.is === 'behind';
  const names = isWaiting && isQueueing ? [] : looksFor(run, finder.facts, isQueueing);
  finder.begin(['lane', ...names]);
}
