// The whole system on this machine, with a demonstration of each trigger: `npm start` of a clone, and `npx migrations start`.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { emptyStateFolder, keepProjectId } from '../../../packages/local-cloud/src/state-folder.ts';
import { buildFunctions } from '../../build/build-functions.ts';
import { type SystemConsole, startSystemConsole } from '../../console/local/start-system-console.ts';
import type { Jobs } from '../../jobs/job.ts';
import { loadJobs } from '../../jobs/load-jobs.ts';
import { messageOf } from '../../kernel/errors.ts';
import { plainText } from '../../kernel/plain-text.ts';
import { checkIsStateFolder, ONCE } from '../../local-system/check-state-folder.ts';
import { makeEventDescriber } from '../../local-system/describe-event.ts';
import { type LocalSystem, startLocalSystem } from '../../local-system/local-system.ts';
import { Demonstration } from '../../local-system/play-demonstration.ts';
import { playScenario } from '../../local-system/play-scenario.ts';
import { makePrinter, type Printer, wantsColours } from '../../local-system/printer.ts';
import { readScenario, type Scenario } from '../../local-system/scenario.ts';
import {
  readStartOptions,
  type StartOptions,
  StartOptionsError,
  startHelp,
  withOptions,
} from '../../local-system/start-options.ts';
import { LOCK_FILE, lockStateFolder, type StateLock, StateLockedError } from '../../local-system/state-lock.ts';
import { addToSystemFile, readSystemFile } from '../../local-system/system-file.ts';
import { JOBS_FILE, projectFolder } from '../project-folder.ts';
import { printHowToTry, printOverview } from './print-overview.ts';

/** How often to check that the state folder still exists. */
const POLL_MS = 500;

/** How people call it: `npm start` or `npx migrations start`. */
interface Start {
  readonly called: string;
  readonly cwd: string;
}

/**
 * Runs the system, in the project folder that is `cwd` or above it, else in that of the named jobs file, until it is stopped, or the
 * demonstration is over.
 *
 * @returns the exit code: 0 success, 1 it could not be started or the demonstration failed, 2 invalid options
 */
export async function runStart(args: readonly string[], { called, cwd }: Start): Promise<number> {
  let options: StartOptions | undefined;
  try {
    options = readStartOptions(args);
    if (!options.help) return await start(options, cwd);
    process.stdout.write(startHelp(called));
    return 0;
  } catch (error) {
    process.stderr.write(`${called}: ${describeStartError(error, called, options)}\n`);
    if (!(error instanceof StartOptionsError)) return 1;
    process.stderr.write(`\n${startHelp(called)}`);
    return 2;
  }
}

async function start(options: StartOptions, cwd: string): Promise<number> {
  const scenario = options.scenario === undefined ? undefined : await readScenario(path.resolve(cwd, options.scenario));
  const named = options.jobs === undefined ? scenario?.jobs : path.resolve(cwd, options.jobs);
  const folder = projectFolder(cwd, named);
  const jobsFile = named ?? path.join(folder, JOBS_FILE);
  if (!existsSync(jobsFile)) throw new Error(missing(options, scenario));
  // Before anything is written.
  await loadJobs(jobsFile, { ledger: 'given' });
  const time = { now: Date.now };
  const printer = makePrinter({
    write: (text) => process.stdout.write(text),
    colours: wantsColours(process.stdout, process.env),
    now: () => new Date(time.now()),
  });
  const stop = stopSignal();
  const ownFolder = path.join(folder, '.local');
  const stateFolder = options.once ? path.join(ownFolder, ONCE) : ownFolder;
  await checkIsStateFolder(ownFolder);
  await checkIsStateFolder(stateFolder);
  const name = path.relative(cwd, stateFolder);
  let lock = await lockStateFolder(stateFolder);
  try {
    // The demonstration must not depend on an earlier start.
    if (options.once) await emptyStateFolder(stateFolder, [LOCK_FILE]);
    let ended = await runSystem({ options, scenario, jobsFile, printer, time, stop, stateFolder, lock });
    while (typeof ended !== 'number') {
      if (options.once) throw new Error(`${name} was removed during the demonstration`);
      printer.text(`\n${name} was removed, with all its state. Restarting with an empty one.\n`);
      lock = await lockStateFolder(stateFolder);
      // Discard what was written during the removal, but keep new files in buckets.
      await emptyStateFolder(stateFolder, [LOCK_FILE, 'buckets']);
      ended = await runSystem({
        options: { ...options, ...ended, demo: false },
        scenario: undefined,
        jobsFile,
        printer,
        time,
        stop,
        stateFolder,
        lock,
      });
    }
    return ended;
  } finally {
    await lock.release();
  }
}

interface Run {
  readonly options: StartOptions;
  readonly scenario: Scenario | undefined;
  readonly jobsFile: string;
  readonly printer: Printer;
  /** The time that lines are printed with; the region's, once it runs. */
  readonly time: { now: () => number };
  readonly stop: AbortSignal;
  readonly stateFolder: string;
  readonly lock: StateLock;
}

/** The ports of a system whose state folder was removed; the next one uses the same. */
type Ports = Pick<StartOptions, 'port' | 'consolePort'>;

