import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Jobs } from '../jobs/job.ts';
import { messageOf } from '../kernel/errors.ts';
import type { DescribedEvent } from '../local-system/describe-event.ts';
import { RECONCILE } from '../local-system/local-functions.ts';
import type { LocalSystem, SystemEvent } from '../local-system/local-system.ts';
import type { Progress } from '../local-system/progress.ts';
import type { Ledger } from '../runs/ledger/ledger.ts';
import { ConsoleProblem } from './console-problem.ts';
import { EventRows } from './event-rows.ts';
import { faultRows } from './fault-rows.ts';
import { JobsFile } from './jobs-file.ts';
import { localBuckets } from './local-buckets.ts';
import { RunRows } from './run-rows.ts';
import { SetRows } from './set-rows.ts';
import { StreamHub } from './stream-hub.ts';
import { bucketInfos, jobInfos, requestInfos, systemInfo, timerInfos } from './system-rows.ts';
import { TaskRows } from './task-rows.ts';
import type { RunProgress, Snapshot } from './wire.ts';

/** The interval at which changes are sent. */
const REFRESH_MS = 250;
/** How long a new page waits for the first read of the ledger; the rest follows as it is read. */
const FIRST_REFRESH_MS = 1_000;
/** Maximum number of runs that a page shows; the command line shows the others. */
const MAX_RUNS = 2_000;

export interface LiveStateOptions {
  readonly system: LocalSystem;
  readonly jobs: Jobs;
  readonly jobsFile: string;
  readonly ledger: Ledger;
  readonly redact: (text: string) => string;
}

/** The state that pages show: a snapshot for a new page, then changes. While no page is open, nothing is read. */
export class LiveState {
  readonly #system: LocalSystem;
  readonly #jobs: Jobs;
  readonly #hub: StreamHub;
  readonly #startedAt = new Date();
  readonly #events = new EventRows(() => new Date());
  readonly #tasks: TaskRows;
  readonly #runs: RunRows;
  readonly #sets: SetRows;
  readonly #jobsFile: JobsFile;
  #faults = '[]';
  #wasResting: boolean;
  #hasLanded = false;
  #refreshing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  static async open(options: LiveStateOptions): Promise<LiveState> {
    const hub = new StreamHub({ redact: options.redact });
    const jobsFile = await JobsFile.open({
      file: options.jobsFile,
      name: path.relative(process.cwd(), options.jobsFile),
      onChange: (info) => hub.send('jobs_file', info),
    });
    return new LiveState(options, hub, jobsFile);
  }

  private constructor({ system, jobs, ledger, jobsFile: file }: LiveStateOptions, hub: StreamHub, jobsFile: JobsFile) {
    this.#system = system;
    this.#jobs = jobs;
    this.#hub = hub;
    this.#jobsFile = jobsFile;
    this.#wasResting = system.isResting();
    this.#tasks = new TaskRows({ tasks: () => system.cloud.tasks(), now: Date.now });
    const onTrouble = (error: unknown) => this.#sendEvent({ topic: 'trouble', text: messageOf(error), tone: 'bad' });
    this.#runs = new RunRows({ ledger, taskUpdate: (id) => this.#tasks.updateOf(id), onTrouble });
    this.#sets = new SetRows({ ledger, look: localBuckets(system), jobsFile: file, onTrouble });
  }

  /** Has an object landed whose event was sent to a function? */
  get hasLanded(): boolean {
    return this.#hasLanded;
  }

  observe(event: SystemEvent, { lines, runs }: DescribedEvent): void {
    for (const line of lines) this.#sendEvent(line);
    for (const { job, run } of runs) if (job !== undefined && run !== undefined) this.#runs.touch(job, run);
    switch (event.kind) {
      case 'object':
        if (event.functionNames.length > 0) this.#hasLanded = true;
        break;
      case 'tick':
        if (event.trigger.functionName !== RECONCILE) this.#hub.send('timers', timerInfos(this.#system));
        break;
      case 'cloud':
        if (this.#tasks.observe(event.event)) this.#runs.touchTask(event.event.id);
        break;
      case 'progress':
        this.#addProgress(event.progress);
        break;
    }
  }

  /** Starts a stream. @throws {ConsoleProblem} 503 if too many pages are open */
  async watch(response: ServerResponse): Promise<void> {
    if (this.#hub.isFull) throw new ConsoleProblem(503, 'Too many pages', 'close another page of the console first');
    await Promise.race([this.#refresh(), wait(FIRST_REFRESH_MS, undefined, { ref: false })]);
    // The page may have closed in the meantime, and its close event is not repeated.
    if (response.destroyed) return;
    this.#hub.add(response, this.#snapshot());
    this.#schedule();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#jobsFile.close();
    this.#hub.close();
  }

  #snapshot(): Snapshot {
    return {
      system: systemInfo(this.#system, this.#jobs, this.#startedAt),
      jobs_file: this.#jobsFile.info,
      jobs: jobInfos(this.#jobs),
      buckets: bucketInfos(this.#system, this.#jobs),
      timers: timerInfos(this.#system),
      requests: requestInfos(this.#jobs),
      runs: this.#runs.rows().slice(0, MAX_RUNS),
      sets: this.#sets.rows(),
      tasks: this.#tasks.rows(),
      events: this.#events.rows(),
      faults: faultRows(this.#system.cloud.active),
    };
  }

  /** Refreshes as long as a page is open. */
  #schedule(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(async () => {
      await this.#refresh();
      // Closed in the meantime.
      if (!this.#timer) return;
      this.#timer = undefined;
      if (this.#hub.size > 0) this.#schedule();
    }, REFRESH_MS);
    this.#timer.unref();
  }

  /** One refresh at a time. Never throws: read errors are reported as trouble events. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshAll().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refreshAll(): Promise<void> {
    const tasks = this.#tasks.refresh();
    if (tasks.length > 0) this.#hub.send('tasks', tasks);
    const faults = faultRows(this.#system.cloud.active);
    if (JSON.stringify(faults) !== this.#faults) {
      this.#faults = JSON.stringify(faults);
      this.#hub.send('faults', faults);
    }
    if (this.#system.isResting() !== this.#wasResting) {
      this.#wasResting = !this.#wasResting;
      this.#hub.send('system', systemInfo(this.#system, this.#jobs, this.#startedAt));
      this.#hub.send('timers', timerInfos(this.#system));
    }
    const runs = await this.#runs.refresh();
    if (runs.length > 0) this.#hub.send('runs', runs);
    const sets = await this.#sets.refresh();
    if (sets) this.#hub.send('sets', sets);
  }

  #addProgress({ job, run, text }: Progress): void {
    const task = this.#runs.taskOf(job, run);
    if (task === undefined) return;
    const percent = /(\d+(?:\.\d+)?) %/.exec(text)?.[1];
    const progress: RunProgress = { text, ...(percent === undefined ? {} : { percent: Number(percent) }) };
    this.#tasks.setProgress(task, progress);
    this.#runs.touch(job, run);
  }

  #sendEvent(line: DescribedEvent['lines'][number]): void {
    this.#hub.send('event', this.#events.add(line));
  }
}
