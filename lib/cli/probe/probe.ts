import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { QuestionId } from '../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { START_WITH } from '../../build/start-command.ts';
import { functionGraphEndpoint } from '../../cloud/programs/functiongraph/functiongraph.ts';
import { neededActions } from '../../jobs/needed-actions.ts';
import { CloudError } from '../../kernel/errors.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import { command } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Place } from '../place.ts';
import { serviceProvider } from '../service-provider.ts';
import type { Terminal } from '../terminal.ts';
import type { Answer } from './answer.ts';
import { callText } from './call-text.ts';
import { chooseSacrifice } from './choose-sacrifice.ts';
import { endpointsOf } from './endpoints-of.ts';
import { type OpenedProbe, openProbe } from './make-world.ts';
import { type OpenedEvent, openEvent } from './open-event.ts';
import { type ProbeFile, probeFile } from './probe-file.ts';
import { probePlace } from './probe-place.ts';
import { Interrupted } from './probe-world.ts';
import { probeRights } from './rights.ts';
import { runProbes } from './run-probes.ts';
import { probeRuntimes } from './runtimes.ts';
import { isDoubtful, showAnswers } from './show-answers.ts';

/** Questions that are answered even if the services refuse the keys. */
const TOLD_BY_REFUSALS = /^(clock-skew$|error-body-)/;
const DEFAULT_FILE = 'probe.json';

interface ProbeOptions {
  readonly bucket?: string;
  readonly withTask?: string;
  readonly withEvent?: string;
  readonly name?: string;
  readonly out?: string;
}

/** `probe`: how the account behaves where no public source says so. */
export const addProbe = command<ProbeOptions>('probe', {
  summary: 'find out how your account behaves where no public source says so',
  about: [
    'Answers the open questions of docs/open-questions.md that can be answered without harm, and says what each answer means for the promises of',
    'docs/guarantees.md. Lists and instances are read. Objects are written in one folder below probe/ in the ledger, and are removed at the end, also',
    'after Ctrl-C. Nothing else is changed, and no task is created, except with --with-task: then one import of a file that does not exist, into an',
    'instance that you can spare.',
    'With --with-event the events of an object are compared with what is known of it: a small object is written twice where the trigger of the job watches,',
    'and removed. The deployed function is asked first whether it starts nothing for such objects, and records their events.',
    'The answers are also written to probe.json, which contains names, types, codes and times, but no IDs, addresses or secrets. With',
    `${START_WITH} --assume probe.json the local system behaves as your account does.`,
    'Exit code 0: done. 1: a promise does not hold under an answer, a behavior is not known, it was interrupted, or objects could not be removed.',
    '3: the cloud did not answer, or refused the keys.',
  ].join('\n'),
  examples: [
    'npx migrations probe',
    'npx migrations probe --bucket scratch --out probes/ap-southeast-3.json',
    'npx migrations probe --with-event restore-staging',
  ],
  hasPlace: true,
  add: (command) =>
    command
      .option('--bucket <name>', "a bucket for the objects, instead of the ledger's")
      .option('--with-task <target>', 'also create a migration task for this target of the jobs file, and delete it')
      .option('--yes', 'do not ask before that')
      .option(
        '--with-event <job>',
        "also look at the events of an object in the job's bucket, with the deployed function",
      )
      .option('--name <name>', 'with --with-event: the name of the deployed function')
      .option('--out <file>', `the file with the answers (default: ${DEFAULT_FILE})`),
  work: async ({ terminal, place, cwd, env }, options) => {
    const { bucket, withTask, withEvent, name, yes, out = DEFAULT_FILE } = options;
    const here = await place();
    const { jobs } = await here.loadJobs();
    const where = probePlace(jobs, bucket, here.kind === 'local');
    const sacrifice = withTask === undefined ? undefined : chooseSacrifice(jobs, withTask, env);
    const question = `Create a migration task for ${withTask}, which imports a file that does not exist, and delete it?`;
    if (sacrifice && !(await terminal.confirm(question, { yes }))) return EXIT.usage;
    if (withEvent !== undefined) terminal.progress('asking the deployed function');
    const event = withEvent === undefined ? undefined : await openEvent(here, withEvent, name, env);
    const interruption = new AbortController();
    const stop = () => {
      terminal.note('stopping: the objects of the probe are being removed');
      interruption.abort();
    };
    const parts = await here.cloudParts();
    const opened = openProbe(parts, {
      place: where,
      functionGraph: await functionGraphOf(here, parts.region),
      signal: interruption.signal,
      progress: terminal.progress,
      note: terminal.note,
      ...(sacrifice ? { sacrifice } : {}),
      ...(event ? { event } : {}),
    });
    if ('where' in opened.world.folder) terminal.aside(`objects: ${opened.world.folder.where}`);
    process.once('SIGINT', stop).once('SIGTERM', stop);
    try {
      const { file, isClean } = await findAndClose(opened, event, here, terminal);
      if (file === undefined) return EXIT.failed;
      await writeFile(resolve(cwd, out), `${JSON.stringify(file, null, 2)}\n`);
      terminal.result(file, () => showAnswers(file, terminal));
      terminal.note(`written to ${out}; to use it: ${START_WITH} --assume ${out}`);
      return exitCode(file, isClean);
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    }
  },
});

