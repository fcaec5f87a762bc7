import fc from 'fast-check';
import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import type { LogRecord } from '../../../../lib/runs/ledger/append-log.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { RollingLog } from '../../../../lib/runs/ledger/rolling-log.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

type Counted = LogRecord & { readonly type: 'seen'; readonly keys: readonly string[] };

/** One record that says what all of them say. */
const compact = (records: readonly Counted[]): Counted[] => {
  const [first] = records;
  return first ? [{ ...first, keys: records.flatMap(({ keys }) => keys) }] : [];
};
const seen = (id: string): Counted => ({ id, at: 1, by: 'one', type: 'seen', keys: [id] });
const keysOf = ({ records }: RollingLog<Counted>) => records.flatMap(({ keys }) => keys);
const open = (store: LedgerStore, by = 'one', rollAt = 3) =>
  RollingLog.open<Counted>(
    makeLedger(store, by, () => 1),
    'control/seen',
    compact,
    rollAt,
  );
const names = async (store: LedgerStore) => (await store.list('', { limit: 100 })).map(({ name }) => name);

/** Appends until it is written, as every caller does. @returns how many attempts it took */
async function add(log: RollingLog<Counted>, id: string): Promise<number> {
  for (let attempts = 1; attempts <= 10; attempts++) if (await log.append(seen(id))) return attempts;
  throw new Error(`${id} was never written`);
}

