import type { IncomingHttpHeaders } from 'node:http';
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
