import type { NewRunRecord, RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { foldRun } from '../../../../lib/runs/ledger/run-state.ts';
import type { RunReason } from '../../../../lib/runs/report/run-result.ts';
import { adviceOnWait, dueWait } from '../../../../lib/runs/report/waiting-report.ts';

const START = Date.parse('2026-03-14T12:00:00Z');
const HOUR = 3_600_000;
const QUEUED: RunReason = { code: 'queued', message: 'run 77 has the target' };
const ONLINE: RunReason = { code: 'target_in_online_migration', message: 'run 77 replicates' };
const TASK = { kind: 'backup_import', id: 'task-1', name: 'n' } as const;

const record = (hours: number, rest: NewRunRecord): RunRecord => ({
  id: `r-${hours}`,
  at: START + hours * HOUR,
  by: 'i',
  ...rest,
});
const RECEIVED = record(0, { type: 'received', v: 2, job: 'a', run: 'r' } as NewRunRecord);
const waiting = (reason: RunReason) => record(0.01, { type: 'waiting', reason, notBefore: 0 });
const told = (hours: number) => record(hours, { type: 'notified', event: 'waiting', messageId: 'm' });
const due = (records: readonly RunRecord[], hours: number) =>
  dueWait(records, foldRun(records), { now: START + hours * HOUR });

describe('a run that waits is due for a report', () => {
  it.each([
    [0.99, undefined],
    [1, 1],
    [3.99, 1],
    [4, 2],
    [11.99, 2],
    [12, 3],
    [35.99, 3],
    [36, 4],
    [59.99, 4],
    [60, 5],
    [12 + 30 * 24, 33],
  ])('after %d hours, if none was sent: number %p', (hours, number) => {
    expect(due([RECEIVED, waiting(QUEUED)], hours)?.number).toBe(number);
  });

  it.each([
    [1, 3.99, undefined],
    [1, 4, 2],
    [3.99, 4, 2],
    [4, 11.99, undefined],
    [4, 12, 3],
    [12, 35.99, undefined],
    [12, 36, 4],
    [36, 59.99, undefined],
    [36, 60, 5],
    // Nothing ran for ten hours: one report, and the next at its time.
    [11, 11.99, undefined],
    [11, 12, 3],
  ])('that was sent after %d hours, again after %d: number %p', (before, hours, number) => {
    expect(due([RECEIVED, waiting(QUEUED), told(before)], hours)?.number).toBe(number);
  });

  it('at once when the wait does not end by itself, and then in the same rhythm, without the one after an hour', () => {
    const records = [RECEIVED, waiting(ONLINE)];

    expect(due(records, 0.1)).toEqual({ number: 1, at: START + 0.1 * HOUR, reason: ONLINE });
    expect([0.2, 1, 3.9, 4].map((hours) => due([...records, told(0.1)], hours)?.number)).toEqual([
      undefined,
      undefined,
      undefined,
      2,
    ]);
  });

  it('not when only the reason changes after a report', () => {
    expect(due([RECEIVED, waiting(QUEUED), told(1), waiting(ONLINE)], 2)).toBeUndefined();
  });

  it('with no reason when none is known', () => {
    expect(due([RECEIVED], 1)).toEqual({ number: 1, at: START + HOUR });
  });

  it.each<[string, RunRecord[]]>([
    ['was not received', []],
    ['has its task', [RECEIVED, record(1, { type: 'created', task: TASK })]],
    ['was refused', [RECEIVED, record(1, { type: 'rejected', reason: QUEUED })]],
    ['was replaced', [RECEIVED, record(1, { type: 'superseded', reason: QUEUED })]],
    ['is parked', [RECEIVED, record(1, { type: 'parked', reason: { code: 'parked', message: 'm' } })]],
    ['may have created a task', [RECEIVED, record(1, { type: 'intent', until: 0 })]],
    ['is forgotten', [RECEIVED, record(1, { type: 'forgotten', reason: QUEUED })]],
  ])('never when it %s', (_state, records) => {
    expect(due(records, 48)).toBeUndefined();
  });
});

describe('what to do about a run that waits', () => {
  it.each<[RunReason['code'] | undefined, string]>([
    ['paused', 'npx migrations resume a'],
    ['queued', 'npx migrations runs lanes'],
    ['over_budget', 'A higher limit applies to later runs only'],
    ['DCS.2007', 'npx migrations check --live'],
    ['keys_refused', 'npx migrations check --live'],
    ['secret_unavailable', 'fix it: create or enable the secret in DEW'],
    ['file_missing', 'upload the file, unless it is on its way'],
    ['agent_absent', 'start the Agent on the source server'],
    ['instance_busy', 'it is retried automatically'],
    [undefined, 'it is retried automatically'],
  ])('because of %s', (code, advice) => {
    expect(adviceOnWait(code && { code, message: 'm' }, { job: 'a', run: 'r' })).toContain(advice);
  });
});
