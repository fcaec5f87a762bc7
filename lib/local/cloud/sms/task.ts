import type { Walking } from '../walker.ts';
import type { CreateTaskBody } from './bodies.ts';

/** A migration task of the local SMS. */
export interface SmsTask extends Walking {
  readonly domainId: string;
  readonly name: string;
  readonly createdAt: number;
  /** The body as it was sent. */
  readonly sent: CreateTaskBody;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  /** The snapshots of the target were removed after success. */
  cleared: boolean;
  /** Why it failed: the service's code. */
  errorCode: string | undefined;
}

const PROGRESS: Readonly<Record<string, number>> = { READY: 0, RUNNING: 50, MIGRATE_FAIL: 50, ABORTING: 50, ABORT: 50 };

/** A row of ListTasks, and what ShowTask begins with. Times are epoch ms, or null. */
export function taskRow(task: SmsTask, source: Record<string, unknown>): Record<string, unknown> {
  const { sent } = task;
  return {
    id: task.id,
    name: task.name,
    type: sent.type,
    os_type: sent.os_type,
    state: task.status,
    estimate_complete_time: null,
    create_date: task.createdAt,
    start_date: task.startedAt ?? null,
    finish_date: task.finishedAt ?? null,
    priority: sent.priority ?? 1,
    speed_limit: sent.speed_limit ?? 0,
    migrate_speed: task.status === 'RUNNING' ? 100 : 0,
    compress_rate: 1,
    start_target_server: sent.start_target_server ?? true,
    error_json: task.errorCode === undefined ? '' : JSON.stringify({ error_code: task.errorCode, error_param: [] }),
    total_time: task.startedAt === undefined ? 0 : (task.finishedAt ?? task.startedAt) - task.startedAt,
    migration_ip: sent.migration_ip ?? null,
    region_name: sent.region_name,
    region_id: sent.region_id,
    project_name: sent.project_name,
    project_id: sent.project_id,
    vm_template_id: sent.vm_template_id ?? null,
    exist_server: sent.exist_server ?? false,
    use_public_ip: sent.use_public_ip ?? true,
    syncing: sent.syncing ?? false,
    remain_seconds: task.status === 'RUNNING' ? 30 : 0,
    source_server: source,
    target_server: sent.target_server,
    connected: source['connected'],
    enterprise_project_id: '0',
  };
}

/** Answer of ShowTask. There is no dependable total of the progress. */
export function taskDetail(task: SmsTask, source: Record<string, unknown>): Record<string, unknown> {
  const progress = PROGRESS[task.status] ?? 100;
  const windows = task.sent.os_type === 'WINDOWS';
  const copy =
    task.sent.type === 'MIGRATE_FILE'
      ? 'MIGRATE_LINUX_FILE'
      : windows
        ? 'MIGRATE_WINDOWS_BLOCK'
        : 'MIGRATE_LINUX_BLOCK';
  return {
    ...taskRow(task, source),
    float_ip: null,
    target_snapshot_id: null,
    sub_tasks: [
      {
        id: 1,
        name: copy,
        progress,
        start_date: task.startedAt ?? null,
        end_date: task.finishedAt ?? null,
        migrate_speed: 0,
        user_op: '',
        process_trace: '',
      },
    ],
    subtask_info: '',
    clone_server: null,
    network_check_info: null,
  };
}
