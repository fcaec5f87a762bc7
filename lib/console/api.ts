import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ObsError } from '../../packages/local-cloud/src/cloud/obs/obs-error.ts';
import { parseFault } from '../../packages/local-cloud/src/cloud/parse-fault.ts';
import { JOB_NAME } from '../jobs/check-jobs.ts';
import type { Jobs } from '../jobs/job.ts';
import { messageOf } from '../kernel/errors.ts';
import { IDEMPOTENCY_KEY } from '../kernel/idempotency-key.ts';
import { RUN_ID } from '../kernel/run-id.ts';
import type { LocalSystem } from '../local-system/local-system.ts';
import type { Ledger } from '../runs/ledger/ledger.ts';
import { ConsoleProblem } from './console-problem.ts';
import { faultKinds, faultRows } from './fault-rows.ts';
import { MAX_OBJECT_BYTES, readBytes, readJson } from './read-body.ts';
import { readRunAnswer } from './run-answer.ts';
import { sendRequest } from './send-request.ts';
import type { FaultBody, ObjectAnswer, RequestAnswer, RequestBody, RunAnswer, TickAnswer } from './wire.ts';

export interface ApiDeps {
  readonly system: LocalSystem;
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  /** Has an object landed that can be delivered again? */
  readonly hasLanded: () => boolean;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What stands at the places in braces of a route's path, in their order. */
type Params = readonly string[];

type Work = (deps: ApiDeps, params: Params, request: IncomingMessage, url: URL) => Promise<ApiAnswer>;

/** By method and path below `/api/`. */
const ROUTES: Readonly<Record<string, Work>> = {
  'GET runs/{job}/{run}': async (deps, [job = '', run = '']) => ({ status: 200, body: await showRun(deps, job, run) }),
  'PUT buckets/{bucket}/objects': async ({ system }, [bucket = ''], request, url) => ({
    status: 201,
    body: await putObject(system, bucket, url.searchParams.get('key') ?? '', request),
  }),
  'POST timers/{name}/tick': async ({ system }, [name = '']) => ({ status: 202, body: tick(system, name) }),
  'POST requests': async (deps, _params, request) => ({ status: 200, body: await ask(deps, request) }),
  'POST deliver-again': async ({ system, hasLanded }) => {
    if (!hasLanded()) throw new ConsoleProblem(409, 'Nothing to deliver', 'no object has landed since the start');
    system.builtIn.deliverAgain();
    return { status: 202, body: {} };
  },
  'POST faults': async ({ system }, _params, request) => addFault(system, request),
  'DELETE faults': async ({ system }) => {
    system.cloud.faults.clear();
    return { status: 200, body: { faults: [] } };
  },
  'GET faults/kinds': async ({ system }) => ({ status: 200, body: faultKinds(system.cloud.faults) }),
};

/** Carries out one request below `/api/`. @throws {ConsoleProblem} what can't be carried out */
export async function answerApi(request: IncomingMessage, url: URL, deps: ApiDeps): Promise<ApiAnswer> {
  const segments = url.pathname.slice('/api/'.length).split('/');
  const matching = Object.entries(ROUTES).flatMap(([route, work]) => {
    const [method = '', path = ''] = route.split(' ');
    const params = match(path, segments);
    return params ? [{ method, work, params }] : [];
  });
  const found = matching.find(({ method }) => method === request.method);
  if (found) return found.work(deps, found.params, request, url);
  if (matching.length === 0) throw new ConsoleProblem(404, 'Not found', 'the console has nothing there');
  const allow = matching.map(({ method }) => method).join(', ');
  throw new ConsoleProblem(405, 'Method not allowed', `only ${allow} can be asked there`, { allow });
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

/** `undefined` for what is badly encoded: nothing has such a name. */
function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

async function showRun({ ledger, system }: ApiDeps, job: string, run: string): Promise<RunAnswer> {
  const statusOf = (taskId: string) => system.cloud.tasks().find(({ id }) => id === taskId)?.status;
  const isName = JOB_NAME.test(job) && RUN_ID.test(run);
  const answer = isName ? await readRunAnswer(ledger, job, run, statusOf) : undefined;
  if (!answer) throw new ConsoleProblem(404, 'No such run', `the ledger has no run ${run} of ${job}`);
  return answer;
}

async function putObject(
  { cloud }: LocalSystem,
  bucket: string,
  key: string,
  request: IncomingMessage,
): Promise<ObjectAnswer> {
  if (!cloud.obs.buckets().some(({ name }) => name === bucket)) {
    throw new ConsoleProblem(404, 'No such bucket', `the local OBS has no bucket ${bucket}`);
  }
  if (key === '') throw new ConsoleProblem(422, 'No key', 'the query must have a key: ?key=prod/dump.rdb');
  const attributes = { contentType: 'application/octet-stream', metadata: {} };
  try {
    const { size } = await cloud.obs.put(bucket, key, readBytes(request, MAX_OBJECT_BYTES), attributes);
    return { bucket, key, bytes: size };
  } catch (error) {
    if (!(error instanceof ObsError)) throw error;
    throw new ConsoleProblem(422, error.code, error.message, { cause: error });
  }
}

function tick({ builtIn: { timers, timerTriggers }, isResting }: LocalSystem, name: string): TickAnswer {
  if (!timerTriggers.some((trigger) => trigger.name === name)) {
    throw new ConsoleProblem(404, 'No such timer', `there is no timer ${name}`);
  }
  if (isResting()) {
    const detail = 'functions were deployed with --stage local: until they are removed, the timers of the project rest';
    throw new ConsoleProblem(409, 'The timers rest', detail);
  }
  timers.tick(name);
  return { timer: name };
}

const REQUEST_BODY = z.strictObject({
  job: z.string(),
  body: z.unknown().optional(),
  idempotency_key: z.string().regex(IDEMPOTENCY_KEY, 'must be 1 to 255 visible characters of ASCII').optional(),
});

async function ask({ system, jobs }: ApiDeps, request: IncomingMessage): Promise<RequestAnswer> {
  const { job: name, ...rest } = await readJson(request, REQUEST_BODY);
  const job = jobs.jobs.get(name);
  if (!job?.on.request) throw new ConsoleProblem(404, 'No such job', `no job ${name} can be asked for`);
  try {
    return await sendRequest(system, job, rest as Omit<RequestBody, 'job'>);
  } catch (cause) {
    throw new ConsoleProblem(502, 'No answer', `the local gateway did not answer the request for ${name}`, { cause });
  }
}

const FAULT_BODY = z.strictObject({ text: z.string(), times: z.int().min(1).max(1_000_000).optional() });

async function addFault({ cloud }: LocalSystem, request: IncomingMessage): Promise<ApiAnswer> {
  const { text, times } = (await readJson(request, FAULT_BODY)) as FaultBody;
  try {
    cloud.faults.add({ ...parseFault(text), ...(times === undefined ? {} : { times }) });
  } catch (cause) {
    throw new ConsoleProblem(422, 'No such fault', messageOf(cause), { cause });
  }
  return { status: 201, body: { faults: faultRows(cloud.faults) } };
}
