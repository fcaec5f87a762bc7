import { smsProgress } from '../../../../lib/migrations/server-migration/progress-line.ts';
import type { SmsTaskDetail } from '../../../../lib/ports/sms.ts';

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
