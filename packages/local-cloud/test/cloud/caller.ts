import { createHash, createHmac } from 'node:crypto';
import type { LocalCloud } from '../../src/cloud/local-cloud.ts';
import type { Account } from '../../src/cloud/operation.ts';

export const ACCOUNT: Account = {
  accessKey: 'AK1',
  secretKey: 'SK1',
  projectId: '0123456789abcdef0123456789abcdef',
  domainId: 'fedcba9876543210fedcba9876543210',
};

export interface CallOptions {
  readonly account?: Account;
  /** Replace or, if undefined, remove the headers that are sent by default. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly secretKey?: string;
  readonly signedAt?: Date;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The parsed body; `{}` for an empty one. */
  readonly json: Record<string, unknown>;
}

/** Sends one signed request. `path` needs no percent-encoding; a string body is sent unchanged. */
export async function call(
  cloud: LocalCloud,
  method: string,
  path: string,
  body?: unknown,
  options: CallOptions = {},
): Promise<Reply> {
  const account = options.account ?? ACCOUNT;
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const [pathname = '', query = ''] = path.split('?');
  const date = (options.signedAt ?? new Date()).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const offered: Record<string, string | undefined> = {
    'content-type': 'application/json',
    host: `127.0.0.1:${cloud.port}`,
    'x-project-id': account.projectId,
    'x-sdk-date': date,
    ...(account.securityToken === undefined ? {} : { 'x-security-token': account.securityToken }),
    ...options.headers,
  };
  const headers = Object.fromEntries(Object.entries(offered).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])));
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    `${pathname}/`,
    query === '' ? '' : query.split('&').sort().join('&'),
    names.map((name) => `${name}:${headers[name]}\n`).join(''),
    names.join(';'),
    createHash('sha256').update(text).digest('hex'),
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const signature = createHmac('sha256', options.secretKey ?? account.secretKey)
    .update(`SDK-HMAC-SHA256\n${date}\n${hash}`)
    .digest('hex');

  const { host: _, ...sent } = headers;
  const response = await fetch(`${cloud.url}${path}`, {
    method,
    headers: {
      ...sent,
      authorization: `SDK-HMAC-SHA256 Access=${account.accessKey}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    },
    redirect: 'manual',
    ...(body === undefined ? {} : { body: text }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const responseText = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json';
  let json: Record<string, unknown> = {};
  try {
    if (isJson && responseText !== '') json = JSON.parse(responseText) as Record<string, unknown>;
  } catch {
    // A truncated response stays a string.
  }
  return { status: response.status, text: responseText, headers: response.headers, json };
}
