import type { PlannedTask } from '../../../../lib/migrations/action.ts';
import { isInLane, leaveLane } from '../../../../lib/runs/ledger/leave-lane.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import type { ReceivedRecord, RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { laneOf } from '../../../../lib/runs/start/lane-fact.ts';
import { takeTurn } from '../../../../lib/runs/start/lane-turn.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const LANE = 'dcs-x';
const reason = { code: 'c', message: 'm' };

function laneOfRuns() {
  const store = makeMemoryStore();
  let now = 1;
  const ledger = makeLedger(store, 'one', () => now);
  let count = 0;
  const receive = async (run: string, order: number, given: Partial<ReceivedRecord> = {}): Promise<ReceivedRecord> => {
    const received: ReceivedRecord = {
      ...ledger.stamp(),
      type: 'received',
      v: 1,
      job: 'a',
      run,
      trigger: 'object',
      source: 'test',
      order,
      policies: { overlap: 'queue', limit: { runs: 20, perMs: 1 }, settleMs: 1, deadlineMs: 1 },
      ...given,
    };
    await (await openRunLog(ledger, received.job, run)).append(received);
    return received;
  };
  const add = async (run: string, record: object) => {
    count += 1;
    const stamped = { id: `x${count}`, at: 1, by: 'x', ...record } as RunRecord;
    await (await openRunLog(ledger, 'a', run)).append(stamped);
  };
  const overlap = (value: 'latest' | 'reject') => ({
    policies: { overlap: value, limit: { runs: 20, perMs: 1 }, settleMs: 1, deadlineMs: 1 },
  });
  return {
    ledger,
    receive,
    add,
    overlap,
    take: (received: ReceivedRecord, isIdle = false) =>
      takeTurn(ledger, LANE, {
        received,
        claim: async () => 1,
        endIfOver: async () => false,
        isIdle: async () => isIdle,
      }),
    leave: (run: string) => leaveLane(ledger, LANE, { run, claim: 1 }),
    store,
    later: (ms: number) => {
      now += ms;
    },
  };
}

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

