import { CloudError } from '../../../../lib/kernel/errors.ts';
import type { PlannedTask } from '../../../../lib/migrations/action.ts';
import { DEFAULT_TASK_POLICIES } from '../../../../lib/migrations/task-policies.ts';
import type { AllServices } from '../../../../lib/ports/services.ts';
import { DetailBudget } from '../../../../lib/runs/follow/detail-budget.ts';
import { followRun } from '../../../../lib/runs/follow/follow-run.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { foldRun } from '../../../../lib/runs/ledger/run-state.ts';
import { TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

const START = 1_000_000_000;
const MINUTE = 60_000;
const SETTLE_MS = 60_000;
const TASK = { kind: 'online_migration', id: 't-1', name: 'move-1' } as const;
const ONLINE: PlannedTask = {
  kind: 'online_migration',
  name: 'move-1',
  target: 'x',
  body: {},
  warnings: [],
  configure: { migration_method: 'incremental_migration' },
  policies: { ...DEFAULT_TASK_POLICIES, stopWhen: { offset: 10, forMs: 5 * MINUTE } },
};

type FollowService = Awaited<ReturnType<AllServices['dcsFollow']>>;

/** A run whose task is there, with these records after that; the test gives what the service says of the task. */
async function taskWith(...records: readonly object[]) {
  let now = START;
  let status: string | undefined;
  let offset = 0;
  const sent: string[] = [];
  /** What the service refuses. */
  const fails = new Set<'configure' | 'stats'>();
  const refused = (operation: string) =>
    new CloudError({
      service: 'DCS',
      operation,
      outcome: 'rejected',
      temporary: false,
      cloudCode: 'DCS.4001' as never,
    });
  const dcsFollow = {
    setOnlineMigrationTask: async () => {
      sent.push('configure');
      if (fails.has('configure')) throw refused('SetOnlineMigrationTask');
    },
    stopTask: async () => void sent.push('stop'),
    deleteTask: async () => void sent.push('release'),
    showStats: async () => {
      if (fails.has('stats')) throw refused('ShowMigrationStats');
      return { offset };
    },
    listErrorLogs: async () => [],
  };
  const { deps: fake } = fakeRun();
  const store = makeMemoryStore();
  const ledger = makeLedger(store, 'tick', () => now);
  const other = makeLedger(store, 'other', () => now);
  const policies = { overlap: 'queue', limit: { runs: 20, perMs: 1 }, settleMs: SETTLE_MS, deadlineMs: MINUTE };
  const received = { type: 'received', v: 2, job: 'a', run: 'r', trigger: 'tick', source: 's', order: 1, policies };
  const add = async (...given: readonly object[]) => {
    const log = await openRunLog(other, 'a', 'r');
    await log.append(...given.map((one) => ({ ...other.stamp(), ...one }) as unknown as RunRecord));
  };
  await add({ ...received, planned: ONLINE }, { type: 'created', task: TASK }, ...records);
  const types = async () =>
    (await openRunLog(ledger, 'a', 'r')).records.slice(2 + records.length).map(({ type }) => type);
  return {
    sent,
    fails,
    add,
    types,
    lane: () => TargetLane.open(other, 'dcs-x'),
    state: async () => foldRun((await openRunLog(ledger, 'a', 'r')).records),
    /** A tick that finds the task so; `absent` when the list does not have it. `between`: somebody writes after the look. */
    tick: async (seen: string, { atOffset = 0, looks = 1, between = async () => {} } = {}) => {
      status = seen === 'absent' ? undefined : seen;
      offset = atOffset;
      const log = await openRunLog(ledger, 'a', 'r');
      const details = new DetailBudget(1, now, 300_000);
      if (looks === 0) while (details.take('failed')) {}
      const find = async () => {
        await between();
        return status === undefined ? ('absent' as const) : { id: 't-1', status, at: now };
      };
      return followRun(log, {
        ...fake,
        services: { ...fake.services, dcsFollow: async () => dcsFollow as unknown as FollowService },
        ledger,
        snapshot: { find },
        details,
        isTurn: looks > 0,
      });
    },
    later: (ms: number) => {
      now += ms;
    },
  };
}

describe('a task that a listing does not have', () => {
  it('is gone when a second one, settle_seconds later whatever two clocks differ by, does not have it either', async () => {
    const { tick, later, state } = await taskWith();

    expect(await tick('absent')).toBeUndefined();
    later(SETTLE_MS + 2 * MINUTE - 1);
    expect(await tick('absent')).toBeUndefined();
    expect(await state()).not.toHaveProperty('settled');
    later(1);
    expect(await tick('absent')).toMatchObject({ task: { status: 'gone' }, reason: { code: 'task_gone' } });
    expect(await state()).toMatchObject({ settled: true, status: 'gone' });
  });

  it('is not gone when a listing in between has it', async () => {
    const { tick, later, state } = await taskWith();

    await tick('absent');
    later(SETTLE_MS + 2 * MINUTE);
    await tick('FULLMIGRATING');
    later(SETTLE_MS + 2 * MINUTE);
    expect(await tick('absent')).toBeUndefined();
    expect(await state()).not.toHaveProperty('settled');
  });

  it('is not gone when somebody else finds it at that moment', async () => {
    const { tick, later, state, add } = await taskWith();
    await tick('absent');
    later(SETTLE_MS + 2 * MINUTE);

    const end = await tick('absent', { between: () => add({ type: 'adopted', task: TASK }) });

    expect(end).toBeUndefined();
    expect(await state()).not.toHaveProperty('settled');
  });

  it('counts as released when its release was sent, and not after one listing', async () => {
    const release = { type: 'call', call: 'release', until: START };
    const { tick, later, state } = await taskWith(release);

    expect(await tick('absent')).toBeUndefined();
    expect(await state()).not.toHaveProperty('settled');
    later(SETTLE_MS + 2 * MINUTE);
    expect(await tick('absent')).toMatchObject({ task: { status: 'released' } });
  });
});

describe('a task that has not finished by its deadline', () => {
  it('is said to be stuck once', async () => {
    const { tick, later, types } = await taskWith();

    later(6 * 60 * MINUTE);
    await tick('FULLMIGRATING');
    await tick('FULLMIGRATING');

    expect((await types()).filter((type) => type === 'stuck')).toHaveLength(1);
  });
});

describe('a run that somebody else writes to during a pass', () => {
  it('is left to the next tick', async () => {
    const { tick, later, types, add } = await taskWith();
    later(6 * 60 * MINUTE);

    await tick('FULLMIGRATING', { between: () => add({ type: 'claimed', until: 1 }) });
    expect(await types()).toEqual(['claimed']);
    await tick('FULLMIGRATING');
    expect(await types()).toEqual(['claimed', 'stuck', 'called']);
  });
});

describe('progress that cannot be read', () => {
  it('does not matter', async () => {
    const { tick, types, fails } = await taskWith({ type: 'steady' });
    fails.add('stats');

    expect(await tick('INCRMIGEATING')).toBeUndefined();
    expect(await types()).not.toContain('offset_reached');
  });
});

describe('a task that failed', () => {
  it('leaves its target to others at once, and says why when there is a look left', async () => {
    const { tick, lane, state } = await taskWith();
    const given = { job: 'a', run: 'r', order: 1, kind: 'online_migration', task: 'move-1', claim: 0 } as const;
    await (await lane()).enterAndHold(given);

    expect(await tick('FAILED', { looks: 0 })).toBeUndefined();

    expect((await lane()).state.entries).toEqual([]);
    expect(await state()).not.toHaveProperty('settled');
    expect(await tick('FAILED')).toMatchObject({ reason: { code: 'task_failed' } });
  });
});

describe('a task that waits to be configured', () => {
  it('is configured, once', async () => {
    const { tick, sent } = await taskWith();

    await tick('RUNNING');
    await tick('RUNNING');

    expect(sent).toEqual(['configure']);
  });

  it.each([
    ['was done', [{ type: 'called', call: 'cancel' }]],
    ['may have been done', []],
  ])('is not configured when its stop %s', async (_what, records) => {
    const { tick, sent } = await taskWith({ type: 'call', call: 'cancel', until: START }, ...records);

    await tick('RUNNING');

    expect(sent).toEqual([]);
  });

  it('is configured when its stop was refused', async () => {
    const refused = { type: 'call_refused', call: 'cancel', reason: { code: 'x', message: 'no' } };
    const { tick, sent } = await taskWith({ type: 'call', call: 'cancel', until: START }, refused);

    await tick('RUNNING');

    expect(sent).toEqual(['configure']);
  });
});

describe('a task whose configuration is refused', () => {
  const refused = { type: 'call_refused', reason: { code: 'x', message: 'no' } };

  it('is given up at the first refusal, whatever other calls there were', async () => {
    const cancel = { type: 'call', call: 'cancel', until: START };
    const { tick, fails, sent } = await taskWith(cancel, { ...refused, call: 'cancel' });
    fails.add('configure');

    expect(await tick('RUNNING')).toMatchObject({ task: { status: 'RUNNING' }, reason: { code: 'DCS.4001' } });
    expect(sent).toEqual(['configure']);
  });

  it('at a later try is given up when it still waits at the next tick', async () => {
    const call = { type: 'call', call: 'configure', until: START };
    const { tick, sent } = await taskWith(call, call, { ...refused, call: 'configure' });

    expect(await tick('RUNNING')).toMatchObject({ reason: { code: 'x' } });
    expect(sent).toEqual([]);
  });
});

describe('an incremental migration', () => {
  const configured = [
    { type: 'call', call: 'configure', until: START },
    { type: 'called', call: 'configure' },
  ];

  it('is stopped when source and target differed little enough for long enough', async () => {
    const { tick, later, sent } = await taskWith(...configured);

    await tick('INCRMIGEATING', { atOffset: 10 });
    later(5 * MINUTE - 1);
    await tick('INCRMIGEATING', { atOffset: 0 });
    expect(sent).toEqual([]);
    later(1);
    await tick('INCRMIGEATING', { atOffset: 10 });
    expect(sent).toEqual(['stop']);
  });

  it.each([
    ['they differed more', 'INCRMIGEATING', 11],
    ['it copied all again', 'FULLMIGRATING', 0],
  ])('is not stopped when %s in between', async (_what, status, atOffset) => {
    const { tick, later, sent } = await taskWith(...configured);

    await tick('INCRMIGEATING', { atOffset: 0 });
    later(3 * MINUTE);
    await tick(status, { atOffset });
    later(3 * MINUTE);
    await tick('INCRMIGEATING', { atOffset: 0 });
    later(4 * MINUTE);
    await tick('INCRMIGEATING', { atOffset: 0 });

    expect(sent).toEqual([]);
  });
});
