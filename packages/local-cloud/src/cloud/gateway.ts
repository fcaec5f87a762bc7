import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { iamTime } from './iam/iam-time.ts';
import { accountOf, type Tokens } from './iam/tokens.ts';
import type { Account } from './operation.ts';
import { apiGatewayError, type ServiceError } from './service-error.ts';
import type { ServiceTimes } from './service-times.ts';
import { checkSignature, type SignedRequest } from './signature.ts';

/** More consecutive failures than this lock the access key (API Gateway FAQ, apig-faq-0003, ae-ad-1 edition). */
const FAILURES_ALLOWED = 5;
const LOCK_MS = 5 * 60 * 1000;

export interface GatewayOptions {
  readonly credentials: Credentials;
  readonly tokens: Tokens;
  /** The cloud's clock, on which locks expire. */
  readonly clock: Clock;
  /** The times (epoch ms) against which signatures are checked: one of them is enough. */
  readonly serviceTimes: () => ServiceTimes;
}

/** Authenticates requests by their signature or their token. Counts wrong signatures and locks access keys. */
export class Gateway {
  readonly #credentials: Credentials;
  readonly #tokens: Tokens;
  readonly #clock: Clock;
  readonly #serviceTimes: () => ServiceTimes;
  readonly #failures = new Map<string, number>();
  readonly #lockedUntil = new Map<string, number>();

  constructor(options: GatewayOptions) {
    this.#credentials = options.credentials;
    this.#tokens = options.tokens;
    this.#clock = options.clock;
    this.#serviceTimes = options.serviceTimes;
  }

  /**
   * The account that signed the request, or whose token is in `X-Auth-Token`. A signature wins over a token.
   *
   * @throws {ServiceError} 401 APIGW.0301; while a key is locked, also for correct signatures
   */
  authenticate(request: SignedRequest, requestId: string): Account {
    const { authorization, 'x-auth-token': token } = request.headers;
    if (/^SDK-HMAC-SHA256 /.test(String(authorization))) return this.#checkSignature(request, requestId);
    if (token !== undefined) return this.#checkToken(String(token), requestId);
    if (authorization === undefined) throw wrongCredentials('x-auth-token not found', requestId);
    return this.#checkSignature(request, requestId);
  }

  /** The wordings are those of the FAQ of a service behind the gateway (ocr_01_0063, 2024-09-23). */
  #checkToken(text: string, requestId: string): Account {
    const token = this.#tokens.find(text);
    if (token === undefined) throw wrongCredentials('decrypt token fail', requestId);
    if (token.expiresAt <= this.#clock.now())
      throw wrongCredentials(`token expires, expires_at: ${iamTime(token.expiresAt)}`, requestId);
    return accountOf(token);
  }

  #checkSignature(request: SignedRequest, requestId: string): Account {
    const checked = checkSignature(request, (accessKey) => this.#credentials.find(accessKey), ...this.#serviceTimes());
    const accessKey = checked.ok ? checked.keys.accessKey : checked.accessKey;
    if (accessKey !== undefined && this.#isLocked(accessKey))
      throw wrongCredentials('the access key is locked', requestId);
    if (!checked.ok) {
      if (accessKey !== undefined) this.#countFailure(accessKey);
      throw wrongCredentials(checked.reason, requestId);
    }
    this.#failures.delete(checked.keys.accessKey);
    return checked.keys;
  }

  #isLocked(accessKey: string): boolean {
    const until = this.#lockedUntil.get(accessKey);
    return until !== undefined && this.#clock.now() < until;
  }

  #countFailure(accessKey: string): void {
    const failures = (this.#failures.get(accessKey) ?? 0) + 1;
    this.#failures.set(accessKey, failures);
    if (failures <= FAILURES_ALLOWED) return;
    this.#failures.delete(accessKey);
    this.#lockedUntil.set(accessKey, this.#clock.now() + LOCK_MS);
  }
}

function wrongCredentials(reason: string, requestId: string): ServiceError {
  return apiGatewayError(401, 'APIGW.0301', `Incorrect IAM authentication information: ${reason}`, requestId);
}
