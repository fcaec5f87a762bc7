import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import type { RunReason } from '../../../../lib/runs/report/run-result.ts';
import { claimRecord } from '../../../../lib/runs/start/claim-record.ts';
import {
  isClaimed,
  isMine,
  isOverdue,
  nextAttemptAt,
  park,
  retryLater,
  unrecorded,
  unresolved,
  wait,
  waitOutsideLane,
} from '../../../../lib/runs/start/waits.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';
import {
  CLAIMED,
  HOUR,
  MINUTE,
  NOW,
  PLANNED,
  READY,
  readyBut,
  runWith,
  withPolicies,
} from '../../../fixtures/decided-run.ts';

/** Of the target. */
const BUSY: RunReason = { code: 'DCS.4026', message: 'the instance is busy' };
/** Of the run itself. */
const NO_RIGHT: RunReason = { code: 'AccessDenied', message: 'not allowed' };
/** Of the cloud. */
const SLOW: RunReason = { code: 'SlowDown', message: 'slow down' };
const QUEUED: RunReason = { code: 'queued', message: 'another run has the turn' };
const PREPARED = { type: 'prepared', warnings: [] } as const;
/** Nothing was found out in this pass. */
const PLAIN = readyBut({ checked: undefined });

const notices = (count: number) =>
  Array.from({ length: count }, () => ({ type: 'notified', event: 'started', messageId: 'm' }));

describe('a claim', () => {
  it('stands until its lease ends, and not a millisecond longer', () => {
    const run = runWith([{ type: 'claimed', until: NOW + 75_000 }]);

    expect([isClaimed(run, NOW + 74_999), isClaimed(run, NOW + 75_000)]).toStrictEqual([true, false]);
    expect(isClaimed(runWith(), NOW)).toBe(false);
  });

  it('belongs to the writer of the newest one, expired or not', () => {
    const theirs = { type: 'claimed', until: NOW };

    expect(isMine(runWith([theirs]), READY)).toBe(false);
    expect(isMine(runWith([theirs, CLAIMED]), READY)).toBe(true);
    expect(isMine(runWith([CLAIMED, theirs]), READY)).toBe(false);
    expect(isMine(runWith([CLAIMED, { type: 'waiting', reason: BUSY, notBefore: NOW }]), READY)).toBe(true);
    expect(isMine(runWith([{ ...CLAIMED, until: NOW - 1 }]), READY)).toBe(true);
    expect(isMine(runWith(), READY)).toBe(false);
  });

  it('lasts 135 s longer than its invocation, or than what the whole invocation still has', () => {
    const { deps: fake } = fakeRun(60_000);
    const deps = { ...fake, ledger: makeLedger(makeMemoryStore(), 'ours', () => NOW) };

    expect(claimRecord(deps)).toStrictEqual({ type: 'claimed', until: NOW + 195_000 });
    expect(claimRecord({ ...deps, leaseMs: () => 200_000 })).toStrictEqual({ type: 'claimed', until: NOW + 335_000 });
  });
});

