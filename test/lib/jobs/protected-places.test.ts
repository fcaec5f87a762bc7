import { parseJobs } from '../../../lib/jobs/load-jobs.ts';
import { ConfigError, formatPath } from '../../../lib/kernel/errors.ts';

const FILES = 'backup_files: { file_source: self_build_obs, bucket_name: b, files: [ { file_name: a.rdb } ] }';
const NETWORK = 'vpc_id: v, subnet_id: s, security_group_id: g';
const CONFIGURE = 'migration_method: full_amount_migration, resume_mode: auto';
const SERVER = 'type: MIGRATE_FILE, os_type: LINUX, source_server: { id: s }';
const FROM_OUTSIDE = [
  '{{ request.body.a }}',
  'x{{ request.query.a }}y',
  '{{object.name}}',
  '10.0.0.1:{{ object.size }}',
];

const fileOf = (action: string, on = '{ request: {}, object_created: { bucket: buck, key: "**" } }') => `
version: 1
region: ap-southeast-3
targets:
  cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, password: { user_data: PASSWORD } }
  open: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d6 }
jobs:
  a:
    on: ${on}
    ${action}
`;

/** The paths of the problems of a file, and the end of each message. */
async function refusals(text: string): Promise<[string, string | undefined][]> {
  const error = await parseJobs(text, 'yaml', { ledger: 'given' }).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigError)) return [];
  return error.problems.map(({ path, message }) => [
    formatPath(path.slice(2)),
    /decides where data goes|contains a secret/.exec(message)?.[0],
  ]);
}

describe('a destination', () => {
  it.each([
    ['target_instance', `backup_import: { target_instance: "@", ${FILES} }`],
    ['target_instance.id', `backup_import: { target_instance: { id: "@" }, ${FILES} }`],
    ['target_instance.addrs', `backup_import: { target_instance: { id: x, addrs: "@" }, ${FILES} }`],
    ['target_instance.ip', `backup_import: { target_instance: { id: x, ip: "@" }, ${FILES} }`],
    ['target_instance.port', `backup_import: { target_instance: { id: x, port: "@" }, ${FILES} }`],
    ['target_instance.name', `backup_import: { target_instance: { id: x, name: "@" }, ${FILES} }`],
    ['source_instance.addrs', `backup_import: { target_instance: open, source_instance: { addrs: "@" }, ${FILES} }`],
    ['backup_files.latest_of', 'backup_import: { target_instance: open, backup_files: { latest_of: "@" } }'],
    ['vpc_id', 'online_migration: { vpc_id: "@", subnet_id: s, security_group_id: g }'],
    ['subnet_id', 'online_migration: { vpc_id: v, subnet_id: "@", security_group_id: g }'],
    ['security_group_id', 'online_migration: { vpc_id: v, subnet_id: s, security_group_id: "@" }'],
    [
      'configure.source_instance',
      `online_migration: { ${NETWORK}, configure: { ${CONFIGURE}, source_instance: "@", target_instance: open } }`,
    ],
    [
      'configure.target_instance.addrs',
      `online_migration: { ${NETWORK}, configure: { ${CONFIGURE}, source_instance: open, target_instance: { addrs: "@" } } }`,
    ],
    ['target.region', `server_migration: { source_server: { id: s }, target: { region: "@", template: t } }`],
    ['target.template', `server_migration: { source_server: { id: s }, target: { region: r, template: "@" } }`],
    [
      'target.server',
      `server_migration: { source_server: { id: s }, confirm_format: true, target: { region: r, server: "@" } }`,
    ],
    ...['migration_ip', 'region_id', 'region_name', 'project_id', 'project_name', 'vm_template_id'].map((name) => [
      name,
      `server_migration: { source_server: { id: s }, target: { region: r, template: t }, ${name}: "@" }`,
    ]),
    [
      'target_server.vm_id',
      `server_migration: { ${SERVER}, target: { region: r, template: t }, target_server: { vm_id: "@" } }`,
    ],
    [
      'target_server.disks[0].disk_id',
      `server_migration: { ${SERVER}, target: { region: r, template: t }, target_server: { disks: [ { name: d, size: 1, used_size: 1, physical_volumes: [], disk_id: "@" } ] } }`,
    ],
  ])('is never filled from outside: %s', async (field, action) => {
    const kind = action.split(':')[0];
    for (const placeholder of FROM_OUTSIDE) {
      const found = await refusals(fileOf(action.replace('@', placeholder)));

      expect(found).toContainEqual([`${kind}.${field}`, 'decides where data goes']);
    }
  });

  it.each(['{{ job }}', '{{ time.date }}', 'x-{{ time.iso }}'])(
    'may contain %s, which does not come from outside',
    async (inside) => {
      expect(
        await refusals(fileOf(`online_migration: { vpc_id: "${inside}", subnet_id: s, security_group_id: g }`)),
      ).toEqual([]);
    },
  );
});

