import type { Browser, Page } from 'playwright-core';

/** Tasks of a thread: while one runs, nothing else of the page can happen. */
const TASKS = 'disabled-by-default-devtools.timeline';
const MARKS = 'blink.user_timing';
const BEGIN = 'the work begins';
const END = 'the work is over';

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** CPU time, µs. Long Tasks of the W3C count the time on the clock, most of which is other programs' on a busy machine. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Runs `work`. @returns how long the page's longest task meanwhile kept the processor: ms */
export async function longestTask(browser: Browser, page: Page, work: () => Promise<void>): Promise<number> {
  // What Playwright itself brings into a page it brings now.
  await page.locator('body').evaluate(() => undefined);
  await browser.startTracing(page, { categories: [TASKS, MARKS] });
  // To begin a trace takes the page a long task itself, and so does to end it.
  await page.evaluate((name) => performance.mark(name), BEGIN);
  try {
    await work();
    await page.evaluate((name) => performance.mark(name), END);
  } catch (error) {
    await browser.stopTracing();
    throw error;
  }
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const ofPage = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const threads = new Set(ofPage.map(threadOf));
  const begin = traceEvents.find(({ name }) => name === BEGIN)?.ts ?? Number.POSITIVE_INFINITY;
  const end = traceEvents.find(({ name }) => name === END)?.ts ?? 0;
  const tasks = traceEvents.filter(
    (event) => event.name === 'RunTask' && event.ts > begin && event.ts < end && threads.has(threadOf(event)),
  );
  if (tasks.length === 0) throw new Error('trace the page: no task of its work is in the trace');
  return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
}
