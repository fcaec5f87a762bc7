import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import { GlobalCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/GlobalCredentials.js';
import { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { Logger4jInstance } from '@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger.js';
import { CloudError, ConfigError } from '../../kernel/errors.ts';
import { PROJECT_ID } from '../../kernel/project-id.ts';
import { neededAction } from './call-actions.ts';
import { checkKeys, type Keys } from './check-keys.ts';
import type { CallKind } from './classify-failure.ts';
import { checkEndpoint } from './endpoints.ts';
import { type KeysGuard, processKeysGuard } from './keys-guard.ts';
import { makeRedact } from './redact.ts';
import type { Refusals } from './refusals.ts';
import { SafeHttpClient } from './safe-http-client.ts';
import type { Send } from './send-once.ts';

// The SDK's logger writes to stdout, and `DEBUG=DEBUG` in the environment makes it verbose. None of it is wanted.
Logger4jInstance.level = 'off';

/** Default time reserved for recording a result. */
export const DEFAULT_RESERVE_MS = 1_500;
/** A call that hangs must leave time to look up its outcome. */
const MAX_CALL_MS = 30_000;
/** Less than this is not enough for a connection and a response. */
const MIN_CALL_MS = 50;

export interface CloudOptions {
  /** Base URL; see `endpoints.ts`. */
  readonly endpoint: string;
  /** Read for every invocation, because an agency's keys expire. */
  readonly credentials: Keys;
  /** Returns the time left for the invocation (ms). */
  readonly remainingMs: () => number;
  /**
   * The part of it that no call may use (ms).
   * @default 1000
   */
  readonly reserveMs?: number;
  /**
   * Where refused keys are remembered.
   * @default the guard of this process
   */
  readonly keysGuard?: KeysGuard;
  /** What was refused during this invocation and is not requested again. If absent, nothing is remembered. */
  readonly refusals?: Refusals;
  /** See `SafeHttpClientOptions`. */
  readonly send?: Send;
}

/** The resource of a call that covers all resources, such as a list. */
export const ALL = '*';

export interface SdkCall<T> {
  readonly operation: string;
  readonly kind: CallKind;
  /** The ID of the resource; `ALL` if the call covers all resources. If absent, a refusal is not remembered. */
  readonly resource?: string;
  /** Secrets in the body, to be redacted from errors and logs about the call. */
  readonly secrets?: readonly string[];
  /** See `SafeHttpClientOptions`. */
  readonly mayBeEmpty?: boolean;
  /** See `SafeHttpClientOptions`. */
  readonly isList?: boolean;
  /** See `SafeHttpClientOptions`. */
  readonly exactNumbers?: boolean;
  /** Sends exactly one request through the given client. */
  readonly use: (client: HcClient) => Promise<T>;
}

export interface CallResult<T> {
  readonly response: T;
  readonly requestId?: string;
  /** Redacts secrets in strings from the response. */
  readonly redact: (text: string) => string;
}

export interface SdkClient {
  /**
   * Makes one call. A `change` is sent at most once; a `read` that is cut off or fails with a 5xx is retried once, immediately.
   *
   * @throws {CloudError} `out_of_time` or `keys_refused` (both `not_sent`) without sending, or the refusal that `refusals` remembers; otherwise as classified by `classify-failure.ts`
   */
  call<T>(call: SdkCall<T>): Promise<CallResult<T>>;
}

/** The scope of the credentials: DCS works in a project, SMS in an account, whose ID may be omitted. */
export type Scope = { readonly projectId: string } | { readonly domainId?: string };

/**
 * The official `HcClient` with the official credentials and signature, over a transport of this project.
 *
 * It has one endpoint and no region: with two endpoints the SDK resends a request to the second, and with a region it calls IAM. The SDK's builder
 * is not used because it creates the default transport and writes `~/.huaweicloud/application_id`.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or an ID is malformed
 */
export function makeSdkClient(service: string, options: CloudOptions, scope: Scope): SdkClient {
  const endpoint = checkEndpoint(`HUAWEICLOUD_${service}_ENDPOINT`, options.endpoint);
  const { accessKey, secretKey, securityToken } = checkKeys(options.credentials);
  const credential = makeCredential({ ak: accessKey, sk: secretKey, ...(securityToken && { securityToken }) }, scope);
  const keysGuard = options.keysGuard ?? processKeysGuard;
  const reserveMs = options.reserveMs ?? DEFAULT_RESERVE_MS;
  const keys = [secretKey, securityToken, accessKey];
  const hideKeys = makeRedact(keys);

  const attempt = async <T>(call: SdkCall<T>): Promise<CallResult<T>> => {
    const fail = (
      details: Omit<ConstructorParameters<typeof CloudError>[0], 'service' | 'operation'>,
      cause?: unknown,
    ) => {
      const { operation, resource } = call;
      const action = neededAction(service, operation, details);
      const error = new CloudError(
        {
          service,
          operation,
          ...(action !== undefined && { action }),
          ...(resource !== undefined && { resource }),
          ...details,
        },
        { cause },
      );
      options.refusals?.note(error);
      return error;
    };

    options.refusals?.check({ service, operation: call.operation, resource: call.resource });

    const refusedUntil = keysGuard.refusedUntil(accessKey);
    if (refusedUntil !== undefined) {
      const until = new Date(refusedUntil).toISOString();
      const cloudMessage = `the cloud refused these keys; further attempts would lock them, so they are not used until ${until}`;
      throw fail({ outcome: 'not_sent', temporary: false, cloudCode: 'keys_refused', cloudMessage });
    }
    const timeoutMs = Math.min(options.remainingMs() - reserveMs, MAX_CALL_MS);
    if (timeoutMs < MIN_CALL_MS) {
      const cloudMessage = 'the invocation has too little time left';
      throw fail({ outcome: 'not_sent', temporary: true, cloudCode: 'out_of_time', cloudMessage });
    }

    const redact = call.secrets ? makeRedact([...keys, ...call.secrets]) : hideKeys;
    const { kind, mayBeEmpty = false, isList = false, exactNumbers = false } = call;
    const send = options.send ? { send: options.send } : {};
    const http = new SafeHttpClient({ kind, timeoutMs, redact, mayBeEmpty, isList, exactNumbers, ...send });
    try {
      const response = await call.use(new HcClient(http).withEndpoints([endpoint]).withCredential(credential));
      return { response, redact, ...(http.requestId !== undefined && { requestId: http.requestId }) };
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
        if (call.kind === 'read' && error instanceof CloudError && isRetryableRead(error)) return attempt(call);
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

/** The project ID becomes part of the path; both IDs become headers. */
function checkId(setting: string, id: string): string {
  if (PROJECT_ID.test(id)) return id;
  throw new ConfigError('settings', [
    {
      path: [setting],
      message: id === '' ? 'is missing' : `${JSON.stringify(id)} is not an ID such as 0123456789abcdef0123456789abcdef`,
    },
  ]);
}

/** The read was cut off or the service failed. Not after a timeout, because no time is left, and never after a refusal. */
function isRetryableRead(error: CloudError): boolean {
  const cutOff = error.cloudCode === 'ECONNRESET' || error.cloudCode === 'EPIPE';
  return error.outcome === 'unknown' && (cutOff || (error.status !== undefined && error.status >= 500));
}
