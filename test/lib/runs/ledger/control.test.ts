import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { changeControl, controlOf, readControl } from '../../../../lib/runs/ledger/control.ts';
import { beat } from '../../../../lib/runs/ledger/heartbeat.ts';
import { type Ledger, makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { listPauses, pause, resume } from '../../../../lib/runs/ledger/pauses.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const DAY = 24 * 60 * 60_000;
const NOON = Date.UTC(2026, 2, 14, 12);

/** Invocations with clocks of their own on one ledger, whose requests are noted. */
function controlled() {
  const clock = { now: NOON };
  const memory = makeMemoryStore(() => clock.now);
  const requests: string[] = [];
  const noted =
    <A extends unknown[], R>(name: string, method: (...args: A) => Promise<R>) =>
    (...args: A) => {
      requests.push(`${name} ${String(args[0])}`);
      return method(...args);
    };
  const store: LedgerStore = {
    ...memory,
    tail: noted('tail', memory.tail),
    append: noted('append', memory.append),
    list: noted('list', memory.list),
    remove: noted('remove', memory.remove),
  };
  let count = 0;
  const invocation = (skewMs = 0, on = store): Ledger => {
    count += 1;
    return makeLedger(on, `i${count}`, () => clock.now + skewMs);
  };
  const names = async () => (await memory.list('control/', { limit: 1_000 })).map(({ name }) => name);
  const lines = async (name: string) =>
    (await memory.read(name)).text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { readonly moved?: string; readonly state: object });
  return { clock, memory, store, requests, invocation, names, lines };
}

const jobsPaused = async (ledger: Ledger) => (await listPauses(ledger)).map(({ job }) => job);

