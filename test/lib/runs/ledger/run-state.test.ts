import type { LogRecord } from '../../../../lib/runs/ledger/append-log.ts';
import type { ReceivedRecord, RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { foldRun } from '../../../../lib/runs/ledger/run-state.ts';

const at = (time: number, by = 'one'): LogRecord => ({ id: `${by}-${time}`, at: time, by });
const received: ReceivedRecord = {
  ...at(0),
  type: 'received',
  v: 2,
  job: 'a',
  run: '0'.repeat(32),
  trigger: 'tick',
  source: 'timer',
  order: 0,
  policies: { overlap: 'queue', limit: { runs: 20, perMs: 3_600_000 }, settleMs: 60_000, deadlineMs: 21_600_000 },
};
const claimed: RunRecord = { ...at(1), type: 'claimed', until: 100 };
const intent: RunRecord = { ...at(2), type: 'intent', until: 100 };
const reason = { code: 'DCS.4026' as const, message: 'm' };
const unknown: RunRecord = { ...at(3), type: 'unknown', reason };
const absent: RunRecord = { ...at(4), type: 'absent' };
const waiting: RunRecord = { ...at(5), type: 'waiting', reason, notBefore: 500 };
const parked: RunRecord = { ...at(6), type: 'parked', reason };
const resumed: RunRecord = { ...at(7, 'a person'), type: 'resumed' };
const task = { kind: 'backup_import', id: 't', name: 'n' } as const;
const created: RunRecord = { ...at(8), type: 'created', task };
const adopted: RunRecord = { ...at(8), type: 'adopted', task };
const rejected: RunRecord = { ...at(8), type: 'rejected', reason };
const superseded: RunRecord = { ...at(8), type: 'superseded', reason };
const called: RunRecord = { ...at(1), type: 'called', call: 'backup_target', id: 'b' };
const settled: RunRecord = { ...at(9), type: 'settled' };
const voided: RunRecord = { ...at(0), type: 'void' };
const claim = { by: 'one', until: 100 };
const attempt = { until: 100 };

describe('foldRun', () => {
  it.each<[string, RunRecord[], object]>([
    ['nothing from no records', [], {}],
    ['nothing from a void', [voided], {}],
    ['a run that came after a void', [voided, received], { received }],
    ['a claim', [received, claimed], { lastClaim: 2, claimant: 'one', received, claim }],
    [
      'the newest claim',
      [received, claimed, { ...at(2, 'two'), type: 'claimed', until: 200 }],
      { lastClaim: 3, claimant: 'two', received, claim: { by: 'two', until: 200 } },
    ],
    [
      'an attempt under a claim',
      [received, claimed, intent],
      { lastClaim: 2, claimant: 'one', received, claim, attempt, firstIntentAt: 2 },
    ],
    [
      'an attempt without a claim after a lost answer',
      [received, claimed, intent, unknown],
      { lastClaim: 2, claimant: 'one', received, attempt, firstIntentAt: 2, reason },
    ],
    [
      'the first absence',
      [received, claimed, intent, unknown, absent],
      { lastClaim: 2, claimant: 'one', received, attempt, firstIntentAt: 2, reason, absentAt: 4 },
    ],
    [
      'a new attempt without the absence of the one before',
      [received, claimed, intent, absent, { ...at(6), type: 'intent', until: 300 }],
      { lastClaim: 2, claimant: 'one', received, claim, attempt: { until: 300 }, firstIntentAt: 2 },
    ],
    [
      'that its claimant handles it until its call is over, though a wait had ended the claim',
      [received, claimed, { ...waiting, reason: { code: 'queued', message: 'm' } }, { ...intent, until: 300 }],
      {
        lastClaim: 2,
        claimant: 'one',
        received,
        reason: { code: 'queued', message: 'm' },
        claim: { by: 'one', until: 300 },
        attempt: { until: 300 },
        firstIntentAt: 2,
      },
    ],
    [
      'no claim where somebody else has claimed it since',
      [received, claimed, { ...claimed, ...at(2, 'two') }, waiting, { ...intent, until: 300 }],
      {
        lastClaim: 3,
        claimant: 'two',
        received,
        reason,
        troubleSince: 5,
        attempt: { until: 300 },
        firstIntentAt: 2,
      },
    ],
    [
      'no claim and no attempt while waiting',
      [received, claimed, intent, waiting],
      { lastClaim: 2, claimant: 'one', received, firstIntentAt: 2, troubleSince: 5, reason, notBefore: 500 },
    ],
    [
      'a parked run with its attempt',
      [received, claimed, intent, unknown, absent, parked],
      { lastClaim: 2, claimant: 'one', received, attempt, firstIntentAt: 2, absentAt: 4, reason, parked: true },
    ],
    [
      'a run that an operator lets start beyond its budget, which waits no longer',
      [received, claimed, waiting, { ...at(8, 'a person'), type: 'run_now', reason }],
      { lastClaim: 2, claimant: 'one', received, troubleSince: 5, reason, runNow: true },
    ],
    [
      'a resumed run as it was received',
      [received, claimed, intent, unknown, absent, parked, resumed],
      { lastClaim: 2, claimant: 'one', received },
    ],
    [
      'a resumed run with the backup that was made for it',
      [received, called, intent, unknown, parked, resumed],
      { received, calls: { backup_target: { until: 1, done: true, id: 'b' } } },
    ],
    [
      'an attempt of a run that was parked by hand when it goes on, whose deadline counts again',
      [received, claimed, intent, { ...parked, byHand: true }, resumed],
      { lastClaim: 2, claimant: 'one', received, attempt, firstIntentAt: 7 },
    ],
    [
      'the first look that did not find the object, until one does',
      [received, { ...at(3), type: 'key_absent' }, { ...at(4), type: 'key_absent' }],
      { received, keyAbsentAt: 3 },
    ],
    [
      'an object that was found again',
      [received, { ...at(3), type: 'key_absent' }, { ...at(4), type: 'key', key: 'k' }],
      { received },
    ],
    [
      'a task of our making',
      [received, claimed, intent, created],
      { lastClaim: 2, claimant: 'one', received, firstIntentAt: 2, end: 'created', createdAt: 8, task },
    ],
    [
      'a task that was found, no longer parked',
      [received, claimed, intent, unknown, parked, adopted],
      { lastClaim: 2, claimant: 'one', received, firstIntentAt: 2, end: 'created', createdAt: 8, task },
    ],
    [
      'the absence of a known task',
      [received, claimed, intent, created, absent],
      { lastClaim: 2, claimant: 'one', received, firstIntentAt: 2, end: 'created', createdAt: 8, task, absentAt: 4 },
    ],
    [
      'a known task that was found again',
      [received, claimed, intent, created, absent, adopted],
      { lastClaim: 2, claimant: 'one', received, firstIntentAt: 2, end: 'created', createdAt: 8, task },
    ],
    ['a refusal', [received, claimed, rejected], { lastClaim: 2, claimant: 'one', received, end: 'rejected', reason }],
    ['a run that a newer one replaced', [received, superseded], { received, end: 'superseded', reason }],
    [
      'where the lane ended when the run took its turn, and an attempt since',
      [received, claimed, { ...intent, lane: { segment: 1, position: 700 } }],
      {
        lastClaim: 2,
        claimant: 'one',
        received,
        claim,
        attempt,
        firstIntentAt: 2,
        lane: { segment: 1, position: 700 },
      },
    ],
    ['a settled run with its end', [received, rejected, settled], { received, end: 'rejected', reason, settled: true }],
  ])('reads %s', (_what, records, state) => {
    expect(foldRun(records)).toEqual({ lastClaim: 0, ...state });
  });
});
