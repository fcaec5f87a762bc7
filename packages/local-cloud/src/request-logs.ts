import type { LogLine } from './functiongraph/function-host.ts';

/** Collects the log lines of synchronous requests. */
export class RequestLogs {
  readonly #lines = new Map<string, string[]>();

  /** Adds a line that a function has logged. */
  add({ requestId, line }: Pick<LogLine, 'requestId' | 'line'>): void {
    this.#lines.get(requestId)?.push(line);
  }

  /** @returns the result of `run` and the lines of the request until then @throws errors of `run` */
  async collect<T>(requestId: string, run: () => Promise<T>): Promise<{ result: T; log: readonly string[] }> {
    const log: string[] = [];
    this.#lines.set(requestId, log);
    try {
      return { result: await run(), log };
    } finally {
      this.#lines.delete(requestId);
    }
  }
}