describe('control', () => {
  it('says nothing at first, and what was changed since', async () => {
    const { invocation } = controlled();
    expect(await readControl(invocation())).toEqual({ pauses: [] });

    await changeControl(invocation(), (state) => ({ ...state, tick: { began: 'sets' } }));
    await beat(invocation());

    expect(await readControl(invocation())).toEqual({ pauses: [], beat: { at: NOON } });
  });

  it('is written nowhere when it may stay as it is', async () => {
    const { invocation, names } = controlled();

    await changeControl(invocation(), () => undefined);

    expect(await names()).toEqual([]);
  });

  it('repeats the whole state in each record, and reads the last one with one request', async () => {
    const { invocation, lines, requests } = controlled();
    await pause(invocation(), 'a');
    await beat(invocation());
    await pause(invocation(), 'b');
    requests.length = 0;

    const state = await controlOf(invocation());

    expect(requests).toEqual(['tail control/state/2026-03-14']);
    const written = await lines('control/state/2026-03-14');
    expect(written.map((record) => record.state)).toEqual([
      { pauses: [{ job: 'a', since: NOON, by: 'i1' }] },
      { pauses: [{ job: 'a', since: NOON, by: 'i1' }], beat: { at: NOON } },
      {
        pauses: [
          { job: 'a', since: NOON, by: 'i1' },
          { job: 'b', since: NOON, by: 'i3' },
        ],
        beat: { at: NOON },
      },
    ]);
    expect(state).toEqual(written[2]?.state);
  });

  it('is asked once in two seconds by one invocation, and then again', async () => {
    const { invocation, requests, clock } = controlled();
    await pause(invocation(), 'a');
    const ledger = invocation();
    requests.length = 0;
    await Promise.all([controlOf(ledger), controlOf(ledger)]);
    await pause(invocation(), 'b');
    requests.length = 0;

    clock.now += 1_999;
    expect((await controlOf(ledger)).pauses).toHaveLength(1);
    expect(requests).toEqual([]);
    clock.now += 1;
    expect((await controlOf(ledger)).pauses).toHaveLength(2);
    expect(requests).toEqual(['tail control/state/2026-03-14']);
  });

  it('is asked again when the clock was set back', async () => {
    const { invocation, clock } = controlled();
    const ledger = invocation();
    await controlOf(ledger);
    await pause(invocation(), 'a');

    clock.now -= 1;

    expect((await controlOf(ledger)).pauses).toHaveLength(1);
  });

  it('knows at once what the same invocation changed', async () => {
    const { invocation } = controlled();
    const ledger = invocation();
    await controlOf(ledger);

    await pause(ledger, 'a');

    expect((await controlOf(ledger)).pauses).toHaveLength(1);
  });

  it('is asked again by whoever comes next when it could not be read', async () => {
    const { invocation, store } = controlled();
    let fails = true;
    const ledger = invocation(0, {
      ...store,
      tail: async (list, bytes) => {
        if (fails) throw new LedgerError('ledger tail: 503', { temporary: true });
        return store.tail(list, bytes);
      },
    });
    await expect(controlOf(ledger)).rejects.toMatchObject({ temporary: true });

    fails = false;

    expect(await controlOf(ledger)).toEqual({ pauses: [] });
  });

  it('keeps both of two changes at once, and each is decided on what the other left', async () => {
    const { invocation } = controlled();
    const ledgers = Array.from({ length: 10 }, () => invocation());
    await Promise.all(ledgers.map((ledger) => readControl(ledger)));

    await Promise.all(ledgers.map((ledger, i) => pause(ledger, `job-${i}`)));

    expect(await jobsPaused(invocation())).toEqual(Array.from({ length: 10 }, (_, i) => `job-${i}`));
  });

  it('gives up when others are faster every time', async () => {
    const { invocation, store } = controlled();
    const ledger = invocation(0, { ...store, append: async () => 'stale' as const });

    await expect(pause(ledger)).rejects.toMatchObject({
      code: 'ledger',
      temporary: true,
      message: 'ledger control/state/: it changed 100 times while it was being written',
    });
  });

  const withRecord = async (record: object) => {
    const { invocation, memory } = controlled();
    await pause(invocation());
    const { position } = await memory.read('control/state/2026-03-14');
    const line = JSON.stringify({ id: 'odd-1', at: 1, by: 'other', ...record });
    await memory.append('control/state/2026-03-14', position, `${line}\n`);
    return invocation();
  };

  it('of another format is refused in words', async () => {
    await expect(readControl(await withRecord({ v: 2, state: { pauses: [] } }))).rejects.toMatchObject({
      code: 'ledger',
      temporary: false,
      message: 'ledger control/state/2026-03-14: format 2, but this version supports only 1',
    });
  });

  it.each([
    ['has no version', { type: 'paused', job: 'a', state: { pauses: [] } }],
    ['has no state', { v: 1 }],
    ['says nothing of pauses', { v: 1, state: { beat: { at: 1 } } }],
    ['has a state that is null', { v: 1, state: null }],
  ])('is never taken for one without pauses: a last record that %s is named', async (_what, record) => {
    const ledger = await withRecord(record);

    for (const asked of [() => readControl(ledger), () => pause(ledger, 'a'), () => beat(ledger)]) {
      await expect(asked()).rejects.toMatchObject({
        code: 'ledger',
        temporary: false,
        list: 'control/state/2026-03-14',
        message: 'ledger control/state/2026-03-14: record odd-1 has no valid state',
      });
    }
  });

  it.each([
    ['half a line', '{"id":"half', 'line 2 is not a record; it was damaged, or something else wrote it'],
    ['no record', 'null\n', 'line 2 is not a record; it was damaged, or something else wrote it'],
  ])('with a line that is %s is refused, and the error names list and line', async (_what, line, message) => {
    const { invocation, memory } = controlled();
    await pause(invocation());
    const { position } = await memory.read('control/state/2026-03-14');
    await memory.append('control/state/2026-03-14', position, line);

    await expect(readControl(invocation())).rejects.toMatchObject({
      temporary: false,
      message: `ledger control/state/2026-03-14: ${message}`,
    });
  });
});

