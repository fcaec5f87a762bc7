import type { PlannedTask } from '../../../../lib/migrations/action.ts';
import { ACTIONS } from '../../../../lib/migrations/actions.ts';
import { DEFAULT_TASK_POLICIES, type TaskPolicies } from '../../../../lib/migrations/task-policies.ts';
import {
  decideFollow,
  type FollowDecision,
  type Followed,
  type FollowFacts,
} from '../../../../lib/runs/follow/decide-follow.ts';
import type { RunState } from '../../../../lib/runs/ledger/run-state.ts';
import type { RunReason } from '../../../../lib/runs/report/run-result.ts';

const NOW = 1_773_489_600_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SETTLE_MS = MINUTE;
/** After that an absence counts: two clocks differ by two minutes at most. */
const GONE_MS = SETTLE_MS + 2 * MINUTE;
const REFUSED: RunReason = { code: 'DCS.4001', message: 'the source does not answer' };
const SLOW: RunReason = { code: 'SlowDown', message: 'slow down' };
const OFFSET: TaskPolicies['stopWhen'] = { offset: 10, forMs: 5 * MINUTE };

const ONLINE: PlannedTask = {
  kind: 'online_migration',
  name: 'move-1',
  target: 'x',
  body: {},
  warnings: [],
  configure: { migration_method: 'incremental_migration' },
};
const SERVER: PlannedTask = { kind: 'server_migration', name: 'server-1', target: 's', body: {}, warnings: [] };
const IMPORT: PlannedTask = { kind: 'backup_import', name: 'import-1', target: 'i-1', body: {}, warnings: [] };

function withPolicies(planned: PlannedTask, policies: Partial<TaskPolicies>): PlannedTask {
  return { ...planned, policies: { ...DEFAULT_TASK_POLICIES, ...policies } };
}

/** A run of this plan; its task `t-1` was created just now. */
function followed(planned: PlannedTask, state: Partial<RunState> = {}): Followed {
  const task = { kind: planned.kind, id: 't-1', name: planned.name };
  const action = ACTIONS[planned.kind];
  return {
    state: { lastClaim: 2, end: 'created', createdAt: NOW, ...state },
    planned,
    task,
    action,
    settleMs: SETTLE_MS,
  };
}

type Others = Partial<Omit<FollowFacts, 'row'>>;

/** What is decided when the service says that the task is in this state. */
function decided(planned: PlannedTask, status: string, state: Partial<RunState> = {}, facts: Others = {}) {
  const row = status === 'absent' || status === 'unreadable' ? status : ({ id: 't-1', status, at: NOW } as const);
  return decideFollow(followed(planned, state), { now: NOW, calls: {}, ...facts, row });
}

/** Everything was looked at; what remains is the end of the pass. */
const LOOKED: Others = { progress: 'none', why: { reason: undefined } };
const END: FollowDecision = { do: 'end' };
const recorded = (...records: readonly object[]) => ({ do: 'record', records });
const refusedCall = (tries: number, wasRefused: boolean) =>
  ({ end: { end: 'refused', reason: REFUSED }, tries, wasRefused }) as const;
const pendingCall = { end: { end: 'pending', reason: SLOW, notBefore: NOW + 1 }, tries: 1, wasRefused: false } as const;
const doneCall = { end: { end: 'done' }, tries: 1, wasRefused: false } as const;
const taskOf = ({ kind, name }: PlannedTask, status: string) => ({ kind, id: 't-1', name, status });
const settled = (planned: PlannedTask, status: string, reason?: RunReason) => {
  const why = reason ? { reason } : {};
  return { do: 'settle', status, ...why, result: { outcome: 'existing', task: taskOf(planned, status), ...why } };
};
const CALLED = { until: NOW, done: true } as const;
const IS_CONFIGURED = { calls: { configure: CALLED } } as const;

describe('a task whose list cannot be read', () => {
  it.each([{}, { absentAt: NOW - HOUR }, { steady: true }] as const)('is left to the next tick: %j', (state) => {
    expect(decided(ONLINE, 'unreadable', state, LOOKED)).toStrictEqual(END);
  });
});

