import type { ICredential } from '@huaweicloud/huaweicloud-sdk-core/auth/ICredential.js';
import type { DefaultHttpResponse } from '@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpResponse.js';
import type { HttpClient } from '@huaweicloud/huaweicloud-sdk-core/http/HttpClient.js';
import type { IHttpRequest } from '@huaweicloud/huaweicloud-sdk-core/http/IHttpRequest.js';
import type { SdkResponse } from '@huaweicloud/huaweicloud-sdk-core/SdkResponse.js';
import type { KnownCode } from '../../kernel/codes.ts';
import type { CloudErrorDetails } from '../../kernel/errors.ts';
import { type CallKind, classifyNoResponse, classifyResponse } from './classify-failure.ts';
import { type ErrorBody, readErrorBody } from './error-body.ts';
import { inexactNumber } from './inexact-number.ts';
import type { Redact } from './redact.ts';
import { type RawResponse, type Send, sendOnce, TransportError } from './send-once.ts';

const USER_AGENT = 'huaweicloud-migration-functions';
const CONNECT_TIMEOUT_MS = 5_000;
const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i;

/** A `CloudError` without its service and operation. */
export type CallFailure = Omit<CloudErrorDetails, 'service' | 'operation'> & { readonly cause?: unknown };

export interface SafeHttpClientOptions {
  readonly kind: CallKind;
  readonly timeoutMs: number;
  readonly redact: Redact;
  /**
   * Whether the operation is documented with an empty success. Then an empty response and JSON without fields (`null`, a string) are successes
   * too.
   * @default false
   */
  readonly mayBeEmpty?: boolean;
  /**
   * Whether the operation returns a JSON array.
   * @default false
   */
  readonly isList?: boolean;
  /**
   * Whether to refuse a response with an integer that a JavaScript number can't represent exactly.
   * @default false: it is rounded
   */
  readonly exactNumbers?: boolean;
  /**
   * Sends the request to the service.
   * @default sendOnce
   */
  readonly send?: Send;
}

/**
 * The transport under the official `HcClient`, for one call.
 *
 * It sends once, within its timeout, follows no redirects, prints nothing, and keeps neither request nor credentials. Only a JSON object is a
 * success, except for operations that are documented without one. The SDK's exceptions cannot carry the details of a failure; `failure` has them.
 */
export class SafeHttpClient implements HttpClient {
  readonly #options: SafeHttpClientOptions;
  readonly #madeAt = Date.now();
  #used = false;
  #failure: CallFailure | undefined;
  #requestId: string | undefined;

  constructor(options: SafeHttpClientOptions) {
    this.#options = options;
  }

  /** Why the call failed; `undefined` when it did not fail or was never sent here. */
  get failure(): CallFailure | undefined {
    return this.#failure;
  }

  /** Whether a request has been passed to this client. */
  get used(): boolean {
    return this.#used;
  }

  /** The cloud's request ID from the response. */
  get requestId(): string | undefined {
    return this.#requestId;
  }

  // HcClient stores the signed request and the keys on its transport. A request may contain passwords, so neither is kept.
  set httpRequest(_request: IHttpRequest) {}
  set credentials(_credentials: ICredential) {}

  /** Sends the signed request. @throws the object that the SDK's `ExceptionUtil.generalException` turns into its exception */
  async sendRequest<T extends SdkResponse>(request: IHttpRequest): Promise<DefaultHttpResponse<T>> {
    // The SDK resends by itself: the outcome of the first request is then unknown.
    if (this.#used) throw this.#fail({ outcome: 'unknown', temporary: false, cloudCode: 'sent_again' });
    this.#used = true;
    let response: RawResponse;
    try {
      response = await (this.#options.send ?? sendOnce)({
        method: request.method ?? 'GET',
        url: `${request.endpoint}${queryString(request.queryParams)}`,
        headers: { accept: 'application/json', 'user-agent': USER_AGENT, ...request.headers },
        ...(request.data !== undefined && { body: JSON.stringify(request.data) }),
        onKeptConnection: this.#options.kind === 'read',
        connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, this.#options.timeoutMs),
        totalTimeoutMs: this.#options.timeoutMs,
        sendBefore: this.#madeAt + this.#options.timeoutMs,
      });
    } catch (error) {
      throw this.#failWithoutResponse(error);
    }
    const requestId = response.headers['x-request-id'];
    if (typeof requestId === 'string') this.#requestId = this.#options.redact(requestId, 64);
    if (response.status < 200 || response.status > 299) throw this.#failWithResponse(response);
    return { data: this.#readSuccess(response) as T, statusCode: response.status, headers: response.headers };
  }

  #readSuccess(response: RawResponse): Record<string, unknown> {
    const unusable = (cloudCode: KnownCode, cloudMessage: string) =>
      this.#fail({
        ...classifyResponse(this.#options.kind, response.status),
        status: response.status,
        cloudCode,
        cloudMessage,
      });

