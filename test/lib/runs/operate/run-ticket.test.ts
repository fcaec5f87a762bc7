import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { ticketOf } from '../../../../lib/runs/operate/run-ticket.ts';
import { NOW, PLANNED, runWith } from '../../../fixtures/decided-run.ts';

const received = runWith().received;
const at = (minutes: number) => ({ id: `one-${minutes}`, at: NOW + minutes * 60_000, by: 'one' });
const task = { kind: 'backup_import', id: 't-1', name: 'import-r' } as const;

describe('ticketOf', () => {
  it('has the task at each time at which it was recorded, its reports and the requests that were refused', () => {
    const reason = { code: 'DCS.4026', message: 'busy', request_id: 'req-1' } as const;
    const records: RunRecord[] = [
      received,
      { ...at(1), type: 'waiting', reason, notBefore: NOW },
      { ...at(2), type: 'waiting', reason, notBefore: NOW },
      { ...at(3), type: 'created', task: { ...task, status: 'MIGRATING' } },
      { ...at(4), type: 'notified', event: 'started', messageId: 'm-1' },
      { ...at(5), type: 'stuck', status: 'MIGRATING', reason: { code: 'stuck', message: 'slow' } },
      { ...at(6), type: 'settled', status: 'SUCCESS' },
    ];

    expect(ticketOf(records)).toEqual({
      format: 1,
      received,
      records,
      task_snapshots: [
        { at: '2026-03-14T12:03:00.000Z', event: 'created', ...task, status: 'MIGRATING' },
        { at: '2026-03-14T12:05:00.000Z', event: 'stuck', ...task, status: 'MIGRATING' },
        { at: '2026-03-14T12:06:00.000Z', event: 'settled', ...task, status: 'SUCCESS' },
      ],
      links: {
        ledger: 'runs/a/r',
        lane: `dcs-${PLANNED.target}`,
        notifications: [{ at: '2026-03-14T12:04:00.000Z', event: 'started', message_id: 'm-1' }],
        request_ids: ['req-1'],
      },
    });
  });

  it('links replays both ways', () => {
    const as = { ...received, run: 'r2', replayOf: 'r' };

    expect(ticketOf([received, { ...at(1), type: 'replayed', as }])?.links).toMatchObject({ replayed_as: ['r2'] });
    expect(ticketOf([{ ...received, replayOf: 'r0' }])?.links).toMatchObject({ replay_of: 'r0' });
  });

  it('is not there without a first record', () => {
    expect(ticketOf([{ ...at(1), type: 'void' }])).toBeUndefined();
  });
});
