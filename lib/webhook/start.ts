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
import { type AllowedJob, type Caller, isSigned } from './caller.ts';
import { checkQuery } from './check-query.ts';
import { type GatewayResponse, RequestRefusedError } from './problem.ts';
import { readJsonBody } from './request-body.ts';
import { runResponse } from './run-response.ts';
import { withDeadline } from './with-deadline.ts';

/** Maximum size of a recorded request: the body as received and the task that it fills in, in which placeholders may repeat it. */
const MAX_RECORDED_BYTES = 1024 * 1024;

/** The job to start, and who the caller is for it. */
export type StartRequest = AllowedJob & Pick<Caller, 'credentials'>;

/** The run that a request would start, as far as it is known without a call. */
export interface RequestedRun {
  readonly trigger: RequestTrigger;
  readonly planned: PlannedRun;
}

/**
 * Reads a request that starts a job and plans its run. Makes no calls. The caller must have been authorized already.
 *
 * @throws {RequestRefusedError} for a query, key, body or field that is not accepted
 */
export function planRequest(
  request: GatewayRequest,
  { job, asker, credentials }: StartRequest,
  jobs: Invocation['jobs'],
): RequestedRun {
  checkQuery(request, placeholderRequestFields(job).query);
  const key = keyOf(request, job, credentials);
  const body = readJsonBody(request);
  const trigger: RequestTrigger = {
    kind: 'request',
    requestId: request.requestId,
    ...(key === undefined ? {} : { idempotencyKey: key }),
    ...(asker.label === undefined ? {} : { caller: asker.label }),
    contentHash: hashOf(body, request.query),
    job: job.name,
    body,
    query: request.query,
    time: new Date().toISOString(),
  };
  return { trigger, planned: plan(trigger, job, jobs) };
}

/** `POST /jobs/{job}/runs`: starts one run, or returns the run of the first request with the same key. */
export async function handleStart(
  request: GatewayRequest,
  allowed: StartRequest,
  invocation: Invocation,
): Promise<GatewayResponse> {
  const { job } = allowed;
  const { deps, jobs, settings, requestId } = invocation;
  const { trigger, planned } = planRequest(request, allowed, jobs);
  const { run } = planned.received;
  const heartbeatCheck = warnOfMissedHeartbeat(deps);
  const work = carryOutRun(planned, deps);
  const result = await withDeadline<RunResult>(
    work.finally(() => heartbeatCheck),
    deps.remainingMs(),
    (error) => deps.log.error('failed after the response was sent', { error }),
  );
  return runResponse(result ?? { job: job.name, run, outcome: 'unknown' }, {
    requestId,
    location: `${settings.WEBHOOK_BASE_PATH}/jobs/${job.name}/runs/${run}`,
    callerSetFields: Object.keys(trigger.body).length > 0,
    hasKey: trigger.idempotencyKey !== undefined,
    hasLedger: deps.ledger !== undefined,
  });
}

/** The key that identifies the occurrence. Where messages are signed it must be signed too: otherwise a message could be replayed under another key. */
function keyOf({ headers }: GatewayRequest, job: Job, credentials: Caller['credentials']): string | undefined {
  const key = headers.get('idempotency-key');
  const refuse = (detail: string) => new RequestRefusedError({ type: 'idempotency_key', detail });
  if (isSigned(job)) {
    if (key !== undefined)
      throw refuse('Idempotency-Key is not signed and not accepted here; webhook-id identifies the occurrence');
    return credentials.message?.id;
  }
  if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
    throw refuse('Idempotency-Key must be 1 to 255 printable ASCII characters without spaces');
  }
  return key;
}

/** A hash of the fields and values, independent of key order. */
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
    const detail = `the run of job ${job.name} would have ${bytes} bytes; the limit is ${MAX_RECORDED_BYTES}`;
    throw new RequestRefusedError({ type: 'body_too_large', detail });
  } catch (cause) {
    if (!(cause instanceof RunError)) throw cause;
    const { code, message: detail, problems } = cause;
    throw new RequestRefusedError({ type: 'invalid_fields', code, detail, problems }, { cause });
  }
}
