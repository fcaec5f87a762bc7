import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';

/** The body of a request. Reading may end early without ending the connection, on which the response is sent. */
export function bodyOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) };
}

/** Receives the rest of the body, or until the client is gone: a client that is still sending may not read a response. */
export async function receiveRest(request: IncomingMessage): Promise<void> {
  request.resume();
  if (!request.complete && !request.destroyed) await finished(request).catch(() => undefined);
}
