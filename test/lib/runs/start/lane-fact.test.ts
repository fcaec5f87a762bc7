import { CloudError } from '../../../../lib/kernel/errors.ts';
import type { PlannedTask } from '../../../../lib/migrations/action.ts';
import type { DcsTask } from '../../../../lib/ports/dcs.ts';
import { leaveLane } from '../../../../lib/runs/ledger/leave-lane.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import type { Origin } from '../../../../lib/runs/ledger/origin.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import type { ReceivedRecord, RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';
import type { RecordedDeps } from '../../../../lib/runs/run-deps.ts';
import { decide } from '../../../../lib/runs/start/decide.ts';
import { inspectLane, type LaneFact, laneEntry, laneOf, noteTurn } from '../../../../lib/runs/start/lane-fact.ts';
import { runOf } from '../../../../lib/runs/start/run.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { noServices } from '../../../fakes/no-services.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

const LANE = 'dcs-x';
const LIST = 'lanes/target/dcs-x/000001';
const reason = { code: 'c', message: 'm' };
const SETTLE_MS = 60_000;

const planned = (run: string, kind: PlannedTask['kind'] = 'backup_import'): PlannedTask => ({
  kind,
  name: `task-${run}`,
  target: 'x',
  body: {},
  warnings: [],
});
const policies = (overlap: ReceivedRecord['policies']['overlap'] = 'queue') => ({
  overlap,
  limit: { runs: 20, perMs: 3_600_000 },
  settleMs: SETTLE_MS,
  deadlineMs: 21_600_000,
});

/** Runs for one target; each look is that of an invocation of its own. */
function laneOfRuns() {
  const store = makeMemoryStore();
  let now = 1_000_000;
  let invocations = 0;
  /** What the service has, by name; `fails`: it cannot be asked. */
  const tasks: DcsTask[] = [];
  const service = { fails: false, isSlow: 0, asked: [] as string[] };
  const list = async (what: string) => {
    service.asked.push(what);
    now += service.isSlow;
    if (!service.fails) return tasks;
    throw new CloudError({ service: 'DCS', operation: 'ListMigrationTask', outcome: 'unknown', temporary: true });
  };
  const ledgerOf = (by = `i${++invocations}`, origin?: Origin) => makeLedger(store, by, () => now, origin);
  const depsOf = (more: Partial<RecordedDeps> = {}): RecordedDeps => ({
    ...fakeRun().deps,
    services: {
      ...noServices(),
      dcs: async () => ({ listMigrationTasks: (name: string) => list(name) }) as never,
      dcsFollow: async () => ({ listAllMigrationTasks: () => list('all') }) as never,
    },
    ledger: ledgerOf(),
    ...more,
  });
  const receive = async (
    run: string,
    order: number,
    given: Partial<ReceivedRecord> = {},
    origin?: Origin,
  ): Promise<ReceivedRecord> => {
    const ledger = ledgerOf(undefined, origin);
    const received: ReceivedRecord = {
      ...ledger.stamp(),
      type: 'received',
      v: 2,
      job: 'a',
      run,
      trigger: 'object',
      source: 'test',
      order,
      policies: policies(),
      planned: planned(run),
      ...given,
    };
    const log = await openRunLog(ledger, received.job, run);
    await log.append(received, { ...ledger.stamp(), type: 'claimed', until: now });
    return received;
  };
  let count = 0;
  const add = async (run: string, ...records: readonly object[]) => {
    const log = await openRunLog(ledgerOf(), 'a', run);
    for (const record of records) {
      count += 1;
      await log.append({ id: `x${count}`, at: now, by: 'x', ...record } as RunRecord);
    }
  };
  const look = (received: ReceivedRecord, deps = depsOf()) =>
    inspectLane(received, received.planned ?? planned(received.run), deps);
  /** Looks, and does with the lane what is decided then. */
  const take = async (received: ReceivedRecord, deps = depsOf()): Promise<LaneFact['is'] | 'lost'> => {
    const fact = await look(received, deps);
    const queue = await TargetLane.shared(deps.ledger, LANE);
    const entry = laneEntry(received, received.planned ?? planned(received.run), 2);
    if (fact.is === 'free') {
      const isHeld = await queue.enterAndHold(entry, { ended: fact.ended });
      if (isHeld) noteTurn(deps.ledger, received.run);
      return isHeld ? 'held' : 'lost';
    }
    if (fact.is === 'behind') {
      for (const { run, claim } of fact.ended) await queue.leave(run, claim);
      await queue.enter(entry);
    }
    return fact.is;
  };
  const runsIn = async () => (await TargetLane.open(ledgerOf(), LANE)).state.entries.map(({ run }) => run);
  const task = (run: string, status: string) => {
    tasks.push({ id: `t-${run}`, name: `task-${run}`, status, targetInstanceId: 'x' });
  };
  return {
    store,
    service,
    tasks,
    task,
    depsOf,
    ledgerOf,
    receive,
    add,
    look,
    take,
    runsIn,
    leave: (run: string) => leaveLane(ledgerOf(), LANE, { run, claim: 2 }),
    later: (ms: number) => {
      now += ms;
    },
  };
}

/** What a run has of its object, with this eTag. */
const ofVersion = (eTag: string): Partial<ReceivedRecord> => ({
  object: 'b/k',
  given: { kind: 'object', created: true, eventName: 'e', bucket: 'b', key: 'k', eTag, time: 'unused', warnings: [] },
});

const created = (run: string) => ({
  type: 'created',
  task: { kind: 'backup_import', id: `t-${run}`, name: `task-${run}` },
});

describe('laneOf', () => {
  it.each<[PlannedTask['kind'], string | undefined, string | undefined]>([
    ['backup_import', 'i-1', 'dcs-i-1'],
    ['online_migration', undefined, undefined],
    ['online_migration', 'i-1', 'dcs-i-1'],
    ['online_migration', 'E3D9400ACECB54D29170400B2B2B80E6', 'dcs-e3d9400a-cecb-54d2-9170-400b2b2b80e6'],
    ['backup_import', 'e3d9400a-cecb-54d2-9170-400b2b2b80e6', 'dcs-e3d9400a-cecb-54d2-9170-400b2b2b80e6'],
    ['server_migration', 's-1', 'sms-s-1'],
  ])('of %s with target %s is %s', (kind, target, lane) => {
    expect(laneOf({ kind, name: 'n', body: {}, warnings: [], ...(target ? { target } : {}) })).toBe(lane);
  });
});

describe('inspectLane', () => {
  it('asks nothing for a run that conflicts with no other', async () => {
    const { receive, look, service } = laneOfRuns();
    const { target: _none, ...alone } = planned('r1', 'online_migration');

    expect(await look(await receive('r1', 1, { planned: alone }))).toEqual({ is: 'none' });
    expect(service.asked).toEqual([]);
  });

  it('gives a free lane to any run, and to the same run again with a later claim', async () => {
    const { receive, look, take, service } = laneOfRuns();
    const r1 = await receive('r1', 1);

    expect(await take(r1)).toBe('held');
    expect(await look(r1)).toEqual({ is: 'free', ended: [] });
    expect(await take(r1)).toBe('held');
    expect(service.asked).toEqual([]);
  });

  it('queues everybody behind the holder, even who is earlier', async () => {
    const { receive, take, look } = laneOfRuns();
    await take(await receive('r2', 2));
    const r1 = await receive('r1', 1);

    const behind = { is: 'behind', blocker: { job: 'a', run: 'r2' }, isSteady: false, ended: [] };
    expect(await look(r1)).toEqual({ ...behind, isQueued: false });
    await take(r1);
    expect(await look(r1)).toEqual({ ...behind, isQueued: true });
  });

  it('makes a run wait until its turn, and names the run ahead', async () => {
    const { receive, look, ledgerOf } = laneOfRuns();
    await receive('r2', 2);
    const received = await receive('r1', 1);
    const lane = await TargetLane.open(ledgerOf(), LANE);
    await lane.enterAndHold(laneEntry({ ...received, run: 'r2', order: 2 }, planned('r2'), 2));
    const run = runOf(await openRunLog(ledgerOf(), 'a', 'r1'));

    const decision = decide(run, {
      now: 9_000_000,
      hasTime: true,
      by: 'i1',
      isTick: false,
      known: { pauses: [], lane: await look(received) },
    });

    expect(decision).toEqual({ do: 'claim' });
    expect(
      decide(run, {
        now: 9_000_000,
        hasTime: true,
        by: 'i2',
        isTick: false,
        known: { pauses: [], lane: await look(received) },
      }),
    ).toMatchObject({
      do: 'enter',
      next: {
        result: { outcome: 'waiting', reason: { code: 'queued', message: 'run r2 of job a has the turn on dcs-x' } },
      },
    });
  });

  it('gives a freed lane to the earliest run, whichever asks', async () => {
    const { receive, take, add, look, runsIn } = laneOfRuns();
    await take(await receive('r1', 1));
    const [r3, r2] = [await receive('r3', 3), await receive('r2', 2)];
    await take(r3);
    await take(r2);
    await add('r1', { type: 'settled' });

    expect(await look(r3)).toMatchObject({ is: 'behind', blocker: { run: 'r2' }, ended: [{ run: 'r1', claim: 2 }] });
    expect(await take(r3)).toBe('behind');
    expect(await take(r2)).toBe('held');
    expect(await runsIn()).toEqual(['r2', 'r3']);
  });

  it.each([
    ['settled', { type: 'settled' }],
    ['was refused', { type: 'rejected', reason }],
    ['was superseded', { type: 'superseded', reason }],
    ['was a dry run', { type: 'dry_run', reason }],
    ['was forgotten', { type: 'forgotten', reason }],
  ])('takes out a holder that %s and died before it left, with its last claim', async (_how, record) => {
    const { receive, look, take, add, runsIn } = laneOfRuns();
    await take(await receive('r1', 1));
    await add('r1', { type: 'claimed', until: 1 }, record);
    const r2 = await receive('r2', 2);

    expect(await look(r2)).toEqual({ is: 'free', ended: [{ run: 'r1', claim: 3 }] });
    expect(await take(r2)).toBe('held');
    expect(await runsIn()).toEqual(['r2']);
  });

  it.each([
    ['has its task', created('r1')],
    ['does not know of its task', { type: 'intent', until: 0 }],
    ['is paused', { type: 'waiting', reason: { code: 'paused', message: 'm' }, notBefore: 0 }],
    ['is parked', { type: 'parked', reason }],
  ])('leaves the lane to a holder that %s', async (_how, record) => {
    const { receive, take, add } = laneOfRuns();
    await take(await receive('r1', 1));
    await add('r1', record);

    expect(await take(await receive('r2', 2))).toBe('behind');
  });

  it.each(['paused', 'over_budget'])('passes an earlier run that waits because it is %s', async (code) => {
    const { receive, take, add, runsIn } = laneOfRuns();
    await take(await receive('r0', 0));
    const [r1, r2] = [await receive('r1', 1), await receive('r2', 2)];
    await take(r1);
    await add('r1', { type: 'waiting', reason: { code, message: 'm' }, notBefore: 0 });
    await add('r0', { type: 'settled' });

    expect(await take(r2)).toBe('held');
    expect(await runsIn()).toEqual(['r1', 'r2']);
  });

  it.each([['queued'], ['DCS.4026']])('passes no earlier run that waits because of %s', async (code) => {
    const { receive, look, take, add } = laneOfRuns();
    await take(await receive('r0', 0));
    await take(await receive('r1', 1));
    await add('r1', { type: 'waiting', reason: { code, message: 'm' }, notBefore: 0 });
    await add('r0', { type: 'settled' });

    expect(await look(await receive('r2', 2))).toMatchObject({ is: 'behind', blocker: { run: 'r1' } });
  });

  it('takes out those who ended while they waited ahead', async () => {
    const { receive, look, take, add } = laneOfRuns();
    await take(await receive('r0', 0));
    await take(await receive('r1', 1));
    await add('r1', { type: 'rejected', reason });
    await add('r0', { type: 'settled' });

    expect(await look(await receive('r2', 2))).toEqual({
      is: 'free',
      ended: [
        { run: 'r0', claim: 2 },
        { run: 'r1', claim: 2 },
      ],
    });
  });

  it('supersedes an older version of an object whose newer one had its turn, and no other object', async () => {
    const { receive, look, take, leave } = laneOfRuns();
    await take(await receive('r2', 2, { object: 'b/k' }));
    await leave('r2');

    expect(await look(await receive('r1', 1, { object: 'b/k' }))).toEqual({
      is: 'superseded',
      reason: { code: 'superseded', message: 'a newer version of this object already had its turn' },
    });
    expect(await take(await receive('r0', 0, { object: 'b/other' }))).toBe('held');
  });

  it('does not take a version for newer than itself, although its time may be given as earlier', async () => {
    const { receive, look, take, leave } = laneOfRuns();
    await take(await receive('r1', 9, ofVersion('x')));
    await leave('r1');
    await take(await receive('r2', 7, ofVersion('x')));
    await leave('r2');

    expect(await look(await receive('r3', 7, ofVersion('x')))).toEqual({ is: 'free', ended: [] });
    // What is older than the latest of its times stays outdated.
    expect(await look(await receive('r4', 8, ofVersion('y')))).toMatchObject({ is: 'superseded' });
    expect(await look(await receive('r5', 8, { object: 'b/k' }))).toMatchObject({ is: 'superseded' });
  });

  it('gives no other turn to a version once a newer one had its own', async () => {
    const { receive, look, take, leave } = laneOfRuns();
    for (const [run, order, version] of [['r1', 1, 'x'] as const, ['r2', 2, 'y'] as const]) {
      await take(await receive(run, order, ofVersion(version)));
      await leave(run);
    }

    expect(await look(await receive('r3', 1, ofVersion('x')))).toMatchObject({ is: 'superseded' });
  });

  it('goes by the time alone where earlier versions of the functions wrote an entry or a snapshot', async () => {
    const { receive, look, ledgerOf, leave } = laneOfRuns();
    const queue = await TargetLane.open(ledgerOf(), LANE);
    const { version: _unknown, ...entry } = laneEntry(await receive('r1', 9, ofVersion('x')), planned('r1'), 2);
    await queue.enterAndHold(entry);
    await leave('r1');
    const again = await receive('r2', 7, ofVersion('x'));

    expect(await look(again)).toMatchObject({ is: 'superseded' });
    expect(await look(await receive('r3', 9, ofVersion('y')))).toEqual({ is: 'free', ended: [] });

    const { landed } = (await TargetLane.open(ledgerOf(), LANE)).state;
    const { store } = ledgerOf();
    const snapshot = { id: 's', at: 1, by: 'old', type: 'snapshot', v: 2, entries: [], landed, left: {} };
    await store.append(LIST, (await store.read(LIST)).position, `${JSON.stringify(snapshot)}\n`);

    expect(await look(again)).toMatchObject({ is: 'superseded' });
    const { given: _absent, ...older } = again;
    expect(await look(older)).toMatchObject({ is: 'superseded' });
  });

  it('lets two versions of the same time both have their turn', async () => {
    const { receive, take, leave } = laneOfRuns();
    await take(await receive('r2', 2, { object: 'b/k' }));
    await leave('r2');

    expect(await take(await receive('r1', 2, { object: 'b/k' }))).toBe('held');
  });

  it('gives the lane to exactly one of many concurrent runs', async () => {
    const { receive, take } = laneOfRuns();
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => receive(`r${i}`, i)));

    const turns = await Promise.all(all.map((received) => take(received)));

    expect(turns.filter((turn) => turn === 'held')).toHaveLength(1);
  });

  it('is not held by a claim that was taken over', async () => {
    const { receive, ledgerOf, take } = laneOfRuns();
    const r1 = await receive('r1', 1);
    const claimed = async (claim: number) =>
      (await TargetLane.open(ledgerOf(), LANE)).enterAndHold(laneEntry(r1, planned('r1'), claim));

    expect(await claimed(7)).toBe(true);
    expect(await claimed(3)).toBe(false);
    expect(await take(await receive('r2', 2))).toBe('behind');
  });

  it('needs a new claim when the run left with this one', async () => {
    const { ledgerOf, receive, take } = laneOfRuns();
    const r1 = await receive('r1', 1);
    await leaveLane(ledgerOf(), LANE, { run: 'r1', claim: 2, fenced: true });

    expect(await take(r1)).toBe('lost');
  });

  it('knows of runs that this invocation gave their turn that they are not over', async () => {
    const { receive, look, take, depsOf, service } = laneOfRuns();
    const deps = depsOf();
    await take(await receive('r1', 1), deps);
    service.asked.length = 0;

    expect(await look(await receive('r2', 2), deps)).toMatchObject({ is: 'behind', blocker: { run: 'r1' } });
    expect(service.asked).toEqual([]);
  });
});

