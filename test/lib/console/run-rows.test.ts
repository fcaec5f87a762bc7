import { RunRows, type TaskUpdate } from '../../../lib/console/run-rows.ts';
import { LedgerError } from '../../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../../lib/ports/ledger-store.ts';
import { makeLedger } from '../../../lib/runs/ledger/ledger.ts';
import { makeMemoryStore } from '../../fakes/memory-store.ts';

const START = Date.UTC(2026, 2, 14, 9, 30);
const runId = (n: number) => n.toString(16).padStart(32, '0');

/** A ledger with a clock that stands still, and counts what is read of it. */
function makeRows(news: (id: string) => TaskUpdate | undefined = () => undefined) {
  let now = START;
  const reads: string[] = [];
  const broken = new Set<string>();
  const kept = makeMemoryStore(() => now);
  const store: LedgerStore = {
    ...kept,
    read: async (list) => {
      reads.push(list);
      if (broken.has(list)) throw new LedgerError(`read ${list}: EACCES`, { temporary: false });
      return kept.read(list);
    },
  };
  const troubles: unknown[] = [];
  const rows = new RunRows({
    ledger: makeLedger(store, 'test', () => now),
    taskUpdate: news,
    onTrouble: (error) => troubles.push(error),
  });
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
    troubles,
    broken,
    write,
    receive,
    pass: (ms: number) => {
      now += ms;
    },
    /** Looks until nothing is left to be read. */
    lookAll: async () => {
      for (let before = -1; before < reads.length; ) {
        before = reads.length;
        await rows.refresh();
      }
    },
  };
}

const task = { kind: 'online_migration', id: 't1', name: 'move-1', status: 'RUNNING' };

describe('RunRows', () => {
  it('has a row for each run, newest first', async () => {
    const { rows, receive, pass } = makeRows();
    await receive(1);
    pass(1_000);
    await receive(2);

    const changed = await rows.refresh();

    expect(changed).toHaveLength(2);
    expect(rows.rows()).toEqual([
      {
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
    const { rows, reads, receive, write, pass, lookAll } = makeRows();
    for (let n = 0; n < 1_000; n++) await receive(n);
    pass(1_000);
    await lookAll();
    expect(rows.rows()).toHaveLength(1_000);
    expect(new Set(reads).size).toBe(reads.length);
    reads.length = 0;

    pass(10_000);
    await write(7, { type: 'rejected', reason: { code: 'r', message: 'no' } });
    const changed = await rows.refresh();

    expect(reads).toEqual([`runs/move/${runId(7)}`]);
    expect(changed).toMatchObject([{ run: runId(7), state: 'rejected', reason: { code: 'r' } }]);
  });

  it('reads at most five hundred lists in one refresh, and the others in the next', async () => {
    const { rows, reads, receive, pass } = makeRows();
    for (let n = 0; n < 700; n++) await receive(n);
    pass(1_000);

    expect(await rows.refresh()).toHaveLength(500);
    expect(await rows.refresh()).toHaveLength(200);
    expect(reads).toHaveLength(700);
  });

  it('reads a touched run immediately, and scans the times of all once a second', async () => {
    const { rows, reads, receive, write, pass } = makeRows();
    await receive(1);
    pass(500);
    await rows.refresh();
    await write(1, { type: 'parked', reason: { code: 'p', message: 'look' } });
    reads.length = 0;

    expect(await rows.refresh()).toEqual([]);
    rows.touch('move', runId(1));
    expect(await rows.refresh()).toMatchObject([{ state: 'parked' }]);
    pass(999);
    await receive(2);
    expect(await rows.refresh()).toEqual([]);
    pass(1);
    expect(await rows.refresh()).toMatchObject([{ run: runId(2) }]);
  });

  it('reads a list again if it may have been written just after it was read', async () => {
    const { rows, receive, write, pass } = makeRows();
    await receive(1);
    await rows.refresh();
    await write(1, { type: 'rejected', reason: { code: 'r', message: 'no' } });
    pass(1_000);

    expect(await rows.refresh()).toMatchObject([{ state: 'rejected' }]);
  });

  it('does not return an unchanged run', async () => {
    const { rows, receive, write } = makeRows();
    await receive(1);
    await rows.refresh();
    await write(1, { type: 'notified', event: 'started', messageId: 'm' });
    rows.touch('move', runId(1));

    expect(await rows.refresh()).toEqual([]);
  });

  it('uses the task state in the cloud until the run is settled', async () => {
    let news: TaskUpdate | undefined = {
      status: 'FULLMIGRATING',
      changedAt: START + 5_000,
      progress: { text: 'full 42 %', percent: 42 },
    };
    const { rows, receive, write } = makeRows((id) => (id === 't1' ? news : undefined));
    await receive(1);
    await write(1, { type: 'created', task });
    const [running] = await rows.refresh();
    news = { status: 'SUCCESS', changedAt: START + 9_000, progress: { text: 'full 100 %', percent: 100 } };
    rows.touchTask('t1');
    const [over] = await rows.refresh();
    await write(1, { type: 'settled', status: 'TERMINATED', reason: { code: 'stopped', message: 'by hand' } });
    rows.touchTask('t1');
    const [settled] = await rows.refresh();

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
    const { rows, write } = makeRows();
    await write(1, { type: 'void' });
    rows.touchTask('t1');

    expect(await rows.refresh()).toEqual([]);
    expect(rows.rows()).toEqual([]);
    expect(rows.taskOf('move', runId(1))).toBeUndefined();
  });

  it('reports an unreadable run once, and continues with the others', async () => {
    const { rows, receive, broken, troubles, pass } = makeRows();
    await receive(1);
    await receive(2);
    broken.add(`runs/move/${runId(1)}`);

    expect(await rows.refresh()).toMatchObject([{ run: runId(2) }]);
    pass(1_000);
    rows.touch('move', runId(1));
    await rows.refresh();

    expect(troubles).toEqual([expect.any(LedgerError)]);
  });
});
