import type { SetComplete } from '../../../lib/jobs/job.ts';
import { findSetPlace } from '../../../lib/jobs/set-place.ts';

const placeOf = (by: string, key: string, complete: SetComplete = { marker: '_SUCCESS' }, glob = 'prod/**/*.rdb') =>
  findSetPlace({ bucket: 'b', key: glob, set: { by, complete, deadlineMs: 1 } }, key);

describe('findSetPlace', () => {
  it.each([
    ['a file', 'prod/day-1/a.rdb', 'member'],
    ['a file in a subfolder', 'prod/day-1/shards/a.rdb', 'member'],
    ['the marker, which the glob does not match', 'prod/day-1/_SUCCESS', 'marker'],
  ])('finds %s in its set', (_what, key, role) => {
    expect(placeOf('prod/{set}/', key)).toEqual({ name: 'day-1', prefix: 'prod/day-1/', role });
  });

  it.each([
    ['above the sets', 'prod/a.rdb'],
    ['below another prefix', 'test/day-1/a.rdb'],
    ['the prefix itself', 'prod/day-1/'],
    ['in a set without a name', 'prod//a.rdb'],
    ['that the glob does not match', 'prod/day-1/notes.txt'],
    ['named like the marker, but in a subfolder', 'prod/day-1/x/_SUCCESS'],
  ])('finds no set for a key %s', (_what, key) => {
    expect(placeOf('prod/{set}/', key)).toBeUndefined();
  });

  it('accepts {set} as a part of a segment', () => {
    expect(placeOf('prod/dump-{set}.d/', 'prod/dump-7.d/a.rdb')).toEqual({
      name: '7',
      prefix: 'prod/dump-7.d/',
      role: 'member',
    });
    expect(placeOf('prod/dump-{set}.d/', 'prod/dump-7xd/a.rdb')).toBeUndefined();
  });

  it('finds no marker for a set without one', () => {
    expect(placeOf('prod/{set}/', 'prod/day-1/_SUCCESS', { count: 2 })).toBeUndefined();
  });

  it('finds no set for a trigger without sets', () => {
    expect(findSetPlace({ bucket: 'b', key: '**' }, 'prod/day-1/a.rdb')).toBeUndefined();
  });
});
