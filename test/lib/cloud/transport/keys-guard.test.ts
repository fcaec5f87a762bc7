import { makeKeysGuard } from '../../../../lib/cloud/transport/keys-guard.ts';

describe('makeKeysGuard', () => {
  it('lets refused keys rest for five minutes, and not a millisecond longer', () => {
    let now = 1_000;
    const guard = makeKeysGuard(() => now);

    expect(guard.refusedUntil('AK1')).toBeUndefined();
    guard.refused('AK1');
    expect(guard.refusedUntil('AK1')).toBe(301_000);
    now = 300_999;
    expect(guard.refusedUntil('AK1')).toBe(301_000);
    now = 301_000;
    expect(guard.refusedUntil('AK1')).toBeUndefined();
  });

  it('leaves other keys alone', () => {
    const guard = makeKeysGuard(() => 0);

    guard.refused('AK1');

    expect(guard.refusedUntil('AK2')).toBeUndefined();
  });
});
