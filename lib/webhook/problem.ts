import type { KnownCode } from '../kernel/codes.ts';
import { jsonPointer, MAX_PROBLEMS, type Problem } from '../kernel/errors.ts';
import { PROBLEM_BASE, PROBLEM_TYPES, type ProblemName } from './problem-types.ts';

/** The four fields that API Gateway requires; anything else is a 500 for the caller (User Guide, APIG trigger, 2025-12-29). */
export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Always a string. */
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** The problem that a response reports (RFC 9457). */
export interface ProblemDetails {
  readonly type: ProblemName;
  /** For programs, when it is more specific than the type: the cloud's code. @default the type's name */
  readonly code?: KnownCode | ProblemName;
  readonly detail?: string;
  /** Only for the log: what the caller must not learn. */
  readonly logged?: string;
  /** What is wrong with the caller's fields. */
  readonly problems?: readonly Problem[];
  readonly headers?: Readonly<Record<string, string>>;
  /** More members of the problem object: the run. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A refused request: thrown where the problem is found, turned into a response at the edge. */
export class RequestRefusedError extends Error {
  readonly problem: ProblemDetails;

  constructor(problem: ProblemDetails, options?: ErrorOptions) {
    super(problem.detail ?? PROBLEM_TYPES[problem.type].title, options);
    this.name = 'RequestRefusedError';
    this.problem = problem;
  }
}

export function jsonResponse(
  status: number,
  value: unknown,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): GatewayResponse {
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-request-id': requestId,
      ...headers,
    },
    body: JSON.stringify(value),
    isBase64Encoded: false,
  };
}

const MAX_MESSAGE_LENGTH = 500;

function cut(text: string): string {
  return text.length > MAX_MESSAGE_LENGTH ? `${text.slice(0, MAX_MESSAGE_LENGTH)}...` : text;
}

function fieldError(path: Problem['path'], message: string): { pointer: string; detail: string } {
  return { pointer: cut(jsonPointer(path)), detail: cut(message) };
}

export function problemResponse(problem: ProblemDetails, requestId: string): GatewayResponse {
  const { type, code = type, detail, problems, headers, more } = problem;
  const { status, title } = PROBLEM_TYPES[type];
  const body = {
    type: `${PROBLEM_BASE}${type}`,
    title,
    status,
    code,
    ...(detail ? { detail: cut(detail) } : {}),
    ...(problems && problems.length > 0
      ? { errors: problems.slice(0, MAX_PROBLEMS).map(({ path, message }) => fieldError(path, message)) }
      : {}),
    ...more,
    request_id: requestId,
  };
  return jsonResponse(status, body, requestId, { 'content-type': 'application/problem+json', ...headers });
}
