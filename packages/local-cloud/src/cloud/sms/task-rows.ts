import type { Clock } from '../clock.ts';
import type { CreateTaskBody } from './create-task-body.ts';
import { migrateSpeed, remainSeconds, subTaskInfo, subTaskRows } from './subtasks.ts';
import { isCopied, type SmsTask, targetVmId } from './task.ts';
import { logFields, logState } from './task-log.ts';

/** Documented time from the start of a network check to its result. */
const NETWORK_CHECK_MS = 5_000;

type Row = Record<string, unknown>;

/** What ListTasks and ShowTask have in common. Times are epoch ms or null. */
function commonFields(task: SmsTask, clock: Clock): Row {
  const { sent } = task;
  const remaining = remainSeconds(task, clock);
  return {
    id: task.id,
    name: task.name,
    type: sent.type,
    os_type: sent.os_type,
    state: task.status,
    estimate_complete_time: remaining === 0 ? null : Math.round(clock.instantAfter(clock.now(), remaining * 1000)),
    create_date: task.createdAt,
    priority: sent.priority ?? 1,
    speed_limit: sent.speed_limit ?? 0,
    migrate_speed: migrateSpeed(task, clock),
    compress_rate: 1,
    start_target_server: sent.start_target_server ?? true,
    error_json:
      task.errorCode === undefined ? '' : JSON.stringify({ error_code: task.errorCode, error_param: task.errorParams }),
    total_time: task.startedAt === undefined ? 0 : (task.finishedAt ?? clock.now()) - task.startedAt,
    migration_ip: sent.migration_ip ?? null,
    enterprise_project_id: task.enterpriseProjectId,
    network_check_info: networkCheck(task, clock),
    ...usage(task),
    need_migration_test: sent.need_migration_test ?? false,
    subtask_info: subTaskInfo(task, clock),
    log_collect_status: logState(task, clock),
  };
}

/**
 * A row of ListTasks (Node SDK 3.1.209).
 *
 * @param source the source server, see `sourceOfTask`
 */
export function taskRow(task: SmsTask, source: Row, clock: Clock): Row {
  const { clone, sent } = task;
  const { migration_cycle: _, connected: __, ...listed } = source;
  return {
    ...commonFields(task, clock),
    sub_tasks: subTaskRows(task, clock).map(({ migrate_speed, user_op, ...row }) => row),
    source_server: listed,
    target_server: targetIdentity(task, source),
    clone_server: clone?.status === 'FINISHED' ? { vm_id: clone.vmId, name: clone.name } : { vm_id: '', name: '' },
    syncing: sent.syncing ?? false,
    special_config: task.configurations.map(configurationRow),
  };
}

/**
 * Response of ShowTask (Node SDK 3.1.209). It has no reliable overall progress, only that of each subtask.
 *
 * @param styles the partition styles of the source's disks, by name
 */
export function taskDetail(task: SmsTask, source: Row, styles: ReadonlyMap<string, string>, clock: Clock): Row {
  const { sent, reported } = task;
  const { connected, ...shown } = source;
  return {
    ...commonFields(task, clock),
    start_date: task.startedAt ?? null,
    finish_date: task.finishedAt ?? null,
    region_name: sent.region_name,
    region_id: sent.region_id,
    project_name: sent.project_name,
    project_id: sent.project_id,
    vm_template_id: sent.vm_template_id ?? null,
    remain_seconds: remainSeconds(task, clock),
    connected,
    source_server: shown,
    target_server: {
      ...targetIdentity(task, source),
      system_dir: '',
      disks: sent.target_server.disks.map((disk, index) => targetDisk(disk, index, styles)),
      volume_groups: sent.target_server.volume_groups ?? [],
      // Strings in the SDK, although CreateTask takes objects.
      btrfs_list: (sent.target_server.btrfs_list ?? []).map(({ name }) => name),
      image_disk_id: reported.image_disk_id ?? '',
      cutovered_snapshot_ids: reported.cutovered_snapshot_ids ?? '',
    },
    float_ip: task.status === 'MIGRATE_SUCCESS' ? (sent.migration_ip ?? NEW_IP) : null,
    target_snapshot_id: null,
    sub_tasks: subTaskRows(task, clock),
    clone_server: cloneRow(task),
  };
}

