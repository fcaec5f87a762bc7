import type { GatewayRequest } from '../events/gateway-event.ts';
import { RUN_ID } from '../kernel/run-id.ts';
import { RequestRefusedError } from './problem.ts';

/** An operation of the webhook and its path parameters. */
export type Route =
  | { readonly to: 'health' | 'openapi' | 'jobs' }
  | { readonly to: 'start' | 'open'; readonly job: string }
  | { readonly to: 'show' | 'cancel'; readonly job: string; readonly run: string };

/** More than any path of the webhook has. */
const MAX_SEGMENTS = 6;

/**
 * Finds the route of a request. Paths are matched literally: nothing is decoded, and a trailing slash or an empty segment makes a different path.
 *
 * @throws {RequestRefusedError} 404 for an unknown path, 405 with `Allow` for an unsupported method
 */
export function routeOf({ method, path }: GatewayRequest, basePath: string): Route {
  const rest = path.startsWith(`${basePath}/`) ? path.slice(basePath.length + 1) : '';
  const methods = routesAt(rest.split('/', MAX_SEGMENTS));
  const allowed = Object.keys(methods);
  if (allowed.length === 0) {
    throw new RequestRefusedError({ type: 'no_such_path', detail: 'nothing exists at this path' });
  }
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (route) return route;
  const allow = allowed.join(', ');
  throw new RequestRefusedError({ type: 'method', detail: `this path supports only ${allow}`, headers: { allow } });
}

function routesAt(segments: readonly string[]): Record<string, Route> {
  const [first, job, runs, run, last] = segments;
  if (segments.length === 1) {
    if (first === 'health') return { GET: { to: 'health' } };
    if (first === 'openapi.json') return { GET: { to: 'openapi' } };
    return first === 'jobs' ? { GET: { to: 'jobs' } } : {};
  }
  if (first !== 'jobs' || !job || runs !== 'runs') return {};
  if (segments.length === 3) return { GET: { to: 'open', job }, POST: { to: 'start', job } };
  if (!run || !RUN_ID.test(run)) return {};
  if (segments.length === 4) return { GET: { to: 'show', job, run } };
  return segments.length === 5 && last === 'cancel' ? { POST: { to: 'cancel', job, run } } : {};
}
