import type { GatewayRequest } from '../events/gateway-event.ts';
import { isRecord } from '../kernel/is-record.ts';
import { RequestRefusedError } from './problem.ts';
import { type JsonFault, MAX_BODY_DEPTH, parseStrictJson, StrictJsonError } from './strict-json.ts';

/** This function's limit, far above any real request; the gateway's own limit is 4 MB. */
const MAX_BODY_BYTES = 256 * 1024;
const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;\s*charset="?utf-8"?\s*)?$/i;

const FAULT_MESSAGES: Readonly<Record<JsonFault, string>> = {
  not_json: 'the body is not valid JSON in UTF-8',
  too_deep: `the body is nested more than ${MAX_BODY_DEPTH} levels deep`,
  duplicate_key: 'an object has this key more than once',
  forbidden_key: 'this key is never accepted',
};

/** @throws {RequestRefusedError} 413 over the limit. Checked before anything more expensive. */
export function checkBodySize({ body }: GatewayRequest): void {
  if (body.length <= MAX_BODY_BYTES) return;
  throw new RequestRefusedError({
    type: 'body_too_large',
    detail: `the body has ${body.length} bytes; at most ${MAX_BODY_BYTES} are accepted`,
  });
}

/**
 * The JSON object in a request's body; an empty one when there is no body.
 *
 * @throws {RequestRefusedError} 415 when it is not declared as JSON or is compressed, 400 when it is not JSON, not an object, or ambiguous
 */
export function readJsonBody({ body, headers }: GatewayRequest): Record<string, unknown> {
  if (body.length === 0) return {};
  if (!['', 'identity'].includes((headers.get('content-encoding') ?? '').trim().toLowerCase())) {
    throw new RequestRefusedError({ type: 'content_encoding', detail: 'send the body uncompressed' });
  }
  if (!JSON_TYPE.test((headers.get('content-type') ?? '').trim())) {
    throw new RequestRefusedError({ type: 'not_json_type', detail: 'send the body as application/json in UTF-8' });
  }
  const value = parse(body);
  if (!isRecord(value))
    throw new RequestRefusedError({ type: 'not_an_object', detail: 'the body must be a JSON object' });
  return { ...value };
}

function parse(body: Buffer): unknown {
  try {
    // A byte order mark is kept, and therefore refused: RFC 8259 forbids sending one.
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch (error) {
    // No cause, because it would quote the body.
    const { fault, path } = error instanceof StrictJsonError ? error : ({ fault: 'not_json', path: [] } as const);
    const message = FAULT_MESSAGES[fault];
    throw new RequestRefusedError({
      type: fault,
      detail: message,
      ...(path.length > 0 ? { problems: [{ path, message }] } : {}),
    });
  }
}
