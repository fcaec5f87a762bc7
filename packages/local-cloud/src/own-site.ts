import type { IncomingMessage } from 'node:http';

/** Of what a browser says about the page that asks (Fetch Metadata, W3C): its own, or none at all. */
const OWN_SITES = new Set([undefined, 'same-origin', 'none']);

const NAMES = ['127.0.0.1', 'localhost'];

/**
 * Why a request comes from a page that has no business here; undefined when it does not. Another page in the same browser is known by its
 * origin, one whose name was made to point at this machine (DNS rebinding) by the name, which stands in `Host`.
 *
 * @param port of the listener, on 127.0.0.1
 */
export function foreignPage(request: Pick<IncomingMessage, 'headers'>, port: number): string | undefined {
  // Programs leave the port out (the official OBS SDK), or have another one (a forwarded port). No name of somebody else's is one of these.
  const name = request.headers.host?.toLowerCase().replace(/:\d+$/, '') ?? '';
  const headers = NAMES.includes(name) ? { ...request.headers, host: `${name}:${port}` } : request.headers;
  return wrongAddress({ headers }, port) ?? wrongSite(request);
}

/** The part of it that holds for everything; a link from another page may lead to a page that is shown to people. */
export function wrongAddress({ headers }: Pick<IncomingMessage, 'headers'>, port: number): string | undefined {
  const hosts = NAMES.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]);
  if (!hosts.includes(headers.host?.toLowerCase() ?? ''))
    return `the host must be 127.0.0.1:${port} or localhost:${port}`;
  if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`))
    return 'pages of other origins are not let in';
  return undefined;
}

/** Browsers send no origin with some requests. */
export function wrongSite({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  return OWN_SITES.has(headers['sec-fetch-site'] as string | undefined)
    ? undefined
    : 'pages of other sites are not let in';
}