describe('overlap: latest', () => {
  const latest = { policies: policies('latest') };
  const superseded = {
    is: 'superseded',
    reason: { code: 'superseded', message: 'run r2 of this job is newer and waits for the same target' },
  };

  it('supersedes a run when a newer one of its job waits', async () => {
    const { receive, look, take } = laneOfRuns();
    await take(await receive('r0', 0));
    await take(await receive('r2', 2, latest));

    expect(await look(await receive('r1', 1, latest))).toEqual(superseded);
  });

  it('supersedes a run when the log of the newer one cannot be read: it may make a task', async () => {
    const { receive, look, take, store } = laneOfRuns();
    await take(await receive('r0', 0));
    await take(await receive('r2', 2, latest));
    await store.remove('runs/a/r2');

    expect(await look(await receive('r1', 1, latest))).toEqual(superseded);
  });

  it('keeps a run when the newer one is of another job', async () => {
    const { receive, look, take } = laneOfRuns();
    await take(await receive('r0', 0));
    await take(await receive('r2', 2, { ...latest, job: 'b' }));

    expect(await look(await receive('r1', 1, latest))).toMatchObject({ is: 'behind' });
  });

  it('keeps a run when the newer one is of a job of the same name of another stage', async () => {
    const { receive, look, take, depsOf, ledgerOf } = laneOfRuns();
    const [prod, dev] = ['prod', 'dev'].map((stage): Origin => ({ region: 'ap-southeast-3', stage }));
    await take(await receive('r0', 0, {}, prod));
    await take(await receive('r2', 2, latest, dev));
    const r1 = await receive('r1', 1, latest, prod);

    expect(await look(r1, depsOf({ ledger: ledgerOf('ours', prod as Origin) }))).toMatchObject({ is: 'behind' });
    expect(await look(r1, depsOf({ ledger: ledgerOf('theirs', dev as Origin) }))).toEqual(superseded);
  });

  it('never supersedes a request', async () => {
    const { receive, look, take } = laneOfRuns();
    await take(await receive('r0', 0));
    await take(await receive('r2', 2, latest));

    expect(await look(await receive('r1', 1, { ...latest, trigger: 'request' }))).toMatchObject({ is: 'behind' });
  });

  it.each(['rejected', 'forgotten', 'superseded'])(
    'a newer run that was %s and died in the lane supersedes nobody, and is taken out',
    async (type) => {
      const { receive, look, take, add, runsIn } = laneOfRuns();
      await take(await receive('r0', 0));
      await take(await receive('r2', 2, latest));
      await add('r2', { type, reason });
      const r1 = await receive('r1', 1, latest);

      expect(await look(r1)).toMatchObject({ is: 'behind', ended: [{ run: 'r2', claim: 2 }] });
      await take(r1);
      expect(await runsIn()).toEqual(['r0', 'r1']);
    },
  );

  it('two of the same time do not supersede each other', async () => {
    const { receive, look, take } = laneOfRuns();
    await take(await receive('r0', 0));
    const [r1, r2] = [await receive('r1', 1, latest), await receive('r2', 1, latest)];
    await take(r1);
    await take(r2);

    expect([await look(r1), await look(r2)]).toMatchObject([{ is: 'behind' }, { is: 'behind' }]);
  });
});

