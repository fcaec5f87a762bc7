import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import type { LaneEntry } from '../../../../lib/runs/ledger/lane-state.ts';
import { foldLane } from '../../../../lib/runs/ledger/lane-state.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';
import { laneEntry } from '../../../../lib/runs/start/lane-fact.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const entry = (run: string, order = 1, object?: string, claim = 1): LaneEntry => ({
  job: 'a',
  run,
  order,
  kind: 'backup_import',
  task: `import-${run}`,
  ...(object === undefined ? {} : { object, version: run }),
  claim,
});
const ledgerOf = (store: LedgerStore, by = 'one') => makeLedger(store, by, () => 1);
const open = (store: LedgerStore, by?: string) => TargetLane.open(ledgerOf(store, by), 'dcs-x');
const runs = ({ state }: TargetLane) => state.entries.map(({ run }) => run);

/** So many records, of runs that came and went, with a snapshot now and then. */
async function fill(store: LedgerStore, records: number): Promise<void> {
  const line = (i: number) => {
    const stamp = { id: `fill-${i}`, at: 1, by: 'fill' };
    if (i % 200 === 198) return { ...stamp, type: 'snapshot', v: 2, entries: [], landed: {}, left: {}, before: i };
    return i % 2 === 0 && i < records - 1
      ? { ...stamp, type: 'enter', v: 2, ...entry(`gone-${i}`) }
      : { ...stamp, type: 'leave', run: `gone-${i - 1}`, claim: 1 };
  };
  const text = Array.from({ length: records }, (_, i) => `${JSON.stringify(line(i))}\n`).join('');
  await store.append('lanes/target/dcs-x/000001', 0, text);
}

/** The same store, which notes the lists that are read. */
function counting(store: LedgerStore): { readonly counted: LedgerStore; readonly reads: string[] } {
  const reads: string[] = [];
  const noted = (list: string) => void reads.push(list);
  const counted: LedgerStore = {
    ...store,
    read: (list) => {
      noted(list);
      return store.read(list);
    },
    tail: (list, bytes) => {
      noted(list);
      return store.tail(list, bytes);
    },
    list: (prefix, options) => {
      noted(`list ${prefix}`);
      return store.list(prefix, options);
    },
  };
  return { counted, reads };
}

