import type { RequestTrigger } from '../../../../lib/events/trigger.ts';
import type { RunReason } from '../../../../lib/runs/report/run-result.ts';
import { decide } from '../../../../lib/runs/start/decide.ts';
import { isCheckedBeforeQueueing, lookupsFor, refuseOrWait } from '../../../../lib/runs/start/decide-create.ts';
import type { Facts } from '../../../../lib/runs/start/facts.ts';
import { noServices } from '../../../fakes/no-services.ts';
import {
  CLAIMED,
  failedCall,
  GIVEN,
  MINUTE,
  NOW,
  PLANNED,
  READY,
  readyBut,
  runWith,
  withPolicies,
} from '../../../fixtures/decided-run.ts';

const BUSY: RunReason = { code: 'DCS.4026', message: 'the instance is busy' };
const MISSING: RunReason = { code: 'file_missing', message: 'the object is not there' };
const REFUSED: RunReason = { code: 'preflight', message: 'the instance is too small' };
const NO_TIME: RunReason = { code: 'out_of_time', message: 'the invocation had no time left to start it' };
const PREPARED = { type: 'prepared', warnings: [] } as const;
const BEHIND = {
  is: 'behind',
  blocker: { job: 'a', run: 'r0' },
  isSteady: false,
  isQueued: true,
  ended: [],
} as const;
const PAUSED = { pauses: [{ since: NOW, by: 'anna' }] };
const THERE = { end: 'there', key: 'k', services: noServices(), at: NOW } as const;
const REQUEST: RequestTrigger = {
  kind: 'request',
  requestId: 'q',
  job: 'a',
  body: { target_instance: 'i-1' },
  query: {},
  time: '2026-03-14T11:00:00Z',
};
const only = (known: Facts['known'], others: Partial<Omit<Facts, 'known'>> = {}): Facts => ({
  ...READY,
  ...others,
  known,
});
const recorded = (reason: RunReason, notBefore: number) => ({
  do: 'record',
  records: [{ type: 'waiting', reason, notBefore }],
  result: { outcome: 'waiting', reason },
});

