import type { GatewayRequest } from '../events/gateway-event.ts';
import type { Invocation } from '../platform/invocation.ts';
import { listOpenRuns, readRun } from '../runs/report/read-run.ts';
import { type AllowedJob, authOf, type Caller } from './caller.ts';
import { checkQuery } from './check-query.ts';
import { viewForCaller } from './for-caller.ts';
import { type GatewayResponse, jsonResponse, RequestRefusedError } from './problem.ts';
import { RETRY_AFTER_SECONDS } from './run-response.ts';
import { withDeadline } from './with-deadline.ts';

/** `GET /jobs/{job}/runs/{run}` */
export async function showRun(
  request: GatewayRequest,
  { job, asker }: AllowedJob,
  run: string,
  invocation: Invocation,
): Promise<GatewayResponse> {
  checkQuery(request, []);
  const { deps, jobs, requestId } = invocation;
  const view = await read(readRun({ job, run, jobs, asker }, deps), invocation);
  if (view === 'none') throw noSuchRun();
  if (view === 'unclear') throw noSuchRun(UNCLEAR);
  return jsonResponse(200, viewForCaller(view), requestId);
}

/** `GET /jobs/{job}/runs?state=open` */
export async function showOpenRuns(
  request: GatewayRequest,
  { job, asker }: AllowedJob,
  invocation: Invocation,
): Promise<GatewayResponse> {
  checkQuery(request, ['state']);
  if (request.query['state'] !== 'open') {
    throw new RequestRefusedError({ type: 'bad_query', detail: 'the only supported list is state=open' });
  }
  const { ledger } = invocation.deps;
  if (!ledger) throw new RequestRefusedError({ type: 'needs_ledger', detail: 'listing open runs requires a ledger' });
  const page = await read(listOpenRuns({ job, asker }, { ledger }), invocation);
  return jsonResponse(200, { ...page, runs: page.runs.map(viewForCaller) }, invocation.requestId);
}

/** `GET /jobs`: the jobs that the caller may see. */
export async function showJobs(
  request: GatewayRequest,
  caller: Caller,
  { settings, requestId }: Invocation,
): Promise<GatewayResponse> {
  checkQuery(request, []);
  const jobs = (await caller.jobs()).map((job) => {
    const auth = authOf(job);
    return {
      name: job.name,
      action: job.kind,
      accepts: job.on.request?.accepts ?? [],
      auth: typeof auth === 'string' ? auth : Object.keys(auth)[0],
      runs: `${settings.WEBHOOK_BASE_PATH}/jobs/${job.name}/runs`,
    };
  });
  return jsonResponse(200, { jobs }, requestId);
}

/** The same whether or not the task exists. */
const UNCLEAR =
  'the run cannot be shown: the jobs file has no ledger, and does not determine a task name and target that only this job uses, or its callers have labels';

export function noSuchRun(detail = 'the job has no run with this ID'): RequestRefusedError {
  return new RequestRefusedError({ type: 'no_such_run', detail });
}

/** @throws {RequestRefusedError} 503 when it takes too long */
async function read<T>(work: Promise<T>, { deps }: Invocation): Promise<T> {
  const value = await withDeadline(
    work.then((found) => ({ found })),
    deps.remainingMs(),
    (error) => deps.log.warn('failed after the response was sent', { error }),
  );
  if (value) return value.found;
  const headers = { 'retry-after': RETRY_AFTER_SECONDS };
  throw new RequestRefusedError({ type: 'too_slow', detail: 'the data could not be read in time', headers });
}
