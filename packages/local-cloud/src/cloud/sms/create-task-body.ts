import { z } from 'zod';

/** Limits: API page of CreateTask, 2025-01-24. Sizes are bytes. */
export const text = (most: number) => z.string().max(most);
export const short = text(255);
export const int32 = z.int().min(0).max(2147483647);
/** A JSON number beyond 2^53 - 1 arrives as a bigint, see json.ts. */
export const int64 = z.union([z.int().min(0), z.bigint().min(0n).max(9223372036854775807n)]);
export const list = <T extends z.ZodType>(item: T) => z.array(item).max(65535);

/** All optional. The page's example sends `uuid: null`. */
export const physicalVolume = z.strictObject({
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

export const volumeGroup = z.strictObject({
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
export const btrfsFileSystem = z
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
 * The page's table says `is_need_consistency_check`, its example `is_need_consistency_result`: both are accepted and mean the same.
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
  is_need_consistency_result: z.boolean().optional(),
  clonevm_template_id: short.optional(),
  need_migration_test: z.boolean().optional(),
});

export type CreateTaskBody = z.output<typeof createTaskBody>;
