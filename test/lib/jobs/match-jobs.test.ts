import type { Job, Jobs } from '../../../lib/jobs/job.ts';
import { jobsForObject } from '../../../lib/jobs/match-jobs.ts';
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
