// npm start: the whole system on this machine, with a demonstration of each trigger.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFunctions } from '../../scripts/build-functions.ts';
import { type DemoStep, fulfils, planDemonstration, requestBody } from './demonstration.ts';
import type { Invocation } from './functiongraph/invocation.ts';
import { glanceAtJobs, type JobsGlance } from './jobs-glance.ts';
import { RECONCILE } from './local-functions.ts';
import { CLOUD_SPEED, type LocalSystem, type SystemEvent, startLocalSystem } from './local-system.ts';
import { makePrinter, type Printer, wantsColours } from './printer.ts';
import { describeRun, type ReportedRun, readParked, readRuns } from './run-report.ts';
import { readStartOptions, START_HELP, type StartOptions, StartOptionsError } from './start-options.ts';
import { systemFilePath } from './system-file.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** From playing a trigger to its task, which may have to wait for the one before it on the same target: a matter of seconds here. */
const STEP_TIMEOUT_MS = 30_000;

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
  const glance = await glanceAtJobs(path.join(ROOT, 'migrations.yml'));
  const stop = stopSignal();
  const runListeners = new Set<(run: ReportedRun) => void>();
  const stateFolder = path.join(ROOT, options.once ? '.local/once' : '.local');
  // What one start has to show may not depend on an earlier one.
  if (options.once) await rm(stateFolder, { recursive: true, force: true });
  const system = await startLocalSystem({
    stateFolder,
    functions: await buildFunctions({
      out: path.join(stateFolder, 'functions'),
      ...(glance.ledgerBucket === undefined ? { ledger: 'given' } : {}),
    }),
    glance,
    gatewayPort: options.port,
    onEvent: (event) => {
      if (stop.aborted) return;
      for (const run of printEvent(printer, event)) for (const listener of runListeners) listener(run);
    },
  });
  try {
    addFaults(system, options);
    printOverview(printer, system, glance);
    const failed = options.demo ? await demonstrate(printer, system, glance, runListeners, stop, !options.once) : [];
    if (stop.aborted) return options.once ? 1 : 0;
    if (failed.length > 0)
      printer.text(`\nNot shown: ${failed.map((step) => `${step.job} (${step.what})`).join('; ')}`);
    if (options.once) return failed.length > 0 ? 1 : 0;
    printHowToTry(printer, system, glance);
    await aborted(stop);
    return 0;
  } finally {
    await system.close();
  }
}

function addFaults(system: LocalSystem, { faults }: StartOptions): void {
  for (const fault of faults) {
    try {
      system.cloud.faults.add(fault);
    } catch (cause) {
      throw new StartOptionsError(`--fault: ${describeError(cause)}`, { cause });
    }
  }
}

/** Plays each step and waits for its task. @returns the steps that did not get theirs in time */
async function demonstrate(
  printer: Printer,
  system: LocalSystem,
  glance: JobsGlance,
  runListeners: Set<(run: ReportedRun) => void>,
  stop: AbortSignal,
  earlierTasks: boolean,
): Promise<DemoStep[]> {
  const steps = planDemonstration({ system, glance, now: () => new Date() });
  const failed: DemoStep[] = [];
  for (const [i, step] of steps.entries()) {
    if (stop.aborted) break;
    printer.text(`\n${i + 1} of ${steps.length}  ${step.job}: ${step.what}`);
    // 'shown', or why it was not.
    let verdict: string | undefined;
    const listener = (run: ReportedRun) => {
      if (fulfils(step, run, system.cloud.tasks(), earlierTasks)) verdict = 'shown';
      else if (run.job === step.job && run.outcome === 'rejected') verdict ??= 'the run was refused';
    };
    runListeners.add(listener);
    await step.play().catch((error: unknown) => {
      verdict = describeError(error);
    });
    await waitUntil(() => verdict !== undefined, stop);
    runListeners.delete(listener);
    if (verdict === 'shown') continue;
    const why = verdict ?? `no task after ${STEP_TIMEOUT_MS / 1000} s`;
    if (!stop.aborted) printer.event('demo', `${step.job}: ${why}; see ${system.logFile}`, 'bad');
    failed.push(step);
  }
  return failed;
}

