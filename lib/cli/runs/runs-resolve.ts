import type { Ledger } from '../../runs/ledger/ledger.ts';
import { type Decision, resolveRun } from '../../runs/operate/resolve-run.ts';
import { command } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../usage-error.ts';
import { type Change, confirmChange } from './change.ts';
import { findRun, type RunId } from './find-run.ts';
import { resolveParked } from './resolve-parked.ts';
import { type JobSelection, matchedJobs, PATTERN_HELP, selectJobs } from './select-jobs.ts';

const TASK_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** `runs resolve <job> <run> task <id> | try-again | give-up`, and `runs resolve [job] --code CODE try-again`. */
export const addRunsResolve = command<{ readonly code?: string; readonly why?: string }>(
  'resolve [job] [run] [decision] [task-id]',
  {
    summary: 'record a decision about a run that waits for one',
    about: [
      'task <id>: this is its task; follow it. If the task does not have the name of the run, the run ends as if its task were gone.',
      'try-again: there is definitely no task; create it. A run that a person parked continues from where it was.',
      'give-up --why: there is no task; do not create one.',
      'With --code: try-again for every run that was parked automatically after repeated failures with that code, of one job or of all. Runs that',
      'an invocation is handling are skipped. Exit code 1: a run could not be read or written.',
      PATTERN_HELP,
      'Nothing is sent to the cloud: reconcile acts on the decision at its next tick.',
    ].join('\n'),
    examples: [
      'npx migrations runs resolve restore-staging 0123456789ab task 4b1e0c0a9d0e4f4c8a55aa2f5b1c9d0e',
      'npx migrations runs resolve restore-staging 0123456789ab try-again',
      'npx migrations runs resolve restore-staging 0123456789ab give-up --why "the cache is gone"',
      'npx migrations runs resolve --code DCS.2007 try-again --dry-run',
    ],
    hasPlace: true,
    add: (command) =>
      command
        .option('--why <text>', 'with give-up: the reason that others will see; do not include secrets')
        .option('--code <code>', 'all runs that were parked automatically with this code')
        .option('--dry-run', 'with --code: show the runs, and record nothing')
        .option('--yes', 'do not ask'),
    work: async ({ terminal, place }, { code, dryRun = false, why, yes }, words) => {
      if (code !== undefined) {
        const jobs = jobsOfMany(words, why);
        const here = await place();
        if (jobs.pattern !== undefined) matchedJobs(jobs, (await here.loadJobs()).jobs.jobs.keys(), 'runs resolve');
        return resolveParked(await here.openLedger(), { code, jobs, dryRun, yes: yes === true }, terminal);
      }
      const [job, given, ...decided] = words;
      if (job === undefined || given === undefined || dryRun) throw new UsageError(USAGE);
      const decision = decisionOf(decided, why);
      const ledger = await (await place()).openLedger();
      const run = await findRun(ledger, job, given);
      return confirmChange(resolveChange(ledger, { job, run }, decision), terminal, { yes });
    },
  },
);

export function resolveChange(ledger: Ledger, { job, run }: RunId, decision: Decision): Change {
  const { kind } = decision;
  return {
    question: `Job ${job}, run ${run}: ${MEANING[kind]}?`,
    perform: async () => {
      await resolveRun(ledger, { job, run }, decision);
      const lines = [`recorded for job ${job}, run ${run}: ${MEANING[kind]}`];
      return { code: EXIT.done, value: { job, run, decision: kind }, lines };
    },
  };
}

const USAGE = 'runs resolve: give <job> <run> and a decision, or [job] --code <code> try-again [--dry-run]';

function jobsOfMany(words: readonly string[], why: string | undefined): JobSelection {
  const [decision, job, ...more] = words.toReversed();
  if (decision !== 'try-again' || more.length > 0 || why !== undefined) {
    throw new UsageError('runs resolve --code: the only decision is try-again, optionally preceded by a job');
  }
  return selectJobs(job);
}

const MEANING: Readonly<Record<Decision['kind'], string>> = {
  task: 'this is its task',
  try_again: 'try again, and create its task if there is none',
  give_up: 'there is no task, and none is created',
};

function decisionOf([word, id]: readonly string[], why: string | undefined): Decision {
  if (word === 'task' && id !== undefined && TASK_ID.test(id) && why === undefined) return { kind: 'task', id };
  if (word === 'try-again' && id === undefined && why === undefined) return { kind: 'try_again' };
  if (word === 'give-up' && id === undefined && why) return { kind: 'give_up', why };
  throw new UsageError('the decision must be one of: task <task id>; try-again; give-up --why <text>');
}
