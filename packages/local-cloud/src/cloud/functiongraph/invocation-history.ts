/** One run of a function's code. A retried event has several. */
export interface RunRecord {
  /** URN with the version. */
  readonly urn: string;
  /** Epoch ms of the cloud's clock. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly outcome: 'ok' | 'function_error' | 'system_error';
  readonly memoryMb: number;
}

/** The status of an asynchronous request (functiongraph_06_0112_00_3), over all its attempts. */
export interface AsyncRecord {
  readonly urn: string;
  readonly requestId: string;
  readonly status: 'WAIT' | 'RUNNING' | 'SUCCESS' | 'FAIL';
  readonly errorMessage: string;
  /** Epoch ms of the cloud's clock. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

/** Older records are forgotten. */
const MAX_RECORDS = 10_000;

/** What has run since the start of the cloud: the data of statistics and of the list of asynchronous requests. */
export class InvocationHistory {
  readonly #runs: RunRecord[] = [];
  readonly #asyncs = new Map<string, AsyncRecord>();

  addRun(run: RunRecord): void {
    this.#runs.push(run);
    if (this.#runs.length > MAX_RECORDS) this.#runs.shift();
  }

  /** Adds an asynchronous request, or changes its status. */
  setAsync(record: AsyncRecord): void {
    this.#asyncs.set(record.requestId, record);
    const [oldest] = this.#asyncs.keys();
    if (this.#asyncs.size > MAX_RECORDS && oldest !== undefined) this.#asyncs.delete(oldest);
  }

  async(requestId: string): AsyncRecord | undefined {
    return this.#asyncs.get(requestId);
  }

  /** Oldest first. */
  runs(): readonly RunRecord[] {
    return this.#runs;
  }

  /** Oldest first. */
  asyncs(): AsyncRecord[] {
    return [...this.#asyncs.values()];
  }
}