describe('a task that the list does not have', () => {
  const gone: RunReason = {
    code: 'task_gone',
    message: 'task move-1 (t-1) no longer exists; somebody deleted it',
  };

  it('is noted as absent, and is gone when it is absent settle_seconds and the difference of two clocks later', () => {
    expect(decided(ONLINE, 'absent')).toStrictEqual(recorded({ type: 'absent' }));
    expect(decided(ONLINE, 'absent', { absentAt: NOW - GONE_MS + 1 })).toStrictEqual(END);
    expect(decided(ONLINE, 'absent', { absentAt: NOW - GONE_MS })).toStrictEqual({
      ...settled(ONLINE, 'gone', gone),
      isGone: true,
      logLine: { message: 'the task is gone', fields: { reason: gone } },
    });
  });

  it('counts as released when its release was sent: after the refusal of its configuration, or after it failed', () => {
    const absentAt = NOW - GONE_MS;
    const refusal = { ...REFUSED, message: 'the source does not answer; its task was released' };
    const failure: RunReason = { code: 'task_failed', message: 'the task failed; its task was released' };
    const logLine = (reason: RunReason) => ({
      message: 'the task was created and cannot be used',
      fields: { reason, onFailure: 'release' },
    });
    const release = { until: NOW };

    expect(
      decided(ONLINE, 'absent', { absentAt, calls: { release, configure: { until: NOW, refused: REFUSED } } }),
    ).toStrictEqual({ ...settled(ONLINE, 'released', refusal), logLine: logLine(refusal) });
    for (const calls of [{ release }, { release, configure: CALLED }]) {
      expect(decided(ONLINE, 'absent', { absentAt, calls })).toStrictEqual({
        ...settled(ONLINE, 'released', failure),
        logLine: logLine(failure),
      });
    }
  });

  it('is found again when a later list has it, whatever its state is', () => {
    for (const status of ['RUNNING', 'FULLMIGRATING', 'SUCCESS', 'FAILED', 'ODD']) {
      expect(decided(ONLINE, status, { absentAt: NOW - HOUR }, LOOKED)).toStrictEqual(
        recorded({ type: 'adopted', task: taskOf(ONLINE, status) }),
      );
    }
  });
});

describe('a task that is over', () => {
  it('settles its run, with the reason where it was stopped by somebody', () => {
    const stopped: RunReason = {
      code: 'task_stopped',
      message: 'the task ended as TERMINATED; somebody stopped it, or the service did',
    };

    expect(decided(IMPORT, 'SUCCESS')).toStrictEqual(settled(IMPORT, 'SUCCESS'));
    expect(decided(IMPORT, 'SUCCESS', { calls: { cancel: CALLED } })).toStrictEqual(settled(IMPORT, 'SUCCESS'));
    expect(decided(IMPORT, 'TERMINATED')).toStrictEqual(settled(IMPORT, 'TERMINATED', stopped));
    expect(decided(IMPORT, 'TERMINATED', { calls: { cancel: CALLED } })).toStrictEqual(
      settled(IMPORT, 'TERMINATED', { code: 'cancelled', message: 'cancelled on request' }),
    );
    expect(decided(ONLINE, 'TERMINATED', { calls: { stop: CALLED } })).toStrictEqual(settled(ONLINE, 'TERMINATED'));
  });

  it('is never stuck, and nothing is sent for it', () => {
    expect(decided(ONLINE, 'SUCCESS', { createdAt: NOW - 9 * HOUR, steady: true })).toStrictEqual(
      settled(ONLINE, 'SUCCESS'),
    );
  });

  it('and failed is asked why, as far as there are looks left', () => {
    expect(decided(IMPORT, 'FAILED')).toStrictEqual({ do: 'learn', fact: 'why', isUrgent: true });
    expect(decided(IMPORT, 'FAILED', {}, { why: 'later' })).toStrictEqual({ do: 'leave' });
  });

  it.each([
    ['no room', 'the task ended as FAILED: no room'],
    [undefined, 'the task ended as FAILED, and the service does not say why'],
  ])('and failed settles its run with what the service says: %s', (said, message) => {
    const reason: RunReason = { code: 'task_failed', message };

    expect(decided(IMPORT, 'FAILED', {}, { why: { reason: said } })).toStrictEqual({
      ...settled(IMPORT, 'FAILED', reason),
      logLine: { message: 'the task failed', fields: { reason } },
    });
    expect(decided(SERVER, 'MIGRATE_FAIL', {}, { why: { reason: 'no room' } })).toMatchObject({
      do: 'settle',
      status: 'MIGRATE_FAIL',
    });
  });

  it('and failed is kept with the command that releases it, where it holds a machine', () => {
    const reason: RunReason = {
      code: 'task_failed',
      message:
        'the task ended as FAILED: no room; its task still exists; release it with: hcloud DCS DeleteMigrationTask --task_id_list.1=t-1',
    };

    expect(decided(ONLINE, 'FAILED', {}, { why: { reason: 'no room' } })).toStrictEqual({
      ...settled(ONLINE, 'FAILED', reason),
      logLine: { message: 'the task was created and cannot be used', fields: { reason, onFailure: 'keep' } },
    });
  });
});

