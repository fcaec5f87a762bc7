import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { checkJobs } from '../../../lib/jobs/check-jobs.ts';
import { jobsJsonSchema } from '../../../lib/jobs/json-schema.ts';
import { loadJobs } from '../../../lib/jobs/load-jobs.ts';

const ROOT = join(__dirname, '../../..');
const BODIES = join(ROOT, 'test/fixtures/bodies');

const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(jobsJsonSchema());

function body(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(BODIES, name), 'utf8')) as Record<string, unknown>;
}

function fileOf(job: Record<string, unknown>, rest: Record<string, unknown> = {}): Record<string, unknown> {
  const targets = { cache: { id: 'x', password: { user_data: 'P' } } };
  return { version: 1, region: 'ap-southeast-3', targets, jobs: { a: job }, ...rest };
}

const asked = { request: {} };
const ledger = { obs: { bucket: 'ops-ledger', prefix: 'migrations/' } };
const landed = { object_created: { bucket: 'backups', key: '**/*.rdb' } };
const configure = {
  migration_method: 'incremental_migration',
  resume_mode: 'auto',
  bandwidth_limit_mb: '100',
  source_instance: { addrs: '192.168.0.5:6379,192.168.0.6:6379', password: { user_data: 'P' } },
  target_instance: 'cache',
};
const urn = 'urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:migrations';
const online = { vpc_id: 'v', subnet_id: 's', security_group_id: 'g' };