    if (response.cut !== undefined) throw unusable(response.cut, 'the response was cut off');
    const type = response.headers['content-type'];
    if (response.body.length === 0) {
      if (this.#options.mayBeEmpty) return {};
      throw unusable('no_content', 'the response is empty');
    }
    if (type !== undefined && !JSON_TYPE.test(type)) throw unusable('not_json', 'the response is not JSON');
    const body = parseJson(response.body);
    if (this.#options.mayBeEmpty && (body === null || typeof body === 'string')) return {};
    const { isList = false } = this.#options;
    if (typeof body !== 'object' || body === null || Array.isArray(body) !== isList)
      throw unusable('not_json', `the response is not a JSON ${isList ? 'array' : 'object'}`);
    const inexact = this.#options.exactNumbers ? inexactNumber(response.body.toString()) : undefined;
    if (inexact !== undefined) {
      const cloudMessage = `the response has a number that can't be represented exactly: ${inexact.slice(0, 32)}`;
      throw this.#fail({
        outcome: 'unknown',
        temporary: false,
        status: response.status,
        cloudCode: 'inexact_number',
        cloudMessage,
      });
    }
    return body as Record<string, unknown>;
  }

  #failWithResponse(response: RawResponse): unknown {
    const body: ErrorBody = readErrorBody(
      response.cut === undefined ? parseJson(response.body) : undefined,
      this.#options.redact,
    );
    const retryAfterSeconds = readRetryAfter(response.headers['retry-after']);
    // The gateway may return only a message (FunctionGraph, 2026-11-28).
    const keysRefused = response.status === 401 && body.cloudCode === undefined;
    const redirected = response.status >= 300 && response.status < 400;
    return this.#fail({
      ...classifyResponse(this.#options.kind, response.status, body.cloudCode),
      status: response.status,
      ...(redirected && { cloudMessage: 'the response is a redirect, which was not followed' }),
      ...body,
      ...(keysRefused && { cloudCode: 'keys_refused' }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }

  #failWithoutResponse(error: unknown): unknown {
    if (!(error instanceof TransportError)) throw error;
    return this.#fail({
      ...classifyNoResponse(this.#options.kind, error.code, error.mayHaveBeenSent),
      cloudCode: error.code,
      cloudMessage: this.#options.redact(error.message),
      cause: error,
    });
  }

  /** Stores the failure and returns the object that the SDK turns into its own exception. */
  #fail(failure: CallFailure): unknown {
    this.#failure = {
      ...failure,
      ...(this.#requestId !== undefined && { requestId: this.#requestId }),
    };
    const { status, cloudCode, cloudMessage, requestId, encodedAuthorizationMessage } = this.#failure;
    return {
      status,
      requestId,
      message: cloudMessage ?? cloudCode,
      data: {
        error_code: cloudCode,
        error_msg: cloudMessage,
        encoded_authorization_message: encodedAuthorizationMessage,
      },
    };
  }
}

/** Escapes as the signer does, so that what is sent matches what was signed. */
function queryString(params: Readonly<Record<string, unknown>> | undefined): string {
  const pairs = Object.entries(params ?? {}).map(
    ([name, value]) => `${percentEncode(name)}=${percentEncode(String(value))}`,
  );
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** Seconds or a date (RFC 9110); `undefined` for anything else. */
function readRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value)) return Number(value);
  const until = Date.parse(value);
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}
