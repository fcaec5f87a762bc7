import { createHash } from 'node:crypto';
import type { GatewayRequest } from '../events/gateway-event.ts';
import type { RequestTrigger } from '../events/trigger.ts';
import type { Job } from '../jobs/job.ts';
import { placeholderRequestFields } from '../jobs/placeholders.ts';
import { callerFields } from '../jobs/request-fields.ts';
import { RunError } from '../kernel/errors.ts';
import { IDEMPOTENCY_KEY } from '../kernel/idempotency-key.ts';
import { isRecord } from '../kernel/is-record.ts';
import type { Invocation } from '../platform/invocation.ts';
import { warnOfMissedHeartbeat } from '../runs/ledger/heartbeat.ts';
import type { RunResult } from '../runs/report/run-result.ts';
import { carryOutRun, type PlannedRun, planRun } from '../runs/start/start-run.ts';
import { type Caller, isSigned } from './caller.ts';
import { checkQuery } from './check-query.ts';
import { type GatewayResponse, RequestRefused } from './problem.ts';
import { readJsonBody } from './request-body.ts';
import { runAnswer } from './run-answer.ts';
import { withDeadline } from './with-deadline.ts';

/** Of one request: the body as it came, and the task that it is filled into. A job whose placeholders repeat what is sent goes no further. */
const MAX_RECORDED_BYTES = 1024 * 1024;

/** What a request asks for, as far as it can be told without a call. */
export interface RequestedRun {
  readonly trigger: RequestTrigger;
  readonly planned: PlannedRun;
}

/**
 * Reads a request that starts a job and plans its run. Makes no call. Who asks is not looked at: that comes first.
 *
 * @throws {RequestRefused} for a query, a key, a body or a field that is not taken
 */
export function planRequested(
  request: GatewayRequest,
  job: Job,
  { credentials }: Pick<Caller, 'credentials'>,
  jobs: Invocation['jobs'],
): RequestedRun {
  checkQuery(request, placeholderRequestFields(job).query);
  const key = keyOf(request, job, credentials);
  const body = readJsonBody(request);
  const trigger: RequestTrigger = {
    kind: 'request',
    requestId: request.requestId,
    ...(key === undefined ? {} : { idempotencyKey: key }),
    contentHash: hashOf(body, request.query),
    job: job.name,
    body,
    query: request.query,
    time: new Date().toISOString(),
  };
  return { trigger, planned: plan(trigger, job, jobs) };
}

/** `POST /jobs/{job}/runs`: starts one run, or answers with what the first request of this key made. */
export async function startRequested(
  request: GatewayRequest,
  job: Job,
  caller: Caller,
  invocation: Invocation,
): Promise<GatewayResponse> {
  const { deps, jobs, settings, requestId } = invocation;
  const { trigger, planned } = planRequested(request, job, caller, jobs);
  const { run } = planned.received;
  const watched = warnOfMissedHeartbeat(deps);
  const work = carryOutRun(planned, deps);
  const result = await withDeadline<RunResult>(
    work.finally(() => watched),
    deps.remainingMs(),
    (error) => deps.log.error('failed after it was answered', { error }),
  );
  return runAnswer(result ?? { job: job.name, run, outcome: 'unknown' }, {
    requestId,
    location: `${settings.WEBHOOK_BASE_PATH}/jobs/${job.name}/runs/${run}`,
    callerSetFields: Object.keys(trigger.body).length > 0,
    hasKey: trigger.idempotencyKey !== undefined,
    hasLedger: deps.ledger !== undefined,
  });
}

/** What names the occurrence. Only what is signed can, where messages are signed: else a message could be sent again under another name. */
function keyOf({ headers }: GatewayRequest, job: Job, credentials: Caller['credentials']): string | undefined {
  const key = headers.get('idempotency-key');
  const refuse = (detail: string) => new RequestRefused({ type: 'idempotency_key', detail });
  if (isSigned(job)) {
    if (key !== undefined) throw refuse('Idempotency-Key is not signed; webhook-id names the occurrence');
    return credentials.message?.id;
  }
  if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
    throw refuse('Idempotency-Key takes 1 to 255 printable ASCII characters without spaces');
  }
  return key;
}

/** The same for the same fields and values, however they are written. */
function hashOf(body: unknown, query: unknown): string {
  const canonical = JSON.stringify([body, query], (_key, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
  return createHash('sha256').update(canonical).digest('hex');
}

function plan(trigger: RequestTrigger, job: Job, jobs: Invocation['jobs']): PlannedRun {
  try {
    const planned = planRun({ jobs, job, trigger, callerFields: callerFields(job, trigger.body, jobs.targets) });
    const bytes = Buffer.byteLength(JSON.stringify(planned.received));
    if (bytes <= MAX_RECORDED_BYTES) return planned;
    const detail = `job ${job.name} makes ${bytes} bytes of it; at most ${MAX_RECORDED_BYTES} are recorded`;
    throw new RequestRefused({ type: 'body_too_large', detail });
  } catch (cause) {
    if (!(cause instanceof RunError)) throw cause;
    const { code, message: detail, problems } = cause;
    throw new RequestRefused({ type: 'invalid_fields', code, detail, problems }, { cause });
  }
}
