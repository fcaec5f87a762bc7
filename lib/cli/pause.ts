import { plainText } from '../kernel/plain-text.ts';
import type { Ledger } from '../runs/ledger/ledger.ts';
import { listPauses, type Pause, pause, pauseText, resume } from '../runs/ledger/pauses.ts';
import { resumeCommand } from '../runs/operate/next-steps.ts';
import { didYouMean } from '../schema/suggest.ts';
import { type AddCommands, command } from './command-line.ts';
import { EXIT } from './exit-code.ts';
import { UsageError } from './usage-error.ts';

/** The reason is repeated for each waiting run. */
const MAX_REASON_LENGTH = 500;

const PARTS = {
  pause: {
    summary: 'stop creating tasks, for one job or for all',
    about: [
      'Tasks that exist continue; new runs wait in the ledger. Pausing again changes nothing. runs list, and each run that waits, shows who',
      'paused, since when and why.',
    ].join('\n'),
    examples: ['npx migrations pause', 'npx migrations pause restore-staging --why "the cache is being resized"'],
    effect: 'no task is created until you resume',
  },
  resume: {
    summary: 'allow creating tasks again, for one job or for all',
    about: 'A pause of all jobs and a pause of one job are separate. Waiting runs start at the next tick of reconcile.',
    examples: ['npx migrations resume', 'npx migrations resume restore-staging'],
    effect: 'reconcile starts the waiting runs at its next tick',
  },
} as const;

/** `pause [job]` and `resume [job]`. */
export const addPause: AddCommands = (program, execute) => {
  for (const name of ['pause', 'resume'] as const) {
    const { summary, about, examples, effect } = PARTS[name];
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
      work: async ({ terminal, place }, { why }, [job]) => {
        if (why !== undefined && (why.trim() === '' || why.length > MAX_REASON_LENGTH)) {
          throw new UsageError(`${name}: --why must have 1 to ${MAX_REASON_LENGTH} characters`);
        }
        const here = await place();
        const ledger = await here.openLedger();
        if (job !== undefined) {
          const { jobs } = (await here.loadJobs()).jobs;
          const meant = didYouMean(job, jobs.keys());
          if (!jobs.has(job)) throw new UsageError(`${name} ${job}: no such job in ${here.jobsFile}${meant}`);
        }
        const before = await pauseOf(ledger, job);
        if (name === 'pause') await pause(ledger, job, why);
        else await resume(ledger, job);
        const pauses = await listPauses(ledger);
        const paused = {
          everything: pauses.some((one) => one.job === undefined),
          jobs: pauses.flatMap((one) => one.job ?? []),
        };
        const what = job ?? 'all jobs';
        const isChanged = (before === undefined) === (name === 'pause');
        const done = isChanged ? `${name}d ${what}: ${effect}` : `nothing to ${name}: ${unchanged(what, before)}`;
        terminal.result({ [name]: job ?? null, paused, pauses: pauses.map(pauseJson) }, () => [done]);
        if (name === 'resume' && pauses.length > 0) terminal.note(['still paused:', ...pauseLines(pauses)].join('\n'));
        return EXIT.done;
      },
    });
    add(program, execute);
  }
};

/** Why a pause or a resume changed nothing. */
function unchanged(what: string, before: Pause | undefined): string {
  if (!before) return what === 'all jobs' ? 'there is no pause of all jobs' : `${what} is not paused`;
  return `${plainText(pauseText(before))}; the pause and its reason are unchanged`;
}

async function pauseOf(ledger: Ledger, job: string | undefined): Promise<Pause | undefined> {
  return (await listPauses(ledger)).find((one) => one.job === job);
}

/** For `--json`. */
export function pauseJson({ job, since, by, why }: Pause): unknown {
  return { job: job ?? null, since: new Date(since).toISOString(), by, ...(why === undefined ? {} : { why }) };
}

/** Each pause, with the command that ends it. */
export function pauseLines(pauses: readonly Pause[]): string[] {
  return pauses.map((one) => `  ${plainText(pauseText(one))}; to resume: ${resumeCommand(one)}`);
}
