import type { Operation, Service } from './operation.ts';

export type Route =
  | {
      readonly found: 'operation';
      readonly service: Service;
      readonly operation: Operation;
      readonly params: Record<string, string>;
    }
  | { readonly found: 'path'; readonly service: Service }
  | { readonly found: 'nothing' };

/** Finds an operation by method and path. */
export function findRoute(services: readonly Service[], method: string, path: string): Route {
  let other: Service | undefined;
  for (const service of services) {
    for (const operation of service.operations) {
      const params = matchPath(operation.path, path);
      if (params === undefined) continue;
      if (operation.method === method) return { found: 'operation', service, operation, params };
      other ??= service;
    }
  }
  return other === undefined ? { found: 'nothing' } : { found: 'path', service: other };
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/');
  const actual = path.split('/');
  if (expected.length !== actual.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const segment = actual[index] ?? '';
    if (part.startsWith('{')) {
      if (segment === '') return undefined;
      params[part.slice(1, -1)] = decodeURIComponent(segment);
    } else if (part !== segment) {
      return undefined;
    }
  }
  return params;
}