/** `current_task` of ListServers. */
export function currentTaskRow(task: SmsTask, clock: Clock): Row {
  const { sent } = task;
  const { id, name, type, state, estimate_complete_time, speed_limit, ...common } = commonFields(task, clock);
  const { migrate_speed, compress_rate, start_target_server, subtask_info } = common;
  return {
    id,
    name,
    type,
    state,
    estimate_complete_time,
    start_date: task.startedAt ?? null,
    speed_limit,
    migrate_speed,
    compress_rate,
    start_target_server,
    vm_template_id: sent.vm_template_id ?? null,
    region_id: sent.region_id,
    project_name: sent.project_name,
    project_id: sent.project_id,
    target_server: { vm_id: targetVmId(task), name: sent.target_server.name },
    exist_server: sent.exist_server ?? false,
    use_public_ip: sent.use_public_ip ?? true,
    clone_server: cloneRow(task),
    remain_seconds: remainSeconds(task, clock),
    subtask_info,
    ...logFields(task, clock),
  };
}

/** `current_task` of ShowServer: without the progress and the place of the logs. */
export function currentTaskDetail(task: SmsTask, clock: Clock): Row {
  const {
    estimate_complete_time,
    compress_rate,
    remain_seconds,
    log_bucket,
    log_expire,
    log_upload_time,
    log_share_url,
    ...row
  } = currentTaskRow(task, clock);
  return row;
}

/** An option in a response. */
export function configurationRow(configuration: SmsTask['configurations'][number]): Row {
  const { config_key, config_value, config_status } = configuration;
  return { config_key, config_value, config_status: config_status ?? '' };
}

function targetIdentity(task: SmsTask, source: Row): Row {
  const { sent } = task;
  return {
    id: task.id,
    vm_id: targetVmId(task),
    name: sent.target_server.name,
    ip: sent.migration_ip ?? (isCopied(task) ? NEW_IP : ''),
    os_type: sent.os_type,
    os_version: source['os_version'],
  };
}

function targetDisk(
  disk: CreateTaskBody['target_server']['disks'][number],
  index: number,
  styles: ReadonlyMap<string, string>,
): Row {
  return {
    id: index + 1,
    device_use: disk.device_use ?? 'NORMAL',
    disk_id: disk.disk_id ?? '',
    name: disk.name,
    physical_volumes: disk.physical_volumes.map((volume, place) => ({
      id: place + 1,
      device_use: volume.device_use ?? 'NORMAL',
      file_system: volume.file_system ?? '',
      index: volume.index ?? place,
      mount_point: volume.mount_point ?? '',
      name: volume.name ?? '',
      size: volume.size ?? 0,
      used_size: volume.used_size ?? 0,
      uuid: volume.uuid ?? '',
      relation_name: '',
      free_size: difference(volume.size ?? 0, volume.used_size ?? 0),
    })),
    size: disk.size,
    used_size: disk.used_size,
    disk_index: String(index),
    os_disk: disk.device_use === 'OS',
    partition_style: styles.get(disk.name) ?? 'MBR',
    relation_name: '',
  };
}

/** Sizes beyond 2^53 - 1 are bigints. */
function difference(size: number | bigint, used: number | bigint): bigint {
  const free = BigInt(size) - BigInt(used);
  return free < 0n ? 0n : free;
}

function cloneRow(task: SmsTask): Row {
  const { clone } = task;
  if (clone === undefined) {
    return { vm_id: '', name: '', clone_error: '', clone_state: isCopied(task) ? 'READY' : 'NOT_READY', error_msg: '' };
  }
  return {
    vm_id: clone.status === 'FINISHED' ? clone.vmId : '',
    name: clone.name,
    clone_error: clone.errorCode,
    clone_state: clone.status,
    error_msg: clone.errorCode === '' ? '' : 'The clone could not be created.',
  };
}

/** Percent, MB and MB/s, of the source server and of the Agent. */
function usage(task: SmsTask): Row {
  const isRunning = task.status === 'RUNNING';
  return {
    total_cpu_usage: isRunning ? 35.5 : 0,
    agent_cpu_usage: isRunning ? 12.5 : 0,
    total_mem_usage: isRunning ? 1024 : 0,
    agent_mem_usage: isRunning ? 128 : 0,
    total_disk_io: isRunning ? 14.5 : 0,
    agent_disk_io: isRunning ? 12.5 : 0,
  };
}

/** Null before the first check and during it. */
function networkCheck({ networkCheckAt }: SmsTask, clock: Clock): Row | null {
  if (networkCheckAt === undefined || clock.documentedMs(networkCheckAt) < NETWORK_CHECK_MS) return null;
  return {
    domain_connectivity: true,
    destination_connectivity: true,
    network_delay: 10.5,
    network_jitter: 1.5,
    migration_speed: 100,
    loss_percentage: 0,
    cpu_usage: 35.5,
    mem_usage: 40.5,
    evaluation_result: '',
  };
}

/** The address of a target that SMS created. */
const NEW_IP = '10.154.7.9';