describe('what is looked for first', () => {
  const free = { pauses: [], lane: { is: 'free', ended: [] } } as const;
  const policies = (overlap: 'queue' | 'latest' | 'reject') => ({ ...runWith().received.policies, overlap });
  const asked = (
    known: Facts['known'],
    received: object = {},
    isTick = false,
    records: readonly object[] = [CLAIMED],
  ) => decide(runWith(records, received), only(known, { isTick }));

  it('is time, then whether it is paused, then its turn', () => {
    expect(decide(runWith([CLAIMED]), only({}, { hasTime: false }))).toStrictEqual(recorded(NO_TIME, NOW));
    expect(asked({})).toStrictEqual({ do: 'learn', facts: ['pauses'] });
    expect(asked(PAUSED)).toMatchObject({ do: 'leave' });
    expect(asked({ pauses: [] })).toStrictEqual({ do: 'learn', facts: ['lane'] });
  });

  it('is everything unknown, in parallel, once its turn may have come', () => {
    expect(asked(free)).toStrictEqual({ do: 'learn', facts: ['budget', 'object', 'checked', 'task'] });
    expect(asked({ ...free, budget: 'left', checked: { end: 'complete', planned: PLANNED } })).toStrictEqual({
      do: 'learn',
      facts: ['object', 'task'],
    });
    expect(asked({ pauses: [], lane: { is: 'none' } })).toMatchObject({
      facts: ['budget', 'object', 'checked', 'task'],
    });
    expect(asked({ pauses: [], lane: { is: 'held' } })).toMatchObject({
      facts: ['budget', 'object', 'checked', 'task'],
    });
  });

  it('is every pause that holds, in the reason of the wait', () => {
    const pauses = [
      { since: NOW, by: 'anna' },
      { job: 'a', since: NOW, by: 'ben', why: 'full' },
    ];

    expect(asked({ pauses })).toMatchObject({
      do: 'leave',
      next: {
        result: {
          reason: {
            message:
              'all jobs are paused since 2026-03-14T12:00:00Z by anna; and job a is paused since 2026-03-14T12:00:00Z by ben: full',
          },
        },
      },
    });
  });

  it('is neither object nor judgement of a run that was checked before', () => {
    expect(asked(free, {}, false, [PREPARED, CLAIMED])).toStrictEqual({ do: 'learn', facts: ['budget', 'task'] });
  });

  it('is not an object if none started the run, or the job has preflight off', () => {
    const { given: _none, ...received } = runWith().received;
    const tick = { ...received, trigger: 'tick' as const };
    expect(asked(free, { ...tick, given: undefined })).toStrictEqual({
      do: 'learn',
      facts: ['budget', 'checked', 'task'],
    });
    expect(asked(free, { planned: withPolicies({ preflight: 'off' }) })).toStrictEqual({
      do: 'learn',
      facts: ['budget', 'task'],
    });
  });

  it('is not the check of a plan whose backup or server is known only when it is its turn', () => {
    const latestBackup = { instanceId: 'i-2', copyFirst: false };
    const dry = withPolicies({ dryRun: true }, { ...PLANNED, latestBackup });

    expect(asked(free, { planned: { ...PLANNED, latestBackup } })).toMatchObject({
      facts: ['budget', 'object', 'task'],
    });
    expect(asked(free, { planned: dry })).toMatchObject({ facts: ['budget', 'object', 'checked', 'task'] });
  });

  it('is not the task of a run whose attempt is certainly over: two listings did not have it', () => {
    const run = runWith([{ type: 'intent', until: NOW - MINUTE }, { type: 'absent' }, CLAIMED]);

    expect(decide(run, only({ ...free, task: { end: 'absent' } }))).toMatchObject({
      facts: ['budget', 'object', 'checked'],
    });
    expect(lookupsFor(runWith(), only({ task: { end: 'absent' } }), false)).toStrictEqual([
      'budget',
      'object',
      'checked',
    ]);
  });

  it('is nothing for a run that has to queue, which joins immediately', () => {
    const queued = { pauses: [], lane: BEHIND };
    const reason = { code: 'queued', message: 'run r0 of job a has the turn on dcs-i-1' } as const;

    expect(asked(queued)).toStrictEqual(recorded(reason, NOW));
    expect(asked({ ...queued, lane: { ...BEHIND, isQueued: false } })).toStrictEqual({
      do: 'enter',
      ended: [],
      next: recorded(reason, NOW),
    });
    expect(asked({ pauses: [], lane: { is: 'superseded', reason: REFUSED } })).toStrictEqual({
      do: 'record',
      records: [{ type: 'superseded', reason: REFUSED }],
    });
  });

  it.each([
    ['at a tick', {}, true],
    ['where a caller waits for the answer', { trigger: 'request' }, false],
    ['where it supersedes others', { policies: policies('latest') }, false],
    ['where it is refused on account of others', { policies: policies('reject') }, false],
    ['where nothing is sent anyway', { planned: withPolicies({ dryRun: true }) }, false],
  ] as const)('is its files and target before it queues, %s', (_where, received, isTick) => {
    expect(asked({ pauses: [], lane: BEHIND }, received, isTick)).toStrictEqual({
      do: 'learn',
      facts: ['object', 'checked'],
    });
    expect(isCheckedBeforeQueueing(runWith([], received), { isTick })).toBe(true);
    expect(isCheckedBeforeQueueing(runWith(), { isTick: false })).toBe(false);
  });

  it('is nothing more of a run that was checked before it queued', () => {
    const checked = { end: 'complete', planned: PLANNED } as const;
    const known = { pauses: [], lane: BEHIND, object: THERE, checked };

    expect(asked(known, {}, true)).toMatchObject({ do: 'record', records: [PREPARED, { type: 'waiting' }] });
    expect(asked({ ...known, checked: { end: 'refused', reason: REFUSED } }, {}, true)).toStrictEqual({
      do: 'record',
      records: [{ type: 'rejected', reason: REFUSED }],
    });
  });
});

describe('overlap: reject', () => {
  it('refuses a run whose target is busy, steady or not, and takes one whose target is free', () => {
    const received = { policies: { ...runWith().received.policies, overlap: 'reject' } } as const;
    const run = runWith([CLAIMED], received);
    const reason = { code: 'target_busy', message: 'run r0 of job a has the turn on dcs-i-1' };

    for (const isSteady of [true, false]) {
      expect(decide(run, readyBut({ lane: { ...BEHIND, isSteady } }))).toStrictEqual({
        do: 'record',
        records: [{ type: 'rejected', reason }],
      });
    }
    expect(decide(run, readyBut({ lane: { is: 'free', ended: [] } }))).toStrictEqual({ do: 'hold', ended: [] });
  });
});

