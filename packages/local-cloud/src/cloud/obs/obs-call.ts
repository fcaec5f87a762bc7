import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Account } from '../operation.ts';
import type { LocalObs } from './local-obs.ts';
import type { MultipartUploads } from './multipart.ts';
import type { Dialect } from './obs-dialect.ts';

/** What the operations work on. */
export interface ObsContext {
  readonly obs: LocalObs;
  readonly uploads: MultipartUploads;
  readonly region: string;
  /** Epoch ms of the cloud's clock. */
  readonly now: () => number;
  /** The instant (epoch ms) when this documented time has passed, from now on. */
  readonly documentedInstant: (ms: number) => number;
  /** Whether a topic of SMN exists. */
  readonly topicExists: (urn: string) => boolean;
}

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

export type ObsHandler = (context: ObsContext, call: ObsCall) => ObsResponse | Promise<ObsResponse>;

/** A header of this name with the prefix of the dialect. */
export function prefixedHeader({ headers, dialect }: ObsCall, name: string): string | undefined {
  const value = headers[`${dialect.headerPrefix}${name}`];
  return Array.isArray(value) ? value.join(',') : value;
}

export function versionIdOf({ query }: ObsCall): string | undefined {
  return query.get('versionId') ?? undefined;
}
