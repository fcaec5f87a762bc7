import fc from 'fast-check';
import { parseGatewayEvent } from '../../../lib/events/gateway-event.ts';
import { EventError } from '../../../lib/kernel/errors.ts';
import { eventFile } from '../../fixtures/event-file.ts';

describe('parseGatewayEvent', () => {
  it.each(['apig-shared-post', 'apig-dedicated-post'])('decodes the base64 body of %s', (file) => {
    const { method, body } = parseGatewayEvent(eventFile(file));

    expect(method).toBe('POST');
    expect(JSON.parse(body.toString('utf8'))).toEqual({
      action: 'migrate',
      taskName: 'web-01 → cn-north-4',
      dryRun: true,
    });
  });

  it('reads a plain body as it is', () => {
    const request = parseGatewayEvent(eventFile('apig-plain-body-post'));

    expect(request.body.toString('utf8')).toBe('{"action":"backup"}');
    expect(request.requestId).toBe('4f1b6a0d9c3e4872a5d0e6f7b8c91a24');
  });

  it('reads a GET whose empty body claims to be base64', () => {
    const request = parseGatewayEvent(eventFile('apig-get'));

    expect(request).toMatchObject({ method: 'GET', path: '/migration/servers/status', query: { limit: '20' } });
    expect(request.body).toHaveLength(0);
  });

  it('returns header names in lower case', () => {
    const event = { ...eventFile('apig-get'), headers: { 'Idempotency-Key': 'a' } };

    expect(parseGatewayEvent(event).headers.get('idempotency-key')).toBe('a');
  });

  it.each([
    [
      'a body that is not the base64 it claims to be',
      { body: '{"a":1}' },
      'event at body: received a string that is not valid base64',
    ],
    ['a body that is an object', { body: {} }, 'event at body: received an empty object'],
    ['a header that is a list', { headers: { a: ['b'] } }, 'event at headers.a: received a list of 1'],
    ['a query that is a string', { queryStringParameters: 'a=b' }, 'event at queryStringParameters: received a string'],
    ['no path', { path: '' }, 'event at path: received a string'],
    ['no request id', { requestContext: {} }, 'event at requestContext.requestId: received nothing'],
    ['no method', { httpMethod: undefined }, 'event: received an object (keys: '],
  ])('refuses %s', (_case, change, message) => {
    expect(() => parseGatewayEvent({ ...eventFile('apig-shared-post'), ...change })).toThrow(message);
  });

  it('returns a request or throws an EventError, for any JSON', () => {
    const event = fc.oneof(
      fc.jsonValue(),
      fc.record({
        httpMethod: fc.string(),
        path: fc.string(),
        headers: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
        queryStringParameters: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
        requestContext: fc.oneof(fc.record({ requestId: fc.string() }), fc.jsonValue()),
        body: fc.oneof(fc.string(), fc.base64String(), fc.jsonValue()),
        isBase64Encoded: fc.jsonValue(),
      }),
    );
    fc.assert(
      fc.property(event, (value) => {
        try {
          expect(parseGatewayEvent(value).kind).toBe('gateway');
        } catch (error) {
          expect(error).toBeInstanceOf(EventError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
