import type { LocalCloud } from '../../src/cloud/local-cloud.ts';
import type { Account } from '../../src/cloud/operation.ts';
import { ACCOUNT, type Reply } from './caller.ts';

/** An account with a user that can log in. */
export const WITH_USER: Account = {
  ...ACCOUNT,
  domainName: 'acme',
  user: { name: 'mover', password: 'hidden-password' },
};

/** Sends a request without a signature. */
export async function unsigned(
  cloud: LocalCloud,
  method: string,
  path: string,
  { body, ...headers }: { readonly body?: unknown; readonly [header: string]: unknown } = {},
): Promise<Reply> {
  const response = await fetch(`${cloud.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json;charset=utf8', ...(headers as Record<string, string>) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  return { status: response.status, text, headers: response.headers, json };
}

export type TokenScope = Readonly<Record<string, unknown>> | undefined;

export const PROJECT_SCOPE: TokenScope = { project: { name: 'ap-southeast-3' } };

/** The body of a login with the password of `WITH_USER`. */
export function passwordBody(scope: TokenScope = PROJECT_SCOPE, user: object = {}): object {
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: 'mover', password: 'hidden-password', domain: { name: 'acme' }, ...user } },
      },
      ...(scope === undefined ? {} : { scope }),
    },
  };
}

/** Logs in as the user of `WITH_USER`. */
export async function tokenOf(cloud: LocalCloud, scope?: TokenScope): Promise<string> {
  const { headers } = await unsigned(cloud, 'POST', '/v3/auth/tokens', { body: passwordBody(scope) });
  return headers.get('x-subject-token') ?? '';
}
