import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import type { LedgerStore } from '../../../../lib/runs/ledger/ledger-store.ts';
import { makeMemoryStore } from '../../../../lib/runs/ledger/memory-store.ts';
import { type LaneEntry, TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';

const entry = (run: string, order = 1, object?: string): LaneEntry => ({
  job: 'a',
  run,
  order,
  trigger: 'object',
  ...(object === undefined ? {} : { object }),
});
const ledgerOf = (store: LedgerStore, by = 'one') => makeLedger(store, by, () => 1);
const open = (store: LedgerStore, by?: string) => TargetLane.open(ledgerOf(store, by), 'dcs-x');
const runs = ({ state }: TargetLane) => state.entries.map(({ run }) => run);

/** So many records, of runs that came and went. */
async function fill(store: LedgerStore, records: number): Promise<void> {
  const line = (i: number) =>
    i % 2 === 0
      ? { id: `fill-${i}`, at: 1, by: 'fill', type: 'enter', ...entry(`gone-${i}`) }
      : { id: `fill-${i}`, at: 1, by: 'fill', type: 'leave', run: `gone-${i - 1}` };
  const text = Array.from({ length: records }, (_, i) => `${JSON.stringify(line(i))}\n`).join('');
  await store.append('lanes/target/dcs-x/000001', 0, text);
}

describe('TargetLane', () => {
  it('is empty at first', async () => {
    expect((await open(makeMemoryStore())).state).toEqual({ entries: [], landed: {} });
  });

  it('takes a run in once', async () => {
    const store = makeMemoryStore();

    await (await open(store)).enter(entry('r1'));
    await (await open(store)).enter(entry('r1'));

    expect(runs(await open(store))).toEqual(['r1']);
    expect((await store.read('lanes/target/dcs-x/000001')).text.split('\n')).toHaveLength(2);
  });

  it('keeps runs in the order of their times, and of their ids at the same time', async () => {
    const store = makeMemoryStore();
    const lane = await open(store);

    for (const one of [entry('late', 3), entry('b', 2), entry('a', 2), entry('early', 1)]) await lane.enter(one);

    expect(runs(await open(store))).toEqual(['early', 'a', 'b', 'late']);
  });

  it('lets one of two racing runs hold it', async () => {
    const store = makeMemoryStore();
    const one = await open(store, 'one');
    await one.enter(entry('r1'));
    await one.enter(entry('r2'));
    const two = await open(store, 'two');

    expect(await one.hold('r1')).toBe(true);
    expect(await two.hold('r2')).toBe(false);

    expect(two.state.holder).toBe('r1');
  });

  it('is held again by its holder without a record', async () => {
    const store = makeMemoryStore();
    const lane = await open(store);
    await lane.enter(entry('r1'));
    await lane.hold('r1');
    const { position } = await store.read('lanes/target/dcs-x/000001');

    expect(await (await open(store)).hold('r1')).toBe(true);

    expect((await store.read('lanes/target/dcs-x/000001')).position).toBe(position);
  });

  it('is free once its holder has left, and leaving twice is leaving once', async () => {
    const store = makeMemoryStore();
    const lane = await open(store);
    await lane.enter(entry('r1', 7, 'b/k'));
    await lane.hold('r1');

    await lane.leave('r1');
    await lane.leave('r1');

    expect((await open(store)).state).toEqual({ entries: [], landed: { 'b/k': 7 } });
    expect((await store.read('lanes/target/dcs-x/000001')).text.split('\n')).toHaveLength(4);
  });

  it('keeps its holder when another run leaves', async () => {
    const store = makeMemoryStore();
    const lane = await open(store);
    await lane.enter(entry('r1'));
    await lane.enter(entry('r2'));
    await lane.hold('r1');

    await lane.leave('r2');

    expect(lane.state.holder).toBe('r1');
  });

  it.each([397, 398, 399, 400])(
    'keeps queue, holder and landed objects when it rolls over after %i records',
    async (records) => {
      const store = makeMemoryStore();
      await fill(store, records - (records % 2));
      const lane = await open(store);
      await lane.enter(entry('r1', 5, 'b/k'));
      while (!(await lane.hold('r1'))) {}
      for (const run of ['r2', 'r3', 'r4']) await lane.enter(entry(run, 6));

      expect((await open(store)).state).toEqual({
        entries: [entry('r1', 5, 'b/k'), entry('r2', 6), entry('r3', 6), entry('r4', 6)],
        holder: 'r1',
        landed: { 'b/k': 5 },
      });
      expect((await store.list('lanes/target/dcs-x/', { limit: 10 })).map(({ name }) => name)).toEqual([
        'lanes/target/dcs-x/000001',
        'lanes/target/dcs-x/000002',
      ]);
    },
  );

  it('has one holder when it is full and somebody takes it between the look and the roll', async () => {
    const store = makeMemoryStore();
    await fill(store, 398);
    const first = await open(store, 'one');
    await first.enter(entry('r1'));
    await first.enter(entry('r2'));
    const slow = await open(store, 'two');
    while (!(await first.hold('r1'))) {}

    expect(await slow.hold('r2')).toBe(false);

    expect((await open(store)).state.holder).toBe('r1');
  });

  it('rolls over once when two find it full at the same time', async () => {
    const store = makeMemoryStore();
    await fill(store, 400);
    const lanes = [await open(store, 'one'), await open(store, 'two')];

    await Promise.all(lanes.map((lane, i) => lane.enter(entry(`r${i}`, i))));

    expect(runs(await open(store))).toEqual(['r0', 'r1']);
    expect(await store.list('lanes/target/dcs-x/', { limit: 10 })).toHaveLength(2);
  });

  it('goes on after a roll that died before it wrote the next list', async () => {
    const store = makeMemoryStore();
    await (await open(store)).enter(entry('r1'));
    const { position } = await store.read('lanes/target/dcs-x/000001');
    await store.append('lanes/target/dcs-x/000001', position, '{"id":"x","at":1,"by":"dead","type":"rolled"}\n');

    const lane = await open(store);
    await lane.enter(entry('r2'));

    expect(runs(await open(store))).toEqual(['r1', 'r2']);
  });

  it('finds its newest list beyond a page of them', async () => {
    const store = makeMemoryStore();
    for (let i = 1; i <= 1_000; i++) {
      const line = JSON.stringify({ id: `x${i}`, at: 1, by: 'one', type: 'rolled' });
      await store.append(`lanes/target/dcs-x/${String(i).padStart(6, '0')}`, 0, `${line}\n`);
    }
    await store.append(
      'lanes/target/dcs-x/001001',
      0,
      `${JSON.stringify({ id: 'y', at: 1, by: 'one', type: 'snapshot', entries: [entry('r1')], landed: {} })}\n`,
    );
    let reads = 0;
    const counted: LedgerStore = {
      ...store,
      read: (list) => {
        reads += 1;
        return store.read(list);
      },
    };

    expect(runs(await open(counted))).toEqual(['r1']);

    expect(reads).toBe(1);
  });
});
