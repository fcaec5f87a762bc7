import { check, queryObject } from '../check.ts';
import type { Clock } from '../clock.ts';
import type { Credentials } from '../credentials.ts';
import { makeOperation } from '../make-operation.ts';
import type { Account, Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { ServiceError } from '../service-error.ts';
import type { LocalAgencies } from './agencies.ts';
import { assumeAgency } from './assume-agency.ts';
import { catalogOf } from './catalog.ts';
import type { Directory } from './directory.ts';
import { hasMethods } from './has-methods.ts';
import { keystoneError } from './iam-error.ts';
import { type Scope, type TokenBody, tokenBody } from './token-bodies.ts';
import { tokenView } from './token-view.ts';
import { accountOf, type IssuedToken, TOKEN_MS, type Tokens } from './tokens.ts';

export interface TokenDeps {
  readonly directory: Directory;
  readonly agencies: LocalAgencies;
  readonly credentials: Credentials;
  readonly tokens: Tokens;
  readonly clock: Clock;
}

type Identity = TokenBody['auth']['identity'];
/** Who logs in; the expiry is that of the token with which a token was obtained. */
type Login = Pick<IssuedToken, 'account' | 'assumed'> & { readonly expiresAt?: number };

const invalid = (field: string, problem: string): ServiceError =>
  keystoneError(400, `Request parameter ${field} is invalid: ${problem}.`);

/** Obtains and validates tokens. The operations that obtain them are distinguished by `methods`; a login with an access key has no name. */
export function tokenOperations(deps: TokenDeps): Operation[] {
  const path = '/v3/auth/tokens';
  const create = (name: string, ...methods: readonly string[]): Operation => ({
    name,
    method: 'POST',
    path,
    body: 'json',
    isOpen: true,
    accepts: hasMethods(methods),
    handle: (call) => createToken(deps, call),
  });
  return [
    create('KeystoneCreateUserTokenByPassword', 'password'),
    create('KeystoneCreateUserTokenByPasswordAndMfa', 'password', 'totp'),
    create('KeystoneCreateScopedToken', 'token'),
    create('KeystoneCreateAgencyToken', 'assume_role'),
    makeOperation('KeystoneValidateToken', 'GET', path, (call) => validateToken(deps, call)),
    makeOperation('KeystoneCheckToken', 'HEAD', path, (call) => ({ ...validateToken(deps, call), body: undefined })),
  ];
}

function createToken(deps: TokenDeps, call: OperationCall): OperationResponse {
  const { identity, scope } = check(tokenBody, call.body, invalid).auth;
  const wantsCatalog = readNoCatalog(call);
  const { account, assumed, expiresAt } = logIn(deps, call, identity);
  const now = deps.clock.now();
  const token = deps.tokens.issue({
    ...scoped(deps, account, scope),
    methods: identity.methods,
    issuedAt: now,
    expiresAt: expiresAt ?? now + TOKEN_MS,
    assumed,
  });
  return response(deps, call, 201, token, wantsCatalog);
}

/** @throws {ServiceError} 400 when the method's object is missing, 401 when the credentials are wrong */
function logIn(deps: TokenDeps, call: OperationCall, identity: Identity): Login {
  const { methods, password, token, assume_role: agency, hw_ak_sk: keys } = identity;
  const [method] = methods;
  if (methods.includes('totp')) throw keystoneError(401, 'The user has no virtual MFA device.');
  if (methods.length > 1) throw invalid('auth.identity.methods', 'must have one method');
  switch (method) {
    case 'password': {
      if (password === undefined) throw invalid('auth.identity.password', 'is required');
      const account = deps.directory.login(password.user.domain ?? {}, password.user);
      if (account === undefined) throw keystoneError(401, 'The username or password is wrong.');
      return { account };
    }
    case 'token': {
      if (token === undefined) throw invalid('auth.identity.token', 'is required');
      return validToken(deps, token.id, 401);
    }
    case 'hw_ak_sk': {
      if (keys === undefined) throw invalid('auth.identity.hw_ak_sk', 'is required');
      const account = deps.credentials.find(keys.access.key);
      if (account?.secretKey !== keys.secret.key || account.securityToken !== keys.security_token)
        throw keystoneError(401, 'The access key, the secret key or the security token is wrong.');
      return { account };
    }
    default: {
      if (agency === undefined) throw invalid('auth.identity.assume_role', 'is required');
      const { account, name } = assumeAgency(deps, call.account, agency);
      return { account, assumed: { by: call.account, agency: name } };
    }
  }
}

/** The project wins if both are sent; without a scope the token is for global services (iam_30_0001). @throws {ServiceError} */
function scoped(
  { directory }: TokenDeps,
  account: Account,
  scope: Scope | undefined,
): Pick<IssuedToken, 'account' | 'scope'> {
  const { project, domain } = scope ?? {};
  if (project !== undefined) {
    const found = directory.project(account.domainId, project);
    if (found === undefined) throw keystoneError(404, `Could not find project: ${project.id ?? project.name ?? ''}.`);
    return { account: found, scope: 'project' };
  }
  if (domain === undefined) return { account, scope: 'none' };
  if (directory.ofDomain(domain)?.domainId !== account.domainId)
    throw keystoneError(404, `Could not find domain: ${domain.id ?? domain.name ?? ''}.`);
  return { account, scope: 'domain' };
}

function validateToken(deps: TokenDeps, call: OperationCall): OperationResponse {
  const wantsCatalog = readNoCatalog(call);
  const subject = call.headers['x-subject-token'];
  if (typeof subject !== 'string' || subject === '') throw keystoneError(400, 'X-Subject-Token is required.');
  const token = validToken(deps, subject, 404);
  // Another account's tokens are as unknown as those that never existed.
  if (token.account.domainId !== call.account.domainId) throw unknownToken(404);
  return response(deps, call, 200, token, wantsCatalog);
}

/** @throws {ServiceError} with this status, when it was never issued or has expired */
export function validToken({ tokens, clock }: Pick<TokenDeps, 'tokens' | 'clock'>, text: string, status: 401 | 404) {
  const token = tokens.find(text);
  if (token === undefined || token.expiresAt <= clock.now()) throw unknownToken(status);
  return token;
}

function unknownToken(status: 401 | 404): ServiceError {
  return keystoneError(status, 'Could not find token or it has expired.');
}

/** Any text that is not empty leaves the catalog out. */
function readNoCatalog({ query }: OperationCall): boolean {
  const { nocatalog = '', ...others } = queryObject(query);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(unknown, 'is not a parameter of this operation');
  return nocatalog === '';
}

function response(
  { directory }: TokenDeps,
  call: OperationCall,
  status: number,
  token: IssuedToken,
  wantsCatalog: boolean,
): OperationResponse {
  const catalog = wantsCatalog ? catalogOf(call, accountOf(token), directory.region) : undefined;
  return {
    status,
    headers: { 'X-Subject-Token': token.text },
    body: tokenView(token, directory.region, catalog),
  };
}
