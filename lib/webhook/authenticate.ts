import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { GatewayRequest } from '../events/gateway-event.ts';
import { MAX_AUTH_SECRETS } from '../jobs/check-auth.ts';
import type { RequestAuth } from '../jobs/job.ts';
import type { Secret, SecretReference } from '../kernel/secret.ts';
import { isSignedBy, readSignedMessage, type SignedMessage, signingKey } from './standard-webhooks.ts';

/** What a caller showed. Made once for a request, whatever job it is about. */
export interface Credentials {
  readonly token?: string;
  readonly message?: SignedMessage;
  /** Why there is no message, for the log. Empty when there is one. */
  readonly unsigned: string;
}

export interface AuthDeps {
  /** The function's variable. @throws when it is not set */
  readonly secret: (reference: SecretReference) => Secret;
  /** Told when a job's secret can't be used. */
  readonly unusable: (name: string) => void;
}

/** Shorter ones can be guessed. */
const MIN_TOKEN_LENGTH = 16;
/** In place of secrets that a job does not have: it takes as long to compare with them. */
const DUMMY_KEY = randomBytes(32);
const DUMMY_TOKEN = DUMMY_KEY.toString('hex');

/**
 * What is signed: the body's bytes. A GET has none, so there it is the text `GET <path>`, and a signature made for reading can neither
 * read elsewhere nor start anything.
 */
export function readCredentials(request: GatewayRequest, nowMs: number): Credentials {
  const payload = request.method === 'GET' ? Buffer.from(`GET ${request.path}`) : request.body;
  const message = readSignedMessage(request.headers, payload, nowMs);
  const [, token] = /^bearer ([\x21-\x7e]{1,1024})$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const shown = token === undefined ? {} : { token };
  return typeof message === 'string' ? { ...shown, unsigned: message } : { ...shown, message, unsigned: '' };
}

/**
 * Why a caller was not let in, for the log and never for the answer: nothing of what was shown is in it.
 *
 * @param auth `undefined`: no such job
 */
export function denialReason(auth: RequestAuth | undefined, { token, unsigned }: Credentials): string {
  if (auth === undefined) return 'the jobs file has no job of this name that can be requested';
  if (typeof auth === 'object' && 'standard_webhooks' in auth) {
    return unsigned || 'the signature is not made over this body with one of the secrets of the job';
  }
  return token === undefined ? 'there is no bearer token' : 'the bearer token is none of those of the job';
}

/**
 * May this caller see and use a job with this authentication? `undefined`, no such job, lets nobody.
 *
 * The same request takes the same work for every job, whether the job exists, which scheme it has and how many secrets: it is compared with as
 * many tokens and keys as a job may have.
 */
export function isAuthorized(auth: RequestAuth | undefined, { token, message }: Credentials, deps: AuthDeps): boolean {
  const own = typeof auth === 'object' ? auth : undefined;
  const tokens = own && 'bearer' in own ? secretsOf(own.bearer, deps) : [];
  const keys = own && 'standard_webhooks' in own ? secretsOf(own.standard_webhooks, deps) : [];
  let allowed = auth === 'gateway' || auth === 'none';
  for (let i = 0; i < MAX_AUTH_SECRETS; i++) {
    const [bearer, key] = [tokens[i], keys[i]];
    if (token !== undefined && isSame(token, bearer?.value ?? DUMMY_TOKEN)) {
      if (bearer && bearer.value.length >= MIN_TOKEN_LENGTH) allowed = true;
    }
    const known = key && signingKey(key.value);
    if (message && isSignedBy(message, known ?? DUMMY_KEY) && known) allowed = true;
    if (key && !known) deps.unusable(key.name);
    if (bearer && bearer.value.length < MIN_TOKEN_LENGTH) deps.unusable(bearer.name);
  }
  return allowed;
}

interface NamedSecret {
  readonly name: string;
  readonly value: string;
}

/** A variable that is not set lets nobody in, and must not stop those with another one. */
function secretsOf(references: readonly SecretReference[], { secret, unusable }: AuthDeps): NamedSecret[] {
  return references.flatMap((reference) => {
    try {
      return [{ name: reference.user_data, value: secret(reference).reveal() }];
    } catch {
      unusable(reference.user_data);
      return [];
    }
  });
}

/** Compares hashes: texts of different length take as long. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}
