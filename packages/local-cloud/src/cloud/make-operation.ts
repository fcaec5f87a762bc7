import type { Operation } from './operation.ts';

/** An operation that has a body as its method usually does: POST and PUT have one, in JSON, and GET and DELETE none. */
export function makeOperation(
  name: string,
  method: Operation['method'],
  path: string,
  handle: Operation['handle'],
): Operation {
  return { name, method, path, body: method === 'POST' || method === 'PUT' ? 'json' : 'none', handle };
}
