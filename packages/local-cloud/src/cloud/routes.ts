import type { Operation, Service } from './operation.ts';
import { UNPUBLISHED } from './unpublished.ts';

export type Route =
  | {
      readonly found: 'operation';
      readonly service: Service;
      readonly operation: Operation;
      readonly params: Record<string, string>;
    }
  | { readonly found: 'path'; readonly service: Service }
  | { readonly found: 'nothing' };

interface Match {
  readonly service: Service;
  readonly operation: Operation;
  readonly params: Record<string, string>;
}

/**
 * Finds an operation by method and path. A literal segment wins over a placeholder, from left to right: `/sources/overview` is not the source `overview`.
 *
 * @throws {URIError} when a segment is not percent-encoded
 */
export function findRoute(services: readonly Service[], method: string, path: string): Route {
  const segments = path.split('/').map(decodeURIComponent);
  const matches = services.flatMap((service) =>
    service.operations.flatMap((operation): Match[] => {
      const params = matchPath(operation.path, segments);
      return params === undefined ? [] : [{ service, operation, params }];
    }),
  );
  const best = mostLiteral(
    matches.filter(({ operation }) => operation.method === method),
    ({ operation }) => operation.path,
  );
  const absent = mostLiteral(
    UNPUBLISHED.filter((entry) => entry.method === method && matchPath(entry.path, segments) !== undefined),
    (entry) => entry.path,
  );
  if (absent !== undefined && (best === undefined || isMoreLiteral(absent.path, best.operation.path)))
    return { found: 'nothing' };
  if (best !== undefined) return { found: 'operation', ...best };
  const [other] = matches;
  return other === undefined ? { found: 'nothing' } : { found: 'path', service: other.service };
}

function mostLiteral<T>(items: readonly T[], pathOf: (item: T) => string): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || isMoreLiteral(pathOf(item), pathOf(best)) ? item : best),
    undefined,
  );
}

/** Whether `a` has a literal segment where `b` first differs from it in kind. Both match the same path. */
function isMoreLiteral(a: string, b: string): boolean {
  const others = b.split('/');
  const differing = a.split('/').find((part, index) => isPlaceholder(part) !== isPlaceholder(others[index] ?? ''));
  return differing !== undefined && !isPlaceholder(differing);
}

function isPlaceholder(part: string): boolean {
  return part.startsWith('{');
}

function matchPath(pattern: string, segments: readonly string[]): Record<string, string> | undefined {
  const expected = pattern.split('/');
  if (expected.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const segment = segments[index] ?? '';
    if (isPlaceholder(part)) {
      if (segment === '') return undefined;
      params[part.slice(1, -1)] = segment;
    } else if (part !== segment) {
      return undefined;
    }
  }
  return params;
}
