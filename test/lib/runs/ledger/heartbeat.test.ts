import fc from 'fast-check';
import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { readControl } from '../../../../lib/runs/ledger/control.ts';
import { beat, readHeartbeat, savePlace, warnOfMissedHeartbeat } from '../../../../lib/runs/ledger/heartbeat.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { CloudEye } from '../../../../lib/runs/report/cloud-eye.ts';
import { FakeCes } from '../../../fakes/fake-ces.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

function beating() {
  const clock = { now: 0 };
  return { clock, ledger: makeLedger(makeMemoryStore(), 'one', () => clock.now) };
}

describe('readHeartbeat', () => {
  it('says that reconcile has never run', async () => {
    expect(await readHeartbeat(beating().ledger)).toEqual({
      late: true,
      message: 'reconcile has never run: waiting and unknown runs will not continue',
    });
  });

  it('is not late until three intervals of five minutes are over', async () => {
    const { ledger, clock } = beating();
    await beat(ledger);

    clock.now = 900_000;

    expect(await readHeartbeat(ledger)).toEqual({ last_tick_at: '1970-01-01T00:00:00.000Z', late: false });
  });

  it('is late after more than three intervals, and says for how long', async () => {
    const { ledger, clock } = beating();
    await beat(ledger);

    clock.now = 900_001;

    expect(await readHeartbeat(ledger)).toEqual({
      last_tick_at: '1970-01-01T00:00:00.000Z',
      late: true,
      message: 'reconcile has not run for 15 minutes: waiting and unknown runs do not continue',
    });
  });

  it.each([
    [60_000, 900_000],
    [900_000, 2_700_000],
    [86_400_000, 259_200_000],
  ])('with ticks every %d ms is not late until %d ms after the last one', async (everyMs, lateAfter) => {
    const { ledger, clock } = beating();
    await beat(ledger, undefined, everyMs);

    clock.now = lateAfter;
    expect((await readHeartbeat(ledger)).late).toBe(false);
    clock.now = lateAfter + 1;
    expect((await readHeartbeat(ledger)).late).toBe(true);
  });

  it('is never late for a reader while no tick is missing for three intervals, whatever the interval', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 43_200 }),
        fc.double({ min: 0, max: 4, noNaN: true }),
        async (minutes, intervals) => {
          const { ledger, clock } = beating();
          await beat(ledger, undefined, minutes * 60_000);
          clock.now = Math.floor(intervals * minutes * 60_000);

          expect((await readHeartbeat(ledger)).late).toBe(clock.now > 900_000 && clock.now > 3 * minutes * 60_000);
        },
      ),
    );
  });

  it('is that of the last tick, whose interval may have changed back to five minutes', async () => {
    const { ledger, clock } = beating();
    await beat(ledger, undefined, 3_600_000);
    expect(await readControl(ledger)).toEqual({ pauses: [], beat: { at: 0, every: 3_600_000 } });

    await beat(ledger, undefined, 300_000);
    clock.now = 900_001;

    expect(await readControl(ledger)).toEqual({ pauses: [], beat: { at: 0 } });
    expect((await readHeartbeat(ledger)).late).toBe(true);
  });

  it('is not late after a new beat', async () => {
    const { ledger, clock } = beating();
    await beat(ledger);
    clock.now = 960_000;

    await beat(ledger);

    expect(await readHeartbeat(ledger)).toEqual({ last_tick_at: '1970-01-01T00:16:00.000Z', late: false });
  });
});

describe('beat', () => {
  it('says where its tick begins, in place of what the last one said', async () => {
    const { ledger, clock } = beating();
    await beat(ledger, { began: 'sets' });
    clock.now = 1;

    await beat(ledger);
    expect(await readControl(ledger)).toEqual({ pauses: [], beat: { at: 1 } });
    await beat(ledger, { began: 'runs', isLong: true });
    expect(await readControl(ledger)).toEqual({ pauses: [], beat: { at: 1 }, tick: { began: 'runs', isLong: true } });
  });

  it('keeps the time of the beat when a tick says how far it got', async () => {
    const { ledger, clock } = beating();
    await beat(ledger, { began: 'runs' });
    clock.now = 1;

    await savePlace(ledger, { began: 'runs', after: { at: 1, job: 'a', run: 'r1' } });

    expect(await readControl(ledger)).toEqual({
      pauses: [],
      beat: { at: 0 },
      tick: { began: 'runs', after: { at: 1, job: 'a', run: 'r1' } },
    });
  });

  it('of another stage is named: nobody looks after this one', async () => {
    const store = makeMemoryStore();
    const of = (stage: string) => makeLedger(store, stage, () => 1, { region: 'ap-southeast-3', project: 'p1', stage });
    await beat(of('prod'));

    const origin = { region: 'ap-southeast-3', project: 'p1', stage: 'prod' };
    const last = { last_tick_at: '1970-01-01T00:00:00.001Z', origin };
    expect(await readHeartbeat(of('prod'))).toEqual({ ...last, late: false });
    expect(await readHeartbeat(of('dev'))).toEqual({
      ...last,
      late: true,
      message:
        'the ledger was last used by reconcile of region ap-southeast-3, project p1, stage prod: give each region, project and stage its own ledger (ledger.obs.prefix)',
    });
  });
});

describe('warnOfMissedHeartbeat', () => {
  it('warns once, of what is missed or cannot be read, and throws nothing', async () => {
    const { ledger } = beating();
    const { deps, lines } = fakeRun();
    const broken: LedgerStore = {
      ...ledger.store,
      tail: async () => {
        throw new LedgerError('ledger tail: 503', { temporary: true });
      },
    };

    await warnOfMissedHeartbeat({ log: deps.log });
    await warnOfMissedHeartbeat({ ledger, log: deps.log });
    await warnOfMissedHeartbeat({ ledger: makeLedger(broken, 'two', () => 0), log: deps.log });
    await beat(ledger);
    await warnOfMissedHeartbeat({ ledger, log: deps.log });

    expect(lines).toMatchObject([
      { level: 'warn', message: 'reconcile has never run: waiting and unknown runs will not continue' },
      { level: 'warn', message: 'the heartbeat of reconcile could not be read' },
    ]);
  });

  it('notes for Cloud Eye that reconcile is late: one event for all invocations of the same half hour', async () => {
    const { ledger, clock } = beating();
    const { deps } = fakeRun();
    await beat(ledger);
    const events = async (now: number) => {
      clock.now = now;
      const ces = new FakeCes();
      const cloudEye = new CloudEye({ namespace: 'MIGRATIONS.PROD', stage: 'dev', now: () => clock.now });
      await warnOfMissedHeartbeat({ ledger, log: deps.log, cloudEye });
      await cloudEye.send({ services: { ces: async () => ces }, remainingMs: () => 60_000, log: deps.log });
      return ces.events;
    };

    expect(await events(900_000)).toEqual([]);
    const late = { name: 'reconcile_late', at: 0, state: 'incident', level: 'Critical' };
    expect(await events(900_001)).toMatchObject([late]);
    expect(await events(1_799_999)).toMatchObject([late]);
    expect(await events(1_800_000)).toMatchObject([{ ...late, at: 1_800_000 }]);
  });
});
