import type { ProbeResponse } from '../../cloud/programs/probe-calls.ts';
import type { CloudError } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';

/** `DCS.4026`, `APIGW.0301`, `111400017`: never anything longer, such as an ID. */
const CODE = /^([A-Za-z]{2,10}\.\d{2,8}|\d{6,10})$/;
/** Codes of OBS (`NoSuchBucket`), of the network (`ECONNRESET`), and our own (`out_of_time`). */
const WORD = /^(([A-Z][a-z]+){2,8}|E[A-Z_]{4,14}|[a-z]+(_[a-z]+){1,4})$/;

/** The code in the body of an error response; `undefined` if it has none of the known form. */
export function codeOf(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const { error_code: code } = body;
  return typeof code === 'string' && CODE.test(code) ? code : undefined;
}

/** Service, operation, status and code of a response. */
export function responseText({ service, operation, status, body }: ProbeResponse): string {
  return `${service} ${operation}: ${statusText({ status, body })}`;
}

/** Status and code. */
export function statusText({ status, body }: Pick<ProbeResponse, 'status' | 'body'>): string {
  return [status, codeOf(body)].filter((part) => part !== undefined).join(' ');
}

/** As `responseText`, for a call that failed: without its message and resource, which may contain IDs and addresses. */
export function callText({ service, operation, status, cloudCode }: CloudError): string {
  const isKnown = cloudCode !== undefined && (CODE.test(cloudCode) || WORD.test(cloudCode));
  return `${service} ${operation}: ${[status, isKnown ? cloudCode : undefined].filter((part) => part !== undefined).join(' ') || 'failed'}`;
}
