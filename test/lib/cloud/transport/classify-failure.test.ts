import { classifyNoResponse, classifyResponse } from '../../../../lib/cloud/transport/classify-failure.ts';

describe('classifyResponse', () => {
  it.each([
    [400, 'DCS.4062', 'rejected', false],
    [400, 'DCS.4017', 'rejected', true],
    [400, 'DCS.4975', 'rejected', true],
    [400, 'DCS.4957', 'rejected', false],
    [400, 'CBC.99003651', 'rejected', true],
    [400, '111400113', 'rejected', true],
    [400, '111400957', 'rejected', false],
    [400, 'XDCS.4017', 'rejected', false],
    [401, 'APIGW.0301', 'rejected', false],
    [404, 'DCS.5101', 'rejected', false],
    [408, undefined, 'unknown', false],
    [429, undefined, 'rejected', true],
    [429, 'APIGW.0308', 'rejected', true],
    [500, 'DCS.4069', 'rejected', true],
    [500, 'DCS.5000', 'unknown', false],
    [500, 'APIGW.0705', 'unknown', false],
    [503, 'APIG.0308', 'rejected', true],
    [503, undefined, 'unknown', false],
    [504, 'APIGW.0201', 'unknown', false],
    [302, undefined, 'unknown', false],
    [200, undefined, 'unknown', false],
  ] as const)('classifies %d %s of a change as %s, temporary %s', (status, code, outcome, temporary) => {
    expect(classifyResponse('change', status, code)).toEqual({ outcome, temporary });
  });

  it.each([
    [200, true],
    [302, false],
    [408, true],
    [500, true],
  ])('classifies a read with %d as temporary: %s', (status, temporary) => {
    expect(classifyResponse('read', status)).toEqual({ outcome: 'unknown', temporary });
  });
});

describe('classifyNoResponse', () => {
  it.each([
    ['change', 'ECONNREFUSED', false, 'not_sent', true],
    ['change', 'ENOTFOUND', false, 'not_sent', true],
    ['change', 'SELF_SIGNED_CERT_IN_CHAIN', false, 'not_sent', false],
    ['change', 'ECONNRESET', true, 'unknown', false],
    ['change', 'ETIMEDOUT', true, 'unknown', false],
    ['read', 'ECONNRESET', true, 'unknown', true],
    ['read', 'HPE_INVALID_CONSTANT', true, 'unknown', false],
  ] as const)(
    'classifies %s after %s (sent: %s) as %s, temporary %s',
    (kind, code, mayHaveBeenSent, outcome, temporary) => {
      expect(classifyNoResponse(kind, code, mayHaveBeenSent)).toEqual({ outcome, temporary });
    },
  );
});
