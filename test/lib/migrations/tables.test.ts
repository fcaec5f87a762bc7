import { FILE } from '../../../lib/jobs/fields/file.ts';
import { POLICIES } from '../../../lib/jobs/fields/policies.ts';
import { TARGET } from '../../../lib/jobs/fields/target.ts';
import { ACTION_KINDS, ACTIONS } from '../../../lib/migrations/actions.ts';
import { checkFields, checkKeys } from '../../../lib/schema/check-fields.ts';
import type { Field, FieldTable } from '../../../lib/schema/fields.ts';
import type { Findings } from '../../../lib/schema/findings.ts';

/** A value that the field accepts: the shortest there is. */
function least(field: Field): unknown {
  switch (field.type) {
    case 'string':
      return field.sample ?? field.values?.[0] ?? 'x'.repeat(field.min ?? 0);
    case 'secret':
      return { user_data: 'P' };
    case 'integer':
    case 'number':
      return field.min;
    case 'boolean':
      return false;
    case 'object':
      return leastOf(field.fields);
    case 'list':
      return Array.from({ length: field.min ?? 0 }, () => least(field.of));
    case 'const':
      return field.value;
    case 'enum':
      return field.values[0];
    case 'names':
      return field.values.slice(0, 1);
    case 'duration':
    case 'custom':
      return field.sample;
  }
}

function leastOf(table: FieldTable): Record<string, unknown> {
  const given = Object.entries(table).filter(([, field]) => field.required);
  return Object.fromEntries(given.map(([name, field]) => [name, least(field)]));
}

/** Values at the edges of a field: those that it accepts, and those just beyond. */
function edges(field: Field): { good: unknown[]; bad: unknown[] } {
  switch (field.type) {
    case 'string': {
      const { min = 0, max, values } = field;
      // Of a form of its own; texts that have it and texts that have not are in the tests of the jobs file.
      if (field.pattern) return { good: [field.sample], bad: ['', ' ', 1, null] };
      if (values) return { good: [...values], bad: ['', `${values[0]}x`, 1, null] };
      return {
        good: [
          'x'.repeat(min),
          ...(max === undefined ? ['x'.repeat(5000)] : ['é'.repeat(max)]),
          ...(field.nullable ? [null] : []),
        ],
        bad: [
          ...(min > 0 ? ['x'.repeat(min - 1)] : []),
          ...(max === undefined ? [] : ['x'.repeat(max + 1)]),
          1,
          ...(field.nullable ? [] : [null]),
        ],
      };
    }
    case 'secret':
      return { good: [{ user_data: 'P_1' }], bad: ['literal', { user_data: '' }, {}, null] };
    case 'integer':
      return { good: [field.min, field.max], bad: [field.min - 1, field.max + 1, field.min + 0.5, '1', null] };
    case 'number':
      return { good: [field.min, field.max, 0.5], bad: [field.min - 0.01, field.max + 0.01, '1', Number.NaN] };
    case 'boolean':
      return { good: [true, false], bad: ['true', 0, null] };
    case 'object':
      return { good: [leastOf(field.fields)], bad: [null, [], 'x', { ...leastOf(field.fields), unknown_field: 1 }] };
    case 'list': {
      const { min = 0, max } = field;
      const items = (length: number) => Array.from({ length }, () => least(field.of));
      return {
        good: [items(min), ...(max === undefined ? [] : [items(max)])],
        bad: [null, {}, ...(min > 0 ? [items(min - 1)] : []), ...(max === undefined ? [] : [items(max + 1)])],
      };
    }
    case 'const':
      return { good: [field.value], bad: [`${field.value}`, null] };
    case 'enum':
      return { good: [...field.values], bad: ['', `${field.values[0]}x`, 1, null] };
    case 'names': {
      const [first] = field.values;
      return { good: [[first], [...field.values]], bad: [[], [first, first], ['x'], first, null] };
    }
    case 'duration':
      return { good: ['1s', '30d', '720h'], bad: ['0s', '31d', '721h', '1', '', 1, null] };
    case 'custom':
      return { good: [field.sample], bad: [null] };
  }
}

/** Every table of an action with the name of what it describes. */
function* tables(name: string, table: FieldTable): Generator<[string, FieldTable]> {
  yield [name, table];
  for (const [key, field] of Object.entries(table)) {
    const inner = field.type === 'list' ? field.of : field;
    if (inner.type === 'object') yield* tables(`${name}.${key}`, inner.fields);
  }
}

const TABLES = ACTION_KINDS.flatMap((kind) => [...tables(kind, ACTIONS[kind].fields)]);
const KEYS = Object.entries({ file: FILE, target: TARGET, job: POLICIES }).flatMap(([name, table]) => [
  ...tables(name, table),
]);

function keyProblems(table: FieldTable, value: Record<string, unknown>): Findings['problems'] {
  const found: Findings = { problems: [], warnings: [] };
  checkKeys(table, value, [], found);
  return found.problems;
}

type Problems = (table: FieldTable, value: Record<string, unknown>) => readonly Findings['problems'][number][];
const fieldProblems: Problems = (table, value) => checkFields(table, value, { mode: 'filled' }).problems;

