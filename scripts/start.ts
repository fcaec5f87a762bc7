// npm start: the whole system on this machine, with a demonstration of each trigger.
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildFunctions } from '../lib/build/build-functions.ts';
import { ROOT } from '../lib/build/package-root.ts';
import { type Console, startConsole } from '../lib/console/start-console.ts';
import type { Jobs } from '../lib/jobs/job.ts';
import { loadJobs } from '../lib/jobs/load-jobs.ts';
import { messageOf } from '../lib/kernel/errors.ts';
import { plainText } from '../lib/kernel/plain-text.ts';
import { makeEventDescriber } from '../lib/local-system/describe-event.ts';
import { CLOUD_SPEED, type LocalSystem, startLocalSystem } from '../lib/local-system/local-system.ts';
import { Demonstration } from '../lib/local-system/play-demonstration.ts';
import { makePrinter, type Printer, wantsColours } from '../lib/local-system/printer.ts';
import { isSigned, sampleBody, sampleCredentials } from '../lib/local-system/sample-request.ts';
import {
  readStartOptions,
  START_HELP,
  type StartOptions,
  StartOptionsError,
} from '../lib/local-system/start-options.ts';
import { LOCK_FILE, lockStateFolder, type StateLock, StateLockedError } from '../lib/local-system/state-lock.ts';
import { addToSystemFile, systemFilePath } from '../lib/local-system/system-file.ts';
import { canIdentifyUsers } from '../packages/local-cloud/src/callers.ts';
import { formatWithOffset } from '../packages/local-cloud/src/functiongraph/timers.ts';
import { emptyStateFolder } from '../packages/local-cloud/src/state-folder.ts';

/** How often to check that the state folder still exists. */
const POLL_MS = 500;

async function main(): Promise<number> {
  const options = readStartOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(START_HELP);
    return 0;
  }
  const printer = makePrinter({
    write: (text) => process.stdout.write(text),
    colours: wantsColours(process.stdout, process.env),
    now: () => new Date(),
  });
  const stop = stopSignal();
  const stateFolder = path.join(ROOT, options.once ? '.local/once' : '.local');
  const name = path.relative(process.cwd(), stateFolder);
  let lock = await lockStateFolder(stateFolder);
  try {
    // The demonstration must not depend on an earlier start.
    if (options.once) await emptyStateFolder(stateFolder, [LOCK_FILE]);
    let ended = await runSystem({ options, printer, stop, stateFolder, lock });
    while (typeof ended !== 'number') {
      if (options.once) throw new Error(`${name} was removed during the demonstration`);
      printer.text(`\n${name} was removed, with all its state. Restarting with an empty one.\n`);
      lock = await lockStateFolder(stateFolder);
      // Discard what was written during the removal, but keep new files in buckets.
      await emptyStateFolder(stateFolder, [LOCK_FILE, 'buckets']);
      ended = await runSystem({ options: { ...options, ...ended, demo: false }, printer, stop, stateFolder, lock });
    }
    return ended;
  } finally {
    await lock.release();
  }
}

interface Start {
  readonly options: StartOptions;
  readonly printer: Printer;
  readonly stop: AbortSignal;
  readonly stateFolder: string;
  readonly lock: StateLock;
}

/** The ports of a system whose state folder was removed; the next one uses the same. */
type Ports = Pick<StartOptions, 'port' | 'consolePort'>;

