import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { AppendLog, type LogRecord } from '../../../../lib/runs/ledger/append-log.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const record = (id: string): LogRecord => ({ id, at: 1, by: 'one' });
const temporary = () => new LedgerError('ledger append: no answer', { temporary: true });
const ids = ({ records }: AppendLog<LogRecord>) => records.map(({ id }) => id);

/** A store whose next append goes wrong. */
function troubled(append: (store: LedgerStore, list: string, at: number, text: string) => Promise<number | 'stale'>) {
  const store = makeMemoryStore();
  let done = false;
  const troubledStore: LedgerStore = {
    ...store,
    append: (list, at, text) => {
      if (done) return store.append(list, at, text);
      done = true;
      return append(store, list, at, text);
    },
  };
  return { store, troubledStore };
}

describe('AppendLog', () => {
  it('is empty where there is no list', async () => {
    const log = await AppendLog.open(makeMemoryStore(), 'runs/a/1');

    expect(log.records).toEqual([]);
  });

  it('keeps records in the order of their appends', async () => {
    const store = makeMemoryStore();
    const log = await AppendLog.open(store, 'runs/a/1');

    await expect(log.append(record('x'), record('y'))).resolves.toBe(true);
    await expect(log.append(record('z'))).resolves.toBe(true);

    expect(ids(await AppendLog.open(store, 'runs/a/1'))).toEqual(['x', 'y', 'z']);
  });

  it('names whose it is in its first record alone, and is then refused to others and read by those who ask nothing', async () => {
    const store = makeMemoryStore();
    const prod = { region: 'ap-southeast-3', project: 'p1', stage: 'prod' };
    const log = await AppendLog.open(store, 'runs/a/1', { origin: prod });
    await log.append(record('x'), record('y'));
    await log.append(record('z'));

    const { records } = await AppendLog.open<LogRecord>(store, 'runs/a/1');
    expect(records.map(({ origin }) => origin)).toEqual([prod, undefined, undefined]);
    expect(log.records).toEqual(records);
    await expect(AppendLog.open(store, 'runs/a/1', { origin: { ...prod, stage: 'dev' } })).rejects.toThrow(
      'ledger runs/a/1: it belongs to region ap-southeast-3, project p1, stage prod, and this is region ap-southeast-3, project p1, stage dev;',
    );
  });

  it('reports a list in which two writers were at the same position, and one in which a record was replaced', async () => {
    const forked: string[] = [];
    const report = { forked: (list: string) => forked.push(list) };
    const store = makeMemoryStore();
    const open = (name: string) => AppendLog.open<LogRecord>(store, name, report);
    // As a store does that does not compare positions.
    const append = async (name: string, lines: readonly object[]) => {
      const { position } = await store.read(name);
      await store.append(name, position, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    };
    await append('runs/both-first/1', [
      { ...record('x'), after: '' },
      { ...record('y'), after: '' },
    ]);
    await append('runs/both-later/1', [
      { ...record('x'), after: '' },
      { ...record('y'), after: 'x' },
      { ...record('z'), after: 'x' },
    ]);
    await append('runs/replaced/1', [
      { ...record('x'), after: '' },
      { ...record('z'), after: 'y' },
    ]);
    await append('runs/without/1', [record('x'), record('y')]);

    expect(ids(await open('runs/both-first/1'))).toEqual(['x', 'y']);
    await open('runs/both-later/1');
    await open('runs/replaced/1');
    await open('runs/without/1');

    const gone = await open('runs/without/1');
    await store.remove('runs/without/1');
    await append('runs/without/1', [record('x'), record('z')]);
    await gone.refresh();

    expect(forked).toEqual(['runs/both-first/1', 'runs/both-later/1', 'runs/replaced/1', 'runs/without/1']);
  });

  it('reports no fork of a list that several write in turn', async () => {
    const forked: string[] = [];
    const store = makeMemoryStore();
    const open = () => AppendLog.open<LogRecord>(store, 'runs/a/1', { forked: (list) => forked.push(list) });
    const [one, other] = [await open(), await open()];
    await one.append(record('a'), record('b'));
    await other.append(record('c'));
    await other.append(record('c'));
    await one.append(record('d'));
    await one.append(record('d'));

    expect(await open()).toMatchObject({ records: [record('a'), record('b'), record('c'), record('d')] });
    expect(forked).toEqual([]);
  });

  it('refuses an append of whoever did not see the last one, and shows it to them', async () => {
    const store = makeMemoryStore();
    const slow = await AppendLog.open(store, 'runs/a/1');
    await (await AppendLog.open(store, 'runs/a/1')).append(record('fast'));

    await expect(slow.append(record('slow'))).resolves.toBe(false);

    expect(ids(slow)).toEqual(['fast']);
    await expect(slow.append(record('again'))).resolves.toBe(true);
  });

  it('knows its own success after a lost response', async () => {
    const { store, troubledStore } = troubled(async (inner, list, at, text) => {
      await inner.append(list, at, text);
      throw temporary();
    });
    const log = await AppendLog.open(troubledStore, 'runs/a/1');

    await expect(log.append(record('x'))).resolves.toBe(true);

    expect((await store.read('runs/a/1')).text).toBe('{"id":"x","at":1,"by":"one"}\n');
  });

  it('knows its own success when it is told that it is too late', async () => {
    const { troubledStore } = troubled(async (inner, list, at, text) => {
      await inner.append(list, at, text);
      return 'stale';
    });
    const log = await AppendLog.open(troubledStore, 'runs/a/1');

    await expect(log.append(record('x'))).resolves.toBe(true);
  });

  it('lets one of two appends through that one invocation decided on the same records', async () => {
    const store = makeMemoryStore();
    const log = await AppendLog.open(store, 'runs/a/1');

    expect(await Promise.all([log.append(record('x')), log.append(record('y'))])).toEqual([true, false]);

    expect(ids(await AppendLog.open(store, 'runs/a/1'))).toEqual(['x']);
  });

  it('reads back twice before it gives up to learn what became of a write', async () => {
    let failures = 0;
    const { store, troubledStore } = troubled(async (memory, list, at, text) => {
      await memory.append(list, at, text);
      throw temporary();
    });
    const unreadable = (times: number): LedgerStore => ({
      ...troubledStore,
      read: async (list) => {
        const { position } = await store.read(list);
        if (position > 0 && failures++ < times) throw temporary();
        return store.read(list);
      },
    });

    const log = await AppendLog.open(unreadable(1), 'runs/a/1');
    await expect(log.append(record('x'))).resolves.toBe(true);
    expect(failures).toBe(2);
  });

  it('fails when an answer was lost and nothing was written', async () => {
    const { troubledStore } = troubled(async () => {
      throw temporary();
    });
    const log = await AppendLog.open(troubledStore, 'runs/a/1');

    await expect(log.append(record('x'))).rejects.toMatchObject({ code: 'ledger', temporary: true });
  });

  it('is too late when an answer was lost and somebody else wrote', async () => {
    const { troubledStore } = troubled(async (inner, list, at) => {
      await inner.append(list, at, `${JSON.stringify(record('other'))}\n`);
      throw temporary();
    });
    const log = await AppendLog.open(troubledStore, 'runs/a/1');

    await expect(log.append(record('x'))).resolves.toBe(false);

    expect(ids(log)).toEqual(['other']);
  });

  it('refuses the late arrival of a write that was given up', async () => {
    let late = async () => {};
    const { store, troubledStore } = troubled(async (inner, list, at, text) => {
      late = async () => expect(await inner.append(list, at, text)).toBe('stale');
      throw temporary();
    });
    const log = await AppendLog.open(troubledStore, 'runs/a/1');
    await expect(log.append(record('x'))).rejects.toMatchObject({ temporary: true });

    await expect(log.append(record('y'))).resolves.toBe(true);
    await late();

    expect(ids(await AppendLog.open(store, 'runs/a/1'))).toEqual(['y']);
  });

  it('does not read back after a permanent failure', async () => {
    const { store, troubledStore } = troubled(async () => {
      throw new LedgerError('ledger append: 403', { temporary: false });
    });
    let reads = 0;
    const counted: LedgerStore = {
      ...troubledStore,
      read: (list) => {
        reads += 1;
        return store.read(list);
      },
    };
    const log = await AppendLog.open(counted, 'runs/a/1');

    await expect(log.append(record('x'))).rejects.toMatchObject({ temporary: false });

    expect(reads).toBe(1);
  });

  it('asks again what to add whenever somebody else was faster, and adds nothing when there is nothing to add', async () => {
    const store = makeMemoryStore();
    const log = await AppendLog.open(store, 'runs/a/1');
    await (await AppendLog.open(store, 'runs/a/1')).append(record('faster'));
    const seen: number[] = [];

    const added = await log.change((records) => {
      seen.push(records.length);
      return [record('x')];
    });

    expect(added).toBe(true);
    expect(seen).toEqual([0, 1]);
    expect(await log.change(() => [])).toBe(false);
    expect(log.records).toHaveLength(2);
  });

  it('gives up when others are faster every time', async () => {
    const store = makeMemoryStore();
    const log = await AppendLog.open({ ...store, append: async () => 'stale' as const }, 'runs/a/1');
    let asked = 0;

    const change = log.change(() => {
      asked += 1;
      return [record('x')];
    });

    await expect(change).rejects.toMatchObject({ code: 'ledger', temporary: true });
    expect(asked).toBe(100);
  });

  it('names list and line of what is no record, and keeps its text out of the message', async () => {
    const store = makeMemoryStore();
    await store.append('runs/a/1', 0, '{"id":"x","at":1,"by":"one"}\nhunter2 {\n');

    const opened = AppendLog.open(store, 'runs/a/1');

    await expect(opened).rejects.toMatchObject({
      code: 'ledger',
      temporary: false,
      message: 'ledger runs/a/1: line 2 is not a record; it was damaged, or something else wrote it',
    });
  });

  it.each([
    'null',
    '7',
    '"text"',
    '[]',
    '{}',
    '{"at":1,"by":"one"}',
    '{"id":"x","by":"one"}',
    '{"id":"x","at":"1","by":"one"}',
  ])('takes %s for no record, though it is JSON', async (line) => {
    const store = makeMemoryStore();
    await store.append('runs/a/1', 0, `${line}\n`);

    await expect(AppendLog.open(store, 'runs/a/1')).rejects.toMatchObject({
      temporary: false,
      message: 'ledger runs/a/1: line 1 is not a record; it was damaged, or something else wrote it',
    });
  });
});

describe('a list whose records say all that those before them say', () => {
  interface Sum extends LogRecord {
    readonly sum?: number;
  }
  const isState = ({ sum }: Sum) => sum !== undefined;
  const line = (id: string, more: object = {}) => `${JSON.stringify({ ...record(id), ...more })}\n`;

  /** A list of records of 32 bytes each, one of which is the sum of those before it; and how much was read of it each time. */
  async function read(behindSum: number, beforeSum = 500) {
    const memory = makeMemoryStore();
    const plain = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => line(String(from + i).padStart(3, '0'))).join('');
    await memory.append(
      'l',
      0,
      plain(0, beforeSum) + (behindSum < 0 ? '' : line('sum', { sum: 1 })) + plain(600, 600 + behindSum),
    );
    const reads: number[] = [];
    const store: LedgerStore = {
      ...memory,
      tail: (list, bytes) => {
        reads.push(bytes);
        return memory.tail(list, bytes);
      },
    };
    const log = await AppendLog.open<Sum>(store, 'l', { isState, tailBytes: 100 });
    return { memory, log, reads };
  }

  it('is read from its end, eight times as far back each time, until there is one', async () => {
    const near = await read(1);
    const far = await read(100);

    expect([near.reads, ids(near.log as never)]).toEqual([[100], ['sum', '600']]);
    expect([far.reads, far.log.records.length, far.log.records[0]?.id]).toEqual([[100, 800, 6_400], 101, 'sum']);
    expect(far.log.position).toBe((await far.memory.read('l')).position);
  });

  it('is read whole where there is none', async () => {
    const { log, reads } = await read(-1, 20);

    expect([reads, log.records.length]).toEqual([[100, 800], 20]);
  });

  it('is kept from the last one that is appended', async () => {
    const { log } = await read(3);

    await log.append({ ...record('x') }, { ...record('y'), sum: 2 }, { ...record('z') });

    expect(log.records.map(({ id }) => id)).toEqual(['y', 'z']);
  });
});
