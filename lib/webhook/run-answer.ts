import type { RunResult } from '../runs/run-result.ts';
import { type GatewayResponse, jsonResponse, problemResponse } from './problem.ts';

/** Seconds after which a caller should send a request again that could not be carried out now. */
const RETRY_AFTER_SECONDS = '30';

/** Faults of the deployment, not of the cloud and not of the caller. */
const OUR_CODES = new Set(['secret_missing', 'config', 'internal']);

export interface AnswerOptions {
  readonly requestId: string;
  /** Did the caller set fields of the action? Then the cloud's "invalid" or "not found" may be about them. */
  readonly callerSetFields: boolean;
  /** Did the caller name the occurrence, so that sending again is safe? */
  readonly hasKey: boolean;
}

/**
 * The answer for a run, without a ledger: 201 created, 200 existing, 429 not now, 202 sent and not known. What the cloud refused is 502
 * with its code, or 400/404 where a field of the caller is at fault.
 */
export function runAnswer(result: RunResult, options: AnswerOptions): GatewayResponse {
  const { outcome, reason } = result;
  const more = { run: result };
  switch (outcome) {
    case 'created':
      return jsonResponse(201, result);
    case 'existing':
      return jsonResponse(200, result);
    case 'unknown':
      return jsonResponse(202, {
        ...result,
        next: options.hasKey
          ? 'It is not known yet whether the task was created. Send the same request again with the same Idempotency-Key.'
          : "It is not known yet whether the task was created. Look for task names that start like this job's before sending it again.",
      });
    case 'waiting':
      return problemResponse(
        {
          status: 429,
          code: reason?.code ?? 'waiting',
          title: 'Not now',
          detail: `nothing was created: ${reason?.message ?? 'the service is busy'}; send the same request again later`,
          headers: { 'retry-after': RETRY_AFTER_SECONDS },
          more,
        },
        options.requestId,
      );
    default:
      return refused(result, options);
  }
}

function refused(result: RunResult, { requestId, callerSetFields }: AnswerOptions): GatewayResponse {
  const { code = 'rejected', message, status } = result.reason ?? {};
  if (OUR_CODES.has(code)) {
    const detail = 'the function is not set up for this job; its log says what is missing';
    return problemResponse({ status: 500, code, title: 'Internal error', detail }, requestId);
  }
  const answer = { code, ...(message ? { detail: message } : {}), more: { run: result } };
  if (callerSetFields && (status === 400 || status === 404)) {
    return problemResponse({ ...answer, status, title: 'Refused by the cloud, for a field of the request' }, requestId);
  }
  return problemResponse({ ...answer, status: 502, title: 'Refused by the cloud' }, requestId);
}
