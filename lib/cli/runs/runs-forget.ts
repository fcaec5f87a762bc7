import { type ForgetRunPlan, forgetRun, planForget } from '../../runs/operate/forget-run.ts';
import { command } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import { findRun } from './find-run.ts';

/** `runs forget <job> <run>`. */
export const addRunsForget = command<{ readonly why: string }>('forget <job> <run>', {
  summary: 'stop following a run, and record that it was forgotten',
  about: [
    'Its task in the cloud, if there is one, is left alone: it is no longer configured, started, stopped or reported. Other runs may use its',
    'target immediately. If the same event is delivered again, it creates nothing. This cannot be undone; replay makes another',
    'attempt.',
  ].join('\n'),
  examples: ['npx migrations runs forget restore-staging 0123456789ab --why "the cache was dropped"'],
  hasPlace: true,
  add: (command) =>
    command
      .requiredOption('--why <text>', 'the reason that others will see; do not include secrets')
      .option('--dry-run', 'show what would be forgotten, and change nothing')
      .option('--yes', 'do not ask'),
  work: async ({ terminal, place }, { why, dryRun, yes }, [job = '', given = '']) => {
    const ledger = await (await place()).openLedger();
    const run = await findRun(ledger, job, given);
    const plan = await planForget(ledger, { job, run });
    if (dryRun) {
      terminal.result({ dry_run: true, ...jsonOf(plan) }, () => [`would be forgotten: ${describe(plan)}`]);
      return EXIT.done;
    }
    terminal.note(describe(plan));
    if (!(await terminal.confirm('Forget this run?', { yes: yes === true }))) return EXIT.usage;
    const left = await forgetRun(ledger, { job, run }, why);
    terminal.result({ dry_run: false, ...jsonOf(left) }, () => [`forgotten: ${describe(left)}`]);
    return EXIT.done;
  },
});

function jsonOf({ job, run, task, mayHaveTask }: ForgetRunPlan): Record<string, unknown> {
  return { job, run, ...(task ? { task } : {}), may_have_task: mayHaveTask || task !== undefined };
}

function describe({ job, run, task, mayHaveTask }: ForgetRunPlan): string {
  const what = `job ${job}, run ${run}`;
  if (task) return `${what}; its task ${task.name} (${task.id}) is left alone, and continues in the cloud`;
  if (mayHaveTask) return `${what}; a create call may have been sent: if it has a task, the task is not followed`;
  return `${what}; it has no task`;
}
