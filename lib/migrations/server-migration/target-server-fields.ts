import type { FieldTable, IntegerField, ListField, ObjectField, StringField } from '../../schema/fields.ts';

/** The page's upper bound is 9223372036854775807, which a number can't represent. Real sizes are far smaller (a disk has at most 16 TB). */
const LONG_MAX = Number.MAX_SAFE_INTEGER;
const INT_MAX = 2147483647;

const text = (doc: string, max = 255): StringField => ({ type: 'string', min: 0, max, doc });
const long = (doc: string): IntegerField => ({ type: 'integer', min: 0, max: LONG_MAX, doc });
const int = (doc: string, max = INT_MAX): IntegerField => ({ type: 'integer', min: 0, max, doc });
const required = <F extends StringField | IntegerField>(field: F): F & { readonly required: true } => ({
  ...field,
  required: true,
});
const list = (doc: string, max: number, item: string, fields: FieldTable): ListField => ({
  type: 'list',
  min: 0,
  max,
  doc,
  of: { type: 'object', doc: item, fields },
});

const PHYSICAL_VOLUME_FIELDS: FieldTable = {
  device_use: text('Purpose of the partition: NORMAL, OS, BOOT.'),
  file_system: text('File system.'),
  index: int('Sequence number.'),
  mount_point: text('Mount point.'),
  name: text('Device name; on Windows, the drive letter.'),
  size: long('Size in bytes.'),
  inode_size: long('Size of an inode.'),
  used_size: long('Used size in bytes.'),
  uuid: { ...text('UUID of the partition. The example of the API page has null.'), nullable: true },
};

const DISK_FIELDS: FieldTable = {
  device_use: {
    type: 'string',
    values: ['NORMAL', 'OS', 'BOOT'],
    serviceDefault: 'NORMAL',
    doc: 'Purpose of the disk. Default of the service: {absent}.',
  },
  disk_id: {
    ...text('EVS volume id. Not needed if SMS creates the target; required in practice if the target exists.'),
    destination: true,
  },
  name: required(text('Name of the disk, such as /dev/vda.')),
  physical_volumes: { ...list('Partitions.', 65535, 'One partition.', PHYSICAL_VOLUME_FIELDS), required: true },
  size: required(long('Size in bytes.')),
  used_size: required(long('Used size in bytes.')),
};

const LOGICAL_VOLUME_FIELDS: FieldTable = {
  name: required(text('Name.', 1024)),
  mount_point: required(text('Mount point.', 256)),
  file_system: required(text('File system.')),
  size: required(long('Size in bytes.')),
  used_size: required(long('Used size in bytes.')),
  free_size: required(long('Free size in bytes.')),
  inode_size: required(int('Size of an inode.')),
  inode_nums: long('Number of inodes.'),
  block_count: { ...int('Number of blocks. Default of the service: {absent}.'), serviceDefault: '0' },
  block_size: { ...int('Size of a block. Default of the service: {absent}.', 1048576), serviceDefault: '0' },
  device_use: text('Purpose of the volume.'),
};

const VOLUME_GROUP_FIELDS: FieldTable = {
  components: text('Names of its physical volumes.'),
  free_size: long('Free size in bytes.'),
  logical_volumes: list('Logical volumes.', 255, 'One logical volume.', LOGICAL_VOLUME_FIELDS),
  name: text('Name.'),
  size: long('Size in bytes.'),
};

const SUBVOLUME_FIELDS: FieldTable = {
  uuid: required(text('UUID.')),
  is_snapshot: required(text('Whether it is a snapshot. A string, not true or false.')),
  subvol_id: required(text('Id.')),
  parent_id: required(text('Id of the parent.')),
  subvol_name: required(text('Name.')),
  subvol_mount_path: required(text('Mount path.')),
};

const BTRFS_FIELDS: FieldTable = {
  name: required(text('Name.')),
  label: required(text('Label; an empty string if it has none.')),
  uuid: required(text('UUID.')),
  device: required(text('Devices.')),
  size: required(long('Size in bytes.')),
  nodesize: required(long('Size of a node.')),
  sectorsize: required(int('Size of a sector.')),
  data_profile: required(text('Data profile.')),
  system_profile: required(text('System profile.')),
  metadata_profile: required(text('Metadata profile.')),
  global_reserve1: required(text('Global reserve.')),
  g_vol_used_size: required(long('Used size in bytes.')),
  default_subvolid: required(text('Id of the default subvolume.')),
  default_subvol_name: required(text('Name of the default subvolume.')),
  default_subvol_mountpath: required(text('Mount path of the default subvolume.')),
  // Exactly one of the two is required: see `checkServerMigration`.
  subvolume: list("Subvolumes, in the spelling of the page's table.", 65535, 'One subvolume.', SUBVOLUME_FIELDS),
  subvolumn: list('Subvolumes, in the spelling of the SDK and ShowServer.', 65535, 'One subvolume.', SUBVOLUME_FIELDS),
};

/**
 * `target_server` of SMS CreateTask: every field of the page's tables (2025-01-24). Sizes are bytes.
 *
 * The page's table has `subvolume`, SDK and ShowServer have `subvolumn`: either is accepted, and sent as given.
 */
export const TARGET_SERVER: ObjectField & { readonly required: true } = {
  type: 'object',
  required: true,
  doc: 'The target server. Sizes are in bytes.',
  fields: {
    btrfs_list: list('Btrfs file systems.', 65535, 'One Btrfs file system.', BTRFS_FIELDS),
    disks: { ...list('Disks.', 65535, 'One disk.', DISK_FIELDS), required: true },
    name: required(text('Name of the target server.')),
    vm_id: {
      ...required(text('Id of the target ECS; an empty string if SMS creates the target from a template.')),
      destination: true,
    },
    volume_groups: list('LVM volume groups.', 65535, 'One volume group.', VOLUME_GROUP_FIELDS),
  },
};
