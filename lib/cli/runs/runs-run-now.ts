import type { Ledger } from '../../runs/ledger/ledger.ts';
import { runNow } from '../../runs/operate/run-now.ts';
import { command } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../usage-error.ts';
import { type Change, confirmChange } from './change.ts';
import { findRun, type RunId } from './find-run.ts';
import { placeFlags } from './place-flags.ts';

/** `runs run-now <job> <run>`. */
export const addRunsRunNow = command<{ readonly why: string }>('run-now <job> <run>', {
  summary: "start a run although its job's limit is used up",
  about: [
    'For one run that waits with over_budget. It is recorded as your decision; reconcile starts the run at its next tick, when nothing else is ahead of',
    'it: pauses and the queue of its target still apply. The run does not count against the limit, which stays as it is for the others.',
    'Repeating the command records nothing. Exit code 3: the run waits for something else, or has ended.',
  ].join('\n'),
  examples: ['npx migrations runs run-now restore-staging 0123456789ab --why "the demo needs this backup"'],
  hasPlace: true,
  add: (command) =>
    command
      .requiredOption('--why <text>', 'the reason that others will see; do not include secrets')
      .option('--yes', 'do not ask'),
  work: async ({ terminal, place }, { why, yes, ...flags }, [job = '', given = '']) => {
    checkWhy(why);
    const ledger = await (await place()).openLedger();
    const run = await findRun(ledger, job, given);
    return confirmChange(runNowChange(ledger, { job, run, flags: placeFlags(flags) }, why), terminal, { yes });
  },
});

export function runNowChange(
  ledger: Ledger,
  { job, run, flags }: RunId & { readonly flags: string },
  why: string,
): Change {
  checkWhy(why);
  return {
    question: `Start job ${job}, run ${run}, beyond the limit of its job?`,
    perform: async () => {
      const outcome = await runNow(ledger, { job, run }, why);
      const watch = `npx migrations runs watch ${job} ${run}${flags}`;
      const line =
        outcome === 'recorded'
          ? `recorded for job ${job}, run ${run}: it starts at the next tick of reconcile: ${watch}`
          : `nothing to record: job ${job}, run ${run} may already start beyond its limit: ${watch}`;
      return { code: EXIT.done, value: { job, run, run_now: outcome }, lines: [line] };
    },
  };
}

function checkWhy(why: string): void {
  if (why.trim() === '') throw new UsageError('runs run-now: --why must not be blank');
}
