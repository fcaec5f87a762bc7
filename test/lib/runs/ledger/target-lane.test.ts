import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import type { LaneEntry } from '../../../../lib/runs/ledger/lane-state.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const entry = (run: string, order = 1, object?: string, claim = 1): LaneEntry => ({
  job: 'a',
  run,
  order,
  trigger: 'object',
  ...(object === undefined ? {} : { object }),
  claim,
});
const ledgerOf = (store: LedgerStore, by = 'one') => makeLedger(store, by, () => 1);
const open = (store: LedgerStore, by?: string) => TargetLane.open(ledgerOf(store, by), 'dcs-x');
const runs = ({ state }: TargetLane) => state.entries.map(({ run }) => run);

/** So many records, of runs that came and went. */
async function fill(store: LedgerStore, records: number): Promise<void> {
  const line = (i: number) =>
    i % 2 === 0
      ? { id: `fill-${i}`, at: 1, by: 'fill', type: 'enter', ...entry(`gone-${i}`) }
      : { id: `fill-${i}`, at: 1, by: 'fill', type: 'leave', run: `gone-${i - 1}`, claim: 1 };
  const text = Array.from({ length: records }, (_, i) => `${JSON.stringify(line(i))}\n`).join('');
  await store.append('lanes/target/dcs-x/000001', 0, text);
}

