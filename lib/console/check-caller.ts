import type { IncomingMessage } from 'node:http';
import { bearerToken, type Callers } from '../../packages/local-cloud/src/callers.ts';
import { wrongAddressReason, wrongSiteReason } from '../../packages/local-cloud/src/own-site.ts';
import { ConsoleProblem } from './console-problem.ts';

/** What is asked for: the files of the page hold nothing, so that they come to whoever may be the user. */
type Asked = 'page' | 'api';

export interface CallerCheck {
  readonly callers: Pick<Callers, 'identify'>;
  /** Of the console. */
  readonly port: number;
  readonly url: URL;
  readonly asked: Asked;
}

/**
 * Lets in the user of the system: the console's own page, and programs. Other pages of the browser and other users of the machine are kept out.
 *
 * @throws {ConsoleProblem} 401 or 403
 */
export async function checkCaller(
  request: Pick<IncomingMessage, 'headers' | 'method' | 'socket'>,
  { callers, port, url, asked }: CallerCheck,
): Promise<void> {
  const wrong = wrongAddressReason(request, port) ?? (asked === 'api' ? wrongSiteReason(request) : undefined);
  if (wrong !== undefined) throw new ConsoleProblem(403, 'Not let in', wrong);
  const caller = await callers.identify(request, bearerToken(request) ?? url.searchParams.get('token') ?? undefined);
  if (caller !== 'own' && (asked === 'api' || caller === 'other')) {
    const detail = 'open the console by the link that npm start prints, or by console_url in .local/system.json';
    throw new ConsoleProblem(401, 'Not let in', detail);
  }
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  // No other page can send it without being asked first.
  if (!isRead && request.headers['x-console'] !== '1')
    throw new ConsoleProblem(403, 'Header missing', 'what changes something needs the header x-console: 1');
}
