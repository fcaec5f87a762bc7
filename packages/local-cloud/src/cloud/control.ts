import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { bearerToken, isSame } from '../callers.ts';
import type { ActiveFaults } from './active-faults.ts';
import { type Clock, MAX_RATE } from './clock.ts';
import { FAULT_KINDS, type Fault, type Faults, type Throttle } from './faults.ts';
import { formatJson, parseJson } from './json.ts';
import { type Assumptions, checkAnswers } from './open-questions/assumptions.ts';
import type { RecordedRequest } from './recorder.ts';
import { OUTCOMES, type Script, type Scripts } from './scripts.ts';
import { STAGES } from './stages.ts';

const MAX_BODY_BYTES = 64 * 1024;

const fault = z.strictObject({
  operation: z.string().min(1),
  service: z.string().optional(),
  kind: z.enum(Object.keys(FAULT_KINDS) as [keyof typeof FAULT_KINDS]),
  times: z.int().min(1).optional(),
  skip: z.int().min(0).optional(),
  status: z.int().min(400).max(599).optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  delayMs: z.number().min(0).optional(),
  location: z.string().optional(),
});
const throttle = z.strictObject({
  operation: z.string().min(1),
  service: z.string().optional(),
  calls: z.int().min(0),
  perMs: z.number().gt(0),
});
const script = z.strictObject({
  stage: z.enum(Object.keys(STAGES) as [keyof typeof STAGES]),
  outcome: z.enum(Object.keys(OUTCOMES) as [keyof typeof OUTCOMES]),
  task: z.string().optional(),
  operation: z.string().optional(),
  message: z.string().optional(),
  code: z.string().optional(),
  state: z.string().optional(),
  afterMs: z.number().min(0).optional(),
  times: z.int().min(1).optional(),
});
const faultInText = z.strictObject({ fault: z.string().min(1).max(1000) });
const ticked = z.strictObject({ timer: z.string().min(1) });
const uploaded = z.strictObject({ bucket: z.string().min(1), key: z.string().min(1), base64: z.base64() });
const answers = z.record(z.string(), z.string());
/** 100 years: far from the end of what a date can be. */
const MAX_ADVANCE_MS = 100 * 365 * 24 * 60 * 60 * 1000;
const moved = z.strictObject({
  advance_ms: z.number().min(0).max(MAX_ADVANCE_MS).optional(),
  rate: z.number().min(1).max(MAX_RATE).optional(),
});

/** What the control API controls. */
export interface Controlled {
  readonly active: ActiveFaults;
  readonly faults: Faults;
  readonly scripts: Scripts;
  readonly clock: Clock;
  readonly requests: readonly RecordedRequest[];
  tasks(): readonly unknown[];
  /** The messages published to topics. */
  messages(): readonly unknown[];
  /** Lets a timer trigger tick once. @throws {Error} when there is none */
  tick(name: string): void;
  /** Uploads an object. @throws {Error} when there is no such bucket */
  putObject(bucket: string, key: string, content: Buffer): Promise<void>;
  readonly assumptions: Assumptions;
  /** The token that a caller must present; undefined allows every program of this machine. */
  readonly token: string | undefined;
}

type Reply = { readonly status: number; readonly body?: unknown };

/**
 * Controls a running local cloud over HTTP, on the cloud's port under `/local`, without a signature: for people and other processes. It is not part of
 * any real cloud. Callers present the token as `Authorization: Bearer ...`; requests from web pages never get here.
 *
 * - `GET /local/faults`: the active faults, `{id, fault, left}` each, and throttles. `POST`: adds a fault in text form (`{"fault": "task=hang,at=40"}`), one
 *   of calls with its fields (see `Fault`), or a throttle (`{operation, calls, perMs}`). `DELETE`: removes all, or the one of `?fault=`, a number or a text.
 * - `GET /local/scripts`: the pending scripts. `POST`: adds one (see `Script`). `DELETE`: removes all.
 * - `GET /local/tasks`: all tasks. `GET /local/messages`: published messages. `GET /local/requests?service=&operation=`: received requests, without secrets.
 * - `GET /local/clock`: the region's time and rate, `{now, rate}`. `POST` `{"advance_ms": 60000}`: moves it forward, and responds when what became due
 *   has happened. `{"rate": 100}`: lets it run so many times as fast as real time, 1 to 100, while no function and no call is under way.
 * - `POST /local/ticks` `{"timer": "reconcile"}`: lets a timer trigger tick once now, by its name or that of its function, and responds when
 *   the function has ended.
 * - `POST /local/objects` `{"bucket", "key", "base64"}`: uploads an object of at most 48 KB, as a client of OBS would.
 * - `GET /local/assumptions`: the behavior for each open question. `POST`: changes some, `{"<question>": "<behavior>"}`.
 *
 * A body is JSON with content type `application/json`. Invalid requests get 400 and `{error}`, which says why.
 */
