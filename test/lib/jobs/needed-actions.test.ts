import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJobs } from '../../../lib/jobs/load-jobs.ts';
import { minimalPolicies } from '../../../lib/jobs/minimal-policies.ts';
import { neededActions } from '../../../lib/jobs/needed-actions.ts';
import { REVIEWS } from '../../../lib/migrations/actions.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LEDGER = 'ledger: { obs: { bucket: ops-ledger, prefix: m/ } }';

/** The actions that a file with only this job needs. */
async function neededBy(job: string, top = LEDGER, moreTargets = '') {
  const text = [
    'version: 1',
    'region: ap-southeast-3',
    top,
    `targets: { cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }, prod: { id: 5e37b3be-950a-48e1-b498-65b63d336481 }${moreTargets} }`,
    'jobs:',
    `  a: ${job}`,
  ].join('\n');
  return neededActions((await parseJobs(text, 'yaml')).jobs);
}

const namesOf = async (job: string, top?: string) => [
  ...new Set((await neededBy(job, top)).map(({ action }) => action)),
];

const ONLINE = 'vpc_id: a, subnet_id: b, security_group_id: c';
const FILES = 'backup_files: { bucket_name: backups, files: [ { file_name: a.rdb } ] }';
const TIMER = 'on: { schedule: { rate: 1h } }';
const SERVER = 'source_server: { id: x }, target: { region: cn-south-1, template: t }';

describe('neededActions', () => {
  it('lists only creating and reading if nothing else is used', async () => {
    expect(
      await namesOf(`{ ${TIMER}, preflight: off, backup_import: { target_instance: cache, ${FILES} } }`, ''),
    ).toEqual(['dcs:migrationTask:create', 'dcs:migrationTask:list', 'dcs:instance:get']);
    expect(await namesOf(`{ ${TIMER}, server_migration: { ${SERVER}, project_id: p } }`, '')).toEqual([
      'sms:server:createTask',
      'sms:server:listTask',
      'sms:server:get',
      'sms:template:get',
    ]);
  });

  it.each([
    ['a ledger', `{ ${TIMER}, online_migration: { ${ONLINE} } }`, 'dcs:migrationTask:get', LEDGER, ''],
    ['a ledger', `{ ${TIMER}, online_migration: { ${ONLINE} } }`, 'obs:object:PutObject', LEDGER, ''],
  ])('lists more with %s', async (_what, job, action, top, without) => {
    expect(await namesOf(job, top)).toContain(action);
    expect(await namesOf(job, without)).not.toContain(action);
  });

  const CONFIGURE =
    'configure: { migration_method: incremental_migration, resume_mode: auto, source_instance: { id: s }, target_instance: cache }';
  it.each([
    ['dcs:migrationTask:modify', `online_migration: { ${ONLINE}, ${CONFIGURE} }`, `online_migration: { ${ONLINE} }`],
    [
      'dcs:migrationTask:delete',
      `on_failure: release, online_migration: { ${ONLINE} }`,
      `online_migration: { ${ONLINE} }`,
    ],
    [
      'dcs:instance:getDataBackupLog',
      'backup_import: { target_instance: cache, backup_files: { latest_of: prod } }',
      `backup_import: { target_instance: cache, ${FILES} }`,
    ],
    [
      'dcs:instance:backupData',
      'backup_import: { target_instance: cache, backup_files: { latest_of: prod, copy_first: true } }',
      'backup_import: { target_instance: cache, backup_files: { latest_of: prod } }',
    ],
    [
      'dcs:instance:backupData',
      `backup_import: { target_instance: cache, backup_target_first: true, ${FILES} }`,
      `backup_import: { target_instance: cache, backup_target_first: false, ${FILES} }`,
    ],
    ['sms:server:manageTask', `server_migration: { ${SERVER}, start: true }`, `server_migration: { ${SERVER} }`],
    [
      'sms:template:get',
      `server_migration: { ${SERVER} }`,
      'server_migration: { source_server: { id: x }, target: { region: cn-south-1, server: t }, confirm_format: true }',
    ],
    [
      'ecs:cloudServers:showServer',
      'server_migration: { source_server: { id: x }, target: { region: cn-south-1, server: t }, confirm_format: true }',
      `server_migration: { ${SERVER} }`,
    ],
    ['iam:projects:listProjects', `server_migration: { ${SERVER} }`, `server_migration: { ${SERVER}, project_id: p }`],
    [
      'smn:topic:publish',
      `notify: { smn: "urn:smn:ap-southeast-3:p:t" }, online_migration: { ${ONLINE} }`,
      `online_migration: { ${ONLINE} }`,
    ],
  ])('lists %s if it is used, and only then', async (action, using, without) => {
    expect(await namesOf(`{ ${TIMER}, ${using} }`)).toContain(action);
    expect(await namesOf(`{ ${TIMER}, ${without} }`)).not.toContain(action);
  });

  it('lists what Cloud Eye needs if it is used, for no job in particular', async () => {
    const job = `{ ${TIMER}, online_migration: { ${ONLINE} } }`;
    const rows = (await neededBy(job, 'cloud_eye: { namespace: MIGRATIONS.PROD }')).slice(-2);

    expect(rows).toMatchObject([
      { action: 'ces:metricData:create', scope: 'project', jobs: [] },
      { action: 'ces:events:post', scope: 'project', jobs: [] },
    ]);
    expect((await namesOf(job)).filter((name) => name.startsWith('ces:'))).toEqual([]);
  });

  const STORED = `id: 0f1c2b3a-bdba-43c1-8069-3ff17a1a79d5, password: { csms: cache }`;
  it.each([
    ['a field', `${TIMER}, backup_import: { target_instance: { ${STORED} }, ${FILES} }`, LEDGER, 'schedule'],
    ['a named target', `${TIMER}, backup_import: { target_instance: other, ${FILES} }`, LEDGER, 'schedule'],
    [
      'a target that callers may name',
      `on: { request: { accepts: [target_instance] } }, backup_import: { target_instance: cache, ${FILES} }`,
      LEDGER,
      'webhook',
    ],
    [
      'callers',
      `on: { request: { auth: { bearer: [ { csms: callers } ] } } }, online_migration: { ${ONLINE} }`,
      LEDGER,
      'webhook',
    ],
  ])('lists what reading a secret of %s from DEW takes', async (_what, job, top, starter) => {
    const needed = await neededBy(`{ ${job} }`, top, `, other: { ${STORED} }`);

    expect(needed.filter(({ action }) => /^(csms|kms):/.test(action))).toEqual([
      {
        action: 'csms:secretVersion:get',
        scope: 'project',
        reason: 'read secrets from DEW (csms)',
        jobs: ['a'],
        functions: [starter, 'reconcile'],
      },
      {
        action: 'kms:dek:decrypt',
        scope: 'project',
        reason: 'decrypt them',
        jobs: ['a'],
        functions: [starter, 'reconcile'],
      },
    ]);
  });

  it('lists nothing of DEW for a job that uses no secret there', async () => {
    const needed = await neededBy(
      `{ ${TIMER}, backup_import: { target_instance: cache, ${FILES} } }`,
      LEDGER,
      `, other: { ${STORED} }`,
    );

    expect(needed.filter(({ action }) => /^(csms|kms):/.test(action))).toEqual([]);
  });

  it('lists what callers need to read and cancel runs of a job with on.request', async () => {
    expect(await namesOf(`{ on: { request: {} }, online_migration: { ${ONLINE} } }`, '')).toEqual(
      expect.arrayContaining(['dcs:migrationTask:get', 'dcs:migrationTask:modify']),
    );
  });

  it('lists actions on the watched bucket if it is listed, and not if only its events are used', async () => {
    const job = (more: string) =>
      `{ on: { object_created: { bucket: inbox, key: "**" } }, ${more} backup_import: { target_instance: cache } }`;
    const listing = (rows: Awaited<ReturnType<typeof neededBy>>) =>
      rows.filter(({ action, jobs }) => action === 'obs:bucket:ListBucket' && jobs.length > 0);

    expect(listing(await neededBy(job('sweep: {},')))).toMatchObject([
      { jobs: ['a'], resources: ['OBS:*:*:bucket:inbox'] },
    ]);
    expect(listing(await neededBy(job('')))).toEqual([]);
  });

  it('lists reading the bucket of the backups, wherever its name comes from', async () => {
    const resources = async (job: string) =>
      (await neededBy(job, '')).find(({ action }) => action === 'obs:object:GetObject')?.resources;

    expect(
      await resources(
        '{ on: { object_created: { bucket: inbox, key: "**" } }, backup_import: { target_instance: cache } }',
      ),
    ).toEqual(['OBS:*:*:object:inbox/*']);
    expect(await resources(`{ ${TIMER}, backup_import: { target_instance: cache, ${FILES} } }`)).toEqual([
      'OBS:*:*:object:backups/*',
    ]);
    expect(
      await resources('{ on: { request: { accepts: [backup_files] } }, backup_import: { target_instance: cache } }'),
    ).toEqual(['OBS:*:*:object:*/*']);
  });

  it('covers exactly the calls that the functions make', () => {
    const { functions } = JSON.parse(readFileSync(join(ROOT, 'deploy/policies/calls.json'), 'utf8'));
    const allowed = new Set(Object.values(functions as Record<string, string[]>).flat());
    const ofActions = Object.values(REVIEWS).flatMap(({ permissions }) => permissions.flat());
    const known = [
      ...ofActions.flatMap(({ actions }) => actions),
      ...[
        ...readFileSync(join(ROOT, 'lib/jobs/needed-actions.ts'), 'utf8').matchAll(/'([a-z]+:[A-Za-z]+:[A-Za-z]+)'/g),
      ].map(([, action]) => action),
    ];

    expect([...new Set(known)].sort()).toEqual([...allowed].sort());
  });
});