describe('the object of a run', () => {
  const absentAt = (at: number) => readyBut({ object: { end: 'absent', reason: MISSING, at } });

  it('that is absent is looked for again settle_seconds later, outside the lane, and then the run is refused', () => {
    const seen = { type: 'key_absent' };
    const gone: RunReason = {
      code: 'object_gone',
      message: 'the object is not there; two lookups 1 min apart did not find it',
    };

    expect(decide(runWith([CLAIMED]), absentAt(NOW))).toStrictEqual({
      do: 'record',
      records: [{ type: 'key_absent' }],
    });
    expect(decide(runWith([CLAIMED, seen]), absentAt(NOW))).toStrictEqual({
      do: 'leave',
      next: {
        do: 'record',
        records: [PREPARED, { type: 'waiting', reason: MISSING, notBefore: NOW + MINUTE }],
        result: { outcome: 'waiting', reason: MISSING },
      },
    });
    const minuteAgo = { ...seen, at: NOW - MINUTE };
    expect(decide(runWith([CLAIMED, minuteAgo]), absentAt(NOW))).toStrictEqual({
      do: 'record',
      records: [{ type: 'rejected', reason: gone }],
    });
    expect(decide(runWith([CLAIMED, { ...minuteAgo, at: NOW - MINUTE + 1 }]), absentAt(NOW))).toMatchObject({
      do: 'leave',
    });
  });

  it('that could not be looked for makes its run wait, with what its trouble is', () => {
    const slow: RunReason = { code: 'SlowDown', message: 'slow down' };

    expect(
      decide(runWith([PREPARED, CLAIMED]), readyBut({ object: { end: 'waiting', reason: slow, at: NOW } })),
    ).toStrictEqual(recorded(slow, NOW + 30_000));
  });

  it('that is found again is recorded as found', () => {
    expect(decide(runWith([CLAIMED, { type: 'key_absent' }]), READY)).toStrictEqual({
      do: 'record',
      records: [{ type: 'key', key: 'k' }],
      warnings: [],
    });
  });

  it('is looked for again right before the intent, unless it was seen within five seconds', () => {
    const run = runWith([PREPARED, CLAIMED]);

    expect(decide(run, readyBut({ object: undefined }))).toStrictEqual({ do: 'learn', facts: ['object'] });
    expect(decide(run, readyBut({ object: { ...THERE, at: NOW - 5_001 } }))).toStrictEqual({
      do: 'learn',
      facts: ['object'],
    });
    expect(decide(run, readyBut({ object: { ...THERE, at: NOW - 5_000 } }))).toStrictEqual({
      do: 'create',
      records: [],
    });
    expect(decide(run, readyBut({ object: { end: 'absent', reason: MISSING, at: NOW - 5_001 } }))).toStrictEqual({
      do: 'record',
      records: [{ type: 'key_absent' }],
    });
  });

  it('is not looked for where there is none: the run is created', () => {
    const { given: _none, ...received } = runWith([PREPARED, CLAIMED]).received;
    const run = runWith([PREPARED, CLAIMED], { ...received, given: undefined } as never);

    expect(decide(run, readyBut({ object: undefined }))).toStrictEqual({ do: 'create', records: [] });
  });
});

describe('a key that may be either of two', () => {
  const written = { key: 'k+1', planned: { ...PLANNED, name: 'import-written' } };
  const given = { ...GIVEN, written: 'k+1' };
  const decided = (known: Facts['known'], planned = PLANNED) =>
    decide(runWith([CLAIMED], { written: { ...written, planned }, given, planned }), only({ pauses: [], ...known }));

  it('is found out before its turn', () => {
    expect(decided({})).toStrictEqual({ do: 'learn', facts: ['object'] });
    expect(decided({ object: { ...THERE, key: 'k+1' } })).toStrictEqual({
      do: 'record',
      records: [{ type: 'key', key: 'k+1' }],
      warnings: [],
    });
  });

  it('is the one that is taken where both are there, with a warning', () => {
    expect(decided({ object: { ...THERE, warning: 'both are there' } })).toStrictEqual({
      do: 'record',
      records: [{ type: 'key', key: 'k', warning: 'both are there' }],
      warnings: ['both are there'],
    });
  });

  it('is waited for where neither is there, or the bucket cannot be read', () => {
    const unreadable: RunReason = { code: 'key_unreadable', message: 'not allowed' };

    expect(decided({ object: { end: 'absent', reason: MISSING, at: NOW } })).toStrictEqual({
      do: 'record',
      records: [{ type: 'key_absent' }],
    });
    expect(decided({ object: { end: 'waiting', reason: unreadable, at: NOW } })).toStrictEqual({
      do: 'leave',
      next: recorded(unreadable, NOW + 30_000),
    });
  });

  it('is the decoded one where the job does not want the cloud to be asked', () => {
    const warning =
      'the event may mean either of two keys, and with preflight: off the bucket is not checked. Using the decoded key; set OBJECT_KEYS to how keys are written';

    expect(decided({}, withPolicies({ preflight: 'off' }))).toStrictEqual({
      do: 'record',
      records: [{ type: 'key', key: 'k', warning }],
      warnings: [warning],
    });
  });

  it('is not asked for while it is paused', () => {
    expect(decided(PAUSED)).toMatchObject({ do: 'leave' });
  });
});

