import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Invocation, InvocationRefused } from './invocation.ts';

/** For the event, and for what the function returns (user manual functiongraph_01_0390, 2025-08-19; guide page "Notes and Constraints"). */
const MAX_ASYNC_BYTES = 256 * 1024;

/** How a function's asynchronous invocations are retried. */
export interface AsyncPolicy {
  /** `max_async_retry_attempts`, 0 to 3; 1 where a policy does not set it (API reference functiongraph_06_0142). @default 1 */
  readonly retryAttempts?: number;
}

/** What is delivered to a destination when the last attempt failed (user manual, "Configuring asynchronous notification"). */
export interface FailureReport {
  /** UTC. One page prints `Z`, another the invalid `Z+08:00`. */
  readonly timestamp: string;
  readonly request_context: {
    readonly request_id: string;
    readonly function_urn: string;
    readonly condition: string;
    readonly approximate_invoke_count: number;
  };
  readonly request_payload: string;
  /** `status_code` 200: the code failed; anything else: the platform did. */
  readonly response_context: { readonly status_code: number; readonly function_error: string };
  readonly response_payload: string;
}

export interface AsyncQueueOptions {
  readonly invoke: (functionName: string, event: string, requestId: string) => Promise<Invocation>;
  /** `undefined`: no policy, and an error is not retried. */
  readonly policyOf: (functionName: string) => AsyncPolicy | undefined;
  readonly functionUrn: (functionName: string) => string;
  readonly onAttempt: (functionName: string, event: unknown, result: Invocation, attempt: number) => void;
  /** The `on_failure` destination: once, after the last attempt. That it is not told of each attempt is unconfirmed. */
  readonly onFailure: (functionName: string, report: FailureReport) => void;
  readonly now: () => Date;
  /** Between attempts; the platform documents none. @default 1000 */
  readonly retryDelayMs?: number;
}

/**
 * Invokes functions asynchronously, as OBS and timer triggers do: the caller gets a request id and nothing else. Events are not
 * kept in order, and each attempt gets a fresh copy of the event.
 */
export class AsyncQueue {
  readonly #options: AsyncQueueOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: AsyncQueueOptions) {
    this.#options = options;
  }

  /**
   * Takes an event and answers at once.
   *
   * @returns the request id; all attempts have the same
   * @throws {InvocationRefused} the event is over 256 KB as JSON text
   */
  enqueue(functionName: string, event: unknown): string {
    const text = JSON.stringify(event);
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_ASYNC_BYTES) {
      throw new InvocationRefused(
        `invoke ${functionName} asynchronously: the event has ${bytes} bytes, at most ${MAX_ASYNC_BYTES} are allowed`,
      );
    }
    const requestId = randomUUID();
    const running = this.#run(functionName, text, requestId).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return requestId;
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** No attempt begins after this; resolves when those under way are over. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  async #run(functionName: string, event: string, requestId: string): Promise<void> {
    const { invoke, policyOf, onAttempt, onFailure } = this.#options;
    const policy = policyOf(functionName);
    const attempts = policy ? 1 + (policy.retryAttempts ?? 1) : 1;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (this.#stop.signal.aborted) return;
      const result = await invoke(functionName, event, requestId).then(emptyIfLarge, (error: unknown) => {
        if (this.#stop.signal.aborted) return undefined;
        throw error;
      });
      if (!result) return;
      onAttempt(functionName, JSON.parse(event), result, attempt);
      if (result.ok) return;
      if (attempt === attempts) onFailure(functionName, this.#report(functionName, event, result, attempt));
      else
        await wait(this.#options.retryDelayMs ?? 1000, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  #report(functionName: string, event: string, result: Invocation & { ok: false }, attempts: number): FailureReport {
    return {
      timestamp: this.#options.now().toISOString(),
      request_context: {
        request_id: result.requestId,
        function_urn: this.#options.functionUrn(functionName),
        condition: result.cause,
        approximate_invoke_count: attempts,
      },
      request_payload: event,
      response_context: {
        status_code: result.cause === 'system_error' ? 500 : 200,
        function_error: result.errorMessage,
      },
      response_payload: result.payload,
    };
  }
}

function emptyIfLarge(result: Invocation): Invocation {
  return result.ok && Buffer.byteLength(result.payload) > MAX_ASYNC_BYTES ? { ...result, payload: '' } : result;
}