describe('a task that cannot be used', () => {
  const planned = withPolicies(ONLINE, { onFailure: 'release' });
  const released: RunReason = {
    code: 'task_failed',
    message: 'the task ended as FAILED: no room; its task was released',
  };
  const why = { reason: 'no room' };

  it('is released where the job wants that, and its run ends when it is', () => {
    expect(decided(planned, 'FAILED', {}, { why })).toStrictEqual({ do: 'call', name: 'release' });
    expect(decided(planned, 'FAILED', {}, { why, calls: { release: pendingCall } })).toStrictEqual(END);
    expect(decided(planned, 'FAILED', {}, { why, calls: { release: doneCall } })).toStrictEqual({
      ...settled(planned, 'released', released),
      logLine: {
        message: 'the task was created and cannot be used',
        fields: { reason: released, onFailure: 'release' },
      },
    });
  });

  it('stays, with the command that releases it, where its release is refused', () => {
    const reason: RunReason = {
      code: 'task_failed',
      message:
        'the task ended as FAILED: no room; its task still exists; release it with: hcloud DCS DeleteMigrationTask --task_id_list.1=t-1',
    };

    expect(decided(planned, 'FAILED', {}, { why, calls: { release: refusedCall(1, false) } })).toStrictEqual({
      ...settled(planned, 'FAILED', reason),
      logLine: { message: 'the task was created and cannot be used', fields: { reason, onFailure: 'release' } },
    });
  });

  it('is not released where its service has nothing to release, whatever the job wants', () => {
    const server = withPolicies({ ...SERVER, start: true }, { onFailure: 'release' });
    const reason = {
      ...REFUSED,
      message:
        'the source does not answer; its task still exists; release it with: hcloud SMS DeleteTask --task_id=t-1',
    };

    expect(decided(server, 'READY', {}, { calls: { start: refusedCall(1, false) } })).toStrictEqual({
      ...settled(server, 'READY', reason),
      logLine: { message: 'the task was created and cannot be used', fields: { reason, onFailure: 'release' } },
    });
  });
});

describe('a task that is not over after its deadline', () => {
  const stuckAs = (status: string, message: string) => {
    const reason: RunReason = { code: 'stuck', message };
    return {
      do: 'record',
      records: [{ type: 'stuck', status, reason }],
      logLine: { message: 'stuck', fields: { reason } },
    };
  };
  const late = { createdAt: NOW - 6 * HOUR };

  it.each([
    [IMPORT, 'MIGRATING', 'the task is MIGRATING and not over after 6 h; it is still followed'],
    [ONLINE, 'RUNNING', 'the task is RUNNING and not over after 6 h; it is still followed'],
    [IMPORT, 'ODD', 'the task is in the unknown state ODD and not over after 6 h; it is still followed'],
    [SERVER, 'READY', 'the task is READY and not over after 6 h; nobody started it, and it is no longer followed'],
    [{ ...SERVER, start: true }, 'READY', 'the task is READY and not over after 6 h; it is still followed'],
    [
      { ...ONLINE, configure: undefined } as never,
      'RUNNING',
      'the task is RUNNING and not over after 6 h; it is still followed',
    ],
  ] as const)('is said to be stuck (%#)', (planned, status, message) => {
    expect(decided(planned, status, late, LOOKED)).toStrictEqual(stuckAs(status, message));
  });

  it('is so on time, and told once', () => {
    expect(decided(IMPORT, 'MIGRATING', { createdAt: NOW - 6 * HOUR + 1 }, LOOKED)).toStrictEqual(END);
    expect(decided(IMPORT, 'MIGRATING', { ...late, stuck: true }, LOOKED)).toStrictEqual(END);
    expect(
      decided(withPolicies(IMPORT, { deadlineMs: HOUR }), 'MIGRATING', { createdAt: NOW - HOUR }, LOOKED),
    ).toStrictEqual(stuckAs('MIGRATING', 'the task is MIGRATING and not over after 1 h; it is still followed'));
  });

  it('is not so while it follows changes, nor when nobody knows since when it is there', () => {
    expect(decided(ONLINE, 'INCRMIGRATING', { ...late, ...IS_CONFIGURED, steady: true }, LOOKED)).toStrictEqual(END);
    const { createdAt: _unknown, ...state } = followed(IMPORT).state;
    expect(
      decideFollow(
        { ...followed(IMPORT), state },
        { now: NOW, calls: {}, ...LOOKED, row: { id: 't-1', status: 'MIGRATING', at: NOW } },
      ),
    ).toStrictEqual(END);
  });
});

