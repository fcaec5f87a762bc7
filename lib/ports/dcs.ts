import type { CreatedTask } from './created-task.ts';

/** One row of ListMigrationTask. Never contains a password: that call returns none, and no other fields are kept. */
export interface DcsTask {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly targetInstanceId?: string;
  readonly createdAt?: string;
  readonly errorMessage?: string;
}

export interface DcsService {
  /** CreateMigrationTask: `POST /v2/{project_id}/migration-task`. */
  createMigrationTask(body: Readonly<Record<string, unknown>>): Promise<CreatedTask>;
  /** CreateOnlineMigrationTask: `POST /v2/{project_id}/migration/instance`. The id is the `instance_id` of the response. */
  createOnlineMigrationTask(body: Readonly<Record<string, unknown>>): Promise<CreatedTask>;
  /** ListMigrationTask with `name`, all pages. The service's filter may be fuzzy, so compare names again. Empty when there are none. */
  listMigrationTasks(name: string): Promise<DcsTask[]>;
}

/** GET `/instances/{instance_id}`. */
export interface DcsInstance {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Such as `6.0`; absent if it is not in the response. */
  readonly engineVersion?: string;
  readonly cacheMode?: string;
  readonly maxMemoryMb?: number;
  readonly usedMemoryMb?: number;
  readonly sslEnabled: boolean;
  /** `no_password_access`. */
  readonly passwordFree: boolean;
}

export interface DcsBackupRecord {
  readonly id: string;
  /** Not a closed list: `waiting`, `backuping`, `succeed`, `failed`, `expired`, `deleted` are documented. */
  readonly status: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly format?: string;
  readonly sizeBytes?: number;
  readonly remark?: string;
}

export interface DcsInstances {
  /** `undefined` when it does not exist (DCS.3022). */
  showInstance(id: string): Promise<DcsInstance | undefined>;
  /** All pages of ListBackupRecords. Empty when there are none (204). */
  listBackupRecords(instanceId: string): Promise<DcsBackupRecord[]>;
  /** CopyInstance: takes a backup. `remark` at most 128 characters. */
  copyInstance(instanceId: string, remark: string): Promise<{ readonly backupId: string }>;
}

/** ShowMigrationTaskStats, which may return numbers as strings. A field is absent if it is not in the response. */
export interface DcsTaskStats {
  /** Progress of the full phase, in percent. */
  readonly fullProgress?: number;
  /** The difference between source and target; 0 means none. The unit is not documented. */
  readonly offset?: number;
  readonly sourceKeys?: number;
  readonly targetKeys?: number;
  readonly inputKbps?: number;
  readonly opsPerSecond?: number;
}

export interface DcsJob {
  /** `INIT`, `RUNNING`, `SUCCESS`, `FAIL`. */
  readonly status: string;
  readonly failReason?: string;
}

export interface DcsFollow {
  /** Every migration task of the project, all pages. */
  listAllMigrationTasks(): Promise<DcsTask[]>;
  /** SetOnlineMigrationTask: starts an online migration. The body may hold `Secret`s. */
  setOnlineMigrationTask(
    taskId: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly status?: string }>;
  /** ShowJobInfo, for the job of a create call. */
  showJob(jobId: string): Promise<DcsJob>;
  /** Online tasks only; `undefined` when the task no longer exists (DCS.4133) or has no statistics. */
  showStats(taskId: string): Promise<DcsTaskStats | undefined>;
  /** Messages of the task's ERROR log, newest first, at most 20. Empty when there are none. */
  listErrorLogs(taskId: string): Promise<string[]>;
  /** StopMigrationTask, asynchronous: the task is stopped when its status is `TERMINATED`. */
  stopTask(taskId: string): Promise<void>;
  /** DeleteMigrationTask: releases the migration machine. An id that does not exist counts as deleted. */
  deleteTask(taskId: string): Promise<void>;
}