/** @returns the exit code, or the ports if the state folder was removed @throws {StateLockedError} if another process has it now */
async function runSystem({ options, printer, stop, stateFolder, lock }: Start): Promise<number | Ports> {
  const jobsFile = options.jobs === undefined ? path.join(ROOT, 'migrations.yml') : path.resolve(options.jobs);
  const { jobs } = await loadJobs(jobsFile, { ledger: 'given' });
  const lost = watchLock(lock);
  const end = AbortSignal.any([stop, lost.signal]);
  const demonstration = new Demonstration();
  const describe = makeEventDescriber();
  let page: Console | undefined;
  let system: LocalSystem | undefined;
  try {
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
    addFaults(system, options);
    if (options.consolePort !== undefined) {
      page = await startConsole({ system, jobs, jobsFile, port: options.consolePort });
      await addToSystemFile(stateFolder, { console_url: page.url });
    }
    if (page) printer.text(`console        ${page.url}   a live view of all this`);
    printOverview(printer, system, jobs);
    const play = { printer, jobs, stop: end, earlierTasks: !options.once };
    const failed = options.demo && !system.isResting() ? await demonstration.play(system, play) : [];
    if (!end.aborted && failed.length > 0) printer.text(`\nFailed: ${failed.join('; ')}`);
    if (!options.once && !end.aborted) {
      printHowToTry(printer, system, jobs, page?.url);
      // Keeps the process running if nothing else does.
      while (!end.aborted) await wait(60_000, undefined, { signal: end }).catch(() => undefined);
    }
    if (lost.signal.aborted && !stop.aborted) {
      if (lost.isTaken())
        throw new StateLockedError('the state folder was removed, and another npm start is using it now');
      return { port: portOf(system.gateway.url), ...(page ? { consolePort: portOf(page.url) } : {}) };
    }
    return options.once && (stop.aborted || failed.length > 0) ? 1 : 0;
  } finally {
    lost.end();
    await page?.close();
    await system?.close();
  }
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

function addFaults(system: LocalSystem, { faults }: StartOptions): void {
  for (const fault of faults) {
    try {
      system.cloud.faults.add(fault);
    } catch (cause) {
      throw new StartOptionsError(`--fault: ${messageOf(cause)}`, { cause });
    }
  }
}

function printOverview(printer: Printer, system: LocalSystem, jobs: Jobs): void {
  const folder = path.relative(process.cwd(), system.bucketsFolder);
  printer.text(
    `local cloud    ${system.cloud.url}   signatures are verified; tasks run ${CLOUD_SPEED} times faster than documented`,
  );
  const systemFile = path.relative(process.cwd(), systemFilePath(system.stateFolder));
  printer.text(`local OBS      ${system.cloud.obsUrl}   path style; keys in ${systemFile}`);
  printer.text(
    `FunctionGraph  ${system.cloud.url}/v2/${system.projectId}/fgs   npx serverless deploy --stage local deploys functions here`,
  );
  if (system.isResting()) printDeployed(printer, system);
  else if (system.builtIn.routes().length === 0) printer.text('functions      none: nothing is deployed yet');
  else printBuilt(printer, system, folder);
  printer.text(`function logs  ${path.relative(process.cwd(), system.logFile)}`);
  printer.text(`jobs           ${[...jobs.jobs.keys()].join(', ')}`);
  printer.text('File names that start with a dot, or end in .part or .tmp, are ignored.');
  const found = system.buckets.existingFiles;
  const added = found.filter(({ since }) => since === 'added');
  if (found.length > 0) printer.text(`objects        ${found.length} found, ${added.length} of them new or changed`);
  for (const { bucket, key } of added) {
    printer.text(`object         ${bucket}/${key}   added or changed while stopped: no event was sent`);
  }
}

/** Functions that were deployed to an earlier start, and are available again. */
function printDeployed(printer: Printer, system: LocalSystem): void {
  for (const { name, triggers } of system.cloud.functions()) {
    printer.text(`deployed       ${name}   triggers: ${triggers.map(({ type }) => type).join(', ') || 'none'}`);
  }
  printer.text('The built functions are paused: npx serverless remove --stage local resumes them.');
}

function printBuilt(printer: Printer, system: LocalSystem, folder: string): void {
  for (const { prefix, functionName } of system.builtIn.routes()) {
    printer.text(`gateway        ${system.gateway.url}${prefix}   -> ${functionName}`);
  }
  for (const { bucket, prefix, functionName } of system.builtIn.rules) {
    printer.text(`bucket         ${folder}/${bucket}/${prefix}   -> ${functionName}`);
  }
  for (const { name, functionName } of system.builtIn.timerTriggers) {
    const next = system.builtIn.timers.next(name);
    const zone = system.builtIn.timers.zoneOf(name) ?? 'UTC';
    const when = next ? `${formatWithOffset(next, zone)} (${zone})` : 'never';
    printer.text(`timer          ${name}   next ${when}   -> ${functionName}`);
  }
}

function printHowToTry(printer: Printer, system: LocalSystem, jobs: Jobs, pageUrl: string | undefined): void {
  const folder = path.relative(process.cwd(), system.bucketsFolder);
  const systemFile = path.resolve(systemFilePath(system.stateFolder));
  printer.text('\nNow try:');
  if (pageUrl !== undefined) printer.text(`  open ${pageUrl} in a browser`);
  const isEmpty = system.builtIn.routes().length === 0 && !system.isResting();
  printer.text(
    `  npx serverless deploy --stage local${isEmpty ? '   # in another terminal, to have functions to run' : ''}`,
  );
  for (const { name, on } of system.builtIn.routes().length === 0 ? [] : jobs.jobs.values()) {
    // A set needs several files in its own folder.
    if (!on.object_created || on.object_created.set) continue;
    const { bucket, key } = on.object_created;
    const below = key.replace(/[^/]*[*?].*$/, '');
    printer.text(`  cp any.rdb ${folder}/${bucket}/${below}   # any Redis backup; ${name} imports ${key}`);
  }
  for (const job of jobs.jobs.values()) {
    // A signature is valid for five minutes only, so a command to copy would be useless.
    if (!job.on.request || isSigned(job) || system.builtIn.routes().length === 0) continue;
    const body = JSON.stringify(sampleBody(job, jobs));
    const headers = { 'content-type': 'application/json', ...sampleCredentials(job, body, new Date()) };
    const shown = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`);
    if (!canIdentifyUsers()) shown.push(`-H "x-apig-appcode: $(node -p 'require("${systemFile}").token')"`);
    printer.text(`  curl -i -X POST ${system.gateway.url}/jobs/${job.name}/runs ${shown.join(' ')} -d '${body}'`);
  }
  printer.text('Press Ctrl-C to stop.');
}

/** Aborted by the first Ctrl-C or SIGTERM; further ones have no effect. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

/** Why the system could not be started, for people. */
function describeStartError(error: unknown, options: StartOptions | undefined): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, port } = cause as NodeJS.ErrnoException & { readonly port?: number };
    if (code === 'EADDRINUSE') {
      const flag = port === options?.consolePort ? '--console-port' : '--port';
      return `port ${port} is in use: stop what is using it, or choose another with ${flag} (npm start -- ${flag} 0 uses any free port)`;
    }
  }
  return messageOf(error);
}

try {
  process.exitCode = await main();
} catch (error) {
  const badOptions = error instanceof StartOptionsError;
  const options = badOptions ? undefined : readStartOptions(process.argv.slice(2));
  process.stderr.write(`npm start: ${describeStartError(error, options)}\n`);
  if (badOptions) process.stderr.write(`\n${START_HELP}`);
  process.exitCode = badOptions ? 2 : 1;
}