describe('TargetLane', () => {
  it('is empty at first', async () => {
    expect((await open(makeMemoryStore())).state).toEqual({ entries: [], landed: {}, versions: {}, left: {} });
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

    expect((await open(store)).state).toEqual({
      entries: [],
      landed: { 'b/k': 7 },
      versions: { 'b/k': 'r1' },
      left: { r1: 1 },
    });
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

      expect(state).toEqual({ entries: [], landed: {}, versions: {}, left: { r1: 1 } });
      expect(await (await open(store)).enterAndHold(entry('r2'))).toBe(true);
    });

    it('an entry with a claim that has left counts for nothing', async () => {
      const left = { type: 'leave', run: 'r1', claim: 1 };
      const state = await written(makeMemoryStore(), left, { type: 'enter', v: 2, ...entry('r1') });

      expect(state.entries).toEqual([]);
    });

    it('an entry stands for the newest claim, and keeps its turn when its run is taken over', async () => {
      const store = makeMemoryStore();
      await (await open(store)).enterAndHold(entry('r1', 1, undefined, 2));

      expect(await (await open(store, 'two')).enterAndHold(entry('r1', 1, undefined, 5))).toBe(true);

      expect((await open(store)).state).toMatchObject({ holder: 'r1', entries: [entry('r1', 1, undefined, 5)] });
    });

    it.each([
      ['leave', { type: 'leave', run: 'r1', claim: 2 }],
      ['enter', { type: 'enter', v: 2, ...entry('r1', 1, undefined, 2) }],
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

    it('a run that left with this claim writes nothing when it comes back', async () => {
      const store = makeMemoryStore();
      await (await open(store)).leave('r1', 1, { fenced: true });
      const { position } = await store.read('lanes/target/dcs-x/000001');

      expect(await (await open(store)).enter(entry('r1'))).toBe(false);

      expect((await store.read('lanes/target/dcs-x/000001')).position).toBe(position);
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
    ])('a run that left does not come back with %s', async (_which, claim, isQueued) => {
      const store = makeMemoryStore();
      await (await open(store)).leave('r1', 3, { fenced: true });

      expect(await (await open(store)).enter(entry('r1', 1, undefined, claim))).toBe(isQueued);
      expect(await (await open(store)).enterAndHold(entry('r1', 1, undefined, claim))).toBe(isQueued);
      expect(runs(await open(store))).toEqual(isQueued ? ['r1'] : []);
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

    it('forgets first who left first, and counts who left again from then on', () => {
      const leave = (run: string, claim = 1) =>
        ({ id: `${run}-${claim}`, at: 1, by: 'one', type: 'leave', run, claim }) as const;
      const hundred = Array.from({ length: 100 }, (_, i) => leave(`r${i}`));

      const { left } = foldLane([...hundred, leave('r0', 2), leave('last')]);

      expect([left['r0'], left['r1'], left['r2'], left['last']]).toEqual([2, undefined, 1, 1]);
      expect(Object.keys(left)).toHaveLength(100);
    });

    it('remembers with which claims the last hundred runs left', async () => {
      const store = makeMemoryStore();
      const lane = await open(store);
      for (let i = 0; i <= 100; i++) await lane.leave(`gone-${i}`, 1, { fenced: true });

      const left = Object.keys((await open(store)).state.left);
      expect(left).toHaveLength(100);
      expect(left).not.toContain('gone-0');
      expect(left).toContain('gone-1');
      expect(left).toContain('gone-100');
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

  it.each([8_996, 8_997, 8_998, 8_999, 9_000])(
    'keeps queue, holder and landed objects when it rolls over after %i records',
    async (records) => {
      const store = makeMemoryStore();
      await fill(store, records);
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
    await fill(store, 8_998);
    const first = await open(store, 'one');
    await first.enter(entry('r1'), [entry('r2')]);
    const slow = await open(store, 'two');
    expect(slow.place.segment).toBe(1);
    while (!(await first.enterAndHold(entry('r1')))) {}

    expect(await slow.enterAndHold(entry('r2'))).toBe(false);

    expect((await open(store)).state.holder).toBe('r1');
  });

  it('rolls over once when two find it full at the same time', async () => {
    const store = makeMemoryStore();
    await fill(store, 9_000);
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
      versions: { 'b/k': 'r1' },
      left: { gone: 3 },
      idleAt: 9,
    });
  });

  it('is written to in its next list alone, though that could not be read when the roll was seen', async () => {
    const memory = makeMemoryStore();
    let isDown = false;
    const store: LedgerStore = {
      ...memory,
      tail: async (list, bytes) => {
        if (isDown && list.endsWith('2')) throw new LedgerError('ledger tail: 503', { temporary: true });
        return memory.tail(list, bytes);
      },
    };
    const slow = await open(store, 'slow');
    await (await open(memory, 'other')).enter(entry('r1'));
    const { position } = await memory.read('lanes/target/dcs-x/000001');
    await memory.append('lanes/target/dcs-x/000001', position, '{"id":"x","at":1,"by":"repair","type":"rolled"}\n');
    await (await open(memory, 'other')).enterAndHold(entry('r1'));
    isDown = true;
    await expect(slow.enter(entry('r2'))).rejects.toThrow('503');
    isDown = false;

    expect(await slow.enterAndHold(entry('r2'))).toBe(false);

    expect((await memory.read('lanes/target/dcs-x/000001')).text).not.toContain('"r2"');
    expect((await open(memory)).state).toMatchObject({ holder: 'r1', entries: [entry('r1')] });
  });

  it('is in one list after several of an invocation have seen at once that it was rolled over', async () => {
    const store = makeMemoryStore();
    const lane = await open(store);
    await lane.enter(entry('r1'));
    const { position } = lane.place;
    await store.append('lanes/target/dcs-x/000001', position, '{"id":"x","at":1,"by":"other","type":"rolled"}\n');

    await Promise.all([lane.refresh(), lane.refresh(), lane.enter(entry('r2'))]);

    expect(lane.place.segment).toBe(2);
    expect(runs(await open(store))).toEqual(['r1', 'r2']);
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
    expect((await store.read('lanes/target/dcs-x/000001')).text).toMatch(/"rolled"}\n$/);
  });

  it('decides again when it was full: a newer version may have landed in the next list', async () => {
    const store = makeMemoryStore();
    await fill(store, 8_998);
    const fast = await open(store, 'fast');
    await fast.enter(entry('old', 1, 'b/k'), [entry('other', 9)]);
    const slow = await open(store, 'slow');
    expect(slow.place.segment).toBe(1);
    while (!(await fast.enterAndHold(entry('new', 2, 'b/k')))) {}
    await fast.leave('new', 1);

    expect(await slow.enterAndHold(entry('old', 1, 'b/k'))).toBe(false);
    expect(slow.state).toMatchObject({ landed: { 'b/k': 2 } });
    expect(slow.state).not.toHaveProperty('holder');
  });

  it('forgets the objects with the oldest time first when it rolls over', async () => {
    const store = makeMemoryStore();
    const records = Array.from({ length: 1_100 }, (_, i) => `b/${i}`).map((key, i) => [key, i + 1]);
    const snapshot = {
      id: 's',
      at: 1,
      by: 'x',
      type: 'snapshot',
      v: 2,
      entries: [],
      landed: Object.fromEntries(records),
    };
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

  it('remembers the version of the newest 200 objects, across a snapshot', async () => {
    const store = makeMemoryStore();
    const lane = await open(store);
    for (let i = 0; i < 300; i++) {
      await lane.enterAndHold(entry(`run-${String(i).padStart(4, '0')}`, i + 1, `o${i}`));
      await lane.leave(`run-${String(i).padStart(4, '0')}`, 1);
    }
    const { position } = await store.read('lanes/target/dcs-x/000001');
    await store.append('lanes/target/dcs-x/000001', position, '{"id":"x","at":1,"by":"other","type":"rolled"}\n');

    const { landed, versions } = (await open(store)).state;
    expect(Object.keys(landed)).toHaveLength(300);
    expect(Object.keys(versions)).toHaveLength(200);
    expect(versions).toMatchObject({ o100: 'run-0100', o299: 'run-0299' });
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
      `${JSON.stringify({ id: 'y', at: 1, by: 'one', type: 'snapshot', v: 2, entries: [entry('r1')], landed: {} })}\n`,
    );
    const { counted, reads } = counting(store);

    expect(runs(await open(counted))).toEqual(['r1']);

    expect(reads).toEqual([
      'lanes/target/dcs-x/000001',
      'list lanes/target/dcs-x/',
      'list lanes/target/dcs-x/',
      'lanes/target/dcs-x/001001',
    ]);
  });

  it('costs one request, however many records it has', async () => {
    const store = makeMemoryStore();
    await fill(store, 8_900);
    const { counted, reads } = counting(store);

    expect((await open(counted)).state.entries).toEqual([]);

    expect(reads).toEqual(['lanes/target/dcs-x/000001']);
  });

  it('repeats its state in the append after which 200 records followed the last one, and is read from there', async () => {
    const store = makeMemoryStore();
    const lane = await open(store);
    await lane.enterAndHold(entry('r1', 5, 'o1'));
    for (let i = 0; i < 99; i++) {
      await lane.enter(entry(`r2`, 6, undefined, i));
      await lane.leave('r2', i);
    }
    const { text: before } = await store.read('lanes/target/dcs-x/000001');
    expect(before).not.toContain('snapshot');

    await lane.enter(entry('r3', 7));

    const { text } = await store.read('lanes/target/dcs-x/000001');
    const [last] = text.trimEnd().split('\n').slice(-1);
    expect(JSON.parse(last ?? '')).toEqual({
      id: 'one-202',
      at: 1,
      by: 'one',
      type: 'snapshot',
      v: 2,
      entries: [entry('r1', 5, 'o1'), entry('r3', 7)],
      holder: 'r1',
      landed: { o1: 5 },
      versions: { o1: 'r1' },
      left: { r2: 98 },
      before: 201,
    });
    expect((await open(store)).state).toEqual(lane.state);
  });

  it('is what it was before a snapshot that is half written', async () => {
    const store = makeMemoryStore();
    await fill(store, 100);
    const lane = await open(store);
    await lane.enterAndHold(entry('r1'));
    const { text } = await store.read('lanes/target/dcs-x/000001');
    const cut = makeMemoryStore();
    await cut.append('lanes/target/dcs-x/000001', 0, `${text}{"id":"x","at":1,"by":"one","type":"snapsh`);

    await expect(open(cut)).rejects.toMatchObject({ temporary: false, list: 'lanes/target/dcs-x/000001' });
  });

  describe('with 400 runs whose names have 64 characters and whose objects a kilobyte', () => {
    const long = (i: number): LaneEntry =>
      laneEntry(
        {
          job: 'j'.repeat(64),
          run: String(i).padStart(32, '0'),
          order: 1_773_489_600_000 + i,
          object: 'k'.repeat(1_024),
          given: {
            kind: 'object',
            created: true,
            eventName: 'e',
            bucket: 'b',
            key: 'k',
            time: '',
            warnings: [],
            eTag: 'e',
          },
        },
        { kind: 'online_migration', name: `${'t'.repeat(60)}${String(i).padStart(4, '0')}` },
        9_999,
      );

    it('has entries of at most 300 bytes', () => {
      expect(JSON.stringify(long(399)).length).toBeLessThanOrEqual(300);
    });

    it('is read with at most two requests, keeps all of them in order, and one of them has the turn', async () => {
      const store = makeMemoryStore();
      const lane = await open(store);
      await lane.enterAndHold(long(0), { followers: Array.from({ length: 399 }, (_, i) => long(399 - i)) });
      for (let i = 0; i < 250; i++) {
        await lane.enter({ ...long(400), claim: i });
        await lane.leave(long(400).run, i);
      }
      const { counted, reads } = counting(store);

      const { state } = await open(counted);

      expect(state.entries).toEqual(Array.from({ length: 400 }, (_, i) => long(i)));
      expect(state.holder).toBe(long(0).run);
      expect(reads.length).toBeLessThanOrEqual(2);
      const { text } = await store.read('lanes/target/dcs-x/000001');
      const snapshots = text.split('\n').filter((line) => line.includes('"type":"snapshot"'));
      expect(snapshots.length).toBeGreaterThan(1);
      for (const line of snapshots) expect(line.length).toBeLessThan(400 * 300 + 10_000);
    });
  });

  it('stays within the 10,000 appends that a list takes, whatever comes and goes', async () => {
    const store = makeMemoryStore();
    await fill(store, 8_700);
    const lane = await open(store);
    await lane.enterAndHold(entry('r0', 0, 'o0'));
    for (let i = 1; i <= 200; i++) {
      await lane.enter(entry(`r${i}`, i));
      await lane.leave(`r${i}`, 1);
    }

    const { text } = await store.read('lanes/target/dcs-x/000001');
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(9_010);
    expect(lines.at(-1)).toContain('"type":"rolled"');
    expect((await open(store)).state).toMatchObject({
      holder: 'r0',
      entries: [entry('r0', 0, 'o0')],
      landed: { o0: 0 },
    });
    expect((await store.list('lanes/target/dcs-x/', { limit: 10 })).map(({ name }) => name)).toEqual([
      'lanes/target/dcs-x/000001',
      'lanes/target/dcs-x/000002',
    ]);
  });

  describe('of another format', () => {
    const written = async (record: object) => {
      const store = makeMemoryStore();
      const line = JSON.stringify({ id: 'x', at: 1, by: 'old', ...record });
      await store.append('lanes/target/dcs-x/000001', 0, `${line}\n`);
      return store;
    };

    it.each([
      ['an entry', { type: 'enter', job: 'a', run: 'r1', order: 1, trigger: 'object', claim: 1 }, 1],
      ['a snapshot', { type: 'snapshot', entries: [], landed: {}, left: {} }, 1],
      ['an entry of a later version', { type: 'enter', v: 3, ...entry('r1') }, 3],
    ])('is refused in words, and nothing is written: %s', async (_what, record, format) => {
      const store = await written(record);
      const { position } = await store.read('lanes/target/dcs-x/000001');

      await expect(open(store)).rejects.toMatchObject({
        code: 'ledger',
        temporary: false,
        message: `ledger lanes/target/dcs-x/000001: format ${format}, but this version supports only 2; let its runs finish with the version that wrote it, or use another ledger prefix`,
      });
      expect((await store.read('lanes/target/dcs-x/000001')).position).toBe(position);
    });

    it('names a record of a type that no lane has', async () => {
      const store = await written({ type: 'dance' });

      await expect(open(store)).rejects.toMatchObject({
        code: 'ledger',
        temporary: false,
        list: 'lanes/target/dcs-x/000001',
        message: expect.stringContaining(
          'ledger lanes/target/dcs-x/000001: record x has a type that lanes do not have; ',
        ),
      });
    });
  });

  describe('left at the place where it ended', () => {
    it('needs no look at it, and is refused once somebody has written', async () => {
      const store = makeMemoryStore();
      const lane = await open(store);
      await lane.enterAndHold(entry('r1'));
      const { place } = lane;
      const { counted, reads } = counting(store);
      const leave = () => TargetLane.leaveAt(ledgerOf(counted), 'dcs-x', entry('r1'), place);

      expect(await leave()).toBe(true);
      expect(await leave()).toBe(false);

      expect(reads).toEqual([]);
      expect((await open(store)).state).toEqual({ entries: [], landed: {}, versions: {}, left: { r1: 1 } });
    });

    it('says that it cannot be told when the answer is lost, and throws what lasts', async () => {
      const store = makeMemoryStore();
      const failing = (temporary: boolean): LedgerStore => ({
        ...store,
        append: async () => {
          throw new LedgerError('ledger append: no answer', { temporary });
        },
      });
      const leave = (temporary: boolean) =>
        TargetLane.leaveAt(ledgerOf(failing(temporary)), 'dcs-x', entry('r1'), { segment: 1, position: 10 });

      expect(await leave(true)).toBe(false);
      await expect(leave(false)).rejects.toMatchObject({ temporary: false });
    });
  });

  describe('shared by those who work in one invocation', () => {
    it('is read once, and again when a change is refused', async () => {
      const store = makeMemoryStore();
      const { counted, reads } = counting(store);
      const ledger = ledgerOf(counted);
      const [one, two] = await Promise.all([TargetLane.shared(ledger, 'dcs-x'), TargetLane.shared(ledger, 'dcs-x')]);
      expect(one).toBe(two);
      expect(reads).toHaveLength(1);
      await (await open(store, 'other')).enterAndHold(entry('r1'));

      expect(await one.enterAndHold(entry('r2'))).toBe(false);

      expect(reads).toHaveLength(2);
      expect(two.state).toMatchObject({ holder: 'r1', entries: [entry('r1')] });
      expect(TargetLane.isKnown(ledger, 'dcs-x')).toBe(true);
      expect(TargetLane.isKnown(ledgerOf(counted), 'dcs-x')).toBe(false);
    });

    it('is read again by whoever asks next when it could not be read', async () => {
      const store = makeMemoryStore();
      let fails = true;
      const ledger = ledgerOf({
        ...store,
        tail: async (list, bytes) => {
          if (fails) throw new LedgerError('ledger tail: 503', { temporary: true });
          return store.tail(list, bytes);
        },
      });

      await expect(TargetLane.shared(ledger, 'dcs-x')).rejects.toMatchObject({ temporary: true });
      fails = false;

      expect((await TargetLane.shared(ledger, 'dcs-x')).state.entries).toEqual([]);
    });
  });

  it('that was damaged in its first list and repaired is read from the list that the repair began', async () => {
    const store = makeMemoryStore();
    await (await open(store)).enterAndHold(entry('r1'));
    const { position } = await store.read('lanes/target/dcs-x/000001');
    await store.append(
      'lanes/target/dcs-x/000001',
      position,
      '{"id":"half\n{"id":"x","at":1,"by":"a","type":"rolled"}\n',
    );
    await expect(open(store)).rejects.toThrow('line 3 is not a record');
    const snapshot = {
      id: 'y',
      at: 1,
      by: 'a',
      type: 'snapshot',
      v: 2,
      entries: [entry('r1')],
      holder: 'r1',
      landed: {},
    };
    await store.append('lanes/target/dcs-x/000002', 0, `${JSON.stringify(snapshot)}\n`);

    expect((await open(store)).state).toMatchObject({ holder: 'r1', entries: [entry('r1')] });
  });
});
