import type { NewRunRecord } from '../ledger/run-record.ts';
import type { RunReason, RunResult } from '../report/run-result.ts';
import type { FactName } from './facts.ts';
import type { Ended } from './lane-fact.ts';

/** Writes to the run's log. With `result` that is the end of it for now; without, it is decided again on what is there then. */
export interface Recording {
  readonly do: 'record';
  readonly records: readonly NewRunRecord[];
  readonly result?: RunResult;
  /** Facts that have to be found out again afterwards. */
  readonly forget?: readonly FactName[];
  /** Said loudly, once. */
  readonly alarm?: { readonly message: string; readonly reason: RunReason };
  readonly warnings?: readonly string[];
}

export interface Response {
  readonly do: 'respond';
  readonly result: RunResult;
}

/** What is to be done next about a run. */
export type Decision =
  /** Find out these facts, side by side. */
  | { readonly do: 'learn'; readonly facts: readonly FactName[] }
  | Response
  | Recording
  /** Bring the end of the run into its lane and its marker, then respond. */
  | { readonly do: 'settle'; readonly result: RunResult }
  /** Leave the lane first, if it stands there: others on the same target need not wait as well. */
  | { readonly do: 'leave'; readonly next: Recording | Response }
  /** Record that this invocation handles the run. */
  | { readonly do: 'claim' }
  /** Join the queue. */
  | { readonly do: 'enter'; readonly ended: readonly Ended[]; readonly next: Recording | Response }
  /** Join the queue and take the turn. */
  | { readonly do: 'hold'; readonly ended: readonly Ended[] }
  /** Take the backups that have to be there first. */
  | { readonly do: 'prepare' }
  /** Take the run out of the job's budget. */
  | { readonly do: 'spend' }
  /** Record the intent, with what is not recorded yet, and send the create call. */
  | { readonly do: 'create'; readonly records: readonly NewRunRecord[] };
