import { readSignedMessage, signingKey } from '../../../lib/webhook/standard-webhooks.ts';

const NOW = 1_800_000_000_000;
const BASE64 = Buffer.alloc(32, 7).toString('base64');
const SIGNATURE = `v1,${BASE64}`;

function read(change: Record<string, string | undefined>) {
  const headers = {
    'webhook-id': 'msg-1',
    'webhook-timestamp': '1800000000',
    'webhook-signature': SIGNATURE,
    ...change,
  };
  const sent = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return readSignedMessage(new Map(sent), Buffer.from('{}'), NOW);
}

describe('readSignedMessage', () => {
  it('takes sixteen signatures, parted by any number of spaces', () => {
    const listed = ` ${Array(16).fill(SIGNATURE).join('  ')} `;

    expect(read({ 'webhook-signature': listed })).toMatchObject({ signatures: Array(16).fill(Buffer.alloc(32, 7)) });
  });

  it('ignores signatures of other versions', () => {
    const others = [`v2,${BASE64}`, `xv1,${BASE64}`, `${SIGNATURE}x`, 'v1,short'];

    expect(read({ 'webhook-signature': [...others, SIGNATURE].join(' ') })).toMatchObject({
      signatures: [Buffer.alloc(32, 7)],
    });
  });

  it.each([
    [{ 'webhook-id': undefined }, 'webhook-id is missing or malformed'],
    [{ 'webhook-id': 'a.b' }, 'webhook-id is missing or malformed'],
    [{ 'webhook-timestamp': undefined }, 'webhook-timestamp is missing or not a time in seconds'],
    [{ 'webhook-timestamp': '1800000000s' }, 'webhook-timestamp is missing or not a time in seconds'],
    [{ 'webhook-timestamp': '+1800000000' }, 'webhook-timestamp is missing or not a time in seconds'],
    [{ 'webhook-signature': undefined }, 'webhook-signature is missing or has no v1 signature in base64'],
    [{ 'webhook-signature': `v2,${BASE64}` }, 'webhook-signature is missing or has no v1 signature in base64'],
    [{ 'webhook-signature': Array(17).fill(SIGNATURE).join(' ') }, 'webhook-signature has more than 16 signatures'],
  ])('refuses %o, and reports why', (change, why) => {
    expect(read(change)).toBe(why);
  });
});

describe('signingKey', () => {
  it.each([24, 64])('takes %i bytes, with the prefix and without', (length) => {
    const bytes = Buffer.alloc(length, 1);

    expect(signingKey(`whsec_${bytes.toString('base64')}`)).toEqual(bytes);
    expect(signingKey(bytes.toString('base64'))).toEqual(bytes);
  });

  it.each([
    ['23 bytes', Buffer.alloc(23).toString('base64')],
    ['65 bytes', Buffer.alloc(65).toString('base64')],
    ['another alphabet', `-${BASE64}`],
    ['something behind it', `${BASE64}.`],
    ['the prefix elsewhere', `A${'whsec_'}${BASE64}`],
    ['nothing', ''],
  ])('refuses %s', (_case, secret) => {
    expect(signingKey(secret)).toBeUndefined();
  });
});
