import { IN_ONLINE_MIGRATION } from '../ledger/run-state.ts';
import type { Decision } from './decision.ts';
import type { Facts } from './facts.ts';
import { learn, PASSED, reject } from './gate.ts';
import { type LaneFact, laneOf } from './lane-fact.ts';
import type { Run } from './run.ts';
import { isMine, stepAside, wait } from './waits.ts';

/** Is it the run's turn? Then it takes it, else it waits as its job wants. */
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
  const { blocker, isSteady, isIn, ended } = lane;
  const message = `run ${blocker.run} of job ${blocker.job} has the turn on ${laneOf(run.planned) ?? ''}`;
  if (run.received.policies.overlap === 'reject') return reject({ code: 'target_busy', message });
  if (isSteady) return waitAside(run, facts, message);
  const next = wait(run, facts, { code: 'queued', message }, facts.now);
  if (isIn) return next;
  return isMine(run, facts) ? { do: 'enter', ended, next } : { do: 'claim' };
}

/** Nobody knows how long this takes. Of one schedule only the newest tick waits: the older ones would do the same work again, one after the other. */
function waitAside(run: Run, facts: Facts, message: string): Decision {
  const { newer } = facts.known;
  if (newer === undefined) return learn('newer');
  if (newer === 'none') {
    const why = `${message}: an online migration that continues until somebody stops it`;
    return stepAside(run, facts, { code: IN_ONLINE_MIGRATION, message: why }, facts.now);
  }
  const why = `run ${newer} of this job is newer, and both wait for the end of an online migration`;
  return { do: 'record', records: [{ type: 'superseded', reason: { code: 'superseded', message: why } }] };
}
