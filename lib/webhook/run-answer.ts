import type { KnownCode } from '../kernel/codes.ts';
import { type RunReason, type RunResult, waitsForSomebody } from '../runs/report/run-result.ts';
import { KEY_REUSED, TOO_MANY_WAITING } from '../runs/start/recorded-run.ts';
import { resultForCaller } from './for-caller.ts';
import { type GatewayResponse, jsonResponse, type ProblemAnswer, problemResponse } from './problem.ts';
import type { ProblemName } from './problem-types.ts';

/** Seconds after which a caller should send a request again that could not be carried out now. */
export const RETRY_AFTER_SECONDS = '30';

/** Faults of the deployment or of our own, not of the cloud and not of the caller. */
const OUR_CODES: ReadonlySet<string> = new Set<KnownCode>([
  'secret_missing',
  'bad_secret',
  'config',
  'ledger',
  'internal',
]);

export interface AnswerOptions {
  readonly requestId: string;
  /** Where the run can be read. */
  readonly location: string;
  /** Did the caller set fields of the action? Then the cloud's "invalid" or "not found" may be about them. */
  readonly callerSetFields: boolean;
  /** Did the caller name the occurrence, so that sending again is safe? */
  readonly hasKey: boolean;
  readonly hasLedger: boolean;
}

/**
 * The answer for a run: 201 created, 200 existing, 202 sent and not known. Nothing created yet is 202 with a ledger, for `reconcile` goes on
 * with it. Where nobody does, without one and when too many wait already, it is 429; 503 where keys, rights or quota have to be set right first. What
 * the cloud refused is 502 with its code, or 400/404 where a field of the caller is at fault; what a rule of ours or a person refused is 409.
 */
export function runAnswer(given: RunResult, options: AnswerOptions): GatewayResponse {
  const result = resultForCaller(given);
  const { outcome, reason } = result;
  const { requestId, hasLedger } = options;
  const headers = { location: options.location };
  if (reason && OUR_CODES.has(reason.code)) return refused(result, options);
  switch (outcome) {
    case 'created':
      return jsonResponse(201, result, requestId, headers);
    case 'existing':
    case 'skipped':
      return jsonResponse(200, result, requestId, headers);
    case 'unknown': {
      const retry = hasLedger ? {} : { 'retry-after': RETRY_AFTER_SECONDS };
      return jsonResponse(202, { ...result, next: nextAfterUnknown(options) }, requestId, { ...headers, ...retry });
    }
    case 'waiting':
      if (hasLedger && reason?.code !== TOO_MANY_WAITING.code) {
        return jsonResponse(202, { ...result, next: 'It waits, and goes on by itself.' }, requestId, headers);
      }
      return comeAgain(result, requestId);
    default:
      return refused(result, options);
  }
}

/** Nothing was created, and nobody goes on with it. */
function comeAgain(result: RunResult, requestId: string): GatewayResponse {
  const { code, message } = result.reason ?? { code: 'waiting' as const, message: 'the service is busy' };
  const detail = `nothing was created: ${message}; send the same request again later`;
  const headers = { 'retry-after': RETRY_AFTER_SECONDS };
  return problemResponse({ type: laterType(result.reason), code, detail, headers, more: { run: result } }, requestId);
}

function laterType(reason: RunReason | undefined): ProblemName {
  if (reason?.code === TOO_MANY_WAITING.code) return 'too_many_waiting';
  return reason && waitsForSomebody(reason) ? 'refused_for_now' : 'waiting';
}

function nextAfterUnknown({ hasKey, hasLedger }: AnswerOptions): string {
  const unknown = 'It is not known yet whether the task was created.';
  if (hasLedger) return `${unknown} This is found out by itself.`;
  if (hasKey) return `${unknown} Send the same request again with the same Idempotency-Key.`;
  return `${unknown} Look for a task of this job in the service's list before sending it again.`;
}

/** Whose run it is stays in the log: a caller has no use for region and project. */
export function otherEnvironment(logged: string | undefined): ProblemAnswer {
  const detail = 'the ledger has this run for another region, project or stage; nothing was created or recorded';
  return { type: 'other_environment', detail, ...(logged === undefined ? {} : { logged }) };
}

function refused(result: RunResult, { requestId, callerSetFields }: AnswerOptions): GatewayResponse {
  const { reason, ...known } = result;
  const { code = 'rejected', message, status } = reason ?? {};
  if (OUR_CODES.has(code)) {
    const detail = 'the function could not do this; its log says why';
    return problemResponse({ type: 'internal', detail, more: { run: known } }, requestId);
  }
  if (code === 'other_environment') return problemResponse(otherEnvironment(message), requestId);
  if (code === KEY_REUSED.code) return problemResponse({ type: 'key_reused', detail: KEY_REUSED.message }, requestId);
  const type = refusedType(code, status, callerSetFields);
  return problemResponse({ type, code, ...(message ? { detail: message } : {}), more: { run: result } }, requestId);
}

function refusedType(code: string, status: number | undefined, callerSetFields: boolean): ProblemName {
  if (callerSetFields && (code === 'file_missing' || status === 404)) return 'not_found_in_cloud';
  // An answer that can't be used is no refusal of the cloud.
  if (status === undefined || status < 400) return 'run_rejected';
  return callerSetFields && status === 400 ? 'refused_field' : 'refused_by_cloud';
}
