import type { Clock } from '../clock.ts';
import { isConnected, migrationCycle, sourceState } from './source-state.ts';
import type { LocalSource } from './sources.ts';
import { copiedShare } from './subtasks.ts';
import type { SmsTask } from './task.ts';
import { currentTaskDetail, currentTaskRow } from './task-rows.ts';

type Row = Record<string, unknown>;

/** When the Agents of all sources registered them. */
const REGISTERED_AT = 1700000000000;

const SYSTEM_DISK = {
  name: '/dev/vda',
  size: 42949672960,
  used_size: 8589934592,
  device_use: 'OS',
  os_disk: true,
  partition_style: 'MBR',
  relation_name: '',
  inode_size: 256,
  physical_volumes: [
    {
      uuid: '4de39bf5-8a5f-4b68-9b6a-0f8d4a4d0a11',
      index: 1,
      name: '/dev/vda1',
      device_use: 'OS',
      file_system: 'ext4',
      mount_point: '/',
      size: 42948624384,
      used_size: 8589934592,
      inode_size: 256,
      inode_nums: 2621440,
      size_per_cluster: 4096,
    },
  ],
};

/** What ListServers and ShowServer have in common. Times are epoch ms. */
function commonFields(source: LocalSource, task: SmsTask | undefined, clock: Clock): Row {
  const total = usedBytes(source);
  const copied = task === undefined ? 0 : copiedShare(task, clock);
  return {
    id: source.id,
    ip: source.ip ?? '10.1.1.10',
    name: source.name,
    enterprise_project_id: source.enterpriseProjectId ?? '0',
    add_date: REGISTERED_AT,
    os_type: source.osType,
    os_version: osVersion(source),
    oem_system: false,
    state: sourceState(source, task, clock),
    connected: isConnected(source),
    cpu_quantity: source.cpuQuantity ?? 2,
    checks: (source.checks ?? [{ name: 'OS_VERSION', result: 'OK' }]).map(checkRow),
    init_target_server: {
      disks: source.initDisks ?? sourceDisks(source).map(targetDisk),
      volume_groups: source.volumeGroups ?? [],
    },
    migration_cycle: migrationCycle(source, task, clock),
    state_action_time: task?.stateAt ?? REGISTERED_AT,
    stage_action_time: task?.stateAt ?? REGISTERED_AT,
    replicatesize: plain((total * BigInt(Math.round(copied * 100))) / 100n),
    totalsize: plain(total),
    // The Agent of a connected source reports all the time.
    last_visit_time: isConnected(source) ? clock.now() : REGISTERED_AT,
    has_tc: true,
    start_type: 'MANUAL',
  };
}

/** A row of ListServers (Node SDK 3.1.209): it has the recommended target layout, but not the source's disks. Memory is in bytes. */
export function sourceRow(source: LocalSource, task: SmsTask | undefined, clock: Clock): Row {
  return {
    ...commonFields(source, task, clock),
    memory: (source.memoryMb ?? 4096) * 1024 * 1024,
    current_task: task === undefined ? foreignTask(source, FOREIGN_ROW) : currentTaskRow(task, clock),
    is_consistency_result_exist: (task?.consistencyReports ?? []).length > 0,
  };
}

/** Response of ShowServer (Node SDK 3.1.209). Memory is in MB. */
export function sourceDetail(source: LocalSource, task: SmsTask | undefined, clock: Clock): Row {
  return {
    ...commonFields(source, task, clock),
    hostname: source.name,
    memory: source.memoryMb ?? 4096,
    current_task: task === undefined ? foreignTask(source, FOREIGN_DETAIL) : currentTaskDetail(task, clock),
    firmware: source.firmware ?? 'BIOS',
    disks: sourceDisks(source),
    volume_groups: source.volumeGroups ?? [],
    btrfs_list: source.btrfsList ?? [],
    networks: [
      {
        id: `${source.id}-eth0`,
        name: 'eth0',
        ip: source.ip ?? '10.1.1.10',
        ipv6: source.ipv6 ?? '',
        netmask: '255.255.255.0',
        gateway: '10.1.1.1',
        mtu: 1500,
        mac: 'fa:16:3e:00:00:01',
      },
    ],
    agent_version: '25.1.0',
  };
}