describe('a task that follows changes', () => {
  it('is noted as steady, and as not steady when it is known to be in another state', () => {
    expect(decided(ONLINE, 'INCRMIGEATING')).toStrictEqual(recorded({ type: 'steady' }));
    expect(decided(ONLINE, 'INCRMIGRATING', { ...IS_CONFIGURED, steady: true }, LOOKED)).toStrictEqual(END);
    expect(decided(ONLINE, 'FULLMIGRATING', { ...IS_CONFIGURED, steady: true })).toStrictEqual(
      recorded({ type: 'left_steady' }),
    );
    expect(decided(ONLINE, 'ODD', { ...IS_CONFIGURED, steady: true }, LOOKED)).toStrictEqual(END);
    expect(decided(ONLINE, 'FULLMIGRATING', IS_CONFIGURED, LOOKED)).toStrictEqual(END);
  });

  it('is noted as nothing where the action has no such tasks', () => {
    expect(decided({ ...SERVER, start: true }, 'SYNCING', { calls: { start: CALLED } }, LOOKED)).toStrictEqual(END);
  });
});

describe('a task that waits to be started', () => {
  const server = { ...SERVER, start: true } as const;

  it('is set going with the call of its action', () => {
    expect(decided(ONLINE, 'RUNNING')).toStrictEqual({ do: 'call', name: 'configure' });
    expect(decided(server, 'READY')).toStrictEqual({ do: 'call', name: 'start' });
    expect(decided(IMPORT, 'MIGRATING', {}, LOOKED)).toStrictEqual(END);
  });

  it.each(['CREATING', 'creating'])('is not while it is %s', (status) => {
    expect(decided(ONLINE, status, {}, LOOKED)).toStrictEqual(END);
  });

  it('is not when it was set going before', () => {
    expect(decided(ONLINE, 'RUNNING', IS_CONFIGURED, LOOKED)).toStrictEqual(END);
    expect(decided(ONLINE, 'RUNNING', { calls: { configure: { until: NOW } } })).toStrictEqual({
      do: 'call',
      name: 'configure',
    });
  });

  it('is not once it was told to stop, unless that was refused', () => {
    expect(decided(ONLINE, 'RUNNING', { calls: { cancel: { until: NOW } } }, LOOKED)).toStrictEqual(END);
    expect(decided(ONLINE, 'RUNNING', { calls: { cancel: CALLED } }, LOOKED)).toStrictEqual(END);
    expect(decided(ONLINE, 'RUNNING', { calls: { cancel: { until: NOW, refused: REFUSED } } })).toStrictEqual({
      do: 'call',
      name: 'configure',
    });
  });

  it('is asked again after a refusal only while it is still seen waiting', () => {
    const refused = { calls: { configure: { until: NOW, refused: REFUSED } } };

    expect(decided(ONLINE, 'RUNNING', refused)).toStrictEqual({ do: 'call', name: 'configure' });
    expect(decided(ONLINE, 'FULLMIGRATING', refused, LOOKED)).toStrictEqual(END);
    expect(decided(ONLINE, 'FULLMIGRATING')).toStrictEqual({ do: 'call', name: 'configure' });
  });

  it('goes on when the call was done or is pending', () => {
    expect(decided(ONLINE, 'RUNNING', {}, { ...LOOKED, calls: { configure: doneCall } })).toStrictEqual(END);
    expect(decided(ONLINE, 'RUNNING', {}, { ...LOOKED, calls: { configure: pendingCall } })).toStrictEqual(END);
  });

  it('is given up when it is refused: at the first try, or when it was refused before and still waits', () => {
    const reason = {
      ...REFUSED,
      message:
        'the source does not answer; its task still exists; release it with: hcloud DCS DeleteMigrationTask --task_id_list.1=t-1',
    };
    const expected = {
      ...settled(ONLINE, 'RUNNING', reason),
      logLine: { message: 'the task was created and cannot be used', fields: { reason, onFailure: 'keep' } },
    };
    const triedAs = (tries: number, wasRefused: boolean) =>
      decided(ONLINE, 'RUNNING', {}, { ...LOOKED, calls: { configure: refusedCall(tries, wasRefused) } });

    expect(triedAs(1, false)).toStrictEqual(expected);
    expect(triedAs(2, true)).toStrictEqual(expected);
    expect(triedAs(2, false)).toStrictEqual(END);
  });
});