describe('RollingLog', () => {
  it('is empty where there is no list', async () => {
    expect((await open(makeMemoryStore())).records).toEqual([]);
  });

  it('is a plain list of the plain name until it is full', async () => {
    const store = makeMemoryStore();
    const log = await open(store);

    for (const id of ['a', 'b', 'c']) expect(await add(log, id)).toBe(1);

    expect(await names(store)).toEqual(['control/seen']);
    expect((await store.read('control/seen')).text).toBe(
      [seen('a'), seen('b'), seen('c')].map((record) => `${JSON.stringify(record)}\n`).join(''),
    );
  });

  it('goes on in a next list that begins with what is left of the records', async () => {
    const store = makeMemoryStore();
    const log = await open(store);
    for (const id of ['a', 'b', 'c']) await add(log, id);

    expect(await add(log, 'd')).toBe(2);

    expect(await names(store)).toEqual(['control/seen', 'control/seen/000002']);
    expect(keysOf(log)).toEqual(['a', 'b', 'c', 'd']);
    expect(log.records).toHaveLength(2);
    expect(keysOf(await open(store, 'two'))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not count what a list was begun with', async () => {
    const store = makeMemoryStore();
    const all = await RollingLog.open<Counted>(
      makeLedger(store, 'one', () => 1),
      'control/seen',
      (records) => records,
      3,
    );

    for (let i = 0; i < 10; i++) await add(all, `k${i}`);

    expect(keysOf(all)).toEqual(Array.from({ length: 10 }, (_, i) => `k${i}`));
    expect(await names(store)).toEqual([
      'control/seen',
      'control/seen/000002',
      'control/seen/000003',
      'control/seen/000004',
    ]);
  });

  it('takes more appends than OBS allows for one list', async () => {
    const memory = makeMemoryStore();
    const appends = new Map<string, number>();
    const store: LedgerStore = {
      ...memory,
      append: async (list, position, text) => {
        const count = appends.get(list) ?? 0;
        if (count >= 10_000) throw new LedgerError(`${list}: 409 ObjectNotAppendable`, { temporary: false });
        appends.set(list, count + 1);
        return memory.append(list, position, text);
      },
    };
    const last = (records: readonly Counted[]) => records.slice(-1);
    const log = await RollingLog.open<Counted>(
      makeLedger(store, 'one', () => 1),
      'control/seen',
      last,
    );

    for (let i = 0; i < 10_500; i++) await add(log, `k${i}`);

    expect(
      keysOf(
        await RollingLog.open<Counted>(
          makeLedger(store, 'two', () => 1),
          'control/seen',
          last,
        ),
      ).at(-1),
    ).toBe('k10499');
    expect(Math.max(...appends.values())).toBeLessThan(1_100);
  });

  it('lets one of two racing writers go through, at a full list too', async () => {
    for (const filled of [0, 1, 2, 3, 4]) {
      const store = makeMemoryStore();
      const one = await open(store, 'one');
      for (let i = 0; i < filled; i++) await add(one, `k${i}`);
      const two = await open(store, 'two');
      await add(two, 'from-two');

      await expect(one.append(seen('from-one'))).resolves.toBe(false);

      expect(keysOf(one)).toContain('from-two');
      await add(one, 'from-one');
      expect(keysOf(await open(store)).slice(-2)).toEqual(['from-two', 'from-one']);
    }
  });

  it('is not written to after somebody else has rolled it over', async () => {
    const store = makeMemoryStore();
    const slow = await open(store, 'slow');
    await add(slow, 'a');
    const fast = await open(store, 'fast');
    for (const id of ['b', 'c', 'd']) await add(fast, id);

    expect(await add(slow, 'e')).toBe(2);

    expect((await store.read('control/seen')).text).toMatch(/"rolled"}\n$/);
    expect(keysOf(await open(store))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('goes on where whoever rolled died before the next list began', async () => {
    const store = makeMemoryStore();
    const log = await open(store);
    for (const id of ['a', 'b', 'c']) await add(log, id);
    const { position } = await store.read('control/seen');
    await store.append('control/seen', position, '{"id":"r","at":1,"by":"dead","type":"rolled"}\n');

    expect(keysOf(await open(store, 'two'))).toEqual(['a', 'b', 'c']);
    await add(log, 'd');
    expect(keysOf(await open(store, 'three'))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('adds nothing to a next list that is there already, though the listing does not show it', async () => {
    const store = makeMemoryStore();
    const log = await open(store);
    for (const id of ['a', 'b', 'c', 'd']) await add(log, id);
    const { position } = await store.read('control/seen/000002');

    const late = await open({ ...store, list: async () => [] }, 'two');

    expect(keysOf(late)).toEqual(['a', 'b', 'c', 'd']);
    expect((await store.read('control/seen/000002')).position).toBe(position);
  });

  it('reads the first list and the newest one only, however often it rolled', async () => {
    const store = makeMemoryStore();
    const log = await open(store);
    for (let i = 0; i < 40; i++) await add(log, `k${i}`);
    const calls: string[] = [];
    const counting = new Proxy(store, {
      get: (target, name: keyof LedgerStore) => {
        const method = target[name] as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          calls.push(`${name} ${args[0]}`);
          return method(...args);
        };
      },
    });

    expect(keysOf(await open(counting, 'two'))).toHaveLength(40);

    expect(calls).toEqual(['read control/seen', 'list control/seen/', 'read control/seen/000014']);
  });

  it('loses no record and keeps none twice, whoever writes, refreshes, or gets no answer', async () => {
    const steps = fc.array(
      fc.record({
        writer: fc.nat(2),
        fault: fc.constantFrom('none', 'none', 'before', 'after'),
        refresh: fc.boolean(),
      }),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const memory = makeMemoryStore();
        let fault = 'none';
        const store: LedgerStore = {
          ...memory,
          append: async (...args) => {
            const now = fault;
            fault = 'none';
            if (now === 'before') throw new LedgerError('lost', { temporary: true });
            const next = await memory.append(...args);
            if (now === 'after') throw new LedgerError('lost', { temporary: true });
            return next;
          },
        };
        const writers = [await open(store, 'w0'), await open(store, 'w1'), await open(store, 'w2')];
        const written: string[] = [];
        for (const [i, step] of plan.entries()) {
          const writer = writers[step.writer];
          if (!writer) continue;
          if (step.refresh) await writer.refresh();
          fault = step.fault;
          // Of an append without an answer it is told by reading that it was not written.
          const isWritten = await writer.append(seen(`s${i}`)).catch(() => false);
          fault = 'none';
          if (isWritten) written.push(`s${i}`);
        }
        expect(keysOf(await open(memory, 'reader'))).toEqual(written);
      }),
      { numRuns: 200 },
    );
  });
});
