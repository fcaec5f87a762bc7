import fc from 'fast-check';
import { parseStrictJson, StrictJsonError } from '../../../lib/webhook/strict-json.ts';

function faultOf(text: string): unknown {
  try {
    parseStrictJson(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    return [error.fault, `/${error.path.join('/')}`];
  }
}

describe('parseStrictJson', () => {
  it('returns what JSON.parse returns, for any JSON without forbidden keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8, stringUnit: 'binary-ascii' }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/__proto__|constructor|prototype/.test(text));
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['the same key in two objects', '[{"a":1},{"a":1}]'],
    ['the same key at two levels', '{"a":{"a":{"a":1}}}'],
    ['a string that looks like a duplicate key', '{"a":"\\"a\\":1,\\"a\\":2"}'],
    ['a string that names a prototype', '{"a":"__proto__"}'],
    ['a list of equal strings', '["a","a"]'],
    ['braces in a string', '{"a":"{[","b":"]}"}'],
    ['32 levels', `${'['.repeat(32)}${']'.repeat(32)}`],
    ['a whole surrogate pair, escaped', '"\\ud83d\\ude00"'],
  ])('accepts %s', (_case, text) => {
    expect(faultOf(text)).toBeUndefined();
  });

  it.each([
    ['a duplicate key', '{"a":1,"b":2,"a":3}', 'duplicate_key', '/a'],
    ['a duplicate key after an inner object', '{"a":{"b":1},"a":2}', 'duplicate_key', '/a'],
    ['a duplicate key, deep in a list', '{"a":[0,{"b":1,"b":2}]}', 'duplicate_key', '/a/1/b'],
    ['a duplicate key, once escaped', '{"a":1,"\\u0061":2}', 'duplicate_key', '/a'],
    ['__proto__', '{"x":{"__proto__":1}}', 'forbidden_key', '/x/__proto__'],
    ['constructor', '{"constructor":1}', 'forbidden_key', '/constructor'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 'too_deep', `/${'0/'.repeat(31)}0`],
    ['a lone surrogate', '{"a":"\\ud83d"}', 'not_json', '/a'],
    ['a lone surrogate in a key', '{"\\ude00":1}', 'not_json', '/\ude00'],
    ['nothing', '', 'not_json', '/'],
    ['a trailing comma', '{"a":1,}', 'not_json', '/'],
  ])('refuses %s', (_case, text, fault, path) => {
    expect(faultOf(text)).toEqual([fault, path]);
  });

  it('does not quote the input', () => {
    expect(() => parseStrictJson('{"password":"hunter2-plain"')).toThrow(/^not_json$/);
  });
});
