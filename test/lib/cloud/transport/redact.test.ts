import fc from 'fast-check';
import { makeRedact, redactJson } from '../../../../lib/cloud/transport/redact.ts';

describe('makeRedact', () => {
  it.each([
    ['a secret', 'bad password Pa"ss wörd!', 'bad password ***'],
    ['a JSON-escaped secret', 'got {"p":"Pa\\"ss wörd!"}', 'got {"p":"***"}'],
    ['a URL-encoded secret', 'got ?p=Pa%22ss%20w%C3%B6rd!', 'got ?p=***'],
    [
      'an echoed request',
      'verify aksk signature fail, canonicalRequest:POST|/v2/p/|x-security-token:other|',
      'verify aksk signature fail, canonical request omitted',
    ],
    ['an echoed header', 'header X-Security-Token: abc, then more', 'header X-Security-Token: ***, then more'],
    [
      'an echoed authorization',
      'SDK-HMAC-SHA256 Access=AK9, SignedHeaders=host, Signature=ff00',
      'SDK-HMAC-SHA256 Access=***, SignedHeaders=host, Signature=***',
    ],
    ['an echoed authorization header', 'Authorization: SDK-HMAC-SHA256 Access=AK9, Signature=f', 'Authorization: ***'],
    ['an echoed body', 'cannot parse {"password":"other","id":1}', 'cannot parse {"password":***,"id":1}'],
  ])('redacts %s', (_case, text, clean) => {
    expect(makeRedact(['Pa"ss wörd!', ''])(text)).toBe(clean);
  });

  it.each(['The instance is restarting.', 'policy user over ratelimit,limit:200,time:1 minute', 'Access denied'])(
    'leaves %j unchanged',
    (text) => {
      expect(makeRedact(['secret-value'])(text)).toBe(text);
    },
  );

  it('keeps 500 characters, and marks the cut', () => {
    const redact = makeRedact([]);

    expect(redact('x'.repeat(500))).toBe('x'.repeat(500));
    expect(redact('x'.repeat(501))).toBe(`${'x'.repeat(500)}...`);
  });

  it('never lets a secret through, wherever it occurs', () => {
    const secret = fc.string({ minLength: 8, maxLength: 64 }).filter((text) => !'*'.repeat(64).includes(text));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        expect(makeRedact([value])(`${before}${value}${after}`, 10_000).replaceAll('***', '\u0000')).not.toContain(
          value,
        );
      }),
    );
  });
});

describe('redactJson', () => {
  it.each(['true', 'outcome', '"},{"'])('keeps JSON valid, with the same keys: secret %j', (secret) => {
    const value = { outcome: true, text: `is ${secret}`, token: secret, n: 5 };

    const shown = redactJson(JSON.stringify(value), makeRedact([secret]), 1_000);

    expect(JSON.parse(shown)).toEqual({ outcome: true, text: 'is ***', token: '***', n: 5 });
  });

  it('leaves a string unchanged when nothing is redacted, and redacts one that is not JSON', () => {
    expect(redactJson('{ "a": 12345678901234567890 }', makeRedact(['hunter2']), 100)).toBe(
      '{ "a": 12345678901234567890 }',
    );
    expect(redactJson('no hunter2', makeRedact(['hunter2']), 100)).toBe('no ***');
  });
});
