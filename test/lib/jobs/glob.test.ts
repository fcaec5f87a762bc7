import fc from 'fast-check';
import { canMatchBelow, canShareKey, globMismatch, globProblem, matchesGlob } from '../../../lib/jobs/glob.ts';

describe('matchesGlob', () => {
  it.each([
    ['dump.rdb', 'dump.rdb'],
    ['*.rdb', 'dump.rdb'],
    ['*.rdb', '.rdb'],
    ['*', '.hidden'],
    ['prod/*.rdb', 'prod/dump.rdb'],
    ['prod/*/dump-*.rdb', 'prod/eu/dump-2026-01-02.rdb'],
    ['prod/**/*.rdb', 'prod/dump.rdb'],
    ['prod/**/*.rdb', 'prod/a/b/c/dump.rdb'],
    ['prod/**/*.rdb', 'prod/.a/.dump.rdb'],
    ['**/dump.rdb', 'dump.rdb'],
    ['**/dump.rdb', 'a/b/dump.rdb'],
    ['**/a/**/b', 'x/a/y/a/z/b'],
    ['prod/**', 'prod/dump.rdb'],
    ['prod/**', 'prod/a/b'],
    ['**', 'anything/at all'],
    ['a*b*c', 'a-b-b-c'],
    ['data [1] (v2) {x} a+b? !@ ^$ .\\', 'data [1] (v2) {x} a+b? !@ ^$ .\\'],
    ['备份/*.rdb', '备份/全量.rdb'],
    ['a/*/b', 'a//b'],
    ['*/x', '/x'],
  ])('matches %j with %j', (glob, key) => {
    expect(matchesGlob(glob, key)).toBe(true);
  });

  it.each([
    ['dump.rdb', 'Dump.rdb'],
    ['dump.rdb', 'dumpxrdb'],
    ['dump.rdb', 'prod/dump.rdb'],
    ['*.rdb', 'prod/dump.rdb'],
    ['*.rdb', 'dump.rdb.tmp'],
    ['prod/*.rdb', 'prod/a/dump.rdb'],
    ['prod/**/*.rdb', 'prod.rdb'],
    ['prod/**/*.rdb', 'preprod/dump.rdb'],
    ['prod/**/*.rdb', 'prod/a/dump.aof'],
    ['prod/**', 'prod'],
    ['prod/**', 'production/x'],
    ['**/a', 'b/xa'],
    ['dump?.rdb', 'dump1.rdb'],
    ['dump[12].rdb', 'dump1.rdb'],
    ['{a,b}', 'a'],
    ['a', ''],
  ])('does not match %j with %j', (glob, key) => {
    expect(matchesGlob(glob, key)).toBe(false);
  });

  it('matches every character except * literally', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 50 }),
        fc.string({ unit: 'binary', maxLength: 50 }),
        (glob, key) => {
          const literal = glob.replaceAll('*', '');

          expect(matchesGlob(literal, key)).toBe(literal === key);
        },
      ),
    );
  });

  it('agrees with an equivalent regular expression', () => {
    const glob = fc.array(fc.constantFrom('a', 'b', '*', 'ab', 'a*', '**'), { minLength: 1, maxLength: 6 });
    const key = fc.array(fc.constantFrom('a', 'b', 'ab', ''), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(glob, key, (parts, segments) => {
        const source = parts
          .map((part, i) => {
            const last = i === parts.length - 1;
            if (part === '**') return last ? '[^]*' : '(?:[^/]*/)*';
            return part.replaceAll('*', '[^/]*') + (last ? '' : '/');
          })
          .join('');

        expect(matchesGlob(parts.join('/'), segments.join('/'))).toBe(
          new RegExp(`^${source}$`).test(segments.join('/')),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('is fast on globs that make backtracking matchers run for years', () => {
    expect(matchesGlob(`${'**/*a*/'.repeat(140)}b`, `${'aaaa/'.repeat(204)}c`)).toBe(false);
    expect(matchesGlob(`${'*a'.repeat(511)}b`, 'a'.repeat(1024))).toBe(false);
  });
});

describe('globProblem', () => {
  it.each(['*', '**', 'prod/**/*.rdb', 'a b/[x]?{y}', 'x'.repeat(1024)])('accepts %j', (glob) => {
    expect(globProblem(glob)).toBeUndefined();
  });

  it.each([
    ['', /is empty/],
    ['/prod/x', /begins with/],
    ['prod/**.rdb', /next to other characters in "\*\*\.rdb"/],
    ['***', /must be a whole segment/],
    ['a\nb', /control character/],
    ['a\u0085b', /control character/],
    ['a\u2028b', /control character/],
    ['备'.repeat(342), /more than 1024 bytes/],
  ])('refuses %j', (glob, problem) => {
    expect(globProblem(glob)).toMatch(problem);
  });
});

describe('canMatchBelow', () => {
  it.each([
    ['**', 'ops/ledger/'],
    ['**/*.rdb', 'ops/ledger/'],
    ['*/*/x', 'ops/ledger/'],
    ['ops/**', 'ops/ledger/'],
    ['ops/ledger/**', 'ops/ledger/'],
    ['ops/ledger/x', 'ops/ledger/'],
    ['ops/l*/runs/*', 'ops/ledger/'],
    ['**/ledger/**/x', 'ops/ledger/'],
    ['**/deep/below/x', 'ops/ledger/'],
    ['*/a', 'ledger/'],
  ])('is true for %j and %j', (glob, prefix) => {
    expect(canMatchBelow(glob, prefix)).toBe(true);
  });

  it.each([
    ['*', 'ops/ledger/'],
    ['*/*', 'ops/ledger/'],
    ['ops/ledger', 'ops/ledger/'],
    ['ops/*.rdb', 'ops/ledger/'],
    ['prod/**', 'ops/ledger/'],
    ['ops/ledgers/**', 'ops/ledger/'],
    ['ops/ledge/**', 'ops/ledger/'],
    ['Ops/ledger/**', 'ops/ledger/'],
    ['ledger/**', 'ops/ledger/'],
    ['ops/**', 'ops-ledger/'],
  ])('is false for %j and %j', (glob, prefix) => {
    expect(canMatchBelow(glob, prefix)).toBe(false);
  });

  it('is true if and only if some key below the prefix matches', () => {
    const names = ['a', 'b', 'ab'];
    const deeper = (keys: string[]) => keys.flatMap((key) => names.map((name) => `${key}/${name}`));
    const below = [names, deeper(names), deeper(deeper(names)), deeper(deeper(deeper(names)))].flat();
    const glob = fc.array(fc.constantFrom('*', '**', 'a', 'b', 'a*', '*b'), { minLength: 1, maxLength: 4 });
    const prefix = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(glob, prefix, (parts, segments) => {
        const [pattern, start] = [parts.join('/'), `${segments.join('/')}/`];

        const found = below.some((key) => matchesGlob(pattern, start + key));

        expect(canMatchBelow(pattern, start)).toBe(found);
      }),
      { numRuns: 500 },
    );
  });
});

describe('globMismatch', () => {
  it.each([
    ['prod/*.rdb', 'staging/a.rdb', { segment: 1, found: 'staging', expected: ['prod'] }],
    ['prod/*.rdb', 'prod/a.aof', { segment: 2, found: 'a.aof', expected: ['*.rdb'] }],
    ['prod/*.rdb', 'prod/a/b.rdb', { segment: 2, found: 'a', expected: ['*.rdb'] }],
    ['prod/**/*.rdb', 'prod/a/b.aof', { segment: 3, found: 'b.aof', expected: ['*.rdb'] }],
    ['**/prod/*.rdb', 'a/b/c.rdb', { segment: 3, found: 'c.rdb', expected: ['prod'] }],
    ['prod/**', 'prod', { segment: 2, expected: ['*'] }],
    ['prod/*/a.rdb', 'prod/x', { segment: 3, expected: ['a.rdb'] }],
    ['a.rdb', 'a.rdb/b', { segment: 2, found: 'b', expected: [] }],
  ])('finds where %j and %j differ', (glob, key, mismatch) => {
    expect(globMismatch(glob, key)).toEqual(mismatch);
  });

  it('finds nothing if and only if the key matches; otherwise a segment of the key, or the one after its last', () => {
    const part = fc.constantFrom('*', '**', 'a', 'b', 'a*');
    const name = fc.constantFrom('a', 'b', 'ab', '');
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.array(name, { minLength: 1, maxLength: 4 }),
        (parts, names) => {
          const [glob, key] = [parts.join('/'), names.join('/')];

          const mismatch = globMismatch(glob, key);

          expect(mismatch === undefined).toBe(matchesGlob(glob, key));
          if (!mismatch) return;
          expect(names[mismatch.segment - 1]).toBe(mismatch.found);
          expect(mismatch.segment).toBeLessThanOrEqual(names.length + 1);
          // The segments before it match.
          const before = names.slice(0, mismatch.segment - 1);
          if (before.length > 0 && mismatch.expected.length > 0)
            expect(canMatchBelow(glob, `${before.join('/')}/`)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('canShareKey', () => {
  it.each([
    ['prod/**', 'prod/**/*.rdb'],
    ['**', 'a'],
    ['prod/*.rdb', 'prod/dump*'],
    ['**/x/**', 'a/**/b'],
    ['a*c', '*b*'],
    ['a/**/b/*', 'a/b/b'],
    ['prod/*/**', '**/dump.rdb'],
  ])('is true for %j and %j', (one, other) => {
    expect(canShareKey(one, other)).toBe(true);
    expect(canShareKey(other, one)).toBe(true);
  });

  it.each([
    ['prod/**', 'staging/**'],
    ['prod/*', 'prod/*/**'],
    ['prod/*.rdb', 'prod/*.aof'],
    ['prod/**', 'prod'],
    ['a*', 'b*'],
    ['*/a', '**/b'],
    ['a/*/c', 'a/c'],
  ])('is false for %j and %j', (one, other) => {
    expect(canShareKey(one, other)).toBe(false);
    expect(canShareKey(other, one)).toBe(false);
  });

  it('is true for any two globs that match the same key', () => {
    const glob = fc.array(fc.constantFrom('a', 'b', '*', 'ab', 'a*', '*b', '**'), { minLength: 1, maxLength: 4 });
    const key = fc.array(fc.constantFrom('a', 'b', 'ab', 'aab', ''), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(glob, glob, fc.array(key, { minLength: 1, maxLength: 20 }), (one, other, keys) => {
        const [a, b] = [one.join('/'), other.join('/')];
        const isShared = keys.some((parts) => matchesGlob(a, parts.join('/')) && matchesGlob(b, parts.join('/')));
        if (isShared) expect(canShareKey(a, b)).toBe(true);
        expect(canShareKey(a, b)).toBe(canShareKey(b, a));
      }),
      { numRuns: 2000 },
    );
  });
});
