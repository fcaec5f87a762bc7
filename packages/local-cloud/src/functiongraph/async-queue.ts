import { randomUUID } from 'node:crypto';
import type { Clock } from '../cloud/clock.ts';
import { type InvocationFaults, InvocationRefusedError, type InvocationResult } from './invocation.ts';

/** Size limit of the event and of the function's return value (user manual functiongraph_01_0390, 2025-08-19; guide page "Notes and Constraints"). */
const MAX_ASYNC_BYTES = 256 * 1024;

/** How a function's asynchronous invocations are retried. */
export interface AsyncPolicy {
  /** `max_async_retry_attempts`, 0 to 3; 1 if a policy does not set it (API reference functiongraph_06_0142). @default 1 */
  readonly retryAttempts?: number;
  /**
   * `max_async_event_age_in_seconds`, 1 to 86 400, and 3600 if a policy does not set it: older events get no further attempt
   * (API reference functiongraph_06_0142). @default 3600
   */
  readonly maxAgeSeconds?: number;
}

/** The report to a destination when the last attempt failed (user manual, "Configuring asynchronous notification"). */
export interface FailureReport {
  /** UTC. One page has `Z`, another the invalid `Z+08:00`. */
  readonly timestamp: string;
  readonly request_context: {
    readonly request_id: string;
    readonly function_urn: string;
    readonly condition: string;
    readonly approximate_invoke_count: number;
  };
  readonly request_payload: string;
  /** `status_code` 200 if the code failed, anything else if the platform failed. */
  readonly response_context: { readonly status_code: number; readonly function_error: string };
  readonly response_payload: string;
}

/** A delivery of an event. The platform guarantees neither exactly-once delivery nor order. */
export interface Delivery {
  /** Delay before it starts. @default 0 */
  readonly delayMs?: number;
  /** Faults for its first attempt. @default none */
  readonly faults?: InvocationFaults;
}

export interface AsyncQueueOptions {
  readonly invoke: (
    functionName: string,
    event: string,
    requestId: string,
    faults: InvocationFaults,
  ) => Promise<InvocationResult>;
  /** `undefined` if there is no policy: errors are then not retried. */
  readonly policyOf: (functionName: string) => AsyncPolicy | undefined;
  readonly functionUrn: (functionName: string) => string;
  readonly onAttempt: (functionName: string, event: unknown, result: InvocationResult, attempt: number) => void;
  /** The `on_failure` destination: called once, after the last attempt. It is unconfirmed that it is not called for each attempt. */
  readonly onFailure: (functionName: string, report: FailureReport) => void;
  /** Asked at each use, because it is not known before the region has started. */
  readonly clock: () => Clock;
  /** Delay between attempts; not documented by the platform. @default 1000 */
  readonly retryDelayMs?: number;
  /**
   * How an event is delivered: multiple entries are duplicates, which run concurrently unless their delays differ; different delays of several
   * events change their order.
   *
   * @default once, immediately
   */
  readonly deliver?: (functionName: string, event: unknown) => readonly Delivery[];
}

/** A delivery waiting for `release`. */
export interface HeldDelivery {
  readonly functionName: string;
  readonly event: unknown;
  readonly requestId: string;
}

interface Held extends HeldDelivery {
  readonly begin: () => void;
}

/**
 * Invokes functions asynchronously, as OBS and timer triggers do: the caller gets only a request ID. Events are not
 * ordered, and each attempt gets a fresh copy of the event.
 */
export class AsyncQueue {
  readonly #options: AsyncQueueOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #held: Held[] | undefined;

  constructor(options: AsyncQueueOptions) {
    this.#options = options;
  }

  /**
   * Queues an event and returns immediately.
   *
   * @returns the request ID of the first delivery; all attempts of a delivery share an ID, and each duplicate has its own
   * @throws {InvocationRefusedError} when the event exceeds 256 KB as JSON
   * @throws {RangeError} when the function's policy is outside the documented limits
   */
  enqueue(functionName: string, event: unknown): string {
    const text = JSON.stringify(event);
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_ASYNC_BYTES) {
      throw new InvocationRefusedError(
        `invoke ${functionName} asynchronously: the event has ${bytes} bytes; the limit is ${MAX_ASYNC_BYTES}`,
      );
    }
    const policy = this.#options.policyOf(functionName);
    if (policy) checkPolicy(functionName, policy);
    const deliveries = this.#options.deliver?.(functionName, event) ?? [{}];
    const requestIds = deliveries.map((delivery) => this.#begin(functionName, text, policy, delivery));
    return requestIds[0] ?? randomUUID();
  }

