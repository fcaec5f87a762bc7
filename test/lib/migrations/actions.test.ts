import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../../lib/kernel/errors.ts';
import { Secret } from '../../../lib/kernel/secret.ts';
import { referenceName } from '../../../lib/kernel/secret-reference.ts';
import type { PlanContext, Target } from '../../../lib/migrations/action.ts';
import { backupImport } from '../../../lib/migrations/backup-import/backup-import.ts';
import { checkBackupImport } from '../../../lib/migrations/backup-import/check.ts';
import { onlineMigration } from '../../../lib/migrations/online-migration/online-migration.ts';
import { serverMigration } from '../../../lib/migrations/server-migration/server-migration.ts';
import type { DcsTask } from '../../../lib/ports/dcs.ts';
import type { Services } from '../../../lib/ports/services.ts';
import type { SmsTask } from '../../../lib/ports/sms.ts';

const RUN = '0123456789abcdef0123456789abcdef';
const CACHE: Target = { id: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5', password: { user_data: 'CACHE_PASSWORD' } };
const CONTEXT: PlanContext = {
  job: 'a-job',
  run: RUN,
  targets: new Map([
    ['cache', CACHE],
    ['open', { id: 'y' }],
  ]),
};

function fixture(name: string): Record<string, unknown> {
  const path = join(__dirname, '../../fixtures/bodies', name);
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

/** What a plan is refused for, as `pointer-like path: message`. */
function refusal(plan: () => unknown): { code: string; problems: string[] } {
  try {
    plan();
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return { code: error.code, problems: error.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) };
  }
  throw new Error('the plan was accepted');
}

/** Lists what it was given and keeps what it is asked to create. */
class FakeCloud implements Services {
  readonly created: [operation: string, body: unknown][] = [];
  readonly asked: string[] = [];
  dcsTasks: DcsTask[] = [];
  smsTasks: SmsTask[] = [];

  async dcs() {
    return {
      createMigrationTask: async (body: unknown) => this.create('CreateMigrationTask', body),
      createOnlineMigrationTask: async (body: unknown) => this.create('CreateOnlineMigrationTask', body),
      listMigrationTasks: async (name: string) => {
        this.asked.push(name);
        return this.dcsTasks;
      },
    };
  }

  async sms() {
    return {
      createTask: async (body: unknown) => this.create('CreateTask', body),
      listTasks: async (source: string) => {
        this.asked.push(source);
        return this.smsTasks;
      },
    };
  }

  private create(operation: string, body: unknown) {
    this.created.push([operation, body]);
    return { id: 'task-1', status: 'MIGRATING' };
  }
}

const noSecret = (): Secret => {
  throw new Error('no secret is needed');
};

describe('backupImport.plan', () => {
  it('makes the body out of the object, the target and what is always the same', () => {
    const object = { bucket: 'redis-backups', key: 'prod/a b/dump.rdb' };

    const planned = backupImport.plan({ target_instance: 'cache' }, { ...CONTEXT, object });

    expect(planned).toEqual({
      kind: 'backup_import',
      name: 'a-job-0123456789ab',
      target: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5',
      warnings: [],
      body: {
        task_name: 'a-job-0123456789ab',
        migration_type: 'backupfile_import',
        migration_method: 'full_amount_migration',
        backup_files: {
          file_source: 'self_build_obs',
          bucket_name: 'redis-backups',
          files: [{ file_name: 'prod/a b/dump.rdb' }],
        },
        target_instance: { id: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5', password: { user_data: 'CACHE_PASSWORD' } },
      },
    });
  });

  it('keeps the files of the job, not the object', () => {
    const backup_files = { file_source: 'backup_record', backup_id: 'b' };

    const planned = backupImport.plan(
      { target_instance: 'open', backup_files },
      { ...CONTEXT, object: { bucket: 'redis-backups', key: 'k' } },
    );

    expect(planned.body).toMatchObject({ backup_files: { file_source: 'backup_record', backup_id: 'b' } });
    expect(planned.body['target_instance']).toEqual({ id: 'y' });
  });

  it.each([
    [{ bucket_name: 'b', files: [{ file_name: 'f' }] }, 'self_build_obs'],
    [{ backup_id: 'b' }, 'backup_record'],
  ])('always sends the source of the files: %j', (backup_files, source) => {
    const planned = backupImport.plan({ target_instance: 'cache', backup_files }, CONTEXT);

    expect(planned.body).toMatchObject({ backup_files: { file_source: source } });
  });

  it.each(['dcs-backup-import-en.json', 'dcs-backup-import-record.json'])('sends every field of %s', (name) => {
    const body = fixture(name);

    const planned = backupImport.plan(body, CONTEXT);

    expect(planned.body).toEqual({ ...body, task_name: `${String(body['task_name'])}-0123456789ab` });
    expect(planned.warnings).toEqual([]);
  });

  it('sends the obsolete fields with a warning', () => {
    const planned = backupImport.plan(
      {
        ...fixture('dcs-backup-import-en.json'),
        network_type: 'VPC',
        source_instance: { addrs: 'a:1', password: { user_data: 'S' } },
      },
      CONTEXT,
    );

    expect(planned.body).toMatchObject({
      network_type: 'VPC',
      source_instance: { addrs: 'a:1', password: { user_data: 'S' } },
    });
    expect(planned.warnings).toEqual([
      expect.stringMatching(/^network_type: .*it is sent/),
      expect.stringMatching(/^source_instance: .*it is sent/),
    ]);
  });

  it('refuses everything that is wrong at once, and shows no literal password', () => {
    const fields = {
      task_name: 5,
      migration_type: 'online_migration',
      target_instance: { id: 'x', password: 'hunter2' },
      backup_files: { file_source: 'self_build_obs' },
    };

    const { code, problems } = refusal(() => backupImport.plan(fields, CONTEXT));

    expect(code).toBe('invalid_fields');
    expect(problems).toEqual([
      'task_name: must be a string, received 5',
      'target_instance.password: must be { user_data: NAME }, the name of an encrypted variable of the function; received a string, which is not shown',
      'migration_type: online_migration is no longer supported by this operation; use the action online_migration instead',
      'backup_files.bucket_name: is missing: required with file_source self_build_obs',
      'backup_files.files: is missing: required with file_source self_build_obs',
    ]);
  });

  it('refuses a run without files, an unknown target and a placeholder that was not filled', () => {
    const fields = { target_instance: 'cahce', migration_method: '{{ job }}' };

    const { problems } = refusal(() => backupImport.plan(fields, CONTEXT));

    expect(problems).toEqual([
      'target_instance: is not the name of a target: "cahce"; did you mean "cache"?',
      'migration_method: must be "full_amount_migration" or "incremental_migration", received the string "{{ job }}"',
      'backup_files: is missing',
    ]);
  });
});

describe('checkBackupImport', () => {
  const fields = { target_instance: '{{ request.body.cache }}', backup_files: { file_source: '{{ job }}', files: [] } };
  const problems = (mode: 'file' | 'filled') =>
    checkBackupImport(fields, { mode, targets: CONTEXT.targets }).problems.map(({ path }) => path.join('.'));

  it('does not judge a target or a source of files before its placeholder is filled', () => {
    expect(problems('file')).toEqual(['backup_files.files']);
  });

  it('judges both in a filled action', () => {
    expect(problems('filled')).toEqual([
      'target_instance',
      'task_name',
      'migration_type',
      'migration_method',
      'backup_files.file_source',
      'backup_files.files',
    ]);
  });
});

describe('backupImport.find', () => {
  const planned = backupImport.plan({ target_instance: 'cache', backup_files: { backup_id: 'b' } }, CONTEXT);
  const task = { id: 't', name: 'a-job-0123456789ab', status: 'SUCCESS', targetInstanceId: CACHE.id };

  it('finds the task with exactly our name and target, in any state', async () => {
    const cloud = new FakeCloud();
    cloud.dcsTasks = [{ ...task, id: 'other', name: 'a-job-0123456789ab-2' }, task];

    expect(await backupImport.find(cloud, planned)).toEqual({ id: 't', name: 'a-job-0123456789ab', status: 'SUCCESS' });
    expect(cloud.asked).toEqual(['a-job-0123456789ab']);
  });

  it('finds a row without a target by its name alone', async () => {
    const cloud = new FakeCloud();
    cloud.dcsTasks = [{ id: 't', name: task.name, status: 'MIGRATING' }];

    expect(await backupImport.find(cloud, planned)).toMatchObject({ id: 't' });
  });

  it('finds none under another name or for another target', async () => {
    const cloud = new FakeCloud();
    cloud.dcsTasks = [
      { ...task, name: 'A-job-0123456789ab' },
      { ...task, targetInstanceId: 'another' },
    ];

    expect(await backupImport.find(cloud, planned)).toBeUndefined();
  });
});

describe('backupImport.create', () => {
  it('puts the secret into the request and nowhere else', async () => {
    const cloud = new FakeCloud();
    const planned = backupImport.plan({ target_instance: 'cache', backup_files: { backup_id: 'b' } }, CONTEXT);

    const created = await backupImport.create(
      cloud,
      planned,
      (reference) => new Secret(`value of ${referenceName(reference)}`),
    );

    expect(created).toEqual({ id: 'task-1', status: 'MIGRATING' });
    expect(cloud.created).toEqual([
      [
        'CreateMigrationTask',
        { ...planned.body, target_instance: { id: CACHE.id, password: 'value of CACHE_PASSWORD' } },
      ],
    ]);
    expect(JSON.stringify(planned)).not.toContain('value of');
  });
});

describe('onlineMigration', () => {
  it.each(['dcs-online-en.json', 'dcs-online-cn.json'])('sends every field of %s', (name) => {
    const body = fixture(name);

    const planned = onlineMigration.plan(body, CONTEXT);

    expect(planned).toEqual({
      kind: 'online_migration',
      name: `${String(body['name'])}-0123456789ab`,
      body: { ...body, name: `${String(body['name'])}-0123456789ab` },
      warnings: [],
    });
  });

  it("uses the job's name if it has none", () => {
    const { name: _, ...fields } = fixture('dcs-online-cn.json');

    expect(onlineMigration.plan(fields, CONTEXT).name).toBe('a-job-0123456789ab');
  });

  it('refuses what is missing', () => {
    expect(refusal(() => onlineMigration.plan({ vpc_id: '' }, CONTEXT)).problems).toEqual([
      'vpc_id: must have at least 1 character, has 0',
      'subnet_id: is missing',
      'security_group_id: is missing',
    ]);
  });

  it('finds its task by exactly our name and creates it with the planned body', async () => {
    const cloud = new FakeCloud();
    const planned = onlineMigration.plan(fixture('dcs-online-cn.json'), CONTEXT);
    cloud.dcsTasks = [
      { id: 'x', name: `${planned.name}0`, status: 'RUNNING' },
      { id: 't', name: planned.name, status: 'CREATING' },
    ];

    expect(await onlineMigration.find(cloud, planned)).toEqual({ id: 't', name: planned.name, status: 'CREATING' });
    await onlineMigration.create(cloud, planned, noSecret);

    expect(cloud.created).toEqual([['CreateOnlineMigrationTask', planned.body]]);
  });

  it('creates no machine when a secret of its configuration is not set', async () => {
    const cloud = new FakeCloud();
    const planned = {
      ...onlineMigration.plan(fixture('dcs-online-cn.json'), CONTEXT),
      configure: { source_instance: { id: 'i', password: { user_data: 'CACHE_PASSWORD' } } },
    };

    await expect(onlineMigration.create(cloud, planned, noSecret)).rejects.toThrow('no secret is needed');

    expect(cloud.created).toEqual([]);
  });
});

describe('serverMigration.plan', () => {
  it('sends every field of the example, the flag under the name of the table', () => {
    const { is_need_consistency_result, ...body } = fixture('sms-create-task.json');

    const planned = serverMigration.plan({ ...body, is_need_consistency_result }, CONTEXT);

    expect(planned.name).toBe('MigrationTa_01234567');
    expect(planned.target).toBe('xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxx0001');
    expect(planned.body).toEqual({ ...body, name: 'MigrationTa_01234567', is_need_consistency_check: false });
    expect(planned.warnings).toEqual([
      'is_need_consistency_result: is a name that only an example of the API page uses; it is treated as is_need_consistency_check, the name in its table',
    ]);
  });

  it('takes subvolumes under either spelling, but one of them', () => {
    const body = fixture('sms-create-task.json');
    const server = body['target_server'] as { btrfs_list: { subvolume: unknown }[] };
    const [{ subvolume, ...btrfs } = { subvolume: [] }] = server.btrfs_list;
    const plan = (item: unknown) =>
      serverMigration.plan({ ...body, target_server: { ...server, btrfs_list: [item] } }, CONTEXT);

    expect(plan({ ...btrfs, subvolumn: subvolume }).body).toMatchObject({
      target_server: { btrfs_list: [{ subvolumn: [{ subvol_id: '256' }] }] },
    });
    expect(refusal(() => plan(btrfs)).problems).toEqual([
      'target_server.btrfs_list.0.subvolume: is missing (subvolumn is accepted too)',
    ]);
    expect(refusal(() => plan({ ...btrfs, subvolume, subvolumn: subvolume })).problems).toEqual([
      'target_server.btrfs_list.0.subvolumn: is the same as subvolume: give only one of them',
    ]);
  });

  it('refuses a size that would be rounded', () => {
    const body = fixture('sms-create-task.json');
    const server = body['target_server'] as { disks: object[] };
    const disks = [{ ...server.disks[0], size: JSON.parse('9223372036854775807') as number }];

    expect(
      refusal(() => serverMigration.plan({ ...body, target_server: { ...server, disks } }, CONTEXT)).problems,
    ).toEqual([
      'target_server.disks.0.size: is larger than 9007199254740991, the largest whole number that can be sent without rounding',
    ]);
  });

  it('warns if the documentation is unclear', () => {
    const body = { ...fixture('sms-create-task.json'), os_type: 'WINDOWS', priority: 65535 };

    expect(serverMigration.plan(body, CONTEXT).warnings).toEqual([
      expect.stringMatching(/^is_need_consistency_result/),
      'type: Windows servers can only be migrated by blocks (SMS User Guide): use MIGRATE_BLOCK',
      'priority: only 0 (low), 1 (standard) and 2 (high) have a meaning',
    ]);
  });
});

describe('serverMigration.find', () => {
  const planned = serverMigration.plan(fixture('sms-create-task.json'), CONTEXT);

  it('finds our task at the source server, though another one is there', async () => {
    const cloud = new FakeCloud();
    cloud.smsTasks = [
      { id: 'x', name: 'by_hand', state: 'READY' },
      { id: 't', name: 'MigrationTa_01234567', state: 'MIGRATE_FAIL' },
    ];

    expect(await serverMigration.find(cloud, planned)).toEqual({
      id: 't',
      name: 'MigrationTa_01234567',
      status: 'MIGRATE_FAIL',
    });
    expect(cloud.asked).toEqual(['xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxx0001']);
  });

  it('finds none if the source server has none', async () => {
    expect(await serverMigration.find(new FakeCloud(), planned)).toBeUndefined();
  });

  it('refuses a source server that has another task, with its id, name and state', async () => {
    const cloud = new FakeCloud();
    cloud.smsTasks = [{ id: 'task-9', name: 'by_hand', state: 'RUNNING' }];

    await expect(serverMigration.find(cloud, planned)).rejects.toMatchObject({
      name: 'RunError',
      code: 'source_has_task',
      message: expect.stringContaining('task-9 (by_hand, RUNNING)') as string,
    });
  });

  it('creates the task with the planned body', async () => {
    const cloud = new FakeCloud();

    await serverMigration.create(cloud, planned, noSecret);

    expect(cloud.created).toEqual([['CreateTask', planned.body]]);
  });
});

describe('the steps of a plan', () => {
  const POLICIES = { deadlineMs: 60_000, preflight: 'warn', dryRun: true, onFailure: 'release' } as const;

  it('needs the latest backup of a target, and a backup of its own target first', () => {
    const planned = backupImport.plan(
      { target_instance: 'open', backup_files: { latest_of: 'cache', copy_first: true }, backup_target_first: true },
      { ...CONTEXT, policies: POLICIES },
    );

    expect(planned).toEqual({
      kind: 'backup_import',
      name: 'a-job-0123456789ab',
      target: 'y',
      warnings: [],
      body: {
        task_name: 'a-job-0123456789ab',
        migration_type: 'backupfile_import',
        migration_method: 'full_amount_migration',
        backup_files: { file_source: 'backup_record' },
        target_instance: { id: 'y' },
      },
      latestBackup: { instanceId: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5', copyFirst: true },
      backupTargetFirst: true,
      policies: POLICIES,
    });
  });

  it('needs the latest backup of an instance by its id, and nothing else', () => {
    const latest_of = '5e37b3be-950a-48e1-b498-65b63d336481';

    const planned = backupImport.plan(
      { target_instance: 'open', backup_files: { latest_of }, backup_target_first: false },
      CONTEXT,
    );

    expect(planned).toMatchObject({ latestBackup: { instanceId: latest_of, copyFirst: false } });
    expect(planned).not.toHaveProperty('backupTargetFirst');
    expect(planned).not.toHaveProperty('policies');
  });

  it('refuses the latest backup of what is neither a target nor an id', () => {
    const plan = () => backupImport.plan({ target_instance: 'open', backup_files: { latest_of: 'cahce' } }, CONTEXT);

    expect(refusal(plan)).toEqual({
      code: 'invalid_fields',
      problems: [
        'backup_files.latest_of: is neither the name of a target nor the id of an instance: "cahce"; did you mean "cache"?',
      ],
    });
  });

  it('creates one task for all files of a set', () => {
    const set = { bucket: 'redis-backups', keys: ['prod/7/a.rdb', 'prod/7/b.rdb'] };

    const planned = backupImport.plan({ target_instance: 'open' }, { ...CONTEXT, set });

    expect(planned.body['backup_files']).toEqual({
      file_source: 'self_build_obs',
      bucket_name: 'redis-backups',
      files: [{ file_name: 'prod/7/a.rdb' }, { file_name: 'prod/7/b.rdb' }],
    });
  });

  it('configures an online migration with targets instead of their names, and a bandwidth as a string', () => {
    const configure = {
      migration_method: 'incremental_migration',
      resume_mode: 'auto',
      bandwidth_limit_mb: 123,
      source_instance: 'cache',
      target_instance: { addrs: '10.0.0.1:6379', password: { user_data: 'OTHER' } },
    };

    const planned = onlineMigration.plan({ vpc_id: 'v', subnet_id: 's', security_group_id: 'g', configure }, CONTEXT);

    expect(planned).toEqual({
      kind: 'online_migration',
      name: 'a-job-0123456789ab',
      body: { name: 'a-job-0123456789ab', vpc_id: 'v', subnet_id: 's', security_group_id: 'g' },
      warnings: [],
      configure: {
        migration_method: 'incremental_migration',
        resume_mode: 'auto',
        bandwidth_limit_mb: '123',
        source_instance: { id: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5', password: { user_data: 'CACHE_PASSWORD' } },
        target_instance: { addrs: '10.0.0.1:6379', password: { user_data: 'OTHER' } },
      },
    });
  });

  it.each([
    ['a name in targets', 'cache', 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5'],
    ['an id', { id: 'i-1' }, 'i-1'],
    ['an id together with addresses', { id: 'i-1', addrs: '10.0.0.1:6379' }, 'i-1'],
    ['addresses', { addrs: '10.0.0.1:6379' }, undefined],
  ])('finds the target of an online migration in configure, by %s', (_how, target, expected) => {
    const configure = {
      migration_method: 'full_amount_migration',
      resume_mode: 'auto',
      source_instance: { addrs: '10.0.0.2:6379' },
      target_instance: target,
    };
    const fields = { vpc_id: 'v', subnet_id: 's', security_group_id: 'g' };

    expect(onlineMigration.plan({ ...fields, configure }, CONTEXT).target).toBe(expected);
    expect(onlineMigration.plan(fields, CONTEXT)).not.toHaveProperty('target');
  });

  it('refuses a configuration that is filled with something wrong', () => {
    const configure = { migration_method: 'full', resume_mode: 'auto', source_instance: 'cahce', target_instance: {} };

    expect(
      refusal(() => onlineMigration.plan({ vpc_id: 'v', subnet_id: 's', security_group_id: 'g', configure }, CONTEXT)),
    ).toEqual({
      code: 'invalid_fields',
      problems: [
        'configure.migration_method: must be "full_amount_migration" or "incremental_migration", received the string "full"',
        'configure.source_instance: is not the name of a target: "cahce"; did you mean "cache"?',
        'configure.target_instance: must have id or addrs',
      ],
    });
  });

  it('leaves to derivation what a server migration with a target does not give', () => {
    const planned = serverMigration.plan(
      {
        source_server: { id: 'src-1' },
        target: { region: 'cn-south-1', template: 'tpl-1' },
        speed_limit: 10,
        start: true,
      },
      { ...CONTEXT, policies: POLICIES },
    );

    expect(planned).toEqual({
      kind: 'server_migration',
      name: 'a_job_01234567',
      target: 'src-1',
      body: { name: 'a_job_01234567', source_server: { id: 'src-1' }, speed_limit: 10 },
      warnings: [],
      derive: { region: 'cn-south-1', template: 'tpl-1' },
      start: true,
      policies: POLICIES,
    });
  });

  it('plans an existing server only when its disks may be formatted', () => {
    const given = { source_server: { id: 'src-1' }, target: { region: 'cn-south-1', server: 'ecs-1' } };

    expect(serverMigration.plan({ ...given, confirm_format: true }, CONTEXT)).toMatchObject({
      body: { name: 'a_job_01234567', source_server: { id: 'src-1' } },
      derive: { region: 'cn-south-1', server: 'ecs-1' },
    });
    expect(refusal(() => serverMigration.plan({ ...given, confirm_format: false }, CONTEXT)).problems).toEqual([
      'confirm_format: must be true: the disks of the existing target are formatted and their data is lost',
    ]);
  });
});
