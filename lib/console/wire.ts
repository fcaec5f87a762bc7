import type { Advice } from '../kernel/advice.ts';
import type { Heartbeat } from '../runs/ledger/heartbeat.ts';
import type { Origin } from '../runs/ledger/origin.ts';
import type { BudgetView } from '../runs/operate/budgets.ts';
import type { NextStep } from '../runs/operate/next-steps.ts';
import type { RunStep, RunView } from '../runs/report/run-view.ts';
import type { SetView } from '../runs/sets/view-set.ts';
import type {
  CloudEyeInfo,
  EventRow,
  FaultRow,
  JobsFileInfo,
  MessageRow,
  SystemInfo,
  SystemSnapshot,
  TaskRow,
  TimerInfo,
} from './wire-system.ts';

// The protocol between the console's server and its page. Times are ISO 8601, UTC. It contains no secrets, only the names of variables that hold
// them.
//
// Of every console:
//
// GET    /api/stream                            server-sent events: a snapshot, then deltas (`StreamEvents`)
// GET    /api/places/{place}/runs/{job}/{run}   RunDetails; 404 if there is no such run, 502 if it can't be read
// POST   /api/places/{place}/changes/plan       ChangeRequest; 200 PlannedChange: what to ask before it
// POST   /api/places/{place}/changes            { change: ChangeRequest, ...PlannedChange: as it was }; 200 ChangeResult. Both: 403 without --allow-changes;
//                                               409 if it is refused, or what was planned no longer applies
// POST   /api/more                              202 {}: shows more of the runs that are not open, for all pages
//
// Of the console of a local system (wire-system.ts):
//
// PUT    /api/buckets/{bucket}/objects?key=...  the file's bytes; 201 StoredObject. At most 64 MiB
// POST   /api/timers/{name}/tick                202 TickedTimer
// POST   /api/requests                          RequestBody; 200 GatewayResponse, whatever its status
// POST   /api/deliver-again                     202 {}: delivers the latest object event again
// POST   /api/faults                            FaultBody; 201 { faults: FaultRow[] }
// DELETE /api/faults?fault={id}                 200 { faults: FaultRow[] }: without an id all are removed
// POST   /api/clock                             ClockBody; 200 ClockInfo
// GET    /api/faults/kinds                      FaultKinds
//
// A caller whom the kernel can't identify as the user of the console must send the token: `authorization: Bearer ...`, or `?token=...` for the
// stream; otherwise 401. Requests other than GET need the header `x-console: 1`; JSON bodies need `content-type: application/json`. Errors are
// `application/problem+json`: ConsoleProblemBody.

/** The first message of a stream, named `snapshot`: the current state of everything. A page that reconnects gets a new one. */
export type Snapshot = LedgerSnapshot & Partial<SystemSnapshot>;

/** What is known from ledgers. */
export interface LedgerSnapshot {
  readonly places: readonly PlaceInfo[];
  /** Of each place newest first: open runs, and those that changed last. */
  readonly runs: readonly RunRow[];
  /** Open sets of objects, at most 100 of each place. */
  readonly sets: readonly SetRow[];
}

/** The messages of a stream, by name. Those of the local system come from its console only. */
export interface StreamEvents {
  readonly snapshot: Snapshot;
  /** All of them. */
  readonly places: readonly PlaceInfo[];
  /** Only new or changed rows. */
  readonly runs: readonly RunRow[];
  /** Runs that are no longer shown: `place/job/run`. */
  readonly gone: readonly string[];
  /** All of them. */
  readonly sets: readonly SetRow[];
  /** One event. */
  readonly event: EventRow;
  /** Only new or changed rows. A deleted task is sent once more, with `deleted`. */
  readonly tasks: readonly TaskRow[];
  /** All of them. */
  readonly faults: readonly FaultRow[];
  readonly jobs_file: JobsFileInfo;
  /** Only new ones, oldest first. */
  readonly messages: readonly MessageRow[];
  /** All of it, at most once a second. */
  readonly cloud_eye: CloudEyeInfo;
  /** Sent after functions were deployed or removed with --stage local. */
  readonly system: SystemInfo;
  /** All timers, after one has ticked, or when the built functions were paused or resumed. */
  readonly timers: readonly TimerInfo[];
}

/** A deployment, and what applies to its whole ledger. */
export interface PlaceInfo {
  /** Unique among the places. */
  readonly name: string;
  /** The ledger's location, for people; absent until it is known. */
  readonly ledger?: string;
  /** The environment of the ledger; absent if all of its records are shown. */
  readonly origin?: Origin;
  /** The jobs of its file. */
  readonly jobs: readonly string[];
  /** When it was read last; absent before that, and if it is read all the time. */
  readonly read_at?: string;
  /** Why it can't be read; the rest is as it was read last. */
  readonly trouble?: string;
  /** Whether `reconcile` runs; absent until it is known. */
  readonly heartbeat?: Heartbeat;
  /** Whether an operator may change something in it from here. */
  readonly allows_changes: boolean;
  readonly pauses: readonly PauseInfo[];
  /** The limits of jobs in the current window: first those that runs wait for. At most a minute old. */
  readonly budgets: readonly BudgetView[];
  /** What could not be read, here or by `reconcile`, and what to do. */
  readonly unreadable: readonly UnreadableInfo[];
  /** How many runs of the ledger are not shown. */
  readonly runs_left: number;
}

export interface PauseInfo {
  /** Absent: all jobs. */
  readonly job?: string;
  readonly since: string;
  readonly by: string;
  readonly why?: string;
}

export interface UnreadableInfo {
  readonly job: string;
  readonly run: string;
  readonly why: string;
  readonly since?: string;
  readonly advice: string;
}

export interface SetRow extends SetView {
  readonly place: string;
}

export interface RunProgress {
  /** The progress figures, on one line. */
  readonly text: string;
  /** 0 to 100, of the current step; absent if the service does not report it. */
  readonly percent?: number;
}

export interface RunRow extends Pick<RunView, 'job' | 'run' | 'state' | 'task' | 'reason'> {
  readonly place: string;
  readonly received_at: string;
  /** What triggered it: the object's path, the timer's name, or the request's key. */
  readonly source: string;
  readonly progress?: RunProgress;
  /** The time of its newest record, or of the last observed change of its task. */
  readonly updated_at: string;
}

/** A run with its history. */
export interface RunDetails {
  readonly place: string;
  /** The environment that it belongs to. */
  readonly origin?: Origin;
  /** About its reason. */
  readonly advice?: Advice;
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

/** What a person is asked before a change. */
export interface PlannedChange {
  readonly question: string;
  /** What to know before the answer. */
  readonly notes: readonly string[];
}

export interface ChangeResult {
  /** False: nothing to do, or not now. */
  readonly done: boolean;
  /** What has happened. */
  readonly lines: readonly string[];
}

export interface ConsoleProblemBody {
  readonly title: string;
  readonly detail: string;
  readonly status: number;
}
