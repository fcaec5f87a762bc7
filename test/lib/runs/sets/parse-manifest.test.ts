import fc from 'fast-check';
import { MAX_FILES, ManifestError, parseManifest } from '../../../../lib/runs/sets/parse-manifest.ts';
import type { SetScope } from '../../../../lib/runs/sets/set-work.ts';

const scope: SetScope = {
  trigger: {
    bucket: 'backups',
    key: 'prod/**/*.rdb',
    set: { by: 'prod/{set}/', complete: { marker: '_SUCCESS', manifest: true }, deadlineMs: 1 },
  },
  prefix: 'prod/day-1/',
  name: 'day-1',
};
const everything: SetScope = { ...scope, trigger: { ...scope.trigger, key: 'prod/**' } };

const parse = (text: string | Uint8Array, of = scope) =>
  parseManifest(typeof text === 'string' ? new TextEncoder().encode(text) : text, of);

function refusal(text: string | Uint8Array, of = scope): string {
  try {
    parse(text, of);
  } catch (error) {
    if (error instanceof ManifestError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('parseManifest', () => {
  const TWO = ['prod/day-1/a.rdb', 'prod/day-1/b.rdb'];
  it.each([
    ['lines', 'a.rdb\nb.rdb\n', TWO],
    ['lines without a last line feed', 'a.rdb\nb.rdb', TWO],
    ['lines of Windows', 'a.rdb\r\nb.rdb\r\n', TWO],
    ['lines of an old Mac', 'a.rdb\rb.rdb\r', TWO],
    ['lines with a byte order mark', '\ufeffa.rdb\nb.rdb\n', TWO],
    ['empty lines and spaces around', '\n  a.rdb\t\n \t\n\n\tb.rdb \n\n', TWO],
    ['a name twice', 'a.rdb\nb.rdb\na.rdb\n', TWO],
    ['another order', 'b.rdb\na.rdb\n', ['prod/day-1/b.rdb', 'prod/day-1/a.rdb']],
    ['a name in a folder', 'shards/a.rdb\n', ['prod/day-1/shards/a.rdb']],
    ['a name with spaces, dots and other letters', 'the 1st..copy é.rdb\n', ['prod/day-1/the 1st..copy é.rdb']],
    ['a JSON array', '["a.rdb", "b.rdb"]', TWO],
    ['a JSON array with a byte order mark and a name twice', '\ufeff\n[ "a.rdb","b.rdb","a.rdb" ]\n', TWO],
    [
      'JSON names that need it',
      '["#1.rdb", " a .rdb", "[b].rdb"]',
      ['prod/day-1/#1.rdb', 'prod/day-1/ a .rdb', 'prod/day-1/[b].rdb'],
    ],
  ])('reads %s', (_what, text, keys) => {
    expect(parse(text)).toEqual(keys);
  });

  it.each([
    ['nothing', '', 'it names no files'],
    ['empty lines alone', '\r\n \n', 'it names no files'],
    ['an empty array', '[]', 'it names no files'],
    [
      'a name that leaves the set',
      '../day-2/a.rdb',
      'line 1 is "../day-2/a.rdb": ".." is not allowed, because it could leave the set',
    ],
    [
      'a name that leaves the set and comes back',
      'a.rdb\nx/../a.rdb',
      'line 2 is "x/../a.rdb": ".." is not allowed, because it could leave the set',
    ],
    [
      'an absolute name',
      '/prod/day-1/a.rdb',
      'line 1 is "/prod/day-1/a.rdb": names must be relative to the set\'s prefix prod/day-1/, and must not include it',
    ],
    [
      'an address',
      '["obs://backups/prod/day-1/a.rdb"]',
      'entry 1 is "obs://backups/prod/day-1/a.rdb": names must be relative to the set\'s prefix prod/day-1/, and must not include it',
    ],
    [
      'a drive',
      'C:\\dumps\\a.rdb',
      'line 1 is "C:\\\\dumps\\\\a.rdb": names must be relative to the set\'s prefix prod/day-1/, and must not include it',
    ],
    ['backslashes', 'shards\\a.rdb', 'line 1 is "shards\\\\a.rdb": use "/" to separate folders, not "\\"'],
    ['the dot of find', './a.rdb', 'line 1 is "./a.rdb": "." is not a valid folder name; omit "./"'],
    ['a folder', 'shards/', 'line 1 is "shards/": it must be a file, and folder names must not be empty'],
    [
      'a folder without a name',
      'a//b.rdb',
      'line 1 is "a//b.rdb": it must be a file, and folder names must not be empty',
    ],
    [
      'a comment',
      '# shards\na.rdb',
      'line 1 is "# shards": comments are not supported; a file name that begins with "#" must be in a JSON array',
    ],
    [
      "a name that the job's key does not match",
      'a.rdb\na.txt',
      'line 2 is "a.txt": the job\'s key "prod/**/*.rdb" does not match prod/day-1/…',
    ],
    ['an empty name in JSON', '["a.rdb", ""]', 'entry 2 is "": the name is empty'],
    ['a number in JSON', '["a.rdb", 7]', 'entry 2 must be a string with the name of a file'],
    ['a list in a list', '[["a.rdb"]]', 'entry 1 must be a string with the name of a file'],
    ['a JSON object', '{"files": ["a.rdb"]}', 'it is a JSON object; it must be a JSON array of names, or lines'],
    [
      'JSON that breaks off',
      '["a.rdb",',
      'it begins with "[" and is not a JSON array; a file name that begins with "[" must be in a JSON array',
    ],
    ['UTF-16', Buffer.from('\ufeffa.rdb\n', 'utf16le'), 'it is not UTF-8; save it as UTF-8'],
    ['GBK', Buffer.from([0xb1, 0xb8, 0xb7, 0xdd, 0x0a]), 'it is not UTF-8; save it as UTF-8'],
    ['a control character', 'a\u0000.rdb', 'line 1 is "a\\u0000.rdb": it contains a control character'],
    ['a line separator', 'a\u2028.rdb', 'line 1 is "a\u2028.rdb": it contains a control character'],
    ['half a character', '["a\\ud800.rdb"]', 'entry 1 is "a\\ud800.rdb": it contains a lone surrogate'],
  ])('refuses %s', (_what, text, message) => {
    expect(refusal(text)).toBe(message);
  });

  it('refuses the marker itself', () => {
    expect(refusal('a.rdb\n_SUCCESS\n', everything)).toBe('line 2 is "_SUCCESS": it is the marker itself');
  });

  it('takes 1,000 files, and no more', () => {
    const names = Array.from({ length: MAX_FILES }, (_, i) => `${i}.rdb`);

    expect(parse(names.join('\n'))).toHaveLength(1_000);
    expect(refusal([...names, 'one-more.rdb'].join('\n'))).toBe('it names more than 1000 files');
    expect(parse([...names, '0.rdb'].join('\n'))).toHaveLength(1_000);
  });

  it('takes a key of 1,024 bytes, and none that is longer', () => {
    const longest = `${'é'.repeat((1_024 - 'prod/day-1/.rdb'.length - 1) / 2)}x.rdb`;

    expect(Buffer.byteLength(parse(longest)[0] ?? '')).toBe(1_024);
    expect(refusal(`x${longest}`)).toContain('its key is longer than 1024 bytes');
  });

  it('shows no more than the beginning of a name', () => {
    expect(refusal(`/${'x'.repeat(5_000)}`).length).toBeLessThan(250);
  });

  it('gives keys of this set alone, each once, or refuses, for any bytes', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('a.rdb', 'x/b.rdb', '..', '../a.rdb', '/a', './a.rdb', '_SUCCESS', '#'),
    );
    const content = fc.oneof(
      fc.uint8Array(),
      fc.tuple(fc.array(name), fc.constantFrom('\n', '\r\n', '\r')).map(([names, end]) => Buffer.from(names.join(end))),
      fc.json().map((text) => Buffer.from(text)),
      fc.array(name).map((names) => Buffer.from(JSON.stringify(names))),
    );
    fc.assert(
      fc.property(content, fc.constantFrom(scope, everything), (bytes, of) => {
        let keys: string[];
        try {
          keys = parse(bytes, of);
        } catch (error) {
          expect(error).toBeInstanceOf(ManifestError);
          return;
        }
        expect(keys.length).toBeGreaterThan(0);
        expect(new Set(keys).size).toBe(keys.length);
        for (const key of keys) {
          expect(key.startsWith('prod/day-1/')).toBe(true);
          expect(key.split('/')).not.toContain('..');
          expect(key).not.toBe('prod/day-1/_SUCCESS');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads the same names from lines and from JSON', () => {
    const names = fc.uniqueArray(
      fc.stringMatching(/^[a-z0-9 é][a-z0-9 .é]{0,20}$/).map((text) => `${text.trim()}x.rdb`),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(names, fc.constantFrom('\n', '\r\n'), (list, end) => {
        expect(parse(list.join(end))).toEqual(parse(JSON.stringify(list)));
        expect(parse(JSON.stringify(list))).toEqual(list.map((one) => `prod/day-1/${one}`));
      }),
    );
  });
});