describe('a wait', () => {
  const waited = (reason: RunReason, more: object = {}) =>
    runWith([{ type: 'waiting', reason, notBefore: NOW, ...more }]);
  const answer = (reason: RunReason) => ({ do: 'respond', result: { outcome: 'waiting', reason } });
  const recorded = (reason: RunReason, notBefore: number) => ({
    do: 'record',
    records: [{ type: 'waiting', reason, notBefore }],
    result: { outcome: 'waiting', reason },
  });

  it('of a run with 999 records is as long as requested, and from 1,000 on six hours at least', () => {
    const few = runWith(notices(998));
    const many = runWith([{ type: 'claimed', until: NOW + 1 }, ...notices(998)]);

    expect(wait(few, PLAIN, BUSY, NOW + 30_000)).toStrictEqual(recorded(BUSY, NOW + 30_000));
    expect(wait(many, PLAIN, BUSY, NOW + 30_000)).toStrictEqual(recorded(BUSY, NOW + 6 * HOUR));
    expect(wait(many, PLAIN, BUSY, NOW + 7 * HOUR)).toStrictEqual(recorded(BUSY, NOW + 7 * HOUR));
  });

  it('for its turn is as short as requested, however many records there are', () => {
    const many = runWith([{ type: 'claimed', until: NOW + 1 }, ...notices(998)]);

    expect(wait(many, PLAIN, QUEUED, NOW)).toStrictEqual(recorded(QUEUED, NOW));
  });

  it('for the same reason is written down again when it lasts longer, but not from 1,000 records on', () => {
    const few = runWith([...notices(997), { type: 'waiting', reason: BUSY, notBefore: NOW }]);
    const many = runWith([...notices(998), { type: 'waiting', reason: BUSY, notBefore: NOW }]);

    expect([few.records, many.records]).toStrictEqual([999, 1_000]);
    expect(wait(few, PLAIN, BUSY, NOW + 1)).toStrictEqual(recorded(BUSY, NOW + 1));
    expect(wait(few, PLAIN, BUSY, NOW)).toStrictEqual(answer(BUSY));
    expect(wait(many, PLAIN, BUSY, NOW + 1)).toStrictEqual(answer(BUSY));
  });

  it('for the same turn is written down once, whoever has it', () => {
    const other = { ...QUEUED, message: 'yet another run has the turn' };

    expect(wait(waited(QUEUED), PLAIN, QUEUED, NOW)).toStrictEqual(answer(QUEUED));
    expect(wait(waited(QUEUED), PLAIN, other, NOW)).toStrictEqual(answer(other));
  });

  it('for another reason is written down', () => {
    expect(wait(waited(QUEUED), PLAIN, BUSY, NOW)).toStrictEqual(recorded(BUSY, NOW));
    expect(wait(runWith(), PLAIN, BUSY, NOW)).toStrictEqual(recorded(BUSY, NOW));
  });

  it('for another pause is written down, because somebody has to take that one back', () => {
    const [one, two] = ['all', 'one'].map((what): RunReason => ({ code: 'paused', message: `${what} paused` }));
    if (!one || !two) throw new Error('two pauses');

    expect(wait(waited(one), PLAIN, one, NOW)).toStrictEqual(answer(one));
    expect(wait(waited(one), PLAIN, two, NOW)).toStrictEqual(recorded(two, NOW));
  });

  it('of a claimed run is written down, so that the claim is over', () => {
    const claimed = runWith([{ type: 'waiting', reason: QUEUED, notBefore: NOW }, CLAIMED]);

    expect(wait(claimed, PLAIN, QUEUED, NOW)).toStrictEqual(recorded(QUEUED, NOW));
    expect(wait(claimed, { ...PLAIN, now: NOW + 75_000 }, QUEUED, NOW)).toStrictEqual(answer(QUEUED));
  });

  it('is written down together with what was found out in this pass', () => {
    expect(wait(waited(QUEUED), READY, QUEUED, NOW)).toStrictEqual({
      do: 'record',
      records: [PREPARED, { type: 'waiting', reason: QUEUED, notBefore: NOW }],
      result: { outcome: 'waiting', reason: QUEUED },
    });
  });

  it('aside leaves the lane first, whether it is written down or not', () => {
    expect(waitOutsideLane(runWith(), PLAIN, BUSY, NOW + 1)).toStrictEqual({
      do: 'leave',
      next: recorded(BUSY, NOW + 1),
    });
    expect(waitOutsideLane(waited(BUSY), PLAIN, BUSY, NOW)).toStrictEqual({ do: 'leave', next: answer(BUSY) });
  });
});

