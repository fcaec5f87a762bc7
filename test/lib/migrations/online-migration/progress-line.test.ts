import { dcsProgress } from '../../../../lib/migrations/online-migration/progress-line.ts';
import type { DcsTaskStats } from '../../../../lib/ports/dcs.ts';

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
