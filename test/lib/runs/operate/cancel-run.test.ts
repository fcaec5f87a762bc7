import { CloudError } from '../../../../lib/kernel/errors.ts';
import type { ActionKind } from '../../../../lib/migrations/action.ts';
import type { DcsFollow } from '../../../../lib/ports/dcs.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import type { SmsFollow } from '../../../../lib/ports/sms.ts';
import { type Ledger, makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { foldRun } from '../../../../lib/runs/ledger/run-state.ts';
import { cancelRun } from '../../../../lib/runs/operate/cancel-run.ts';
import type { RunDeps } from '../../../../lib/runs/run-deps.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

const RUN = '0123456789abcdef0123456789abcdef';
const NAMES: Readonly<Record<ActionKind, string>> = {
  backup_import: 'move-0123456789ab',
  online_migration: 'move-0123456789ab',
  server_migration: 'move_01234567',
};
const reason = { code: 'queued' as const, message: 'because' };

interface Setup {
  readonly kind?: ActionKind;
  /** The task's status in the service; absent: the service has none. */
  readonly status?: string;
  readonly fails?: CloudError;
}

/** One run, the service's list with its task, and what was sent. */
function setUp({ kind = 'online_migration', status, fails }: Setup = {}) {
  const sent: string[] = [];
  const task = { id: 't-1', name: NAMES[kind] };
  const dcsFollow = {
    listAllMigrationTasks: async () => (status === undefined ? [] : [{ ...task, status }]),
    stopTask: async (id: string) => {
      sent.push(`stop ${id}`);
      if (fails) throw fails;
    },
  };
  let atList: () => Promise<void> = async () => {};
  const smsFollow = {
    listAllTasks: async () => {
      await atList();
      atList = async () => {};
      return status === undefined ? [] : [{ ...task, state: status }];
    },
    updateTaskStatus: async (id: string, operation: string) => void sent.push(`${operation} ${id}`),
  };
  const fake = fakeRun();
  const store = makeMemoryStore();
  let beforeAppend: (() => Promise<void>) | undefined;
  const slow: LedgerStore = {
    ...store,
    append: async (list, position, text) => {
      const work = beforeAppend;
      beforeAppend = undefined;
      await work?.();
      return store.append(list, position, text);
    },
  };
  const ledger = makeLedger(slow, 'me', () => 1_000_000);
  const deps: RunDeps & { readonly ledger: Ledger } = {
    ...fake.deps,
    services: {
      ...fake.deps.services,
      dcsFollow: async () => dcsFollow as unknown as DcsFollow,
      smsFollow: async () => smsFollow as unknown as SmsFollow,
    },
    ledger,
  };
  const received: RunRecord = {
    ...ledger.stamp(),
    type: 'received',
    v: 2,
    job: 'move',
    run: RUN,
    trigger: 'request',
    source: 'request g-1',
    order: 0,
    planned: { kind, name: NAMES[kind], body: {}, warnings: [], target: 'server-1' },
    policies: { overlap: 'queue', limit: { runs: 20, perMs: 3_600_000 }, settleMs: 60_000, deadlineMs: 1 },
  };
  const created: RunRecord = { ...ledger.stamp(), type: 'created', task: { kind, ...task } };
  const record = async (...records: RunRecord[]) => {
    const log = await openRunLog(ledger, 'move', RUN);
    await log.append(received, ...records);
  };
  const stateOf = async () => foldRun((await openRunLog(ledger, 'move', RUN)).records);
  return {
    sent,
    created,
    record,
    stateOf,
    stamp: ledger.stamp,
    ledger,
    /** Happens right before the next record is written. */
    onAppend: (work: () => Promise<void>) => {
      beforeAppend = work;
    },
    /** Happens when the list of tasks is read next. */
    onList: (work: () => Promise<void>) => {
      atList = work;
    },
    cancel: () => cancelRun({ job: 'move', run: RUN }, deps),
  };
}

describe('cancelRun', () => {
  it('knows no run that was never received', async () => {
    const { cancel } = setUp();

    expect(await cancel()).toEqual({ end: 'none' });
  });

  it('ends a waiting run permanently, and returns the same when repeated', async () => {
    const { cancel, record, stateOf, stamp, sent } = setUp();
    await record({ ...stamp(), type: 'waiting', reason, notBefore: 9 });

    expect(await cancel()).toEqual({ end: 'cancelled' });
    expect(await cancel()).toEqual({ end: 'cancelled' });

    expect(await stateOf()).toMatchObject({ end: 'rejected', settled: true, reason: { code: 'cancelled' } });
    expect(sent).toEqual([]);
  });

  it('leaves a run alone while an invocation handles it, and returns until when', async () => {
    const { cancel, record, stateOf, stamp } = setUp();
    await record({ ...stamp(), type: 'claimed', until: 1_000_001 });

    expect(await cancel()).toMatchObject({ end: 'later', reason: { code: 'in_progress' }, until: 1_000_001 });
    expect((await stateOf()).end).toBeUndefined();
  });

  it('ends a run whose claim is over: a late intent decides again', async () => {
    const { cancel, record, stateOf, stamp } = setUp();
    await record({ ...stamp(), type: 'claimed', until: 1_000_000 });

    expect(await cancel()).toEqual({ end: 'cancelled' });
    expect(await stateOf()).toMatchObject({ end: 'rejected', lastClaim: 3 });
  });

  it('decides again when the create call goes out between the look and the record', async () => {
    const { cancel, record, stateOf, stamp, ledger, onAppend } = setUp();
    await record({ ...stamp(), type: 'waiting', reason, notBefore: 9 });
    onAppend(async () => {
      await (await openRunLog(ledger, 'move', RUN)).append({ ...stamp(), type: 'intent', until: 2_000_000 });
    });

    expect(await cancel()).toMatchObject({ end: 'later', reason: { code: 'lost_answer' } });
    expect(await stateOf()).not.toHaveProperty('settled');
    expect(await stateOf()).not.toHaveProperty('end');
  });

  it('waits while the result of the create call is unknown', async () => {
    const { cancel, record, stateOf, stamp } = setUp();
    await record({ ...stamp(), type: 'intent', until: 2_000_000 });

    expect(await cancel()).toMatchObject({ end: 'later', reason: { code: 'lost_answer' } });
    expect((await stateOf()).end).toBeUndefined();
  });

  it.each<[ActionKind, string, string]>([
    ['backup_import', 'MIGRATING', 'stop t-1'],
    ['online_migration', 'RUNNING', 'stop t-1'],
    ['online_migration', 'INCRMIGEATING', 'stop t-1'],
    ['server_migration', 'RUNNING', 'stop t-1'],
  ])('has the task of %s in %s stopped, once', async (kind, status, call) => {
    const { cancel, record, created, sent } = setUp({ kind, status });
    await record(created);

    expect(await cancel()).toEqual({ end: 'stopping' });
    expect(await cancel()).toEqual({ end: 'stopping' });

    expect(sent).toEqual([call]);
  });

  it.each<[ActionKind, string]>([
    ['online_migration', 'TERMINATING'],
    ['server_migration', 'ABORTING'],
  ])('sends nothing to a task of %s that is %s', async (kind, status) => {
    const { cancel, record, created, sent } = setUp({ kind, status });
    await record(created);

    expect(await cancel()).toEqual({ end: 'stopping' });
    expect(sent).toEqual([]);
  });

  it('waits while DCS makes the task', async () => {
    const { cancel, record, created, sent } = setUp({ status: 'CREATING' });
    await record(created);

    expect(await cancel()).toMatchObject({ end: 'later', reason: { code: 'being_made' } });
    expect(sent).toEqual([]);
  });

  it('settles a server task that was never started, so that nobody starts it', async () => {
    const { cancel, record, created, stateOf, sent } = setUp({ kind: 'server_migration', status: 'READY' });
    await record(created);

    expect(await cancel()).toEqual({ end: 'cancelled' });
    expect(await stateOf()).toMatchObject({ settled: true, status: 'READY', reason: { code: 'cancelled' } });
    expect(sent).toEqual([]);
  });

  it('does not settle a server task that is just being started', async () => {
    const { cancel, record, created, stateOf, stamp } = setUp({ kind: 'server_migration', status: 'READY' });
    await record(created, { ...stamp(), type: 'call', call: 'start', until: 2_000_000 });

    expect(await cancel()).toMatchObject({ end: 'later', reason: { code: 'in_progress' }, until: 2_000_000 });
    expect((await stateOf()).settled).toBeUndefined();
  });

  it.each<[string, object[]]>([
    ['was sent, and what became of it is not known', []],
    ['was done, and the list lags', [{ type: 'called', call: 'start' }]],
  ])('does not settle a server task whose start %s', async (_what, more) => {
    const { cancel, record, created, stateOf, stamp } = setUp({ kind: 'server_migration', status: 'READY' });
    const call: RunRecord = { ...stamp(), type: 'call', call: 'start', until: 1_000_000 };
    await record(created, call, ...more.map((one) => ({ ...stamp(), ...one }) as RunRecord));

    expect(await cancel()).toMatchObject({ end: 'later', reason: { code: 'start' } });
    expect((await stateOf()).settled).toBeUndefined();
  });

  it('settles a server task whose start was refused', async () => {
    const { cancel, record, created, stamp } = setUp({ kind: 'server_migration', status: 'READY' });
    await record(
      created,
      { ...stamp(), type: 'call', call: 'start', until: 1_000_000 },
      { ...stamp(), type: 'call_refused', call: 'start', reason },
    );

    expect(await cancel()).toEqual({ end: 'cancelled' });
  });

  it('decides again when the task is started between the look and the record', async () => {
    const { cancel, record, created, stamp, stateOf, onList, ledger } = setUp({
      kind: 'server_migration',
      status: 'READY',
    });
    await record(created);
    onList(async () => {
      const log = await openRunLog(ledger, 'move', RUN);
      await log.append(
        { ...stamp(), type: 'call', call: 'start', until: 999_999 },
        { ...stamp(), type: 'called', call: 'start' },
      );
    });

    expect(await cancel()).toMatchObject({ end: 'later', reason: { code: 'start' } });
    expect((await stateOf()).settled).toBeUndefined();
  });

  it.each(['SUCCESS', 'FAILED', 'TERMINATED', undefined])('has nothing to do for a task that is %s', async (status) => {
    const { cancel, record, created, sent } = setUp(status === undefined ? {} : { status });
    await record(created);

    expect(await cancel()).toEqual({ end: 'over' });
    expect(sent).toEqual([]);
  });

  it('returns a permanent refusal of the service', async () => {
    const fails = new CloudError({
      service: 'DCS',
      operation: 'StopMigrationTask',
      outcome: 'rejected',
      temporary: false,
      status: 400,
      cloudCode: 'DCS.4133',
    });
    const { cancel, record, created } = setUp({ status: 'RUNNING', fails });
    await record(created);

    expect(await cancel()).toMatchObject({ end: 'refused', reason: { code: 'DCS.4133' } });
  });
});
