import { jsonPointer, type Problem } from '../errors.ts';

/** The four fields that API Gateway wants back; anything else is a 500 for the caller (User Guide, APIG trigger, 2025-12-29). */
export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Always text. */
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** An answer that says why not (RFC 9457). */
export interface ProblemAnswer {
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  /** What is wrong with the caller's fields. */
  readonly problems?: readonly Problem[];
  readonly headers?: Readonly<Record<string, string>>;
  /** More members of the problem object: the run, the cloud's code. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A request that is refused: thrown where that is found, answered at the edge. */
export class RequestRefused extends Error {
  readonly answer: ProblemAnswer;

  constructor(answer: ProblemAnswer, options?: ErrorOptions) {
    super(answer.detail ?? answer.title, options);
    this.name = 'RequestRefused';
    this.answer = answer;
  }
}

const COMMON_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): GatewayResponse {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', ...COMMON_HEADERS, ...headers },
    body: JSON.stringify(value),
    isBase64Encoded: false,
  };
}

export function problemResponse(answer: ProblemAnswer, requestId: string): GatewayResponse {
  const { status, code, title, detail, problems, headers, more } = answer;
  const body = {
    type: `urn:huaweicloud-migration-functions:problem:${code}`,
    title,
    status,
    code,
    ...(detail ? { detail } : {}),
    ...(problems && problems.length > 0
      ? { errors: problems.map(({ path, message }) => ({ pointer: jsonPointer(path), detail: message })) }
      : {}),
    ...more,
    request_id: requestId,
  };
  return jsonResponse(status, body, { 'content-type': 'application/problem+json', ...headers });
}
