/**
 * The calls to the cloud that migrations need, and no more. `lib/cloud` implements them over the official SDK.
 *
 * Every call ends within the invocation's remaining time, sends its request at most once, and throws `CloudError` (and nothing
 * else) when it fails: its `outcome` says what is known, its `temporary` whether the same call may work later.
 */

/** A task that was just created. An answer without an id is no success: it throws with outcome `unknown`. */
export interface CreatedTask {
  readonly id: string;
  /** As the service states it; absent where the answer has none. */
  readonly status?: string;
  /** The service created the task and says at once that it failed. */
  readonly error?: string;
  /** The cloud's request id. */
  readonly requestId?: string;
}

/** One row of ListMigrationTask. Never carries a password: that call returns none, and nothing else is kept. */
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
  /** CreateOnlineMigrationTask: `POST /v2/{project_id}/migration/instance`. The id is the answer's `instance_id`. */
  createOnlineMigrationTask(body: Readonly<Record<string, unknown>>): Promise<CreatedTask>;
  /** ListMigrationTask with `name`, all pages. The service's filter may be fuzzy: compare names again. Empty when there is none. */
  listMigrationTasks(name: string): Promise<DcsTask[]>;
}

/** One row of SMS ListTasks. */
export interface SmsTask {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

export interface SmsService {
  /** CreateTask: `POST /v3/tasks`. */
  createTask(body: Readonly<Record<string, unknown>>): Promise<CreatedTask>;
  /** ListTasks with `source_server_id`, all pages. Empty when the source server has none. */
  listTasks(sourceServerId: string): Promise<SmsTask[]>;
}

/** Made when first asked for: a function that needs only one service loads only that one. */
export interface Services {
  dcs(): Promise<DcsService>;
  sms(): Promise<SmsService>;
}