describe('what is to be found out or done first', () => {
  const planned = { ...PLANNED, latestBackup: { instanceId: 'i-2', copyFirst: true } };
  const known = { checked: undefined, target: undefined } as const;
  const run = runWith([CLAIMED], { planned });

  it('is prepared only by who has the turn, where no task is there', () => {
    const target = { end: 'ready' } as const;

    expect(decide(run, readyBut({ ...known, lane: { is: 'free', ended: [] } }))).toStrictEqual({
      do: 'hold',
      ended: [],
    });
    expect(decide(run, readyBut(known))).toStrictEqual({ do: 'prepare' });
    expect(decide(run, readyBut({ ...known, target }))).toStrictEqual({ do: 'prepare' });
    expect(
      decide(run, readyBut({ ...known, task: { end: 'found', task: { id: 't-1', name: 'n', status: 'RUNNING' } } })),
    ).toMatchObject({
      records: [{ type: 'adopted' }],
    });
  });

  it('is waited for as long as it says, or later and later', () => {
    const waiting = { end: 'waiting', reason: BUSY } as const;

    expect(decide(run, readyBut({ ...known, prepared: { ...waiting, notBefore: NOW + 5 } }))).toStrictEqual(
      recorded(BUSY, NOW + 5),
    );
    expect(decide(run, readyBut({ ...known, prepared: waiting }))).toStrictEqual(recorded(BUSY, NOW + 30_000));
    expect(decide(run, readyBut({ ...known, prepared: { end: 'refused', reason: REFUSED } }))).toStrictEqual({
      do: 'record',
      records: [{ type: 'rejected', reason: REFUSED }],
    });
  });

  it('is recorded before a backup of the target is taken', () => {
    const first = runWith([CLAIMED], { planned: { ...PLANNED, backupTargetFirst: true } });

    expect(decide(first, READY)).toStrictEqual({ do: 'record', records: [PREPARED] });
    expect(decide(first, readyBut({ prepared: { end: 'ready', planned: PLANNED } }))).toStrictEqual({
      do: 'create',
      records: [PREPARED],
    });
    const taken = { type: 'called', call: 'backup_target', id: 'b-1' };
    expect(
      decide(runWith([PREPARED, taken, CLAIMED], { planned: { ...PLANNED, backupTargetFirst: true } }), READY),
    ).toStrictEqual({
      do: 'create',
      records: [],
    });
  });

  it('is never decided on once somebody else has written to the run', () => {
    expect(() => decide(run, readyBut({ ...known, prepared: { end: 'changed' } }))).toThrow(
      'decided about a run after another invocation had written to it',
    );
  });

  it('is nothing where the job does not want the cloud to be asked', () => {
    const off = runWith([CLAIMED], { planned: withPolicies({ preflight: 'off' }) });

    expect(decide(off, readyBut({ checked: undefined, object: undefined, target: { end: 'ready' } }))).toStrictEqual({
      do: 'create',
      records: [],
    });
  });
});

describe('the target of a run', () => {
  it('is checked again when it is its turn, if that was checked before', () => {
    const run = runWith([PREPARED, CLAIMED]);

    expect(decide(run, readyBut({ target: undefined }))).toStrictEqual({ do: 'learn', facts: ['target'] });
    expect(decide(run, readyBut({ target: { end: 'waiting', reason: BUSY } }))).toStrictEqual(
      recorded(BUSY, NOW + 30_000),
    );
    expect(decide(runWith([CLAIMED]), readyBut({ target: undefined }))).toMatchObject({ do: 'create' });
  });

  it('that is in trouble keeps its run waiting only when it is its turn', () => {
    const checked = { end: 'complete', planned: PLANNED, targetBusy: BUSY } as const;

    expect(decide(runWith([CLAIMED]), readyBut({ checked }))).toMatchObject({
      do: 'record',
      records: [PREPARED, { type: 'waiting', reason: BUSY }],
    });
    expect(decide(runWith([CLAIMED]), readyBut({ checked, lane: BEHIND }))).toMatchObject({
      records: [PREPARED, { type: 'waiting', reason: { code: 'queued' } }],
    });
  });
});

