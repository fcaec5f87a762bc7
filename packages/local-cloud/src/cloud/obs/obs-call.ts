import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Account } from '../operation.ts';
import type { Attributes } from './bucket.ts';
import type { Dialect } from './obs-dialect.ts';

/** A request with a valid signature. */
export interface ObsCall {
  readonly account: Account;
  readonly dialect: Dialect;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface ObsResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An XML document, or an object's bytes. */
  readonly body?: string | Readable;
}

/** The object attributes from an upload's headers. */
export function attributesOf({ headers, dialect }: ObsCall): Attributes {
  const prefix = `${dialect.headerPrefix}meta-`;
  const metadata = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), String(value)] as const] : [],
  );
  return { contentType: headers['content-type'], metadata: Object.fromEntries(metadata) };
}