/** Closes whatever happens. */
async function findAndClose(opened: OpenedProbe, event: OpenedEvent | undefined, here: Place, terminal: Terminal) {
  let file: ProbeFile | undefined;
  let isClean = false;
  try {
    file = await find(opened, event, here, terminal);
  } finally {
    isClean = await close(opened, terminal);
  }
  return { file, isClean };
}

/** @returns `undefined` after Ctrl-C */
async function find(
  { world, removeLeftovers }: OpenedProbe,
  event: OpenedEvent | undefined,
  here: Place,
  terminal: Terminal,
): Promise<ProbeFile | undefined> {
  const { jobs } = await here.loadJobs();
  const parts = await here.cloudParts();
  try {
    terminal.progress('removing what earlier probes left behind');
    // If the bucket can't be read, the probes say so.
    await removeLeftovers().catch(ignoreCloudError);
    const answers = await runProbes(world);
    const rights = await probeRights(
      world,
      neededActions(jobs).map(({ action }) => action),
    );
    const runtimes = await probeRuntimes(world);
    const { responses, hasTemporaryKeys } = world;
    const endpoints = endpointsOf(responses.all(), parts.settings);
    const triggers = event ? { triggers: event.triggers.types } : {};
    return probeFile({
      region: parts.region,
      hasTemporaryKeys,
      answers,
      rights,
      runtimes,
      ...triggers,
      endpoints,
      responses,
    });
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  }
}

/** @returns whether nothing is left behind */
async function close({ close, world }: OpenedProbe, terminal: Terminal): Promise<boolean> {
  try {
    terminal.progress('removing the objects of the probe');
    await close();
    return true;
  } catch (error) {
    if (!(error instanceof CloudError || error instanceof LedgerError)) throw error;
    const folders = [world.folder, ...(world.event ? [world.event.folder] : [])];
    const where = folders.flatMap((folder) => ('where' in folder ? folder.where : [])).join(', ');
    const why = error instanceof CloudError ? callText(error) : error.message;
    terminal.note(`not removed: ${where} (${why}); the next probe removes it after an hour`);
    return false;
  }
}

function ignoreCloudError(error: unknown): void {
  if (!(error instanceof CloudError)) throw error;
}

/** FunctionGraph's endpoint has no setting of the functions. */
async function functionGraphOf({ system, folder }: Place, region: string): Promise<string> {
  if (system) return system.cloud_url;
  const { endpoint } = await serviceProvider(folder);
  return typeof endpoint === 'string' && URL.canParse(endpoint) ? endpoint : functionGraphEndpoint(region);
}

function exitCode({ questions }: ProbeFile, isClean: boolean): ExitCode {
  const all = Object.entries(questions) as [QuestionId, Answer][];
  if (all.every(([id, answer]) => 'unanswered' in answer || TOLD_BY_REFUSALS.test(id))) return EXIT.unable;
  return isClean && !all.some(([id, answer]) => isDoubtful(id, answer)) ? EXIT.done : EXIT.failed;
}
