import type { LogLine } from './functiongraph/function-host.ts';

/** Log lines of the requests that somebody waits for. */
export class RequestLogs {
  readonly #lines = new Map<string, string[]>();

  /** Hands on a line that a function has logged. */
  add({ requestId, line }: Pick<LogLine, 'requestId' | 'line'>): void {
    this.#lines.get(requestId)?.push(line);
  }

  /** @returns what `run` returns, and the lines of the request until then @throws what `run` throws */
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
