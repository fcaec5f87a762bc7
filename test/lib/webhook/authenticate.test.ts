import { createHmac } from 'node:crypto';
import type { GatewayRequest } from '../../../lib/events/gateway-event.ts';
import type { RequestAuth } from '../../../lib/jobs/job.ts';
import { RunError } from '../../../lib/kernel/errors.ts';
import { Secret } from '../../../lib/kernel/secret.ts';
import { referenceName } from '../../../lib/kernel/secret-reference.ts';
import { authorize, denialReason, readCallerCredentials } from '../../../lib/webhook/authenticate.ts';

const KEY = Buffer.alloc(32, 7);
const SECRETS: Record<string, string> = {
  SIGNING: `whsec_${KEY.toString('base64')}`,
  PLAIN: KEY.toString('base64'),
  SHORT_KEY: `whsec_${Buffer.alloc(23, 7).toString('base64')}`,
  LONG_KEY: `whsec_${Buffer.alloc(65, 7).toString('base64')}`,
  NO_BASE64: 'whsec_not base64!',
  TOKEN: 'a-token-of-sixteen',
  SHORT: 'fifteen-letters',
};
const NOW = Date.parse('2026-03-14T02:20:00Z');

function requestOf(headers: Record<string, string>, change: Partial<GatewayRequest> = {}): GatewayRequest {
  return {
    kind: 'gateway',
    method: 'POST',
    path: '/jobs/a/runs',
    headers: new Map(Object.entries(headers)),
    query: {},
    body: Buffer.from('{"a":1}'),
    requestId: 'g',
    ...change,
  };
}

