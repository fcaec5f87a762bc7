import type { EventLine } from '../local-system/describe-event.ts';
import type { NextStep } from '../runs/operate/next-steps.ts';
import type { RunStep, RunView } from '../runs/report/run-view.ts';
import type { SetView } from '../runs/sets/view-set.ts';

// What the console's server and its page say to each other. Times are ISO 8601, UTC. All of it is data for people: no secret is in it, only the
// names of the variables that hold one.
//
// GET    /api/stream                            server-sent events: a snapshot, then deltas (`StreamEvents`)
// GET    /api/runs/{job}/{run}                  RunAnswer; 404 when there is no such run
// PUT    /api/buckets/{bucket}/objects?key=...  the file's bytes; 201 ObjectAnswer. At most 64 MiB
// POST   /api/timers/{name}/tick                202 TickAnswer
// POST   /api/requests                          RequestBody; 200 RequestAnswer, whatever the gateway answered
// POST   /api/deliver-again                     202 {}: the latest event of an object once more
// POST   /api/faults                            FaultBody; 201 { faults: FaultRow[] }
// DELETE /api/faults                            200 { faults: [] }
// GET    /api/faults/kinds                      FaultKinds
//
// Who is not known to the kernel as the user of the system shows its token: `authorization: Bearer ...`, for the stream `?token=...`; else 401.
// Whatever changes something needs the header `x-console: 1`; a JSON body needs `content-type: application/json`. Errors are
// `application/problem+json`: ProblemAnswer.

/** The first message of a stream, named `snapshot`: everything, as it is. A page that reconnects gets a new one. */
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
  /** Sets of objects that are open: at most 100. */
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
  /** One thing that happened. */
  readonly event: EventRow;
  /** Only rows that are new or changed, at most four times a second. A run never goes away. */
  readonly runs: readonly RunRow[];
  /** Only rows that are new or changed. A task that was deleted comes once more with `deleted`. */
  readonly tasks: readonly TaskRow[];
  /** All of them. */
  readonly sets: readonly SetView[];
  /** All of them. */
  readonly faults: readonly FaultRow[];
  readonly jobs_file: JobsFileInfo;
  /** After functions were deployed or removed with --stage local. */
  readonly system: SystemInfo;
  /** All of them, after one has ticked, or when the built functions came to rest or awoke. */
  readonly timers: readonly TimerInfo[];
}

export interface SystemInfo {
  readonly region: string;
  readonly project_id: string;
  readonly started_at: string;
  readonly cloud_url: string;
  readonly obs_url: string;
  readonly gateway_url: string;
  /** Relative to where npm start was called. */
  readonly buckets_folder: string;
  readonly log_file: string;
  /** How many times faster than documented tasks walk. */
  readonly speed: number;
  /** Functions were deployed with --stage local: those of the project rest, and their triggers with them. */
  readonly resting: boolean;
}

export interface JobsFileInfo {
  readonly path: string;
  /** As it is on disk now; empty when it can't be read (then a problem says so). At most 1 MiB. */
  readonly text: string;
  /** In the order of the lines. */
  readonly problems: readonly JobsFileProblem[];
  /** What runs is what the file said at the start: npm start has to be started again for what it says now. */
  readonly changed_since_start: boolean;
}

export interface JobsFileProblem {
  /** 1-based; absent when it is about no line. */
  readonly line?: number;
  /** `jobs.restore-staging.on`; `(document)` for the whole. */
  readonly path: string;
  readonly message: string;
  readonly level: 'error' | 'warning';
  /** What to write there, as `npx migrations check` says it; absent where it has none. */
  readonly remedy?: string;
}

export interface JobInfo {
  readonly name: string;
  /** `backup_import`, `online_migration` or `server_migration`. */
  readonly kind: string;
  /** What starts it, each in one line. */
  readonly triggers: readonly { readonly kind: 'object_created' | 'schedule' | 'request'; readonly text: string }[];
  readonly dry_run: boolean;
}

