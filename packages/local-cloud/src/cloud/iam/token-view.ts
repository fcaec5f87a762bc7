import type { Account } from '../operation.ts';
import { domainName, userId, userName } from './directory.ts';
import { iamTime } from './iam-time.ts';
import type { IssuedToken } from './tokens.ts';

/** The body of the responses about a token (iam_30_0001, iam_30_0002, iam_30_0004). */
export function tokenView(
  token: IssuedToken,
  region: string,
  catalog: readonly object[] | undefined,
): Record<string, unknown> {
  const { account, methods, scope, issuedAt, expiresAt, assumed } = token;
  const user = assumed === undefined ? userView(account) : agencyView(account, assumed.agency);
  return {
    token: {
      methods,
      expires_at: iamTime(expiresAt),
      issued_at: iamTime(issuedAt),
      user,
      ...(assumed === undefined ? {} : { assumed_by: { user: userView(assumed.by) } }),
      ...(scope === 'domain' ? { domain: domainOf(account) } : {}),
      ...(scope === 'project' ? { project: { id: account.projectId, name: region, domain: domainOf(account) } } : {}),
      ...(catalog === undefined ? {} : { catalog }),
      roles: [{ id: '0', name: assumed === undefined ? 'te_admin' : 'te_agency' }],
    },
  };
}

function userView(account: Account) {
  return { domain: domainOf(account), id: userId(account), name: userName(account), password_expires_at: '' };
}

/** The user of an agency's token is the agency, named after its account. */
function agencyView(account: Account, agency: string) {
  return { domain: domainOf(account), id: userId(account), name: `${domainName(account)}/${agency}` };
}

function domainOf(account: Account) {
  return { id: account.domainId, name: domainName(account) };
}
