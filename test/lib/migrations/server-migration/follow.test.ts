import { smsFailure } from '../../../../lib/migrations/server-migration/follow.ts';

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
