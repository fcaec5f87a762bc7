/** Why an invocation failed: the failure causes of the log view (user manual, "Querying logs"). */
export type FailureCause = 'load_failed' | 'initialization_failed' | 'code_error' | 'timed_out' | 'system_error';

/** The result of an invocation. */
export type InvocationResult = Success | Failure;

interface Success {
  readonly requestId: string;
  readonly ok: true;
  /** The handler's return value as JSON; empty if it returned nothing. */
  readonly payload: string;
  readonly memoryBytes: number;
  /** The number of awaits, if they were counted. */
  readonly awaits?: number;
}

export interface Failure {
  readonly requestId: string;
  readonly ok: false;
  readonly cause: FailureCause;
  readonly errorMessage: string;
  readonly errorType: string;
  /** What the caller sees: `{"errorMessage":…,"errorType":…}`. */
  readonly payload: string;
  readonly memoryBytes: number;
  /** The number of awaits, if they were counted and the process survived. */
  readonly awaits?: number;
}

/** Faults to inject into an invocation. All are optional. */
export interface InvocationFaults {
  /** Counts the awaits from the event to the result. @default false, unless killAtAwait is given */
  readonly countAwaits?: boolean;
  /**
   * Kills the process before the continuation of this await, counted from 1. If the invocation has fewer awaits, the process survives, and the
   * result has their number.
   */
  readonly killAtAwait?: number;
  /** Freezes the process (SIGSTOP) before the continuation of this await, until SIGCONT or the timeout. */
  readonly freezeAtAwait?: number;
  /** The timeout of the function, also visible to it. @default the configured timeout */
  readonly timeoutMs?: number;
}

/** A failed invocation, with the payload that the caller sees. */
export function makeFailure(details: Omit<Failure, 'ok' | 'payload'>): Failure {
  const { errorMessage, errorType } = details;
  return { ...details, ok: false, payload: JSON.stringify({ errorMessage, errorType }) };
}

/** Thrown when a request is refused before it reaches an instance. */
export class InvocationRefusedError extends Error {
  override readonly name = 'InvocationRefusedError';
}
