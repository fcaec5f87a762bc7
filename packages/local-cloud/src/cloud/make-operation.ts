import type { Operation } from './operation.ts';

/** An operation with the usual body for its method: JSON for POST and PUT, none for GET, HEAD and DELETE. */
export function makeOperation(
  name: string,
  method: Operation['method'],
  path: string,
  handle: Operation['handle'],
): Operation {
  return { name, method, path, body: method === 'POST' || method === 'PUT' ? 'json' : 'none', handle };
}
