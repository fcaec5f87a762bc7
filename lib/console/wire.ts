import type { EventLine } from '../local-system/describe-event.ts';
import type { NextStep } from '../runs/operate/next-steps.ts';
import type { RunStep, RunView } from '../runs/report/run-view.ts';
import type { SetView } from '../runs/sets/view-set.ts';

// The protocol between the console's server and its page. Times are ISO 8601, UTC. It contains no secrets, only the names of variables that hold
// them.
//
// GET    /api/stream                            server-sent events: a snapshot, then deltas (`StreamEvents`)
// GET    /api/runs/{job}/{run}                  RunDetails; 404 if there is no such run
// PUT    /api/buckets/{bucket}/objects?key=...  the file's bytes; 201 StoredObject. At most 64 MiB
// POST   /api/timers/{name}/tick                202 TickedTimer
// POST   /api/requests                          RequestBody; 200 GatewayResponse, whatever its status
// POST   /api/deliver-again                     202 {}: delivers the latest object event again
// POST   /api/faults                            FaultBody; 201 { faults: FaultRow[] }
// DELETE /api/faults                            200 { faults: [] }
// GET    /api/faults/kinds                      FaultKinds
//
// A caller whom the kernel can't identify as the user of the system must send the token: `authorization: Bearer ...`, or `?token=...` for the
// stream; otherwise 401. Changing requests need the header `x-console: 1`; JSON bodies need `content-type: application/json`. Errors are
// `application/problem+json`: ConsoleProblemBody.

/** The first message of a stream, named `snapshot`: the current state of everything. A page that reconnects gets a new one. */
export interface Snapshot {
  readonly system: SystemInfo;
  readonly jobs_file: JobsFileInfo;
  /** In the order of the file that the system was started with. */
  readonly jobs: readonly JobInfo[];
  readonly buckets: readonly BucketInfo[];
  readonly timers: readonly TimerInfo[];
  readonly requests: readonly RequestInfo[];
  /** Newest first; the newest 2000. */
  readonly runs: readonly RunRow[];
  /** Open sets of objects, at most 100. */
  readonly sets: readonly SetView[];
  /** Newest first. */
  readonly tasks: readonly TaskRow[];
  /** Oldest first; the newest 500. */
  readonly events: readonly EventRow[];
  readonly faults: readonly FaultRow[];
}

/** The messages of a stream, by name. */
export interface StreamEvents {
  readonly snapshot: Snapshot;
  /** One event. */
  readonly event: EventRow;
  /** Only new or changed rows, at most four times a second. Runs are never removed. */
  readonly runs: readonly RunRow[];
  /** Only new or changed rows. A deleted task is sent once more, with `deleted`. */
  readonly tasks: readonly TaskRow[];
  /** All of them. */
  readonly sets: readonly SetView[];
  /** All of them. */
  readonly faults: readonly FaultRow[];
  readonly jobs_file: JobsFileInfo;
  /** Sent after functions were deployed or removed with --stage local. */
  readonly system: SystemInfo;
  /** All timers, after one has ticked, or when the built functions were paused or resumed. */
  readonly timers: readonly TimerInfo[];
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

export interface RunProgress {
  /** The progress figures, on one line. */
  readonly text: string;
  /** 0 to 100, of the current step; absent if the service does not report it. */
  readonly percent?: number;
}

export interface RunRow extends Pick<RunView, 'job' | 'run' | 'state' | 'task' | 'reason'> {
  readonly received_at: string;
  /** What triggered it: the object's path, the timer's name, or the request's key. */
  readonly source: string;
  readonly progress?: RunProgress;
  /** The time of its newest record, or of the last observed change of its task. */
  readonly updated_at: string;
}

/** A task in the local cloud: its actual state, next to that in the ledger. */
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

/** `topic` and `text` are as printed by npm start. */
export interface EventRow extends EventLine {
  /** Counts up from 1 at each start. */
  readonly id: number;
  readonly at: string;
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

/** A run with its history. */
export interface RunDetails {
  readonly view: Omit<RunView, 'history'>;
  readonly source: string;
  /** All records of the ledger, oldest first. */
  readonly history: readonly RunHistoryStep[];
  /** Possible next steps, on the command line. */
  readonly next_steps: readonly NextStep[];
}

export interface RunHistoryStep extends RunStep {
  /** The invocation that wrote it. */
  readonly by: string;
  /** Other recorded fields, such as `until`, `task` or `call`, but no bodies of calls. */
  readonly details?: Readonly<Record<string, unknown>>;
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
  /** `<operation>=<kind>[,<name>=<value>...]`, as for `npm run fault`. */
  readonly text: string;
  /** How many calls fail; 1 if absent. */
  readonly times?: number;
}

export interface FaultKinds {
  /** The operations of the local cloud, sorted; `*` means any. */
  readonly operations: readonly string[];
  readonly kinds: readonly { readonly kind: string; readonly text: string }[];
}

export interface ConsoleProblemBody {
  readonly title: string;
  readonly detail: string;
  readonly status: number;
}
