import type { Jobs } from '../jobs/job.ts';
import { type DemoStep, fulfils, planDemonstration, taskOfSource } from './demonstration.ts';
import { type Ending, endingOf, importedFiles, TaskObserver } from './endings.ts';
import type { LocalSystem, SystemEvent } from './local-system.ts';
import { describeLostResponse } from './lost-response.ts';
import type { Printer } from './printer.ts';
import type { ReportedRun } from './run-report.ts';

/** From firing a trigger to its task, which may have to wait for the previous one on the same target. Usually seconds. */
const STEP_TIMEOUT_MS = 60_000;
/** From the last step until every task has ended and been reported. */
const END_TIMEOUT_MS = 60_000;

export interface PlayOptions {
  readonly printer: Printer;
  readonly jobs: Jobs;
  /** When aborted, the remaining steps are skipped. */
  readonly stop: AbortSignal;
  /** May a source server have a task from an earlier start? */
  readonly earlierTasks: boolean;
}

/** Fires each trigger of a jobs file and follows what it starts. Must observe all events from the start of the system. */
export class Demonstration {
  readonly #observer = new TaskObserver();
  #onRun: (run: ReportedRun) => void = () => undefined;

  observe(event: SystemEvent, runs: readonly ReportedRun[]): void {
    this.#observer.observe(event);
    for (const run of runs) this.#onRun(run);
  }

  /**
   * Plays one step after the other, each until its task exists, then waits until every task has ended as its job specifies.
   *
   * @returns what was not observed in time, for people; empty if nothing is missing
   */
  async play(system: LocalSystem, options: PlayOptions): Promise<string[]> {
    const { printer, jobs, stop } = options;
    const steps = planDemonstration({ system, jobs, now: () => new Date() });
    const failed: string[] = [];
    const endings = new Map<string, Ending>();
    for (const [i, step] of steps.entries()) {
      if (stop.aborted) return failed;
      printer.text(`\n${i + 1} of ${steps.length}  ${step.job}: ${step.what}`);
      const job = jobs.jobs.get(step.job);
      const earlier = job && !job.policies.dryRun ? taskOfSource(job, system.cloud.tasks()) : undefined;
      if (earlier) {
        printer.event(
          'demo',
          `skipped: its source server already has the task ${earlier.name}, and gets no second one`,
        );
        continue;
      }
      const { why, task } = await this.#playStep(step, system, { ...options, earlier: endings });
      if (task && job) endings.set(task.id, endingOf(job, task));
      if (why === undefined || stop.aborted) continue;
      printer.event('demo', `${step.job}: ${why}; see ${system.logFile}`, 'bad');
      failed.push(`${step.job} (${step.what})`);
    }
    return [...failed, ...(await this.#awaitEndings([...endings.values()], options))];
  }

  /** @returns why the step failed; else its task, if it was created since this start */
  async #playStep(
    step: DemoStep,
    system: LocalSystem,
    { printer, stop, earlierTasks, earlier }: PlayOptions & { readonly earlier: ReadonlyMap<string, Ending> },
  ): Promise<{ why?: string; task?: Ending['task'] }> {
    const requestsBefore = system.cloud.requests.length;
    let shown: ReportedRun | undefined;
    let why: string | undefined;
    let handled = 0;
    // A job's earlier run may end during this step, and is reported again.
    const isEarlier = ({ task }: ReportedRun) =>
      step.outcome === undefined && task !== undefined && earlier.has(task.id);
    this.#onRun = (run) => {
      if (isEarlier(run)) return;
      if (run.job === step.job) handled += 1;
      if (fulfils(step, run, system.cloud.tasks(), earlierTasks)) shown ??= run;
      else if (run.job === step.job && run.outcome === 'rejected') why ??= 'the run was rejected';
    };
    const attempt = (part: () => Promise<void>) =>
      part().catch((error: unknown) => {
        why = error instanceof Error ? error.message : String(error);
      });
    await attempt(() => step.play());
    if (step.complete) {
      const expected = step.files?.length ?? 0;
      await waitUntil(() => handled >= expected || why !== undefined, STEP_TIMEOUT_MS, stop);
      if (why === undefined && !stop.aborted) await attempt(step.complete);
    }
    await waitUntil(() => shown !== undefined || why !== undefined, STEP_TIMEOUT_MS, stop);
    this.#onRun = () => undefined;
    if (!shown) return { why: why ?? `no task after ${STEP_TIMEOUT_MS / 1000} s` };
    const { task } = shown;
    if (task && step.lost !== undefined) {
      const { cloud } = system;
      const requests = cloud.requests.slice(requestsBefore);
      const { lines, wrong } = describeLostResponse({ operation: step.lost, task, requests, tasks: cloud.tasks() });
      for (const line of lines) printer.event('demo', line, wrong === undefined ? 'good' : 'bad');
      if (wrong !== undefined) return { why: wrong, task };
    }
    const wrong = task && step.files ? wrongFiles(step.files, importedFiles(system.cloud, task.name)) : undefined;
    return { ...(wrong === undefined ? {} : { why: wrong }), ...(task ? { task } : {}) };
  }

  async #awaitEndings(endings: readonly Ending[], { printer, stop }: PlayOptions): Promise<string[]> {
    if (endings.length === 0 || stop.aborted) return [];
    printer.text(`\nWaiting until all ${endings.length} tasks have ended and been reported`);
    const isOver = () => endings.every((ending) => this.#observer.missing(ending).length === 0);
    await waitUntil(isOver, END_TIMEOUT_MS, stop);
    if (stop.aborted) return [];
    printer.text('');
    return endings.flatMap((ending) => {
      const missing = this.#observer.missing(ending);
      printer.event('demo', this.#observer.describe(ending), missing.length === 0 ? 'good' : 'bad');
      return missing.length === 0 ? [] : [`${ending.job} (${missing.join('; ')})`];
    });
  }
}

function wrongFiles(wanted: readonly string[], imported: readonly string[] | undefined): string | undefined {
  if (wanted.join() === imported?.join()) return undefined;
  return `its task imports ${imported?.join(', ') ?? 'nothing'}, not ${wanted.join(', ')}`;
}

/** Resolves when the condition holds, on timeout, or when stopped. */
async function waitUntil(isDone: () => boolean, timeoutMs: number, stop: AbortSignal): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!isDone() && !stop.aborted && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}
