import type { IncomingMessage } from 'node:http';
import { bearerToken, type Callers } from '../../packages/local-cloud/src/callers.ts';
import { wrongAddressReason, wrongSiteReason } from '../../packages/local-cloud/src/own-site.ts';
import { ConsoleProblem } from './console-problem.ts';

/** What is requested. The files of the page contain no data, so they are also sent to callers who can't be identified. */
type Resource = 'page' | 'api';

export interface CallerCheck {
  readonly callers: Pick<Callers, 'identify'>;
  /** The port of the console. */
  readonly port: number;
  readonly url: URL;
  readonly resource: Resource;
  /** Where people find the link with the token, after "the link". */
  readonly linkAt: string;
}

/**
 * Admits the user of the process: the console's own page, and programs. Other web pages and other users of the machine are refused.
 *
 * @throws {ConsoleProblem} 401 or 403
 */
export async function checkCaller(
  request: Pick<IncomingMessage, 'headers' | 'method' | 'socket'>,
  { callers, port, url, resource, linkAt }: CallerCheck,
): Promise<void> {
  const wrong = wrongAddressReason(request, port) ?? (resource === 'api' ? wrongSiteReason(request) : undefined);
  if (wrong !== undefined) throw new ConsoleProblem(403, 'Access denied', wrong);
  const caller = await callers.identify(request, bearerToken(request) ?? url.searchParams.get('token') ?? undefined);
  if (caller !== 'own' && (resource === 'api' || caller === 'other')) {
    throw new ConsoleProblem(401, 'Access denied', `open the console with the link ${linkAt}`);
  }
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  // Other pages can't send this header without a CORS preflight.
  if (!isRead && request.headers['x-console'] !== '1')
    throw new ConsoleProblem(403, 'Header missing', 'changing requests need the header x-console: 1');
}
