import { plainText } from '../kernel/plain-text.ts';
import { listPauses, type Pause, pause, pauseText, resume } from '../runs/ledger/pauses.ts';
import { resumeCommand } from '../runs/operate/next-steps.ts';
import { didYouMean } from '../schema/suggest.ts';
import { type AddCommands, command } from './command-line.ts';
import { EXIT } from './exit-code.ts';
import type { Place } from './place.ts';
import { type Change, confirmChange } from './runs/change.ts';
import { matchedJobs, PATTERN_HELP, selectJobs } from './runs/select-jobs.ts';
import { UsageError } from './usage-error.ts';

/** The reason is repeated for each waiting run. */
const MAX_REASON_LENGTH = 500;

const PARTS = {
  pause: {
    summary: 'stop creating tasks, for one job, several or all',
    about: [
      'Tasks that exist continue; new runs wait in the ledger. Pausing again changes nothing. runs list, and each run that waits, shows who',
      'paused, since when and why.',
      `${PATTERN_HELP} Jobs added to the file later are not paused.`,
    ].join('\n'),
    examples: [
      'npx migrations pause',
      'npx migrations pause restore-staging --why "the cache is being resized"',
      "npx migrations pause 'restore-*'",
    ],
    effect: 'no task is created until you resume',
  },
  resume: {
    summary: 'allow creating tasks again, for one job, several or all',
    about: `A pause of all jobs and a pause of one job are separate. Waiting runs start at the next tick of reconcile.\n${PATTERN_HELP}`,
    examples: ['npx migrations resume', 'npx migrations resume restore-staging', "npx migrations resume 'restore-*'"],
    effect: 'reconcile starts the waiting runs at its next tick',
  },
} as const;

/** `pause [job or pattern]` and `resume [job or pattern]`. */
export const addPause: AddCommands = (program, execute) => {
  for (const name of ['pause', 'resume'] as const) {
    const { summary, about, examples } = PARTS[name];
    const add = command<{ readonly why?: string }>(`${name} [job]`, {
      summary,
      about,
      examples,
      hasPlace: true,
      add: (command) => {
        if (name === 'pause')
          command.option(
            '--why <text>',
            `the reason that others will see, at most ${MAX_REASON_LENGTH} characters; do not include secrets`,
          );
      },
      // A pause is quickly made and ended, so nobody is asked.
      work: async ({ terminal, place }, { why }, [job]) =>
        confirmChange(await pauseChange(await place(), { name, job, why }), terminal, { yes: true }),
    });
    add(program, execute);
  }
};

interface Asked {
  readonly name: keyof typeof PARTS;
  /** A job, or a pattern; all jobs together if absent. */
  readonly job?: string | undefined;
  readonly why?: string | undefined;
}

/** @throws {UsageError} for a job that does not exist, and for a reason that is blank or too long {ConfigError} {LedgerError} {OtherEnvironmentError} */
export async function pauseChange(here: PausedPlace, { name, job, why }: Asked): Promise<Change> {
  if (why !== undefined && (why.trim() === '' || why.length > MAX_REASON_LENGTH)) {
    throw new UsageError(`${name}: --why must have 1 to ${MAX_REASON_LENGTH} characters`);
  }
  const { effect } = PARTS[name];
  const ledger = await here.openLedger();
  const before = await listPauses(ledger);
  const names = await namesOf({ command: name, given: job, before }, here);
  return {
    question: `${name === 'pause' ? 'Pause' : 'Resume'} ${names?.join(', ') ?? 'all jobs'}: ${effect}?`,
    perform: async () => {
      if (name === 'pause') await pause(ledger, names, why);
      else await resume(ledger, names);
      const pauses = await listPauses(ledger);
      const paused = {
        everything: pauses.some((one) => one.job === undefined),
        jobs: pauses.flatMap((one) => one.job ?? []),
      };
      const lines = (names ?? [undefined]).map((one) => {
        const was = before.find((earlier) => earlier.job === one);
        const what = one ?? 'all jobs';
        const isChanged = (was === undefined) === (name === 'pause');
        return isChanged ? `${name}d ${what}: ${effect}` : `nothing to ${name}: ${unchanged(what, was)}`;
      });
      const matched = names && names[0] !== job ? { jobs: names } : {};
      const left = name === 'resume' && pauses.length > 0 ? [['still paused:', ...pauseLines(pauses)].join('\n')] : [];
      return {
        code: EXIT.done,
        value: { [name]: job ?? null, ...matched, paused, pauses: pauses.map(pauseJson) },
        lines,
        notes: left,
      };
    },
  };
}

/** Why a pause or a resume changed nothing. */
function unchanged(what: string, before: Pause | undefined): string {
  if (!before) return what === 'all jobs' ? 'all jobs together are not paused' : `${what} is not paused`;
  return `${plainText(pauseText(before))}; the pause and its reason are unchanged`;
}

type PausedPlace = Pick<Place, 'openLedger' | 'loadJobs' | 'jobsFile'>;

interface Named {
  readonly command: 'pause' | 'resume';
  readonly given: string | undefined;
  /** The pauses so far. Jobs that are no longer in the file can be resumed, too. */
  readonly before: readonly Pause[];
}

/** @returns the jobs, or `undefined` for all @throws {UsageError} if there are none */
async function namesOf({ command, given, before }: Named, here: PausedPlace): Promise<readonly string[] | undefined> {
  if (given === undefined) return undefined;
  const { jobs } = (await here.loadJobs()).jobs;
  if (!given.includes('*')) {
    if (jobs.has(given) || (command === 'resume' && before.some(({ job }) => job === given))) return [given];
    throw new UsageError(`${command} ${given}: no such job in ${here.jobsFile}${didYouMean(given, jobs.keys())}`);
  }
  const paused = command === 'resume' ? before.flatMap(({ job }) => job ?? []) : [];
  return matchedJobs(selectJobs(given), [...jobs.keys(), ...paused], command);
}

/** For `--json`. */
export function pauseJson({ job, since, by, why }: Pause): unknown {
  return { job: job ?? null, since: new Date(since).toISOString(), by, ...(why === undefined ? {} : { why }) };
}

/** Each pause, with the command that ends it. */
export function pauseLines(pauses: readonly Pause[]): string[] {
  return pauses.map((one) => `  ${plainText(pauseText(one))}; to resume: ${resumeCommand(one)}`);
}