describe('budget', () => {
  const over = (until: number): RunReason => ({
    code: 'over_budget',
    message: `job a has used its limit of 20 runs per 1 h; it continues at ${new Date(until).toISOString()}`,
  });

  it('is spent last, by who has everything else', () => {
    const left = { budget: 'left' } as const;

    expect(decide(runWith([CLAIMED]), readyBut(left))).toStrictEqual({ do: 'spend' });
    expect(decide(runWith([CLAIMED]), readyBut({ ...left, object: { ...THERE, at: NOW - 5_001 } }))).toMatchObject({
      do: 'learn',
    });
    expect(decide(runWith([CLAIMED]), readyBut({ ...left, lane: { is: 'free', ended: [] } }))).toMatchObject({
      do: 'hold',
    });
  });

  it('that is used up has a run wait outside the lane, whatever else is known of it', () => {
    const until = NOW + MINUTE;
    const facts = readyBut({ budget: { until, first: false }, checked: { end: 'refused', reason: REFUSED } });

    expect(decide(runWith([CLAIMED]), facts)).toStrictEqual({ do: 'leave', next: recorded(over(until), until) });
  });

  it('is neither looked at nor spent for a run that an operator lets start beyond it', () => {
    const decided = { type: 'run_now', reason: { code: 'run_now', message: 'why' } } as const;
    const free = { pauses: [], lane: { is: 'free', ended: [] } } as const;
    const until = NOW + MINUTE;

    expect(decide(runWith([decided, CLAIMED]), readyBut({ budget: { until, first: true } }))).toMatchObject({
      do: 'create',
    });
    expect(decide(runWith([decided, CLAIMED]), readyBut({ budget: 'left' }))).toMatchObject({ do: 'create' });
    expect(decide(runWith([decided, CLAIMED]), only(free))).toStrictEqual({
      do: 'learn',
      facts: ['object', 'checked', 'task'],
    });
    const behind = readyBut({ budget: { until, first: false }, lane: BEHIND });
    expect(decide(runWith([decided, CLAIMED]), behind)).toMatchObject({ result: { reason: { code: 'queued' } } });
  });

  it('that is used up is said loudly only by the first, and only where the wait is written down', () => {
    const run = runWith([PREPARED, { type: 'waiting', reason: over(NOW), notBefore: NOW }]);
    const used = (until: number, first: boolean) => readyBut({ budget: { until, first } });
    const alarm = { message: 'ALARM: limit reached, further runs wait', reason: over(NOW + 1) };

    expect(decide(run, used(NOW + 1, false))).toStrictEqual({ do: 'leave', next: recorded(over(NOW + 1), NOW + 1) });
    expect(decide(run, used(NOW + 1, true))).toStrictEqual({
      do: 'leave',
      next: { ...recorded(over(NOW + 1), NOW + 1), alarm },
    });
    expect(decide(run, used(NOW, true))).toStrictEqual({
      do: 'leave',
      next: { do: 'respond', result: { outcome: 'waiting', reason: over(NOW) } },
    });
  });
});

describe('a failed call', () => {
  const denied = failedCall({ cloudCode: 'DCS.2007', status: 403, resource: 'i-1' });
  const message = 'DCS ListMigrationTask: rejected: 403 DCS.2007';

  it('that is final refuses the run', () => {
    const error = failedCall({ cloudCode: 'DCS.4001' });

    expect(refuseOrWait(runWith(), READY, { end: 'rejected', error })).toStrictEqual({
      do: 'record',
      records: [
        { type: 'rejected', reason: { code: 'DCS.4001', message: 'DCS ListMigrationTask: rejected: DCS.4001' } },
      ],
    });
  });

  it('for want of a right waits, unless a caller named what is denied', () => {
    const asked = runWith([], { trigger: 'request', given: REQUEST });

    expect(refuseOrWait(runWith(), readyBut({ checked: undefined }), { end: 'waiting', error: denied })).toStrictEqual({
      do: 'leave',
      next: recorded({ code: 'DCS.2007', message, status: 403 }, NOW + 30_000),
    });
    expect(refuseOrWait(asked, READY, { end: 'waiting', error: denied })).toStrictEqual({
      do: 'record',
      records: [{ type: 'rejected', reason: { code: 'DCS.2007', message, status: 403 } }],
    });
  });
});
