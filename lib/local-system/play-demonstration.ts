import type { Jobs } from '../jobs/job.ts';
import { type DemoStep, fulfils, planDemonstration, taskOfSource } from './demonstration.ts';
import { type Ending, endingOf, importedFiles, Witness } from './endings.ts';
import type { LocalSystem, SystemEvent } from './local-system.ts';
import { tellLostAnswer } from './lost-answer.ts';
import type { Printer } from './printer.ts';
import type { ReportedRun } from './run-report.ts';

/** From playing a trigger to its task, which may have to wait for the one before it on the same target: a matter of seconds here. */
const STEP_TIMEOUT_MS = 60_000;
/** From the last step to the end of every task, and until people were told of it. */
const END_TIMEOUT_MS = 60_000;

export interface PlayOptions {
  readonly printer: Printer;
  readonly jobs: Jobs;
  /** Aborted: the rest is left out. */
  readonly stop: AbortSignal;
  /** May a source server have its task from an earlier start? */
  readonly earlierTasks: boolean;
}

/** Plays each trigger of a jobs file and follows what it starts. Has to be given all that happens, from the start of the system on. */
export class Demonstration {
  readonly #witness = new Witness();
  #onRun: (run: ReportedRun) => void = () => undefined;

  see(event: SystemEvent, runs: readonly ReportedRun[]): void {
    this.#witness.see(event);
    for (const run of runs) this.#onRun(run);
  }

  /**
   * Plays one step after the other, each until its task is there, then waits until every task came to the end that its job wants.
   *
   * @returns what was not seen in time, each for a person; empty when all was
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
        printer.event('demo', `left out: its source server has the task ${earlier.name}, and gets no second one`);
        continue;
      }
      const { why, task } = await this.#playStep(step, system, options);
      if (task && job) endings.set(task.id, endingOf(job, task));
      if (why === undefined || stop.aborted) continue;
      printer.event('demo', `${step.job}: ${why}; see ${system.logFile}`, 'bad');
      failed.push(`${step.job} (${step.what})`);
    }
    return [...failed, ...(await this.#awaitEndings([...endings.values()], options))];
  }

  /** @returns why the step was not shown, else the task that it has, if it is of this start */
  async #playStep(
    step: DemoStep,
    system: LocalSystem,
    { printer, stop, earlierTasks }: PlayOptions,
  ): Promise<{ why?: string; task?: Ending['task'] }> {
    const asked = system.cloud.requests.length;
    let shown: ReportedRun | undefined;
    let why: string | undefined;
    let answers = 0;
    this.#onRun = (run) => {
      if (run.job === step.job) answers += 1;
      if (fulfils(step, run, system.cloud.tasks(), earlierTasks)) shown ??= run;
      else if (run.job === step.job && run.outcome === 'rejected') why ??= 'the run was refused';
    };
    const attempt = (part: () => Promise<void>) =>
      part().catch((error: unknown) => {
        why = error instanceof Error ? error.message : String(error);
      });
    await attempt(() => step.play());
    if (step.complete) {
      const expected = step.files?.length ?? 0;
      await waitUntil(() => answers >= expected || why !== undefined, STEP_TIMEOUT_MS, stop);
      if (why === undefined && !stop.aborted) await attempt(step.complete);
    }
    await waitUntil(() => shown !== undefined || why !== undefined, STEP_TIMEOUT_MS, stop);
    this.#onRun = () => undefined;
    if (!shown) return { why: why ?? `no task after ${STEP_TIMEOUT_MS / 1000} s` };
    const { task } = shown;
    if (task && step.lost !== undefined) {
      const { cloud } = system;
      const requests = cloud.requests.slice(asked);
      const { lines, wrong } = tellLostAnswer({ operation: step.lost, task, requests, tasks: cloud.tasks() });
      for (const line of lines) printer.event('demo', line, wrong === undefined ? 'good' : 'bad');
      if (wrong !== undefined) return { why: wrong, task };
    }
    const wrong = task && step.files ? wrongFiles(step.files, importedFiles(system.cloud, task.name)) : undefined;
    return { ...(wrong === undefined ? {} : { why: wrong }), ...(task ? { task } : {}) };
  }

  async #awaitEndings(endings: readonly Ending[], { printer, stop }: PlayOptions): Promise<string[]> {
    if (endings.length === 0 || stop.aborted) return [];
    printer.text(`\nUntil what was started is over and reported (${endings.length} tasks)`);
    const isOver = () => endings.every((ending) => this.#witness.missing(ending).length === 0);
    await waitUntil(isOver, END_TIMEOUT_MS, stop);
    if (stop.aborted) return [];
    printer.text('');
    return endings.flatMap((ending) => {
      const missing = this.#witness.missing(ending);
      printer.event('demo', this.#witness.describe(ending), missing.length === 0 ? 'good' : 'bad');
      return missing.length === 0 ? [] : [`${ending.job} (${missing.join('; ')})`];
    });
  }
}

function wrongFiles(wanted: readonly string[], imported: readonly string[] | undefined): string | undefined {
  if (wanted.join() === imported?.join()) return undefined;
  return `its task imports ${imported?.join(', ') ?? 'nothing'}, and not ${wanted.join(', ')}`;
}

/** Resolves when it is so, when the time is over, or when everything is stopped. */
async function waitUntil(isSo: () => boolean, timeoutMs: number, stop: AbortSignal): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!isSo() && !stop.aborted && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}
