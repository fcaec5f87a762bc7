/** What goes wrong with a call. */
export const FAULT_KINDS = {
  error: '`status` and `code`, in the shape of the service; nothing is done',
  error_after: 'the same answer after it is done',
  forbidden: '403 as for a missing permission; nothing is done',
  throttled: '429 APIGW.0308 of the gateway, of OBS 503 SlowDown; nothing is done',
  backend_timeout: '504 APIGW.0201 of the gateway, of OBS 503 ServiceUnavailable, after it is done',
  redirect: '307 to another host; nothing is done',
  html: '200 with a page of HTML; nothing is done',
  cut_json: '200 whose body ends in the middle, of OBS whose headers do; it is done',
  no_id: '200 with an empty answer in place of the real one; it is done',
  reset: 'the connection is reset before anything is done',
  reply_lost: 'it is done, then the connection is reset',
  hang: 'no answer until the caller or the cloud hangs up; nothing is done',
  hang_after: 'it is done, then there is no answer until the caller or the cloud hangs up',
  delay: 'it is handled as usual after `delay_ms`',
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;

export interface Fault {
  /** As the API reference names it: `CreateMigrationTask`. `*` is any. */
  readonly operation: string;
  /** Needed where two services have an operation of this name. */
  readonly service?: string;
  readonly kind: FaultKind;
  /** How many calls it spoils. @default 1 */
  readonly times?: number;
  /** How many calls it lets pass first. @default 0 */
  readonly skip?: number;
  /** Of an error: 400 to 599. @default 500 */
  readonly status?: number;
  /** Of an error: the service's code. @default the one for internal errors */
  readonly code?: string;
  readonly message?: string;
  /** Of a `delay`, in real ms. @default 100 */
  readonly delayMs?: number;
  /** Of a `redirect`. @default 'http://127.0.0.1:9/' */
  readonly location?: string;
}

/** So many calls are let through in each window of time; the others of that window are `throttled`. */
export interface Throttle {
  /** `*` is any, and they are counted together. */
  readonly operation: string;
  readonly service?: string;
  readonly calls: number;
  /** Ms of the cloud's clock. A window begins with the first call after the end of the one before. */
  readonly perMs: number;
}

export interface FaultsOptions {
  /** Epoch ms of the cloud's clock, for throttles. */
  readonly now: () => number;
  /** The names of all operations: a fault for any other is refused, for it would never come. */
  readonly operations: ReadonlySet<string>;
}

interface Waiting {
  readonly fault: Fault;
  skip: number;
  times: number;
}

/** Faults on demand: each spoils the next calls of its operation. */
export class Faults {
  readonly #options: FaultsOptions;
  #waiting: Waiting[] = [];
  #throttles: { readonly throttle: Throttle; until: number; left: number }[] = [];
  #choose: ((service: string, operation: string) => Fault | undefined) | undefined;

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** The names of all operations, sorted; a fault may also be for `*`. */
  operations(): string[] {
    return [...this.#options.operations].sort();
  }

  /** @throws {RangeError} when there is no such operation, or a number makes no sense */
  add(fault: Fault): void {
    this.#checkOperation(fault.operation);
    const { skip = 0, times = 1, status = 500 } = fault;
    if (!(skip >= 0) || !(times >= 1) || !(status >= 400 && status <= 599)) {
      throw new RangeError(
        `add the fault ${fault.kind} for ${fault.operation}: skip is 0 or more, times 1 or more, status 400 to 599`,
      );
    }
    this.#waiting.push({ fault, skip, times });
  }

  /** @throws {RangeError} as `add` */
  throttle(throttle: Throttle): void {
    this.#checkOperation(throttle.operation);
    if (!(throttle.calls >= 0) || !(throttle.perMs > 0)) {
      throw new RangeError(`throttle ${throttle.operation}: calls is 0 or more, perMs more than 0`);
    }
    this.#throttles.push({ throttle, until: Number.NEGATIVE_INFINITY, left: 0 });
  }

  /** Asks `choose` for each call that no other fault spoils, as random tests want it. */
  chooseWith(choose: (service: string, operation: string) => Fault | undefined): void {
    this.#choose = choose;
  }

  /** From now on all goes well. */
  clear(): void {
    this.#waiting = [];
    this.#throttles = [];
    this.#choose = undefined;
  }

  /** The faults that have not come yet, with what is left of them, and the throttles. */
  waiting(): { readonly faults: readonly Fault[]; readonly throttles: readonly Throttle[] } {
    return {
      faults: this.#waiting.map(({ fault, skip, times }) => ({ ...fault, skip, times })),
      throttles: this.#throttles.map(({ throttle }) => throttle),
    };
  }

  /** The fault for this call, if there is one; the call is counted. Of several the one that was added first comes first. */
  take(service: string, operation: string): Fault | undefined {
    return (
      this.#takeWaiting(service, operation) ??
      this.#takeThrottle(service, operation) ??
      this.#choose?.(service, operation)
    );
  }

  #takeWaiting(service: string, operation: string): Fault | undefined {
    const matching = this.#waiting.find(({ fault }) => isFor(fault, service, operation));
    if (matching === undefined) return undefined;
    if (matching.skip > 0) {
      matching.skip -= 1;
      return undefined;
    }
    matching.times -= 1;
    if (matching.times <= 0) this.#waiting = this.#waiting.filter((entry) => entry !== matching);
    return matching.fault;
  }

  #takeThrottle(service: string, operation: string): Fault | undefined {
    const now = this.#options.now();
    let isOver = false;
    for (const entry of this.#throttles) {
      const { throttle } = entry;
      if (!isFor(throttle, service, operation)) continue;
      if (now >= entry.until) {
        entry.until = now + throttle.perMs;
        entry.left = throttle.calls;
      }
      if (entry.left === 0) isOver = true;
      else entry.left -= 1;
    }
    return isOver ? { operation, service, kind: 'throttled' } : undefined;
  }

  #checkOperation(operation: string): void {
    if (operation === '*' || this.#options.operations.has(operation)) return;
    throw new RangeError(
      `add a fault for ${operation}: there is no such operation, only ${this.operations().join(', ')}`,
    );
  }
}

function isFor(entry: { operation: string; service?: string }, service: string, operation: string): boolean {
  if (entry.service !== undefined && entry.service !== service) return false;
  return entry.operation === '*' || entry.operation === operation;
}
