import { createRequire } from 'node:module';
import fc from 'fast-check';
import { sortBy } from '../../../../lib/build/stand-ins/sort-by.ts';

// The one that the SDK has.
const lodash = createRequire(require.resolve('@huaweicloud/huaweicloud-sdk-core'))('lodash');

describe('sortBy', () => {
  it('sorts by key, stably', () => {
    expect(sortBy(['b', 'A', 'a', 'B'], (name) => name.toLowerCase())).toEqual(['A', 'a', 'b', 'B']);
  });

  it('sorts any strings as lodash does, without changing the input', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' }))), (items) => {
        const given = [...items];
        const keyOf = (item: string) => item.toLocaleLowerCase();

        expect(sortBy(given, keyOf)).toEqual(lodash.sortBy(items, keyOf));
        expect(given).toEqual(items);
      }),
    );
  });
});
