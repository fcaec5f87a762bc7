import { needsOperator } from '../../kernel/transient-failures.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { IN_ONLINE_MIGRATION, type RunState } from '../ledger/run-state.ts';
import type { RunReason } from './run-result.ts';

const HOUR_MS = 60 * 60_000;
/** After these times since it was received, a run that still waits is reported; then daily. */
const FIRST_HOURS = [1, 4, 12];
const THEN_HOURS = 24;

/** The present, for a run that is not over. */
export interface Moment {
  /** ms since 1970. */
  readonly now: number;
  /** Why it waits, as this tick found; the recorded reason may be older. */
  readonly reason?: RunReason | undefined;
}

export interface DueWait {
  /** From 1: the report after one hour, or the first one; 2 after four hours, and so on. The same in each attempt to send it. */
  readonly number: number;
  readonly at: number;
  readonly reason?: RunReason;
}

/**
 * The report that a waiting run is due: one hour after it was received, again after 4 and 12 hours, then daily, whatever it waits for. A wait that does
 * not end by itself is reported at once, which takes the place of the report after one hour.
 *
 * @returns `undefined` when none is due, or the run does not wait: it is over, parked, or its create call may have been sent
 */
export function dueWait(records: readonly RunRecord[], state: RunState, moment: Moment): DueWait | undefined {
  const { received } = state;
  if (!received || !isWaiting(state)) return undefined;
  const { now, reason = state.reason } = moment;
  const why = reason ? { reason } : {};
  const told = records.findLast((record) => record.type === 'notified' && record.event === 'waiting');
  const last = lastTime(now - received.at);
  if (last && (!told || (last.number > 1 && told.at < received.at + last.afterMs))) {
    return { number: last.number, at: now, ...why };
  }
  const isAtOnce = !told && reason?.code === IN_ONLINE_MIGRATION;
  return isAtOnce ? { number: 1, at: now, ...why } : undefined;
}

/**
 * When a run that waits was last due for a report, as far as its reports are not counted: the last of those times, or that of the record after which
 * it is reported at once.
 *
 * @returns `undefined` before the first, and when the run does not wait
 */
export function lastWaitTime(records: readonly RunRecord[], state: RunState, moment: Moment): number | undefined {
  const { received } = state;
  if (!received || !isWaiting(state)) return undefined;
  const { now, reason = state.reason } = moment;
  const last = lastTime(now - received.at);
  if (last) return received.at + last.afterMs;
  if (reason?.code !== IN_ONLINE_MIGRATION) return undefined;
  return records.find((record) => record.type === 'waiting' && record.reason.code === IN_ONLINE_MIGRATION)?.at;
}

/** The last time to report that has passed. */
function lastTime(waitedMs: number): { readonly number: number; readonly afterMs: number } | undefined {
  const hours = waitedMs / HOUR_MS;
  const passed = FIRST_HOURS.filter((after) => hours >= after);
  const first = passed.at(-1);
  if (first === undefined) return undefined;
  const days = passed.length < FIRST_HOURS.length ? 0 : Math.floor((hours - first) / THEN_HOURS);
  return { number: passed.length + days, afterMs: (first + days * THEN_HOURS) * HOUR_MS };
}

function isWaiting({ end, parked, attempt }: RunState): boolean {
  return !end && !parked && !attempt;
}

/** The end of the sentence `The backup import …`. */
export function waitHeadline(reason: RunReason | undefined): string {
  if (reason?.code === IN_ONLINE_MIGRATION) return 'waits for the end of an online migration';
  return reason ? `still waits (${reason.code})` : 'still waits';
}

/** What to do about a run that waits for this reason. */
export function adviceOnWait(reason: RunReason | undefined, { job, run }: { job: string; run: string }): string {
  const show = `npx migrations runs show ${job} ${run}`;
  switch (reason?.code) {
    case IN_ONLINE_MIGRATION:
      return `nothing, if that migration is to continue: this run starts when the task of that migration is stopped. To end that migration, stop its task in the console or cancel its run. To give this run up: npx migrations runs forget ${job} ${run} --why "..."`;
    case 'paused':
      return `nothing, if the pause is intended. To end it: npx migrations resume ${job}, or npx migrations resume for a pause of all jobs`;
    case 'queued':
      return `nothing: it starts when the runs ahead of it are over. To see them: npx migrations runs lanes; to see this run: ${show}`;
    case 'over_budget':
      return 'nothing: it starts when the limit of its job allows. A higher limit applies to later runs only';
    case 'secret_unavailable':
      return `fix it: create or enable the secret in DEW, correct its name, or allow the agency to read it; npx migrations check --live says which. The run then continues automatically; to see it: ${show}`;
    case 'file_missing':
      return `upload the file, unless it is on its way. The run then continues automatically; to see it: ${show}`;
    case 'agent_absent':
      return `start the Agent on the source server, or register the server. The run then continues automatically; to see it: ${show}`;
    default:
      return reason && needsOperator(reason)
        ? `fix it: npx migrations check --live says what is missing. The run then continues automatically; to see it: ${show}`
        : `nothing: it is retried automatically. To see it: ${show}`;
  }
}
