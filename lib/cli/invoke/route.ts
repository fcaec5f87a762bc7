import type { CommonOptions } from '../command-line.ts';

/** The result of one invocation. */
export interface InvokeResult {
  readonly requestId: string;
  /** `accepted`: invoked asynchronously, with no result yet. */
  readonly state: 'done' | 'failed' | 'accepted';
  /** What the function returned or failed with, as JSON; empty if nothing. */
  readonly payload: string;
}

export interface FunctionCall {
  /** The function's name in this project: `backup-landed`. */
  readonly functionName: string;
  readonly event: unknown;
  /** The name in FunctionGraph, if already known; else serverless.yml gives it. */
  readonly deployedName?: string;
}

/** A way to invoke functions. */
export interface InvokeRoute {
  /** `local`: on this machine, against `npm start`. `cloud`: on this machine, against the cloud. `deployed`: the deployed functions. */
  readonly kind: 'local' | 'cloud' | 'deployed';
  /** For people. */
  readonly where: string;
  /** Can it create anything that costs money? */
  readonly isReal: boolean;
  /** Is there a ledger, which answers for a rejected run when its event is delivered again? */
  readonly hasLedger: boolean;
  /**
   * Invokes the functions one after the other.
   *
   * @throws {AppError} if one can't be invoked; those before it were invoked
   */
  invoke(calls: readonly FunctionCall[]): Promise<readonly InvokeResult[]>;
}

export interface RouteOptions extends CommonOptions {
  readonly async?: boolean;
  readonly name?: string;
  readonly stage?: string;
}
