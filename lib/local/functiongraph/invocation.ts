/** Why an invocation failed, in the words of the log view's failure causes (user manual, "Querying logs"). */
export type FailureCause = 'load_failed' | 'initialization_failed' | 'code_error' | 'timed_out' | 'system_error';

/** What came of one invocation. */
export type Invocation = Success | Failure;

interface Success {
  readonly requestId: string;
  readonly ok: true;
  /** JSON text of what the handler returned; empty when it returned nothing. */
  readonly payload: string;
  readonly memoryBytes: number;
}

export interface Failure {
  readonly requestId: string;
  readonly ok: false;
  readonly cause: FailureCause;
  readonly errorMessage: string;
  readonly errorType: string;
  /** What a caller sees: `{"errorMessage":…,"errorType":…}`. */
  readonly payload: string;
  readonly memoryBytes: number;
}

/** A failed invocation, with the payload that a caller sees of it. */
export function makeFailure(details: Omit<Failure, 'ok' | 'payload'>): Failure {
  const { errorMessage, errorType } = details;
  return { ...details, ok: false, payload: JSON.stringify({ errorMessage, errorType }) };
}

/** A request that was refused before any instance saw it. */
export class InvocationRefused extends Error {
  override readonly name = 'InvocationRefused';
}
