import { z } from 'zod';

/** Limits: API page of CreateTask, 2025-01-24. Sizes are bytes. */
const text = (most: number) => z.string().max(most);
const short = text(255);
const int32 = z.int().min(0).max(2147483647);
/** A JSON number beyond 2^53 - 1 arrives as a bigint, see json.ts. */
const int64 = z.union([z.int().min(0), z.bigint().min(0n).max(9223372036854775807n)]);
const list = <T extends z.ZodType>(item: T) => z.array(item).max(65535);

/** All optional. The page's example sends `uuid: null`. */
const physicalVolume = z.strictObject({
  device_use: short.optional(),
  file_system: short.optional(),
  index: int32.optional(),
  mount_point: short.optional(),
  name: short.optional(),
  size: int64.optional(),
  inode_size: int64.optional(),
  used_size: int64.optional(),
  uuid: short.nullable().optional(),
});

const disk = z.strictObject({
  name: short,
  size: int64,
  used_size: int64,
  physical_volumes: list(physicalVolume),
  device_use: z.enum(['NORMAL', 'OS', 'BOOT']).optional(),
  disk_id: short.optional(),
});

const logicalVolume = z.strictObject({
  name: text(1024),
  mount_point: text(256),
  file_system: short,
  size: int64,
  used_size: int64,
  free_size: int64,
  inode_size: int32,
  inode_nums: int64.optional(),
  block_count: int32.optional(),
  block_size: z.int().min(0).max(1048576).optional(),
  device_use: short.optional(),
});

const volumeGroup = z.strictObject({
  components: short.optional(),
  free_size: int64.optional(),
  logical_volumes: z.array(logicalVolume).max(255).optional(),
  name: short.optional(),
  size: int64.optional(),
});

const btrfsSubvolume = z.strictObject({
  uuid: short,
  is_snapshot: short,
  subvol_id: short,
  parent_id: short,
  subvol_name: short,
  subvol_mount_path: short,
});

/** The page's table has `subvolume`, the SDKs and ShowServer `subvolumn`; it is unknown which one the service reads, so either is accepted. */
const btrfsFileSystem = z
  .strictObject({
    name: short,
    label: short,
    uuid: short,
    device: short,
    size: int64,
    nodesize: int64,
    sectorsize: int32,
    data_profile: short,
    system_profile: short,
    metadata_profile: short,
    global_reserve1: short,
    g_vol_used_size: int64,
    default_subvolid: short,
    default_subvol_name: short,
    default_subvol_mountpath: short,
    subvolume: list(btrfsSubvolume).optional(),
    subvolumn: list(btrfsSubvolume).optional(),
  })
  .refine(({ subvolume, subvolumn }) => (subvolume === undefined) !== (subvolumn === undefined), {
    message: 'is mandatory, in exactly one spelling',
    path: ['subvolume'],
  });

/**
 * Body of CreateTask (API page of 2025-01-24; `clonevm_template_id` and `need_migration_test` from that of 2026-01).
 *
 * The name follows the rule of 2026-01, which is stricter than the 0 to 255 characters of 2025.
 */
export const createTaskBody = z.strictObject({
  name: z
    .string()
    .regex(/^[\p{Script=Han}A-Za-z0-9_-]{1,64}$/u, 'must have 1 to 64 letters, digits, Chinese characters, - or _'),
  type: z.enum(['MIGRATE_FILE', 'MIGRATE_BLOCK']),
  start_target_server: z.boolean().optional(),
  auto_start: z.boolean().optional(),
  os_type: z.enum(['WINDOWS', 'LINUX']),
  source_server: z.strictObject({ id: short.min(1) }),
  target_server: z.strictObject({
    name: short,
    vm_id: short,
    disks: list(disk),
    volume_groups: list(volumeGroup).optional(),
    btrfs_list: list(btrfsFileSystem).optional(),
  }),
  migration_ip: short.optional(),
  region_name: short,
  region_id: short,
  project_name: short,
  project_id: short,
  priority: z.int().min(0).max(65535).optional(),
  vm_template_id: short.optional(),
  use_public_ip: z.boolean().optional(),
  use_ipv6: z.boolean().optional(),
  syncing: z.boolean().optional(),
  exist_server: z.boolean().optional(),
  start_network_check: z.boolean().optional(),
  speed_limit: z.int().min(0).max(10000).optional(),
  over_speed_threshold: z.number().min(0).max(100).optional(),
  is_need_consistency_check: z.boolean().optional(),
  clonevm_template_id: short.optional(),
  need_migration_test: z.boolean().optional(),
});

export type CreateTaskBody = z.output<typeof createTaskBody>;

/** Body of UpdateTaskStatus. `cutover` and `error_for_overspeed` appear only in the page's prose (2026-01). */
export const updateTaskStatusBody = z
  .strictObject({
    operation: z.enum([
      'start',
      'stop',
      'restart',
      'test',
      'clone_test',
      'network_check',
      'migration_test',
      'skip',
      'clear',
      'cutover',
      'error_for_overspeed',
    ]),
    template_id: short.optional(),
    switch_hce: z.boolean().optional(),
    is_need_consistency_check: z.boolean().optional(),
  })
  .refine(({ operation, template_id: id }) => operation !== 'clone_test' || (id ?? '') !== '', {
    message: 'is mandatory for clone_test',
    path: ['template_id'],
  });

const count = (most: number, absent: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((value) => value <= most, `must be an integer from 0 to ${most}`)
    .default(absent);
/** 0 means the default, as documented for ListServers. */
const limit = (absent: number) => count(200, absent).transform((value) => (value === 0 ? absent : value));
const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional();

/** Query of ListTasks. Its states differ slightly from those of ShowTask. */
export const listTasksQuery = z.strictObject({
  state: z
    .enum([
      'READY',
      'RUNNING',
      'SYNCING',
      'MIGRATE_SUCCESS',
      'MIGRATE_FAIL',
      'ABORTING',
      'ABORT',
      'DELETING',
      'SYNC_F_ROLLBACKING',
      'SYNC_F_ROLLBACK_SUCCESS',
    ])
    .optional(),
  name: short.optional(),
  id: short.optional(),
  source_server_id: short.optional(),
  enterprise_project_id: short.optional(),
  limit: limit(100),
  offset: count(65535, 0),
});

/** Query of ListServers. */
export const listServersQuery = z.strictObject({
  state: short.optional(),
  name: short.optional(),
  id: short.optional(),
  ip: short.optional(),
  connected: flag,
  enterprise_project_id: short.optional(),
  limit: limit(200),
  offset: count(65535, 0),
});
