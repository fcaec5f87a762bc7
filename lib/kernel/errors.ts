import type { Code, KnownCode } from './codes.ts';

/** What every error of ours carries: a stable `code` for programs, a message for people, and the original as `cause`. */
export class AppError extends Error {
  readonly code: KnownCode;

  constructor(code: KnownCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** What whatever was thrown says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One thing that is wrong in a file or a request: where, and why. */
export interface Problem {
  /** Keys and indexes from the root of the document. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** 1-based, for YAML and JSON text; absent for values that never were text. */
  readonly line?: number;
}

/**
 * So many problems of one value are looked for and shown: whoever sends 20,000 wrong fields gets no answer, log line or record of 20,000. Whoever
 * stops there says so, in the last of them.
 */
export const MAX_PROBLEMS = 50;

/** The last problem of a value of which no more are looked for. */
export function tooManyProblems(path: Problem['path']): Problem {
  return {
    path,
    message: `has more problems than the ${MAX_PROBLEMS - 1} that are listed; it was not looked at further`,
  };
}

/** `a.b[0].c`, as a person writes it; the root is `(document)`. */
export function formatPath(path: readonly (string | number)[]): string {
  if (path.length === 0) return '(document)';
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}

/** RFC 6901; the root is the empty string. */
export function jsonPointer(path: readonly (string | number)[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * The function is set up wrongly: its jobs file or a setting. No event can work until it is deployed again; a retry does not help.
 * All problems are in it at once.
 */
export class ConfigError extends AppError {
  readonly problems: readonly Problem[];

  constructor(what: string, problems: readonly Problem[], options?: ErrorOptions) {
    super('config', `${what}: ${problems.map(problemText).join('; ')}`, options);
    this.problems = problems;
  }
}

function problemText({ line, path, message }: Problem): string {
  const where = [...(line === undefined ? [] : [`line ${line}`]), ...(path.length === 0 ? [] : [formatPath(path)])];
  return where.length === 0 ? message : `${where.join(', ')}: ${message}`;
}

/** This event can never work: it is not what the function expects. A retry does not help. */
export class EventError extends AppError {
  readonly path: string;
  readonly received: string;

  constructor(path: string, received: string, expected: string, options?: ErrorOptions & { readonly code?: Code }) {
    super(
      options?.code ?? 'event',
      `event${path ? ` at ${path}` : ''}: received ${received}, expected ${expected}`,
      options,
    );
    this.path = path;
    this.received = received;
  }
}

/** The key of an object in an event is not UTF-8, however it is read: no object has such a key. A retry does not help. */
export class ObjectKeyError extends EventError {
  constructor(path: string, key: string) {
    const expected = 'a key that is UTF-8 when it is form-decoded; if keys come raw, set OBJECT_KEYS';
    super(path, JSON.stringify(key.slice(0, 60)), expected, { code: 'key_not_utf8' });
  }
}

/**
 * A run can't be started as asked: a value is missing, a field is outside the API's limits, a source server has a task already.
 * Nothing was created. `problems` say where, when fields are at fault. A retry does not help.
 */
export class RunError extends AppError {
  readonly problems: readonly Problem[];

  constructor(code: Code, message: string, problems: readonly Problem[] = [], options?: ErrorOptions) {
    super(code, message, options);
    this.problems = problems;
  }
}

/**
 * What is known of a call that failed.
 *
 * - `rejected`: the service said no; surely nothing was created.
 * - `not_sent`: surely nothing reached the service.
 * - `unknown`: it was sent and no usable answer came; it may or may not have happened.
 */
export type FailedCallOutcome = 'rejected' | 'not_sent' | 'unknown';

export interface CloudErrorDetails {
  readonly service: string;
  readonly operation: string;
  readonly outcome: FailedCallOutcome;
  /** Will the same call work later without anybody changing anything? Busy instances, throttling, a network that was down. */
  readonly temporary: boolean;
  /** HTTP status, when an answer came. */
  readonly status?: number;
  /** The cloud's code (`DCS.4026`, `SMS.9004`, `APIGW.0301`), or the network's (`ECONNRESET`). */
  readonly cloudCode?: KnownCode;
  readonly cloudMessage?: string;
  /** The cloud's request id, for its support. */
  readonly requestId?: string;
  /** SMS: the values that its message is about (`error_param`). */
  readonly params?: readonly string[];
  /** SMS: `details` of the answer. */
  readonly details?: readonly { readonly code?: string; readonly message?: string }[];
  /** SMS: decode with the IAM call `DecodeAuthorizationMessage` to see which permission was missing. */
  readonly encodedAuthorizationMessage?: string;
  /** Seconds that the service asked to wait (`Retry-After`). */
  readonly retryAfterSeconds?: number;
  /** What the call was about: the id of an instance, server or task, or a bucket and a key. Absent where the operation says it all. */
  readonly resource?: string;
}

/** A call to the cloud failed. Fields are for programs; the message names service, operation, status, code and request id. */
export class CloudError extends AppError implements CloudErrorDetails {
  readonly service: string;
  readonly operation: string;
  readonly outcome: FailedCallOutcome;
  readonly temporary: boolean;
  declare readonly status?: number;
  declare readonly cloudCode?: KnownCode;
  declare readonly cloudMessage?: string;
  declare readonly requestId?: string;
  declare readonly params?: readonly string[];
  declare readonly details?: readonly { readonly code?: string; readonly message?: string }[];
  declare readonly encodedAuthorizationMessage?: string;
  declare readonly retryAfterSeconds?: number;
  declare readonly resource?: string;

  constructor(details: CloudErrorDetails, options?: ErrorOptions) {
    const { service, operation, outcome, temporary, ...known } = details;
    const answer = [known.status, known.cloudCode, known.cloudMessage].filter((part) => part !== undefined).join(' ');
    const id = known.requestId ? ` (request ${known.requestId})` : '';
    super(details.cloudCode ?? outcome, `${service} ${operation}: ${outcome}: ${answer || 'no answer'}${id}`, options);
    this.service = service;
    this.operation = operation;
    this.outcome = outcome;
    this.temporary = temporary;
    Object.assign(this, known);
  }
}
