import { dcsFailure } from '../../../lib/migrations/dcs-tasks.ts';

describe('dcsFailure', () => {
  it('says the list first, then what else the newest three entries of the log say', () => {
    expect(dcsFailure('auth failed', ['auth failed', ' connection refused ', 'timeout', 'older'])).toBe(
      'auth failed; connection refused; timeout',
    );
  });

  it('is undefined if the service returns nothing', () => {
    expect(dcsFailure('', [''])).toBeUndefined();
    expect(dcsFailure(undefined, [])).toBeUndefined();
  });
});
