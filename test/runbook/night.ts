import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { runCommandLine } from '../../lib/cli/command-line.ts';
import { COMMANDS } from '../../lib/cli/commands.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { loadJobs } from '../../lib/jobs/load-jobs.ts';
import { makeEventDescriber } from '../../lib/local-system/describe-event.ts';
import { RECONCILE } from '../../lib/local-system/local-functions.ts';
import { type LocalSystem, startLocalSystem } from '../../lib/local-system/local-system.ts';
import { playScenario } from '../../lib/local-system/play-scenario.ts';
import { RegionControl } from '../../lib/local-system/region-control.ts';
import { makeSampleRdb } from '../../lib/local-system/sample-rdb.ts';
import { readScenario } from '../../lib/local-system/scenario.ts';
import { readSystemFile, type SystemFile } from '../../lib/local-system/system-file.ts';
import type { InvocationResult } from '../../packages/local-cloud/src/functiongraph/invocation.ts';
import { copyOfFunctions } from '../fixtures/built-functions.ts';
import type { BinEnd } from '../fixtures/run-bin.ts';
import { wordsOf } from './section.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const SCENARIOS = path.join(ROOT, 'examples/scenarios');

const MINUTE_MS = 60_000;
const LOG_MS = 5_000;

/** What npm start runs, with the jobs of the rehearsals, and an operator at its command line. Time passes only when told. */
export class Night {
  readonly folder: string;
  readonly system: LocalSystem;
  /** What npm start prints. */
  readonly printed: readonly string[];
  readonly #jobs: Jobs;
  readonly #file: SystemFile;
  readonly #control: RegionControl;
  readonly #ticks: InvocationResult[];

  private constructor(parts: {
    folder: string;
    system: LocalSystem;
    printed: string[];
    jobs: Jobs;
    file: SystemFile;
    ticks: InvocationResult[];
  }) {
    this.folder = parts.folder;
    this.system = parts.system;
    this.printed = parts.printed;
    this.#jobs = parts.jobs;
    this.#file = parts.file;
    this.#control = new RegionControl(parts.file);
    this.#ticks = parts.ticks;
  }

  static async begin(): Promise<Night> {
    const folder = await mkdtemp(path.join(tmpdir(), 'night-'));
    // Without the state that somebody's rehearsal left there.
    await cp(SCENARIOS, folder, { recursive: true, filter: (name) => path.basename(name) !== '.local' });
    await cp(path.join(ROOT, 'serverless.yml'), path.join(folder, 'serverless.yml'));
    const jobsFile = path.join(folder, 'migrations.yml');
    const stateFolder = path.join(folder, '.local');
    const functions = await copyOfFunctions({ jobsFile, out: path.join(stateFolder, 'functions'), ledger: 'given' });
    const { jobs } = await loadJobs(jobsFile, { ledger: 'given' });
    await mkdir(path.join(stateFolder, 'ledger'), { recursive: true });
    const printed: string[] = [];
    const ticks: InvocationResult[] = [];
    const describe = makeEventDescriber();
    const system = await startLocalSystem({
      stateFolder,
      functions,
      jobs,
      jobsFile,
      gatewayPort: 0,
      onEvent: (event) => {
        for (const { topic, text } of describe(event).lines) printed.push(`${topic} ${text}`);
        if (event.kind === 'result' && event.functionName === RECONCILE) ticks.push(event.result);
      },
    });
    system.builtIn.rest();
    const file = await readSystemFile(stateFolder);
    if (!file) throw new Error(`no system file in ${stateFolder}`);
    const night = new Night({ folder, system, printed, jobs, file, ticks });
    await night.nextHour();
    return night;
  }