  /** Makes deliveries wait for `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /**
   * Starts the held deliveries and stops holding.
   *
   * @param order may reorder, repeat or drop deliveries. @default in order of arrival
   */
  release(order: (held: readonly HeldDelivery[]) => readonly HeldDelivery[] = (held) => held): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const delivery of order(held)) (delivery as Held).begin();
  }

  /** Resolves when no delivery is in progress; held deliveries do not count. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Starts no further attempts; resolves when those in progress have ended. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#held = undefined;
    await this.idle();
  }

  #begin(functionName: string, event: string, policy: AsyncPolicy | undefined, delivery: Delivery): string {
    const requestId = randomUUID();
    const acceptedAt = this.#options.clock().now();
    const begin = () => {
      const running = this.#run(functionName, event, requestId, policy, delivery, acceptedAt).finally(() =>
        this.#running.delete(running),
      );
      this.#running.add(running);
    };
    if (this.#held) this.#held.push({ functionName, event: JSON.parse(event), requestId, begin });
    else begin();
    return requestId;
  }

  async #run(
    functionName: string,
    event: string,
    requestId: string,
    policy: AsyncPolicy | undefined,
    delivery: Delivery,
    acceptedAt: number,
  ): Promise<void> {
    const { invoke, onAttempt, onFailure, clock, retryDelayMs = 1000 } = this.#options;
    await this.#wait(delivery.delayMs ?? 0);
    const attempts = policy ? 1 + (policy.retryAttempts ?? 1) : 1;
    const expiresAt = acceptedAt + (policy?.maxAgeSeconds ?? 3600) * 1000;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (this.#stop.signal.aborted) return;
      const faults = attempt === 1 ? (delivery.faults ?? {}) : {};
      const result = await invoke(functionName, event, requestId, faults).then(emptyIfLarge, (error: unknown) => {
        if (this.#stop.signal.aborted) return undefined;
        throw error;
      });
      if (!result) return;
      onAttempt(functionName, JSON.parse(event), result, attempt);
      if (result.ok) return;
      if (attempt === attempts || clock().now() + retryDelayMs > expiresAt) {
        onFailure(functionName, this.#report(functionName, event, result, attempt));
        return;
      }
      await this.#wait(retryDelayMs);
    }
  }

  async #wait(ms: number): Promise<void> {
    const { signal } = this.#stop;
    if (ms <= 0 || signal.aborted) return;
    const clock = this.#options.clock();
    await new Promise<void>((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = clock.at(clock.now() + ms, end);
      signal.addEventListener('abort', end);
    });
  }

  #report(
    functionName: string,
    event: string,
    result: InvocationResult & { ok: false },
    attempts: number,
  ): FailureReport {
    return {
      timestamp: new Date(this.#options.clock().now()).toISOString(),
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

function checkPolicy(functionName: string, { retryAttempts = 1, maxAgeSeconds = 3600 }: AsyncPolicy): void {
  if (!Number.isInteger(retryAttempts) || retryAttempts < 0 || retryAttempts > 3)
    throw new RangeError(`invoke ${functionName} asynchronously: retryAttempts must be 0 to 3, got ${retryAttempts}`);
  if (!Number.isInteger(maxAgeSeconds) || maxAgeSeconds < 1 || maxAgeSeconds > 86_400)
    throw new RangeError(
      `invoke ${functionName} asynchronously: maxAgeSeconds must be 1 to 86400, got ${maxAgeSeconds}`,
    );
}

function emptyIfLarge(result: InvocationResult): InvocationResult {
  return result.ok && Buffer.byteLength(result.payload) > MAX_ASYNC_BYTES ? { ...result, payload: '' } : result;
}
