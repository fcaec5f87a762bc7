import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QuestionId } from '../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { START_WITH } from '../../build/start-command.ts';
import { functionGraphEndpoint } from '../../cloud/programs/functiongraph/functiongraph.ts';
import { neededActions } from '../../jobs/needed-actions.ts';
import { type AddCommands, command } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Place } from '../place.ts';
import { serviceProvider } from '../service-provider.ts';
import { UsageError } from '../usage-error.ts';
import type { Answer } from './answer.ts';
import { chooseSacrifice } from './choose-sacrifice.ts';
import { findAndClose, findInFunction } from './find-and-close.ts';
import { findAnswers } from './find-answers.ts';
import { openProbe } from './make-world.ts';
import { newProbe } from './new-probe.ts';
import { openEvent } from './open-event.ts';
import { openFunctionProbe } from './open-function-probe.ts';
import type { ProbeFile } from './probe-file.ts';
import { probePlace } from './probe-place.ts';
import { isDoubtful, showAnswers } from './show-answers.ts';

/** Questions that are answered even if the services refuse the keys. */
const TOLD_BY_REFUSALS = /^(clock-skew$|error-body-)/;
const DEFAULT_FILE = 'probe.json';

interface ProbeOptions {
  readonly bucket?: string;
  readonly as?: string;
  readonly withTask?: string;
  readonly withEvent?: string;
  readonly name?: string;
  readonly out?: string;
}

/** What takes long in a probe; absent: as long as it is worth. */
interface ProbePace {
  /** How often something that happens rarely is tried. */
  readonly rounds?: number;
  /** @default real time */
  readonly wait?: (ms: number) => Promise<void>;
}

/** `probe`: how the account behaves where no public source says so. */
export const addProbe = probeCommand();

export function probeCommand({ rounds, wait = (ms) => sleep(ms) }: ProbePace = {}): AddCommands {
  return command<ProbeOptions>('probe', {
    summary: 'find out how your account behaves where no public source says so',
    about: [
      'Answers the open questions of docs/open-questions.md that can be answered without harm, and says what each answer means for the promises of',
      'docs/guarantees.md. Lists and instances are read. Objects are written in one folder below probe/ in the ledger, and are removed at the end, also',
      'after Ctrl-C. Nothing else is changed, and no task is created, except with --with-task: then one import of a file that does not exist, into an',
      'instance that you can spare.',
      'With --with-event the events of an object are compared with what is known of it: a small object is written twice where the trigger of the job watches,',
      'and removed. The deployed function is asked first whether it starts nothing for such objects, and records their events.',
      'With --as function it runs in FunctionGraph, with the keys of the agency of a deployed function: a function is created for it, invoked once, and deleted.',
      'The answers are also written to probe.json, which contains names, types, codes and times, but no IDs, addresses or secrets. With',
      `${START_WITH} --assume probe.json the local system behaves as your account does.`,
      'Exit code 0: done. 1: a promise does not hold under an answer, a behavior is not known, it was interrupted, or objects or the',
      'function could not be removed. 2: it was called wrongly, and did nothing.',
      '3: the cloud did not answer, or refused the keys.',
    ].join('\n'),
    examples: [
      'npx migrations probe',
      'npx migrations probe --bucket scratch --out probes/ap-southeast-3.json',
      'npx migrations probe --as function',
      'npx migrations probe --with-event restore-staging',
    ],
    hasPlace: true,
    add: (command) =>
      command
        .option('--bucket <name>', "a bucket for the objects, instead of the ledger's")
        .option('--as <place>', 'function: run it in FunctionGraph, with the keys of the agency of a deployed function')
        .option('--with-task <target>', 'also create a migration task for this target of the jobs file, and delete it')
        .option('--yes', 'do not ask before that, nor before a function is created')
        .option(
          '--with-event <job>',
          "also look at the events of an object in the job's bucket, with the deployed function",
        )
        .option('--name <name>', 'with --as or --with-event: the name of the deployed function')
        .option('--out <file>', `the file with the answers (default: ${DEFAULT_FILE})`),
    work: async ({ terminal, place, cwd, env }, options) => {
      const { bucket, as, withTask, withEvent, name, yes, out = DEFAULT_FILE } = options;
      const here = await place();
      if (as !== undefined) checkAs(as, options, here);
      const { jobs } = await here.loadJobs();
      const where = probePlace(jobs, bucket, here.kind === 'local');
      const sacrifice = withTask === undefined ? undefined : chooseSacrifice(jobs, withTask, env);
      const question = `Create a migration task for ${withTask}, which imports a file that does not exist, and delete it?`;
      if (sacrifice && !(await terminal.confirm(question, { yes }))) return EXIT.usage;
      if (withEvent !== undefined) terminal.progress('asking the deployed function');
      const event = withEvent === undefined ? undefined : await openEvent(here, withEvent, name, env);
      const interruption = new AbortController();
      const { signal } = interruption;
      const folderName = newProbe();
      const inFunction = as && (await openFunctionProbe({ here, name, folderName, env, signal, terminal, wait }));
      if (inFunction && !(await terminal.confirm(inFunction.question, { yes }))) return EXIT.usage;
      const stop = () => {
        terminal.note(
          inFunction
            ? 'stopping: the function and the objects of the probe are being removed'
            : 'stopping: the objects of the probe are being removed',
        );
        interruption.abort();
      };
      const parts = await here.cloudParts();
      const common = {
        place: where,
        folderName,
        functionGraph: await functionGraphOf(here, parts.region),
        instanceIds: [...jobs.targets.values()].map(({ id }) => id),
        ...(rounds === undefined ? {} : { rounds }),
      };
      const actions = neededActions(jobs).map(({ action }) => action);
      const opened = openProbe(parts, {
        ...common,
        isShared: inFunction !== undefined,
        signal,
        progress: terminal.progress,
        note: terminal.note,
        ...(sacrifice ? { sacrifice } : {}),
        ...(event ? { event } : {}),
      });
      if (here.kind === 'local') terminal.note('this is the local cloud; add --cloud to probe your account');
      if ('where' in opened.world.folder) terminal.aside(`objects: ${opened.world.folder.where}`);
      process.once('SIGINT', stop).once('SIGTERM', stop);
      try {
        const { file, isClean } = inFunction
          ? await findInFunction(opened, inFunction, { signal, terminal }, { ...common, region: parts.region, actions })
          : await findAndClose(opened, terminal, () =>
              findAnswers(opened, parts, actions, {
                place: here.kind,
                ...(event && { triggers: event.triggers.types }),
              }),
            );
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
}

/** @throws {UsageError} */
function checkAs(as: string, { withTask, withEvent }: ProbeOptions, { kind }: Place): void {
  if (as !== 'function') throw new UsageError(`probe: --as ${as}: must be function`);
  if (withTask !== undefined || withEvent !== undefined)
    throw new UsageError(
      'probe: --as function cannot be combined with --with-task or --with-event: run them separately',
    );
  if (kind === 'local')
    throw new UsageError('probe: --as function: applies to the functions of an account: add --cloud');
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