  /** Plays a scenario, until all that it has started at once is over. */
  async play(file: string): Promise<void> {
    const scenario = await readScenario(path.join(SCENARIOS, file));
    const { stateFolder } = this.system;
    await playScenario(scenario, { system: this.#file, stateFolder, jobs: this.#jobs, say: () => undefined });
    this.system.cloud.clock.setRate(1);
    await this.pass(0);
  }

  /** Lets time pass, without ticks of reconcile. */
  pass(ms: number): Promise<void> {
    return this.system.cloud.clock.forward(ms);
  }

  /** A tick of reconcile, so much later. @returns what the function returned @throws {Error} if it failed */
  async later(ms: number): Promise<{ readonly open: number; readonly parked: number }> {
    await this.pass(ms);
    const before = this.#ticks.length;
    this.system.builtIn.timers.tick(RECONCILE);
    await this.pass(0);
    const result = this.#ticks[before];
    if (!result?.ok) throw new Error(`reconcile failed: ${JSON.stringify(result)}`);
    return JSON.parse(result.payload);
  }

  /** An hour, with a tick every five minutes. */
  async hour(): Promise<void> {
    for (let tick = 0; tick <= 12; tick++) await this.later(5 * MINUTE_MS);
  }

  /** A minute past the next full hour, at which limits begin anew. */
  async nextHour(): Promise<void> {
    const hour = 60 * MINUTE_MS;
    await this.later(hour - (this.system.cloud.clock.now() % hour) + MINUTE_MS);
  }

  /** An object, and all that it starts at once. */
  async upload(key: string, bucket = 'redis-backups'): Promise<void> {
    await this.#control.upload(bucket, key, makeSampleRdb({ [key]: 'a value' }));
    await this.pass(0);
  }

  /** What a caller of the webhook sends to cancel a run. @returns the status */
  async cancel(job: string, run: string): Promise<number> {
    const headers = { 'x-apig-appcode': this.system.keys.token };
    const url = `${this.system.gateway.url}/jobs/${job}/runs/${run}/cancel`;
    return (await fetch(url, { method: 'POST', headers })).status;
  }

  /** Undoes all faults: what was wrong is repaired. */
  repair(): Promise<void> {
    return this.#control.clear();
  }

  /** The subjects of the messages that people got. */
  messages(): string[] {
    return this.system.cloud.messages().map(({ subject }) => subject ?? '');
  }

  /** The functions' log, as far as it is written. */
  log(): Promise<string> {
    return readFile(this.system.logFile, 'utf8');
  }

  /** Waits until the functions' log has a text. @throws {Error} after five seconds */
  async logged(text: string | RegExp): Promise<void> {
    for (const end = performance.now() + LOG_MS; ; ) {
      const log = await this.log();
      if (typeof text === 'string' ? log.includes(text) : text.test(log)) return;
      if (performance.now() > end) throw new Error(`the log has no ${text}:\n${log.slice(-5_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Runs a command as typed at a terminal, and answers its question, if it has one, with yes. */
  async type(command: string): Promise<BinEnd> {
    const words = wordsOf(command);
    const begin = words.indexOf('npx');
    const variables = words.splice(0, begin).map((word) => /^(\w+)=(.*)$/.exec(word)?.slice(1) ?? ['', word]);
    if (words.splice(0, 2)[1] !== 'migrations') throw new Error(`not a command of npx migrations: ${command}`);
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const printed = { stdout: '', stderr: '' };
    const stream = (name: keyof typeof printed) =>
      ({
        write: (text: string) => {
          printed[name] += text;
          if (name === 'stderr' && text.includes('[y/N]')) stdin.write('y\n');
          return true;
        },
      }) as NodeJS.WriteStream;
    const { PATH = '', HOME = '' } = process.env;
    const code = await runCommandLine(
      words,
      COMMANDS,
      {
        stdin: stdin as unknown as NodeJS.ReadStream,
        stdout: stream('stdout'),
        stderr: stream('stderr'),
        env: { PATH, HOME, ...Object.fromEntries(variables) },
      },
      this.folder,
    );
    return { code, ...printed };
  }

  async end(): Promise<void> {
    await this.system.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
