import fc from 'fast-check';
import { matchesGlob } from '../../../lib/jobs/glob.ts';
import type { Job, Jobs } from '../../../lib/jobs/job.ts';
import { jobsForObject, mismatchReason } from '../../../lib/jobs/match-jobs.ts';
import { findSetPlace } from '../../../lib/jobs/set-place.ts';
import { DEFAULT_POLICIES } from '../../fixtures/jobs.ts';

function job(name: string, bucket?: string, key = '**'): [string, Job] {
  const on = bucket === undefined ? { request: { accepts: [] } } : { object_created: { bucket, key } };
  return [name, { name, on, kind: 'backup_import', fields: {}, ...DEFAULT_POLICIES }];
}

function jobsOf(...jobs: [string, Job][]): Jobs {
  return { version: 1, region: 'ap-southeast-3', settleSeconds: 60, targets: new Map(), jobs: new Map(jobs) };
}

describe('jobsForObject', () => {
  const jobs = jobsOf(
    job('all', 'backups'),
    job('rdb', 'backups', 'prod/**/*.rdb'),
    job('other-bucket', 'archive'),
    job('asked-for'),
    job('aof', 'backups', '**/*.aof'),
  );

  it.each([
    ['backups', 'prod/a/dump.rdb', ['all', 'rdb']],
    ['backups', 'x.aof', ['all', 'aof']],
    ['archive', 'prod/a/dump.rdb', ['other-bucket']],
    ['Backups', 'prod/a/dump.rdb', []],
    ['constructor', 'x', []],
  ])('returns the jobs for bucket %s and key %s in the order of the file', (bucket, key, names) => {
    expect(jobsForObject(jobs, bucket, key).map(({ name }) => name)).toEqual(names);
  });

  it('returns the same as a check of every job, in the same order', () => {
    const segment = fc.constantFrom('a', 'b', 'x.rdb');
    const path = (part: fc.Arbitrary<string>) =>
      fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const trigger = fc.record({
      key: path(fc.oneof(segment, fc.constantFrom('*', '**', '*.rdb', 'a*'))),
      set: fc.option(
        fc.record({
          by: fc
            .tuple(path(segment), fc.constantFrom('{set}/', 'a-{set}/'))
            .map(([before, name]) => `${before}/${name}`),
          complete: fc.constantFrom({ marker: 'x.rdb' }, { count: 2 }),
          deadlineMs: fc.constant(1),
        }),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(fc.array(trigger, { maxLength: 8 }), path(fc.oneof(segment, fc.constant(''))), (triggers, key) => {
        const all = triggers.map(({ set, ...on }, i): [string, Job] => {
          const object_created = { bucket: 'backups', ...on, ...(set && { set }) };
          return [`${i}`, { ...job(`${i}`, 'backups')[1], name: `${i}`, on: { object_created } }];
        });
        const expected = all.filter(
          ([, { on }]) =>
            on.object_created && (matchesGlob(on.object_created.key, key) || findSetPlace(on.object_created, key)),
        );

        expect(jobsForObject(jobsOf(...all), 'backups', key).map(({ name }) => name)).toEqual(
          expected.map(([name]) => name),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not check jobs of folders that do not contain the object', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => job(`j-${i}`, 'backups', `team-${i}/**`));
    const looked: string[] = [];
    const watched = many.map(([name, one]): [string, Job] => {
      const { bucket = '', key = '' } = one.on.object_created ?? {};
      const object_created = {
        bucket,
        get key() {
          looked.push(name);
          return key;
        },
      };
      return [name, { ...one, on: { object_created } }];
    });
    const file = jobsOf(...watched);
    jobsForObject(file, 'backups', 'elsewhere/x');
    looked.length = 0;

    expect(jobsForObject(file, 'backups', 'team-7/x').map(({ name }) => name)).toEqual(['j-7']);
    expect(looked).toEqual(['j-7']);
  });

  it('keeps the jobs of two files separate', () => {
    const others = jobsOf(job('new', 'backups'));

    expect(jobsForObject(jobs, 'backups', 'x').map(({ name }) => name)).toEqual(['all']);
    expect(jobsForObject(others, 'backups', 'x').map(({ name }) => name)).toEqual(['new']);
  });
});

describe('mismatchReason', () => {
  it.each([
    ['asked-for', undefined, undefined, 'it has no on.object_created'],
    ['other-bucket', 'archive', '**', 'it watches bucket archive, but the object is in backups'],
    [
      'rdb',
      'backups',
      'prod/**/*.rdb',
      'its key "prod/**/*.rdb" does not match: segment 3 is "x.aof", expected "*.rdb"',
    ],
    [
      'deep',
      'backups',
      'prod/*/*/*.aof',
      'its key "prod/*/*/*.aof" does not match: the key ends after segment 3, but "*.aof" is expected',
    ],
    [
      'flat',
      'backups',
      'prod',
      'its key "prod" does not match: segment 2 is "a", but the key should have ended before it',
    ],
    ['all', 'backups', '**', undefined],
  ])('explains why job %s does not match', (name, bucket, key, why) => {
    expect(mismatchReason(job(name, bucket, key)[1], 'backups', 'prod/a/x.aof')).toBe(why);
  });
});
