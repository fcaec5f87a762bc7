import { plainText } from '../kernel/plain-text.ts';
import type { Ledger } from '../runs/ledger/ledger.ts';
import { listPauses, type Pause, pause, pauseText, resume } from '../runs/ledger/pauses.ts';
import { resumeCommand } from '../runs/operate/next-steps.ts';
import { didYouMean } from '../schema/suggest.ts';
import { type AddCommands, command } from './command-line.ts';
import { EXIT } from './exit-code.ts';
import { UsageError } from './usage-error.ts';

/** It is repeated beside each run that waits. */
const MAX_WHY = 500;

const PARTS = {
  pause: {
    summary: 'stop creating tasks, for one job or for all',
    about: [
      'What is under way goes on, and what comes meanwhile waits in the ledger. A pause that holds already stands as it is. Who paused, since',
      'when and why is shown by runs list and by each run that waits for it.',
    ].join('\n'),
    examples: ['npx migrations pause', 'npx migrations pause restore-staging --why "the cache is being resized"'],
    said: 'no task is created until it is resumed',
  },
  resume: {
    summary: 'allow creating tasks again, for one job or for all',
    about:
      'A pause of all jobs and one of a job are separate. What has waited is started at the next tick of reconcile.',
    examples: ['npx migrations resume', 'npx migrations resume restore-staging'],
    said: 'what has waited is started by reconcile',
  },
} as const;

/** `pause [job]` and `resume [job]`. */
export const addPause: AddCommands = (program, carryOut) => {
  for (const name of ['pause', 'resume'] as const) {
    const { summary, about, examples, said } = PARTS[name];
    const add = command<{ readonly why?: string }>(`${name} [job]`, {
      summary,
      about,
      examples,
      hasPlace: true,
      add: (command) => {
        if (name === 'pause')
          command.option('--why <text>', `what others will read, at most ${MAX_WHY} characters; nothing secret`);
      },
      work: async ({ terminal, place }, { why }, [job]) => {
        if (why !== undefined && (why.trim() === '' || why.length > MAX_WHY)) {
          throw new UsageError(`${name}: --why takes 1 to ${MAX_WHY} characters`);
        }
        const here = await place();
        const ledger = await here.openLedger();
        if (job !== undefined) {
          const { jobs } = (await here.loadJobs()).jobs;
          const meant = didYouMean(job, jobs.keys());
          if (!jobs.has(job)) throw new UsageError(`${name} ${job}: ${here.jobsFile} has no such job${meant}`);
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
        const isNews = (before === undefined) === (name === 'pause');
        const done = isNews ? `${name}d ${what}: ${said}` : `nothing to ${name}: ${standing(what, before)}`;
        terminal.result({ [name]: job ?? null, paused, pauses: pauses.map(pauseJson) }, () => [done]);
        if (name === 'resume' && pauses.length > 0) terminal.note(['still paused:', ...pauseLines(pauses)].join('\n'));
        return EXIT.done;
      },
    });
    add(program, carryOut);
  }
};

/** How it is with a pause or a resume that changed nothing. */
function standing(what: string, before: Pause | undefined): string {
  if (!before) return `there is no pause of ${what}`;
  return `${plainText(pauseText(before))}; it stands as it was, with its reason`;
}

async function pauseOf(ledger: Ledger, job: string | undefined): Promise<Pause | undefined> {
  return (await listPauses(ledger)).find((one) => one.job === job);
}

/** For `--json`. */
export function pauseJson({ job, since, by, why }: Pause): unknown {
  return { job: job ?? null, since: new Date(since).toISOString(), by, ...(why === undefined ? {} : { why }) };
}

/** Each pause with the command that takes it back. */
export function pauseLines(pauses: readonly Pause[]): string[] {
  return pauses.map((one) => `  ${plainText(pauseText(one))}; to resume: ${resumeCommand(one)}`);
}
