import { z } from 'zod';
import { btrfsFileSystem, int32, int64, list, physicalVolume, short, volumeGroup } from './create-task-body.ts';

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

export type UpdateTaskStatusBody = z.output<typeof updateTaskStatusBody>;

/** Body of DeleteTasks: 1 to 50 IDs (page of 2026-01-27; 0 to 65535 before). */
export const deleteTasksBody = z.strictObject({ ids: z.array(short).min(1).max(50) });

const deviceUse = z.enum(['NORMAL', 'OS', 'BOOT']);

/** A disk of the target, as ShowTask returns it: all fields are optional. */
const targetDisk = z.strictObject({
  id: int64.optional(),
  device_use: deviceUse.optional(),
  disk_id: short.optional(),
  name: short,
  physical_volumes: list(
    physicalVolume.omit({ inode_size: true }).extend({
      id: int64.optional(),
      relation_name: short.optional(),
      free_size: int64.optional(),
    }),
  ).optional(),
  size: int64.optional(),
  used_size: int64.optional(),
  disk_index: short.optional(),
  os_disk: z.boolean().optional(),
  partition_style: z.enum(['MBR', 'GPT']).optional(),
  relation_name: short.optional(),
});

const network = z.strictObject({
  name: short.optional(),
  ip: short.optional(),
  ipv6: short.optional(),
  netmask: short.optional(),
  gateway: short.optional(),
  mtu: int32.optional(),
  mac: short,
  id: short.optional(),
});

/** The target in UpdateTask (Node SDK 3.1.209): what CreateTask takes, and what the Agent reports. */
const targetServer = z.strictObject({
  id: short.optional(),
  ip: short.optional(),
  name: short.optional(),
  hostname: short.optional(),
  os_type: z.enum(['WINDOWS', 'LINUX']).optional(),
  os_version: short.optional(),
  firmware: z.enum(['BIOS', 'UEFI']).optional(),
  cpu_quantity: int32.optional(),
  memory: int64.optional(),
  btrfs_list: list(btrfsFileSystem).optional(),
  networks: list(network).optional(),
  domain_id: short.optional(),
  has_rsync: z.boolean().optional(),
  paravirtualization: z.boolean().optional(),
  raw_devices: short.optional(),
  driver_files: z.boolean().optional(),
  system_services: z.boolean().optional(),
  account_rights: z.boolean().optional(),
  boot_loader: z.enum(['GRUB', 'LILO']).optional(),
  system_dir: short.optional(),
  volume_groups: list(volumeGroup).optional(),
  vm_id: short.optional(),
  flavor: short.optional(),
  disks: list(targetDisk).optional(),
  image_disk_id: short.optional(),
  snapshot_ids: short.optional(),
  cutovered_snapshot_ids: short.optional(),
});

const cloneServer = z.strictObject({
  vm_id: short.optional(),
  name: short.optional(),
  clone_error: short.optional(),
  clone_state: z.enum(['NOT_READY', 'READY', 'PREPARING', 'CREATING', 'ERROR', 'FINISHED']).optional(),
  error_msg: z.string().optional(),
});

/** Body of UpdateTask (Node SDK 3.1.209). All fields are optional; absent ones stay as they are. */
export const updateTaskBody = z.strictObject({
  name: z.string().optional(),
  type: z.string().optional(),
  region_id: short.optional(),
  region_name: short.optional(),
  exist_server: z.boolean().optional(),
  migration_ip: short.optional(),
  use_ipv6: z.boolean().optional(),
  use_public_ip: z.boolean().optional(),
  speed_limit: z.int().min(0).max(10000).optional(),
  project_name: short.optional(),
  project_id: short.optional(),
  enterprise_project: short.optional(),
  image_disk_id: short.optional(),
  vm_template_id: short.optional(),
  target_disk_ids: short.optional(),
  snapshot_ids: short.optional(),
  cutovered_snapshot_ids: short.optional(),
  target_server: targetServer.optional(),
  clone_server: cloneServer.optional(),
});

export type UpdateTaskBody = z.output<typeof updateTaskBody>;
