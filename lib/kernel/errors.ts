import type { Code, KnownCode } from './codes.ts';

/** Base of all our errors: a stable `code` for programs, a message for people, and the original error as `cause`. */
export class AppError extends Error {
  readonly code: KnownCode;

  constructor(code: KnownCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The message of a thrown value of any kind. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One problem in a file or a request: where, and what. */
export interface Problem {
  /** Keys and indexes from the root of the document. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** 1-based, for parsed YAML and JSON; absent for values that were not parsed from text. */
  readonly line?: number;
}

/**
 * Maximum number of problems of one value that are searched for and reported, so that 20,000 wrong fields do not produce a response, log line or record
 * with 20,000 entries. When a check stops here, its last problem says so.
 */
export const MAX_PROBLEMS = 50;

/** The last problem of a value that has too many. */
export function tooManyProblems(path: Problem['path']): Problem {
  return {
    path,
    message: `has more problems than the ${MAX_PROBLEMS - 1} listed; the rest was not checked`,
  };
}

/** A path in the form `a.b[0].c`; the root is `(document)`. */
export function formatPath(path: readonly (string | number)[]): string {
  if (path.length === 0) return '(document)';
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}

/** A path as a JSON pointer (RFC 6901); the root is the empty string. */
export function jsonPointer(path: readonly (string | number)[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * The function is misconfigured: its jobs file or a setting is wrong. No event can be handled until it is deployed again; a retry does not help.
 * Contains all problems, not just the first.
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

/** The event is not what the function expects. A retry does not help. */
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

/** The object key in an event is not valid UTF-8 in any decoding, so no object has it. A retry does not help. */
export class ObjectKeyError extends EventError {
  constructor(path: string, key: string) {
    const expected = 'a key that is UTF-8 after form decoding; if keys are not encoded, set OBJECT_KEYS';
    super(path, JSON.stringify(key.slice(0, 60)), expected, { code: 'key_not_utf8' });
  }
}

/**
 * A run can't be started as requested: a value is missing, a field is outside the API's limits, or a source server already has a task.
 * Nothing was created. If fields are at fault, `problems` lists them. A retry does not help.
 */
export class RunError extends AppError {
  readonly problems: readonly Problem[];

  constructor(code: Code, message: string, problems: readonly Problem[] = [], options?: ErrorOptions) {
    super(code, message, options);
    this.problems = problems;
  }
}

/**
 * What is known about a failed call.
 *
 * - `rejected`: the service refused it; nothing was created.
 * - `not_sent`: nothing reached the service.
 * - `unknown`: it was sent and no usable response came back; it may or may not have taken effect.
 */
export type FailedCallOutcome = 'rejected' | 'not_sent' | 'unknown';

export interface CloudErrorDetails {
  readonly service: string;
  readonly operation: string;
  readonly outcome: FailedCallOutcome;
  /** Could the same call succeed later without any change? True for busy instances, throttling and network failures. */
  readonly temporary: boolean;
  /** HTTP status, if there was a response. */
  readonly status?: number;
  /** The cloud's code (`DCS.4026`, `SMS.9004`, `APIGW.0301`), or the network's (`ECONNRESET`). */
  readonly cloudCode?: KnownCode;
  readonly cloudMessage?: string;
  /** The cloud's request id, for its support team. */
  readonly requestId?: string;
  /** SMS: the values that its message refers to (`error_param`). */
  readonly params?: readonly string[];
  /** SMS: `details` of the response. */
  readonly details?: readonly { readonly code?: string; readonly message?: string }[];
  /** SMS: decode with the IAM call `DecodeAuthorizationMessage` to see which permission was missing. */
  readonly encodedAuthorizationMessage?: string;
  /** The action of IAM that the call needs; only for a refusal with 403. */
  readonly action?: string;
  /** How many seconds the service asked us to wait (`Retry-After`). */
  readonly retryAfterSeconds?: number;
  /** What the call was about: the id of an instance, server or task, or a bucket and a key. Absent if the operation has no resource. */
  readonly resource?: string;
}

/** A call to the cloud failed. The fields are for programs; the message names service, operation, status, code and request id. */
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
  declare readonly action?: string;
  declare readonly retryAfterSeconds?: number;
  declare readonly resource?: string;

  constructor(details: CloudErrorDetails, options?: ErrorOptions) {
    const { service, operation, outcome, temporary, ...known } = details;
    const response = [known.status, known.cloudCode, known.cloudMessage].filter((part) => part !== undefined).join(' ');
    const needs = known.action === undefined ? '' : `; it needs ${known.action}`;
    const id = known.requestId ? ` (request ${known.requestId})` : '';
    super(
      details.cloudCode ?? outcome,
      `${service} ${operation}: ${outcome}: ${response || 'no response'}${needs}${id}`,
      options,
    );
    this.service = service;
    this.operation = operation;
    this.outcome = outcome;
    this.temporary = temporary;
    Object.assign(this, known);
  }
}