export function makeControl(
  controlled: Controlled,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const { status, body } = await respond(controlled, request).catch((error: unknown) => ({
      status: 400,
      body: { error: error instanceof Error ? error.message : String(error) },
    }));
    response
      .writeHead(status, { 'Content-Type': 'application/json' })
      .end(body === undefined ? '' : `${formatJson(body)}\n`);
  };
}

/** Whether a request is for `makeControl`. No operation of a service has such a path. */
export function isControlPath(url: string | undefined): boolean {
  return url?.startsWith('/local/') ?? false;
}

async function respond(controlled: Controlled, request: IncomingMessage): Promise<Reply> {
  const { active, faults, scripts, clock, requests, token } = controlled;
  if (token !== undefined && !isSame(bearerToken(request) ?? '', token)) {
    const error =
      'missing or wrong token; send it as Authorization: Bearer <token>. It is LOCAL_CLOUD_TOKEN in the output of huaweicloud-local-cloud, or token in system.json in the state folder';
    return { status: 401, body: { error } };
  }
  const url = new URL(request.url ?? '/', 'http://local');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /local/faults':
      return { status: 200, body: faultsBody(controlled) };
    case 'POST /local/faults': {
      const body = await readJson(request);
      if (isWith('calls', body)) faults.throttle(check(throttle, body) as Throttle);
      else if (isWith('fault', body)) active.add(check(faultInText, body).fault);
      else active.addCall(check(fault, body) as Fault);
      return { status: 201, body: faultsBody(controlled) };
    }
    case 'DELETE /local/faults': {
      const which = url.searchParams.get('fault');
      if (which === null) active.clear();
      else active.undo(which);
      return { status: 204 };
    }
    case 'GET /local/scripts':
      return { status: 200, body: { scripts: scripts.waiting() } };
    case 'POST /local/scripts':
      scripts.add(check(script, await readJson(request)) as Script);
      return { status: 201, body: { scripts: scripts.waiting() } };
    case 'DELETE /local/scripts':
      scripts.clear();
      return { status: 204 };
    case 'GET /local/messages':
      return { status: 200, body: { messages: controlled.messages() } };
    case 'GET /local/tasks':
      return { status: 200, body: { tasks: controlled.tasks() } };
    case 'GET /local/requests': {
      const [service, operation] = [url.searchParams.get('service'), url.searchParams.get('operation')];
      const found = requests.filter(
        (made) =>
          (service === null || made.service === service) && (operation === null || made.operation === operation),
      );
      return { status: 200, body: { requests: found } };
    }
    case 'GET /local/clock':
      return { status: 200, body: clockBody(clock) };
    case 'POST /local/clock': {
      const { rate, advance_ms: ms } = check(moved, await readJson(request));
      if (rate === undefined && ms === undefined) throw new Error('body: needs advance_ms, rate or both');
      if (rate !== undefined) clock.setRate(rate);
      if (ms !== undefined) await clock.forward(ms);
      return { status: 200, body: clockBody(clock) };
    }
    case 'POST /local/ticks':
      controlled.tick(check(ticked, await readJson(request)).timer);
      await clock.forward(0);
      return { status: 202 };
    case 'POST /local/objects': {
      const { bucket, key, base64 } = check(uploaded, await readJson(request));
      await controlled.putObject(bucket, key, Buffer.from(base64, 'base64'));
      return { status: 201 };
    }
    case 'GET /local/assumptions':
      return { status: 200, body: { assumptions: controlled.assumptions.all() } };
    case 'POST /local/assumptions':
      controlled.assumptions.change(checkAnswers(check(answers, await readJson(request))));
      return { status: 204 };
    default:
      return { status: 404, body: { error: `unknown endpoint ${request.method} ${url.pathname}` } };
  }
}

function isWith(name: string, body: unknown): boolean {
  return typeof body === 'object' && body !== null && name in body;
}

function faultsBody({ active, faults }: Controlled): unknown {
  return { faults: active.list(), throttles: faults.waiting().throttles };
}

function clockBody(clock: Clock): { readonly now: string; readonly rate: number } {
  return { now: new Date(clock.now()).toISOString(), rate: clock.rate };
}

function check<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'is not valid'}`);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw new Error('content-type: expected application/json');
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw new Error(`body: longer than ${MAX_BODY_BYTES} characters`);
  }
  try {
    return parseJson(text);
  } catch (cause) {
    throw new Error('body: is not JSON', { cause });
  }
}
