import { ConfigError, RunError } from '../../kernel/errors.ts';
import type { FollowServices } from '../../migrations/action.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { openRunLog } from '../../runs/ledger/run-log.ts';
import { foldRun } from '../../runs/ledger/run-state.ts';
import { type CancelDeps, type CancelEnd, cancelRun } from '../../runs/operate/cancel-run.ts';
import type { RunTask } from '../../runs/report/run-result.ts';
import { adviceFor, adviceText } from '../advice.ts';
import { command } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { COMMAND_TIME_MS, type Place } from '../place.ts';
import type { Terminal } from '../terminal.ts';
import { findRun } from './find-run.ts';
import { errorLog } from './live-services.ts';
import { placeFlags } from './place-flags.ts';
import { reasonText } from './run-words.ts';

/** `runs cancel <job> <run>`. */
export const addRunsCancel = command('cancel <job> <run>', {
  summary: 'end a run, whatever started it, and stop its task',
  about: [
    'A run that has no task yet ends in the ledger, and nothing is sent. A task is stopped, never deleted (DCS StopMigrationTask, SMS',
    'UpdateTaskStatus stop), with one call that is recorded before it is sent; reconcile ends the run when the service has stopped it. What was',
    'already migrated stays in the target.',
    'Exits with 0 when it is cancelled or being stopped, 1 when the run was over before or the service refused, and 3 when it cannot be',
    'cancelled now: while an invocation handles it, the answer says until when at most.',
  ].join('\n'),
  examples: [
    'npx migrations runs cancel restore-staging 0123456789ab',
    'npx migrations runs cancel restore-staging 0123456789ab --yes --json',
  ],
  hasPlace: true,
  add: (command) => command.option('--yes', 'do not ask'),
  work: async ({ terminal, place }, options, [job = '', given = '']) => {
    const here = await place();
    const ledger = await here.openLedger();
    const run = await findRun(ledger, job, given);
    const { task } = foldRun((await openRunLog(ledger, job, run)).records);
    const deps = await depsOf(here, ledger, task, terminal);
    const question = `Cancel job ${job}, run ${run}: ${meaning(task)}?`;
    if (!(await terminal.confirm(question, options))) return EXIT.usage;
    const cancelled = await cancelRun({ job, run }, deps);
    return say(cancelled, { job, run, flags: placeFlags(options) }, terminal);
  },
});

function meaning(task: RunTask | undefined): string {
  return task ? `stop its task ${task.name} (${task.id})` : 'end it; no task of it is known, and nothing is sent';
}

/** @throws {ConfigError} when the run has a task and there is nothing to stop it with: before anybody is asked */
async function depsOf(
  place: Place,
  ledger: Ledger,
  task: RunTask | undefined,
  terminal: Terminal,
): Promise<CancelDeps> {
  const services: FollowServices = task
    ? await place.openServices()
    : {
        // Its task may be made meanwhile.
        dcsFollow: async () => (await place.openServices()).dcsFollow(),
        smsFollow: async () => (await place.openServices()).smsFollow(),
      };
  const { HUAWEICLOUD_SDK_AK: key, HUAWEICLOUD_SDK_SK: secret, HUAWEICLOUD_PROJECT_ID: project } = place.settings;
  if (task && !(key && secret && project)) {
    const message =
      'HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and HUAWEICLOUD_PROJECT_ID must be set: the run has a task, and the service has to be told';
    throw new ConfigError('environment', [{ path: [], message }]);
  }
  const ends = Date.now() + COMMAND_TIME_MS;
  const log = errorLog(terminal);
  return { ledger, services, remainingMs: () => ends - Date.now(), random: Math.random, log };
}

function say(
  cancelled: CancelEnd,
  { job, run, flags }: { readonly job: string; readonly run: string; readonly flags: string },
  terminal: Terminal,
): ExitCode {
  const what = `job ${job}, run ${run}`;
  const answer = (code: ExitCode, line: string, more: object = {}): ExitCode => {
    terminal.result({ job, run, cancel: cancelled.end, ...more }, () => [line]);
    return code;
  };
  switch (cancelled.end) {
    case 'none':
      throw new RunError('no_such_run', `${what}: its first record is not written yet; try again`);
    case 'cancelled':
      return answer(EXIT.done, `cancelled: ${what}; nothing runs for it, and nothing will`);
    case 'stopping': {
      const watch = `npx migrations runs watch ${job} ${run}${flags}`;
      const next = 'the service was told to stop the task, and reconcile ends the run when it has';
      return answer(EXIT.done, `stopping: ${what}; ${next}: ${watch}`);
    }
    case 'over':
      return answer(EXIT.failed, `${what}: it had ended before, or its task is over; there is nothing to cancel`);
    case 'later': {
      const { reason, until } = cancelled;
      const at = until === undefined ? undefined : new Date(until).toISOString();
      return answer(EXIT.unable, `not now: ${what}: ${reasonText(reason)}`, { reason, until: at });
    }
    case 'refused': {
      const { reason } = cancelled;
      answer(EXIT.failed, `refused: ${what}: ${reasonText(reason)}`, { reason });
      const advice = adviceFor(reason);
      if (advice) terminal.note(adviceText(advice));
      return EXIT.failed;
    }
  }
}
