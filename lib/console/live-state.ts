import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { ConsoleProblem } from './console-problem.ts';
import type { ConsoleContent, Refresh } from './content.ts';
import type { StreamHub } from './stream-hub.ts';

/** The pause between refreshes. Most of them read nothing. */
const REFRESH_MS = 250;
/** How long a new page waits for the first read; the rest follows as it is read. */
const FIRST_REFRESH_MS = 1_000;

interface Loop {
  readonly refresh: Refresh;
  refreshing?: Promise<void> | undefined;
  timer?: NodeJS.Timeout | undefined;
}

/** Keeps pages up to date: a snapshot for a new page, then changes. While no page is open, nothing is read. */
export class LiveState {
  readonly #content: ConsoleContent;
  readonly #hub: StreamHub;
  readonly #loops: readonly Loop[];

  constructor(content: ConsoleContent, hub: StreamHub) {
    this.#content = content;
    this.#hub = hub;
    this.#loops = content.refreshes.map((refresh) => ({ refresh }));
  }

  /** Starts a stream. @throws {ConsoleProblem} 503 if too many pages are open */
  async watch(response: ServerResponse): Promise<void> {
    if (this.#hub.isFull) throw new ConsoleProblem(503, 'Too many pages', 'close another page of the console first');
    const fresh = Promise.all(this.#loops.map(refreshOnce));
    await Promise.race([fresh, wait(FIRST_REFRESH_MS, undefined, { ref: false })]);
    // The page may have closed in the meantime, and its close event is not repeated.
    if (response.destroyed) return;
    this.#hub.add(response, this.#content.snapshot());
    for (const loop of this.#loops) this.#schedule(loop);
  }

  close(): void {
    for (const loop of this.#loops) {
      clearTimeout(loop.timer);
      loop.timer = undefined;
    }
    this.#content.close();
    this.#hub.close();
  }

  /** Refreshes as long as a page is open. */
  #schedule(loop: Loop): void {
    if (loop.timer) return;
    loop.timer = setTimeout(async () => {
      await refreshOnce(loop);
      // Closed in the meantime.
      if (!loop.timer) return;
      loop.timer = undefined;
      if (this.#hub.size > 0) this.#schedule(loop);
    }, REFRESH_MS);
    loop.timer.unref();
  }
}

/** One refresh at a time. */
function refreshOnce(loop: Loop): Promise<void> {
  loop.refreshing ??= loop.refresh().finally(() => {
    loop.refreshing = undefined;
  });
  return loop.refreshing;
}