describe('the next try', () => {
  it.each([
    [0, 30_000],
    [1, 30_000],
    [2, 60_000],
    [3, 120_000],
    [5, 480_000],
    [6, 900_000],
    [50, 900_000],
  ])('after %i claims comes %i ms later', (claims, ms) => {
    const run = runWith(Array.from({ length: claims }, () => ({ type: 'claimed', until: NOW })));

    expect(nextAttemptAt(run, NOW)).toBe(NOW + ms);
  });

  it('of a run with 1,000 records comes six hours later, and of one with 999 within minutes', () => {
    expect(nextAttemptAt(runWith(notices(998)), NOW)).toBe(NOW + 30_000);
    expect(nextAttemptAt(runWith(notices(999)), NOW)).toBe(NOW + 6 * HOUR);
  });
});

describe('a run is overdue', () => {
  it.each([
    ['six hours after its first attempt', { type: 'intent', until: NOW }, true],
    ['six hours after its trouble began', { type: 'waiting', reason: BUSY, notBefore: NOW }, true],
    ['never while it waits for its turn', { type: 'waiting', reason: QUEUED, notBefore: NOW }, false],
  ])('%s', (_when, record, isLate) => {
    const run = runWith([record]);

    expect([isOverdue(run, NOW + 6 * HOUR), isOverdue(run, NOW + 6 * HOUR + 1)]).toStrictEqual([false, isLate]);
  });

  it.each(['queued', 'paused', 'over_budget', 'out_of_time', 'target_in_online_migration'] as const)(
    'never while it waits because it is %s',
    (code) => {
      expect(
        isOverdue(runWith([{ type: 'waiting', reason: { code, message: 'm' }, notBefore: NOW }]), NOW + 9 * HOUR),
      ).toBe(false);
    },
  );

  it('six hours after its trouble began, however recently it failed again', () => {
    const trouble = { type: 'waiting', reason: BUSY, notBefore: NOW };

    expect(isOverdue(runWith([trouble, { ...trouble, at: NOW + 5 * HOUR }]), NOW + 6 * HOUR + 1)).toBe(true);
  });

  it('by its first attempt, where it had trouble before', () => {
    const trouble = { type: 'waiting', reason: BUSY, notBefore: NOW, at: NOW - 5 * HOUR };

    expect(isOverdue(runWith([trouble, { type: 'intent', until: NOW }]), NOW + 2 * HOUR)).toBe(false);
  });
});

describe('what was found out', () => {
  it('is the complete plan, once, and its body if that changed', () => {
    const checked = { end: 'complete', planned: { ...PLANNED, body: { more: 1 }, warnings: ['w'] } } as const;

    expect(unrecorded(runWith(), READY.known)).toStrictEqual([PREPARED]);
    expect(unrecorded(runWith(), { checked })).toStrictEqual([
      { type: 'prepared', body: { more: 1 }, warnings: ['w'] },
    ]);
    expect(unrecorded(runWith([PREPARED]), { checked })).toStrictEqual([]);
  });

  it('is nothing while the plan is not complete, and nothing of a dry run', () => {
    expect(unrecorded(runWith(), {})).toStrictEqual([]);
    expect(unrecorded(runWith(), { checked: { end: 'waiting', reason: BUSY } })).toStrictEqual([]);
    expect(unrecorded(runWith(), { checked: { end: 'refused', reason: BUSY } })).toStrictEqual([]);
    const planned = withPolicies({ dryRun: true });
    expect(unrecorded(runWith([], { planned }), { checked: { end: 'complete', planned } })).toStrictEqual([]);
  });
});

