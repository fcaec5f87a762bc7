import type { InvocationResult } from './invocation.ts';

/** An HTTP response to a caller. */
export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * An error response of the gateway itself. Codes and messages: API Gateway user guide, "Error Codes" (apig_03_0048, 2023-12-22).
 */
export function gatewayError(status: number, code: string, message: string, requestId: string): GatewayResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ error_msg: message, error_code: code, request_id: requestId })),
  };
}

/**
 * Turns a function's return value into an HTTP response.
 *
 * It must be an object with an integer `statusCode`, `headers` with string values, a string `body`, and a boolean `isBase64Encoded`; anything else
 * is a 500 for the caller (user manual functiongraph_01_0204, 2025-12-29, and faq 0290), with code `FSS.1202` if the status code is missing. The
 * messages of these 500s are not documented.
 */
export function readGatewayResponse(result: InvocationResult): GatewayResponse {
  const refuse = (code: string, message: string) => gatewayError(500, code, message, result.requestId);
  if (!result.ok) return refuse('FSS.0500', `The function failed: ${result.errorMessage}`);
  const response: unknown = result.payload === '' ? undefined : JSON.parse(result.payload);
  if (typeof response !== 'object' || response === null || Array.isArray(response)) {
    return refuse('FSS.0500', 'The function did not return an object');
  }
  const { statusCode, headers = {}, body = '', isBase64Encoded = false } = response as Record<string, unknown>;
  if (!isHttpStatus(statusCode)) return refuse('FSS.1202', 'The function did not return a valid statusCode');
  if (typeof body !== 'string') return refuse('FSS.0500', 'The function returned a body that is not a string');
  if (typeof isBase64Encoded !== 'boolean')
    return refuse('FSS.0500', 'The function returned an isBase64Encoded that is not a boolean');
  if (!isStringMap(headers)) return refuse('FSS.0500', 'The function returned headers that are not a map of strings');
  return { status: statusCode, headers, body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') };
}

function isHttpStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 599;
}

function isStringMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((item) => typeof item === 'string')
  );
}
