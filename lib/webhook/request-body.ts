import type { GatewayRequest } from '../events/gateway-event.ts';
import { isObject } from '../events/received.ts';
import { RequestRefused } from './problem.ts';

/** Ours, and far above any real request; the gateway's own limit is 4 MB. */
export const MAX_BODY_BYTES = 256 * 1024;

/**
 * The JSON object in a request's body; an empty one when there is no body.
 *
 * @throws {RequestRefused} 413 over the limit, 415 when it is not called JSON, 400 when it is not JSON or no object
 */
export function readJsonBody({ body, headers }: GatewayRequest): Record<string, unknown> {
  if (body.length === 0) return {};
  if (body.length > MAX_BODY_BYTES) {
    throw new RequestRefused({
      status: 413,
      code: 'body_too_large',
      title: 'Body too large',
      detail: `the body has ${body.length} bytes; at most ${MAX_BODY_BYTES} are accepted`,
    });
  }
  const contentType = headers.get('content-type') ?? '';
  if (!/^application\/([a-z0-9.+-]+\+)?json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType.trim())) {
    throw new RequestRefused({
      status: 415,
      code: 'not_json_type',
      title: 'Unsupported media type',
      detail: 'send the body as application/json in UTF-8',
    });
  }
  const value = parse(body);
  if (!isObject(value)) {
    throw new RequestRefused({
      status: 400,
      code: 'not_an_object',
      title: 'Not a JSON object',
      detail: 'the body must be a JSON object',
    });
  }
  return { ...value };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // The cause would quote the body.
    throw new RequestRefused({
      status: 400,
      code: 'not_json',
      title: 'Not JSON',
      detail: 'the body is not valid JSON in UTF-8',
    });
  }
}
