import type { SteppedTask } from '../step-runner.ts';
import { ipOf, type LocalInstance, portOf } from './instances.ts';
import type { StoredKey } from './stored-key.ts';

export interface TaskLog {
  readonly createdAt: number;
  readonly level: 'INFO' | 'ERROR';
  readonly message: string;
}

/** The source or target of a migration, as it was sent. */
export interface TaskSide {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly addrs?: string | undefined;
  readonly password?: string | undefined;
}

/** The current or last phase of an online migration. */
export interface TaskPhase {
  readonly name: 'full' | 'incremental';
  readonly startedAt: number;
  readonly isStuck: boolean;
  /** The share of the phase at which it is stuck. @default 0.5 */
  readonly stuckAt?: number | undefined;
  /** Undefined while it is running. */
  readonly endedAt?: number | undefined;
}

/** A migration task of the local DCS. */
export interface DcsTask extends SteppedTask {
  readonly kind: 'import' | 'online';
  readonly projectId: string;
  readonly jobId: string | undefined;
  readonly name: string;
  readonly description: string;
  readonly createdAt: number;
  readonly backupFiles: Readonly<Record<string, unknown>> | undefined;
  /** The keys that an import brings; empty again when it has brought them. */
  content: readonly StoredKey[];
  readonly network: { readonly vpcId: string; readonly subnetId: string; readonly securityGroupId: string } | undefined;
  updatedAt: number;
  releasedAt: number | undefined;
  method: string;
  resumeMode: string;
  bandwidthLimitMb: number | undefined;
  source: TaskSide | undefined;
  target: TaskSide | undefined;
  errorMessage: string;
  /** Why its creation failed. */
  jobFailure: string | undefined;
  /** When its creation ended. */
  jobEndedAt: number | undefined;
  /** Undefined before it is configured, and for imports. */
  phase: TaskPhase | undefined;
  /** The share of its next phase at which it gets stuck, if it does. */
  stuckAt?: number | undefined;
  /** How many times as long as usual it takes. @default 1 */
  slowness?: number;
  logs: TaskLog[];
}

/** States in which a task is working on its target. */
const ACTIVE = new Set(['MIGRATING', 'FULLMIGRATING', 'INCRMIGEATING', 'INCRMIGRATING', 'TERMINATING']);

/** The two spellings of the state in which source and target are kept in sync. */
export function isIncremental(status: string): boolean {
  return status === 'INCRMIGEATING' || status === 'INCRMIGRATING';
}

export function isActive(task: DcsTask): boolean {
  return ACTIVE.has(task.status);
}

/** The address of the migration machine, which whitelists must admit. */
export const ECS_IP = '192.168.1.17';

/**
 * Response of ShowMigrationTask and of the stop call. It contains the passwords in clear text, like the page's example.
 *
 * @param taskStatus the state of the exchange of IP addresses; null if there is none
 */
export function taskDetail(task: DcsTask, taskStatus: string | null): Record<string, unknown> {
  return {
    task_id: task.id,
    task_name: task.name,
    description: task.description,
    status: task.status,
    migration_type: task.kind === 'import' ? 'backupfile_import' : 'online_migration',
    migration_method: task.method,
    ecs_tenant_private_ip: task.status === 'CREATING' ? '' : ECS_IP,
    backup_files: task.backupFiles === undefined ? {} : detailOfBackupFiles(task.backupFiles),
    network_type: task.kind === 'online' ? 'vpc' : '',
    source_instance: sideDetail(task.source),
    target_instance: sideDetail(task.target),
    created_at: slashedTime(task.createdAt),
    updated_at: slashedTime(task.updatedAt),
    released_at: task.releasedAt === undefined ? '' : compactTime(task.releasedAt),
    version: '5.0',
    resume_mode: task.resumeMode,
    supported_features: ['auto_reconnect'],
    tenant_vpc_id: task.network?.vpcId ?? null,
    tenant_subnet_id: task.network?.subnetId ?? null,
    tenant_security_group_id: task.network?.securityGroupId ?? null,
    bandwidth_limit_mb: task.bandwidthLimitMb === undefined ? null : String(task.bandwidthLimitMb),
    task_status: taskStatus,
  };
}

/** Entry of ListMigrationTask: no password, no backup files, no `updated_at`; empty source fields unless the source is a DCS instance. */
export function taskEntry(task: DcsTask): Record<string, unknown> {
  return {
    task_id: task.id,
    task_name: task.name,
    description: task.description,
    status: task.status,
    migration_type: task.kind === 'import' ? 'backupfile_import' : 'online_migration',
    migration_method: task.method,
    ecs_tenant_private_ip: task.status === 'CREATING' ? '' : ECS_IP,
    data_source: task.backupFiles?.['bucket_name'] ?? task.source?.addrs ?? '',
    source_instance_id: task.source?.id ?? '',
    source_instance_name: task.source?.name ?? '',
    source_instance_status: task.source?.id === undefined ? '' : 'RUNNING',
    source_instance_subnet_id: '',
    source_instance_spec_code: '',
    target_instance_id: task.target?.id ?? '',
    target_instance_name: task.target?.name ?? '',
    target_instance_addrs: task.target?.addrs ?? '',
    target_instance_status: task.target?.id === undefined ? '' : 'RUNNING',
    target_instance_subnet_id: '',
    target_instance_spec_code: '',
    created_at: new Date(task.createdAt).toISOString(),
    released_at: task.releasedAt === undefined ? null : compactTime(task.releasedAt),
    error_message: task.errorMessage,
    version: '5.0',
    resume_mode: task.resumeMode,
    supported_features: ['auto_reconnect'],
  };
}

/** Entry of ListMigrationTaskLogs. */
export function logEntry(log: TaskLog): Record<string, unknown> {
  return {
    created_at: new Date(log.createdAt).toISOString(),
    log_level: log.level,
    message: log.message,
    log_code: '',
    keyword: [],
  };
}

/** A source or target that is an instance of this cloud. */
export function instanceSide(instance: LocalInstance, password: string | undefined): TaskSide {
  return { id: instance.id, name: instance.name, addrs: `${ipOf(instance)}:${portOf(instance)}`, password };
}

function sideDetail(side: TaskSide | undefined): Record<string, unknown> {
  if (side === undefined) return {};
  const { id = '', name = '', addrs = '', password = '' } = side;
  return { id, name, addrs, password, task_status: null, ip: '', port: '6379', proxy_multi_db: false, db: '' };
}

/** The ID of a backup record is returned nested, unlike in the request (seen on the wire by Terraform's client, 2025-07). */
function detailOfBackupFiles(sent: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { backup_id: backupId, ...rest } = sent;
  return backupId === undefined ? rest : { ...rest, backup_record: { backup_id: backupId } };
}

/** `2019/10/22 14:44:30`, as in the example of ShowMigrationTask. */
function slashedTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

/** `202404011057`, as `released_at` is written. */
function compactTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace(/\D/g, '');
}
