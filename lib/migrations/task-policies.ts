/** What preflight finds before anything changes: `refuse` ends the run, `warn` only says it, `off` does not look. */
export const PREFLIGHTS = ['refuse', 'warn', 'off'] as const;
export type Preflight = (typeof PREFLIGHTS)[number];

/** What becomes of the migration machine of an online task that can't be used: `keep` reports it, `release` deletes the task. */
export const ON_FAILURES = ['keep', 'release'] as const;
type OnFailure = (typeof ON_FAILURES)[number];

export const NOTIFY_EVENTS = ['started', 'succeeded', 'failed', 'stuck', 'parked', 'missed', 'waiting'] as const;
export type NotifyEvent = (typeof NOTIFY_EVENTS)[number];

/** Who is told, and of what. */
export interface Notify {
  /** URN of an SMN topic. */
  readonly smn: string;
  /** At least one, each once. */
  readonly on: readonly NotifyEvent[];
}

/** An incremental task is stopped when source and target differ by at most `offset`, for so long without a break. */
export interface StopWhen {
  readonly offset: number;
  readonly forMs: number;
}

/** What a job says of each of its tasks, whatever the action. It is copied into the plan, and governs the run to its end. */
export interface TaskPolicies {
  /** A task that is not over by then is reported as stuck; one in its steady incremental state never is. */
  readonly deadlineMs: number;
  readonly preflight: Preflight;
  /** Everything is done but the calls that change something. */
  readonly dryRun: boolean;
  readonly onFailure: OnFailure;
  /** Only where the task is configured as incremental. */
  readonly stopWhen?: StopWhen;
  readonly notify?: Notify;
}

/** Of a job that says nothing. */
export const DEFAULT_TASK_POLICIES: TaskPolicies = {
  deadlineMs: 6 * 3_600_000,
  preflight: 'refuse',
  dryRun: false,
  onFailure: 'keep',
};
