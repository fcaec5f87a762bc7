import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { MAX_RATE } from '../../../packages/local-cloud/src/cloud/clock.ts';
import { ObsError } from '../../../packages/local-cloud/src/cloud/obs/obs-error.ts';
import type { Jobs } from '../../jobs/job.ts';
import { messageOf } from '../../kernel/errors.ts';
import { IDEMPOTENCY_KEY } from '../../kernel/idempotency-key.ts';
import type { LocalSystem } from '../../local-system/local-system.ts';
import { DURATION, durationMs } from '../../schema/duration.ts';
import { ConsoleProblem } from '../console-problem.ts';
import { MAX_OBJECT_BYTES, readBytes, readJson } from '../read-body.ts';
import type { Routes } from '../routes.ts';
import type {
  ClockBody,
  ClockInfo,
  FaultBody,
  FaultRow,
  GatewayResponse,
  RequestBody,
  StoredObject,
  TickedTimer,
} from '../wire-system.ts';
import { faultKinds, faultRows } from './fault-rows.ts';
import { sendRequest } from './send-request.ts';
import { clockInfo } from './system-rows.ts';

export interface SystemRoutesDeps {
  readonly system: LocalSystem;
  readonly jobs: Jobs;
  /** Has an object landed that can be delivered again? */
  readonly hasLanded: () => boolean;
}

/** What people can try in the local system. */
export function systemRoutes(deps: SystemRoutesDeps): Routes {
  const { system, hasLanded } = deps;
  return {
    'PUT buckets/{bucket}/objects': async ([bucket = ''], request, url) => ({
      status: 201,
      body: await putObject(system, bucket, url.searchParams.get('key') ?? '', request),
    }),
    'POST timers/{name}/tick': async ([name = '']) => ({ status: 202, body: tick(system, name) }),
    'POST requests': async (_params, request) => ({ status: 200, body: await startRun(deps, request) }),
    'POST deliver-again': async () => {
      if (!hasLanded())
        throw new ConsoleProblem(409, 'Nothing to deliver', 'no object has landed since the system started');
      system.builtIn.deliverAgain();
      return { status: 202, body: {} };
    },
    'POST faults': async (_params, request) => ({ status: 201, body: await addFault(system, request) }),
    'DELETE faults': async (_params, _request, url) => ({
      status: 200,
      body: removeFaults(system, url.searchParams.get('fault')),
    }),
    'POST clock': async (_params, request) => ({ status: 200, body: await changeClock(system, request) }),
    'GET faults/kinds': async () => ({ status: 200, body: faultKinds(system.cloud.faults) }),
  };
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

async function startRun({ system, jobs }: SystemRoutesDeps, request: IncomingMessage): Promise<GatewayResponse> {
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

const FAULT_BODY = z.strictObject({ text: z.string().max(1_000) });

async function addFault({ cloud }: LocalSystem, request: IncomingMessage): Promise<{ faults: FaultRow[] }> {
  const { text } = (await readJson(request, FAULT_BODY)) as FaultBody;
  try {
    cloud.active.add(text);
  } catch (cause) {
    throw new ConsoleProblem(422, 'No such fault', messageOf(cause), { cause });
  }
  return { faults: faultRows(cloud.active) };
}

/** @param which the number of one; null: all */
function removeFaults({ cloud }: LocalSystem, which: string | null): { faults: FaultRow[] } {
  try {
    if (which === null) cloud.active.clear();
    else cloud.active.undo(which);
  } catch (cause) {
    throw new ConsoleProblem(404, 'No such fault', messageOf(cause), { cause });
  }
  return { faults: faultRows(cloud.active) };
}

const CLOCK_BODY = z.strictObject({
  rate: z.number().min(1).max(MAX_RATE).optional(),
  advance: z.string().regex(DURATION, 'must be a duration such as 90s, 10m, 4h or 2d').optional(),
});

async function changeClock(system: LocalSystem, request: IncomingMessage): Promise<ClockInfo> {
  const { rate, advance } = (await readJson(request, CLOCK_BODY)) as ClockBody;
  const { clock } = system.cloud;
  if (rate !== undefined) clock.setRate(rate);
  if (advance !== undefined) await clock.forward(durationMs(advance) ?? 0);
  return clockInfo(system);
}
