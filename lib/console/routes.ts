import type { IncomingMessage } from 'node:http';
import { ConsoleProblem } from './console-problem.ts';

interface ApiResponse {
  readonly status: number;
  readonly body: unknown;
}

/** The values of the path parameters, in order. */
type Params = readonly string[];

type Handler = (params: Params, request: IncomingMessage, url: URL) => Promise<ApiResponse>;

/** By method and path under `/api/`, such as `GET places/{place}/runs/{job}/{run}`. */
export type Routes = Readonly<Record<string, Handler>>;

/** Handles one request under `/api/`. @throws {ConsoleProblem} if it can't be handled */
export async function handleApi(request: IncomingMessage, url: URL, routes: Routes): Promise<ApiResponse> {
  const segments = url.pathname.slice('/api/'.length).split('/');
  const matching = Object.entries(routes).flatMap(([route, handle]) => {
    const [method = '', path = ''] = route.split(' ');
    const params = match(path, segments);
    return params ? [{ method, handle, params }] : [];
  });
  const found = matching.find(({ method }) => method === request.method);
  if (found) return found.handle(found.params, request, url);
  if (matching.length === 0) throw new ConsoleProblem(404, 'Not found', 'the console has no such path');
  const allow = matching.map(({ method }) => method).join(', ');
  throw new ConsoleProblem(405, 'Method not allowed', `only ${allow} is allowed here`, { allow });
}

function match(path: string, segments: readonly string[]): Params | undefined {
  const parts = path.split('/');
  if (parts.length !== segments.length) return undefined;
  const params: string[] = [];
  for (const [i, part] of parts.entries()) {
    const segment = decode(segments[i] ?? '');
    if (part.startsWith('{') && segment) params.push(segment);
    else if (part !== segment) return undefined;
  }
  return params;
}

/** `undefined` for malformed encoding, which matches nothing. */
function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
