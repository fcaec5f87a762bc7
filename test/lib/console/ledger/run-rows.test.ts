import { RunRows, type TaskUpdate } from '../../../../lib/console/ledger/run-rows.ts';
import type { RunRow } from '../../../../lib/console/wire.ts';
import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const START = Date.UTC(2026, 2, 14, 9, 30);
const runId = (n: number) => n.toString(16).padStart(32, '0');

/** A ledger with a clock that stands still, and counts what is read of it. */
function makeRows(news: (id: string) => TaskUpdate | undefined = () => undefined, keep = 2_000) {
  let now = START;
  const reads: string[] = [];
  const broken = new Set<string>();
  let isRefused = false;
  const kept = makeMemoryStore(() => now);
  const store: LedgerStore = {
    ...kept,
    list: async (prefix, options) => {
      if (isRefused) throw new LedgerError('list: 403', { temporary: false });
      return kept.list(prefix, options);
    },
    read: async (list) => {
      reads.push(list);
      if (broken.has(list)) throw new LedgerError(`read ${list}: EACCES`, { temporary: false });
      return kept.read(list);
    },
  };
  let changed: RunRow[] = [];
  const gone: string[] = [];
  const rows = new RunRows({
    place: 'here',
    ledger: makeLedger(store, 'test', () => now),
    taskUpdate: news,
    keep,
    clockMarginMs: 100,
    onRows: (found) => changed.push(...found),
    onGone: (names) => gone.push(...names),
  });
  /** What the next read changes. */
  const read = async (): Promise<readonly RunRow[]> => {
    changed = [];
    await rows.read();
    return changed;
  };
  const look = async (open: readonly number[] = []): Promise<readonly RunRow[]> => {
    await rows.scan(new Set(open.map((n) => `move/${runId(n)}`)));
    return read();
  };
  const write = async (n: number, ...records: object[]) => {
    const name = `runs/move/${runId(n)}`;
    const lines = records.map((record, i) => `${JSON.stringify({ id: `${now}-${i}`, at: now, by: 'w', ...record })}\n`);
    await kept.append(name, (await kept.read(name)).position, lines.join(''));
  };
  const receive = (n: number) =>
    write(n, {
      type: 'received',
      v: 2,
      job: 'move',
      run: runId(n),
      trigger: 'request',
      source: `request ${n}`,
      order: now,
      policies: {},
    });
  return {
    rows,
    reads,
    gone,
    read,
    look,
    broken,
    refuseListing: () => {
      isRefused = true;
    },
    write,
    receive,
    pass: (ms: number) => {
      now += ms;
    },
    /** Looks until nothing is left to be read. */
    lookAll: async () => {
      for (let before = -1; before < reads.length; ) {
        before = reads.length;
        await look();
      }
    },
  };
}

const task = { kind: 'online_migration', id: 't1', name: 'move-1', status: 'RUNNING' };

