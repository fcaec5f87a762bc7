import type { IncomingMessage } from 'node:http';
import { ConsoleProblem } from './console-problem.ts';

/** Of what a browser says about the page that asks (Fetch Metadata, W3C): its own, or none at all. */
const OWN_SITES = new Set([undefined, 'same-origin', 'none']);

/**
 * Lets in the console's own page and programs on this machine. Another page in the same browser is kept out by its origin; one whose name
 * was made to point at this machine (DNS rebinding) by the name, which stands in `Host`.
 *
 * @param changes does the request change something? Then it needs a header that no other page can send without being asked first
 * @throws {ConsoleProblem} 403
 */
export function checkCaller({ headers }: Pick<IncomingMessage, 'headers'>, port: number, changes: boolean): void {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? '')) {
    throw new ConsoleProblem(403, 'Wrong host', `the console is at http://127.0.0.1:${port}/ only`);
  }
  if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`)) {
    throw new ConsoleProblem(403, 'Wrong origin', 'only the page of the console itself may ask');
  }
  if (changes && headers['x-console'] !== '1') {
    throw new ConsoleProblem(403, 'Header missing', 'what changes something needs the header x-console: 1');
  }
}

/** Keeps the pages of other sites from the API also where a browser sends no origin. @throws {ConsoleProblem} 403 */
export function checkSite({ headers }: Pick<IncomingMessage, 'headers'>): void {
  if (OWN_SITES.has(headers['sec-fetch-site'] as string | undefined)) return;
  throw new ConsoleProblem(403, 'Wrong site', 'only the page of the console itself may ask');
}
