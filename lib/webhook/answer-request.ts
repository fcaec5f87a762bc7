import { EventError, RunError } from '../errors.ts';
import { type GatewayRequest, parseGatewayEvent } from '../events/gateway-event.ts';
import type { RequestTrigger } from '../events/trigger.ts';
import type { Invocation } from '../invocation.ts';
import type { Job } from '../jobs/job.ts';
import { callerFields } from '../jobs/request-fields.ts';
import { carryOutRun, type PlannedRun, planRun } from '../runs/start-run.ts';
import { type GatewayResponse, type ProblemAnswer, problemResponse, RequestRefused } from './problem.ts';
import { readJsonBody } from './request-body.ts';
import { routeOf } from './route.ts';
import { runAnswer } from './run-answer.ts';

/** Printable ASCII, so that it can stand in a log line. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Answers a request of the gateway. The gateway authenticates; here the path, the body and each field are checked, then the run is
 * started. Sent again with the same `Idempotency-Key` it answers with the task that is there.
 */
export async function answerRequest(event: unknown, invocation: Invocation): Promise<GatewayResponse> {
  try {
    return await startRequested(parseGatewayEvent(event), invocation);
  } catch (error) {
    const answer =
      error instanceof EventError ? notGateway(error) : error instanceof RequestRefused ? error.answer : undefined;
    if (!answer) throw error;
    const { status, code, problems } = answer;
    invocation.deps.log.warn('request refused', { status, code, ...(problems ? { problems } : {}) });
    return problemResponse(answer, invocation.requestId);
  }
}

/** The answer when the function itself failed. It says nothing of what is inside; the log does. */
export function failureAnswer(_error: unknown, requestId: string): GatewayResponse {
  const detail = 'nothing more was started; the log has the details under this request id';
  return problemResponse({ status: 500, code: 'internal', title: 'Internal error', detail }, requestId);
}

function notGateway({ message }: EventError): ProblemAnswer {
  return { status: 400, code: 'event', title: 'Not a gateway request', detail: message };
}

async function startRequested(
  request: GatewayRequest,
  { settings, jobs, deps, requestId }: Invocation,
): Promise<GatewayResponse> {
  const { job: name } = routeOf(request, settings.WEBHOOK_BASE_PATH);
  const job = jobs.jobs.get(name);
  // A job that can't be requested answers like one that does not exist: callers learn no names.
  if (!job?.on.request) {
    throw new RequestRefused({
      status: 404,
      code: 'no_such_job',
      title: 'No such job',
      detail: 'no job of this name can be requested',
    });
  }
  const trigger = triggerOf(request, job, readJsonBody(request));
  const result = await carryOutRun(plan(trigger, job, jobs), deps);
  return runAnswer(result, {
    requestId,
    callerSetFields: Object.keys(trigger.body).length > 0,
    hasKey: trigger.idempotencyKey !== undefined,
    hasLedger: deps.ledger !== undefined,
  });
}

function triggerOf(request: GatewayRequest, job: Job, body: Record<string, unknown>): RequestTrigger {
  const key = request.headers.get('idempotency-key');
  if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
    const detail = 'Idempotency-Key takes 1 to 255 printable ASCII characters without spaces';
    throw new RequestRefused({ status: 400, code: 'idempotency_key', title: 'Bad Idempotency-Key', detail });
  }
  return {
    kind: 'request',
    requestId: request.requestId,
    ...(key !== undefined ? { idempotencyKey: key } : {}),
    job: job.name,
    body,
    query: request.query,
    time: new Date().toISOString(),
  };
}

function plan(trigger: RequestTrigger, job: Job, jobs: Invocation['jobs']): PlannedRun {
  try {
    return planRun({ jobs, job, trigger, callerFields: callerFields(job, trigger.body, jobs.targets) });
  } catch (cause) {
    if (!(cause instanceof RunError)) throw cause;
    const { code, message: detail, problems } = cause;
    throw new RequestRefused({ status: 422, code, title: 'Invalid fields', detail, problems }, { cause });
  }
}
