import { STATUS_CODES } from 'node:http';
import { field, stringIn } from '../../events/received.ts';
import { adviceFor, adviceText } from '../../kernel/advice.ts';
import { isRecord } from '../../kernel/is-record.ts';
import type { Terminal } from '../terminal.ts';
import { type NamedRun, readFailedRuns } from './failed-runs.ts';
import type { InvokeResult } from './route.ts';

export interface ShownResult {
  /** Did the function succeed? For the webhook: an HTTP status below 400. */
  readonly isGood: boolean;
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

/** A result for people and for programs. An HTTP response is shown decoded. */
export function showResult(
  { requestId, state, payload }: InvokeResult,
  { paint }: Pick<Terminal, 'paint'>,
): ShownResult {
  const ids = requestId === '' ? {} : { request_id: requestId };
  const value = parseIfJson(payload);
  if (state === 'accepted') {
    return { isGood: true, json: { ...ids, state }, lines: [`accepted, request ${requestId}`] };
  }
  if (state === 'failed') {
    const type = stringIn(value, 'errorType') ?? 'Error';
    const message = stringIn(value, 'errorMessage') ?? payload;
    const { why, runs } = readFailedRuns(message);
    const error = { type, message: why, ...(runs.length > 0 ? { runs } : {}) };
    const lines = [
      paint('bad', `${type}: ${why}`),
      ...(runs.length > 0 ? [pretty({ runs })] : []),
      ...adviceLines(runs),
    ];
    return { isGood: false, json: { ...ids, state, error }, lines };
  }
  const status = field(value, 'statusCode');
  if (typeof status === 'number') {
    const http = { status, headers: field(value, 'headers') ?? {}, body: bodyOf(value) };
    return { isGood: status < 400, json: { ...ids, state, result: http }, lines: httpLines(http, paint) };
  }
  return { isGood: true, json: { ...ids, state, result: value }, lines: payload === '' ? [] : [pretty(value)] };
}

/** What to do about the rejected runs, once for each code. */
function adviceLines(runs: readonly NamedRun[]): string[] {
  const texts = runs.flatMap(({ outcome, reason }) => {
    const advice = outcome === 'rejected' && reason ? adviceFor(reason) : undefined;
    return advice ? [adviceText(advice)] : [];
  });
  return [...new Set(texts)];
}

interface HttpResponse {
  readonly status: number;
  readonly headers: unknown;
  readonly body: unknown;
}

function httpLines({ status, headers, body }: HttpResponse, paint: Terminal['paint']): string[] {
  const line = `HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
  return [
    paint(status < 400 ? 'good' : 'bad', line),
    ...Object.entries(isRecord(headers) ? headers : {}).map(([name, value]) => `${name}: ${String(value)}`),
    '',
    ...(body === '' ? [] : [typeof body === 'string' ? body : pretty(body)]),
  ];
}

/** Parsed if it is JSON. */
function bodyOf(value: unknown): unknown {
  const body = field(value, 'body');
  if (typeof body !== 'string') return '';
  return parseIfJson(field(value, 'isBase64Encoded') === true ? Buffer.from(body, 'base64').toString() : body);
}

function parseIfJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
