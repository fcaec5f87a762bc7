import type { NewRunRecord } from '../ledger/run-record.ts';
import type { RunReason, RunResult } from '../report/run-result.ts';
import type { FactName } from './facts.ts';
import type { Ended } from './lane-fact.ts';

/** Writes to the run's log. With `result` this pass ends; without it, the run is decided again on its new state. */
export interface Recording {
  readonly do: 'record';
  readonly records: readonly NewRunRecord[];
  readonly result?: RunResult;
  /** Facts that must be looked up again afterwards. */
  readonly forget?: readonly FactName[];
  /** Logged once, as an error. */
  readonly alarm?: { readonly message: string; readonly reason: RunReason };
  readonly warnings?: readonly string[];
}

export interface Response {
  readonly do: 'respond';
  readonly result: RunResult;
}

/** The next action for a run. */
export type Decision =
  /** Look up these facts, in parallel. */
  | { readonly do: 'learn'; readonly facts: readonly FactName[] }
  | Response
  | Recording
  /** Settle the run: leave its lane and remove its marker, then respond. */
  | { readonly do: 'settle'; readonly result: RunResult }
  /** Leave the lane first, if the run is in it, so that others on the same target need not wait as well. */
  | { readonly do: 'leave'; readonly next: Recording | Response }
  /** Record that this invocation handles the run. */
  | { readonly do: 'claim' }
  /** Join the queue. */
  | { readonly do: 'enter'; readonly ended: readonly Ended[]; readonly next: Recording | Response }
  /** Join the queue and take the turn. */
  | { readonly do: 'hold'; readonly ended: readonly Ended[] }
  /** Complete the plan and take the backups that are required first. */
  | { readonly do: 'prepare' }
  /** Spend the job's budget for the run. */
  | { readonly do: 'spend' }
  /** Record the intent, with facts that are not recorded yet, and send the create call. */
  | { readonly do: 'create'; readonly records: readonly NewRunRecord[] };
