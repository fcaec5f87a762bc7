import type { Job, Jobs } from '../../../lib/jobs/job.ts';
import { jobsForObject, whyNoMatch } from '../../../lib/jobs/match-jobs.ts';
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
  ])('gives the jobs of %s for %s in the order of the file', (bucket, key, names) => {
    expect(jobsForObject(jobs, bucket, key).map(({ name }) => name)).toEqual(names);
  });

  it('keeps the jobs of two files apart', () => {
    const others = jobsOf(job('new', 'backups'));

    expect(jobsForObject(jobs, 'backups', 'x').map(({ name }) => name)).toEqual(['all']);
    expect(jobsForObject(others, 'backups', 'x').map(({ name }) => name)).toEqual(['new']);
  });
});

describe('whyNoMatch', () => {
  it.each([
    ['asked-for', undefined, undefined, 'it has no on.object_created'],
    ['other-bucket', 'archive', '**', 'it is about bucket archive, and the object is in backups'],
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
      'its key "prod/*/*/*.aof" does not match: the key ends after segment 3, and "*.aof" is expected',
    ],
    [
      'flat',
      'backups',
      'prod',
      'its key "prod" does not match: segment 2 is "a", and the key should have ended before it',
    ],
    ['all', 'backups', '**', undefined],
  ])('says of job %s why not', (name, bucket, key, why) => {
    expect(whyNoMatch(job(name, bucket, key)[1], 'backups', 'prod/a/x.aof')).toBe(why);
  });
});
