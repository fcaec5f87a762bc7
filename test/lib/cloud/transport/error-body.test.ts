import fc from 'fast-check';
import { readErrorBody } from '../../../../lib/cloud/transport/error-body.ts';
import { makeRedact } from '../../../../lib/cloud/transport/redact.ts';

const redact = makeRedact(['the-secret']);

describe('readErrorBody', () => {
  it.each([
    [
      'DCS',
      { error_code: 'DCS.4026', error_msg: 'm', error_ext_msg: null },
      { cloudCode: 'DCS.4026', cloudMessage: 'm' },
    ],
    [
      'the gateway',
      { error_code: 'APIGW.0301', error_msg: 'm', request_id: 'r' },
      { cloudCode: 'APIGW.0301', cloudMessage: 'm', requestId: 'r' },
    ],
    ['v1', { error: { code: 'DCS.1', message: 'm' } }, { cloudCode: 'DCS.1', cloudMessage: 'm' }],
    ['IAM', { error: { code: 403, message: 'm', title: 'Forbidden' } }, { cloudCode: 'Forbidden', cloudMessage: 'm' }],
    ['IAM without a title', { error: { code: 401, message: 'm' } }, { cloudCode: '401', cloudMessage: 'm' }],
    [
      'IAM with a request ID',
      { error: { code: 404, message: 'm', title: 'Not Found' }, request_id: 'r' },
      { cloudCode: 'Not Found', cloudMessage: 'm', requestId: 'r' },
    ],
    [
      'IAM with a title that is not a code',
      { error: { code: 403, message: 'm', title: 'a\nb' } },
      { cloudCode: '403', cloudMessage: 'm' },
    ],
    [
      'FunctionGraph',
      { error_code: 'FSS.1011', error_msg: 'm', details: { error_msg: 'd' } },
      { cloudCode: 'FSS.1011', cloudMessage: 'm', details: [{ message: 'd' }] },
    ],
    [
      'a service whose details are a string',
      { error_code: 'X.1', error_msg: 'm', details: 'd' },
      { cloudCode: 'X.1', cloudMessage: 'm', details: [{ message: 'd' }] },
    ],
    [
      'a service with empty details',
      { error_code: 'X.1', error_msg: 'm', details: [{}, null, 5, { other: 'd' }] },
      { cloudCode: 'X.1', cloudMessage: 'm' },
    ],
    [
      'v1 with details',
      { error: { code: 'X.1', message: 'm', details: [{ code: 'X.2', message: 'd' }] } },
      { cloudCode: 'X.1', cloudMessage: 'm', details: [{ code: 'X.2', message: 'd' }] },
    ],
    ['the gateway, without a code', { message: 'm', request_id: 'r' }, { cloudMessage: 'm', requestId: 'r' }],
    ['OpenStack', { itemNotFound: { code: 404, message: 'm' } }, { cloudCode: 'itemNotFound', cloudMessage: 'm' }],
    [
      'SMS',
      {
        error_code: 'SMS.9001',
        error_msg: 'm',
        error_param: ['a', 2, null],
        details: [{ error_code: 'SMS.1', error_msg: 'd' }],
      },
      { cloudCode: 'SMS.9001', cloudMessage: 'm', params: ['a', '2'], details: [{ code: 'SMS.1', message: 'd' }] },
    ],
  ])('reads the body of %s', (_service, body, read) => {
    expect(readErrorBody(body, redact)).toEqual(read);
  });

  it.each([undefined, null, 'text', [], {}, { error: 'text' }, { error_code: 7, error_msg: {} }])(
    'finds nothing in %j',
    (body) => {
      expect(readErrorBody(body, redact)).toEqual({});
    },
  );

  it('does not accept free text as a code', () => {
    expect(readErrorBody({ error_code: 'a b\nc', error_msg: '' }, redact)).toEqual({});
    expect(readErrorBody({ error_code: 'x'.repeat(65) }, redact)).toEqual({});
  });

  it('keeps at most 20 parameters, the documented limit', () => {
    expect(readErrorBody({ error_param: Array(21).fill('p') }, redact).params).toHaveLength(20);
  });

  it('redacts every field', () => {
    const s = 'the-secret';
    const body = {
      error_code: s,
      error_msg: s,
      request_id: s,
      error_param: [s],
      details: [{ error_code: s, error_msg: s }, s],
      encoded_authorization_message: s,
    };

    expect(JSON.stringify(readErrorBody(body, redact))).not.toContain(s);
  });

  it('never fails, whatever the service sends', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        readErrorBody(body, redact);
      }),
    );
  });
});
