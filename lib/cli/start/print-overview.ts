import path from 'node:path';
import { canIdentifyUsers } from '../../../packages/local-cloud/src/callers.ts';
import { formatWithOffset } from '../../../packages/local-cloud/src/functiongraph/timers.ts';
import type { Jobs } from '../../jobs/job.ts';
import { CLOUD_SPEED, type LocalSystem } from '../../local-system/local-system.ts';
import type { Printer } from '../../local-system/printer.ts';
import { isSigned, sampleBody, sampleCredentials } from '../../local-system/sample-request.ts';
import { systemFilePath } from '../../local-system/system-file.ts';

/** What runs where. */
export function printOverview(printer: Printer, system: LocalSystem, jobs: Jobs): void {
  const folder = path.relative(process.cwd(), system.bucketsFolder);
  printer.text(`local cloud    ${system.cloud.url}   signatures are verified; ${paceOf(system)}`);
  const { clock } = system.cloud;
  // When an earlier start moved it; a rate of this start has not gained a second yet.
  if (clock.offsetMs >= 1000) {
    const state = path.relative(process.cwd(), system.stateFolder);
    printer.text(
      `clock          ${new Date(clock.now()).toISOString()}   ahead, as it was moved before; remove ${state} to return to real time`,
    );
  }
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

function paceOf({ cloud: { clock } }: LocalSystem): string {
  if (!clock.isAsDocumented) return `tasks run ${CLOUD_SPEED} times faster than documented`;
  return `the clock runs ${clock.rate} times as fast, and tasks take as long as documented`;
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

/** Commands to copy. */
export function printHowToTry(printer: Printer, system: LocalSystem, jobs: Jobs, pageUrl: string | undefined): void {
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
