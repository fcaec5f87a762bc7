/** @import { RunRow } from '../wire.ts' */

/**
 * What an operator can do with a run as it is now, on the command line.
 *
 * @param {Pick<RunRow, 'job' | 'run' | 'state'>} row
 * @returns {readonly { readonly command: string, readonly text: string }[]} the most useful first; never empty
 */
export function commandsFor({ job, run, state }) {
  const on = `${job} ${run}`;
  const show = { command: `npx migrations runs show ${on}`, text: 'Shows this in a terminal.' };
  const watch = {
    command: `npx migrations runs watch ${on}`,
    text: 'Follows it to its end; the exit code says how it ended.',
  };
  const park = {
    command: `npx migrations runs park ${on} --why "..."`,
    text: 'reconcile leaves it alone until a person resolves it.',
  };
  const forget = {
    command: `npx migrations runs forget ${on} --why "..."`,
    text: 'Stops following it for good. Its task, if there is one, is left alone.',
  };
  const replay = {
    command: `npx migrations runs replay ${on}`,
    text: 'Starts a new run for the same trigger, from the jobs file as it is now.',
  };
  switch (state) {
    case 'parked':
      return [
        {
          command: `npx migrations runs resolve ${on} task <task id>`,
          text: 'You found its task in the cloud: it is followed from now on.',
        },
        {
          command: `npx migrations runs resolve ${on} try-again`,
          text: 'You are sure that nothing was created: it is tried again.',
        },
        {
          command: `npx migrations runs resolve ${on} give-up --why "..."`,
          text: 'Nothing is to come of it.',
        },
        show,
        forget,
      ];
    case 'failed':
    case 'rejected':
    case 'superseded':
    case 'forgotten':
      return [replay, show];
    case 'succeeded':
      return [show, { command: `${replay.command} --even-succeeded`, text: replay.text }];
    default:
      return [watch, show, park, forget];
  }
}
