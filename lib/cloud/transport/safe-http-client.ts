import type { ICredential } from '@huaweicloud/huaweicloud-sdk-core/auth/ICredential.js';
import type { DefaultHttpResponse } from '@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpResponse.js';
import type { HttpClient } from '@huaweicloud/huaweicloud-sdk-core/http/HttpClient.js';
import type { IHttpRequest } from '@huaweicloud/huaweicloud-sdk-core/http/IHttpRequest.js';
import type { SdkResponse } from '@huaweicloud/huaweicloud-sdk-core/SdkResponse.js';
import type { KnownCode } from '../../kernel/codes.ts';
import type { CloudErrorDetails } from '../../kernel/errors.ts';
import { type CallKind, classifyAnswer, classifyNoAnswer } from './classify-failure.ts';
import { type ErrorBody, readErrorBody } from './error-body.ts';
import { inexactNumber } from './inexact-number.ts';
import type { Redact } from './redact.ts';
import { type RawAnswer, type Send, sendOnce, TransportError } from './send-once.ts';

const USER_AGENT = 'huaweicloud-migration-functions';
const CONNECT_TIMEOUT_MS = 5_000;
const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i;

/** A `CloudError` before it knows its service and operation. */
export type CallFailure = Omit<CloudErrorDetails, 'service' | 'operation'> & { readonly cause?: unknown };

export interface SafeHttpClientOptions {
  readonly kind: CallKind;
  readonly timeoutMs: number;
  readonly redact: Redact;
  /**
   * Does the operation's page show a success without a body? Then an empty answer, and JSON that says nothing (`null`, a text), are
   * successes too.
   * @default false
   */
  readonly mayBeEmpty?: boolean;
  /**
   * Does the operation answer with a JSON array?
   * @default false
   */
  readonly isList?: boolean;
  /**
   * Is an answer refused that has an integer which a JavaScript number can't hold?
   * @default false: it is rounded
   */
  readonly exactNumbers?: boolean;
  /**
   * What brings the request to the service.
   * @default sendOnce
   */
  readonly send?: Send;
}

/**
 * The transport under the official `HcClient`, for one call.
 *
 * It sends once, within its time, follows nothing, prints nothing and keeps neither request nor credentials. Only a JSON object is a
 * success, but for operations that are documented without one. The SDK's exceptions have no room for what a failed call says; it stays here in `failure`.
 */
export class SafeHttpClient implements HttpClient {
  readonly #options: SafeHttpClientOptions;
  #used = false;
  #failure: CallFailure | undefined;
  #requestId: string | undefined;

  constructor(options: SafeHttpClientOptions) {
    this.#options = options;
  }

  /** Why the call failed; `undefined` when it did not, or never got as far as here. */
  get failure(): CallFailure | undefined {
    return this.#failure;
  }

  /** Has a request been handed to this client? */
  get used(): boolean {
    return this.#used;
  }

  /** The cloud's request id of the answer. */
  get requestId(): string | undefined {
    return this.#requestId;
  }

  // HcClient leaves the signed request and the keys on its transport. A request holds passwords, so neither is kept.
  set httpRequest(_request: IHttpRequest) {}
  set credentials(_credentials: ICredential) {}

  /** Sends the signed request. @throws what `ExceptionUtil.generalException` of the SDK makes its exception from */
  async sendRequest<T extends SdkResponse>(request: IHttpRequest): Promise<DefaultHttpResponse<T>> {
    // Somebody below sends again by itself: what became of the first request is then no longer known.
    if (this.#used) throw this.#fail({ outcome: 'unknown', temporary: false, cloudCode: 'sent_again' });
    this.#used = true;
    let answer: RawAnswer;
    try {
      answer = await (this.#options.send ?? sendOnce)({
        method: request.method ?? 'GET',
        url: `${request.endpoint}${queryString(request.queryParams)}`,
        headers: { accept: 'application/json', 'user-agent': USER_AGENT, ...request.headers },
        ...(request.data !== undefined && { body: JSON.stringify(request.data) }),
        onKeptConnection: this.#options.kind === 'read',
        connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, this.#options.timeoutMs),
        totalTimeoutMs: this.#options.timeoutMs,
      });
    } catch (error) {
      throw this.#failWithout(error);
    }
    const requestId = answer.headers['x-request-id'];
    if (typeof requestId === 'string') this.#requestId = this.#options.redact(requestId, 64);
    if (answer.status < 200 || answer.status > 299) throw this.#failAnswered(answer);
    return { data: this.#readSuccess(answer) as T, statusCode: answer.status, headers: answer.headers };
  }

  #readSuccess(answer: RawAnswer): Record<string, unknown> {
    const unusable = (cloudCode: KnownCode, cloudMessage: string) =>
      this.#fail({
        ...classifyAnswer(this.#options.kind, answer.status),
        status: answer.status,
        cloudCode,
        cloudMessage,
      });

    if (answer.cut !== undefined) throw unusable(answer.cut, 'the answer was cut off');
    const type = answer.headers['content-type'];
    if (answer.body.length === 0) {
      if (this.#options.mayBeEmpty) return {};
      throw unusable('no_content', 'the answer is empty');
    }
    if (type !== undefined && !JSON_TYPE.test(type)) throw unusable('not_json', 'the answer is not JSON');
    const body = parseJson(answer.body);
    if (this.#options.mayBeEmpty && (body === null || typeof body === 'string')) return {};
    const { isList = false } = this.#options;
    if (typeof body !== 'object' || body === null || Array.isArray(body) !== isList)
      throw unusable('not_json', `the answer is no JSON ${isList ? 'array' : 'object'}`);
    const inexact = this.#options.exactNumbers ? inexactNumber(answer.body.toString()) : undefined;
    if (inexact !== undefined) {
      const cloudMessage = `the answer has a number that can't be held exactly: ${inexact.slice(0, 32)}`;
      throw this.#fail({
        outcome: 'unknown',
        temporary: false,
        status: answer.status,
        cloudCode: 'inexact_number',
        cloudMessage,
      });
    }
    return body as Record<string, unknown>;
  }

  #failAnswered(answer: RawAnswer): unknown {
    const body: ErrorBody = readErrorBody(
      answer.cut === undefined ? parseJson(answer.body) : undefined,
      this.#options.redact,
    );
    const retryAfterSeconds = readRetryAfter(answer.headers['retry-after']);
    // The gateway may say no more than a message (FunctionGraph, 2026-11-28).
    const keysRefused = answer.status === 401 && body.cloudCode === undefined;
    const redirected = answer.status >= 300 && answer.status < 400;
    return this.#fail({
      ...classifyAnswer(this.#options.kind, answer.status, body.cloudCode),
      status: answer.status,
      ...(redirected && { cloudMessage: 'the answer is a redirect; it was not followed' }),
      ...body,
      ...(keysRefused && { cloudCode: 'keys_refused' }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }

  #failWithout(error: unknown): unknown {
    if (!(error instanceof TransportError)) throw error;
    return this.#fail({
      ...classifyNoAnswer(this.#options.kind, error.code, error.maySent),
      cloudCode: error.code,
      cloudMessage: this.#options.redact(error.message),
      cause: error,
    });
  }

  /** Keeps the failure and returns what the SDK makes its own exception from. */
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

/** The same escaping as the signature's, so that what is sent is what was signed. */
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

/** Seconds, or a date, by RFC 9110; `undefined` for anything else. */
function readRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value)) return Number(value);
  const until = Date.parse(value);
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}
