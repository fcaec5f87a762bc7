import type { Clock } from '../clock.ts';
import type { SteppedTask } from '../step-runner.ts';
import type { CreateTaskBody } from './bodies.ts';
import { migrateSpeed, remainSeconds, subTaskRows } from './subtasks.ts';

/** A migration task of the local SMS. */
export interface SmsTask extends SteppedTask {
  readonly domainId: string;
  readonly name: string;
  readonly createdAt: number;
  /** The body as it was sent. */
  readonly sent: CreateTaskBody;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  /** The snapshots of the target were removed after success. */
  cleared: boolean;
  /** The service's code for the failure. */
  errorCode: string | undefined;
  errorParams: readonly string[];
  /** When it last entered RUNNING. */
  runAt: number | undefined;
  /** When it left RUNNING; undefined while it runs. */
  runEndedAt: number | undefined;
  /** The point of the run (ms) at which it is stuck while still RUNNING. */
  stuckAtMs: number | undefined;
}

/** A row of ListTasks, and the first part of ShowTask. Times are epoch ms or null. */
export function taskRow(task: SmsTask, source: Record<string, unknown>, clock: Clock): Record<string, unknown> {
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
    start_date: task.startedAt ?? null,
    finish_date: task.finishedAt ?? null,
    priority: sent.priority ?? 1,
    speed_limit: sent.speed_limit ?? 0,
    migrate_speed: migrateSpeed(task, clock),
    compress_rate: 1,
    start_target_server: sent.start_target_server ?? true,
    error_json:
      task.errorCode === undefined ? '' : JSON.stringify({ error_code: task.errorCode, error_param: task.errorParams }),
    total_time: task.startedAt === undefined ? 0 : (task.finishedAt ?? clock.now()) - task.startedAt,
    migration_ip: sent.migration_ip ?? null,
    region_name: sent.region_name,
    region_id: sent.region_id,
    project_name: sent.project_name,
    project_id: sent.project_id,
    vm_template_id: sent.vm_template_id ?? null,
    exist_server: sent.exist_server ?? false,
    use_public_ip: sent.use_public_ip ?? true,
    syncing: sent.syncing ?? false,
    remain_seconds: remaining,
    source_server: source,
    target_server: sent.target_server,
    connected: source['connected'],
    enterprise_project_id: '0',
  };
}

/** Response of ShowTask. It has no reliable overall progress, only that of each subtask. */
export function taskDetail(task: SmsTask, source: Record<string, unknown>, clock: Clock): Record<string, unknown> {
  return {
    ...taskRow(task, source, clock),
    float_ip: task.status === 'MIGRATE_SUCCESS' ? (task.sent.migration_ip ?? '10.154.7.9') : null,
    target_snapshot_id: null,
    sub_tasks: subTaskRows(task, clock),
    subtask_info: '',
    clone_server: { clone_state: 'NOT_READY' },
    network_check_info: null,
    log_collect_status: 'INIT',
  };
}
