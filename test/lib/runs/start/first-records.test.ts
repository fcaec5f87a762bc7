import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import type { LaneEntry } from '../../../../lib/runs/ledger/lane-state.ts';
import { pause } from '../../../../lib/runs/ledger/pauses.ts';
import { writeFirstRecords } from '../../../../lib/runs/start/first-records.ts';
import { NOW } from '../../../fixtures/decided-run.ts';
import { gate, newRuns, received } from '../../../fixtures/new-run.ts';

const entry = (run: string, order: number): LaneEntry => ({
  job: 'b',
  run,
  order,
  kind: 'backup_import',
  task: `task-${run}`,
  claim: 2,
});
const failing =
  (prefix: string) =>
  (store: LedgerStore): LedgerStore => ({
    ...store,
    tail: async (list, bytes) => {
      if (list.startsWith(prefix)) throw new LedgerError('ledger read: 503', { temporary: true });
      return store.tail(list, bytes);
    },
  });
/** 60 s of the invocation, and what may still be under way behind it. */
const HANDLED = { type: 'claimed', by: 'ours', until: NOW + 195_000 };
const OVER = { type: 'claimed', by: 'ours', until: NOW };

/** Records run `r`; all looks that begin have come to their end. */
async function recorded(runs = newRuns(), more: Parameters<typeof received>[0] = {}, behind?: LaneEntry) {
  const finder = await writeFirstRecords(await runs.log(), received(more), runs.deps, behind);
  await new Promise(setImmediate);
  return { ...runs, finder, written: await runs.records() };
}

describe('the first records of a run', () => {
  it('are written when its marker is there', async () => {
    const { opened, open } = gate();
    const begun = gate();
    const runs = newRuns((store) => ({
      ...store,
      put: async (name, text) => {
        begun.open();
        await opened;
        return store.put(name, text);
      },
    }));

    const recording = writeFirstRecords(await runs.log(), received(), runs.deps);
    await begun.opened;
    await new Promise(setImmediate);
    expect(await runs.records()).toEqual([]);
    open();
    await recording;
    expect(await runs.records()).toMatchObject([{ type: 'received', v: 2 }, HANDLED]);
    expect((await runs.memory.list('open/', { limit: 9 })).map(({ name }) => name)).toEqual(['open/a/r']);
  });

  it('say that this invocation handles it, and what comes next is being looked for', async () => {
    const { finder, written, asked } = await recorded();

    expect(written).toMatchObject([{ type: 'received' }, HANDLED]);
    expect(finder?.isOutside).toBe(true);
    expect(finder?.facts.known).toEqual({});
    expect(asked).toEqual(['import-r']);
  });

  it('are written once: whoever is too late finds nothing out', async () => {
    const runs = newRuns();
    const log = await runs.log();
    await writeFirstRecords(await runs.log(), received(), runs.deps);

    expect(await writeFirstRecords(log, received(), runs.deps)).toBeUndefined();
    expect(await runs.records()).toHaveLength(2);
  });

  it('say that it waits where another one is ahead, and that nobody handles it', async () => {
    const runs = newRuns();
    await (await runs.lane()).enter(entry('r0', NOW - 1));

    const { finder, written, asked } = await recorded(runs);

    const reason = { code: 'queued', message: 'run r0 of job b has the turn on dcs-i-1' };
    expect(written).toMatchObject([{ type: 'received' }, OVER, { type: 'waiting', reason, notBefore: NOW }]);
    expect(written).toHaveLength(3);
    expect(finder?.isOutside).toBe(true);
    expect(asked).toEqual([]);
  });

  it('say so of a holder that has a later time, and of nobody else who has', async () => {
    const held = newRuns();
    await (await held.lane()).enterAndHold(entry('r9', NOW + 1));
    const waiting = newRuns();
    await (await waiting.lane()).enter(entry('r9', NOW + 1));

    expect((await recorded(held)).written).toHaveLength(3);
    expect((await recorded(waiting)).written).toHaveLength(2);
  });

  it('say that it waits behind the first of its event, and nothing is looked for', async () => {
    const { written, asked } = await recorded(newRuns(), {}, entry('r0', NOW - 1));

    expect(written).toMatchObject([{ type: 'received' }, OVER, { type: 'waiting', reason: { code: 'queued' } }]);
    expect(asked).toEqual([]);
  });

  it('say that it is paused, and nothing is looked for', async () => {
    const runs = newRuns();
    await pause(runs.other, 'a', 'why');

    const { written, asked } = await recorded(runs);

    expect(written).toMatchObject([{ type: 'received' }, OVER, { type: 'waiting', reason: { code: 'paused' } }]);
    expect(asked).toEqual([]);
  });

  it.each(['lanes/', 'control/'])('are written although %s cannot be read', async (prefix) => {
    const { written, finder } = await recorded(newRuns(failing(prefix)));

    expect(written).toMatchObject([{ type: 'received' }, HANDLED]);
    expect(finder?.isOutside).toBe(true);
  });
});
