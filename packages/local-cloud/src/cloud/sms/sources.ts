import { errors } from './errors.ts';
import type { SmsTask } from './task.ts';

/** A source server registered by its Agent. */
export interface LocalSource {
  readonly id: string;
  readonly name: string;
  readonly osType: 'LINUX' | 'WINDOWS';
  /** @default '10.1.1.10' */
  readonly ip?: string;
  /** @default true */
  readonly connected?: boolean;
  /** Its state while it has no task. @default 'waiting': ready for a target */
  readonly state?: string;
  /** @default 'BIOS' */
  readonly firmware?: 'BIOS' | 'UEFI';
  /** As returned by ShowServer. @default one system disk of 40 GB */
  readonly disks?: readonly Readonly<Record<string, unknown>>[];
  /** @default [] */
  readonly volumeGroups?: readonly Readonly<Record<string, unknown>>[];
  /** @default [] */
  readonly btrfsList?: readonly Readonly<Record<string, unknown>>[];
  /** The disks of the recommended target layout. @default `disks`, without fields that only a source has */
  readonly initDisks?: readonly Readonly<Record<string, unknown>>[];
  /** MB. @default 4096 */
  readonly memoryMb?: number;
  /** A task that is not in any list, such as one of another enterprise project. @default its task in this cloud, if it has one */
  readonly currentTask?: {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly state: string;
  };
  /** Results of the source's checks. @default a single OK */
  readonly checks?: readonly Readonly<Record<string, unknown>>[];
}

const SYSTEM_DISK = {
  name: '/dev/vda',
  size: 42949672960,
  used_size: 8589934592,
  device_use: 'OS',
  os_disk: true,
  partition_style: 'MBR',
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
    },
  ],
};

/** The state of a source, by the state of its task. */
const STATE_WITH_TASK: Readonly<Record<string, string>> = {
  READY: 'waiting',
  RUNNING: 'replicate',
  SYNCING: 'syncing',
  ABORTING: 'stopping',
  ABORT: 'stopped',
  MIGRATE_SUCCESS: 'finished',
  MIGRATE_FAIL: 'error',
};
const CYCLE: Readonly<Record<string, string>> = {
  replicate: 'replicating',
  syncing: 'syncing',
  finished: 'cutovered',
};

/** The source servers of the local cloud. */
export class Sources {
  readonly #byId = new Map<string, LocalSource>();

  constructor(sources: readonly LocalSource[]) {
    for (const source of sources) this.set(source);
  }

  set(source: LocalSource): void {
    this.#byId.set(source.id, source);
  }

  all(): LocalSource[] {
    return [...this.#byId.values()];
  }

  /** Undefined for a source that does not exist, for example that of a task from the state file. */
  find(id: string): LocalSource | undefined {
    return this.#byId.get(id);
  }

  /** @throws {ServiceError} SMS.7602 */
  get(id: string): LocalSource {
    const source = this.find(id);
    if (source === undefined) throw errors.unknownSource(id);
    return source;
  }
}

export function isConnected(source: LocalSource | undefined): boolean {
  return source !== undefined && (source.connected ?? true);
}

/** The state of a source with this task, or without a task. */
export function sourceState(source: LocalSource, task: SmsTask | undefined): string {
  if (task === undefined) return source.state ?? 'waiting';
  return task.cleared ? 'cleared' : (STATE_WITH_TASK[task.status] ?? 'waiting');
}

/** A row of ListServers: it has the recommended target layout, but not the source's disks. Memory is in bytes. */
export function sourceRow(source: LocalSource, task: SmsTask | undefined): Record<string, unknown> {
  const state = sourceState(source, task);
  const { memoryMb = 4096 } = source;
  return {
    id: source.id,
    ip: source.ip ?? '10.1.1.10',
    name: source.name,
    hostname: source.name,
    enterprise_project_id: '0',
    add_date: 1700000000000,
    os_type: source.osType,
    os_version: source.osType === 'LINUX' ? 'UBUNTU_22_4_64BIT' : 'WINDOWS2019_64BIT',
    oem_system: false,
    state,
    connected: isConnected(source),
    cpu_quantity: 2,
    memory: memoryMb * 1024 * 1024,
    init_target_server: {
      disks: source.initDisks ?? (source.disks ?? [SYSTEM_DISK]).map(targetDisk),
      volume_groups: source.volumeGroups ?? [],
    },
    current_task: currentTask(source, task),
    migration_cycle: CYCLE[state] ?? 'setting',
    replicatesize: 0,
    totalsize: 8589934592,
    agent_version: '25.1.0',
    has_tc: true,
  };
}

function currentTask(source: LocalSource, task: SmsTask | undefined): unknown {
  if (task === undefined) return source.currentTask ?? null;
  return { id: task.id, name: task.name, type: task.sent.type, state: task.status };
}

/** The recommended target disk for a source disk: without a partition style and inodes. */
function targetDisk(disk: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { os_disk, partition_style, relation_name, inode_size, physical_volumes, ...kept } = disk;
  const volumes = Array.isArray(physical_volumes) ? (physical_volumes as Record<string, unknown>[]) : [];
  return {
    ...kept,
    physical_volumes: volumes.map(({ inode_nums, size_per_cluster, ...volume }) => volume),
  };
}

/** Response of ShowServer. Memory is in MB. */
export function sourceDetail(source: LocalSource, task: SmsTask | undefined): Record<string, unknown> {
  return {
    ...sourceRow(source, task),
    memory: source.memoryMb ?? 4096,
    firmware: source.firmware ?? 'BIOS',
    disks: source.disks ?? [SYSTEM_DISK],
    volume_groups: source.volumeGroups ?? [],
    btrfs_list: source.btrfsList ?? [],
    networks: [
      { name: 'eth0', ip: source.ip ?? '10.1.1.10', netmask: '255.255.255.0', gateway: '10.1.1.1', mtu: 1500, mac: '' },
    ],
    checks: source.checks ?? [
      { id: 1, name: 'OS_VERSION', result: 'OK', error_code: '', error_or_warn: '', error_params: '' },
    ],
    state_action_time: 1700000000000,
    last_visit_time: 1700000000000,
    start_type: 'MANUAL',
  };
}
