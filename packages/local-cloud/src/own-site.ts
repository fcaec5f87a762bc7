import type { IncomingMessage } from 'node:http';

/** The accepted values of a browser's Sec-Fetch-Site header (Fetch Metadata, W3C): same origin, or no page. */
const OWN_SITES = new Set([undefined, 'same-origin', 'none']);

const NAMES = ['127.0.0.1', 'localhost'];

/**
 * Why a request is refused as coming from a foreign web page; undefined if it is not. Another page in the same browser is recognized by its origin,
 * and a page whose name was pointed at this machine (DNS rebinding) by the name in `Host`.
 *
 * @param port the port of the listener on 127.0.0.1
 */
export function foreignPageReason(request: Pick<IncomingMessage, 'headers'>, port: number): string | undefined {
  // Programs may omit the port (the official OBS SDK) or send another one (a forwarded port). A name below
  // localhost (RFC 6761, section 6.3) is that of a bucket. A foreign page's name is never one of these.
  const name =
    request.headers.host
      ?.toLowerCase()
      .replace(/:\d+$/, '')
      .replace(/^[a-z0-9.-]+\.localhost$/, 'localhost') ?? '';
  const headers = NAMES.includes(name) ? { ...request.headers, host: `${name}:${port}` } : request.headers;
  return wrongAddressReason({ headers }, port) ?? wrongSiteReason(request);
}

/** The checks that apply to all requests, including pages shown to people, which other pages may link to. */
export function wrongAddressReason({ headers }: Pick<IncomingMessage, 'headers'>, port: number): string | undefined {
  const hosts = NAMES.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]);
  if (!hosts.includes(headers.host?.toLowerCase() ?? ''))
    return `the host must be 127.0.0.1:${port} or localhost:${port}`;
  if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`))
    return 'requests from other origins are refused';
  return undefined;
}

/** Checks the site, because browsers send some requests without an origin. */
export function wrongSiteReason({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  return OWN_SITES.has(headers['sec-fetch-site'] as string | undefined)
    ? undefined
    : 'requests from other sites are refused';
}
