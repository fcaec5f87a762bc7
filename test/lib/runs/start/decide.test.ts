import fc from 'fast-check';
import type { PlannedTask } from '../../../../lib/migrations/action.ts';
import type { RunReason } from '../../../../lib/runs/report/run-result.ts';
import { decide } from '../../../../lib/runs/start/decide.ts';
import type { Decision } from '../../../../lib/runs/start/decision.ts';
import type { Facts, Known } from '../../../../lib/runs/start/facts.ts';
import type { Run } from '../../../../lib/runs/start/run.ts';
import { noServices } from '../../../fakes/no-services.ts';
import {
  CLAIMED,
  failedCall,
  GIVEN,
  HOUR,
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
const SUPERSEDED: RunReason = { code: 'superseded', message: 'a newer version had its turn' };
const TASK = { kind: 'backup_import', id: 't-1', name: 'import-r' } as const;
const FOUND = { id: 't-1', name: 'import-r', status: 'RUNNING' };
const THERE = { end: 'there', key: 'k', services: noServices() } as const;
const OTHER = { end: 'other', object: GIVEN } as const;
const BEHIND = {
  is: 'behind',
  blocker: { job: 'a', run: 'r0' },
  isSteady: false,
  isQueued: false,
  ended: [{ run: 'r-1', claim: 4 }],
} as const;
const PAUSE = { since: NOW - MINUTE, by: 'anna' };

/** Every value of every fact: what is known beside it is all that a create call needs. */
const FACTS = {
  ready: READY,
  'pauses unknown': readyBut({ pauses: undefined }),
  paused: readyBut({ pauses: [PAUSE] }),
  'lane unknown': readyBut({ lane: undefined }),
  'no lane': readyBut({ lane: { is: 'none' } }),
  'lane free': readyBut({ lane: { is: 'free', ended: [{ run: 'r-1', claim: 4 }] } }),
  'behind, outside': readyBut({ lane: BEHIND }),
  'behind, inside': readyBut({ lane: { ...BEHIND, isQueued: true } }),
  'behind a steady task, newer unknown': readyBut({ lane: { ...BEHIND, isSteady: true } }),
  'behind a steady task, none newer': readyBut({ lane: { ...BEHIND, isSteady: true }, newer: 'none' }),
  'behind a steady task, one newer': readyBut({ lane: { ...BEHIND, isSteady: true }, newer: 'r9' }),
  'superseded in the lane': readyBut({ lane: { is: 'superseded', reason: SUPERSEDED } }),
  'budget unknown': readyBut({ budget: undefined }),
  'budget left': readyBut({ budget: 'left' }),
  'over budget': readyBut({ budget: { until: NOW + HOUR, first: false } }),
  'over budget, the first': readyBut({ budget: { until: NOW + HOUR, first: true } }),
  'object unknown': readyBut({ object: undefined }),
  'no object': readyBut({ object: 'none' }),
  'object seen 5 s ago': readyBut({ object: { ...THERE, at: NOW - 5_000 } }),
  'object seen longer ago': readyBut({ object: { ...THERE, at: NOW - 5_001 } }),
  'object of another version': readyBut({ object: { ...OTHER, at: NOW } }),
  'object replaced': readyBut({
    object: { ...OTHER, at: NOW },
    replacement: { end: 'superseded', reason: SUPERSEDED },
  }),
  'object not replaced': readyBut({ object: { ...OTHER, at: NOW }, replacement: { end: 'waiting', reason: BUSY } }),
  'object absent': readyBut({ object: { end: 'absent', reason: MISSING, at: NOW } }),
  'object unreadable': readyBut({
    object: { end: 'waiting', reason: { code: 'SlowDown', message: 'slow down' }, at: NOW },
  }),
  'not checked': readyBut({ checked: undefined }),
  'checked: refused': readyBut({ checked: { end: 'refused', reason: REFUSED } }),
  'checked: waiting': readyBut({ checked: { end: 'waiting', reason: BUSY } }),
  'checked: target in trouble': readyBut({ checked: { end: 'complete', planned: PLANNED, targetBusy: BUSY } }),
  'checked: dry run': readyBut({ checked: { end: 'complete', planned: withPolicies({ dryRun: true }) } }),
  'target unknown': readyBut({ target: undefined }),
  'target waiting': readyBut({ target: { end: 'waiting', reason: BUSY } }),
  'target refused': readyBut({ target: { end: 'refused', reason: REFUSED } }),
  'task unknown': readyBut({ task: undefined }),
  'task found': readyBut({ task: { end: 'found', task: FOUND } }),
  'task list refused': readyBut({ task: { end: 'rejected', error: failedCall({ cloudCode: 'DCS.4001' }) } }),
  'task list troubled': readyBut({ task: { end: 'waiting', error: failedCall({ cloudCode: 'DCS.4026' }) } }),
  'task refused': readyBut({ task: { end: 'refused', reason: REFUSED } }),
  'backups ready': readyBut({ prepared: { end: 'ready', planned: PLANNED } }),
  'backups waiting': readyBut({ prepared: { end: 'waiting', reason: BUSY, notBefore: NOW + MINUTE } }),
  'backups refused': readyBut({ prepared: { end: 'refused', reason: REFUSED } }),
  'one newer': readyBut({ newer: 'r9' }),
  'at a tick': readyBut({}, { isTick: true }),
  'no time': readyBut({}, { hasTime: false }),
  'nothing known': { ...READY, known: {} },
} satisfies Readonly<Record<string, Facts>>;
type FactsName = keyof typeof FACTS;
const NAMES = Object.keys(FACTS) as FactsName[];

/** What is decided on all of these, but for the named ones. */
function always(decision: Decision, but: Partial<Record<FactsName, Decision>> = {}): Record<FactsName, Decision> {
  const all = Object.fromEntries(NAMES.map((name) => [name, decision])) as Record<FactsName, Decision>;
  return { ...all, ...but };
}

const respond = (
  outcome: 'waiting' | 'unknown' | 'existing' | 'rejected' | 'skipped',
  reason?: RunReason,
): Decision => ({
  do: 'respond',
  result: { outcome, ...(reason ? { reason } : {}) },
});
const rejected = (reason: RunReason): Decision => ({ do: 'record', records: [{ type: 'rejected', reason }] });

const IN_PROGRESS: RunReason = { code: 'in_progress', message: 'another invocation is handling this run' };
const LOST: RunReason = {
  code: 'lost_answer',
  message: 'a create call may have been sent, but its response is unknown; watching the list of tasks',
};
const PARKED: RunReason = { code: 'parked', message: 'parked, an operator has to decide: the instance is busy' };
const CALL_REFUSED: RunReason = { code: 'DCS.4001', message: 'DCS ListMigrationTask: rejected: DCS.4001' };
const CALL_TROUBLED: RunReason = { code: 'DCS.4026', message: 'DCS ListMigrationTask: rejected: DCS.4026' };

describe('of a run that has ended nothing is learned, and the decision is that', () => {
  const created = { type: 'created', task: TASK };
  const settled = { type: 'settled' };
  const existing = { outcome: 'existing', task: TASK } as const;
  const cases: [string, readonly object[], Decision][] = [
    ['its task exists', [created], { do: 'respond', result: existing }],
    ['its adopted task exists', [{ ...created, type: 'adopted' }], { do: 'respond', result: existing }],
    ['its task exists, once settled', [created, settled], { do: 'respond', result: existing }],
    [
      'it is settled as rejected',
      [{ type: 'rejected', reason: REFUSED }],
      { do: 'settle', result: { outcome: 'rejected', reason: REFUSED } },
    ],
    [
      'it is rejected, once settled',
      [{ type: 'rejected', reason: REFUSED }, settled],
      { do: 'respond', result: { outcome: 'rejected', reason: REFUSED } },
    ],
    [
      'it is settled as superseded',
      [{ type: 'superseded', reason: SUPERSEDED }],
      { do: 'settle', result: { outcome: 'skipped', reason: SUPERSEDED } },
    ],
    [
      'it is skipped as superseded, once settled',
      [{ type: 'superseded', reason: SUPERSEDED }, settled],
      { do: 'respond', result: { outcome: 'skipped', reason: SUPERSEDED } },
    ],
    [
      'it is settled as a dry run',
      [{ type: 'dry_run', reason: REFUSED }],
      { do: 'settle', result: { outcome: 'skipped', reason: REFUSED } },
    ],
    [
      'it is skipped as a dry run, once settled',
      [{ type: 'dry_run', reason: REFUSED }, settled],
      { do: 'respond', result: { outcome: 'skipped', reason: REFUSED } },
    ],
    [
      'it is settled as forgotten',
      [{ type: 'forgotten', reason: REFUSED }],
      { do: 'settle', result: { outcome: 'skipped', reason: REFUSED } },
    ],
    [
      'it is skipped as forgotten, once settled',
      [{ type: 'forgotten', reason: REFUSED }, settled],
      { do: 'respond', result: { outcome: 'skipped', reason: REFUSED } },
    ],
    [
      'its task exists and it is settled, where it was forgotten with one',
      [created, { type: 'forgotten', reason: REFUSED }],
      { do: 'settle', result: { ...existing, reason: REFUSED } },
    ],
    [
      'its task exists, where it was forgotten with one, once settled',
      [created, { type: 'forgotten', reason: REFUSED }, settled],
      { do: 'respond', result: { ...existing, reason: REFUSED } },
    ],
  ];

  it.each(cases)('%s', (_how, records, decision) => {
    for (const name of NAMES) expect(decide(runWith(records), FACTS[name])).toStrictEqual(decision);
  });

  it('that it is settled with its task, where nobody waits for the end of that', () => {
    const planned = { ...PLANNED, kind: 'online_migration', body: {} } as const;
    const { target: _none, ...alone } = planned;
    const task = { ...TASK, kind: 'online_migration' };
    const decided = (ofPlanned: typeof alone | typeof planned, ...records: readonly object[]) =>
      decide(runWith([{ ...created, task }, ...records], { planned: ofPlanned }), READY).do;

    expect(decided(alone)).toBe('settle');
    expect(decided(alone, settled)).toBe('respond');
    expect(decided({ ...alone, configure: {} })).toBe('respond');
    expect(decided(planned)).toBe('respond');
  });

  it('the same though another invocation handles it', () => {
    const run = runWith([created, { type: 'claimed', until: NOW + 1 }]);

    expect(decide(run, READY)).toStrictEqual({ do: 'respond', result: existing });
  });
});

describe('of a run that another invocation handles', () => {
  const claimed = { type: 'claimed', until: NOW + 1 };
  const intent = { type: 'intent', until: NOW + 1 };

  it.each([
    ['it is fresh', [claimed]],
    ['it waits', [{ type: 'waiting', reason: BUSY, notBefore: NOW + 1 }, claimed]],
    ['its attempt is open', [claimed, intent]],
  ])('nothing is decided but that it is in progress: %s', (_how, records) => {
    for (const name of NAMES)
      expect(decide(runWith(records), FACTS[name])).toStrictEqual(respond('waiting', IN_PROGRESS));
  });

  it('that is over when its lease ends, and not a millisecond earlier', () => {
    const over = { type: 'claimed', until: NOW };

    expect(decide(runWith([over]), READY)).toStrictEqual({ do: 'claim' });
    expect(decide(runWith([over]), { ...READY, now: NOW - 1 })).toStrictEqual(respond('waiting', IN_PROGRESS));
  });
});

describe('of a run that waits', () => {
  const waits = (notBefore: number) => runWith([{ type: 'waiting', reason: BUSY, notBefore }]);

  it('until later nothing is decided but why', () => {
    for (const name of NAMES) expect(decide(waits(NOW + 1), FACTS[name])).toStrictEqual(respond('waiting', BUSY));
  });

  it('until now it is decided as if it were new', () => {
    expect(decide(waits(NOW), READY)).toStrictEqual({ do: 'claim' });
    expect(decide(waits(NOW - 1), FACTS['task unknown'])).toStrictEqual({ do: 'learn', facts: ['task'] });
  });
});

describe('of a run that is parked', () => {
  const left: Decision = { do: 'leave', next: { do: 'respond', result: { outcome: 'waiting', reason: PARKED } } };

  it.each([
    ['by itself', [{ type: 'parked', reason: PARKED }]],
    ['by hand', [{ type: 'parked', reason: PARKED, byHand: true }]],
    ['by itself and claimed here', [{ type: 'parked', reason: PARKED }, CLAIMED]],
  ])('%s without an open attempt, the target is left to others', (_how, records) => {
    for (const name of NAMES) expect(decide(runWith(records), FACTS[name])).toStrictEqual(left);
  });

  it('by an operator with an open attempt, it is not even looked for and keeps its target', () => {
    const run = runWith([
      { type: 'intent', until: NOW },
      { type: 'parked', reason: PARKED, byHand: true },
    ]);

    for (const name of NAMES) expect(decide(run, FACTS[name])).toStrictEqual(respond('unknown', PARKED));
  });

  it('automatically with an open attempt, its task is looked for, and it is not sent again', () => {
    const parked = { type: 'parked', reason: PARKED };
    const run = runWith([{ type: 'intent', until: NOW - MINUTE }, parked]);
    const expected = always(
      { do: 'record', records: [{ type: 'absent' }], forget: ['task'] },
      {
        'task unknown': { do: 'learn', facts: ['task'] },
        'nothing known': { do: 'learn', facts: ['task'] },
        'task found': { do: 'record', records: [{ type: 'adopted', task: { ...TASK, status: 'RUNNING' } }] },
        'task list refused': respond('unknown', PARKED),
        'task list troubled': respond('unknown', PARKED),
        'task refused': rejected(REFUSED),
      },
    );

    for (const name of NAMES) expect([name, decide(run, FACTS[name])]).toStrictEqual([name, expected[name]]);
    const absent = runWith([{ type: 'intent', until: NOW - MINUTE }, parked, { type: 'absent' }]);
    expect(decide(absent, READY)).toStrictEqual({
      do: 'leave',
      next: { do: 'respond', result: { outcome: 'unknown', reason: PARKED } },
    });
  });

  it('automatically long ago with an open attempt whose list cannot be read, it is not parked again', () => {
    const run = runWith([
      { type: 'intent', until: NOW, at: NOW - 7 * HOUR },
      { type: 'parked', reason: PARKED },
    ]);

    expect(decide(run, FACTS['task list troubled'])).toStrictEqual(respond('unknown', PARKED));
  });
});

describe('of a run whose attempt is open', () => {
  const intent = { type: 'intent', until: NOW - MINUTE };
  const notSettled = { type: 'intent', until: NOW - MINUTE + 1 };

  it('its task is looked for, and it is adopted, refused, or noted as absent', () => {
    const expected = always(
      { do: 'record', records: [{ type: 'absent' }], forget: ['task'] },
      {
        'task unknown': { do: 'learn', facts: ['task'] },
        'nothing known': { do: 'learn', facts: ['task'] },
        'task found': { do: 'record', records: [{ type: 'adopted', task: { ...TASK, status: 'RUNNING' } }] },
        'task list refused': respond('unknown', LOST),
        'task list troubled': respond('unknown', LOST),
        'task refused': rejected(REFUSED),
      },
    );

    for (const name of NAMES)
      expect([name, decide(runWith([intent]), FACTS[name])]).toStrictEqual([name, expected[name]]);
  });

  it('a task without a status is adopted without one', () => {
    const facts = readyBut({ task: { end: 'found', task: { ...FOUND, status: '' } } });

    for (const run of [runWith([intent]), runWith([CLAIMED])]) {
      expect(decide(run, facts)).toStrictEqual({ do: 'record', records: [{ type: 'adopted', task: TASK }] });
    }
  });

  it('an absence that is noted before settle_seconds are over ends this pass', () => {
    expect(decide(runWith([notSettled]), READY)).toStrictEqual({
      do: 'record',
      records: [{ type: 'absent' }],
      forget: ['task'],
      result: { outcome: 'unknown', reason: LOST },
    });
  });

  it('the reason of the last call is returned, if there is one', () => {
    const unknown = { type: 'unknown', reason: BUSY };

    expect(decide(runWith([intent, unknown]), FACTS['task list troubled'])).toStrictEqual(respond('unknown', BUSY));
  });

  it('an absence that was noted counts only settle_seconds after the attempt was over', () => {
    const seen = runWith([notSettled, { type: 'absent' }]);

    expect(decide(seen, READY)).toStrictEqual(respond('unknown', LOST));
    expect(decide(seen, { ...READY, now: NOW + 1 })).toStrictEqual({ do: 'claim' });
    expect(decide(seen, { ...FACTS['task unknown'], now: NOW + 1 })).toStrictEqual({ do: 'learn', facts: ['task'] });
  });

  it('it is parked when six hours are over and its list cannot be read, or its task is absent', () => {
    const long = { ...intent, at: NOW - 6 * HOUR - 1 };
    const parked = (reason: RunReason) => ({
      ...reason,
      code: 'parked' as const,
      cause: reason.code,
      message: `parked, an operator has to decide: ${reason.message}`,
    });
    const recording = (reason: RunReason): Decision => ({
      do: 'record',
      records: [
        { type: 'prepared', warnings: [] },
        { type: 'parked', reason: parked(reason) },
      ],
      result: { outcome: 'unknown', reason: parked(reason) },
      alarm: { message: 'parked', reason: parked(reason) },
    });

    expect(decide(runWith([long]), FACTS['task list troubled'])).toStrictEqual(recording(CALL_TROUBLED));
    expect(decide(runWith([long]), FACTS['task list refused'])).toStrictEqual(recording(CALL_REFUSED));
    expect(decide(runWith([long, { type: 'absent' }]), READY)).toStrictEqual(recording(LOST));
    const justNow = { ...intent, at: NOW - 6 * HOUR };
    expect(decide(runWith([justNow]), FACTS['task list troubled'])).toStrictEqual(respond('unknown', LOST));
    expect(decide(runWith([justNow, { type: 'absent' }]), READY)).toStrictEqual({ do: 'claim' });
  });

  it('it is sent again when its task is certainly absent and it is handled here', () => {
    const run = runWith([intent, { type: 'absent' }, CLAIMED]);

    expect(decide(run, READY)).toStrictEqual({ do: 'create', records: [{ type: 'prepared', warnings: [] }] });
    expect(decide(run, FACTS['budget left'])).toStrictEqual({ do: 'spend' });
  });
});

describe('of a run without a task that is handled here', () => {
  const found = { type: 'prepared', warnings: [] } as const;
  const waits = (reason: RunReason, notBefore: number, alarm?: string): Decision => ({
    do: 'record',
    records: [found, { type: 'waiting', reason, notBefore }],
    result: { outcome: 'waiting', reason },
    ...(alarm === undefined ? {} : { alarm: { message: alarm, reason } }),
  });
  const leaves = (next: Decision) => ({ do: 'leave', next }) as Decision;
  const QUEUED: RunReason = { code: 'queued', message: 'run r0 of job a has the turn on dcs-i-1' };
  const ASIDE: RunReason = {
    code: 'target_in_online_migration',
    message: 'run r0 of job a has the turn on dcs-i-1: an online migration that continues until it is stopped',
  };
  const NEWER: RunReason = {
    code: 'superseded',
    message: 'run r9 of this job is newer, and both wait for the end of an online migration',
  };
  const PAUSED: RunReason = { code: 'paused', message: 'all jobs are paused since 2026-03-14T11:59:00Z by anna' };
  const NO_TIME: RunReason = { code: 'out_of_time', message: 'the invocation had no time left to start it' };
  const OVER: RunReason = {
    code: 'over_budget',
    message: 'job a has used its limit of 20 runs per 1 h; it continues at 2026-03-14T13:00:00.000Z',
  };
  const DRY: RunReason = {
    code: 'dry_run',
    message: 'dry_run: backup_import import-r was checked and nothing was sent; the run would create the backup_import',
    details: [PLANNED.body],
  };
  const SLOW: RunReason = { code: 'SlowDown', message: 'slow down' };
  const superseded = (reason: RunReason): Decision => ({ do: 'record', records: [{ type: 'superseded', reason }] });

  it('and is new: each value of each fact has its decision', () => {
    const onlyWaits = (reason: RunReason, notBefore: number): Decision => ({
      do: 'record',
      records: [{ type: 'waiting', reason, notBefore }],
      result: { outcome: 'waiting', reason },
    });
    const expected = always(
      { do: 'create', records: [found] },
      {
        'pauses unknown': { do: 'learn', facts: ['pauses'] },
        paused: leaves(waits(PAUSED, NOW)),
        'lane unknown': { do: 'learn', facts: ['lane'] },
        'lane free': { do: 'hold', ended: [{ run: 'r-1', claim: 4 }] },
        'behind, outside': {
          do: 'enter',
          ended: [{ run: 'r-1', claim: 4 }],
          next: waits(QUEUED, NOW) as Extract<Decision, { do: 'record' }>,
        },
        'behind, inside': waits(QUEUED, NOW),
        'behind a steady task, newer unknown': { do: 'learn', facts: ['newer'] },
        'behind a steady task, none newer': leaves(waits(ASIDE, NOW)),
        'behind a steady task, one newer': superseded(NEWER),
        'superseded in the lane': superseded(SUPERSEDED),
        'budget unknown': { do: 'learn', facts: ['budget'] },
        'budget left': { do: 'spend' },
        'over budget': leaves(waits(OVER, NOW + HOUR)),
        'over budget, the first': leaves(waits(OVER, NOW + HOUR, 'ALARM: limit reached, further runs wait')),
        'object unknown': { do: 'learn', facts: ['object'] },
        'object seen longer ago': { do: 'learn', facts: ['object'] },
        'object of another version': { do: 'learn', facts: ['replacement'] },
        'object replaced': superseded(SUPERSEDED),
        'object not replaced': leaves(waits(BUSY, NOW + 30_000)),
        'object absent': { do: 'record', records: [{ type: 'key_absent' }] },
        'object unreadable': waits(SLOW, NOW + 30_000),
        'not checked': { do: 'learn', facts: ['checked'] },
        'checked: refused': rejected(REFUSED),
        'checked: waiting': onlyWaits(BUSY, NOW + 30_000),
        'checked: target in trouble': waits(BUSY, NOW + 30_000),
        'checked: dry run': { do: 'record', records: [{ type: 'dry_run', reason: DRY }] },
        'task unknown': { do: 'learn', facts: ['task'] },
        'task found': { do: 'record', records: [{ type: 'adopted', task: { ...TASK, status: 'RUNNING' } }] },
        'task list refused': rejected(CALL_REFUSED),
        'task list troubled': waits(CALL_TROUBLED, NOW + 30_000),
        'task refused': rejected(REFUSED),
        'no time': waits(NO_TIME, NOW),
        'nothing known': { do: 'learn', facts: ['pauses'] },
      },
    );

    for (const name of NAMES)
      expect([name, decide(runWith([CLAIMED]), FACTS[name])]).toStrictEqual([name, expected[name]]);
  });

  it('and was checked before: its target is looked at again, and what was found is not', () => {
    const run = runWith([found, CLAIMED]);
    const only = (reason: RunReason, notBefore: number, alarm?: string): Decision => ({
      do: 'record',
      records: [{ type: 'waiting', reason, notBefore }],
      result: { outcome: 'waiting', reason },
      ...(alarm === undefined ? {} : { alarm: { message: alarm, reason } }),
    });
    const expected = always(
      { do: 'create', records: [] },
      {
        'pauses unknown': { do: 'learn', facts: ['pauses'] },
        paused: leaves(only(PAUSED, NOW)),
        'lane unknown': { do: 'learn', facts: ['lane'] },
        'lane free': { do: 'hold', ended: [{ run: 'r-1', claim: 4 }] },
        'behind, outside': {
          do: 'enter',
          ended: [{ run: 'r-1', claim: 4 }],
          next: only(QUEUED, NOW) as Extract<Decision, { do: 'record' }>,
        },
        'behind, inside': only(QUEUED, NOW),
        'behind a steady task, newer unknown': { do: 'learn', facts: ['newer'] },
        'behind a steady task, none newer': leaves(only(ASIDE, NOW)),
        'behind a steady task, one newer': superseded(NEWER),
        'superseded in the lane': superseded(SUPERSEDED),
        'budget unknown': { do: 'learn', facts: ['budget'] },
        'budget left': { do: 'spend' },
        'over budget': leaves(only(OVER, NOW + HOUR)),
        'over budget, the first': leaves(only(OVER, NOW + HOUR, 'ALARM: limit reached, further runs wait')),
        'object unknown': { do: 'learn', facts: ['object'] },
        'object seen longer ago': { do: 'learn', facts: ['object'] },
        'object of another version': { do: 'learn', facts: ['replacement'] },
        'object replaced': superseded(SUPERSEDED),
        'object not replaced': leaves(only(BUSY, NOW + 30_000)),
        'object absent': { do: 'record', records: [{ type: 'key_absent' }] },
        'object unreadable': only(SLOW, NOW + 30_000),
        'target unknown': { do: 'learn', facts: ['target'] },
        'target waiting': only(BUSY, NOW + 30_000),
        'target refused': rejected(REFUSED),
        'task unknown': { do: 'learn', facts: ['task'] },
        'task found': { do: 'record', records: [{ type: 'adopted', task: { ...TASK, status: 'RUNNING' } }] },
        'task list refused': rejected(CALL_REFUSED),
        'task list troubled': only(CALL_TROUBLED, NOW + 30_000),
        'task refused': rejected(REFUSED),
        'no time': only(NO_TIME, NOW),
        'nothing known': { do: 'learn', facts: ['pauses'] },
      },
    );

    for (const name of NAMES) expect([name, decide(run, FACTS[name])]).toStrictEqual([name, expected[name]]);
  });

  it('and has to take a backup first: only a run that is certain to continue takes one', () => {
    const run = runWith([found, CLAIMED], { planned: { ...PLANNED, backupTargetFirst: true } });

    expect(decide(run, READY)).toStrictEqual({ do: 'prepare' });
    expect(decide(run, FACTS['backups ready'])).toStrictEqual({ do: 'create', records: [] });
    expect(decide(run, FACTS['backups refused'])).toStrictEqual(rejected(REFUSED));
    expect(decide(run, FACTS['backups waiting'])).toStrictEqual({
      do: 'record',
      records: [{ type: 'waiting', reason: BUSY, notBefore: NOW + MINUTE }],
      result: { outcome: 'waiting', reason: BUSY },
    });
    expect(decide(run, FACTS['task found'])).toMatchObject({ do: 'record', records: [{ type: 'adopted' }] });
    expect(decide(run, FACTS['task unknown'])).toStrictEqual({ do: 'learn', facts: ['task'] });
  });

  it('and is a dry run: what was found is not recorded when it waits, and it is checked again when its time comes', () => {
    const planned = withPolicies({ dryRun: true });
    const dry = { checked: { end: 'complete', planned } } as const;
    const run = runWith([CLAIMED], { planned });

    expect(decide(run, readyBut({ ...dry, budget: { until: NOW + HOUR, first: false } }))).toStrictEqual({
      do: 'leave',
      next: {
        do: 'record',
        records: [{ type: 'waiting', reason: OVER, notBefore: NOW + HOUR }],
        result: { outcome: 'waiting', reason: OVER },
      },
    });
    expect(decide(run, readyBut(dry, { hasTime: false }))).toStrictEqual({
      do: 'record',
      records: [{ type: 'waiting', reason: NO_TIME, notBefore: NOW }],
      result: { outcome: 'waiting', reason: NO_TIME },
    });
    expect(decide(run, readyBut({ checked: undefined }))).toStrictEqual({ do: 'learn', facts: ['checked'] });
    expect(decide(run, readyBut({ ...dry, lane: BEHIND }))).toStrictEqual({
      do: 'record',
      records: [{ type: 'dry_run', reason: DRY }],
    });
  });

  it('is created only where it is claimed: otherwise it is claimed first', () => {
    expect(decide(runWith(), READY)).toStrictEqual({ do: 'claim' });
    expect(decide(runWith(), FACTS['lane free'])).toStrictEqual({ do: 'claim' });
    expect(decide(runWith(), FACTS['behind, outside'])).toStrictEqual({ do: 'claim' });
    expect(decide(runWith([CLAIMED, { type: 'claimed', until: NOW }]), READY)).toStrictEqual({ do: 'claim' });
    expect(decide(runWith([{ ...CLAIMED, until: NOW }]), READY)).toStrictEqual({ do: 'create', records: [found] });
  });
});

/** The same plan for another key of the object. */
function importing(key: string, planned: PlannedTask): PlannedTask {
  if (!('backup_files' in planned.body)) return planned;
  return { ...planned, body: { backup_files: { bucket_name: 'b', files: [{ file_name: key }] } } };
}

describe('decide, of whatever run and facts', () => {
  const times = fc.constantFrom(NOW - 8 * HOUR, NOW - 6 * HOUR, NOW - MINUTE, NOW - 1, NOW, NOW + 1, NOW + HOUR);
  const by = fc.constantFrom('ours', 'other');
  const reasons = fc.constantFrom(BUSY, MISSING, REFUSED, SUPERSEDED, PARKED, LOST);
  const record = fc.oneof(
    fc.record({ type: fc.constant('claimed'), until: times, at: times, by }),
    fc.record({ type: fc.constant('waiting'), reason: reasons, notBefore: times, at: times }),
    fc.record({ type: fc.constant('intent'), until: times, at: times, by }),
    fc.record({ type: fc.constantFrom('absent', 'resumed', 'key_absent', 'settled', 'void'), at: times }),
    fc.record({ type: fc.constantFrom('unknown', 'rejected', 'superseded', 'dry_run', 'forgotten'), reason: reasons }),
    fc.record({ type: fc.constant('parked'), reason: reasons }),
    fc.record({ type: fc.constant('parked'), reason: reasons, byHand: fc.constant(true) }),
    fc.record({ type: fc.constantFrom('created', 'adopted'), task: fc.constant(TASK) }),
    fc.record({ type: fc.constant('prepared'), warnings: fc.constant([]) }),
    fc.record({ type: fc.constant('key'), key: fc.constantFrom('k', 'k+1') }),
    fc.record({ type: fc.constant('called'), call: fc.constant('backup_target'), id: fc.constant('b-1') }),
  );
  const plans = fc.constantFrom(
    PLANNED,
    withPolicies({ preflight: 'off' }),
    withPolicies({ dryRun: true }),
    { ...PLANNED, backupTargetFirst: true } as const,
    { ...PLANNED, latestBackup: { instanceId: 'i-2', copyFirst: true } },
    { kind: 'online_migration', name: 'online-r', body: {}, warnings: [] } as const,
  );
  const received = fc
    .record({
      planned: plans,
      trigger: fc.constantFrom('object', 'tick', 'request' as const),
      overlap: fc.constantFrom('queue', 'latest', 'reject' as const),
      isWritten: fc.boolean(),
    })
    .map(({ planned, trigger, overlap, isWritten }) => ({
      planned,
      trigger,
      policies: { overlap, limit: { runs: 20, perMs: HOUR }, settleMs: MINUTE, deadlineMs: 6 * HOUR },
      ...(isWritten
        ? { given: { ...GIVEN, written: 'k+1' }, written: { key: 'k+1', planned: importing('k+1', planned) } }
        : {}),
    }));
  /** Of a dry run nothing is ever prepared. */
  const runs: fc.Arbitrary<Run> = fc
    .tuple(fc.array(record, { maxLength: 6 }), received, fc.boolean())
    .map(([records, first, isClaimed]) => {
      const isDry = 'policies' in first.planned && first.planned.policies.dryRun;
      const had = records.filter(({ type }) => !isDry || type !== 'prepared');
      return runWith(isClaimed ? [...had, CLAIMED] : had, first);
    });
  const values = <Name extends keyof Known>(name: Name) => {
    const all = NAMES.flatMap((one): Exclude<Known[Name], undefined>[] => {
      const { [name]: value }: Known = FACTS[one].known;
      return value === undefined ? [] : [value as Exclude<Known[Name], undefined>];
    });
    return fc.constantFrom(...all);
  };
  const known = fc.record(
    {
      pauses: fc.constantFrom([], [PAUSE]),
      lane: values('lane'),
      budget: fc.constantFrom('left', 'spent', { until: NOW + HOUR, first: true } as const),
      object: values('object'),
      replacement: values('replacement'),
      checked: values('checked'),
      target: values('target'),
      task: values('task'),
      prepared: values('prepared'),
      newer: fc.constantFrom('none', 'r9'),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Known>;
  const ready = fc.constant(READY.known);
  const facts: fc.Arbitrary<Facts> = fc.record({
    now: fc.constant(NOW),
    hasTime: fc.boolean(),
    by: fc.constant('ours'),
    isTick: fc.boolean(),
    known: fc.oneof(
      known,
      fc.tuple(ready, known).map(([all, some]) => ({ ...all, ...some })),
      ready,
    ),
  });
  const lasts = (decision: Decision): Decision => ('next' in decision ? decision.next : decision);
  const check = (rule: (decision: Decision, run: Run, given: Facts) => void) =>
    fc.assert(
      fc.property(runs, facts, (run, { known: seen, ...others }) => {
        // What was judged is this run's plan.
        const { checked } = seen;
        const ofRun = checked?.end === 'complete' ? { checked: { ...checked, planned: run.planned } } : {};
        const given = { ...others, known: { ...seen, ...ofRun } };
        rule(decide(run, given), run, given);
      }),
      { numRuns: 5_000 },
    );

  it('throws nothing and records no empty list', () => {
    check((decision) => {
      const last = lasts(decision);
      if (last.do === 'record') expect(last.records.length).toBeGreaterThan(0);
    });
  });

  it('learns only what is not known, or an object that was seen too long ago', () => {
    check((decision, _run, given) => {
      if (decision.do !== 'learn') return;
      expect(decision.facts.length).toBeGreaterThan(0);
      for (const name of decision.facts) {
        const { object } = given.known;
        const isStale = name === 'object' && typeof object === 'object' && object.at < NOW - 5_000;
        expect(given.known[name] === undefined || isStale).toBe(true);
      }
    });
  });

  it('creates only what is claimed here, has its turn and budget, is not paused, has time, no task, and a fresh object', () => {
    let creates = 0;
    check((decision, { state, planned }, { hasTime, known: seen }) => {
      if (decision.do !== 'create') return;
      creates += 1;
      expect(state.end).toBeUndefined();
      expect(state.parked).toBeUndefined();
      expect(state.claimant).toBe('ours');
      expect(state.notBefore ?? 0).toBeLessThanOrEqual(NOW);
      expect(['held', 'none']).toContain(seen.lane?.is);
      expect(seen.budget).toBe('spent');
      expect(seen.pauses).toStrictEqual([]);
      expect(hasTime).toBe(true);
      if (state.attempt) {
        expect(state.absentAt).toBeDefined();
        expect(NOW - state.attempt.until).toBeGreaterThanOrEqual(MINUTE);
      }
      expect(seen.task?.end).toBe('absent');
      const isImport = planned.kind === 'backup_import' && planned.policies?.preflight !== 'off';
      if (isImport && typeof seen.object === 'object') {
        expect([seen.object.end, seen.object.at >= NOW - 5_000]).toStrictEqual(['there', true]);
      }
      if (isImport) expect(seen.object).toBeDefined();
      expect(planned.policies?.dryRun ?? false).toBe(false);
    });
    expect(creates).toBeGreaterThan(10);
  });

  it('returns the same for the same run and facts, and changes neither', () => {
    check((decision, run, given) => {
      const before = JSON.stringify([run, given]);
      expect(decide(run, given)).toStrictEqual(decision);
      expect(JSON.stringify([run, given])).toBe(before);
    });
  });
});
