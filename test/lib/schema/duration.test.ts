import { durationMs } from '../../../lib/schema/duration.ts';

describe('durationMs', () => {
  it.each([
    ['1s', 1000],
    ['30s', 30_000],
    ['5m', 300_000],
    ['6h', 21_600_000],
    ['7d', 604_800_000],
    ['2592000s', 2_592_000_000],
  ])('reads %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', '0s', '5', 's', '05m', '1.5h', '-1s', '1w', '1H', ' 1s', '1s ', '1s\n', '1h30m', '10000000s'])(
    'is undefined for %j',
    (text) => {
      expect(durationMs(text)).toBeUndefined();
    },
  );
});
