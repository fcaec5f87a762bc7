import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { listOpen, listOpenInTime, markOpen, unmarkOpen } from '../../../../lib/runs/ledger/open-runs.ts';
import { listOpenWork } from '../../../../lib/runs/ledger/open-work.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

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
      { job: 'b', run: 'r1', at: 1_000, generation: 0 },
      { job: 'a', run: 'r2', at: 2_000, generation: 0 },
    ]);
  });

  it('are gone once unmarked, and unmarking twice is unmarking once', async () => {
    const { ledger } = opened();
    await markOpen(ledger, 'a', 'r1');

    await unmarkOpen(ledger, 'a', 'r1');
    await unmarkOpen(ledger, 'a', 'r1');

    expect(await listOpen(ledger)).toEqual([]);
  });

  it('keep the marker of a newer generation when an older one is removed', async () => {
    const { ledger } = opened();
    await markOpen(ledger, 'a', 'r1', 0);
    await markOpen(ledger, 'a', 'r1', 1);

    await unmarkOpen(ledger, 'a', 'r1', 0);
    expect(await listOpen(ledger)).toMatchObject([{ job: 'a', run: 'r1', generation: 1 }]);

    await markOpen(ledger, 'a', 'r1', 0);
    await unmarkOpen(ledger, 'a', 'r1', 1);
    expect(await listOpen(ledger)).toEqual([]);
  });

  it.each([999, 1_000, 1_001, 2_000])('are all listed when there are %i', async (count) => {
    const { ledger } = opened();
    for (let i = 0; i < count; i++) await markOpen(ledger, 'a', `r${i}`);

    expect(new Set((await listOpen(ledger)).map(({ run }) => run)).size).toBe(count);
  });
});

describe('listOpenInTime', () => {
  const run = (i: number) => `r${String(i).padStart(4, '0')}`;

  async function withOpen(count: number) {
    const { ledger } = opened();
    for (let i = 0; i < count; i++) await markOpen(ledger, 'a', run(i));
    return ledger;
  }
  const list = async (
    ledger: Awaited<ReturnType<typeof withOpen>>,
    from: { readonly job: string; readonly run: string } | undefined,
    hasTime: () => boolean,
  ) => listOpenInTime(ledger, from, hasTime, await listOpenWork(ledger));
  const always = () => true;
  const never = () => false;
  const runs = (open: readonly { readonly run: string }[]) => open.map((one) => one.run);
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => run(from + i));

  it('lists none where there are none', async () => {
    expect(await list(opened().ledger, undefined, never)).toEqual({ open: [], isAll: true });
  });

  it('lists all while there is time', async () => {
    const { open, isAll } = await list(await withOpen(2_500), undefined, always);

    expect([runs(open), isAll]).toEqual([range(0, 2_500), true]);
  });

  it('lists a page when there is no time, and says that there are more', async () => {
    const { open, isAll } = await list(await withOpen(2_500), undefined, never);

    expect([runs(open), isAll]).toEqual([range(0, 1_000), false]);
  });

  it.each([0, 1, 999, 1_000, 1_001, 2_498, 2_499])(
    'lists those behind run %i first, then those up to it',
    async (at) => {
      const { open, isAll } = await list(await withOpen(2_500), { job: 'a', run: run(at) }, always);

      expect([runs(open), isAll]).toEqual([[...range(at + 1, 2_500), ...range(0, at + 1)], true]);
    },
  );

  it('reaches every run when each listing goes on behind the last of the one before', async () => {
    const ledger = await withOpen(2_500);
    const seen = new Set<string>();
    let last: { job: string; run: string } | undefined;

    for (let i = 0; i < 4; i++) {
      const { open } = await list(ledger, last, never);
      for (const one of open) seen.add(one.run);
      last = open.at(-1);
    }

    expect(seen.size).toBe(2_500);
  });
});
