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
  /** How many awaits it took; present if they were counted. */
  readonly awaits?: number;
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
  /** How many awaits it took; present if they were counted and the process lived. */
  readonly awaits?: number;
}

/** What goes wrong with one invocation. Without any of it, it is an ordinary one. */
export interface InvocationFaults {
  /** Counts the awaits from the event to the answer. @default false, unless killAtAwait is given */
  readonly countAwaits?: boolean;
  /**
   * The process dies before the continuation of this await, counted from 1. Above what the invocation takes, it lives, and its result
   * says how many there were.
   */
  readonly killAtAwait?: number;
  /** The process stands still (SIGSTOP) before the continuation of this await, until it gets SIGCONT or its time is over. */
  readonly freezeAtAwait?: number;
  /** The function has only so much time, and is told so. @default the function's time limit */
  readonly timeoutMs?: number;
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
