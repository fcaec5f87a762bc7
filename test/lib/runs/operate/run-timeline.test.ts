import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { timelineOf } from '../../../../lib/runs/operate/run-timeline.ts';

const stamp = (at: number) => ({ id: `i-${at}`, at: at * 1000, by: 'anna.1' });
const reason = { code: 'queued' as const, message: 'because' };
const received = {
  job: 'move',
  run: 'a'.repeat(32),
  trigger: 'tick',
  source: 'timer daily',
  order: 0,
  planned: { kind: 'online_migration', name: 'x', body: { password: { user_data: 'NAME' } }, warnings: [] },
  policies: { overlap: 'queue', limit: { runs: 1, perMs: 1 }, settleMs: 1, deadlineMs: 1 },
} as const;

describe('timelineOf', () => {
  it('is empty without records', () => {
    expect(timelineOf([])).toEqual([]);
  });

  it('shows forevery record when, what, by whom, about what, until when and why, but no bodies and policies', () => {
    const records: RunRecord[] = [
      { ...stamp(0), type: 'received', v: 2, ...received },
      { ...stamp(1), type: 'waiting', reason, notBefore: 9_000 },
      { ...stamp(2), type: 'prepared', body: { secret: 'body' }, warnings: ['w'] },
      { ...stamp(3), type: 'intent', until: 63_000 },
      { ...stamp(4), type: 'created', task: { kind: 'online_migration', id: 't-1', name: 'x', status: 'CREATING' } },
      { ...stamp(5), type: 'call', call: 'configure', until: 65_000 },
      { ...stamp(6), type: 'called', call: 'configure' },
      { ...stamp(6), type: 'called', call: 'copy_backup', id: 'backup-1' },
      { ...stamp(7), type: 'notified', event: 'started', messageId: 'm-1' },
      { ...stamp(8), type: 'settled', status: 'SUCCESS' },
      { ...stamp(9), type: 'replayed', as: { ...received, run: 'b'.repeat(32) } },
    ];

    expect(timelineOf(records).map(({ at, by, ...rest }) => rest)).toEqual([
      { event: 'received', about: 'timer daily' },
      { event: 'waiting', until: '1970-01-01T00:00:09.000Z', reason },
      { event: 'prepared' },
      { event: 'intent', until: '1970-01-01T00:01:03.000Z' },
      { event: 'created', about: 'task x (t-1), CREATING' },
      { event: 'call configure', until: '1970-01-01T00:01:05.000Z' },
      { event: 'called configure' },
      { event: 'called copy_backup', about: 'backup backup-1' },
      { event: 'notified', about: 'started, message m-1' },
      { event: 'settled', about: 'task is SUCCESS' },
      { event: 'replayed', about: `run ${'b'.repeat(32)}` },
    ]);
    expect(timelineOf(records)[3]).toMatchObject({ at: '1970-01-01T00:00:03.000Z', by: 'anna.1' });
  });
});