export interface BucketInfo {
  readonly name: string;
  /** The jobs that watch it, and the glob of their keys. Empty for a bucket that is only read from. */
  readonly watched: readonly { readonly job: string; readonly key: string }[];
  /** A key that would start a job; absent when none can be guessed. */
  readonly sample_key?: string;
}

export interface TimerInfo {
  readonly name: string;
  readonly function: string;
  readonly schedule: string;
  /** With the zone that the schedule is read in, as RFC 9557 has it: `2026-03-14T02:00:00+08:00[Asia/Singapore]`. Absent when it never ticks again, and for `reconcile`, which ticks all the time. */
  readonly next?: string;
}

export interface RequestInfo {
  readonly job: string;
  /** Body fields that a caller may set. */
  readonly accepts: readonly string[];
  /** What the job's function asks of its callers; `gateway`: nothing, for the API Gateway knows them, or nobody has to. */
  readonly auth: 'gateway' | 'standard_webhooks' | 'bearer';
  /** A body to begin with. */
  readonly sample_body: Readonly<Record<string, unknown>>;
}

export interface RunProgress {
  /** The figures in one line. */
  readonly text: string;
  /** 0 to 100, of the step that it is in; absent when the service gives none. */
  readonly percent?: number;
}

export interface RunRow extends Pick<RunView, 'job' | 'run' | 'state' | 'task' | 'reason'> {
  readonly received_at: string;
  /** What came: the object's path, the timer's name, the request's key. */
  readonly source: string;
  readonly progress?: RunProgress;
  /** Of its newest record, or when the state of its task was seen to change. */
  readonly updated_at: string;
}

/** A task as the local cloud has it: its truth, beside that of the ledger. */
export interface TaskRow {
  /** The service. */
  readonly kind: 'DCS' | 'SMS';
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Id of the DCS instance that it writes to, or of the source server that it moves. */
  readonly target?: string;
  readonly progress?: RunProgress;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted?: true;
}

/** `topic` and `text` as npm start prints them. */
export interface EventRow extends EventLine {
  /** Counts up from 1 at each start. */
  readonly id: number;
  readonly at: string;
}

export interface FaultRow {
  /** 1-based place in the order in which they come. */
  readonly id: number;
  /** `*` is any. */
  readonly operation: string;
  readonly service?: string;
  readonly kind: string;
  /** How many calls it will spoil yet. */
  readonly remaining: number;
  /** What goes wrong, in words. */
  readonly text: string;
}

/** A run with its history. */
export interface RunAnswer {
  readonly view: Omit<RunView, 'history'>;
  readonly source: string;
  /** Oldest first; every record of the ledger. */
  readonly history: readonly RunHistoryStep[];
  /** What an operator can do, on the command line. */
  readonly next_steps: readonly NextStep[];
}

export interface RunHistoryStep extends RunStep {
  /** The invocation that wrote it. */
  readonly by: string;
  /** What else was recorded, such as `until`, `task` or `call`; nothing of the body of a call. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface ObjectAnswer {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
}

export interface TickAnswer {
  readonly timer: string;
}

export interface RequestBody {
  readonly job: string;
  /** Absent: a request without a body. */
  readonly body?: unknown;
  readonly idempotency_key?: string;
}

export interface RequestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As it came; JSON as a rule. */
  readonly body: string;
}

export interface FaultBody {
  /** `<operation>=<kind>[,<name>=<value>...]`, as `npm run fault` takes it. */
  readonly text: string;
  /** How many calls it spoils; 1 if absent. */
  readonly times?: number;
}

export interface FaultKinds {
  /** What the local cloud can be asked for, sorted; `*` is any. */
  readonly operations: readonly string[];
  readonly kinds: readonly { readonly kind: string; readonly text: string }[];
}

export interface ProblemAnswer {
  readonly title: string;
  readonly detail: string;
  readonly status: number;
}
