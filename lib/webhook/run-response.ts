import type { KnownCode } from '../kernel/codes.ts';
import { type RunReason, type RunResult, waitsForSomebody } from '../runs/report/run-result.ts';
import { KEY_REUSED, TOO_MANY_WAITING } from '../runs/start/recorded-run.ts';
import { resultForCaller } from './for-caller.ts';
import { type GatewayResponse, jsonResponse, type ProblemDetails, problemResponse } from './problem.ts';
import type { ProblemName } from './problem-types.ts';

/** Seconds after which a caller should retry a request that could not be carried out now. */
export const RETRY_AFTER_SECONDS = '30';

/** Failures of the deployment or of this function, not of the cloud and not of the caller. */
const INTERNAL_CODES: ReadonlySet<string> = new Set<KnownCode>([
  'secret_missing',
  'secret_key_missing',
  'bad_secret',
  'config',
  'ledger',
  'internal',
]);

export interface RunResponseOptions {
  readonly requestId: string;
  /** The path of the run. */
  readonly location: string;
  /** Whether the caller set fields of the action: then the cloud's "invalid" or "not found" may be about them. */
  readonly callerSetFields: boolean;
  /** Whether the caller sent an idempotency key, so that a retry is safe. */
  readonly hasKey: boolean;
  readonly hasLedger: boolean;
}

/**
 * The response for a run: 201 created, 200 existing, 202 sent with unknown outcome. Nothing created yet is 202 with a ledger, because `reconcile`
 * continues the run. Where nothing continues it (without a ledger, or when too many are waiting) it is 429, or 503 if keys, permissions or a quota
 * must be fixed first. What the cloud refused is 502 with its code, or 400/404 if a field of the caller is at fault; what a rule of the jobs file
 * or an operator refused is 409.
 */
export function runResponse(given: RunResult, options: RunResponseOptions): GatewayResponse {
  const result = resultForCaller(given);
  const { outcome, reason } = result;
  const { requestId, hasLedger } = options;
  const headers = { location: options.location };
  if (reason && INTERNAL_CODES.has(reason.code)) return refused(result, options);
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
        return jsonResponse(
          202,
          { ...result, next: 'The run is waiting and continues automatically.' },
          requestId,
          headers,
        );
      }
      return retryLater(result, requestId);
    default:
      return refused(result, options);
  }
}

/** Nothing was created, and nothing will continue the run. */
function retryLater(result: RunResult, requestId: string): GatewayResponse {
  const { code, message } = result.reason ?? { code: 'waiting' as const, message: 'the service is busy' };
  const detail = `nothing was created: ${message}; send the same request again later`;
  const headers = { 'retry-after': RETRY_AFTER_SECONDS };
  return problemResponse({ type: retryType(result.reason), code, detail, headers, more: { run: result } }, requestId);
}

function retryType(reason: RunReason | undefined): ProblemName {
  if (reason?.code === TOO_MANY_WAITING.code) return 'too_many_waiting';
  return reason && waitsForSomebody(reason) ? 'refused_for_now' : 'waiting';
}

function nextAfterUnknown({ hasKey, hasLedger }: RunResponseOptions): string {
  const unknown = 'It is not yet known whether the task was created.';
  if (hasLedger) return `${unknown} This is resolved automatically.`;
  if (hasKey) return `${unknown} Send the same request again with the same Idempotency-Key.`;
  return `${unknown} Look for a task of this job in the service's list before sending it again.`;
}

/** The other region and project are only logged: a caller has no use for them. */
export function otherEnvironment(logged: string | undefined): ProblemDetails {
  const detail = 'the ledger has this run for another region, project or stage; nothing was created or recorded';
  return { type: 'other_environment', detail, ...(logged === undefined ? {} : { logged }) };
}

function refused(result: RunResult, { requestId, callerSetFields }: RunResponseOptions): GatewayResponse {
  const { reason, ...known } = result;
  const { code = 'rejected', message, status } = reason ?? {};
  if (INTERNAL_CODES.has(code)) {
    const detail = 'the function could not carry out the request; its log says why';
    return problemResponse({ type: 'internal', detail, more: { run: known } }, requestId);
  }
  if (code === 'other_environment') return problemResponse(otherEnvironment(message), requestId);
  if (code === KEY_REUSED.code) return problemResponse({ type: 'key_reused', detail: KEY_REUSED.message }, requestId);
  const type = refusedType(code, status, callerSetFields);
  return problemResponse({ type, code, ...(message ? { detail: message } : {}), more: { run: result } }, requestId);
}

function refusedType(code: string, status: number | undefined, callerSetFields: boolean): ProblemName {
  if (callerSetFields && (code === 'file_missing' || status === 404)) return 'not_found_in_cloud';
  // An unusable response is not a refusal by the cloud.
  if (status === undefined || status < 400) return 'run_rejected';
  return callerSetFields && status === 400 ? 'refused_field' : 'refused_by_cloud';
}
