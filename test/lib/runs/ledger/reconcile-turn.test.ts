import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { makeMemoryStore } from '../../../../lib/runs/ledger/memory-store.ts';
import { inTurn, reachedAll, stoppedAfter } from '../../../../lib/runs/ledger/reconcile-turn.ts';

const open = [3, 1, 2].map((at) => ({ job: 'a', run: `r${at}`, at }));
const runs = (list: readonly { readonly run: string }[]) => list.map(({ run }) => run).join(' ');
const ledgerOf = () => makeLedger(makeMemoryStore(), 'one', () => 1);

describe('inTurn', () => {
  it('begins with the oldest', async () => {
    expect(runs(await inTurn(ledgerOf(), open))).toBe('r1 r2 r3');
  });

  it.each([
    [1, 'r2 r3 r1'],
    [2, 'r3 r1 r2'],
    [3, 'r1 r2 r3'],
    [9, 'r1 r2 r3'],
  ])('begins after the run of time %i, where the last tick stopped', async (at, order) => {
    const ledger = ledgerOf();

    await stoppedAfter(ledger, { job: 'a', run: `r${at}`, at });

    expect(runs(await inTurn(ledger, open))).toBe(order);
  });

  it('begins with the oldest again once a tick reached all', async () => {
    const ledger = ledgerOf();
    await stoppedAfter(ledger, { job: 'a', run: 'r1', at: 1 });

    await reachedAll(ledger);

    expect(runs(await inTurn(ledger, open))).toBe('r1 r2 r3');
  });
});
