import { glance } from '../../../lib/local/jobs-glance.ts';
import { LOCAL_FUNCTIONS } from '../../../lib/local/local-functions.ts';

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
        { id: 'd2c8399f', name: 'staging', passwordVariable: 'STAGING_PASSWORD' },
        { id: 'aaaa0000', name: 'open' },
        { id: 'bbbb1111', name: 'dcs-bbbb1111', passwordVariable: 'OTHER' },
      ],
      variables: ['STAGING_PASSWORD', 'OTHER'],
      sourceServers: [{ id: '6d6b3f9e-2c41', name: 'source-6d6b3f9e', osType: 'WINDOWS' }],
    });
    expect(found.jobs).toMatchObject([
      { name: 'landed', objectCreated: { bucket: 'backups', key: 'prod/eu/**/*.rdb' }, kind: 'backup_import' },
      { name: 'landed2' },
      { name: 'nightly', schedule: { rate: '1h' }, request: { accepts: [] }, kind: 'server_migration' },
      { name: 'asked', request: { accepts: ['description'] } },
    ]);
  });

  it('finds nothing in a file that is no jobs file', () => {
    expect(glance(null)).toEqual({
      region: 'ap-southeast-3',
      jobs: [],
      instances: [],
      variables: [],
      signingVariables: [],
      sourceServers: [],
    });
  });
});

describe('LOCAL_FUNCTIONS', () => {
  it('gives one object trigger per bucket, with what all keys begin with, and one timer per scheduled job', () => {
    const found = glance(DOCUMENT);

    expect(LOCAL_FUNCTIONS.flatMap((row) => row.objectTriggers?.(found) ?? [])).toEqual([
      {
        configurationId: 'backup-landed-backups',
        bucket: 'backups',
        prefix: 'prod/e',
        suffix: '',
        events: ['s3:ObjectCreated:*'],
      },
    ]);
    expect(LOCAL_FUNCTIONS.flatMap((row) => row.timers?.(found) ?? [])).toEqual([
      { name: 'nightly', schedule: { rate: '1h' }, userEvent: 'nightly' },
    ]);
  });
});
