import fc from 'fast-check';
import { makeRedactor } from '../../../lib/kernel/redactor.ts';

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0');
const units = (text: string, write: (unit: string, code: number) => string) =>
  text.replaceAll(/[\s\S]/g, (unit) => write(unit, unit.charCodeAt(0)));

/** How services may encode what they were sent. */
const LAYERS: Readonly<Record<string, (text: string) => string>> = {
  'unchanged text': (text) => text,
  'JSON in JSON': (text) => JSON.stringify(text).slice(1, -1),
  'JSON in ASCII': (text) =>
    units(JSON.stringify(text).slice(1, -1), (unit, code) => (code > 126 ? `\\u${hex(code, 4)}` : unit)),
  'JSON that is safe in HTML': (text) =>
    units(JSON.stringify(text).slice(1, -1), (unit, code) => ('<>&'.includes(unit) ? `\\u${hex(code, 4)}` : unit)),
  'source code': (text) => units(text, (_, code) => (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)),
  'percent encoding': encodeURIComponent,
  'lower-case percent encoding': (text) => encodeURIComponent(text).replaceAll(/%../g, (x) => x.toLowerCase()),
  'percent encoding of everything': (text) =>
    [...Buffer.from(text)].map((byte) => `%${hex(byte, 2).toUpperCase()}`).join(''),
  'a form': (text) => new URLSearchParams({ a: text }).toString().slice(2),
  'HTML entities': (text) =>
    text.replaceAll(
      /[&<>"'é]/g,
      (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', é: '&eacute;' })[c] ?? '&#39;',
    ),
  'decimal HTML references': (text) => [...text].map((c) => `&#${c.codePointAt(0)};`).join(''),
  'hexadecimal HTML references': (text) => [...text].map((c) => `&#x${hex(c.codePointAt(0) ?? 0, 1)};`).join(''),
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 at offset one': (text) => Buffer.from(`x${text}`).toString('base64'),
  'base64 at offset two': (text) => Buffer.from(`xy${text}z`).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'upper case': (text) => text.toUpperCase(),
  'lower case': (text) => text.toLowerCase(),
};
const NAMES = Object.keys(LAYERS);
const SECRET = 'Zq7"m\\r&k<T>4 é+x';

function redact(secret: string, text: string): string {
  const redactor = makeRedactor();
  redactor.add(secret);
  return redactor.text(text);
}

describe('makeRedactor', () => {
  it.each(NAMES.flatMap((first) => NAMES.map((second) => [first, second] as const)))(
    'finds a secret in %s in %s',
    (first, second) => {
      const written = LAYERS[second]?.(LAYERS[first]?.(SECRET) ?? '') ?? '';

      const shown = redact(SECRET, `it was (${written}), no more`);

      expect(shown).toMatch(/^it was \(.{0,16}\*\*\*.{0,16}\), no more$/);
    },
  );

  it('masks any secret in any two layers of encoding, whatever surrounds it', () => {
    const secret = fc.oneof(
      fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' }),
      fc.string({ minLength: 8, maxLength: 24, unit: 'grapheme' }),
    );
    const around = fc.string({ maxLength: 30 }).map((text) => `${text} `);
    const layer = fc.constantFrom(...NAMES);
    fc.assert(
      fc.property(secret, layer, layer, around, around, (value, first, second, before, after) => {
        const written = LAYERS[second]?.(LAYERS[first]?.(value) ?? '') ?? '';

        const shown = redact(value, `${before}${written} ${after}`);

        expect(shown).toContain('***');
        expect(shown.replaceAll('***', '\0')).not.toContain(written);
      }),
      { numRuns: Number(process.env['REDACTIONS'] ?? 2_000) },
    );
  });

  it.each([
    ['without its first character', SECRET.slice(1), '***'],
    ['without its last character', SECRET.slice(0, -1), '***'],
    ['without its first, in base64', Buffer.from(SECRET.slice(1)).toString('base64'), '***='],
    ['of 32 characters without four', '0123456789abcdef0123456789abcdef'.slice(2, -2), '***'],
    ['of 32 characters without five', '0123456789abcdef0123456789abcdef'.slice(5), '56789abcdef0123456789abcdef'],
    ['of seven characters without one', 'hunter', 'hunter'],
  ])('masks parts of a secret depending on its length: %s', (_, text, shown) => {
    const redactor = makeRedactor();
    for (const secret of [SECRET, '0123456789abcdef0123456789abcdef', 'hunter2']) redactor.add(secret);

    expect(redactor.text(text)).toBe(shown);
  });

  it('finds a signing secret without its prefix', () => {
    expect(redact('whsec_b64OfTheKey0123456789', 'key b64OfTheKey0123456789')).toBe('key ***');
  });

  it('masks nothing but the secret', () => {
    expect(redact('Redis-Pass-1', 'a+b%20c\\n &amp; aGVsbG8gd29ybGQ= redis-backups Redis-Pass-1')).toBe(
      'a+b%20c\\n &amp; aGVsbG8gd29ybGQ= redis-backups ***',
    );
  });

  it.each(['true', 'outcome', 'null', '"},{"', '123456', '{"runs":[]}'])(
    'never changes keys or the shape of a value: secret %j',
    (secret) => {
      const redactor = makeRedactor();
      redactor.add(secret);

      const shown = redactor.value({ outcome: true, true: `is ${secret}`, n: [null, 123456, { outcome: secret }] });

      expect(shown).toEqual({ outcome: true, true: 'is ***', n: [null, 123456, { outcome: '***' }] });
    },
  );

  it('keeps the keys of any value, and leaves no secret in its strings', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, maxLength: 12 }), fc.jsonValue(), fc.string(), (secret, value, key) => {
        const redactor = makeRedactor();
        redactor.add(secret);
        const given = { value, list: [{ [key]: `x${secret}y` }] };

        const shown = redactor.value(given);

        expect(Object.keys(shown.list[0] ?? {})).toEqual(Object.keys(given.list[0] ?? {}));
        expect(shown.list[0]?.[key]).toContain('***');
        expect(shapeOf(shown)).toEqual(shapeOf(given));
      }),
    );
  });

  it('masks a number that is a secret of eight or more digits', () => {
    const redactor = makeRedactor();
    redactor.add('12345678');
    redactor.add('1234567');

    expect(redactor.value([12345678, 1234567, 123456789])).toEqual(['***', 1234567, 123456789]);
  });

  it.each([64 * 1024 - 40, 64 * 1024 - 5, 64 * 1024, 128 * 1024 - 9, 200_000])(
    'finds a secret at position %d of a long text, and masks nothing else',
    (place) => {
      const [before, after] = ['x '.repeat(place / 2), ' y'.repeat(100_000)];
      const [plain, encoded] = [SECRET, encodeURIComponent(encodeURIComponent(SECRET))];

      expect(redact(SECRET, before + plain + after)).toBe(`${before}***${after}`);
      expect(redact(SECRET, before + encoded + after)).toBe(`${before}***${after}`);
    },
  );
});

function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return 'leaf';
  if (Array.isArray(value)) return value.map(shapeOf);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}
