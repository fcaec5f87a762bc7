import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import type { CallState, RunState } from '../../../../lib/runs/ledger/run-state.ts';
import { handledUntil, isInFlight, refuseWhileHandled } from '../../../../lib/runs/operate/refuse-while-handled.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const NOW = 1_000;
const ledger = makeLedger(makeMemoryStore(), 'me', () => NOW);
const reason = { code: 'DCS.4026' as const, message: 'm' };
const claimed = (until: number): RunState => ({ lastClaim: 1, claim: { by: 'x', until } });
const calling = (call: CallState): RunState => ({ lastClaim: 0, calls: { start: call } });

describe('a run is handled', () => {
  it.each<[string, RunState, number | undefined]>([
    ['until its claim ends', claimed(1_001), 1_001],
    ['no more when its claim has ended', claimed(1_000), undefined],
    ['until a call that was begun is over', calling({ until: 2_000 }), 2_000],
    ['until the later of both', { ...claimed(1_500), calls: { stop: { until: 1_200 } } }, 1_500],
    ['no more when its call is done', calling({ until: 2_000, done: true }), undefined],
    ['no more when its call was refused', calling({ until: 2_000, refused: reason }), undefined],
    [
      'no more when its call surely was not done',
      calling({ until: 2_000, waiting: { reason, notBefore: 5 } }),
      undefined,
    ],
    ['never when nobody claimed it', { lastClaim: 0 }, undefined],
  ])('%s', (_when, state, until) => {
    expect(handledUntil(state, ledger)).toBe(until);
  });

  it('and tells the operator until when', () => {
    expect(() => refuseWhileHandled(claimed(61_000), ledger, 'job a, run r')).toThrow(
      'job a, run r: an invocation is handling the run until 1970-01-01T00:01:01.000Z at the latest; retry then',
    );
    expect(() => refuseWhileHandled(claimed(1_000), ledger, 'job a, run r')).not.toThrow();
  });
});

describe('a call is in flight', () => {
  it('when it was started and its result is unknown', () => {
    expect([isInFlight(undefined), isInFlight({ until: 1 }), isInFlight({ until: 1, absentAt: 1 })]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
