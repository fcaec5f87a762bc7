import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { obsErrors } from './obs-error.ts';

/** What a signature covers, except the body. */
export interface ObsRequestHead {
  readonly method: string;
  /** As sent, still encoded, without the query. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
}

/** The bucket of a host name such as `backups.localhost:9000`. */
const BUCKET_HOST = /^([a-z0-9][a-z0-9.-]*)\.localhost(?::\d+)?$/i;

/**
 * The head of an HTTP request. A client that uses this server as its proxy sends the host in the request line too (RFC 9112, section 3.2.2): that is
 * how clients that insist on a host name with the bucket reach it where `<bucket>.localhost` is not resolved.
 */
export function headOf({ method = '', url = '/', headers }: IncomingMessage): ObsRequestHead {
  const target = url.replace(/^http:\/\/[^/?]*/i, '');
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  return { method, path: path || '/', query: at < 0 ? '' : target.slice(at + 1), headers };
}

/** The path in path style, `/<bucket>/<key>`, still encoded; the bucket may be in the host name instead. */
export function resourceOf({ path, headers }: ObsRequestHead): string {
  const bucket = BUCKET_HOST.exec(headers.host ?? '')?.[1];
  return bucket === undefined ? path : `/${bucket.toLowerCase()}${path}`;
}

/** A header's value; several are joined by commas. Undefined if it was not sent. */
export function headerOf({ headers }: Pick<ObsRequestHead, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/**
 * The decoded query parameters in the order sent; the value of one without an equals sign is empty.
 *
 * @throws {ObsError} 400 if the query is not percent-encoded UTF-8
 */
export function queryPairs(query: string): [name: string, value: string][] {
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw obsErrors.invalidArgument('The query is not percent-encoded UTF-8.');
  }
}