describe('TargetLane', () => {
  it('is empty at first', async () => {
    expect((await open(makeMemoryStore())).state).toEqual({ entries: [], landed: {}, left: {} });
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
    const two = await open(store, 'two');

    expect(await one.enterAndHold(entry('r1'))).toBe(true);
    expect(await two.enterAndHold(entry('r2'))).toBe(false);

    expect(two.state).toMatchObject({ holder: 'r1', entries: [entry('r1')] });
  });

  it('joins and takes the turn in one append', async () => {
    const store = makeMemoryStore();
    await (await open(store)).enterAndHold(entry('r1'));

    const { text } = await store.read('lanes/target/dcs-x/000001');
    expect(text.split('\n')).toHaveLength(3);
  });

  it('is held again by the same claim without a record', async () => {
    const store = makeMemoryStore();
    await (await open(store)).enterAndHold(entry('r1'));
    const { position } = await store.read('lanes/target/dcs-x/000001');

    expect(await (await open(store)).enterAndHold(entry('r1'))).toBe(true);

    expect((await store.read('lanes/target/dcs-x/000001')).position).toBe(position);
  });

  it('is free once its holder has left, and leaving twice is leaving once', async () => {
    const store = makeMemoryStore();
    const lane = await open(store);
    await lane.enterAndHold(entry('r1', 7, 'b/k'));

    await lane.leave('r1', 1);
    await lane.leave('r1', 1);

    expect((await open(store)).state).toEqual({ entries: [], landed: { 'b/k': 7 }, left: { r1: 1 } });
    expect((await store.read('lanes/target/dcs-x/000001')).text.split('\n')).toHaveLength(4);
  });

  it('keeps its holder when another run leaves', async () => {
    const store = makeMemoryStore();
    const lane = await open(store);
    await lane.enterAndHold(entry('r1'));
    await lane.enter(entry('r2'));

    await lane.leave('r2', 1);

    expect(lane.state.holder).toBe('r1');
  });

  describe('keeps to the claims of a run', () => {
    const written = async (store: LedgerStore, ...records: object[]) => {
      const { position } = await store.read('lanes/target/dcs-x/000001');
      const lines = records.map((record, i) =>
        JSON.stringify({ id: `w${position}-${i}`, at: 1, by: 'late', ...record }),
      );
      await store.append('lanes/target/dcs-x/000001', position, `${lines.join('\n')}\n`);
      return (await open(store)).state;
    };

    it('a hold without an entry counts for nothing, and the lane is sound when it is read', async () => {
      const store = makeMemoryStore();
      await (await open(store)).enter(entry('r1'));

      const state = await written(store, { type: 'leave', run: 'r1', claim: 1 }, { type: 'hold', run: 'r1', claim: 1 });

      expect(state).toEqual({ entries: [], landed: {}, left: { r1: 1 } });
      expect(await (await open(store)).enterAndHold(entry('r2'))).toBe(true);
    });

    it('an entry stands for the newest claim, and keeps its turn when its run is taken over', async () => {
      const store = makeMemoryStore();
      await (await open(store)).enterAndHold(entry('r1', 1, undefined, 2));

      expect(await (await open(store, 'two')).enterAndHold(entry('r1', 1, undefined, 5))).toBe(true);

      expect((await open(store)).state).toMatchObject({ holder: 'r1', entries: [entry('r1', 1, undefined, 5)] });
    });

    it.each([
      ['leave', { type: 'leave', run: 'r1', claim: 2 }],
      ['enter', { type: 'enter', ...entry('r1', 1, undefined, 2) }],
    ])('%s of an older claim changes nothing', async (_what, record) => {
      const store = makeMemoryStore();
      await (await open(store)).enterAndHold(entry('r1', 1, undefined, 5));

      expect(await written(store, record)).toMatchObject({
        holder: 'r1',
        entries: [entry('r1', 1, undefined, 5)],
      });
    });

    it('hold of an older claim changes nothing', async () => {
      const store = makeMemoryStore();
      await (await open(store)).enter(entry('r1', 1, undefined, 5));

      expect(await written(store, { type: 'hold', run: 'r1', claim: 2 })).not.toHaveProperty('holder');
    });

    it('a claim that was taken over neither holds nor removes its run, and writes nothing', async () => {
      const store = makeMemoryStore();
      await (await open(store)).enterAndHold(entry('r1', 1, undefined, 5));
      const { position } = await store.read('lanes/target/dcs-x/000001');

      await (await open(store)).leave('r1', 3);
      expect((await store.read('lanes/target/dcs-x/000001')).position).toBe(position);
      expect(await (await open(store)).enterAndHold(entry('r1', 1, undefined, 3))).toBe(false);
      expect((await open(store)).state).toMatchObject({ holder: 'r1', entries: [entry('r1', 1, undefined, 5)] });
    });

    it('hold of a run changes nothing while another one has the turn', async () => {
      const store = makeMemoryStore();
      await (await open(store)).enterAndHold(entry('r1'));
      await (await open(store)).enter(entry('r2'));

      expect(await written(store, { type: 'hold', run: 'r2', claim: 1 })).toMatchObject({ holder: 'r1' });
    });

    it('leave of an older claim does not let the newer one in again', async () => {
      const store = makeMemoryStore();
      await (await open(store)).leave('r1', 5, { fenced: true });

      expect(await written(store, { type: 'leave', run: 'r1', claim: 2 })).toMatchObject({ left: { r1: 5 } });
    });

    it('idle counts from its first time, for the holder, until that leaves', async () => {
      const store = makeMemoryStore();
      await (await open(store)).enterAndHold(entry('r1'));
      const idle = (run: string, at: number) => ({ type: 'idle', run, claim: 1, at });

      expect(await written(store, idle('r2', 3))).not.toHaveProperty('idleAt');
      expect(await written(store, idle('r1', 5), idle('r1', 9))).toMatchObject({ idleAt: 5 });
      expect(await written(store, { type: 'leave', run: 'r1', claim: 1 })).not.toHaveProperty('idleAt');
    });

    it.each([
      ['the claim with which it left', 3, false],
      ['an older one', 2, false],
      ['a newer one', 4, true],
    ])('a run that left does not come back with %s', async (_which, claim, isIn) => {
      const store = makeMemoryStore();
      await (await open(store)).leave('r1', 3, { fenced: true });

      expect(await (await open(store)).enter(entry('r1', 1, undefined, claim))).toBe(isIn);
      expect(await (await open(store)).enterAndHold(entry('r1', 1, undefined, claim))).toBe(isIn);
      expect(runs(await open(store))).toEqual(isIn ? ['r1'] : []);
    });

    it('a run that is not there leaves no record unless a slow claimant has to be kept out', async () => {
      const store = makeMemoryStore();

      await (await open(store)).leave('r1', 3);
      expect((await store.read('lanes/target/dcs-x/000001')).position).toBe(0);

      await (await open(store)).leave('r1', 3, { fenced: true });
      await (await open(store)).leave('r1', 3, { fenced: true });
      expect((await open(store)).state.left).toEqual({ r1: 3 });
      expect((await store.read('lanes/target/dcs-x/000001')).text.split('\n')).toHaveLength(2);
    });

    it('remembers with which claims the last hundred runs left', async () => {
      const store = makeMemoryStore();
      await fill(store, 202);

      const left = Object.keys((await open(store)).state.left);
      expect(left).toHaveLength(100);
      expect(left).not.toContain('gone-0');
      expect(left).toContain('gone-200');
    });
  });

  it.each([
    ['half a line', '{"id":"half'],
    ['another type', '{"id":"x","at":1,"by":"b","type":"dance"}'],
    ['no object', 'null'],
    ['no id', '{"type":"rolled"}'],
  ])('cannot be opened with a line that is %s, and says how it is repaired', async (_what, line) => {
    const store = makeMemoryStore();
    await (await open(store)).enter(entry('r1'));
    const { position } = await store.read('lanes/target/dcs-x/000001');
    await store.append('lanes/target/dcs-x/000001', position, `${line}\n`);

    const failed = open(store);
    await expect(failed).rejects.toThrow('npx migrations runs lanes repair dcs-x');
    await expect(failed).rejects.toMatchObject({ temporary: false, list: 'lanes/target/dcs-x/000001' });
  });

  it.each([397, 398, 399, 400])(
    'keeps queue, holder and landed objects when it rolls over after %i records',
    async (records) => {
      const store = makeMemoryStore();
      await fill(store, records - (records % 2));
      const lane = await open(store);
      while (!(await lane.enterAndHold(entry('r1', 5, 'b/k')))) {}
      for (const run of ['r2', 'r3', 'r4']) await lane.enter(entry(run, 6));

      expect((await open(store)).state).toMatchObject({
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
    while (!(await first.enterAndHold(entry('r1')))) {}

    expect(await slow.enterAndHold(entry('r2'))).toBe(false);

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

  it('says the same after it has rolled over', async () => {
    const store = makeMemoryStore();
    const lane = await open(store);
    await lane.enterAndHold(entry('r1', 5, 'b/k', 7));
    await lane.leave('gone', 3, { fenced: true });
    await lane.noteIdle(entry('r1', 5, 'b/k', 7), 9);
    const { position } = await store.read('lanes/target/dcs-x/000001');
    await store.append('lanes/target/dcs-x/000001', position, '{"id":"x","at":1,"by":"other","type":"rolled"}\n');

    expect((await open(store)).state).toEqual({
      entries: [entry('r1', 5, 'b/k', 7)],
      holder: 'r1',
      landed: { 'b/k': 5 },
      left: { gone: 3 },
      idleAt: 9,
    });
  });

  it('takes in what comes just when somebody else has rolled it over', async () => {
    const store = makeMemoryStore();
    const slow = await open(store, 'slow');
    await slow.enter(entry('r1'));
    const { position } = await store.read('lanes/target/dcs-x/000001');
    await store.append('lanes/target/dcs-x/000001', position, '{"id":"x","at":1,"by":"other","type":"rolled"}\n');

    await open(store, 'other');

    await slow.enter(entry('r2'));

    expect(runs(await open(store))).toEqual(['r1', 'r2']);
  });

  it('decides again when it was full: a newer version may have landed in the next list', async () => {
    const store = makeMemoryStore();
    await fill(store, 398);
    const fast = await open(store, 'fast');
    await fast.enter(entry('old', 1, 'b/k'));
    await fast.enter(entry('other', 9));
    const slow = await open(store, 'slow');
    while (!(await fast.enterAndHold(entry('new', 2, 'b/k')))) {}
    await fast.leave('new', 1);

    expect(await slow.enterAndHold(entry('old', 1, 'b/k'))).toBe(false);
    expect(slow.state).toMatchObject({ landed: { 'b/k': 2 } });
    expect(slow.state).not.toHaveProperty('holder');
  });

  it('forgets the objects with the oldest time first when it rolls over', async () => {
    const store = makeMemoryStore();
    const records = Array.from({ length: 1_100 }, (_, i) => `b/${i}`).map((key, i) => [key, i + 1]);
    const snapshot = { id: 's', at: 1, by: 'x', type: 'snapshot', entries: [], landed: Object.fromEntries(records) };
    await store.append(
      'lanes/target/dcs-x/000001',
      0,
      `${JSON.stringify(snapshot)}\n${JSON.stringify({ id: 'r', at: 1, by: 'x', type: 'rolled' })}\n`,
    );

    const { landed } = (await open(store)).state;
    expect(Object.keys(landed)).toHaveLength(1_000);
    expect(landed).not.toHaveProperty('b/99');
    expect(landed).toMatchObject({ 'b/100': 101, 'b/1099': 1_100 });
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
