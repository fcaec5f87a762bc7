import type { Ledger } from '../../runs/ledger/ledger.ts';
import { parkRun } from '../../runs/operate/park-run.ts';
import { command } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import { type Change, confirmChange } from './change.ts';
import { findRun, type RunId } from './find-run.ts';
import { placeFlags } from './place-flags.ts';

/** `runs park <job> <run>`. */
export const addRunsPark = command<{ readonly why: string }>('park <job> <run>', {
  summary: 'hold a run back until a person decides',
  about: [
    'For a run that has no known task yet: nothing is created or looked up until `runs resolve`. A waiting run gives up its place in the',
    'queue of its target; one whose create call may have been sent keeps it.',
  ].join('\n'),
  examples: ['npx migrations runs park restore-staging 0123456789ab --why "the backup is being checked"'],
  hasPlace: true,
  add: (command) =>
    command
      .requiredOption('--why <text>', 'the reason that others will see; do not include secrets')
      .option('--yes', 'do not ask'),
  work: async ({ terminal, place }, { why, yes, ...flags }, [job = '', given = '']) => {
    const ledger = await (await place()).openLedger();
    const run = await findRun(ledger, job, given);
    return confirmChange(parkChange(ledger, { job, run, flags: placeFlags(flags) }, why), terminal, { yes });
  },
});

export function parkChange(
  ledger: Ledger,
  { job, run, flags }: RunId & { readonly flags: string },
  why: string,
): Change {
  return {
    question: `Park job ${job}, run ${run}?`,
    perform: async () => {
      await parkRun(ledger, { job, run }, why);
      const resolve = `npx migrations runs resolve ${job} ${run} task <task id>, try-again, or give-up --why <text>${flags}`;
      return {
        code: EXIT.done,
        value: { job, run, state: 'parked' },
        lines: [`parked job ${job}, run ${run}; when you have decided: ${resolve}`],
      };
    },
  };
}