describe('an object that contains a secret', () => {
  const secret = 'password: { user_data: P }';

  it.each([
    [
      'beside it',
      `backup_import: { target_instance: open, ${FILES}, source_instance: { addrs: "a:1", ${secret}, db: "@" } }`,
    ],
    [
      'in an object around the one that has it',
      `online_migration: { ${NETWORK}, configure: { resume_mode: auto, migration_method: "@", source_instance: open, target_instance: { id: x, ${secret} } } }`,
    ],
  ])('contains nothing from outside %s', async (_, action) => {
    for (const placeholder of FROM_OUTSIDE) {
      expect(await refusals(fileOf(action.replace('@', placeholder)))).toContainEqual([
        expect.any(String),
        expect.any(String),
      ]);
    }
  });

  it('is named as the reason', async () => {
    const action = `online_migration: { ${NETWORK}, configure: { resume_mode: "{{ request.body.a }}", migration_method: full_amount_migration, source_instance: open, target_instance: { id: x, ${secret} } } }`;

    expect(await refusals(fileOf(action))).toEqual([['online_migration.configure.resume_mode', 'contains a secret']]);
  });

  it('does not include the whole action, or one that only names a target', async () => {
    const action = `online_migration: { description: "{{ object.key }}", ${NETWORK}, configure: { ${CONFIGURE}, source_instance: open, target_instance: { id: x, ${secret} } } }`;
    const named = `online_migration: { ${NETWORK}, configure: { resume_mode: "{{ request.body.a }}", migration_method: full_amount_migration, source_instance: open, target_instance: cache } }`;

    expect(await refusals(fileOf(action))).toEqual([]);
    expect(await refusals(fileOf(named))).toEqual([]);
  });
});

describe('a field that is not a destination', () => {
  it.each([
    `backup_import: { target_instance: cache, description: "{{ object.key }}", task_name: "{{ request.body.a }}", ${FILES} }`,
    'backup_import: { target_instance: cache, backup_files: { backup_id: "{{ request.body.a }}" } }',
    'backup_import: { target_instance: cache, backup_files: { bucket_name: "{{ object.bucket }}", files: [ { file_name: "{{ object.key }}" } ] } }',
    'server_migration: { source_server: { id: "{{ request.body.a }}" }, target: { region: r, template: t } }',
  ])('may be filled: %s', async (action) => {
    expect(await refusals(fileOf(action))).toEqual([]);
  });
});

describe('accepts', () => {
  const accepting = (accepts: string, action: string) => fileOf(action, `{ request: { accepts: [${accepts}] } }`);

  it('of a destination is a warning', async () => {
    const { warnings } = await parseJobs(accepting('description, vpc_id', `online_migration: { ${NETWORK} }`), 'yaml', {
      ledger: 'given',
    });

    expect(warnings).toEqual([
      {
        path: ['jobs', 'a', 'on', 'request', 'accepts', 1],
        line: 9,
        message: 'vpc_id decides where data goes: anyone who may request the job can choose it',
      },
    ]);
  });

  it.each(['{ id: x, password: { user_data: P } }', 'cache'])(
    'of a destination is an error if stored passwords would be sent there: %s',
    async (side) => {
      const configure = `configure: { ${CONFIGURE}, source_instance: open, target_instance: ${side} }`;

      const error = await parseJobs(accepting('vpc_id', `online_migration: { ${NETWORK}, ${configure} }`), 'yaml', {
        ledger: 'given',
      }).catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(ConfigError);
      expect((error as ConfigError).problems.map(({ message }) => message)).toEqual([
        'vpc_id decides where the passwords in configure are sent, so callers must not set it',
      ]);
    },
  );

  it('of a target is allowed without a warning: callers name one of the targets', async () => {
    const { warnings } = await parseJobs(accepting('target_instance', `backup_import: { ${FILES} }`), 'yaml', {
      ledger: 'given',
    });

    expect(warnings).toEqual([]);
  });
});