describe('RunRows', () => {
  it('has a row for each run, newest first', async () => {
    const { rows, look, receive, pass } = makeRows();
    await receive(1);
    pass(1_000);
    await receive(2);

    const changed = await look();

    expect(changed).toHaveLength(2);
    expect(rows.rows()).toEqual([
      {
        place: 'here',
        job: 'move',
        run: runId(2),
        state: 'received',
        received_at: '2026-03-14T09:30:01.000Z',
        source: 'request 2',
        updated_at: '2026-03-14T09:30:01.000Z',
      },
      expect.objectContaining({ run: runId(1), received_at: '2026-03-14T09:30:00.000Z' }),
    ]);
  });

  it('reads only the changed run out of a thousand', async () => {
    const { rows, look, reads, receive, write, pass, lookAll } = makeRows();
    for (let n = 0; n < 1_000; n++) await receive(n);
    pass(1_000);
    await lookAll();
    expect(rows.rows()).toHaveLength(1_000);
    expect(new Set(reads).size).toBe(reads.length);
    reads.length = 0;

    pass(10_000);
    await write(7, { type: 'rejected', reason: { code: 'r', message: 'no' } });
    const changed = await look();

    expect(reads).toEqual([`runs/move/${runId(7)}`]);
    expect(changed).toMatchObject([{ run: runId(7), state: 'rejected', reason: { code: 'r' } }]);
  });

  it('reads at most five hundred lists in one refresh, and the others in the next', async () => {
    const { look, read, reads, receive, pass } = makeRows();
    for (let n = 0; n < 700; n++) await receive(n);
    pass(1_000);

    expect(await look()).toHaveLength(500);
    expect(await read()).toHaveLength(200);
    expect(reads).toHaveLength(700);
  });

  it('reads a touched run without a scan', async () => {
    const { rows, read, look, receive, write, pass } = makeRows();
    await receive(1);
    pass(500);
    await look();
    await write(1, { type: 'parked', reason: { code: 'p', message: 'look' } });

    expect(await read()).toEqual([]);
    rows.touch('move', runId(1));
    expect(await read()).toMatchObject([{ state: 'parked' }]);
  });

  it('keeps the open runs and those that changed last, however many there are, and reads no others', async () => {
    const { rows, look, reads, gone, receive, pass } = makeRows(undefined, 2);
    for (let n = 1; n <= 5; n++) {
      await receive(n);
      pass(1_000);
    }

    expect(await look([1])).toMatchObject([{ run: runId(1) }, { run: runId(5) }, { run: runId(4) }]);
    expect(reads).toHaveLength(3);
    expect(rows.left).toBe(2);
    await receive(6);
    pass(1_000);
    expect(await look()).toMatchObject([{ run: runId(6) }]);
    expect(gone).toEqual([`move/${runId(1)}`, `move/${runId(4)}`]);
    expect(rows.rows().map(({ run }) => run)).toEqual([runId(6), runId(5)]);
    rows.keepMore(2);
    expect(await look()).toMatchObject([{ run: runId(4) }, { run: runId(3) }]);
  });

  it('shows no more open runs than it is to keep', async () => {
    const { look, reads, receive } = makeRows(undefined, 2);
    for (let n = 1; n <= 5; n++) await receive(n);

    await look([1, 2, 3, 4, 5]);

    expect(reads).toHaveLength(2);
  });

  it('reads a list again if it may have been written just after it was read', async () => {
    const { look, receive, write, pass } = makeRows();
    await receive(1);
    await look();
    await write(1, { type: 'rejected', reason: { code: 'r', message: 'no' } });
    pass(1_000);

    expect(await look()).toMatchObject([{ state: 'rejected' }]);
  });

  it('does not return an unchanged run', async () => {
    const { rows, look, receive, write } = makeRows();
    await receive(1);
    await look();
    await write(1, { type: 'notified', event: 'started', messageId: 'm' });
    rows.touch('move', runId(1));

    expect(await look()).toEqual([]);
  });

  it('uses the task state in the cloud until the run is settled', async () => {
    let news: TaskUpdate | undefined = {
      status: 'FULLMIGRATING',
      changedAt: START + 5_000,
      progress: { text: 'full 42 %', percent: 42 },
    };
    const { rows, look, receive, write } = makeRows((id) => (id === 't1' ? news : undefined));
    await receive(1);
    await write(1, { type: 'created', task });
    const [running] = await look();
    news = { status: 'SUCCESS', changedAt: START + 9_000, progress: { text: 'full 100 %', percent: 100 } };
    rows.touchTask('t1');
    const [over] = await look();
    await write(1, { type: 'settled', status: 'TERMINATED', reason: { code: 'stopped', message: 'by hand' } });
    rows.touchTask('t1');
    const [settled] = await look();

    expect(running).toMatchObject({
      state: 'running',
      task: { id: 't1', status: 'FULLMIGRATING' },
      progress: { text: 'full 42 %', percent: 42 },
      updated_at: '2026-03-14T09:30:05.000Z',
    });
    expect(over).toMatchObject({ state: 'succeeded', updated_at: '2026-03-14T09:30:09.000Z' });
    expect(over).not.toHaveProperty('progress');
    expect(settled).toMatchObject({ state: 'failed', task: { status: 'TERMINATED' } });
    expect(rows.taskOf('move', runId(1))).toBe('t1');
  });

  it('skips a marker without a run, and a task without a run', async () => {
    const { rows, look, write } = makeRows();
    await write(1, { type: 'void' });
    rows.touchTask('t1');

    expect(await look()).toEqual([]);
    expect(rows.rows()).toEqual([]);
    expect(rows.taskOf('move', runId(1))).toBeUndefined();
  });

  it('keeps the last row of a run that can no longer be read, with the reason, and continues with the others', async () => {
    const { rows, look, receive, write, broken, pass } = makeRows();
    await receive(1);
    await receive(2);
    pass(1_000);
    await look();
    broken.add(`runs/move/${runId(1)}`);
    await write(1, { type: 'parked', reason: { code: 'p', message: 'look' } });
    await write(2, { type: 'parked', reason: { code: 'p', message: 'look' } });
    pass(1_000);

    expect(await look()).toMatchObject([{ run: runId(2), state: 'parked' }]);
    expect(rows.rows()).toHaveLength(2);
    expect(rows.unread()).toEqual([{ job: 'move', run: runId(1), why: `read runs/move/${runId(1)}: EACCES` }]);
    broken.clear();
    await write(1, { type: 'resumed' });
    await look();
    expect(rows.unread()).toEqual([]);
  });

  it('throws if the names cannot be listed, and keeps its rows', async () => {
    const { rows, look, receive, refuseListing } = makeRows();
    await receive(1);
    await look();
    refuseListing();

    await expect(look()).rejects.toThrow(LedgerError);
    expect(rows.rows()).toHaveLength(1);
  });
});
