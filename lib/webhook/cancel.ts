import type { GatewayRequest } from '../events/gateway-event.ts';
import type { Problem } from '../kernel/errors.ts';
import type { Invocation } from '../platform/invocation.ts';
import { type CancelEnd, cancelRun } from '../runs/operate/cancel-run.ts';
import type { RunReason } from '../runs/report/run-result.ts';
import { type AllowedJob, isSigned } from './caller.ts';
import { checkQuery } from './check-query.ts';
import { reasonForCaller } from './for-caller.ts';
import { type GatewayResponse, jsonResponse, problemResponse, RequestRefusedError } from './problem.ts';
import { readJsonBody } from './request-body.ts';
import { RETRY_AFTER_SECONDS } from './run-response.ts';
import { noSuchRun } from './show.ts';
import { withDeadline } from './with-deadline.ts';

const NOT_KNOWN: RunReason = { code: 'out_of_time', message: 'it is not yet known whether the run was stopped' };

/**
 * `POST /jobs/{job}/runs/{run}/cancel`. The body is `{ "run": "<the run>" }`, or empty. A signature covers only the body, not the path, so a
 * signed message must name the run.
 */
export async function handleCancel(
  request: GatewayRequest,
  { job, asker }: AllowedJob,
  run: string,
  { deps, settings, requestId }: Invocation,
): Promise<GatewayResponse> {
  checkQuery(request, []);
  checkBody(readJsonBody(request), run, isSigned(job));
  const { ledger } = deps;
  // The cloud's list does not say which run a task belongs to.
  if (!ledger) throw new RequestRefusedError({ type: 'needs_ledger', detail: 'cancelling a run requires a ledger' });
  const work = cancelRun({ job: job.name, run, asker }, { ...deps, ledger });
  const late = (error: unknown) => deps.log.error('failed after the response was sent', { error });
  const cancelled: CancelEnd = (await withDeadline(work, deps.remainingMs(), late)) ?? {
    end: 'later',
    reason: NOT_KNOWN,
  };
  const location = `${settings.WEBHOOK_BASE_PATH}/jobs/${job.name}/runs/${run}`;
  const { label: caller } = asker;
  deps.log.info('cancel', { job: job.name, run, ...(caller === undefined ? {} : { caller }), ...cancelled });
  switch (cancelled.end) {
    case 'cancelled':
      return jsonResponse(200, { job: job.name, run, cancel: 'cancelled' }, requestId, { location });
    case 'stopping': {
      const next = 'The service is stopping the task; the run ends when the task has stopped.';
      return jsonResponse(202, { job: job.name, run, cancel: 'stopping', next }, requestId, { location });
    }
    case 'none':
      throw noSuchRun();
    case 'over':
      return problemResponse({ type: 'run_over', detail: 'the run has ended; there is nothing to cancel' }, requestId);
    case 'later': {
      const { code, message: detail } = reasonForCaller(cancelled.reason);
      const headers = { 'retry-after': retryAfter(cancelled.until, deps.ledger?.now()) };
      return problemResponse({ type: 'not_yet', code, detail, headers }, requestId);
    }
    case 'refused': {
      const reason = reasonForCaller(cancelled.reason);
      const { code, message: detail } = reason;
      return problemResponse({ type: 'refused_by_cloud', code, detail, more: { reason } }, requestId);
    }
  }
}

/** Seconds until the invocation that handles the run must have ended, or the default delay. */
function retryAfter(until: number | undefined, now: number | undefined): string {
  return until === undefined || now === undefined
    ? RETRY_AFTER_SECONDS
    : String(Math.max(1, Math.ceil((until - now) / 1000)));
}

function checkBody(body: Record<string, unknown>, run: string, isRequired: boolean): void {
  const problems: Problem[] = Object.keys(body)
    .filter((name) => name !== 'run')
    .map((name) => ({ path: [name], message: 'is not accepted; cancel takes only run' }));
  const given = Object.hasOwn(body, 'run') ? body['run'] : undefined;
  if (given === undefined ? isRequired : given !== run) {
    problems.push({ path: ['run'], message: 'must be the run in the path' });
  }
  if (problems.length === 0) return;
  const detail = 'cancel takes { "run": "<the run in the path>" }';
  throw new RequestRefusedError({ type: 'invalid_fields', detail, problems });
}