describe('jobsJsonSchema', () => {
  it('equals migrations.schema.json (npm run schema writes it)', () => {
    const written: unknown = JSON.parse(readFileSync(join(ROOT, 'migrations.schema.json'), 'utf8'));

    expect(written).toEqual(jobsJsonSchema());
  });

  it('accepts migrations.yml', async () => {
    const { document } = await loadJobs(join(ROOT, 'migrations.yml'));

    validate(document);

    expect(validate.errors).toBeNull();
  });

  it.each<[string, Record<string, unknown>]>([
    ['the online example, English', fileOf({ on: asked, online_migration: body('dcs-online-en.json') })],
    ['the online example, Chinese', fileOf({ on: asked, online_migration: body('dcs-online-cn.json') })],
    ['the import example', fileOf({ on: asked, backup_import: body('dcs-backup-import-en.json') })],
    ['an import of a record', fileOf({ on: asked, backup_import: body('dcs-backup-import-record.json') })],
    ['the server example', fileOf({ on: asked, server_migration: body('sms-create-task.json') })],
    ['an import whose file is the object', fileOf({ on: landed, backup_import: { target_instance: 'cache' } })],
    [
      'placeholders in place of limited texts',
      fileOf({ on: landed, backup_import: { target_instance: 'cache', migration_method: '{{ object.name }}' } }),
    ],
    [
      'fields that the callers give',
      fileOf({ on: { request: { accepts: ['vpc_id', 'subnet_id', 'security_group_id'] } }, online_migration: {} }),
    ],
    [
      'all triggers at once',
      fileOf({ on: { ...asked, ...landed, schedule: { rate: '30d' } }, online_migration: online }),
    ],
    [
      'a time zone',
      fileOf({ on: { schedule: { cron: '0 0 2 * * ?' } }, online_migration: online }, { time_zone: 'Europe/Berlin' }),
    ],
    [
      'a ledger and policies at their lower limits',
      fileOf(
        { on: asked, online_migration: online, overlap: 'queue', limit: { runs: 1, per: '1s' } },
        { ledger, settle_seconds: 1 },
      ),
    ],
    [
      'a ledger and policies at their upper limits',
      fileOf(
        { on: asked, online_migration: online, overlap: 'reject', limit: { runs: 100_000, per: '30d' } },
        { ledger: { obs: { bucket: 'ops-ledger', prefix: 'a'.repeat(200) } }, settle_seconds: 3600 },
      ),
    ],
    [
      'all that follows a task',
      fileOf(
        {
          on: {
            object_created: { ...landed.object_created, set: { by: 'prod/{set}/', complete: { marker: '_SUCCESS' } } },
          },
          online_migration: { ...online, configure },
          deadline: '30d',
          preflight: 'warn',
          sweep: { every: '1h', look_back: '1h' },
          notify: { smn: urn, on: ['missed'] },
          on_failure: 'release',
          stop_when: { offset: 0, for: '10m' },
          dry_run: true,
        },
        { ledger },
      ),
    ],
    [
      'defaults of sweep and notify',
      fileOf({ on: landed, online_migration: online, sweep: {}, notify: { smn: urn } }, { ledger }),
    ],
    [
      'a set that is complete by its count',
      fileOf(
        {
          on: {
            object_created: {
              ...landed.object_created,
              set: { by: '{set}/', complete: { count: 1000 }, deadline: '1s' },
            },
          },
          backup_import: { target_instance: 'cache', backup_target_first: true },
        },
        { ledger },
      ),
    ],
    [
      'a set that is complete by everything together',
      fileOf(
        {
          on: {
            object_created: {
              ...landed.object_created,
              set: { by: '{set}/', complete: { marker: '_SUCCESS', count: 3, quiet: '5m', manifest: true } },
            },
          },
          backup_import: { target_instance: 'cache' },
        },
        { ledger },
      ),
    ],
    [
      'the latest backup',
      fileOf(
        {
          on: asked,
          backup_import: {
            target_instance: 'cache',
            backup_files: { latest_of: '5e37b3be-950a-48e1-b498-65b63d336481', copy_first: true },
          },
        },
        { ledger },
      ),
    ],
    [
      'a server and a template',
      fileOf(
        {
          on: asked,
          server_migration: {
            source_server: { id: 's' },
            target: { region: 'cn-south-1', template: 't' },
            start: true,
          },
        },
        { ledger },
      ),
    ],
    [
      'an existing server with a part of its target_server',
      fileOf({
        on: asked,
        server_migration: {
          source_server: { id: 's' },
          target: { region: 'cn-south-1', server: 'e' },
          target_server: { name: 'web' },
          confirm_format: true,
        },
      }),
    ],
  ])('accepts, as checkJobs does, %s', (_, file) => {
    expect(checkJobs(file).problems).toEqual([]);

    validate(file);

    expect(validate.errors).toBeNull();
  });

  it.each<[string, unknown]>([
    ['a list', []],
    ['another version', fileOf({ on: asked, online_migration: online }, { version: 2 })],
    ['no region', fileOf({ on: asked, online_migration: online }, { region: 'x' })],
    ['an unknown key', fileOf({ on: asked, online_migration: online }, { job: {} })],
    ['another auth', fileOf({ on: { request: { auth: 'open' } }, online_migration: online })],
    ['auth without a secret', fileOf({ on: { request: { auth: { bearer: [] } } }, online_migration: online })],
    [
      'a deadline that is not a duration',
      fileOf({ on: asked, online_migration: online, deadline: '6 hours' }, { ledger }),
    ],
    ['another preflight', fileOf({ on: asked, online_migration: online, preflight: 'on' })],
    ['another on_failure', fileOf({ on: asked, online_migration: online, on_failure: 'delete' })],
    ['dry_run as a string', fileOf({ on: asked, online_migration: online, dry_run: 'yes' })],
    ['an invalid topic', fileOf({ on: asked, online_migration: online, notify: { smn: 'migrations' } }, { ledger })],
    [
      'an empty list of events to notify',
      fileOf({ on: asked, online_migration: online, notify: { smn: urn, on: [] } }, { ledger }),
    ],
    [
      'stop_when without a time',
      fileOf({ on: asked, online_migration: { ...online, configure }, stop_when: { offset: 0 } }, { ledger }),
    ],
    [
      'a set without {set}',
      fileOf(
        {
          on: { object_created: { ...landed.object_created, set: { by: 'prod/', complete: { count: 3 } } } },
          backup_import: { target_instance: 'cache' },
        },
        { ledger },
      ),
    ],
    ...(
      [
        ['a set that is never complete', {}],
        ['a set with a manifest but no marker', { count: 3, manifest: true }],
        ['a set with an unknown condition', { marker: '_SUCCESS', sum: 3 }],
      ] as const
    ).map(([what, complete]): [string, unknown] => [
      what,
      fileOf(
        {
          on: { object_created: { ...landed.object_created, set: { by: '{set}/', complete } } },
          backup_import: { target_instance: 'cache' },
        },
        { ledger },
      ),
    ]),
    [
      'configure with another bandwidth',
      fileOf(
        { on: asked, online_migration: { ...online, configure: { ...configure, bandwidth_limit_mb: 0 } } },
        { ledger },
      ),
    ],
    [
      'configure with a literal password',
      fileOf(
        {
          on: asked,
          online_migration: { ...online, configure: { ...configure, source_instance: { id: 'x', password: 'p' } } },
        },
        { ledger },
      ),
    ],
    [
      'a target without a region',
      fileOf({ on: asked, server_migration: { source_server: { id: 's' }, target: { template: 't' } } }),
    ],
    [
      'a target and no source',
      fileOf({ on: asked, server_migration: { target: { region: 'cn-south-1', template: 't' }, source_server: {} } }),
    ],
    [
      'a target_server that lacks its disks, without a target',
      fileOf({
        on: asked,
        server_migration: { ...body('sms-create-task.json'), target_server: { name: 'web', vm_id: 'e' } },
      }),
    ],
    ['a ledger without obs', fileOf({ on: asked, online_migration: online }, { ledger: {} })],
    [
      'a prefix with a leading slash',
      fileOf({ on: asked, online_migration: online }, { ledger: { obs: { bucket: 'ops-ledger', prefix: '/a/' } } }),
    ],
    ['settle_seconds past its limit', fileOf({ on: asked, online_migration: online }, { settle_seconds: 3601 })],
    ['another overlap', fileOf({ on: asked, online_migration: online, overlap: 'skip' }, { ledger })],
    ['a limit without a time', fileOf({ on: asked, online_migration: online, limit: { runs: 5 } }, { ledger })],
    ['a limit of no runs', fileOf({ on: asked, online_migration: online, limit: { runs: 0, per: '1h' } }, { ledger })],
    [
      'a limit per half an hour, written oddly',
      fileOf({ on: asked, online_migration: online, limit: { runs: 5, per: '0.5h' } }, { ledger }),
    ],
    ['no job', fileOf({}, { jobs: {} })],
    ['a job name in capitals', fileOf({}, { jobs: { A: { on: asked, online_migration: online } } })],
    ['no trigger', fileOf({ on: {}, online_migration: online })],
    ['no action', fileOf({ on: asked })],
    ['two actions', fileOf({ on: landed, online_migration: online, backup_import: { target_instance: 'cache' } })],
    ['a missing field', fileOf({ on: asked, online_migration: { vpc_id: 'v', subnet_id: 's' } })],
    ['an unknown field', fileOf({ on: asked, online_migration: { ...online, vpcid: 'v' } })],
    ['a field of the wrong type', fileOf({ on: asked, online_migration: { ...online, description: 5 } })],
    ['an empty id', fileOf({ on: asked, online_migration: { ...online, vpc_id: '' } })],
    ['a literal password', fileOf({ on: landed, backup_import: { target_instance: { id: 'x', password: 'p' } } })],
    [
      'another value of an enum',
      fileOf({ on: asked, server_migration: { ...body('sms-create-task.json'), type: 'MIGRATE' } }),
    ],
    [
      'a number past its limit',
      fileOf({ on: asked, server_migration: { ...body('sms-create-task.json'), speed_limit: 10001 } }),
    ],
    ['a rate past its limit', fileOf({ on: { schedule: { rate: '61m' } }, online_migration: online })],
    ['cron and rate', fileOf({ on: { schedule: { rate: '1h', cron: '0 0 2 * * ?' } }, online_migration: online })],
    [
      'a bucket in capitals',
      fileOf({ on: { object_created: { bucket: 'B', key: '*' } }, backup_import: { target_instance: 'cache' } }),
    ],
    [
      'accepts of a field with a password',
      fileOf({ on: { request: { accepts: ['source_instance'] } }, online_migration: online }),
    ],
  ])('refuses, as checkJobs does, %s', (_, file) => {
    expect(checkJobs(file).problems).not.toEqual([]);
    expect(validate(file)).toBe(false);
  });
});
