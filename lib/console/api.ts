import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ObsError } from '../../packages/local-cloud/src/cloud/obs/obs-error.ts';
import type { Jobs } from '../jobs/job.ts';
import { JOB_NAME } from '../jobs/job-name.ts';
import { messageOf } from '../kernel/errors.ts';
import { IDEMPOTENCY_KEY } from '../kernel/idempotency-key.ts';
import { RUN_ID } from '../kernel/run-id.ts';
import type { LocalSystem } from '../local-system/local-system.ts';
import type { Ledger } from '../runs/ledger/ledger.ts';
import { ConsoleProblem } from './console-problem.ts';
import { faultKinds, faultRows } from './fault-rows.ts';
import { MAX_OBJECT_BYTES, readBytes, readJson } from './read-body.ts';
import { readRunDetails } from './run-details.ts';
import { sendRequest } from './send-request.ts';
import type { FaultBody, GatewayResponse, RequestBody, RunDetails, StoredObject, TickedTimer } from './wire.ts';

export interface ApiDeps {
  readonly system: LocalSystem;
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  /** Has an object landed that can be delivered again? */
  readonly hasLanded: () => boolean;
}

export interface ApiResponse {
  readonly status: number;
  readonly body: unknown;
}

/** The values of the path parameters, in order. */
type Params = readonly string[];

type Handler = (deps: ApiDeps, params: Params, request: IncomingMessage, url: URL) => Promise<ApiResponse>;

/** By method and path under `/api/`. */
const ROUTES: Readonly<Record<string, Handler>> = {
  'GET runs/{job}/{run}': async (deps, [job = '', run = '']) => ({ status: 200, body: await showRun(deps, job, run) }),
  'PUT buckets/{bucket}/objects': async ({ system }, [bucket = ''], request, url) => ({
    status: 201,
    body: await putObject(system, bucket, url.searchParams.get('key') ?? '', request),
  }),
  'POST timers/{name}/tick': async ({ system }, [name = '']) => ({ status: 202, body: tick(system, name) }),
  'POST requests': async (deps, _params, request) => ({ status: 200, body: await startRun(deps, request) }),
  'POST deliver-again': async ({ system, hasLanded }) => {
    if (!hasLanded())
      throw new ConsoleProblem(409, 'Nothing to deliver', 'no object has landed since the system started');
    system.builtIn.deliverAgain();
    return { status: 202, body: {} };
  },
  'POST faults': async ({ system }, _params, request) => addFault(system, request),
  'DELETE faults': async ({ system }) => {
    system.cloud.active.clear();
    return { status: 200, body: { faults: [] } };
  },
  'GET faults/kinds': async ({ system }) => ({ status: 200, body: faultKinds(system.cloud.faults) }),
};

/** Handles one request under `/api/`. @throws {ConsoleProblem} if it can't be handled */
export async function handleApi(request: IncomingMessage, url: URL, deps: ApiDeps): Promise<ApiResponse> {
  const segments = url.pathname.slice('/api/'.length).split('/');
  const matching = Object.entries(ROUTES).flatMap(([route, handle]) => {
    const [method = '', path = ''] = route.split(' ');
    const params = match(path, segments);
    return params ? [{ method, handle, params }] : [];
  });
  const found = matching.find(({ method }) => method === request.method);
  if (found) return found.handle(deps, found.params, request, url);
  if (matching.length === 0) throw new ConsoleProblem(404, 'Not found', 'the console has no such path');
  const allow = matching.map(({ method }) => method).join(', ');
  throw new ConsoleProblem(405, 'Method not allowed', `only ${allow} is allowed here`, { allow });
}

function match(path: string, segments: readonly string[]): Params | undefined {
  const parts = path.split('/');
  if (parts.length !== segments.length) return undefined;
  const params: string[] = [];
  for (const [i, part] of parts.entries()) {
    const segment = decode(segments[i] ?? '');
    if (part.startsWith('{') && segment) params.push(segment);
    else if (part !== segment) return undefined;
  }
  return params;
}

/** `undefined` for malformed encoding, which matches nothing. */
function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

async function showRun({ ledger, system }: ApiDeps, job: string, run: string): Promise<RunDetails> {
  const statusOf = (taskId: string) => system.cloud.tasks().find(({ id }) => id === taskId)?.status;
  const isName = JOB_NAME.test(job) && RUN_ID.test(run);
  const details = isName ? await readRunDetails(ledger, job, run, statusOf) : undefined;
  if (!details) throw new ConsoleProblem(404, 'No such run', `the ledger has no run ${run} of ${job}`);
  return details;
}

async function putObject(
  { cloud }: LocalSystem,
  bucket: string,
  key: string,
  request: IncomingMessage,
): Promise<StoredObject> {
  if (!cloud.obs.buckets().some(({ name }) => name === bucket)) {
    throw new ConsoleProblem(404, 'No such bucket', `the local OBS has no bucket ${bucket}`);
  }
  if (key === '') throw new ConsoleProblem(422, 'Missing key', 'the query must have a key: ?key=prod/dump.rdb');
  const attributes = { contentType: 'application/octet-stream', metadata: {} };
  try {
    const { size } = await cloud.obs.put(bucket, key, readBytes(request, MAX_OBJECT_BYTES), attributes);
    return { bucket, key, bytes: size };
  } catch (error) {
    if (!(error instanceof ObsError)) throw error;
    throw new ConsoleProblem(422, error.code, error.message, { cause: error });
  }
}

function tick({ builtIn: { timers, timerTriggers }, isResting }: LocalSystem, name: string): TickedTimer {
  if (!timerTriggers.some((trigger) => trigger.name === name)) {
    throw new ConsoleProblem(404, 'No such timer', `no such timer: ${name}`);
  }
  if (isResting()) {
    const detail =
      'functions are deployed with --stage local: the timers of the project are paused until they are removed';
    throw new ConsoleProblem(409, 'Timers are paused', detail);
  }
  timers.tick(name);
  return { timer: name };
}

const REQUEST_BODY = z.strictObject({
  job: z.string(),
  body: z.unknown().optional(),
  idempotency_key: z.string().regex(IDEMPOTENCY_KEY, 'must be 1 to 255 visible ASCII characters').optional(),
});

async function startRun({ system, jobs }: ApiDeps, request: IncomingMessage): Promise<GatewayResponse> {
  const { job: name, ...rest } = await readJson(request, REQUEST_BODY);
  const job = jobs.jobs.get(name);
  if (!job?.on.request) throw new ConsoleProblem(404, 'No such job', `no job ${name} can be started by a request`);
  try {
    return await sendRequest(system, job, rest as Omit<RequestBody, 'job'>);
  } catch (cause) {
    throw new ConsoleProblem(502, 'No response', `the local gateway did not respond to the request for ${name}`, {
      cause,
    });
  }
}

const FAULT_BODY = z.strictObject({ text: z.string(), times: z.int().min(1).max(1_000_000).optional() });

async function addFault({ cloud }: LocalSystem, request: IncomingMessage): Promise<ApiResponse> {
  const { text, times } = (await readJson(request, FAULT_BODY)) as FaultBody;
  try {
    cloud.active.add(times === undefined ? text : `${text},times=${times}`);
  } catch (cause) {
    throw new ConsoleProblem(422, 'No such fault', messageOf(cause), { cause });
  }
  return { status: 201, body: { faults: faultRows(cloud.active) } };
}