describe('minimalPolicies', () => {
  it('has one policy for the project and one for global services, with a statement for each action', async () => {
    expect(
      minimalPolicies(
        await neededBy(`{ ${TIMER}, preflight: off, backup_import: { target_instance: cache, ${FILES} } }`),
      ),
    ).toEqual({
      project: {
        Version: '1.1',
        Statement: [
          { Effect: 'Allow', Action: ['dcs:instance:get'] },
          { Effect: 'Allow', Action: ['dcs:migrationTask:create'] },
          { Effect: 'Allow', Action: ['dcs:migrationTask:get'] },
          { Effect: 'Allow', Action: ['dcs:migrationTask:list'] },
        ],
      },
      global: {
        Version: '1.1',
        Statement: [
          { Effect: 'Allow', Action: ['obs:bucket:ListBucket'], Resource: ['OBS:*:*:bucket:ops-ledger'] },
          { Effect: 'Allow', Action: ['obs:object:DeleteObject'], Resource: ['OBS:*:*:object:ops-ledger/m/*'] },
          { Effect: 'Allow', Action: ['obs:object:GetObject'], Resource: ['OBS:*:*:object:ops-ledger/m/*'] },
          { Effect: 'Allow', Action: ['obs:object:PutObject'], Resource: ['OBS:*:*:object:ops-ledger/m/*'] },
        ],
      },
    });
  });

  it('has no policy if nothing is needed', () => {
    expect(minimalPolicies([])).toEqual({});
  });
});
