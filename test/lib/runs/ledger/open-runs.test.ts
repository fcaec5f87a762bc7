import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { makeMemoryStore } from '../../../../lib/runs/ledger/memory-store.ts';
import { listOpen, markOpen, unmarkOpen } from '../../../../lib/runs/ledger/open-runs.ts';

function opened() {
  const clock = { now: 1_000 };
  return {
    clock,
    ledger: makeLedger(
      makeMemoryStore(() => clock.now),
      'one',
      () => clock.now,
    ),
  };
}

describe('open runs', () => {
  it('are none at first', async () => {
    expect(await listOpen(opened().ledger)).toEqual([]);
  });

  it('are listed oldest first', async () => {
    const { ledger, clock } = opened();
    await markOpen(ledger, 'b', 'r1');
    clock.now = 2_000;
    await markOpen(ledger, 'a', 'r2');

    expect(await listOpen(ledger)).toEqual([
      { job: 'b', run: 'r1', at: 1_000 },
      { job: 'a', run: 'r2', at: 2_000 },
    ]);
  });

  it('are gone once unmarked, and unmarking twice is unmarking once', async () => {
    const { ledger } = opened();
    await markOpen(ledger, 'a', 'r1');

    await unmarkOpen(ledger, 'a', 'r1');
    await unmarkOpen(ledger, 'a', 'r1');

    expect(await listOpen(ledger)).toEqual([]);
  });

  it.each([999, 1_000, 1_001, 2_000])('are all listed when there are %i', async (count) => {
    const { ledger } = opened();
    for (let i = 0; i < count; i++) await markOpen(ledger, 'a', `r${i}`);

    expect(new Set((await listOpen(ledger)).map(({ run }) => run)).size).toBe(count);
  });
});
