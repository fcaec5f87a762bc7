import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { viewRun } from '../../../../lib/runs/report/run-view.ts';

const stamp = (at: number) => ({ id: `i-${at}`, at, by: 'somebody.secret-host' });
const RECEIVED: RunRecord = {
  ...stamp(0),
  type: 'received',
  v: 2,
  job: 'move',
  run: 'a'.repeat(32),
  trigger: 'request',
  source: 'request g-1',
  order: 0,
  contentHash: 'hash-of-the-body',
  planned: {
    kind: 'online_migration',
    name: 'x-aaaaaaaaaaaa',
    body: { password: { user_data: 'NAME' } },
    warnings: [],
  },
  policies: { overlap: 'queue', limit: { runs: 1, perMs: 1 }, settleMs: 1, deadlineMs: 1 },
};
const reason = { code: 'queued' as const, message: 'because' };
const task = { kind: 'online_migration', id: 't-1', name: 'x-aaaaaaaaaaaa', status: 'CREATING' } as const;
const CREATED: RunRecord = { ...stamp(3), type: 'created', task };
const INTENT: RunRecord = { ...stamp(2), type: 'intent', until: 9 };
const settled = (status?: string, why?: typeof reason): RunRecord => ({
  ...stamp(5),
  type: 'settled',
  ...(status ? { status } : {}),
  ...(why ? { reason: why } : {}),
});

describe('viewRun', () => {
  it.each<[string, RunRecord[], string | undefined, string]>([
    ['it was received', [], undefined, 'received'],
    ['an invocation has claimed it', [{ ...stamp(1), type: 'claimed', until: 9 }], undefined, 'received'],
    ['it waits', [{ ...stamp(1), type: 'waiting', reason, notBefore: 9 }], undefined, 'waiting'],
    ['a create call is out', [INTENT], undefined, 'unknown'],
    ['its answer was lost', [INTENT, { ...stamp(3), type: 'unknown', reason }], undefined, 'unknown'],
    ['a person had it forgotten', [CREATED, { ...stamp(4), type: 'forgotten', reason }], 'SUCCESS', 'forgotten'],
    ['a person has to look', [INTENT, { ...stamp(3), type: 'parked', reason }], undefined, 'parked'],
    ['the task is there', [CREATED], undefined, 'created'],
    ['the task waits to be configured', [CREATED], 'RUNNING', 'created'],
    ['the task copies', [CREATED], 'FULLMIGRATING', 'running'],
    ['the task follows changes', [CREATED], 'INCRMIGEATING', 'running'],
    ['the task is in a state that nobody knows', [CREATED], 'PONDERING', 'running'],
    [
      'the task is late',
      [CREATED, { ...stamp(4), type: 'stuck', status: 'FULLMIGRATING', reason }],
      'FULLMIGRATING',
      'stuck',
    ],
    [
      'the late task ended well',
      [CREATED, { ...stamp(4), type: 'stuck', status: 'FULLMIGRATING', reason }, settled('SUCCESS')],
      undefined,
      'succeeded',
    ],
    ['the task ended well', [CREATED, settled('SUCCESS')], undefined, 'succeeded'],
    [
      'we stopped the task, as its job wants',
      [
        CREATED,
        { ...stamp(4), type: 'call', call: 'stop', until: 9 },
        { ...stamp(4), type: 'called', call: 'stop' },
        settled('TERMINATED'),
      ],
      undefined,
      'succeeded',
    ],
    ['somebody else stopped the task', [CREATED, settled('TERMINATED', reason)], undefined, 'failed'],
    ['the task failed', [CREATED, settled('FAILED', reason)], undefined, 'failed'],
    ['the task was stopped', [CREATED, settled('TERMINATED')], undefined, 'failed'],
    ['the task is gone', [CREATED, settled('gone', reason)], undefined, 'failed'],
    ['nobody follows the task, and it runs', [CREATED, settled()], 'FULLMIGRATING', 'running'],
    ['it was superseded', [{ ...stamp(1), type: 'superseded', reason }, settled()], undefined, 'superseded'],
    ['it was refused', [{ ...stamp(1), type: 'rejected', reason }, settled()], undefined, 'rejected'],
    ['nothing was to be sent', [{ ...stamp(1), type: 'dry_run', reason }, settled()], undefined, 'rejected'],
  ])('when %s', (_case, records, status, state) => {
    expect(viewRun([RECEIVED, ...records], status)?.state).toBe(state);
  });

  it('is nothing without a first record', () => {
    expect(viewRun([])).toBeUndefined();
    expect(viewRun([{ ...stamp(1), type: 'void' }])).toBeUndefined();
  });

  it('shows times, reasons and events, and nothing of owners, bodies and hashes', () => {
    const view = viewRun([RECEIVED, { ...stamp(1_000), type: 'waiting', reason, notBefore: 9 }, INTENT, CREATED]);

    expect(view).toMatchObject({
      received_at: '1970-01-01T00:00:00.000Z',
      task,
      history: [
        { at: '1970-01-01T00:00:00.000Z', event: 'received' },
        { at: '1970-01-01T00:00:01.000Z', event: 'waiting', reason },
        { event: 'intent' },
        { event: 'created' },
      ],
    });
    expect(JSON.stringify(view)).not.toMatch(/secret-host|NAME|hash-of|policies/);
  });

  it('shows the newest hundred events of a long history', () => {
    const many = Array.from(
      { length: 300 },
      (_, i): RunRecord => ({ ...stamp(i), type: 'waiting', reason, notBefore: 1 }),
    );

    const history = viewRun([RECEIVED, ...many])?.history;

    expect(history).toHaveLength(100);
    expect(history?.at(-1)?.at).toBe('1970-01-01T00:00:00.299Z');
  });
});
