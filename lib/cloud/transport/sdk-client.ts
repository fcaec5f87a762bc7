import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import { GlobalCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/GlobalCredentials.js';
import { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { Logger4jInstance } from '@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger.js';
import { CloudError, ConfigError } from '../../kernel/errors.ts';
import { PROJECT_ID } from '../../kernel/project-id.ts';
import { checkKeys, type Keys } from './check-keys.ts';
import type { CallKind } from './classify-failure.ts';
import { checkEndpoint } from './endpoints.ts';
import { type KeysGuard, processKeysGuard } from './keys-guard.ts';
import { makeRedact } from './redact.ts';
import type { Refusals } from './refusals.ts';
import { SafeHttpClient } from './safe-http-client.ts';
import type { Send } from './send-once.ts';

// The SDK's logger writes to stdout, and `DEBUG=DEBUG` in the environment turns it up. Nothing of it is wanted.
Logger4jInstance.level = 'off';

/** What is kept of the invocation for recording a result, when the caller says nothing. */
const DEFAULT_RESERVE_MS = 1_500;
/** A call that hangs must leave time to look for what it did. */
const MAX_CALL_MS = 30_000;
/** Less than this is not enough for a connection and an answer. */
const MIN_CALL_MS = 50;

export interface CloudOptions {
  /** Base URL; see `endpoints.ts`. */
  readonly endpoint: string;
  /** Read again for every invocation: an agency's keys expire. */
  readonly credentials: Keys;
  /** What is left of the invocation, in ms, whenever it is asked. */
  readonly remainingMs: () => number;
  /**
   * How much of it no call may use.
   * @default 1000
   */
  readonly reserveMs?: number;
  /**
   * Where refused keys are remembered.
   * @default the guard of this process
   */
  readonly keysGuard?: KeysGuard;
  /** What was refused to this invocation and is not asked again. Absent: nothing is remembered. */
  readonly refusals?: Refusals;
  /** As `SafeHttpClientOptions` has it. */
  readonly send?: Send;
}

/** The resource of a call that is about everything of its kind, as a list is. */
export const ALL = '*';

export interface Call<T> {
  readonly operation: string;
  readonly kind: CallKind;
  /** The id of what it is about; `ALL` where it is about all there is. Absent: a refusal of it is not remembered. */
  readonly resource?: string;
  /** Secrets of the body, to be kept out of what is said about the call. */
  readonly secrets?: readonly string[];
  /** As `SafeHttpClientOptions` has it. */
  readonly mayBeEmpty?: boolean;
  /** As `SafeHttpClientOptions` has it. */
  readonly isList?: boolean;
  /** As `SafeHttpClientOptions` has it. */
  readonly exactNumbers?: boolean;
  /** Sends one request through the given client, and no more. */
  readonly use: (client: HcClient) => Promise<T>;
}

export interface Answered<T> {
  readonly answer: T;
  readonly requestId?: string;
  /** Takes secrets out of text of the answer. */
  readonly redact: (text: string) => string;
}

export interface SdkClient {
  /**
   * Makes one call. A `change` is sent at most once; a `read` that is cut off or answered with a 5xx is sent a second time, at once.
   *
   * @throws {CloudError} `out_of_time` or `keys_refused` (both `not_sent`) without a try, or what `refusals` remembers; else what `classify-failure.ts` makes of the failure
   */
  call<T>(call: Call<T>): Promise<Answered<T>>;
}

/** Who signs: DCS works in a project, SMS in an account, whose id may be left out. */
export type Scope = { readonly projectId: string } | { readonly domainId?: string };

/**
 * The official `HcClient` with the official credentials and signature, over our own transport.
 *
 * It has one endpoint and no region: with two the SDK sends a request again to the second, with a region it asks IAM. The SDK's builder is
 * left out, as it makes the default transport and writes `~/.huaweicloud/application_id`.
 *
 * @throws {ConfigError} when there are no keys, or endpoint or ids are malformed
 */
export function makeSdkClient(service: string, options: CloudOptions, scope: Scope): SdkClient {
  const endpoint = checkEndpoint(`HUAWEICLOUD_${service}_ENDPOINT`, options.endpoint);
  const { accessKey, secretKey, securityToken } = checkKeys(options.credentials);
  const credential = makeCredential({ ak: accessKey, sk: secretKey, ...(securityToken && { securityToken }) }, scope);
  const keysGuard = options.keysGuard ?? processKeysGuard;
  const reserveMs = options.reserveMs ?? DEFAULT_RESERVE_MS;

  const attempt = async <T>(call: Call<T>): Promise<Answered<T>> => {
    const fail = (
      details: Omit<ConstructorParameters<typeof CloudError>[0], 'service' | 'operation'>,
      cause?: unknown,
    ) => {
      const { operation, resource } = call;
      const error = new CloudError(
        { service, operation, ...(resource !== undefined && { resource }), ...details },
        { cause },
      );
      options.refusals?.note(error);
      return error;
    };

    options.refusals?.check({ service, operation: call.operation, resource: call.resource });

    const refusedUntil = keysGuard.refusedUntil(accessKey);
    if (refusedUntil !== undefined) {
      const until = new Date(refusedUntil).toISOString();
      const cloudMessage = `the cloud refused these keys; more tries would lock them, so they are not used until ${until}`;
      throw fail({ outcome: 'not_sent', temporary: false, cloudCode: 'keys_refused', cloudMessage });
    }
    const timeoutMs = Math.min(options.remainingMs() - reserveMs, MAX_CALL_MS);
    if (timeoutMs < MIN_CALL_MS) {
      const cloudMessage = 'the invocation has too little time left';
      throw fail({ outcome: 'not_sent', temporary: true, cloudCode: 'out_of_time', cloudMessage });
    }

    const redact = makeRedact([secretKey, securityToken, accessKey, ...(call.secrets ?? [])]);
    const { kind, mayBeEmpty = false, isList = false, exactNumbers = false } = call;
    const send = options.send ? { send: options.send } : {};
    const http = new SafeHttpClient({ kind, timeoutMs, redact, mayBeEmpty, isList, exactNumbers, ...send });
    try {
      const answer = await call.use(new HcClient(http).withEndpoints([endpoint]).withCredential(credential));
      return { answer, redact, ...(http.requestId !== undefined && { requestId: http.requestId }) };
    } catch (error) {
      if (http.failure) {
        const { cause = error, ...failure } = http.failure;
        if (failure.status === 401) keysGuard.refused(accessKey);
        throw fail(failure, cause);
      }
      const cloudMessage = redact(error instanceof Error ? error.message : 'the request could not be built');
      const outcome = http.used ? 'unknown' : 'not_sent';
      throw fail({ outcome, temporary: false, cloudCode: 'request_not_built', cloudMessage }, error);
    }
  };

  return {
    async call(call) {
      try {
        return await attempt(call);
      } catch (error) {
        if (call.kind === 'read' && error instanceof CloudError && mayReadAgain(error)) return attempt(call);
        throw error;
      }
    },
  };
}

function makeCredential(keys: { ak: string; sk: string; securityToken?: string }, scope: Scope) {
  if ('projectId' in scope)
    return new BasicCredentials({ ...keys, projectId: checkId('HUAWEICLOUD_PROJECT_ID', scope.projectId) });
  if (!scope.domainId) return new GlobalCredentials(keys);
  return new GlobalCredentials({ ...keys, domainId: checkId('HUAWEICLOUD_DOMAIN_ID', scope.domainId) });
}

/** The project id becomes part of the path, both ids become headers. */
function checkId(setting: string, id: string): string {
  if (PROJECT_ID.test(id)) return id;
  throw new ConfigError('settings', [
    {
      path: [setting],
      message: id === '' ? 'is missing' : `${JSON.stringify(id)} is no id, as 0123456789abcdef0123456789abcdef is one`,
    },
  ]);
}

/** Cut off, or the service was in trouble. Not after a time limit: the time is gone. Never after a refusal. */
function mayReadAgain(error: CloudError): boolean {
  const cutOff = error.cloudCode === 'ECONNRESET' || error.cloudCode === 'EPIPE';
  return error.outcome === 'unknown' && (cutOff || (error.status !== undefined && error.status >= 500));
}
