import { createRequire } from 'node:module';
import fc from 'fast-check';
import signingTime from '../../../../lib/build/stand-ins/signing-time.ts';

// The one that the SDK has.
const moment = createRequire(require.resolve('@huaweicloud/huaweicloud-sdk-core'))('moment');

describe('signingTime', () => {
  afterEach(() => jest.useRealTimers());

  it('formats a literal instant as in the signing guide', () => {
    jest.useFakeTimers({ now: Date.parse('2019-03-07T09:05:03.999+08:00') });

    expect(signingTime().utcOffset(0).format('YYYYMMDDTHHmmss')).toBe('20190307T010503');
  });

  it('formats any time like moment', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (now) => {
        jest.useFakeTimers({ now });
        const expected = moment().utcOffset(0).format('YYYYMMDDTHHmmss');

        expect(signingTime().utcOffset(0).format('YYYYMMDDTHHmmss')).toBe(expected);
      }),
    );
  });

  it.each([
    ['a given time', () => signingTime('20190307T010503Z')],
    ['another format', () => signingTime().utcOffset(0).format('YYYY-MM-DD')],
    ['another zone', () => signingTime().utcOffset(60).format('YYYYMMDDTHHmmss')],
  ])('refuses %s', (_, ask) => {
    expect(ask).toThrow('moment is not in this bundle');
  });
});