describe('the task of the holder', () => {
  it.each(['MIGRATING', 'RUNNING', 'CREATING', 'PONDERING'])('keeps the lane while it is %s', async (status) => {
    const { receive, look, take, task, service } = laneOfRuns();
    await take(await receive('r1', 1));
    task('r1', status);

    expect(await look(await receive('r2', 2))).toMatchObject({ is: 'behind', isSteady: false });
    expect(service.asked).toEqual(['task-r1']);
  });

  it.each(['SUCCESS', 'MIGRATION_SUCCESS'])(
    'that has ended as %s frees the lane, and its run gets its end',
    async (status) => {
      const { receive, look, take, task, add, ledgerOf } = laneOfRuns();
      await take(await receive('r1', 1));
      await add('r1', created('r1'));
      task('r1', status);

      expect(await look(await receive('r2', 2))).toEqual({ is: 'free', ended: [{ run: 'r1', claim: 2 }] });
      const { state } = await openRunLog(ledgerOf(), 'a', 'r1');
      expect(state).toMatchObject({ end: 'created', settled: true, status });
    },
  );

  it('that has ended well keeps the lane while the run does not know that it is its own', async () => {
    const { receive, look, take, task, add, ledgerOf } = laneOfRuns();
    await take(await receive('r1', 1));
    await add('r1', { type: 'intent', until: 0 });
    task('r1', 'SUCCESS');

    expect(await look(await receive('r2', 2))).toMatchObject({ is: 'behind' });
    expect((await openRunLog(ledgerOf(), 'a', 'r1')).state).not.toHaveProperty('settled');
  });

  it('that has ended well keeps the lane while its run is one of another stage: that one settles it', async () => {
    const { receive, look, take, task, depsOf, ledgerOf, add } = laneOfRuns();
    const [prod, dev] = ['prod', 'dev'].map((stage): Origin => ({ region: 'ap-southeast-3', stage }));
    await take(await receive('r1', 1, {}, dev));
    await add('r1', created('r1'));
    task('r1', 'SUCCESS');

    const ledger = ledgerOf('ours', prod as Origin);
    expect(await look(await receive('r2', 2, {}, prod), depsOf({ ledger }))).toMatchObject({ is: 'behind' });
  });

  it.each(['FAILED', 'TERMINATED'])(
    'that has ended as %s keeps the lane until its run has: more is to be done for it',
    async (status) => {
      const { receive, look, take, task, add } = laneOfRuns();
      await take(await receive('r1', 1));
      await add('r1', created('r1'));
      task('r1', status);
      const r2 = await receive('r2', 2);

      expect(await look(r2)).toMatchObject({ is: 'behind' });
      await add('r1', { type: 'settled', status });
      expect(await look(r2)).toMatchObject({ is: 'free' });
    },
  );

  it('that cannot be read proves nothing: the run’s log decides', async () => {
    const { receive, look, take, add, service } = laneOfRuns();
    await take(await receive('r1', 1));
    service.fails = true;
    const r2 = await receive('r2', 2);

    expect(await look(r2)).toMatchObject({ is: 'behind' });
    await add('r1', { type: 'settled' });
    expect(await look(r2)).toMatchObject({ is: 'free' });
  });

  it('is not asked for at a tick, where it is followed itself', async () => {
    const { receive, look, take, task, depsOf, add, service } = laneOfRuns();
    await take(await receive('r1', 1));
    await add('r1', created('r1'));
    task('r1', 'SUCCESS');
    service.asked.length = 0;

    expect(await look(await receive('r2', 2), depsOf({ isTick: true }))).toMatchObject({ is: 'behind' });
    expect(service.asked).toEqual([]);
  });

  it.each([
    ['as the service says now', 'INCRMIGRATING', []],
    ['as the service writes it on the wire', 'INCRMIGEATING', []],
    ['as the run’s log says, when the service has no such task', undefined, [{ type: 'steady' }]],
  ])('in its incremental phase has others wait aside, %s', async (_how, status, records) => {
    const { receive, look, take, task, add } = laneOfRuns();
    await take(await receive('r1', 1, { planned: planned('r1', 'online_migration') }));
    await add('r1', created('r1'), ...records);
    if (status) task('r1', status);
    const r2 = await receive('r2', 2);

    expect(await look(r2)).toEqual({
      is: 'behind',
      blocker: { job: 'a', run: 'r1' },
      isSteady: true,
      isQueued: false,
      ended: [],
    });
  });

  it('that has left its incremental phase has others queue again', async () => {
    const { receive, look, take, add, depsOf } = laneOfRuns();
    await take(await receive('r1', 1, { planned: planned('r1', 'online_migration') }));
    await add('r1', created('r1'), { type: 'steady' });
    const r2 = await receive('r2', 2);
    const tick = () => depsOf({ isTick: true });
    expect(await look(r2, tick())).toMatchObject({ isSteady: true });

    await add('r1', { type: 'left_steady' });

    expect(await look(r2, tick())).toMatchObject({ is: 'behind', isSteady: false });
  });
});

