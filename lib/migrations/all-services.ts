import type { DcsTask, Services, SmsTask } from './services.ts';

/**
 * The calls that prepare, start, follow and report tasks, by what they are about. Like those of `Services`: each ends within the
 * invocation's remaining time, sends its request at most once (reads at most twice), and throws `CloudError` and nothing else. No answer
 * carries a password.
 */

/** GET `/instances/{instance_id}`. */
export interface DcsInstance {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Such as `6.0`; absent where the answer has none. */
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
  /** Open: `waiting`, `backuping`, `succeed`, `failed`, `expired`, `deleted` are documented. */
  readonly status: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly format?: string;
  readonly sizeBytes?: number;
  readonly remark?: string;
}

export interface DcsInstances {
  /** `undefined` when there is none (DCS.3022). */
  showInstance(id: string): Promise<DcsInstance | undefined>;
  /** All pages of ListBackupRecords. Empty when there are none (204). */
  listBackupRecords(instanceId: string): Promise<DcsBackupRecord[]>;
  /** CopyInstance: takes a backup. `remark` at most 128 characters. */
  copyInstance(instanceId: string, remark: string): Promise<{ readonly backupId: string }>;
}

/** ShowMigrationTaskStats; numbers may come as texts. A field is absent where the answer has none. */
export interface DcsTaskStats {
  /** Percent of the full phase. */
  readonly fullProgress?: number;
  /** What source and target still differ by; 0 means none. Its unit is not documented. */
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
  /** ShowJobInfo, for the job of a create. */
  showJob(jobId: string): Promise<DcsJob>;
  /** Online tasks only; `undefined` when the task is gone (DCS.4133) or has no figures. */
  showStats(taskId: string): Promise<DcsTaskStats | undefined>;
  /** Messages of the task's ERROR log, newest first, at most 20. Empty when there are none. */
  listErrorLogs(taskId: string): Promise<string[]>;
  /** StopMigrationTask, asynchronous: the task is stopped when its status is `TERMINATED`. */
  stopTask(taskId: string): Promise<void>;
  /** DeleteMigrationTask: releases the migration machine. An id that does not exist counts as deleted. */
  deleteTask(taskId: string): Promise<void>;
}

export interface SmsCheck {
  readonly name: string;
  readonly result: string;
  readonly message?: string;
}

/** ShowServer, as much of it as a migration is derived from. Sizes are bytes; lists are as the service gave them. */
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
  /** Sizes in GB, in order of `index`. */
  readonly disks: readonly { readonly sizeGb: number }[];
  /** Names of mandatory parts that are missing: `vpc.id`, `nics`, `security_groups`, `image_id` ... */
  readonly incomplete: readonly string[];
}

export interface SmsServers {
  /** `undefined` when there is none (SMS.7602, 404). */
  showServer(id: string): Promise<SmsServer | undefined>;
  /** `undefined` when there is none (SMS.7101, 404). */
  showTemplate(id: string): Promise<SmsTemplate | undefined>;
}

/** ShowTask, as much as a report says. */
export interface SmsTaskDetail {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Of the current subtask. */
  readonly subtask?: string;
  /** Percent of the current subtask, 0 to 100. */
  readonly progress?: number;
  readonly remainingSeconds?: number;
  /** Mbit/s. */
  readonly speedMbps?: number;
  /** Out of `error_json`. */
  readonly error?: { readonly code?: string; readonly message?: string; readonly params?: readonly string[] };
}

export type SmsOperation = 'start' | 'stop';

export interface SmsFollow {
  /** Every task, all pages. */
  listAllTasks(): Promise<SmsTask[]>;
  /** `undefined` when there is none (SMS.7703, 404). */
  showTask(id: string): Promise<SmsTaskDetail | undefined>;
  /** UpdateTaskStatus. */
  updateTaskStatus(id: string, operation: SmsOperation): Promise<void>;
}

/** An existing target of a server migration. */
export interface EcsServer {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Private addresses, then floating ones. */
  readonly fixedIps: readonly string[];
  readonly floatingIps: readonly string[];
  /** `BIOS` or `UEFI`, where the answer says. */
  readonly firmware?: string;
}

export interface EcsDisk {
  /** EVS volume id. */
  readonly id: string;
  /** 0: the system disk. */
  readonly bootIndex: number;
  readonly device: string;
  readonly sizeGb: number;
}

export interface EcsService {
  showServer(id: string): Promise<EcsServer | undefined>;
  /** In order of device name. */
  listDisks(serverId: string): Promise<EcsDisk[]>;
}

export interface IamService {
  /** The id of the project of this name (a region's own project has the region's code). `undefined` when there is none. */
  findProjectId(name: string): Promise<string | undefined>;
}

export interface ObsObject {
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly eTag: string;
  /** Absent in a bucket without versions, and for objects from before them (`null`). */
  readonly versionId?: string;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** By what a content of a key is told from others. What the answer does not say is absent. */
export interface ObjectIdentity {
  /** Of the whole object, in bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly eTag?: string;
  /** Absent where the bucket has no versions. */
  readonly versionId?: string;
  /** ISO 8601. */
  readonly lastModified?: string;
}

export interface ObjectStart extends ObjectIdentity {
  /** The first bytes; fewer when the object is shorter. */
  readonly start: Buffer;
}

export interface ObsService {
  /**
   * With one request.
   *
   * @throws {CloudError} also when there is no such bucket or object, or it may not be seen: `judgeObsAnswer` says what that means
   */
  readStart(bucket: string, key: string, bytes: number): Promise<ObjectStart>;
  /**
   * The last bytes of an object of `size` bytes, with one request. `undefined` when it has another size by now.
   *
   * @param from how many bytes come before; less than `size`
   * @throws {CloudError} as `readStart`
   */
  readEnd(bucket: string, key: string, from: number, size: number): Promise<Buffer | undefined>;
  /**
   * All objects below a prefix that changed since then, with version ids where the bucket has versions (the newest of each key). Keys in
   * order, those after `after` alone if it is given. Stops after `most`; fewer means that there are no more, unless `goesOn` said no.
   *
   * `goesOn` is asked after each page of keys, changed or not, with the last of them: `false` ends the listing there.
   */
  listSince(
    bucket: string,
    prefix: string,
    since: string,
    most: number,
    after?: string,
    goesOn?: (upTo: string) => boolean,
  ): Promise<ObsObject[]>;
}

export interface SmnService {
  /** PublishMessage. `subject` at most 512 bytes, `message` at most 256 KB. @returns the message's id */
  publish(topicUrn: string, subject: string, message: string): Promise<string>;
}

/** Everything. Each is made when first asked for. */
export interface AllServices extends Services {
  dcsInstances(): Promise<DcsInstances>;
  dcsFollow(): Promise<DcsFollow>;
  smsServers(): Promise<SmsServers>;
  smsFollow(): Promise<SmsFollow>;
  ecs(): Promise<EcsService>;
  iam(): Promise<IamService>;
  obs(): Promise<ObsService>;
  smn(): Promise<SmnService>;
}
