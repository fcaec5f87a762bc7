import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { check } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import type { FunctionRecord, TestEvent } from './records.ts';

/** Per function (user manual, "Online debugging"). */
const MAX_EVENTS = 10;
const MAX_EVENT_BYTES = 4096;

const content = z.string().refine(isJsonInBase64, 'must be JSON in Base64');
/** Body of CreateEvent (functiongraph_06_0133). */
const eventBody = z.strictObject({
  name: z
    .string()
    .max(25)
    .regex(/^[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?$/),
  content,
});
const eventChange = z.strictObject({ content });

/** Events saved for tests of a function. */
export function eventOperations(deps: FunctionGraphDeps): Operation[] {
  const root = '/v2/{project_id}/fgs/functions/{function_urn}/events';
  const one = `${root}/{event_id}`;
  return [
    makeOperation('CreateEvent', 'POST', root, (call) => create(deps, call)),
    makeOperation('ListEvents', 'GET', root, (call) => list(deps, call)),
    makeOperation('ShowEvent', 'GET', one, (call) => {
      const { id, name, content: saved, modifiedAt } = eventOf(find(deps, call), call);
      return { status: 200, body: { id, name, content: saved, last_modified: seconds(modifiedAt) } };
    }),
    makeOperation('UpdateEvent', 'PUT', one, (call) => update(deps, call)),
    makeOperation('DeleteEvent', 'DELETE', one, (call) => remove(deps, call)),
  ];
}

function find(deps: FunctionGraphDeps, { account, params }: OperationCall): FunctionRecord {
  return deps.functions.find(params['function_urn'] ?? '', account.projectId).record;
}

function eventOf({ events = [] }: FunctionRecord, { params }: OperationCall): TestEvent {
  const found = events.find(({ id }) => id === params['event_id']);
  if (found === undefined) throw errors.unknownEvent();
  return found;
}

async function create(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const sent = check(eventBody, call.body, (field, problem) => errors.badEvent(`${field}: ${problem}`));
  checkSize(sent.content);
  return deps.functions.change(async () => {
    const record = find(deps, call);
    const { events = [] } = record;
    if (events.some(({ name }) => name === sent.name)) throw errors.eventExists();
    if (events.length >= MAX_EVENTS) throw errors.tooManyEvents();
    const event = { ...sent, id: randomUUID(), modifiedAt: deps.clock.now() };
    return {
      record: { ...record, events: [...events, event] },
      result: { status: 200, body: { id: event.id, name: event.name } },
    };
  });
}

async function update(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const sent = check(eventChange, call.body, (field, problem) => errors.badEvent(`${field}: ${problem}`));
  checkSize(sent.content);
  return deps.functions.change(async () => {
    const record = find(deps, call);
    const before = eventOf(record, call);
    const event = { ...before, ...sent, modifiedAt: deps.clock.now() };
    const events = (record.events ?? []).map((other) => (other === before ? event : other));
    return { record: { ...record, events }, result: { status: 200, body: { id: event.id, name: event.name } } };
  });
}

async function remove(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  return deps.functions.change(async () => {
    const record = find(deps, call);
    const event = eventOf(record, call);
    const events = (record.events ?? []).filter((other) => other !== event);
    return { record: { ...record, events }, result: { status: 204 } };
  });
}

function list(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const { events = [] } = find(deps, call);
  const rows = events.map(({ id, name, modifiedAt }) => ({ id, name, last_modified: seconds(modifiedAt) }));
  return { status: 200, body: { events: rows, next_marker: rows.length, count: rows.length } };
}

function checkSize(text: string): void {
  if (Buffer.from(text, 'base64').length > MAX_EVENT_BYTES) throw errors.eventTooLarge();
}

function isJsonInBase64(text: string): boolean {
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return false;
  try {
    JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
