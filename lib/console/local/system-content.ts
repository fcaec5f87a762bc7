import path from 'node:path';
import type { Jobs } from '../../jobs/job.ts';
import { loadJobs } from '../../jobs/load-jobs.ts';
import type { DescribedEvent } from '../../local-system/describe-event.ts';
import { RECONCILE } from '../../local-system/local-functions.ts';
import type { LocalSystem, SystemEvent } from '../../local-system/local-system.ts';
import type { Progress } from '../../local-system/progress.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import type { ConsoleContent, Refresh, Send } from '../content.ts';
import { LOCAL_PACE } from '../ledger/console-place.ts';
import { LedgerContent } from '../ledger/ledger-content.ts';
import type { PlaceView } from '../ledger/place-view.ts';
import type { Routes } from '../routes.ts';
import type { RunProgress, Snapshot } from '../wire.ts';
import { CloudEyeRows } from './cloud-eye-rows.ts';
import { EventRows } from './event-rows.ts';
import { faultRows } from './fault-rows.ts';
import { JobsFile } from './jobs-file.ts';
import { localBuckets } from './local-buckets.ts';
import { MessageRows } from './message-rows.ts';
import { systemRoutes } from './system-routes.ts';
import { bucketInfos, jobInfos, requestInfos, systemInfo, timerInfos } from './system-rows.ts';
import { TaskRows } from './task-rows.ts';

export interface SystemContentOptions {
  readonly system: LocalSystem;
  /** As the system was started with. */
  readonly jobs: Jobs;
  readonly jobsFile: string;
  readonly ledger: Ledger;
  readonly ledgerFolder: string;
}

/** What the console of `npm start` shows: the local ledger, and the local system around it, in which people can try things. */
export class SystemContent implements ConsoleContent {
  readonly #system: LocalSystem;
  readonly #jobs: Jobs;
  readonly #send: Send;
  readonly #startedAt = new Date();
  readonly #events = new EventRows(() => new Date(this.#system.cloud.clock.now()));
  readonly #tasks: TaskRows;
  readonly #messages: MessageRows;
  readonly #cloudEye: CloudEyeRows;
  readonly #ledger: LedgerContent;
  readonly #view: PlaceView;
  readonly #jobsFile: JobsFile;
  #faults = '[]';
  #clock = '';
  #wasResting: boolean;
  #hasLanded = false;

  static async open(options: SystemContentOptions, send: Send): Promise<SystemContent> {
    const jobsFile = await JobsFile.open({
      file: options.jobsFile,
      name: path.relative(process.cwd(), options.jobsFile),
      onChange: (info) => send('jobs_file', info),
    });
    return new SystemContent(options, jobsFile, send);
  }

  private constructor(
    { system, jobs, ledger, jobsFile: file, ledgerFolder }: SystemContentOptions,
    jobsFile: JobsFile,
    send: Send,
  ) {
    this.#system = system;
    this.#jobs = jobs;
    this.#send = send;
    this.#jobsFile = jobsFile;
    this.#wasResting = system.isResting();
    this.#tasks = new TaskRows({ tasks: () => system.cloud.tasks(), now: () => system.cloud.clock.now() });
    this.#messages = new MessageRows(() => system.cloud.messages());
    this.#cloudEye = new CloudEyeRows(system.cloud, () => system.cloud.clock.now());
    const place = {
      name: 'local',
      pace: LOCAL_PACE,
      open: async () => ({
        ledger,
        where: path.relative(process.cwd(), ledgerFolder),
        loadJobs: async () => (await loadJobs(file, { ledger: 'given' })).jobs,
      }),
      // Whatever keys are in the environment where a copied command runs.
      command: { before: '', flags: ' --local' },
      taskUpdate: (id: string) => this.#tasks.updateOf(id),
      look: localBuckets(system),
      onTrouble: (text: string) => this.#sendEvent({ topic: 'trouble', text, tone: 'bad' }),
    };
    this.#ledger = new LedgerContent([place], send);
    [this.#view] = this.#ledger.views as [PlaceView];
  }

  get refreshes(): readonly Refresh[] {
    return [
      async () => {
        this.#refreshSystem();
        // After the tasks, because rows of runs show their states.
        await this.#view.refresh();
      },
    ];
  }

  get routes(): Routes {
    const hasLanded = () => this.#hasLanded;
    return { ...this.#ledger.routes, ...systemRoutes({ system: this.#system, jobs: this.#jobs, hasLanded }) };
  }

  observe(event: SystemEvent, { lines, runs }: DescribedEvent): void {
    for (const line of lines) this.#sendEvent(line);
    for (const { job, run } of runs) if (job !== undefined && run !== undefined) this.#view.runs?.touch(job, run);
    switch (event.kind) {
      case 'object':
        if (event.functionNames.length > 0) this.#hasLanded = true;
        break;
      case 'tick':
        if (event.trigger.functionName !== RECONCILE) this.#send('timers', timerInfos(this.#system));
        break;
      case 'cloud':
        this.#messages.observe(event.event);
        if (this.#tasks.observe(event.event)) this.#view.runs?.touchTask(event.event.id);
        break;
      case 'progress':
        this.#addProgress(event.progress);
        break;
    }
  }

  close(): void {
    this.#jobsFile.close();
    this.#ledger.close();
  }

  snapshot(): Snapshot {
    return {
      ...this.#ledger.snapshot(),
      system: systemInfo(this.#system, this.#jobs, this.#startedAt),
      jobs_file: this.#jobsFile.info,
      jobs: jobInfos(this.#jobs),
      buckets: bucketInfos(this.#system, this.#jobs),
      timers: timerInfos(this.#system),
      requests: requestInfos(this.#jobs),
      tasks: this.#tasks.rows(),
      events: this.#events.rows(),
      faults: faultRows(this.#system.cloud.active),
      messages: this.#messages.rows(),
      cloud_eye: this.#cloudEye.info(),
    };
  }

  #refreshSystem(): void {
    const tasks = this.#tasks.refresh();
    if (tasks.length > 0) this.#send('tasks', tasks);
    const messages = this.#messages.refresh();
    if (messages.length > 0) this.#send('messages', messages);
    const cloudEye = this.#cloudEye.refresh();
    if (cloudEye) this.#send('cloud_eye', cloudEye);
    const faults = faultRows(this.#system.cloud.active);
    if (JSON.stringify(faults) !== this.#faults) {
      this.#faults = JSON.stringify(faults);
      this.#send('faults', faults);
    }
    const clock = minuteOf(this.#system);
    if (this.#system.isResting() !== this.#wasResting || clock !== this.#clock) {
      this.#wasResting = this.#system.isResting();
      this.#clock = clock;
      this.#send('system', systemInfo(this.#system, this.#jobs, this.#startedAt));
      this.#send('timers', timerInfos(this.#system));
    }
  }

  #addProgress({ job, run, text }: Progress): void {
    const task = this.#view.runs?.taskOf(job, run);
    if (task === undefined) return;
    const percent = /(\d+(?:\.\d+)?) %/.exec(text)?.[1];
    const progress: RunProgress = { text, ...(percent === undefined ? {} : { percent: Number(percent) }) };
    this.#tasks.setProgress(task, progress);
    this.#view.runs?.touch(job, run);
  }

  #sendEvent(line: DescribedEvent['lines'][number]): void {
    this.#send('event', this.#events.add(line));
  }
}

/** Changes when the clock differs from real time by another minute, or has another rate. */
function minuteOf({ cloud: { clock } }: LocalSystem): string {
  return `${Math.round(clock.offsetMs / 60_000)} ${clock.rate}`;
}
