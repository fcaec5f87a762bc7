import type { CommonOptions } from '../command-line.ts';

/** What came of one invocation. */
export interface Answer {
  readonly requestId: string;
  /** `accepted`: it runs by itself, and nothing is known of it yet. */
  readonly state: 'done' | 'failed' | 'accepted';
  /** JSON text of what the function returned or failed with; empty when there is nothing. */
  readonly payload: string;
}

export interface Call {
  /** One of ours: `backup-landed`. */
  readonly functionName: string;
  readonly event: unknown;
  /** Of a deployed function, where it is known already; else serverless.yml says it. */
  readonly deployedName?: string;
}

/** A way to functions. */
export interface InvokeRoute {
  /** `local`: here, against what `npm start` runs. `cloud`: here, against the cloud. `deployed`: those that are deployed. */
  readonly kind: 'local' | 'cloud' | 'deployed';
  /** For people. */
  readonly where: string;
  /** Can it create what costs money? Nothing can that runs on this machine. */
  readonly isReal: boolean;
  /** Is what was rejected answered from a ledger when its event comes again? */
  readonly hasLedger: boolean;
  /**
   * Invokes one after the other.
   *
   * @throws {AppError} when one can't be invoked; those before it were
   */
  invoke(calls: readonly Call[]): Promise<readonly Answer[]>;
}

export interface RouteOptions extends CommonOptions {
  readonly async?: boolean;
  readonly name?: string;
  readonly stage?: string;
}
