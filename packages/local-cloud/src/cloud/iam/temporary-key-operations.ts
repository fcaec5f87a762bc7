import { check } from '../check.ts';
import type { Account, Operation, OperationCall, OperationResponse } from '../operation.ts';
import { assumeAgency } from './assume-agency.ts';
import { hasMethods } from './has-methods.ts';
import { keystoneError } from './iam-error.ts';
import { iamTime } from './iam-time.ts';
import { type SecurityTokenBody, securityTokenBody } from './token-bodies.ts';
import { type TokenDeps, validToken } from './token-operations.ts';

/** 15 minutes (iam_04_0002). */
const DEFAULT_SECONDS = 900;

/** Temporary keys, by a token or of an agency, distinguished by `methods`. */
export function temporaryKeyOperations(deps: TokenDeps): Operation[] {
  const operation = (name: string, method: string): Operation => ({
    name,
    method: 'POST',
    path: '/v3.0/OS-CREDENTIAL/securitytokens',
    body: 'json',
    isOpen: true,
    accepts: hasMethods([method]),
    handle: (call) => create(deps, call),
  });
  return [
    operation('CreateTemporaryAccessKeyByToken', 'token'),
    operation('CreateTemporaryAccessKeyByAgency', 'assume_role'),
  ];
}

function create(deps: TokenDeps, call: OperationCall): OperationResponse {
  const { identity } = check(securityTokenBody, call.body, (field, problem) =>
    keystoneError(400, `Request parameter ${field} is invalid: ${problem}.`),
  ).auth;
  const { account, seconds = DEFAULT_SECONDS } = requested(deps, call, identity);
  // Keys are not for a project, but an account here has one.
  const owner = account.projectId === '' ? deps.directory.projectsOf(account.domainId)[0] : account;
  const { account: keys, expiresAt } = deps.credentials.issue(owner ?? account, seconds);
  return {
    status: 201,
    body: {
      credential: {
        access: keys.accessKey,
        secret: keys.secretKey,
        securitytoken: keys.securityToken,
        expires_at: iamTime(expiresAt),
      },
    },
  };
}

/** A token in the header has priority over the one in the body; a signature does as well. */
function requested(
  deps: TokenDeps,
  call: OperationCall,
  { methods: [method], token, assume_role: agency }: SecurityTokenBody['auth']['identity'],
): { readonly account: Account; readonly seconds: number | undefined } {
  if (method === 'assume_role') {
    if (agency === undefined) throw keystoneError(400, 'Request parameter auth.identity.assume_role is required.');
    return { account: assumeAgency(deps, call.account, agency).account, seconds: agency.duration_seconds };
  }
  const isSigned = call.headers['x-auth-token'] !== undefined || call.headers['authorization'] !== undefined;
  const account = isSigned || token?.id === undefined ? call.account : validToken(deps, token.id, 401).account;
  return { account, seconds: token?.duration_seconds };
}
