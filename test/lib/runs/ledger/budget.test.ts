import { Budget } from '../../../../lib/runs/ledger/budget.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const HOUR = 3_600_000;
const run = (i: number) => i.toString(16).padStart(8, '0').padEnd(32, '0');

function budget(runs: number) {
  const clock = { now: Date.parse('2026-03-14T12:20:00Z') };
  const store = makeMemoryStore();
  const ledger = makeLedger(store, 'one', () => clock.now);
  const of = (i: number) => ({ job: 'a', run: run(i), limit: { runs, perMs: HOUR } });
  return {
    clock,
    store,
    ledger,
    of,
    take: (i: number) => new Budget(ledger, of(i)).spend(),
    peek: (i: number) => new Budget(ledger, of(i)).refusal(),
    giveBack: (i: number) => new Budget(ledger, of(i)).giveBack(),
  };
}

describe('spend', () => {
  it('lets as many runs through as the limit says, and says when the next window begins', async () => {
    const { take } = budget(2);

    expect([await take(1), await take(2)]).toEqual([undefined, undefined]);
    expect(await take(3)).toEqual({ until: Date.parse('2026-03-14T13:00:00Z'), first: true });
  });

  it('counts a run once in a window', async () => {
    const { take } = budget(2);

    await take(1);

    expect(await take(1)).toBeUndefined();
    expect(await take(2)).toBeUndefined();
    expect(await take(3)).toMatchObject({ first: true });
  });

  it('raises the alarm once in a window, and again in the next', async () => {
    const { take, clock } = budget(1);
    await take(1);

    const alarms = await Promise.all([take(2), take(3), take(4)]);

    expect(alarms.map((refusal) => refusal?.first).sort()).toEqual([false, false, true]);
    expect(await take(5)).toMatchObject({ first: false });
    clock.now = Date.parse('2026-03-14T13:00:00Z');
    expect(await take(2)).toBeUndefined();
    expect(await take(3)).toMatchObject({ first: true });
  });

  it('has no new budget a millisecond before the window ends', async () => {
    const { take, clock } = budget(1);
    await take(1);

    clock.now = Date.parse('2026-03-14T12:59:59.999Z');

    expect(await take(2)).toMatchObject({ until: Date.parse('2026-03-14T13:00:00Z') });
  });

  it('keeps the budgets of two jobs apart', async () => {
    const { take, ledger, of } = budget(1);
    await take(1);

    expect(await new Budget(ledger, { ...of(2), job: 'b' }).spend()).toBeUndefined();
  });

  it('spreads a large budget over several lists that together hold exactly the limit', async () => {
    const { take, store } = budget(1_001);
    const spent = (count: number, shard: number) =>
      Array.from({ length: count }, (_, i) => `{"id":"x${i}","at":1,"by":"x","run":"${shard}-${i}"}\n`).join('');
    // 334, 334 and 333 runs; one place is left in each list.
    for (const [shard, count] of [333, 333, 332].entries()) {
      await store.append(`lanes/job/a/3600000-492636-${shard}`, 0, spent(count, shard));
    }

    const refusals = [await take(1), await take(1), await take(4), await take(7), await take(10)];

    expect(refusals.map((refusal) => refusal?.first)).toEqual([undefined, undefined, undefined, undefined, true]);
  });

  it('lets one of many racing runs have what is left', async () => {
    const { take } = budget(1);

    const refusals = await Promise.all([take(1), take(2), take(3)]);

    expect(refusals.filter((refusal) => refusal === undefined)).toHaveLength(1);
  });
});

describe('giveBack', () => {
  it('lets another run have what a refused one spent', async () => {
    const { take, giveBack } = budget(2);
    await take(1);

    await giveBack(1);

    expect([await take(2), await take(3)]).toEqual([undefined, undefined]);
    expect(await take(4)).toMatchObject({ first: true });
  });

  it('gives back once, and nothing that was not spent', async () => {
    const { take, giveBack } = budget(2);
    await take(1);

    await giveBack(1);
    await giveBack(1);
    await giveBack(9);

    expect([await take(2), await take(3)]).toEqual([undefined, undefined]);
    expect(await take(4)).toMatchObject({ first: true });
  });

  it('makes the rest wait after as many refused creates as the limit', async () => {
    const { take, giveBack } = budget(2);
    for (const i of [1, 2]) {
      expect(await take(i)).toBeUndefined();
      await giveBack(i);
    }

    expect(await take(3)).toMatchObject({ until: Date.parse('2026-03-14T13:00:00Z'), first: true });
  });

  it('gives nothing back of a window that is over', async () => {
    const { take, giveBack, clock, store } = budget(1);
    await take(1);
    clock.now = Date.parse('2026-03-14T13:00:00Z');

    await giveBack(1);

    expect((await store.read('lanes/job/a/3600000-492637-0')).position).toBe(0);
  });
});

describe('refusal', () => {
  it('takes nothing out of the budget', async () => {
    const { take, peek } = budget(1);

    expect(await peek(1)).toBeUndefined();
    expect(await take(2)).toBeUndefined();
  });

  it('refuses whom spend would refuse, and not who had a share', async () => {
    const { take, peek } = budget(1);
    await take(1);

    expect(await peek(1)).toBeUndefined();
    expect(await peek(2)).toEqual({ until: Date.parse('2026-03-14T13:00:00Z'), first: true });
  });
});