describe('takeTurn', () => {
  it('gives a free lane to whoever comes, and to them again', async () => {
    const { receive, take } = laneOfRuns();
    const r1 = await receive('r1', 1);

    expect([await take(r1), await take(r1)]).toEqual([{ turn: 'held' }, { turn: 'held' }]);
  });

  it('queues everybody behind the holder, even who is earlier', async () => {
    const { receive, take } = laneOfRuns();
    await take(await receive('r2', 2));

    expect(await take(await receive('r1', 1))).toMatchObject({
      turn: 'queued',
      reason: { code: 'queued', message: 'run r2 of job a has the turn on dcs-x' },
    });
  });

  it('gives a lane that became free to the earliest, whoever asks', async () => {
    const { receive, take, add, ledger } = laneOfRuns();
    await take(await receive('r1', 1));
    const [r3, r2] = [await receive('r3', 3), await receive('r2', 2)];
    await take(r3);
    await take(r2);
    await add('r1', { type: 'settled' });

    expect(await take(r3)).toMatchObject({ turn: 'queued' });
    expect(await take(r2)).toEqual({ turn: 'held' });
    expect(await isInLane(ledger, LANE, 'r1')).toBe(false);
  });

  it.each([
    ['settled', { type: 'settled' }],
    ['was refused', { type: 'rejected', reason }],
    ['was superseded', { type: 'superseded', reason }],
  ])('takes out a holder that %s and died before it left', async (_how, record) => {
    const { receive, take, add } = laneOfRuns();
    await take(await receive('r1', 1));
    await add('r1', record);

    expect(await take(await receive('r2', 2))).toEqual({ turn: 'held' });
  });

  it.each([
    ['has its task running', { type: 'created', task: { kind: 'backup_import', id: 't', name: 'n' } }],
    ['does not know of its task', { type: 'intent', until: 0 }],
    ['is paused', { type: 'waiting', reason: { code: 'paused', message: 'm' }, notBefore: 0 }],
  ])('leaves the lane to a holder that %s', async (_how, record) => {
    const { receive, take, add } = laneOfRuns();
    await take(await receive('r1', 1));
    await add('r1', record);

    expect(await take(await receive('r2', 2))).toMatchObject({ turn: 'queued' });
  });

  it('has a run wait aside while its holder is an online migration in its incremental phase', async () => {
    const { receive, take, add, ledger } = laneOfRuns();
    await take(await receive('r1', 1));
    await add('r1', { type: 'created', task: { kind: 'online_migration', id: 't', name: 'n' } });
    await add('r1', { type: 'steady' });
    const r2 = await receive('r2', 2);

    expect(await take(r2)).toEqual({
      turn: 'aside',
      reason: {
        code: 'target_in_online_migration',
        message: 'run r1 of job a has the turn on dcs-x: an online migration that goes on until somebody stops it',
      },
    });
    expect(await isInLane(ledger, LANE, 'r2')).toBe(false);

    await add('r1', { type: 'left_steady' });
    expect(await take(r2)).toMatchObject({ turn: 'queued' });
  });

  it.each(['paused', 'over_budget'])('passes an earlier run that waits because it is %s', async (code) => {
    const { receive, take, add, ledger } = laneOfRuns();
    await take(await receive('r0', 0));
    const [r1, r2] = [await receive('r1', 1), await receive('r2', 2)];
    await take(r1);
    await add('r1', { type: 'waiting', reason: { code, message: 'm' }, notBefore: 0 });
    await add('r0', { type: 'settled' });

    expect(await take(r2)).toEqual({ turn: 'held' });
    expect(await isInLane(ledger, LANE, 'r1')).toBe(true);
  });

  it('supersedes an older version of an object whose newer one had its turn, and no other object', async () => {
    const { receive, take, leave } = laneOfRuns();
    await take(await receive('r2', 2, { object: 'b/k' }));
    await leave('r2');

    expect(await take(await receive('r1', 1, { object: 'b/k' }))).toMatchObject({ turn: 'superseded' });
    expect(await take(await receive('r0', 0, { object: 'b/other' }))).toEqual({ turn: 'held' });
  });

  it('lets two versions of the same time both have their turn', async () => {
    const { receive, take, leave } = laneOfRuns();
    await take(await receive('r2', 2, { object: 'b/k' }));
    await leave('r2');

    expect(await take(await receive('r1', 2, { object: 'b/k' }))).toEqual({ turn: 'held' });
  });

  it('latest: supersedes a run when a newer one of its job waits', async () => {
    const { receive, take, overlap } = laneOfRuns();
    await take(await receive('r0', 0));
    await take(await receive('r2', 2, overlap('latest')));

    expect(await take(await receive('r1', 1, overlap('latest')))).toMatchObject({
      turn: 'superseded',
      reason: { code: 'superseded' },
    });
  });

  it('latest: keeps a run when the newer one is of another job', async () => {
    const { receive, take, overlap } = laneOfRuns();
    await take(await receive('r0', 0));
    await take(await receive('r2', 2, { job: 'b' }));

    expect(await take(await receive('r1', 1, overlap('latest')))).toMatchObject({ turn: 'queued' });
  });

  it('latest: never supersedes a request', async () => {
    const { receive, take, overlap } = laneOfRuns();
    await take(await receive('r0', 0));
    await take(await receive('r2', 2, overlap('latest')));

    expect(await take(await receive('r1', 1, { ...overlap('latest'), trigger: 'request' }))).toMatchObject({
      turn: 'queued',
    });
  });

  it('latest: a newer run that was refused and died in the lane supersedes nobody', async () => {
    const { receive, take, add, overlap, ledger } = laneOfRuns();
    await take(await receive('r0', 0));
    await take(await receive('r2', 2, overlap('latest')));
    await add('r2', { type: 'rejected', reason });

    expect(await take(await receive('r1', 1, overlap('latest')))).toMatchObject({ turn: 'queued' });
    expect(await isInLane(ledger, LANE, 'r2')).toBe(false);
  });

  it('reject: refuses a run while another has the lane, and takes it when it is free', async () => {
    const { receive, take, add, overlap } = laneOfRuns();
    await take(await receive('r0', 0));

    expect(await take(await receive('r1', 1, overlap('reject')))).toMatchObject({
      turn: 'rejected',
      reason: { code: 'target_busy' },
    });
    await add('r0', { type: 'settled' });
    await add('r1', { type: 'rejected', reason });
    expect(await take(await receive('r2', 2, overlap('reject')))).toEqual({ turn: 'held' });
  });

  it('latest: two of the same time do not supersede each other', async () => {
    const { receive, take, overlap } = laneOfRuns();
    await take(await receive('r0', 0));
    const [r1, r2] = [await receive('r1', 1, overlap('latest')), await receive('r2', 1, overlap('latest'))];
    await take(r1);
    await take(r2);

    expect([await take(r1), await take(r2)]).toMatchObject([{ turn: 'queued' }, { turn: 'queued' }]);
  });

  it('does not join behind a run that has the turn before the run is claimed', async () => {
    const { receive, take, ledger } = laneOfRuns();
    await take(await receive('r0', 0));
    const received = await receive('r1', 1);

    const turn = await takeTurn(ledger, LANE, {
      received,
      claim: async () => undefined,
      endIfOver: async () => false,
      isIdle: async () => false,
    });

    expect(turn).toEqual({ turn: 'run_changed' });
    expect(await isInLane(ledger, LANE, 'r1')).toBe(false);
  });

  it('is not held by a claim that was taken over', async () => {
    const { receive, take, ledger } = laneOfRuns();
    const r1 = await receive('r1', 1);
    const claimed = (claim: number) =>
      takeTurn(ledger, LANE, {
        received: r1,
        claim: async () => claim,
        endIfOver: async () => false,
        isIdle: async () => false,
      });

    expect(await claimed(7)).toEqual({ turn: 'held' });
    expect(await claimed(3)).toEqual({ turn: 'claim_lost' });
    expect(await take(await receive('r2', 2))).toMatchObject({ turn: 'queued' });
  });

  describe('with a run whose log cannot be read', () => {
    const damage = async ({ store }: ReturnType<typeof laneOfRuns>, run: string) => {
      const { position } = await store.read(`runs/a/${run}`);
      await store.append(`runs/a/${run}`, position, '{"id":"half\n');
    };

    it('passes it over while it waits', async () => {
      const lane = laneOfRuns();
      const { receive, take, add } = lane;
      await take(await receive('r0', 0));
      const [r1, r2] = [await receive('r1', 1), await receive('r2', 2)];
      await take(r1);
      await damage(lane, 'r1');
      await add('r0', { type: 'settled' });

      expect(await take(r2)).toEqual({ turn: 'held' });
    });

    it('passes over one of which nothing is left', async () => {
      const lane = laneOfRuns();
      const { receive, take, add, store } = lane;
      await take(await receive('r0', 0));
      const [r1, r2] = [await receive('r1', 1), await receive('r2', 2)];
      await take(r1);
      await store.remove('runs/a/r1');
      await add('r0', { type: 'settled' });

      expect(await take(r2)).toEqual({ turn: 'held' });
    });

    it('leaves the lane to it as the holder until two listings show no unfinished task, settle_seconds apart', async () => {
      const lane = laneOfRuns();
      const { receive, take, later } = lane;
      const settleMs = 60_000;
      const policies = { overlap: 'queue', limit: { runs: 20, perMs: 1 }, settleMs, deadlineMs: 1 } as const;
      await take(await receive('r1', 1));
      await damage(lane, 'r1');
      const r2 = await receive('r2', 2, { policies });

      expect(await take(r2, false)).toMatchObject({ turn: 'queued' });
      expect(await take(r2, true)).toMatchObject({ turn: 'queued' });
      later(settleMs - 1);
      expect(await take(r2, true)).toMatchObject({ turn: 'queued' });
      later(1);
      expect(await take(r2, false)).toMatchObject({ turn: 'queued' });
      expect(await take(r2, true)).toEqual({ turn: 'held' });
    });
  });

  it('needs a new claim when the run left with this one', async () => {
    const { ledger, receive, take } = laneOfRuns();
    const r1 = await receive('r1', 1);
    await leaveLane(ledger, LANE, { run: 'r1', claim: 1, fenced: true });

    expect(await take(r1)).toEqual({ turn: 'claim_lost' });
  });

  it('counts a listing without an unfinished task from its beginning', async () => {
    const { ledger, receive, take, store, later } = laneOfRuns();
    const policies = { overlap: 'queue', limit: { runs: 20, perMs: 1 }, settleMs: 60_000, deadlineMs: 1 } as const;
    await take(await receive('r1', 1));
    await store.append('runs/a/r1', (await store.read('runs/a/r1')).position, '{"id":"half\n');
    const r2 = await receive('r2', 2, { policies });
    await take(r2, true);
    later(59_999);
    const isIdle = async () => {
      later(30_000);
      return true;
    };

    const turn = await takeTurn(ledger, LANE, {
      received: r2,
      claim: async () => 1,
      endIfOver: async () => false,
      isIdle,
    });

    expect(turn).toMatchObject({ turn: 'queued' });
  });

  it('gives the lane to exactly one of many that ask at once', async () => {
    const { receive, take } = laneOfRuns();
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => receive(`r${i}`, i)));

    const turns = await Promise.all(all.map((received) => take(received)));

    expect(turns.filter(({ turn }) => turn === 'held')).toHaveLength(1);
  });
});
