import { nearest } from './nearest.ts';

/** The ways in which a call can fail. */
export const FAULT_KINDS = {
  error: "`status` and `code`, in the service's format; the operation does not run",
  error_after: 'the same response after the operation has run',
  forbidden: '403 as for a missing permission; the operation does not run',
  throttled: '429 APIGW.0308 from the gateway, 503 SlowDown from OBS; the operation does not run',
  backend_timeout: '504 APIGW.0201 from the gateway, 503 ServiceUnavailable from OBS; the operation has run',
  redirect: '307 to another host; the operation does not run',
  html: '200 with an HTML page; the operation does not run',
  cut_json: '200 with a truncated body, or truncated headers from OBS; the operation has run',
  no_id: '200 with an empty response instead of the real one; the operation has run',
  reset: 'the connection is reset; the operation does not run',
  reply_lost: 'the connection is reset after the operation has run',
  hang: 'no response until the caller or the cloud closes the connection; the operation does not run',
  hang_after: 'no response until the caller or the cloud closes the connection; the operation has run',
  delay: 'the call is handled normally after `delay_ms`',
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;

export interface Fault {
  /** As in the API reference, for example `CreateMigrationTask`. `*` matches any. */
  readonly operation: string;
  /** Needed when two services have an operation with this name. */
  readonly service?: string;
  readonly kind: FaultKind;
  /** Number of calls that fail. @default 1 */
  readonly times?: number;
  /** Number of calls that succeed first. @default 0 */
  readonly skip?: number;
  /** For `error`: 400 to 599. @default 500 */
  readonly status?: number;
  /** For `error`: the service's code. @default the code for internal errors */
  readonly code?: string;
  readonly message?: string;
  /** For `delay`: real time in ms. @default 100 */
  readonly delayMs?: number;
  /** For `redirect`: the target URL. @default 'http://127.0.0.1:9/' */
  readonly location?: string;
}

/** Limits the calls in each time window; further calls in the window are `throttled`. */
export interface Throttle {
  /** `*` matches any operation; their calls are counted together. */
  readonly operation: string;
  readonly service?: string;
  readonly calls: number;
  /** Length of the window in ms of the cloud's clock. A window starts with the first call after the previous window. */
  readonly perMs: number;
}

export interface FaultsOptions {
  /** The cloud's time (epoch ms), for throttles. */
  readonly now: () => number;
  /** The names of all operations, by service. A fault for any other is refused because it would never apply. */
  readonly operations: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Waiting {
  readonly fault: Fault;
  skip: number;
  times: number;
}

/** Injected faults: each affects the next calls of its operation. */
export class Faults {
  readonly #options: FaultsOptions;
  #waiting: Waiting[] = [];
  #throttles: { readonly throttle: Throttle; until: number; left: number }[] = [];
  #choose: ((service: string, operation: string) => Fault | undefined) | undefined;

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** The names of all operations, or of those of a service, sorted. */
  operations(service?: string): string[] {
    const { operations } = this.#options;
    const names = service === undefined ? [...operations.values()] : [operations.get(service) ?? []];
    return [...new Set(names.flatMap((some) => [...some]))].sort();
  }

  /** @throws {RangeError} when the service or the operation is unknown or a number is out of range */
  add(fault: Fault): { left(): number; undo(): void } {
    this.#checkOperation(fault);
    const { skip = 0, times = 1, status = 500 } = fault;
    if (!(skip >= 0) || !(times >= 1) || !(status >= 400 && status <= 599)) {
      throw new RangeError(
        `add the fault ${fault.kind} for ${fault.operation}: skip must be 0 or more, times 1 or more, status 400 to 599`,
      );
    }
    const entry: Waiting = { fault, skip, times };
    this.#waiting.push(entry);
    return {
      left: () => (this.#waiting.includes(entry) ? entry.times : 0),
      undo: () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
      },
    };
  }

  /** @throws {RangeError} as `add` */
  throttle(throttle: Throttle): void {
    this.#checkOperation(throttle);
    if (!(throttle.calls >= 0) || !(throttle.perMs > 0)) {
      throw new RangeError(`throttle ${throttle.operation}: calls must be 0 or more, perMs greater than 0`);
    }
    this.#throttles.push({ throttle, until: Number.NEGATIVE_INFINITY, left: 0 });
  }

  /** Calls `choose` for each call that no other fault affects, for randomized tests. */
  chooseWith(choose: (service: string, operation: string) => Fault | undefined): void {
    this.#choose = choose;
  }

  /** Removes all faults. */
  clear(): void {
    this.#waiting = [];
    this.#throttles = [];
    this.#choose = undefined;
  }

  /** The pending faults, with their remaining counts, and the throttles. */
  waiting(): { readonly faults: readonly Fault[]; readonly throttles: readonly Throttle[] } {
    return {
      faults: this.#waiting.map(({ fault, skip, times }) => ({ ...fault, skip, times })),
      throttles: this.#throttles.map(({ throttle }) => throttle),
    };
  }

  /** The fault for this call, if there is one. Counts the call. The fault that was added first comes first. */
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

  #checkOperation({ operation, service }: Fault | Throttle): void {
    const services = [...this.#options.operations.keys()];
    if (service !== undefined && !services.includes(service))
      throw new RangeError(
        `add a fault for ${operation}: unknown service ${service}; use one of ${services.join(', ')}`,
      );
    const names = this.operations(service);
    if (operation === '*' || names.includes(operation)) return;
    const where = service === undefined ? '' : ` of ${service}`;
    const hint = nearest(operation, names) || `; use one of ${names.join(', ')}`;
    throw new RangeError(`add a fault for ${operation}: unknown operation${where}${hint}`);
  }
}

function isFor(entry: { operation: string; service?: string }, service: string, operation: string): boolean {
  if (entry.service !== undefined && entry.service !== service) return false;
  return entry.operation === '*' || entry.operation === operation;
}

/** The text form of a fault, without its message, which has none. */
export function faultText({ operation, kind, ...rest }: Fault): string {
  const { service, times, skip, status, code, delayMs, location } = rest;
  const details = { service, times, skip, status, code, delay_ms: delayMs, location };
  const given = Object.entries(details).flatMap(([name, value]) => (value === undefined ? [] : `,${name}=${value}`));
  return `${operation}=${kind}${given.join('')}`;
}
