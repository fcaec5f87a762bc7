import type { GatewayRequest } from '../events/gateway-event.ts';
import type { Job } from '../jobs/job.ts';
import type { Invocation } from '../platform/invocation.ts';
import { listOpenRuns, readRun } from '../runs/report/read-run.ts';
import { authOf, type Caller } from './caller.ts';
import { checkQuery } from './check-query.ts';
import { viewForCaller } from './for-caller.ts';
import { type GatewayResponse, jsonResponse, RequestRefused } from './problem.ts';
import { RETRY_AFTER_SECONDS } from './run-answer.ts';
import { withDeadline } from './with-deadline.ts';

/** `GET /jobs/{job}/runs/{run}` */
export async function showRun(
  request: GatewayRequest,
  job: Job,
  run: string,
  invocation: Invocation,
): Promise<GatewayResponse> {
  checkQuery(request, []);
  const { deps, jobs, requestId } = invocation;
  const view = await read(readRun({ job, run, jobs }, deps), invocation);
  if (view === 'none') throw noSuchRun();
  if (view === 'unclear') throw noSuchRun(UNCLEAR);
  return jsonResponse(200, viewForCaller(view), requestId);
}

/** `GET /jobs/{job}/runs?state=open` */
export async function showOpenRuns(
  request: GatewayRequest,
  job: Job,
  invocation: Invocation,
): Promise<GatewayResponse> {
  checkQuery(request, ['state']);
  if (request.query['state'] !== 'open') {
    throw new RequestRefused({ type: 'bad_query', detail: 'state=open is the list that there is' });
  }
  const { ledger } = invocation.deps;
  if (!ledger) throw new RequestRefused({ type: 'needs_ledger', detail: 'open runs are known with a ledger only' });
  const page = await read(listOpenRuns(job.name, { ledger }), invocation);
  return jsonResponse(200, { ...page, runs: page.runs.map(viewForCaller) }, invocation.requestId);
}

/** `GET /jobs`: those that the caller may see. */
export function showJobs(
  request: GatewayRequest,
  caller: Caller,
  { settings, requestId }: Invocation,
): GatewayResponse {
  checkQuery(request, []);
  const jobs = caller.jobs().map((job) => {
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

/** The same whether or not such a task exists. */
const UNCLEAR =
  'no such run can be shown: the jobs file has no ledger and does not fix a task name and target that are this job’s alone';

export function noSuchRun(detail = 'the job has no such run'): RequestRefused {
  return new RequestRefused({ type: 'no_such_run', detail });
}

/** @throws {RequestRefused} 503 when it takes too long */
async function read<T>(work: Promise<T>, { deps }: Invocation): Promise<T> {
  const value = await withDeadline(
    work.then((found) => ({ found })),
    deps.remainingMs(),
    (error) => deps.log.warn('failed after it was answered', { error }),
  );
  if (value) return value.found;
  const headers = { 'retry-after': RETRY_AFTER_SECONDS };
  throw new RequestRefused({ type: 'too_slow', detail: 'it could not be read in time', headers });
}