describe('a run whose log cannot be read', () => {
  const damage = async ({ store }: ReturnType<typeof laneOfRuns>, run: string) => {
    const { position } = await store.read(`runs/a/${run}`);
    await store.append(`runs/a/${run}`, position, '{"id":"half\n');
  };

  it('is passed over while it waits', async () => {
    const lane = laneOfRuns();
    const { receive, take, add } = lane;
    await take(await receive('r0', 0));
    const [r1, r2] = [await receive('r1', 1), await receive('r2', 2)];
    await take(r1);
    await damage(lane, 'r1');
    await add('r0', { type: 'settled' });

    expect(await take(r2)).toBe('held');
  });

  it('is passed over when nothing is left of it', async () => {
    const { receive, take, add, store } = laneOfRuns();
    await take(await receive('r0', 0));
    const [r1, r2] = [await receive('r1', 1), await receive('r2', 2)];
    await take(r1);
    await store.remove('runs/a/r1');
    await add('r0', { type: 'settled' });

    expect(await take(r2)).toBe('held');
  });

  it('keeps the lane as its holder until two listings show no unfinished task, settle_seconds apart whatever two clocks differ by', async () => {
    const lane = laneOfRuns();
    const { receive, take, later, task, tasks } = lane;
    await take(await receive('r1', 1));
    await damage(lane, 'r1');
    const r2 = await receive('r2', 2);
    task('other', 'MIGRATING');

    expect(await take(r2)).toBe('behind');
    tasks.length = 0;
    expect(await take(r2)).toBe('behind');
    later(SETTLE_MS + 120_000 - 1);
    expect(await take(r2)).toBe('behind');
    later(1);
    task('other', 'MIGRATING');
    expect(await take(r2)).toBe('behind');
    tasks.length = 0;
    expect(await take(r2)).toBe('held');
  });

  it('keeps the lane while its own task runs', async () => {
    const lane = laneOfRuns();
    const { receive, take, later, task } = lane;
    await take(await receive('r1', 1));
    await damage(lane, 'r1');
    task('r1', 'MIGRATING');
    const r2 = await receive('r2', 2);

    for (let i = 0; i < 3; i++) {
      expect(await take(r2)).toBe('behind');
      later(SETTLE_MS);
    }
  });

  it('counts a listing without an unfinished task from its beginning', async () => {
    const lane = laneOfRuns();
    const { receive, take, later, service, store } = lane;
    await take(await receive('r1', 1));
    await damage(lane, 'r1');
    const r2 = await receive('r2', 2);
    expect(await take(r2)).toBe('behind');
    later(SETTLE_MS - 1 - 30_000);
    // Each listing takes long: the one for the task of the holder, and the one for all tasks.
    service.isSlow = 30_000;

    expect(await take(r2)).toBe('behind');
    expect((await store.read(LIST)).text.match(/"type":"idle"/g)).toHaveLength(1);
  });

  it('keeps the lane when the tasks cannot be listed', async () => {
    const lane = laneOfRuns();
    const { receive, take, later, service } = lane;
    await take(await receive('r1', 1));
    await damage(lane, 'r1');
    const r2 = await receive('r2', 2);
    service.fails = true;

    expect(await take(r2)).toBe('behind');
    later(SETTLE_MS);
    expect(await take(r2)).toBe('behind');
  });
});