describe.each([
  ...TABLES.map(([name, table]) => [name, table, 'field', fieldProblems] as const),
  ...KEYS.map(([name, table]) => [name, table, 'key', keyProblems] as const),
])('%s', (_, table, what, problemsOf) => {
  const whole = leastOf(table);
  const problems = (value: Record<string, unknown>) => problemsOf(table, value);

  it('accepts the least that can be given', () => {
    expect(problems(whole)).toEqual([]);
  });

  it('says of every field what it is', () => {
    for (const field of Object.values(table)) expect(field.doc).toMatch(/\S.*[.?]$/);
  });

  it.each(Object.keys(table))('accepts %s at each of its limits, and refuses it one past them', (name) => {
    const { good, bad } = edges(table[name] as Field);

    for (const value of good) expect(problems({ ...whole, [name]: value })).toEqual([]);
    for (const value of bad) {
      const found = problems({ ...whole, [name]: value });
      expect(found).toHaveLength(1);
      expect(found[0]?.path[0]).toBe(name);
    }
  });

  it('refuses a mandatory field that is missing, by name', () => {
    for (const name of Object.keys(whole)) {
      const { [name]: _, ...others } = whole;

      expect(problems(others)).toEqual([{ path: [name], message: expect.stringMatching(/^is missing(; write 1)?$/) }]);
    }
  });

  it('refuses a field that it does not know', () => {
    expect(problems({ ...whole, zz_unknown: 1 })).toEqual([
      { path: ['zz_unknown'], message: `unknown ${what} "zz_unknown"` },
    ]);
  });
});

describe('the tables', () => {
  it('hold every parameter of the API pages and of the SDK models', () => {
    const names = Object.fromEntries(TABLES.map(([name, table]) => [name, Object.keys(table).sort().join(' ')]));

    expect(names).toEqual({
      backup_import:
        'backup_files description migration_method migration_type network_type source_instance target_instance task_name',
      'backup_import.backup_files': 'backup_id bucket_name file_source files',
      'backup_import.backup_files.files': 'file_name size update_at',
      'backup_import.source_instance': 'addrs db id ip name password port proxy_multi_db task_status',
      'backup_import.target_instance': 'addrs db id ip name password port proxy_multi_db task_status',
      online_migration: 'description name security_group_id subnet_id vpc_id',
      server_migration:
        'auto_start clonevm_template_id exist_server is_need_consistency_check is_need_consistency_result migration_ip name need_migration_test os_type over_speed_threshold priority project_id project_name region_id region_name source_server speed_limit start_network_check start_target_server syncing target_server type use_ipv6 use_public_ip vm_template_id',
      'server_migration.source_server': 'id',
      'server_migration.target_server': 'btrfs_list disks name vm_id volume_groups',
      'server_migration.target_server.btrfs_list':
        'data_profile default_subvol_mountpath default_subvol_name default_subvolid device g_vol_used_size global_reserve1 label metadata_profile name nodesize sectorsize size subvolume subvolumn system_profile uuid',
      'server_migration.target_server.btrfs_list.subvolume':
        'is_snapshot parent_id subvol_id subvol_mount_path subvol_name uuid',
      'server_migration.target_server.btrfs_list.subvolumn':
        'is_snapshot parent_id subvol_id subvol_mount_path subvol_name uuid',
      'server_migration.target_server.disks': 'device_use disk_id name physical_volumes size used_size',
      'server_migration.target_server.disks.physical_volumes':
        'device_use file_system index inode_size mount_point name size used_size uuid',
      'server_migration.target_server.volume_groups': 'components free_size logical_volumes name size',
      'server_migration.target_server.volume_groups.logical_volumes':
        'block_count block_size device_use file_system free_size inode_nums inode_size mount_point name size used_size',
    });
  });

  it('say which fields are mandatory', () => {
    const must = Object.fromEntries(
      TABLES.map(([name, table]) => [name, Object.keys(leastOf(table)).sort().join(' ')]).filter(([, names]) => names),
    );

    expect(must).toEqual({
      backup_import: 'backup_files migration_method migration_type target_instance task_name',
      'backup_import.backup_files.files': 'file_name',
      'backup_import.source_instance': 'addrs',
      'backup_import.target_instance': 'id',
      online_migration: 'name security_group_id subnet_id vpc_id',
      server_migration: 'name os_type project_id project_name region_id region_name source_server target_server type',
      'server_migration.source_server': 'id',
      'server_migration.target_server': 'disks name vm_id',
      'server_migration.target_server.btrfs_list':
        'data_profile default_subvol_mountpath default_subvol_name default_subvolid device g_vol_used_size global_reserve1 label metadata_profile name nodesize sectorsize size system_profile uuid',
      'server_migration.target_server.btrfs_list.subvolume':
        'is_snapshot parent_id subvol_id subvol_mount_path subvol_name uuid',
      'server_migration.target_server.btrfs_list.subvolumn':
        'is_snapshot parent_id subvol_id subvol_mount_path subvol_name uuid',
      'server_migration.target_server.disks': 'name physical_volumes size used_size',
      'server_migration.target_server.volume_groups.logical_volumes':
        'file_system free_size inode_size mount_point name size used_size',
    });
  });
});
