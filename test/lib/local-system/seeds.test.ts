import type { Job } from '../../../lib/jobs/job.ts';
import {
  projectIn,
  seedInstances,
  seedSecrets,
  seedServers,
  seedSources,
  seedTemplates,
  seedTopics,
} from '../../../lib/local-system/seeds.ts';
import { templateFault } from '../../../packages/local-cloud/src/cloud/sms/templates.ts';
import { DEFAULT_POLICIES, makeJob, makeJobs } from '../../fixtures/jobs.ts';

const job = (name: string, fields: Job['fields'], more: Partial<Job> = {}) => makeJob({ name, fields, ...more });
const FOUND = makeJobs(
  [
    job('a', { target_instance: 'old', backup_files: { latest_of: 'old' } }),
    job('b', {
      os_type: 'WINDOWS',
      source_server: { id: '6d6b3f9e-2c41' },
      target: { region: 'cn-south-1', template: 't1' },
    }),
    job('c', { source_server: { id: 's2' }, target: { region: 'cn-south-1', server: 'e1' } }),
    job('d', {
      target_server: { vm_id: 'e2', disks: [{ disk_id: 'd1', size: 107374182401 }] },
      region_id: 'cn-south-1',
    }),
    job('e', { target_server: { vm_id: '' }, region_id: 'cn-south-1' }),
    job('f', {
      configure: { source_instance: { addrs: '1.2.3.4:6379' }, target_instance: { id: 'i3-abcdefgh' } },
    }),
    job('g', {
      target_instance: { id: 'i4', password: { user_data: 'OTHER' } },
      backup_files: { latest_of: 'i5-abcdefgh' },
    }),
  ],
  { old: { id: 'i1', password: { user_data: 'OLD' } }, free: { id: 'i2' } },
);
const NOW = Date.parse('2026-03-14T12:00:00Z');

describe('seedInstances', () => {
  it('creates backups for the instance whose newest is imported, the very newest of which is unusable', () => {
    const [old, free] = seedInstances(FOUND, NOW);

    expect(old).toMatchObject({ id: 'i1', name: 'old', password: 'local-OLD' });
    expect(old?.backups?.map(({ status, createdAt = 0 }) => [status, new Date(createdAt).toISOString()])).toEqual([
      ['succeed', '2026-03-13T11:00:00.000Z'],
      ['succeed', '2026-03-14T11:00:00.000Z'],
      ['failed', '2026-03-14T11:30:00.000Z'],
    ]);
    expect(free).toEqual({ id: 'i2', name: 'free' });
  });

  it('finds instances that jobs describe, and those whose backup is named by instance id', () => {
    expect(seedInstances(FOUND, NOW).slice(2)).toMatchObject([
      { id: 'i3-abcdefgh', name: 'dcs-i3-abcde' },
      { id: 'i4', name: 'dcs-i4', password: 'local-OTHER' },
      { id: 'i5-abcdefgh', name: 'dcs-i5-abcde', backups: [{}, {}, {}] },
    ]);
  });
});

describe('seedSecrets', () => {
  it('creates the secrets in DEW, with the versions that the file names, and instances with their values', () => {
    const jobs = makeJobs([], {
      now: { id: 'i1', password: { csms: 'cache', key: 'password' } },
      pinned: { id: 'i2', password: { csms: 'cache', key: 'password', version: 'v3' } },
      other: { id: 'i3', password: { csms: 'other', version: 'mine' } },
    });

    expect(seedSecrets(jobs)).toEqual([
      { name: 'cache', text: '{"password":"local-cache-password"}', versions: 3 },
      { name: 'other', text: 'local-other', versions: 1 },
    ]);
    expect(seedInstances(jobs, NOW).map(({ password }) => password)).toEqual([
      'local-cache-password',
      'local-cache-password',
      'local-other',
    ]);
  });
});

describe('seedSources', () => {
  it('creates source servers with the operating system that jobs specify, else Linux', () => {
    expect(seedSources(FOUND)).toEqual([
      { id: '6d6b3f9e-2c41', name: 'source-6d6b3f9e', osType: 'WINDOWS' },
      { id: 's2', name: 'source-s2', osType: 'LINUX' },
    ]);
  });
});

describe('seedTemplates', () => {
  it('creates a template from which SMS can create a target, also over the internet', () => {
    const [template, ...more] = seedTemplates(FOUND, 'p1');
    const sent = { vm_template_id: 't1', use_public_ip: true, target_server: { disks: [{ size: 42949672960 }] } };

    expect(more).toEqual([]);
    expect(template).toMatchObject({ id: 't1', region: 'cn-south-1', projectid: 'p1' });
    expect(templateFault(template, sent as never)).toBeUndefined();
  });
});

describe('seedServers', () => {
  it('creates an existing server with one disk of the size of local sources, or with the disks that the job describes', () => {
    expect(seedServers(FOUND)).toMatchObject([
      { id: 'e1', disks: [{ sizeGb: 40 }] },
      { id: 'e2', disks: [{ id: 'd1', sizeGb: 101 }] },
    ]);
  });
});

describe('projectIn', () => {
  const TOPIC = 'urn:smn:cn-north-4:0605767a3300d5762fb7c0186d9e1779:people';
  const policies = { ...DEFAULT_POLICIES.policies, notify: { smn: TOPIC, on: ['failed' as const] } };

  it('is the one that a job names', () => {
    expect(projectIn(makeJobs([job('a', {}, { policies }), job('b', { project_id: 'p1' })]))).toBe('p1');
  });

  it('is that of a topic if the file names no project', () => {
    const jobs = makeJobs([job('a', {}, { policies }), job('b', {}, { policies })]);

    expect(projectIn(jobs)).toBe('0605767a3300d5762fb7c0186d9e1779');
    expect(seedTopics(jobs)).toEqual([TOPIC]);
  });

  it('is undefined if the file names neither', () => {
    expect(projectIn(FOUND)).toBeUndefined();
  });
});
