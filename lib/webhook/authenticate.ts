import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { GatewayRequest } from '../events/gateway-event.ts';
import { MAX_AUTH_SECRETS } from '../jobs/check-auth.ts';
import type { CallerSecret, RequestAuth } from '../jobs/job.ts';
import { MIN_TOKEN_LENGTH, type Secret } from '../kernel/secret.ts';
import { referenceName, type SecretReference } from '../kernel/secret-reference.ts';
import type { Asker } from '../runs/ledger/asker.ts';
import { isSignedBy, readSignedMessage, type SignedMessage, signingKey } from './standard-webhooks.ts';

/** What the caller presented. Read once per request, whatever job it is for. */
export interface CallerCredentials {
  readonly token?: string;
  readonly message?: SignedMessage;
  /** Why there is no valid message, for the log. Empty when there is one. */
  readonly unsignedReason: string;
}

export interface AuthDeps {
  /** The value of a secret. @throws when there is none */
  readonly secret: (reference: SecretReference) => Secret;
  /** Called when a secret of a job cannot be used. */
  readonly onUnusable: (name: string) => void;
}

/** Stand in for secrets that a job does not have, so that the comparison takes as long. */
const DUMMY_KEY = randomBytes(32);
const DUMMY_TOKEN = DUMMY_KEY.toString('hex');

/**
 * The signed payload is the body's bytes. A GET has no body, so its payload is the string `GET <path>`: a signature made for one read cannot be
 * used to read anything else or to start anything.
 */
export function readCallerCredentials(request: GatewayRequest, nowMs: number): CallerCredentials {
  const payload = request.method === 'GET' ? Buffer.from(`GET ${request.path}`) : request.body;
  const message = readSignedMessage(request.headers, payload, nowMs);
  const [, token] = /^bearer ([\x21-\x7e]{1,1024})$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const shown = token === undefined ? {} : { token };
  return typeof message === 'string'
    ? { ...shown, unsignedReason: message }
    : { ...shown, message, unsignedReason: '' };
}

/**
 * Why access was denied, for the log and never for the response. Contains nothing that the caller presented.
 *
 * @param auth `undefined` when the job does not exist
 */
export function denialReason(auth: RequestAuth | undefined, { token, unsignedReason }: CallerCredentials): string {
  if (auth === undefined) return 'the jobs file has no job with this name and on.request';
  if (typeof auth === 'object' && 'standard_webhooks' in auth) {
    return unsignedReason || "the signature does not match this body with any of the job's secrets";
  }
  return token === undefined
    ? 'the bearer token is missing'
    : "the bearer token does not match any of the job's tokens";
}

/**
 * Who the caller is for a job with this authentication: the label of the secret that it used, the first in the list if it used several.
 *
 * A request costs the same work whether or not the job exists, whichever scheme it has and however many secrets: it is always compared with the
 * maximum number of tokens and keys of a job.
 *
 * @param auth `undefined`, for a job that does not exist, allows nobody
 * @returns `undefined` when the caller may not see and use the job
 */
export function authorize(
  auth: RequestAuth | undefined,
  { token, message }: CallerCredentials,
  deps: AuthDeps,
): Asker | undefined {
  const own = typeof auth === 'object' ? auth : undefined;
  const tokens = own && 'bearer' in own ? secretsOf(own.bearer, deps) : [];
  const keys = own && 'standard_webhooks' in own ? secretsOf(own.standard_webhooks, deps) : [];
  let asker: Asker | undefined = auth === 'gateway' || auth === 'none' ? {} : undefined;
  for (let i = 0; i < MAX_AUTH_SECRETS; i++) {
    const [bearer, key] = [tokens[i], keys[i]];
    if (token !== undefined && isSame(token, bearer?.value ?? DUMMY_TOKEN)) {
      if (bearer && bearer.value.length >= MIN_TOKEN_LENGTH) asker ??= bearer.asker;
    }
    const known = key && signingKey(key.value);
    if (message && isSignedBy(message, known ?? DUMMY_KEY) && key && known) asker ??= key.asker;
    if (key && !known) deps.onUnusable(key.name);
    if (bearer && bearer.value.length < MIN_TOKEN_LENGTH) deps.onUnusable(bearer.name);
  }
  return asker;
}

interface NamedSecret {
  readonly name: string;
  readonly asker: Asker;
  readonly value: string;
}

/** A secret without a value allows nobody, and must not block callers who use another one. */
function secretsOf(references: readonly CallerSecret[], { secret, onUnusable }: AuthDeps): NamedSecret[] {
  return references.flatMap((reference) => {
    try {
      const asker = reference.as === undefined ? {} : { label: reference.as };
      return [{ name: referenceName(reference), asker, value: secret(reference).reveal() }];
    } catch {
      onUnusable(referenceName(reference));
      return [];
    }
  });
}

/** Compares hashes, so that strings of different lengths take the same time. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}
