import { dcsFailure, dcsProgress, smsFailure, smsProgress } from '../../../lib/migrations/task-progress.ts';
import type { DcsTaskStats } from '../../../lib/ports/dcs.ts';
import type { SmsTaskDetail } from '../../../lib/ports/sms.ts';

describe('dcsProgress', () => {
  it.each<[string, DcsTaskStats, string]>([
    [
      'all figures',
      { fullProgress: 42.54, offset: 0, sourceKeys: 5000, targetKeys: 1200, inputKbps: 811.96, opsPerSecond: 3400 },
      'full 42.5 %, 1200 of 5000 keys, offset 0, 812 KB/s, 3400 ops/s',
    ],
    ['no figures', {}, 'no figures yet'],
    ['zero', { fullProgress: 0, sourceKeys: 0, targetKeys: 0 }, 'full 0 %, 0 of 0 keys'],
    ['the source only', { sourceKeys: 7 }, '? of 7 keys'],
    ['the target only', { targetKeys: 7 }, '7 keys in the target'],
    ['a large offset', { offset: 123456789 }, 'offset 123456789'],
  ])('says %s', (_, stats, expected) => {
    expect(dcsProgress(stats)).toBe(expected);
  });
});

describe('smsProgress', () => {
  const task: SmsTaskDetail = { id: 't', name: 'web', state: 'RUNNING' };

  it.each<[string, Partial<SmsTaskDetail>, string]>([
    [
      'all figures',
      { subtask: 'MIGRATE_LINUX_FILE', progress: 37, speedMbps: 85.46, remainingSeconds: 4800 },
      'MIGRATE_LINUX_FILE 37 %, 85.5 Mbit/s, about 1 h 20 min left',
    ],
    ['no figures', {}, 'no figures yet'],
    ['seconds', { remainingSeconds: 59 }, 'about 59 s left'],
    ['minutes', { remainingSeconds: 60 }, 'about 1 min left'],
    ['hours', { remainingSeconds: 7200 }, 'about 2 h left'],
    ['a subtask without its percentage above 100', { subtask: 'SSL_CONFIG', progress: 101 }, 'SSL_CONFIG'],
    ['a subtask that is complete', { subtask: 'SSL_CONFIG', progress: 100 }, 'SSL_CONFIG 100 %'],
    ['nothing of a remaining time below 0', { remainingSeconds: -1 }, 'no figures yet'],
  ])('says %s', (_, detail, expected) => {
    expect(smsProgress({ ...task, ...detail })).toBe(expected);
  });
});

describe('dcsFailure', () => {
  it('says the list first, then what else the newest three entries of the log say', () => {
    expect(dcsFailure('auth failed', ['auth failed', ' connection refused ', 'timeout', 'older'])).toBe(
      'auth failed; connection refused; timeout',
    );
  });

  it('is nothing when the service says nothing', () => {
    expect(dcsFailure('', [''])).toBeUndefined();
    expect(dcsFailure(undefined, [])).toBeUndefined();
  });
});

describe('smsFailure', () => {
  it('says code, message and parameters', () => {
    const error = { code: 'SMS.0515', message: 'disk info changed', params: ['/dev/vda', 'size'] };

    expect(smsFailure({ error })).toBe('SMS.0515 disk info changed (/dev/vda, size)');
  });

  it('is nothing when the task has no error', () => {
    expect(smsFailure({})).toBeUndefined();
    expect(smsFailure({ error: {} })).toBeUndefined();
  });
});
