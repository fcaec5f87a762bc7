import type { CreatedTask } from './created-task.ts';

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

export interface SmsCheck {
  readonly name: string;
  readonly result: string;
  readonly message?: string;
}

/** The fields of ShowServer that a migration is derived from. Sizes are in bytes; lists are as the service returned them. */
export interface SmsServer {
  readonly id: string;
  readonly name: string;
  readonly hostname?: string;
  readonly osType: string;
  readonly state: string;
  readonly connected: boolean;
  readonly firmware?: string;
  readonly initTargetServer: {
    readonly disks: readonly Readonly<Record<string, unknown>>[];
    readonly volumeGroups: readonly Readonly<Record<string, unknown>>[];
  };
  readonly disks: readonly Readonly<Record<string, unknown>>[];
  readonly volumeGroups: readonly Readonly<Record<string, unknown>>[];
  readonly btrfsList: readonly Readonly<Record<string, unknown>>[];
  readonly currentTask?: { readonly id: string; readonly name: string; readonly state: string };
  readonly checks: readonly SmsCheck[];
}

/** ShowTemplate. */
export interface SmsTemplate {
  readonly id: string;
  readonly name: string;
  readonly region?: string;
  readonly projectId?: string;
  readonly targetServerName?: string;
  readonly hasPublicIp: boolean;
  /** In order of `index`. */
  readonly disks: readonly { readonly sizeGb: number }[];
  /** Names of required parts that are missing: `vpc.id`, `nics`, `security_groups`, `image_id` ... */
  readonly incomplete: readonly string[];
}

export interface SmsServers {
  /** `undefined` when it does not exist (SMS.7602, 404). */
  showServer(id: string): Promise<SmsServer | undefined>;
  /** `undefined` when it does not exist (SMS.7101, 404). */
  showTemplate(id: string): Promise<SmsTemplate | undefined>;
}

/** The fields of ShowTask that reports use. */
export interface SmsTaskDetail {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Of the current subtask. */
  readonly subtask?: string;
  /** Progress of the current subtask in percent, 0 to 100. */
  readonly progress?: number;
  readonly remainingSeconds?: number;
  /** Mbit/s. */
  readonly speedMbps?: number;
  /** From `error_json`. */
  readonly error?: { readonly code?: string; readonly message?: string; readonly params?: readonly string[] };
}

export type SmsOperation = 'start' | 'stop';

export interface SmsFollow {
  /** Every task, all pages. */
  listAllTasks(): Promise<SmsTask[]>;
  /** `undefined` when it does not exist (SMS.7703, 404). */
  showTask(id: string): Promise<SmsTaskDetail | undefined>;
  /** UpdateTaskStatus. */
  updateTaskStatus(id: string, operation: SmsOperation): Promise<void>;
}
