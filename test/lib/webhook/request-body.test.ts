import type { GatewayRequest } from '../../../lib/events/gateway-event.ts';
import { RequestRefusedError } from '../../../lib/webhook/problem.ts';
import { readJsonBody } from '../../../lib/webhook/request-body.ts';

function read(body: string | Buffer, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  const request = { body: Buffer.from(body), headers: new Map(Object.entries(headers)) };
  return readJsonBody(request as unknown as GatewayRequest);
}

function refusal(body: string | Buffer, headers?: Record<string, string>): unknown {
  try {
    read(body, headers);
    return undefined;
  } catch (error) {
    if (!(error instanceof RequestRefusedError)) throw error;
    return error.problem;
  }
}

describe('readJsonBody', () => {
  it.each([
    [{ 'content-type': 'application/json' }],
    [{ 'content-type': ' application/json ' }],
    [{ 'content-type': 'application/merge-patch+json; charset="UTF-8"' }],
    [{ 'content-type': 'application/json', 'content-encoding': '' }],
    [{ 'content-type': 'application/json', 'content-encoding': ' Identity ' }],
  ])('accepts a body with %o', (headers) => {
    expect(read('{"a":1}', headers)).toEqual({ a: 1 });
  });

  it('refuses a compressed body', () => {
    expect(refusal('{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' })).toEqual({
      type: 'content_encoding',
      detail: 'send the body uncompressed',
    });
  });

  it.each([[{}], [{ 'content-type': 'text/json' }], [{ 'content-type': 'application/json; charset=latin1' }]])(
    'refuses a body with %o, which is not called JSON in UTF-8',
    (headers) => {
      expect(refusal('{}', headers)).toMatchObject({ type: 'not_json_type' });
    },
  );

  it.each([
    ['bytes that are not UTF-8', Buffer.from('{"a":"\xff"}', 'latin1')],
    ['a byte order mark', '\ufeff{}'],
    ['a body that is not JSON', '{'],
  ])('refuses %s, and names no place in it', (_case, body) => {
    expect(refusal(body)).toEqual({ type: 'not_json', detail: 'the body is not valid JSON in UTF-8' });
  });

  it('names the key at fault', () => {
    expect(refusal('{"a":{"b":1,"b":2}}')).toEqual({
      type: 'duplicate_key',
      detail: 'an object has this key more than once',
      problems: [{ path: ['a', 'b'], message: 'an object has this key more than once' }],
    });
  });
});
