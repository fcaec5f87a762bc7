import fc from 'fast-check';
import { objectRules } from '../../../lib/deploy/object-rules.ts';
import { matchesGlob } from '../../../lib/jobs/glob.ts';
import { parseJobs } from '../../../lib/jobs/load-jobs.ts';
import { jobsYaml } from '../../fixtures/deploy-harness.ts';

async function rulesOf(...watched: readonly string[]): Promise<string[]> {
  const jobs = Object.fromEntries(watched.map((on, i) => [`job-${'abcdefgh'[i]}`, `{ object_created: { ${on} } }`]));
  const loaded = await parseJobs(jobsYaml(jobs), 'yaml');
  return objectRules(loaded.jobs).map(({ bucket, prefix, suffix }) => `${bucket}: ${prefix}*${suffix}`);
}

describe('objectRules', () => {
  it.each([
    ['prod/**/*.rdb', 'prod/*.rdb'],
    ['**', '*'],
    ['prod/**', 'prod/*'],
    ['**/dump.rdb', '*dump.rdb'],
    ['a/**/dump.rdb', 'a/*dump.rdb'],
    ['a/*/dump.rdb', 'a/*/dump.rdb'],
    ['dump-*.rdb', 'dump-*.rdb'],
    ['dump.rdb', 'dump.rdb*dump.rdb'],
  ])('converts the glob %s to the rule %s', async (glob, rule) => {
    expect(await rulesOf(`bucket: b-1, key: "${glob}"`)).toEqual([`b-1: ${rule}`]);
  });

  it('merges overlapping rules of one bucket to the shorter prefix and suffix', async () => {
    expect(await rulesOf('bucket: b-1, key: "prod/**/*.rdb"', 'bucket: b-1, key: "prod/eu/**"')).toEqual([
      'b-1: prod/*',
    ]);
  });

  it('continues merging if a merged rule overlaps a third', async () => {
    const rules = await rulesOf(
      'bucket: b-1, key: "a/b/*.x"',
      'bucket: b-1, key: "a/c/*.y"',
      'bucket: b-1, key: "a/**"',
    );

    expect(rules).toEqual(['b-1: a/*']);
  });

  it('does not merge rules whose prefixes or suffixes do not nest, or of other buckets', async () => {
    const rules = await rulesOf(
      'bucket: b-1, key: "prod/**/*.rdb"',
      'bucket: b-1, key: "prod/**/*.aof"',
      'bucket: b-1, key: "test/**/*.rdb"',
      'bucket: b-2, key: "prod/**/*.rdb"',
    );

    expect(rules).toEqual(['b-1: prod/*.aof', 'b-1: prod/*.rdb', 'b-1: test/*.rdb', 'b-2: prod/*.rdb']);
  });

  it('adds a rule for the marker of a set', async () => {
    const set = 'set: { by: "prod/{set}/", complete: { marker: _SUCCESS }, deadline: 6h }';

    expect(await rulesOf(`bucket: b-1, key: "prod/**/*.rdb", ${set}`)).toEqual([
      'b-1: prod/*.rdb',
      'b-1: prod/*/_SUCCESS',
    ]);
  });

  const segment = fc.constantFrom('a', 'b', 'ab', '*', 'a*', '*.x', 'b*.y', '**');
  const globs = fc.array(
    fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
    { minLength: 1, maxLength: 6 },
  );
  const key = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'a.x', 'b.y', 'ab.x'), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('/'));

  it('covers every key that a glob matches, with rules that the service accepts', async () => {
    await fc.assert(
      fc.asyncProperty(globs, fc.array(key, { minLength: 1, maxLength: 8 }), async (patterns, keys) => {
        const named = Object.fromEntries(
          patterns.map((glob, i) => [`job-${'abcdefgh'[i]}`, `{ object_created: { bucket: b-1, key: "${glob}" } }`]),
        );
        const rules = objectRules((await parseJobs(jobsYaml(named), 'yaml')).jobs);
        const told = (name: string) =>
          rules.filter(({ prefix, suffix }) => name.startsWith(prefix) && name.endsWith(suffix));
        for (const name of keys) {
          if (patterns.some((glob) => matchesGlob(glob, name))) expect(told(name).length).toBeGreaterThan(0);
        }
        for (const [i, a] of rules.entries()) {
          for (const b of rules.slice(i + 1)) {
            const nests =
              (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) &&
              (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix));
            expect(nests).toBe(false);
          }
        }
      }),
    );
  });
});