function signed(payload: string, seconds = NOW / 1000, key: Buffer = KEY): Record<string, string> {
  const signature = createHmac('sha256', key).update(`msg_1.${seconds}.${payload}`).digest('base64');
  return { 'webhook-id': 'msg_1', 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` };
}

function tryAs(auth: RequestAuth | undefined, request: GatewayRequest) {
  const read: string[] = [];
  const unusable: string[] = [];
  const asker = authorize(auth, readCallerCredentials(request, NOW), {
    secret: (reference) => {
      const name = referenceName(reference);
      read.push(name);
      const value = SECRETS[name];
      if (value === undefined) throw new RunError('secret_missing', 'none');
      return new Secret(value);
    },
    onUnusable: (name) => unusable.push(name),
  });
  return { asker, allowed: asker !== undefined, read, unusable };
}

const webhooks = (...names: string[]): RequestAuth => ({
  standard_webhooks: names.map((user_data) => ({ user_data })),
});
const bearer = (...names: string[]): RequestAuth => ({ bearer: names.map((user_data) => ({ user_data })) });

describe('authorize', () => {
  it.each([
    ['its label', [{ user_data: 'PLAIN' }, { user_data: 'TOKEN', as: 'partner-a' }], { label: 'partner-a' }],
    ['no label if its secret has none', [{ user_data: 'PLAIN', as: 'partner-b' }, { user_data: 'TOKEN' }], {}],
    ['nothing for another secret', [{ user_data: 'PLAIN', as: 'partner-b' }], undefined],
  ])('returns for a caller %s', (_what, secrets, asker) => {
    expect(tryAs({ bearer: secrets }, requestOf({ authorization: 'Bearer a-token-of-sixteen' })).asker).toEqual(asker);
  });

  it('returns the first label for two variables with the same secret', () => {
    const two = [
      { user_data: 'PLAIN', as: 'partner-b' },
      { user_data: 'SIGNING', as: 'partner-a' },
    ];

    expect(tryAs({ standard_webhooks: two }, requestOf(signed('{"a":1}'))).asker).toEqual({ label: 'partner-b' });
  });

  it('reads every secret, whichever one the caller used', () => {
    const labelled = ['TOKEN', 'PLAIN', 'SIGNING'].map((user_data, i) => ({ user_data, as: `partner-${i}` }));
    const { read } = tryAs({ bearer: labelled }, requestOf({ authorization: 'Bearer a-token-of-sixteen' }));

    expect(read).toEqual(['TOKEN', 'PLAIN', 'SIGNING']);
  });

  it('accepts the signature of the published example', () => {
    // standard-webhooks 1.0, reference libraries: the test vector that all of them share.
    const request = requestOf(
      {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      { body: Buffer.from('{"test": 2432232314}') },
    );
    const asker = authorize(webhooks('VECTOR'), readCallerCredentials(request, 1614265330_000), {
      secret: () => new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
      onUnusable: () => undefined,
    });

    expect(asker).toEqual({});
  });

  it.each([
    ['the gateway authenticates', 'gateway' as const, {}],
    ['nobody authenticates', 'none' as const, {}],
    ['one of several secrets signed', webhooks('TOKEN', 'SIGNING'), signed('{"a":1}')],
    ['the secret has no prefix', webhooks('PLAIN'), signed('{"a":1}')],
    ['the message is five minutes old', webhooks('SIGNING'), signed('{"a":1}', NOW / 1000 - 300)],
    ['the message is five minutes ahead', webhooks('SIGNING'), signed('{"a":1}', NOW / 1000 + 300)],
    ['the token is one of several', bearer('SIGNING', 'TOKEN'), { authorization: 'Bearer a-token-of-sixteen' }],
    ['the scheme is in another case', bearer('TOKEN'), { authorization: 'bearer a-token-of-sixteen' }],
    ['another secret is not set', bearer('NOT_SET', 'TOKEN'), { authorization: 'Bearer a-token-of-sixteen' }],
  ])('allows access when %s', (_case, auth, headers) => {
    expect(tryAs(auth, requestOf(headers)).allowed).toBe(true);
  });

  it.each([
    ['the job does not exist', undefined, { ...signed('{"a":1}'), authorization: 'Bearer a-token-of-sixteen' }],
    ['the message is a second older', webhooks('SIGNING'), signed('{"a":1}', NOW / 1000 - 301)],
    ['the message is a second further ahead', webhooks('SIGNING'), signed('{"a":1}', NOW / 1000 + 301)],
    ['another body is signed', webhooks('SIGNING'), signed('{"a":2}')],
    ['another key signed', webhooks('SIGNING'), signed('{"a":1}', NOW / 1000, Buffer.alloc(32, 8))],
    ['the job takes tokens', bearer('TOKEN'), signed('{"a":1}')],
    ['the job takes signatures', webhooks('SIGNING'), { authorization: `Bearer ${SECRETS['SIGNING']}` }],
    ['the token is wrong', bearer('TOKEN'), { authorization: 'Bearer a-token-of-sixteem' }],
    ['the token is too short to be one', bearer('SHORT'), { authorization: 'Bearer fifteen-letters' }],
    ['the secret is not set', bearer('NOT_SET'), { authorization: 'Bearer undefined' }],
    ['nothing is presented', bearer('TOKEN'), {}],
  ])('denies access when %s', (_case, auth, headers) => {
    expect(tryAs(auth, requestOf(headers)).allowed).toBe(false);
  });

  it.each(['SHORT_KEY', 'LONG_KEY', 'NO_BASE64'])('does not use a malformed key, and reports it: %s', (name) => {
    const key = Buffer.from((SECRETS[name] ?? '').replace('whsec_', ''), 'base64');

    const { allowed, unusable } = tryAs(webhooks(name), requestOf(signed('{"a":1}', NOW / 1000, key)));

    expect(allowed).toBe(false);
    expect(unusable).toEqual([name]);
  });

  it('accepts for a GET only the signature of its path', () => {
    const get = { method: 'GET', body: Buffer.alloc(0) };

    expect(tryAs(webhooks('SIGNING'), requestOf(signed('GET /jobs/a/runs'), get)).allowed).toBe(true);
    expect(tryAs(webhooks('SIGNING'), requestOf(signed('GET /jobs/b/runs'), get)).allowed).toBe(false);
    expect(tryAs(webhooks('SIGNING'), requestOf(signed(''), get)).allowed).toBe(false);
  });

  it('reads no secret of any other job', () => {
    expect(tryAs(bearer('TOKEN'), requestOf({ authorization: 'Bearer x' })).read).toEqual(['TOKEN']);
  });
});

describe('denialReason', () => {
  const id = { 'webhook-id': 'msg_1' };
  const time = { 'webhook-timestamp': String(NOW / 1000) };

  it.each([
    [undefined, {}, 'the jobs file has no job with this name and on.request'],
    [bearer('TOKEN'), {}, 'the bearer token is missing'],
    [
      bearer('TOKEN'),
      { authorization: 'Bearer another-token-x' },
      "the bearer token does not match any of the job's tokens",
    ],
    [webhooks('SIGNING'), {}, 'webhook-id is missing or malformed'],
    [webhooks('SIGNING'), id, 'webhook-timestamp is missing or not a time in seconds'],
    [webhooks('SIGNING'), { ...id, ...time }, 'webhook-signature is missing or has no v1 signature in base64'],
    [webhooks('SIGNING'), signed('{}', NOW / 1000 - 301), 'webhook-timestamp is 301 s old; the tolerance is 300 s'],
    [webhooks('SIGNING'), signed('{}', NOW / 1000 + 400), 'webhook-timestamp is 400 s ahead; the tolerance is 300 s'],
    [
      webhooks('SIGNING'),
      { ...signed('{}'), 'webhook-signature': Array(17).fill('v1,x').join(' ') },
      'webhook-signature has more than 16 signatures',
    ],
    [webhooks('SIGNING'), signed('{}'), "the signature does not match this body with any of the job's secrets"],
  ])('reports for a job with %j only what is wrong, without the presented value: %j', (auth, headers, why) => {
    expect(denialReason(auth, readCallerCredentials(requestOf(headers), NOW))).toBe(why);
  });
});
