/** What goes wrong with a call. */
export type FaultKind =
  /** `status` and `code`, in the service's own shape. Nothing is done. */
  | 'error'
  /** The same answer after it is done. */
  | 'error_after'
  /** 403 as for a missing permission. Nothing is done. */
  | 'forbidden'
  /** 429 APIGW.0308 of the gateway. Nothing is done. */
  | 'throttled'
  /** 504 APIGW.0201 of the gateway after the service has done its work. */
  | 'backend_timeout'
  /** 307 to another host. Nothing is done. */
  | 'redirect'
  /** 200 with a page of HTML. Nothing is done. */
  | 'html'
  /** 200 whose JSON ends in the middle. It is done. */
  | 'cut_json'
  /** 200 with an empty JSON object in place of the answer. It is done. */
  | 'no_id'
  /** The connection is reset before anything is done. */
  | 'reset'
  /** It is done, then the connection is reset. */
  | 'reply_lost'
  /** No answer until the caller or the cloud hangs up. Nothing is done. */
  | 'hang'
  /** The call is handled as usual after `delayMs`. */
  | 'delay';

export interface Fault {
  /** As the API reference names it: `CreateMigrationTask`. */
  readonly operation: string;
  /** Needed where two services have an operation of this name. */
  readonly service?: string;
  readonly kind: FaultKind;
  /** How many calls it spoils. @default 1 */
  readonly times?: number;
  /** How many calls it lets pass first. @default 0 */
  readonly skip?: number;
  /** Of an `error`. @default 500 */
  readonly status?: number;
  /** Of an `error`: the service's code. @default the one for internal errors */
  readonly code?: string;
  readonly message?: string;
  /** Of a `delay`, in real ms. @default 100 */
  readonly delayMs?: number;
  /** Of a `redirect`. @default 'http://127.0.0.1:9/' */
  readonly location?: string;
}

/** Faults on demand: each spoils the next calls of its operation. */
export class Faults {
  #waiting: { readonly fault: Fault; skip: number; times: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault for this call, if there is one; the call is counted. Of several the one that was added first comes first. */
  take(service: string, operation: string): Fault | undefined {
    const matching = this.#waiting.find(
      ({ fault }) => fault.operation === operation && (fault.service === undefined || fault.service === service),
    );
    if (matching === undefined) return undefined;
    if (matching.skip > 0) {
      matching.skip -= 1;
      return undefined;
    }
    matching.times -= 1;
    if (matching.times <= 0) this.#waiting = this.#waiting.filter((entry) => entry !== matching);
    return matching.fault;
  }
}
