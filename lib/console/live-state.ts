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
import { localLook } from './local-look.ts';
import { RunRows } from './run-rows.ts';
import { SetRows } from './set-rows.ts';
import { StreamHub } from './stream-hub.ts';
import { bucketInfos, jobInfos, requestInfos, systemInfo, timerInfos } from './system-rows.ts';
import { TaskRows } from './task-rows.ts';
import type { RunProgress, Snapshot } from './wire.ts';

/** At most so often it is looked what has changed. */
const POLL_MS = 250;
/** A page that comes waits so long for the first look at the ledger, and sees the rest as it is read. */
const FIRST_LOOK_MS = 1_000;
/** What a page can show at once; the command line has the others. */
const MAX_RUNS = 2_000;

export interface LiveStateOptions {
  readonly system: LocalSystem;
  readonly jobs: Jobs;
  readonly jobsFile: string;
  readonly ledger: Ledger;
  readonly redact: (text: string) => string;
}

/** What the pages show: all of it for one that comes, and what changes for those that watch. While nobody does, nothing is read. */
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
  #rested: boolean;
  #hasLanded = false;
  #look: Promise<void> | undefined;
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
    this.#rested = system.isResting();
    this.#tasks = new TaskRows({ tasks: () => system.cloud.tasks(), now: Date.now });
    const onTrouble = (error: unknown) => this.#tell({ topic: 'trouble', text: messageOf(error), tone: 'bad' });
    this.#runs = new RunRows({ ledger, taskNews: (id) => this.#tasks.newsOf(id), onTrouble });
    this.#sets = new SetRows({ ledger, look: localLook(system), jobsFile: file, onTrouble });
  }

  /** Has an object landed that some function was told of? */
  get hasLanded(): boolean {
    return this.#hasLanded;
  }

  see(event: SystemEvent, { lines, runs }: DescribedEvent): void {
    for (const line of lines) this.#tell(line);
    for (const { job, run } of runs) if (job !== undefined && run !== undefined) this.#runs.touch(job, run);
    switch (event.kind) {
      case 'object':
        if (event.functionNames.length > 0) this.#hasLanded = true;
        break;
      case 'tick':
        if (event.trigger.functionName !== RECONCILE) this.#hub.send('timers', timerInfos(this.#system));
        break;
      case 'cloud':
        if (this.#tasks.see(event.event)) this.#runs.touchTask(event.event.id);
        break;
      case 'progress':
        this.#progressed(event.progress);
        break;
    }
  }

  /** Begins a stream. @throws {ConsoleProblem} 503 when too many watch */
  async watch(response: ServerResponse): Promise<void> {
    if (this.#hub.isFull) throw new ConsoleProblem(503, 'Too many pages', 'close another page of the console first');
    await Promise.race([this.#lookOnce(), wait(FIRST_LOOK_MS, undefined, { ref: false })]);
    // It may have gone meanwhile, and its end will not be told again.
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
      faults: faultRows(this.#system.cloud.faults),
    };
  }

  /** Looks as long as somebody watches. */
  #schedule(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(async () => {
      await this.#lookOnce();
      // Closed meanwhile.
      if (!this.#timer) return;
      this.#timer = undefined;
      if (this.#hub.size > 0) this.#schedule();
    }, POLL_MS);
    this.#timer.unref();
  }

  /** One look at a time. Throws nothing: what can't be read is told as trouble. */
  #lookOnce(): Promise<void> {
    this.#look ??= this.#lookAtAll().finally(() => {
      this.#look = undefined;
    });
    return this.#look;
  }

  async #lookAtAll(): Promise<void> {
    const tasks = this.#tasks.look();
    if (tasks.length > 0) this.#hub.send('tasks', tasks);
    const faults = faultRows(this.#system.cloud.faults);
    if (JSON.stringify(faults) !== this.#faults) {
      this.#faults = JSON.stringify(faults);
      this.#hub.send('faults', faults);
    }
    if (this.#system.isResting() !== this.#rested) {
      this.#rested = !this.#rested;
      this.#hub.send('system', systemInfo(this.#system, this.#jobs, this.#startedAt));
      this.#hub.send('timers', timerInfos(this.#system));
    }
    const runs = await this.#runs.look();
    if (runs.length > 0) this.#hub.send('runs', runs);
    const sets = await this.#sets.look();
    if (sets) this.#hub.send('sets', sets);
  }

  #progressed({ job, run, text }: Progress): void {
    const task = this.#runs.taskOf(job, run);
    if (task === undefined) return;
    const percent = /(\d+(?:\.\d+)?) %/.exec(text)?.[1];
    const progress: RunProgress = { text, ...(percent === undefined ? {} : { percent: Number(percent) }) };
    this.#tasks.progressed(task, progress);
    this.#runs.touch(job, run);
  }

  #tell(line: DescribedEvent['lines'][number]): void {
    this.#hub.send('event', this.#events.add(line));
  }
}
