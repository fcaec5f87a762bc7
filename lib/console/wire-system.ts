import type { EventLine } from '../local-system/describe-event.ts';
import type { RunProgress } from './wire.ts';

// The part of the protocol (wire.ts) that only the console of a local system has.

export interface SystemSnapshot {
  readonly system: SystemInfo;
  readonly jobs_file: JobsFileInfo;
  /** In the order of the file that the system was started with. */
  readonly jobs: readonly JobInfo[];
  readonly buckets: readonly BucketInfo[];
  readonly timers: readonly TimerInfo[];
  readonly requests: readonly RequestInfo[];
  /** Newest first. */
  readonly tasks: readonly TaskRow[];
  /** Oldest first; the newest 500. */
  readonly events: readonly EventRow[];
  readonly faults: readonly FaultRow[];
  /** Oldest first; the newest 200. */
  readonly messages: readonly MessageRow[];
  readonly cloud_eye: CloudEyeInfo;
}

export interface SystemInfo {
  readonly region: string;
  readonly project_id: string;
  readonly started_at: string;
  readonly cloud_url: string;
  readonly obs_url: string;
  readonly gateway_url: string;
  /** Relative to the working directory of npm start. */
  readonly buckets_folder: string;
  readonly log_file: string;
  /** How many times faster than documented tasks run. */
  readonly speed: number;
  readonly clock: ClockInfo;
  /** Functions are deployed with --stage local, so those of the project, and their triggers, are paused. */
  readonly resting: boolean;
}

export interface JobsFileInfo {
  readonly path: string;
  /** The current contents; empty if it can't be read, which is then a problem. At most 1 MiB. */
  readonly text: string;
  /** In the order of the lines. */
  readonly problems: readonly JobsFileProblem[];
  /** The system runs with the file's contents at the start: restart it to apply changes. */
  readonly changed_since_start: boolean;
}

export interface JobsFileProblem {
  /** 1-based; absent if it does not concern a line. */
  readonly line?: number;
  /** `jobs.restore-staging.on`; `(document)` for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly level: 'error' | 'warning';
  /** What to write there, as in `npx migrations check`; absent if unknown. */
  readonly remedy?: string;
}

export interface JobInfo {
  readonly name: string;
  /** `backup_import`, `online_migration` or `server_migration`. */
  readonly kind: string;
  /** Its triggers, one line each. */
  readonly triggers: readonly { readonly kind: 'object_created' | 'schedule' | 'request'; readonly text: string }[];
  readonly dry_run: boolean;
}

export interface BucketInfo {
  readonly name: string;
  /** The jobs that watch it, and the glob of their keys. Empty for a bucket that is only read from. */
  readonly watched: readonly { readonly job: string; readonly key: string }[];
  /** A key that would start a job; absent if none can be guessed. */
  readonly sample_key?: string;
}

export interface TimerInfo {
  readonly name: string;
  readonly function: string;
  readonly schedule: string;
  /** With the schedule's time zone (RFC 9557): `2026-03-14T02:00:00+08:00[Asia/Singapore]`. Absent if it never ticks again, and for `reconcile`, which ticks constantly. */
  readonly next?: string;
}

export interface RequestInfo {
  readonly job: string;
  /** Body fields that a caller may set. */
  readonly accepts: readonly string[];
  /** How the function authenticates callers. `gateway`: not at all, because the API Gateway does, or it is not required. */
  readonly auth: 'gateway' | 'standard_webhooks' | 'bearer';
  /** A sample body. */
  readonly sample_body: Readonly<Record<string, unknown>>;
}

export interface TaskRow {
  /** The service. */
  readonly kind: 'DCS' | 'SMS';
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Id of the target DCS instance, or of the source server. */
  readonly target?: string;
  readonly progress?: RunProgress;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted?: true;
}

export interface EventRow extends EventLine {
  /** Counts up from 1 at each start. */
  readonly id: number;
  readonly at: string;
}

/** A message that was published to a topic of SMN. */
export interface MessageRow {
  readonly id: string;
  readonly at: string;
  /** URN of the topic. */
  readonly topic: string;
  readonly subject: string;
  readonly text: string;
}

/** What the local Cloud Eye has; empty lists unless the jobs file has `cloud_eye`, or something else reports to it. */
export interface CloudEyeInfo {
  readonly alarms: readonly CloudEyeAlarm[];
  readonly metrics: readonly CloudEyeMetric[];
  /** Newest first; the newest 50. */
  readonly events: readonly CloudEyeEvent[];
}

export interface CloudEyeAlarm {
  readonly id: string;
  readonly name: string;
  /** Namespace, name and dimensions of its metric or event. */
  readonly watches: string;
  /** When it fires, for people. */
  readonly condition: string;
  readonly state: 'ok' | 'alarm' | 'insufficient_data';
  readonly changed_at: string;
}

export interface CloudEyeMetric {
  /** Namespace, name and dimensions. */
  readonly name: string;
  /** The last value that was reported, and its unit; empty if it has none. */
  readonly value: number;
  readonly unit: string;
  readonly at: string;
}

export interface CloudEyeEvent {
  readonly id: string;
  readonly at: string;
  readonly name: string;
  readonly level: string;
  readonly resource?: string;
  readonly content: string;
}

export interface FaultRow {
  /** The number by which it can be undone. */
  readonly id: number;
  /** In text form, such as `CreateMigrationTask=reply_lost`. */
  readonly fault: string;
  /** How many more times it will happen; absent: until it is undone. */
  readonly remaining?: number;
  /** A description of the fault. */
  readonly text: string;
}

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
}

export interface TickedTimer {
  readonly timer: string;
}

export interface RequestBody {
  readonly job: string;
  /** Absent: a request without a body. */
  readonly body?: unknown;
  readonly idempotency_key?: string;
}

export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Unparsed; usually JSON. */
  readonly body: string;
}

export interface FaultBody {
  /** `<what>=<kind>[,<name>=<value>...]`, as for `npm run fault`. */
  readonly text: string;
}

/** One of both. */
export interface ClockBody {
  /** How many times as fast as real time, 1 to 100. */
  readonly rate?: number;
  /** How far the clock is moved forward, such as `4h`. */
  readonly advance?: string;
}

export interface ClockInfo {
  /** The region's time. */
  readonly now: string;
  readonly rate: number;
  /** Whether it differs from real time. */
  readonly moved: boolean;
}

export interface FaultKind {
  readonly kind: string;
  readonly text: string;
  /** The names of its options, without `times`. */
  readonly options: readonly string[];
  /** Whether it has the option `times`. */
  readonly counted: boolean;
}

export interface FaultKinds {
  /** The operations of the local cloud, sorted; `*` means any. */
  readonly operations: readonly string[];
  readonly kinds: readonly FaultKind[];
  /** What can go wrong besides calls. */
  readonly situations: readonly { readonly subject: string; readonly kinds: readonly FaultKind[] }[];
}