/** Resolves when it is so, when the step's time is over, or when everything is stopped. */
async function waitUntil(isSo: () => boolean, stop: AbortSignal): Promise<void> {
  const end = performance.now() + STEP_TIMEOUT_MS;
  while (!isSo() && !stop.aborted && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** One line per thing that happened. @returns the runs that it tells of */
function printEvent(printer: Printer, event: SystemEvent): readonly ReportedRun[] {
  switch (event.kind) {
    case 'object': {
      const { eventName, bucket, key, size } = event.change;
      const to = event.functionNames.length > 0 ? event.functionNames.join(', ') : 'no function (no trigger matches)';
      printer.event('object', `${eventName} ${bucket}/${key}${size === undefined ? '' : ` (${size} bytes)`} -> ${to}`);
      return [];
    }
    case 'tick':
      // Too often to be told of.
      if (event.trigger.functionName === RECONCILE) return [];
      printer.event('timer', `${event.trigger.name} -> ${event.trigger.functionName}`);
      return [];
    case 'request':
      printer.event('request', `${event.method} ${event.path} answered with ${event.status}`);
      return [];
    case 'result':
      return event.functionName === RECONCILE && event.result.ok
        ? printReconcile(printer, event.result)
        : printResult(printer, event);
    case 'gave_up':
      printer.event(
        'function',
        `${event.functionName} failed, and is not tried again (${event.attempts} attempts)`,
        'bad',
      );
      return [];
    case 'cloud': {
      const { service, kind, id, name, status } = event.event;
      printer.event('cloud', `${service} ${kind.replace('_', ' ')}: ${name} is ${status} (${id})`, toneOf(status));
      return [];
    }
    case 'trouble':
      printer.event('trouble', describeError(event.error), 'bad');
      return [];
  }
}

/** What was said of the last tick that found something, so that what goes on waiting is told once. */
let lastReconcile = '';

/** One line, and only for a tick that found something that is news. */
function printReconcile(printer: Printer, result: Invocation): readonly ReportedRun[] {
  const runs = readRuns(result);
  const parked = readParked(result);
  const text = [...runs.map(describeRun), ...(parked > 0 ? [`${parked} parked runs wait for a person`] : [])].join(
    '; ',
  );
  const isNews = text !== '' && text !== lastReconcile;
  lastReconcile = text;
  const isGood = parked === 0 && runs.every(({ outcome }) => outcome === 'created' || outcome === 'existing');
  if (isNews) printer.event('function', `${RECONCILE}: ${text}`, isGood ? 'good' : parked > 0 ? 'bad' : 'plain');
  return runs;
}

function printResult(printer: Printer, event: SystemEvent & { kind: 'result' }): readonly ReportedRun[] {
  const { functionName, result, attempt } = event;
  const again = attempt > 1 ? ` (attempt ${attempt})` : '';
  const runs = readRuns(result);
  for (const run of runs) {
    const good = run.outcome === 'created' || run.outcome === 'existing';
    const tone = good ? 'good' : run.outcome === 'skipped' || run.outcome === 'waiting' ? 'plain' : 'bad';
    printer.event('function', `${functionName}${again}: ${describeRun(run)}`, tone);
  }
  if (runs.length === 0) {
    const text = result.ok ? `no run${problemOf(result.payload)}` : `${result.cause}: ${result.errorMessage}`;
    printer.event('function', `${functionName}${again}: ${text}`, result.ok ? 'plain' : 'bad');
  }
  return runs;
}

/** What a gateway answer without a run says. */
function problemOf(payload: string): string {
  try {
    const { detail, title } = JSON.parse((JSON.parse(payload) as { body: string }).body) as Record<string, unknown>;
    return `: ${String(detail ?? title ?? payload)}`;
  } catch {
    return payload === '' ? '' : `: ${payload}`;
  }
}

function toneOf(status: string): 'good' | 'bad' | 'plain' {
  if (/FAIL|ERROR/.test(status)) return 'bad';
  return /SUCCESS/.test(status) ? 'good' : 'plain';
}

function printOverview(printer: Printer, system: LocalSystem, glance: JobsGlance): void {
  const folder = path.relative(process.cwd(), system.bucketsFolder);
  printer.text(
    `local cloud    ${system.cloud.url}   signatures are checked; tasks walk ${CLOUD_SPEED} times faster than documented`,
  );
  const systemFile = path.relative(process.cwd(), systemFilePath(system.stateFolder));
  printer.text(`local OBS      ${system.cloud.obsUrl}   path style; keys in ${systemFile}`);
  for (const { prefix, functionName } of system.routes) {
    printer.text(`gateway        ${system.gateway.url}${prefix}   -> ${functionName}`);
  }
  for (const { bucket, prefix, functionName } of system.rules) {
    printer.text(`bucket         ${folder}/${bucket}/${prefix}   -> ${functionName}`);
  }
  for (const { name, functionName } of system.timerTriggers) {
    const next = system.timers.next(name)?.toISOString() ?? 'never';
    printer.text(`timer          ${name}   next ${next}   -> ${functionName}`);
  }
  printer.text(`function logs  ${path.relative(process.cwd(), system.logFile)}`);
  printer.text(`jobs           ${glance.jobs.map((job) => job.name).join(', ')}`);
  printer.text('Names that begin with a dot, and those that end in .part or .tmp, are no objects.');
  const found = system.buckets.foundAtStart;
  const added = found.filter(({ since }) => since === 'added');
  if (found.length > 0)
    printer.text(`objects        ${found.length} were there, ${added.length} of them new or changed`);
  for (const { bucket, key } of added) {
    printer.text(`object         ${bucket}/${key}   was added or changed while stopped: not notified`);
  }
}

function printHowToTry(printer: Printer, system: LocalSystem, glance: JobsGlance): void {
  const folder = path.relative(process.cwd(), system.bucketsFolder);
  printer.text('\nNow try:');
  for (const { bucket, prefix } of system.rules) {
    printer.text(`  cp dump.rdb ${folder}/${bucket}/${prefix}`);
  }
  for (const { name, request, action } of glance.jobs) {
    if (!request) continue;
    const needsFile = request.accepts.includes('backup_files') && !('backup_files' in action);
    const body = JSON.stringify(requestBody(needsFile, { glance }));
    printer.text(
      `  curl -i -X POST ${system.gateway.url}/jobs/${name}/runs -H 'content-type: application/json' -d '${body}'`,
    );
  }
  printer.text('Ctrl-C ends it.');
}

/** Aborted by the first Ctrl-C or SIGTERM; more of them change nothing. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  process.on('SIGINT', abort);
  process.on('SIGTERM', abort);
  return controller.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // Keeps the process up where nothing else does.
    const timer = setInterval(() => undefined, 60_000);
    const end = () => {
      clearInterval(timer);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why it could not be started, for a person. */
function describeStartError(error: unknown, options: StartOptions | undefined): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      return `port ${options?.port} is taken: end what runs there, or choose another with --port (npm start -- --port 0 takes any free one)`;
    }
  }
  return describeError(error);
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
