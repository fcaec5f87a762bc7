import { glance } from '../../../lib/local-system/jobs-glance.ts';

const DOCUMENT = {
  version: 1,
  region: 'cn-north-4',
  time_zone: 'Europe/Berlin',
  targets: {
    staging: { id: 'd2c8399f', password: { user_data: 'STAGING_PASSWORD' } },
    open: { id: 'aaaa0000' },
  },
  jobs: {
    landed: {
      on: { object_created: { bucket: 'backups', key: 'prod/eu/**/*.rdb' } },
      backup_import: { target_instance: 'staging' },
    },
    landed2: {
      on: { object_created: { bucket: 'backups', key: 'prod/e?/*.rdb' } },
      backup_import: { target_instance: { id: 'bbbb1111', password: { user_data: 'OTHER' } } },
    },
    nightly: {
      on: { schedule: { rate: '1h' }, request: {} },
      server_migration: { os_type: 'WINDOWS', source_server: { id: '6d6b3f9e-2c41' }, project_id: 'p1' },
    },
    asked: { on: { request: { accepts: ['description'] } }, backup_import: {} },
    shards: {
      on: {
        object_created: {
          bucket: 'clusters',
          key: 'eu/**/*.rdb',
          set: { by: 'eu/{set}/', complete: { marker: '_OK', manifest: true } },
        },
      },
      dry_run: true,
      backup_import: { target_instance: 'open' },
    },
    newest: {
      on: { request: {} },
      notify: { smn: 'urn:smn:cn-north-4:0605767a3300d5762fb7c0186d9e1779:people', on: ['failed'] },
      backup_import: { target_instance: 'staging', backup_files: { latest_of: 'open' } },
    },
    newest2: {
      on: { request: {} },
      notify: { smn: 'urn:smn:cn-north-4:0605767a3300d5762fb7c0186d9e1779:people' },
      stop_when: { offset: 0, for: '10m' },
      backup_import: { target_instance: 'staging', backup_files: { latest_of: 'cccc2222' } },
    },
    server1: {
      on: { request: {} },
      server_migration: { source_server: { id: 's1' }, target: { region: 'cn-south-1', template: 't1' } },
    },
    server2: {
      on: { request: {} },
      server_migration: { source_server: { id: 's2' }, target: { region: 'cn-south-1', server: 'e1' } },
    },
  },
};

describe('glance', () => {
  it('finds triggers, instances, secrets and source servers', () => {
    const found = glance(DOCUMENT);

    expect(found).toMatchObject({
      region: 'cn-north-4',
      timeZone: 'Europe/Berlin',
      projectId: 'p1',
      instances: [
        { id: 'd2c8399f', name: 'staging', passwordVariable: 'STAGING_PASSWORD', needsBackup: false },
        { id: 'aaaa0000', name: 'open', needsBackup: true },
        { id: 'bbbb1111', name: 'dcs-bbbb1111', passwordVariable: 'OTHER', needsBackup: false },
        { id: 'cccc2222', name: 'dcs-cccc2222', needsBackup: true },
      ],
      variables: ['STAGING_PASSWORD', 'OTHER'],
      sourceServers: [
        { id: '6d6b3f9e-2c41', name: 'source-6d6b3f9e', osType: 'WINDOWS' },
        { id: 's1', osType: 'LINUX' },
        { id: 's2', osType: 'LINUX' },
      ],
      serverTargets: [
        { kind: 'template', id: 't1', region: 'cn-south-1' },
        { kind: 'server', id: 'e1', region: 'cn-south-1' },
      ],
      topics: ['urn:smn:cn-north-4:0605767a3300d5762fb7c0186d9e1779:people'],
    });
    expect(found.jobs).toMatchObject([
      { name: 'landed', objectCreated: { bucket: 'backups', key: 'prod/eu/**/*.rdb' }, kind: 'backup_import' },
      { name: 'landed2' },
      { name: 'nightly', schedule: { rate: '1h' }, request: { accepts: [] }, kind: 'server_migration' },
      { name: 'asked', request: { accepts: ['description'] }, tellsOfSuccess: false, isDryRun: false, stops: false },
      {
        name: 'shards',
        objectCreated: {
          bucket: 'clusters',
          key: 'eu/**/*.rdb',
          set: { by: 'eu/{set}/', marker: '_OK', isListed: true },
        },
        isDryRun: true,
      },
      { name: 'newest', tellsOfSuccess: false },
      { name: 'newest2', tellsOfSuccess: true, stops: true },
      { name: 'server1', kind: 'server_migration' },
      { name: 'server2' },
    ]);
  });

  it("takes the project of a topic where the file names no project, for a topic is its project's", () => {
    const job = { notify: { smn: 'urn:smn:cn-north-4:0605767a3300d5762fb7c0186d9e1779:people' } };

    expect(glance({ jobs: { job } }).projectId).toBe('0605767a3300d5762fb7c0186d9e1779');
  });

  it('finds nothing in a file that is no jobs file', () => {
    expect(glance(null)).toEqual({
      region: 'ap-southeast-3',
      jobs: [],
      instances: [],
      variables: [],
      signingVariables: [],
      sourceServers: [],
      serverTargets: [],
      topics: [],
    });
  });
});