describe('passing trouble', () => {
  const parkedFor = (reason: RunReason) => ({
    code: 'parked' as const,
    cause: reason.code,
    message: `parked, an operator has to decide: ${reason.message}`,
  });
  const recorded = (reason: RunReason, notBefore: number) => ({
    do: 'record',
    records: [{ type: 'waiting', reason, notBefore }],
    result: { outcome: 'waiting', reason },
  });

  it('of the target or the cloud keeps the turn, and of the run itself leaves the target to others', () => {
    expect(retryLater(runWith(), PLAIN, BUSY)).toStrictEqual(recorded(BUSY, NOW + 30_000));
    expect(retryLater(runWith(), PLAIN, SLOW)).toStrictEqual(recorded(SLOW, NOW + 30_000));
    expect(retryLater(runWith(), PLAIN, NO_RIGHT)).toStrictEqual({
      do: 'leave',
      next: recorded(NO_RIGHT, NOW + 30_000),
    });
    const odd: RunReason = { code: 'backup_running', message: 'a backup is being taken' };
    expect(retryLater(runWith(), PLAIN, odd, NOW + MINUTE)).toStrictEqual(recorded(odd, NOW + MINUTE));
  });

  it('of a run that may have a task keeps the turn, whatever it is', () => {
    const attempted = runWith([{ type: 'intent', until: NOW }]);

    expect(retryLater(attempted, PLAIN, NO_RIGHT)).toStrictEqual(recorded(NO_RIGHT, NOW + 30_000));
  });

  it('after six hours parks the run, logs an error, and leaves the target to others', () => {
    const since = { type: 'waiting', reason: BUSY, notBefore: NOW, at: NOW - 6 * HOUR - 1 };
    const expected = (reason: RunReason) => ({
      do: 'leave',
      next: {
        do: 'record',
        records: [
          { type: 'waiting', reason, notBefore: NOW + 30_000 },
          { type: 'parked', reason: parkedFor(reason) },
        ],
        result: { outcome: 'waiting', reason: parkedFor(reason) },
        alarm: { message: 'parked', reason: parkedFor(reason) },
      },
    });

    expect(retryLater(runWith([since]), PLAIN, BUSY)).toStrictEqual(expected(BUSY));
    expect(retryLater(runWith([since]), PLAIN, NO_RIGHT)).toStrictEqual(expected(NO_RIGHT));
    const justNow = runWith([{ ...since, at: NOW - 6 * HOUR }]);
    expect(retryLater(justNow, PLAIN, BUSY)).toStrictEqual(recorded(BUSY, NOW + 30_000));
  });

  it('of an attempt that certainly made nothing parks a run that waits, not one that is unknown', () => {
    const run = runWith([{ type: 'intent', until: NOW, at: NOW - 7 * HOUR }]);

    expect(retryLater(run, PLAIN, BUSY)).toMatchObject({ do: 'leave', next: { result: { outcome: 'waiting' } } });
    expect(park(run, PLAIN, BUSY)).toStrictEqual({
      do: 'record',
      records: [{ type: 'parked', reason: parkedFor(BUSY) }],
      result: { outcome: 'unknown', reason: parkedFor(BUSY) },
      alarm: { message: 'parked', reason: parkedFor(BUSY) },
    });
  });

  it('keeps the error of the cloud with the reason of a parked run', () => {
    const reason: RunReason = { ...BUSY, status: 400, request_id: 'q-1' };

    expect(park(runWith(), PLAIN, reason)).toMatchObject({
      next: { records: [{ reason: { code: 'parked', cause: 'DCS.4026', status: 400, request_id: 'q-1' } }] },
    });
    expect(park(runWith(), READY, reason)).toMatchObject({ next: { records: [PREPARED, { type: 'parked' }] } });
  });
});

describe('a run that nothing more can be done for now', () => {
  it('is unknown while an attempt is open, else it waits, for the reason that it has or that is given', () => {
    const unknown = runWith([
      { type: 'intent', until: NOW },
      { type: 'unknown', reason: BUSY },
    ]);

    expect(unresolved(unknown)).toStrictEqual({ outcome: 'unknown', reason: BUSY });
    expect(unresolved(unknown, SLOW)).toStrictEqual({ outcome: 'unknown', reason: SLOW });
    expect(unresolved(runWith([{ type: 'parked', reason: BUSY }]))).toStrictEqual({ outcome: 'waiting', reason: BUSY });
    expect(unresolved(runWith([{ type: 'intent', until: NOW }]))).toStrictEqual({
      outcome: 'unknown',
      reason: {
        code: 'lost_answer',
        message: 'a create call may have been sent, but its response is unknown; watching the list of tasks',
      },
    });
  });
});
