import { IN_ONLINE_MIGRATION } from '../ledger/run-state.ts';
import type { Decision } from './decision.ts';
import type { Facts } from './facts.ts';
import { learn, PASSED, reject } from './gate.ts';
import { type LaneFact, laneOf, turnText } from './lane-fact.ts';
import type { Run } from './run.ts';
import { isMine, wait, waitOutsideLane } from './waits.ts';

/** Takes the turn if it is the run's turn; otherwise the run waits as its job's `overlap` says. */
export function needsTurn(run: Run, facts: Facts): Decision | undefined {
  const { lane } = facts.known;
  switch (lane?.is) {
    case undefined:
      return learn('lane');
    case 'none':
    case 'held':
      return PASSED;
    case 'free':
      return isMine(run, facts) ? { do: 'hold', ended: lane.ended } : { do: 'claim' };
    case 'superseded':
      return { do: 'record', records: [{ type: 'superseded', reason: lane.reason }] };
    case 'behind':
      return queue(run, facts, lane);
  }
}

function queue(run: Run, facts: Facts, lane: Extract<LaneFact, { readonly is: 'behind' }>): Decision {
  const { blocker, isSteady, isQueued, ended } = lane;
  const message = turnText(blocker, laneOf(run.planned) ?? '');
  if (run.received.policies.overlap === 'reject') return reject({ code: 'target_busy', message });
  if (isSteady) return waitForOnlineMigration(run, facts, message);
  const next = wait(run, facts, { code: 'queued', message }, facts.now);
  if (isQueued) return next;
  return isMine(run, facts) ? { do: 'enter', ended, next } : { do: 'claim' };
}

/** It is unknown how long this takes. Only the newest tick of a schedule waits: the older ones would only repeat the same work. */
function waitForOnlineMigration(run: Run, facts: Facts, message: string): Decision {
  const { newer } = facts.known;
  if (newer === undefined) return learn('newer');
  if (newer === 'none') {
    const why = `${message}: an online migration that continues until it is stopped`;
    return waitOutsideLane(run, facts, { code: IN_ONLINE_MIGRATION, message: why }, facts.now);
  }
  const why = `run ${newer} of this job is newer, and both wait for the end of an online migration`;
  return { do: 'record', records: [{ type: 'superseded', reason: { code: 'superseded', message: why } }] };
}