/** @returns the exit code, or the ports if the state folder was removed @throws {StateLockedError} if another process has it now */
async function runSystem({
  options,
  scenario,
  jobsFile,
  printer,
  time,
  stop,
  stateFolder,
  lock,
}: Run): Promise<number | Ports> {
  const { jobs } = await loadJobs(jobsFile, { ledger: 'given' });
  const lost = watchLock(lock);
  const end = AbortSignal.any([stop, lost.signal]);
  const demonstration = new Demonstration();
  const describe = makeEventDescriber();
  let page: SystemConsole | undefined;
  let system: LocalSystem | undefined;
  try {
    // Marks the folder as one of the local system before anything else is in it.
    await keepProjectId(stateFolder);
    system = await startLocalSystem({
      stateFolder,
      functions: options.empty
        ? []
        : await buildFunctions({ jobsFile, out: path.join(stateFolder, 'functions'), ledger: 'given' }),
      jobs,
      jobsFile,
      gatewayPort: options.port,
      assume: options.assume,
      onEvent: (event) => {
        if (end.aborted) return;
        const described = describe(event);
        for (const { topic, text, tone } of described.lines) printer.event(topic, plainText(text), tone);
        demonstration.observe(event, described.runs);
        page?.observe(event, described);
      },
    });
    const { clock } = system.cloud;
    time.now = () => clock.now();
    setScene(system, options);
    if (options.consolePort !== undefined) {
      page = await startSystemConsole({ system, jobs, jobsFile, port: options.consolePort });
      await addToSystemFile(stateFolder, { console_url: page.url });
    }
    if (page) printer.text(`console        ${page.url}   a live view of all this`);
    printOverview(printer, system, jobs);
    const how = { printer, jobs, stop: end, earlierTasks: !options.once };
    const failed = options.demo && !system.isResting() ? await demonstration.play(system, how) : [];
    if (scenario) await play(scenario, { system, stateFolder, jobs, printer, end });
    if (!end.aborted && failed.length > 0) printer.text(`\nFailed: ${failed.join('; ')}`);
    if (!options.once && !end.aborted) {
      printHowToTry(printer, system, jobs, page?.url);
      // Keeps the process running if nothing else does.
      while (!end.aborted) await wait(60_000, undefined, { signal: end }).catch(() => undefined);
    }
    if (lost.signal.aborted && !stop.aborted) {
      if (lost.isTaken())
        throw new StateLockedError('the state folder was removed, and another system is using it now');
      return { port: portOf(system.gateway.url), ...(page ? { consolePort: portOf(page.url) } : {}) };
    }
    return options.once && (stop.aborted || failed.length > 0) ? 1 : 0;
  } finally {
    lost.end();
    await page?.close();
    await system?.close();
  }
}

/** Plays a scenario on the system; a step that cannot be done is told, and ends it. */
async function play(
  scenario: Scenario,
  { system, stateFolder, jobs, printer, end }: Pick<Run, 'stateFolder' | 'printer'> & Playing,
): Promise<void> {
  const file = await readSystemFile(stateFolder);
  if (!file || system.isResting())
    throw new Error('functions are deployed here, and a scenario plays on the built ones');
  await playScenario(scenario, {
    system: file,
    stateFolder,
    jobs,
    say: (text) => printer.text(text),
    signal: end,
  }).catch((error: unknown) => printer.text(`scenario       failed: ${messageOf(error)}`));
  if (!end.aborted) printer.text(`               what to do: docs/runbook.md#${scenario.runbook}`);
}

interface Playing {
  readonly system: LocalSystem;
  readonly jobs: Jobs;
  readonly end: AbortSignal;
}

/** Aborts when this process no longer holds the state folder. */
function watchLock(lock: StateLock) {
  const controller = new AbortController();
  let last: Awaited<ReturnType<StateLock['state']>> = 'held';
  const timer = setInterval(async () => {
    last = await lock.state();
    if (last !== 'held') controller.abort();
  }, POLL_MS);
  timer.unref();
  return { signal: controller.signal, end: () => clearInterval(timer), isTaken: () => last === 'taken' };
}

const portOf = (url: string): number => Number(new URL(url).port);

/** The clock and the faults that were asked for. */
function setScene({ cloud }: LocalSystem, { faults, clock }: StartOptions): void {
  if (clock !== undefined) cloud.clock.setRate(clock);
  for (const fault of faults) {
    try {
      cloud.active.add(fault);
    } catch (cause) {
      throw new StartOptionsError(`--fault: ${messageOf(cause)}`, { cause });
    }
  }
}

/** Aborted by the first Ctrl-C or SIGTERM; further ones have no effect. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

function missing({ jobs, scenario: file }: StartOptions, scenario: Scenario | undefined): string {
  if (jobs !== undefined) return `${jobs} does not exist: --jobs must be a jobs file`;
  if (scenario?.jobs !== undefined) return `${scenario.jobs} does not exist: jobs of ${file} must be a jobs file`;
  return `no ${JOBS_FILE} in this folder or above: npx migrations init writes one, and --jobs names another file`;
}

/** Why the system could not be started, for people. */
function describeStartError(error: unknown, called: string, options: StartOptions | undefined): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, port } = cause as NodeJS.ErrnoException & { readonly port?: number };
    if (code === 'EADDRINUSE') {
      const flag = port === options?.consolePort ? '--console-port' : '--port';
      return `port ${port} is in use: stop what is using it, or choose another with ${flag} (${withOptions(called)} ${flag} 0 uses any free port)`;
    }
  }
  return messageOf(error);
}
