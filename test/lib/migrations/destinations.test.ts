import type { ActionKind } from '../../../lib/migrations/action.ts';
import { ACTION_KINDS } from '../../../lib/migrations/actions.ts';
import { allFields, fieldsAlong } from '../../../lib/migrations/fields-along.ts';
import type { Field, FieldTable } from '../../../lib/schema/fields.ts';

/** What a name of a field may say of it: that it names or addresses something. */
const NAMES_SOMETHING =
  /(^|_)(u?u?id|ids|ip|addrs?|address(es)?|host(name)?|port|url|uri|urn|endpoint|region|project|domain|account|bucket|topic|agency|server|instance|target|template|vpc|subnet|network|group|proxy|db|subvolid)(_|$)|_(name|id)$/;

/** Fields with such a name that do not decide where data or a password goes. */
const NO_DESTINATIONS: Readonly<Record<string, string>> = {
  'backup_import.task_name': 'our name for the task',
  'backup_import.network_type': 'one of two words, and obsolete',
  'backup_import.backup_files.bucket_name': 'where data comes from; the instance reads it with its own rights',
  'backup_import.backup_files.files.file_name': 'where data comes from',
  'backup_import.backup_files.backup_id': 'where data comes from',
  'server_migration.source_server.id': 'where data comes from',
  'server_migration.target_server.btrfs_list.uuid': 'layout of the disks',
  'server_migration.target_server.btrfs_list.default_subvolid': 'layout of the disks',
  'server_migration.target_server.btrfs_list.default_subvol_name': 'layout of the disks',
  'server_migration.target_server.btrfs_list.subvolume.uuid': 'layout of the disks',
  'server_migration.target_server.btrfs_list.subvolume.subvol_id': 'layout of the disks',
  'server_migration.target_server.btrfs_list.subvolume.parent_id': 'layout of the disks',
  'server_migration.target_server.btrfs_list.subvolume.subvol_name': 'layout of the disks',
  'server_migration.target_server.btrfs_list.subvolumn.uuid': 'layout of the disks',
  'server_migration.target_server.btrfs_list.subvolumn.subvol_id': 'layout of the disks',
  'server_migration.target_server.btrfs_list.subvolumn.parent_id': 'layout of the disks',
  'server_migration.target_server.btrfs_list.subvolumn.subvol_name': 'layout of the disks',
  'server_migration.target_server.disks.physical_volumes.uuid': 'layout of the disks',
};

interface Leaf {
  readonly kind: ActionKind;
  readonly path: readonly string[];
  readonly field: Field;
}

/** Every field that accepts a string. */
function* texts(kind: ActionKind, table: FieldTable, path: readonly string[] = []): Generator<Leaf> {
  for (const [name, field] of Object.entries(table)) {
    const inner = field.type === 'list' ? field.of : field;
    if (inner.type === 'object') yield* texts(kind, inner.fields, [...path, name]);
    else if (inner.type === 'string') yield { kind, path: [...path, name], field: inner };
  }
}

const LEAVES = ACTION_KINDS.flatMap((kind) => [...texts(kind, allFields(kind))]);
const isDestination = ({ kind, path }: Leaf) => fieldsAlong(kind, path).some(({ destination }) => destination);
const nameOf = ({ kind, path }: Leaf) => [kind, ...path].join('.');

describe('the tables of fields', () => {
  it('mark each field that names or addresses something as a destination, or state here why it is not one', () => {
    const open = LEAVES.filter((leaf) => !isDestination(leaf) && NAMES_SOMETHING.test(leaf.path.at(-1) ?? ''));

    expect(open.map(nameOf).sort()).toEqual(Object.keys(NO_DESTINATIONS).sort());
  });

  it('mark these, and no others', () => {
    const outermost = new Set(
      LEAVES.filter(isDestination).map(({ kind, path }) => {
        const depth = path.findIndex((_, i) => fieldsAlong(kind, path.slice(0, i + 1)).at(-1)?.destination);
        return [kind, ...path.slice(0, depth + 1)].join('.');
      }),
    );

    expect([...outermost].sort()).toEqual([
      'backup_import.backup_files.latest_of',
      'backup_import.source_instance',
      'backup_import.target_instance',
      'online_migration.configure.source_instance',
      'online_migration.configure.target_instance',
      'online_migration.security_group_id',
      'online_migration.subnet_id',
      'online_migration.vpc_id',
      'server_migration.clonevm_template_id',
      'server_migration.migration_ip',
      'server_migration.project_id',
      'server_migration.project_name',
      'server_migration.region_id',
      'server_migration.region_name',
      'server_migration.target',
      'server_migration.target_server.disks.disk_id',
      'server_migration.target_server.vm_id',
      'server_migration.vm_template_id',
    ]);
  });

  it('mark the key of an object as one', () => {
    const keys = LEAVES.filter(({ field }) => field.type === 'string' && field.objectKey);

    expect(keys.map(nameOf)).toEqual(['backup_import.backup_files.files.file_name']);
  });
});