/** `current_task` for a task that is not in this cloud; null without one. */
function foreignTask({ currentTask }: LocalSource, unknown: Row): Row | null {
  return currentTask === undefined ? null : { ...unknown, ...currentTask };
}

/** What ShowServer has about a task, for one of which nothing is known. */
const FOREIGN_DETAIL = {
  start_date: null,
  speed_limit: 0,
  migrate_speed: 0,
  start_target_server: true,
  vm_template_id: null,
  region_id: '',
  project_name: '',
  project_id: '',
  target_server: { vm_id: '', name: '' },
  log_collect_status: 'INIT',
  exist_server: false,
  use_public_ip: true,
  clone_server: { vm_id: '', name: '', clone_error: '', clone_state: 'NOT_READY', error_msg: '' },
  subtask_info: '',
};

const FOREIGN_ROW = {
  ...FOREIGN_DETAIL,
  estimate_complete_time: null,
  compress_rate: 1,
  remain_seconds: 0,
  log_bucket: '',
  log_expire: null,
  log_upload_time: null,
  log_share_url: '',
};

/**
 * `source_server` of ShowTask, with `connected`, which ShowTask has beside it. A source that no longer exists is unavailable.
 */
export function sourceOfTask(source: LocalSource | undefined, task: SmsTask, clock: Clock): Row {
  if (source === undefined) {
    const { source_server: gone, os_type: osType } = task.sent;
    return { id: gone.id, ip: '', name: '', os_type: osType, ...UNAVAILABLE };
  }
  return {
    id: source.id,
    ip: source.ip ?? '10.1.1.10',
    name: source.name,
    os_type: source.osType,
    os_version: osVersion(source),
    oem_system: false,
    state: sourceState(source, task, clock),
    migration_cycle: migrationCycle(source, task, clock),
    connected: isConnected(source),
  };
}

const UNAVAILABLE = {
  os_version: '',
  oem_system: false,
  state: 'unavailable',
  migration_cycle: 'checking',
  connected: false,
};

/** The partition styles of a source's disks, by name. */
export function partitionStyles(source: LocalSource | undefined): Map<string, string> {
  const disks = source === undefined ? [] : sourceDisks(source);
  return new Map(disks.map((disk) => [String(disk['name']), String(disk['partition_style'] ?? 'MBR')]));
}

function sourceDisks(source: LocalSource): readonly Readonly<Row>[] {
  return source.disks ?? [SYSTEM_DISK];
}

function osVersion({ osType }: LocalSource): string {
  return osType === 'LINUX' ? 'UBUNTU_22_4_64BIT' : 'WINDOWS2019_64BIT';
}

function checkRow(check: Readonly<Row>, index: number): Row {
  return { id: index + 1, params: [], error_code: '', error_or_warn: '', error_params: '', ...check };
}

/** The recommended target disk for a source disk: without a partition style and inodes, and with one of the three uses of a target's disk. */
function targetDisk(disk: Readonly<Row>): Row {
  const { os_disk, partition_style, relation_name, inode_size, physical_volumes, device_use, ...kept } = disk;
  return {
    ...kept,
    device_use: targetUse(device_use ?? (os_disk === true ? 'OS' : 'NORMAL')),
    physical_volumes: volumesOf(disk).map(({ inode_nums, size_per_cluster, ...volume }) => volume),
  };
}

/** A source's disk can also be used by a volume group or by Btrfs. */
function targetUse(use: unknown): string {
  return use === 'OS' || use === 'BOOT' ? use : 'NORMAL';
}

function volumesOf({ physical_volumes: volumes }: Readonly<Row>): Row[] {
  return Array.isArray(volumes) ? (volumes as Row[]) : [];
}

/** The used bytes of all disks; for a disk without `used_size` those of its volumes. */
function usedBytes(source: LocalSource): bigint {
  let bytes = 0n;
  for (const disk of sourceDisks(source)) {
    const used = disk['used_size'];
    bytes += used === undefined ? sum(volumesOf(disk).map((volume) => volume['used_size'])) : sum([used]);
  }
  return bytes;
}

function sum(sizes: readonly unknown[]): bigint {
  let bytes = 0n;
  for (const size of sizes) if (typeof size === 'number' || typeof size === 'bigint') bytes += BigInt(size);
  return bytes;
}

/** A number where it is exact, so that the response can be compared. */
function plain(bytes: bigint): number | bigint {
  return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : bytes;
}
