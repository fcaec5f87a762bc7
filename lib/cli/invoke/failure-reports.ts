import { describeReceived, field, stringIn } from '../../events/received.ts';
import { EventError } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { LOCAL_FUNCTIONS } from '../../local-system/local-functions.ts';
import { type NamedRun, readFailedRuns } from './failed-runs.ts';
import { splitJson } from './split-json.ts';

/** A payload may be inside a message, inside a list, inside the message of another topic. */
const MAX_DEPTH = 6;

/** What a failure destination received about one event. */
export interface FailureReport {
  /** The function's name in this project: `backup-landed`. */
  readonly functionName: string;
  /** Its name in FunctionGraph: `migration-functions-prod-backup-landed`. */
  readonly deployedName: string;
  readonly event: unknown;
  /** Of the failed invocation; empty if the payload has none. */
  readonly requestId: string;
  /** As the payload has it. Some pages of the documentation show an invalid time. */
  readonly time: string;
  /** In words, without the runs. */
  readonly why: string;
  /** Empty if the function failed before any run. */
  readonly runs: readonly NamedRun[];
}

/** A payload from which nothing can be redelivered. */
export interface UnusableReport {
  readonly problem: string;
}

/**
 * Reads what an `on_failure` destination received (FunctionGraph user guide, "Configuring asynchronous notification"; guide page G-DEST): one
 * payload, a list, or several JSON values in a row; as stored in OBS, as passed to another function, or wrapped in SMN messages, as a function
 * or an HTTP endpoint receives them.
 *
 * @returns in the order of the input; `UnusableReport` for a payload of another function, one without its event, or one of a success
 * @throws {EventError} if the input contains no payload at all
 */
export function readFailureReports(text: string): (FailureReport | UnusableReport)[] {
  const values = valuesIn(text);
  const reports = values.flatMap((value) => readValue(value, MAX_DEPTH));
  if (reports.length > 0) return reports;
  throw new EventError('', describeReceived(values.length > 1 ? values : values[0]), EXPECTED);
}

const EXPECTED = 'what a failure destination received (request_context, request_payload, response_context)';

/** The JSON values of the input: one, or several in a row. */
function valuesIn(text: string): unknown[] {
  return splitJson(text.replace(/^\uFEFF/, '')).map((part, i) => {
    const value = parse(part);
    if (value !== undefined) return value;
    throw new EventError(`JSON value ${i + 1}`, 'malformed JSON', EXPECTED);
  });
}

/** @returns `undefined`, which is not a JSON value, for malformed JSON */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readValue(value: unknown, depth: number): (FailureReport | UnusableReport)[] {
  if (depth === 0) return [];
  if (Array.isArray(value)) return value.flatMap((item) => readValue(item, depth - 1));
  if (isRecord(field(value, 'request_context'))) return [readPayload(value)];
  const messages = field(value, 'record');
  if (Array.isArray(messages)) return messages.flatMap((item) => readMessage(field(item, 'smn'), depth - 1));
  // What SMN posts to HTTP endpoints.
  return stringIn(value, 'topic_urn') === undefined ? [] : readMessage(value, depth - 1);
}

function readMessage(smn: unknown, depth: number): (FailureReport | UnusableReport)[] {
  const message = stringIn(smn, 'message');
  return message === undefined ? [] : readValue(parse(message), depth);
}

function readPayload(payload: unknown): FailureReport | UnusableReport {
  const context = field(payload, 'request_context');
  const requestId = stringIn(context, 'request_id') ?? '';
  const urn = stringIn(context, 'function_urn') ?? '';
  const deployedName = urn.split(':')[6] ?? '';
  const functionName = ownName(deployedName);
  const of = `request ${requestId || 'without an id'} of ${deployedName || 'an unnamed function'}`;
  if (functionName === undefined) return { problem: `${of}: not a function of this project` };
  const failure = failureIn(payload);
  if (failure === undefined) return { problem: `${of}: it did not fail` };
  const given = field(payload, 'request_payload');
  const event = typeof given === 'string' ? parse(given) : given;
  if (event === undefined || event === null) {
    return { problem: `${of}: request_payload has no event; find it at its source` };
  }
  const { why, runs } = readFailedRuns(failure);
  return { functionName, deployedName, event, requestId, time: stringIn(payload, 'timestamp') ?? '', why, runs };
}

/** The framework prefixes the name with service and stage. */
function ownName(deployedName: string): string | undefined {
  return LOCAL_FUNCTIONS.map(({ name }) => name).find(
    (name) => deployedName === name || deployedName.endsWith(`-${name}`),
  );
}

/** The error message, the function's own if the payload has it; `undefined` if it did not fail. */
function failureIn(payload: unknown): string | undefined {
  const response = field(payload, 'response_context');
  const returned = field(payload, 'response_payload');
  const message = stringIn(typeof returned === 'string' ? parse(returned) : returned, 'errorMessage');
  const error =
    message ?? stringIn(response, 'function_error') ?? stringIn(field(payload, 'request_context'), 'condition');
  if (error !== undefined) return error;
  // The page's table and its sample use different names.
  const status = field(response, 'status_code') ?? field(response, 'statusCode');
  return status === 200 ? undefined : `the platform returned ${String(status ?? 'no status')}`;
}
