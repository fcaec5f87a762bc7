import { didYouMean } from '../migrations/near-name.ts';
import { listPauses, pause, resume } from '../runs/ledger/pauses.ts';
import type { AddCommands } from './command-line.ts';
import { EXIT } from './exit-code.ts';
import { UsageError } from './usage-error.ts';

const PARTS = {
  pause: {
    change: pause,
    summary: 'stop creating tasks, for one job or for all',
    about: 'What is under way goes on, and what comes meanwhile waits in the ledger.',
    said: 'no task is created until it is resumed',
  },
  resume: {
    change: resume,
    summary: 'allow creating tasks again, for one job or for all',
    about:
      'A pause of all jobs and one of a job are separate. What has waited is started at the next tick of reconcile.',
    said: 'what has waited is started by reconcile',
  },
} as const;

/** `pause [job]` and `resume [job]`. */
export const addPause: AddCommands = (program, maker) => {
  for (const name of ['pause', 'resume'] as const) {
    const { change, summary, about, said } = PARTS[name];
    maker.command(program, `${name} [job]`, {
      summary,
      about,
      examples: [`npx migrations ${name}`, `npx migrations ${name} restore-staging`],
      hasPlace: true,
      work: async ({ terminal, place }, _options, [job]) => {
        const here = await place();
        const ledger = await here.openLedger();
        if (job !== undefined) {
          const { jobs } = (await here.loadJobs()).jobs;
          const meant = didYouMean(job, jobs.keys());
          if (!jobs.has(job)) throw new UsageError(`${name} ${job}: ${here.jobsFile} has no such job${meant}`);
        }
        await change(ledger, job);
        const what = job ?? 'all jobs';
        const { everything, jobs } = await listPauses(ledger);
        terminal.result({ [name]: job ?? null, paused: { everything, jobs } }, () => [`${name}d ${what}: ${said}`]);
        if (name === 'resume' && (everything || jobs.length > 0)) terminal.note(stillPaused(everything, jobs));
        return EXIT.done;
      },
    });
  }
};

function stillPaused(everything: boolean, jobs: readonly string[]): string {
  const left = [
    ...(everything ? ['all jobs, by a pause of their own: npx migrations resume'] : []),
    ...jobs.map((job) => `${job}, by a pause of its own: npx migrations resume ${job}`),
  ];
  return ['still paused:', ...left.map((line) => `  ${line}`)].join('\n');
}