describe('control, from day to day', () => {
  it('is the same until somebody writes, and goes on in the list of the new day', async () => {
    const { clock, invocation, names, lines } = controlled();
    await pause(invocation(), 'a');
    clock.now += DAY;
    expect(await jobsPaused(invocation())).toEqual(['a']);
    expect(await names()).toEqual(['control/state/2026-03-14']);

    await beat(invocation());

    expect(await names()).toEqual(['control/state/2026-03-14', 'control/state/2026-03-15']);
    expect((await lines('control/state/2026-03-14')).map(({ moved }) => moved)).toEqual([
      undefined,
      'control/state/2026-03-15',
    ]);
    expect(await jobsPaused(invocation())).toEqual(['a']);
    expect((await readControl(invocation())).beat).toEqual({ at: clock.now });
  });

  it('is found after weeks in which nobody wrote', async () => {
    const { clock, invocation } = controlled();
    await pause(invocation(), 'a');

    clock.now += 400 * DAY;

    expect(await jobsPaused(invocation())).toEqual(['a']);
    await resume(invocation(), 'a');
    expect(await jobsPaused(invocation())).toEqual([]);
  });

  it('takes in the change of a slow clock that comes after the move', async () => {
    const { clock, invocation, names } = controlled();
    clock.now = Date.UTC(2026, 2, 14, 23, 59, 59);
    const slow = invocation(-60_000);
    await pause(slow, 'a');
    clock.now += 2_000;
    await pause(invocation(), 'b');

    await pause(slow, 'c');
    await pause(invocation(-60_000), 'd');

    expect(await jobsPaused(invocation())).toEqual(['a', 'b', 'c', 'd']);
    expect(await jobsPaused(invocation(-60_000))).toEqual(['a', 'b', 'c', 'd']);
    expect(await names()).toEqual(['control/state/2026-03-14', 'control/state/2026-03-15']);
  });

  it('is seen by a slow clock that has read the old list before', async () => {
    const { clock, invocation } = controlled();
    clock.now = Date.UTC(2026, 2, 14, 23, 59, 59);
    const slow = invocation(-60_000);
    await controlOf(slow);
    clock.now += 2_001;
    await pause(invocation(), 'b');

    expect((await controlOf(slow)).pauses.map(({ job }) => job)).toEqual(['b']);
  });

  it('goes on in the list that a fast clock began, and moves on from there', async () => {
    const { clock, invocation, names } = controlled();
    await pause(invocation(), 'a');
    await pause(invocation(DAY), 'b');

    await pause(invocation(), 'c');
    expect(await names()).toEqual(['control/state/2026-03-14', 'control/state/2026-03-15']);
    expect(await jobsPaused(invocation())).toEqual(['a', 'b', 'c']);
    expect(await jobsPaused(invocation(DAY))).toEqual(['a', 'b', 'c']);

    clock.now += 2 * DAY;
    await pause(invocation(), 'd');
    expect(await jobsPaused(invocation())).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each(['closing', 'beginning'])('loses nothing when the invocation dies after %s a list', async (step) => {
    const { clock, invocation, store, lines, memory } = controlled();
    await pause(invocation(), 'a');
    clock.now += DAY;
    const dies = invocation(0, {
      ...store,
      append: async (list, position, text) => {
        const isLast = (step === 'closing') === list.endsWith('14');
        if (step === 'closing' && !isLast) throw new LedgerError('killed', { temporary: false });
        const next = await store.append(list, position, text);
        if (isLast) throw new LedgerError('killed', { temporary: false });
        return next;
      },
    });
    await expect(pause(dies, 'lost')).rejects.toThrow('killed');
    expect((await lines('control/state/2026-03-14')).at(-1)?.moved).toBe('control/state/2026-03-15');
    const begun = (await memory.read('control/state/2026-03-15')).position > 0;
    expect(begun).toBe(step === 'beginning');

    expect(await jobsPaused(invocation())).toEqual(begun ? ['a', 'lost'] : ['a']);
    await pause(invocation(), 'b');

    expect(await jobsPaused(invocation())).toEqual(begun ? ['a', 'b', 'lost'] : ['a', 'b']);
    expect(await jobsPaused(invocation(-60_000))).toEqual(begun ? ['a', 'b', 'lost'] : ['a', 'b']);
  });

  it.each([3, 40])('goes on from a list that was closed when nobody began the next one for %i days', async (days) => {
    const { clock, invocation, memory } = controlled();
    await pause(invocation(), 'a');
    const { position } = await memory.read('control/state/2026-03-14');
    const closing = {
      id: 'x',
      at: NOON,
      by: 'dead',
      v: 1,
      state: { pauses: [{ job: 'a', since: 1, by: 'p' }] },
      moved: 'control/state/2026-03-15',
    };
    await memory.append('control/state/2026-03-14', position, `${JSON.stringify(closing)}\n`);
    clock.now += days * DAY;

    await pause(invocation(), 'b');

    expect(await jobsPaused(invocation())).toEqual(['a', 'b']);
  });

  it('is not written to after it was closed, though the next list is not begun', async () => {
    const { invocation, memory, lines } = controlled();
    await pause(invocation(), 'a');
    const { position } = await memory.read('control/state/2026-03-14');
    const state = { pauses: [{ job: 'a', since: 1, by: 'p' }] };
    const closing = { id: 'x', at: NOON, by: 'fast', v: 1, state, moved: 'control/state/2026-03-15' };
    await memory.append('control/state/2026-03-14', position, `${JSON.stringify(closing)}\n`);

    await pause(invocation(), 'b');

    expect((await lines('control/state/2026-03-14')).at(-1)?.moved).toBe('control/state/2026-03-15');
    expect((await memory.read('control/state/2026-03-15')).position).toBeGreaterThan(0);
    expect(await jobsPaused(invocation())).toEqual(['a', 'b']);
  });

  it.each(['before it is closed', 'into the next one'])('loses no change that comes %s', async (when) => {
    const { clock, invocation, store } = controlled();
    await pause(invocation(), 'a');
    clock.now += DAY;
    const trouble = { on: true };
    const slow = invocation(when === 'before it is closed' ? -DAY : 0);
    const mover = invocation(0, {
      ...store,
      append: async (list, position, text) => {
        if (!trouble.on) return store.append(list, position, text);
        trouble.on = false;
        if (when === 'before it is closed') await pause(slow, 'c');
        const next = await store.append(list, position, text);
        if (when === 'into the next one') await pause(slow, 'c');
        return next;
      },
    });

    await pause(mover, 'b');

    expect(await jobsPaused(invocation())).toEqual(['a', 'b', 'c']);
  });

  it('is known at once to whoever moved it', async () => {
    const { clock, invocation } = controlled();
    await pause(invocation(), 'a');
    clock.now += DAY;
    const mover = invocation();
    await controlOf(mover);

    await pause(mover, 'b');

    expect((await controlOf(mover)).pauses.map(({ job }) => job)).toEqual(['a', 'b']);
  });

  it('goes on for a slow clock though whoever closed its list died before the next one began', async () => {
    const { clock, invocation, store } = controlled();
    clock.now = Date.UTC(2026, 2, 14, 23, 59, 30);
    await pause(invocation(), 'a');
    const dies = invocation(60_000, {
      ...store,
      append: async (list, position, text) => {
        if (list.endsWith('15')) throw new LedgerError('killed', { temporary: false });
        return store.append(list, position, text);
      },
    });
    await expect(pause(dies, 'lost')).rejects.toThrow('killed');

    await pause(invocation(), 'b');

    expect(await jobsPaused(invocation())).toEqual(['a', 'b']);
    expect(await jobsPaused(invocation(60_000))).toEqual(['a', 'b']);
  });

  it('is seen by a slow clock though no listing shows the new list yet', async () => {
    const { clock, invocation, store } = controlled();
    clock.now = Date.UTC(2026, 2, 14, 23, 59, 30);
    await pause(invocation(), 'a');
    await pause(invocation(60_000), 'b');
    const lagging = { ...store, list: async () => [] };

    expect(await jobsPaused(invocation(0, lagging))).toEqual(['a', 'b']);
    await resume(invocation(0, lagging), 'a');
    expect(await jobsPaused(invocation(60_000, lagging))).toEqual(['b']);
  });

  it('goes on in one list though two move it for whom it is another day', async () => {
    const { clock, invocation, store, names } = controlled();
    await beat(invocation());
    clock.now = Date.UTC(2026, 2, 16, 23, 59, 30);
    let isPaused = false;
    const fast = invocation(60_000, {
      ...store,
      append: async (list, position, text) => {
        if (!list.endsWith('14') && !isPaused) {
          isPaused = true;
          await pause(invocation(), 'a');
        }
        return store.append(list, position, text);
      },
    });

    await beat(fast);

    expect(await jobsPaused(invocation())).toEqual(['a']);
    expect(await jobsPaused(invocation(60_000))).toEqual(['a']);
    expect(await names()).toEqual(['control/state/2026-03-14', 'control/state/2026-03-17']);
  });

  it('continues in one list, though the process that was to begin it is frozen until a fast clock is in the next day', async () => {
    const { clock, invocation, store } = controlled();
    await beat(invocation());
    clock.now = Date.UTC(2026, 2, 16, 23, 59, 30);
    let isPaused = false;
    const slow = invocation(0, {
      ...store,
      append: async (list, position, text) => {
        if (!list.endsWith('14') && !isPaused) {
          isPaused = true;
          await pause(invocation(60_000), 'a');
        }
        return store.append(list, position, text);
      },
    });

    await beat(slow);

    expect(await jobsPaused(invocation())).toEqual(['a']);
    expect(await jobsPaused(invocation(60_000))).toEqual(['a']);
  });

  it('keeps the changes of all who move it at once', async () => {
    const { clock, invocation } = controlled();
    await pause(invocation(), 'a');
    clock.now += DAY;
    const ledgers = Array.from({ length: 8 }, (_, i) => invocation(i % 2 === 0 ? 0 : -60_000));

    await Promise.all(ledgers.map((ledger, i) => pause(ledger, `b${i}`)));

    expect(await jobsPaused(invocation())).toEqual(['a', ...Array.from({ length: 8 }, (_, i) => `b${i}`)]);
  });

  it('removes lists that are older than 35 days when it moves, and no others', async () => {
    const { clock, invocation, names } = controlled();
    for (let day = 0; day < 40; day++) {
      await beat(invocation());
      clock.now += DAY;
    }

    const left = await names();
    expect(left).toHaveLength(36);
    expect([left[0], left.at(-1)]).toEqual(['control/state/2026-03-18', 'control/state/2026-04-22']);
    expect(await readControl(invocation())).toEqual({ pauses: [], beat: { at: clock.now - DAY } });
  });

  it('is read where a closed list says that it continues, while the listing does not show it yet', async () => {
    const { clock, memory, invocation } = controlled();
    clock.now = Date.parse('2026-03-14T23:50:00Z');
    await beat(invocation());
    clock.now = Date.parse('2026-03-15T00:00:30Z');
    await pause(invocation(), 'a');
    const lagging: LedgerStore = { ...memory, list: async () => [] };
    const slow = makeLedger(lagging, 'slow', () => Date.parse('2026-03-14T23:59:40Z'));

    expect(await jobsPaused(slow)).toEqual(['a']);
  });

  it('does not fail the work when an old list cannot be removed, and removes it with the next move', async () => {
    const { clock, invocation, store, names } = controlled();
    await pause(invocation(), 'a');
    clock.now += 40 * DAY;
    const ledger = invocation(0, {
      ...store,
      remove: async () => {
        throw new LedgerError('ledger remove: 503', { temporary: true });
      },
    });

    await pause(ledger, 'b');
    expect(await names()).toEqual(['control/state/2026-03-14', 'control/state/2026-04-23']);
    clock.now += DAY;
    await beat(invocation());

    expect(await names()).toEqual(['control/state/2026-04-23', 'control/state/2026-04-24']);
    expect(await jobsPaused(invocation())).toEqual(['a', 'b']);
  });

  it('never takes more appends than a list does, with a tick a minute', async () => {
    const { clock, invocation, requests } = controlled();
    for (let minute = 0; minute < 1_440; minute++) {
      await beat(invocation(), { began: 'runs' });
      clock.now += 60_000;
    }

    const appends = (day: number) => requests.filter((one) => one === `append control/state/2026-03-${day}`).length;
    expect(appends(14)).toBeLessThan(10_000);
    expect(appends(15)).toBeGreaterThan(700);
  });
});