describe('the progress of a task', () => {
  it('is read where its service has figures, and is urgent only where the job wants it stopped', () => {
    const calls = { start: CALLED };
    const stopped = withPolicies(ONLINE, { stopWhen: OFFSET });

    expect(decided(ONLINE, 'FULLMIGRATING', IS_CONFIGURED)).toStrictEqual({
      do: 'learn',
      fact: 'progress',
      isUrgent: false,
    });
    expect(decided({ ...SERVER, start: true }, 'RUNNING', { calls })).toMatchObject({
      fact: 'progress',
      isUrgent: false,
    });
    expect(decided(stopped, 'FULLMIGRATING', IS_CONFIGURED)).toMatchObject({ fact: 'progress', isUrgent: false });
    expect(decided(ONLINE, 'INCRMIGRATING', { ...IS_CONFIGURED, steady: true })).toMatchObject({ isUrgent: false });
    expect(decided(stopped, 'INCRMIGRATING', { ...IS_CONFIGURED, steady: true })).toStrictEqual({
      do: 'learn',
      fact: 'progress',
      isUrgent: true,
    });
    expect(decided(IMPORT, 'MIGRATING')).toStrictEqual(END);
  });
});

describe('a migration that is to be stopped when little is left', () => {
  const planned = withPolicies(ONLINE, { stopWhen: OFFSET });
  const at = (offset: number | undefined, state: Partial<RunState> = {}, facts: Others = {}) =>
    decided(
      planned,
      'INCRMIGRATING',
      { ...IS_CONFIGURED, steady: true, ...state },
      { progress: { line: 'l', figures: {}, offset }, ...facts },
    );

  it('is so once the difference was small for long enough, without a break', () => {
    const reached = { offsetReachedAt: NOW - 5 * MINUTE };

    expect(at(10)).toStrictEqual(recorded({ type: 'offset_reached' }));
    expect(at(11)).toStrictEqual(END);
    expect(at(11, reached)).toStrictEqual(recorded({ type: 'offset_left' }));
    expect(at(10, { offsetReachedAt: NOW - 5 * MINUTE + 1 })).toStrictEqual(END);
    expect(at(10, reached)).toStrictEqual({ do: 'call', name: 'stop' });
    expect(at(10, reached, { calls: { stop: pendingCall } })).toStrictEqual(END);
  });

  it('is not when the service gives no figures', () => {
    const state = { ...IS_CONFIGURED, steady: true, offsetReachedAt: NOW - HOUR } as const;

    expect(at(undefined, { offsetReachedAt: NOW - HOUR })).toStrictEqual(END);
    expect(decided(planned, 'INCRMIGRATING', state, { progress: 'none' })).toStrictEqual(END);
  });

  it('is not while it copies all again, which is a break', () => {
    const reached = { ...IS_CONFIGURED, offsetReachedAt: NOW - HOUR };
    const progress = { line: 'l', figures: {}, offset: 0 };

    expect(decided(planned, 'FULLMIGRATING', reached, { progress })).toStrictEqual(recorded({ type: 'offset_left' }));
    expect(decided(planned, 'FULLMIGRATING', IS_CONFIGURED, { progress })).toStrictEqual(END);
    expect(decided(ONLINE, 'INCRMIGRATING', { ...reached, steady: true }, { progress })).toStrictEqual(
      recorded({ type: 'offset_left' }),
    );
    expect(decided(ONLINE, 'INCRMIGRATING', { ...IS_CONFIGURED, steady: true }, { progress })).toStrictEqual(END);
  });
});

describe('a task that waits for a person', () => {
  it('ends its run at once, without a status, where somebody else configures it', () => {
    const { configure: _none, ...planned } = ONLINE;

    for (const status of ['CREATING', 'RUNNING', 'FULLMIGRATING']) {
      expect(decided(planned, status, {}, LOOKED)).toStrictEqual({
        do: 'settle',
        result: { outcome: 'existing', task: taskOf(ONLINE, status) },
      });
    }
  });

  it('leaves its lane while somebody else may start it, and ends its run after its deadline', () => {
    expect(decided(SERVER, 'READY', {}, LOOKED)).toStrictEqual({ do: 'leave' });
    expect(decided(SERVER, 'READY', { stuck: true }, LOOKED)).toStrictEqual({
      do: 'settle',
      result: { outcome: 'existing', task: taskOf(SERVER, 'READY') },
    });
    expect(decided(SERVER, 'RUNNING', {}, LOOKED)).toStrictEqual(END);
    expect(decided({ ...SERVER, body: { auto_start: true } }, 'READY', {}, LOOKED)).toStrictEqual(END);
  });
});
