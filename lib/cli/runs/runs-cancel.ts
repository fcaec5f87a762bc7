import { adviceFor, adviceText } from '../../kernel/advice.ts';
import { ConfigError, RunError } from '../../kernel/errors.ts';
import type { FollowServices } from '../../migrations/action.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { openRunLog } from '../../runs/ledger/run-log.ts';
import { foldRun } from '../../runs/ledger/run-state.ts';
import { type CancelDeps, type CancelEnd, cancelRun } from '../../runs/operate/cancel-run.ts';
import type { RunTask } from '../../runs/report/run-result.ts';
import { command } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { COMMAND_TIME_MS, type Place } from '../place.ts';
import type { Terminal } from '../terminal.ts';
import { findRun } from './find-run.ts';
import { errorLog } from './live-services.ts';
import { placeFlags } from './place-flags.ts';
import { reasonText } from './run-format.ts';

/** `runs cancel <job> <run>`. */
export const addRunsCancel = command('cancel <job> <run>', {
  summary: 'end a run and stop its task',
  about: [
    'A run that has no task yet ends in the ledger, and nothing is sent. A task is stopped, never deleted (DCS StopMigrationTask, SMS',
    'UpdateTaskStatus stop), with one call that is recorded before it is sent; reconcile ends the run once the service has stopped the task. Data',
    'that was already migrated stays in the target.',
    'Exit code 0: cancelled, or being stopped. 1: the run was already over, or the service refused. 3: it cannot be cancelled now because an',
    'invocation is handling it; the message says until when at most.',
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
    return printResult(cancelled, { job, run, flags: placeFlags(options) }, terminal);
  },
});

function meaning(task: RunTask | undefined): string {
  return task ? `stop its task ${task.name} (${task.id})` : 'end it; it has no known task, and nothing is sent';
}

/** @throws {ConfigError} if the run has a task and keys to stop it are missing: before asking for confirmation */
async function depsOf(
  place: Place,
  ledger: Ledger,
  task: RunTask | undefined,
  terminal: Terminal,
): Promise<CancelDeps> {
  const services: FollowServices = task
    ? await place.openServices()
    : {
        // A task may be created in the meantime.
        dcsFollow: async () => (await place.openServices()).dcsFollow(),
        smsFollow: async () => (await place.openServices()).smsFollow(),
      };
  const { HUAWEICLOUD_SDK_AK: key, HUAWEICLOUD_SDK_SK: secret, HUAWEICLOUD_PROJECT_ID: project } = place.settings;
  if (task && !(key && secret && project)) {
    const message =
      'HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and HUAWEICLOUD_PROJECT_ID must be set: the run has a task, which the service must stop';
    throw new ConfigError('environment', [{ path: [], message }]);
  }
  const ends = Date.now() + COMMAND_TIME_MS;
  const log = errorLog(terminal);
  return { ledger, services, remainingMs: () => ends - Date.now(), random: Math.random, log };
}

function printResult(
  cancelled: CancelEnd,
  { job, run, flags }: { readonly job: string; readonly run: string; readonly flags: string },
  terminal: Terminal,
): ExitCode {
  const what = `job ${job}, run ${run}`;
  const print = (code: ExitCode, line: string, more: object = {}): ExitCode => {
    terminal.result({ job, run, cancel: cancelled.end, ...more }, () => [line]);
    return code;
  };
  switch (cancelled.end) {
    case 'none':
      throw new RunError('no_such_run', `${what}: its first record is not written yet; try again`);
    case 'cancelled':
      return print(EXIT.done, `cancelled: ${what}; it has no task, and none will be created`);
    case 'stopping': {
      const watch = `npx migrations runs watch ${job} ${run}${flags}`;
      const next = 'the service was asked to stop the task, and reconcile ends the run once it has';
      return print(EXIT.done, `stopping: ${what}; ${next}: ${watch}`);
    }
    case 'over':
      return print(EXIT.failed, `${what}: the run or its task is already over; nothing to cancel`);
    case 'later': {
      const { reason, until } = cancelled;
      const at = until === undefined ? undefined : new Date(until).toISOString();
      return print(EXIT.unable, `not now: ${what}: ${reasonText(reason)}`, { reason, until: at });
    }
    case 'refused': {
      const { reason } = cancelled;
      print(EXIT.failed, `refused: ${what}: ${reasonText(reason)}`, { reason });
      const advice = adviceFor(reason);
      if (advice) terminal.note(adviceText(advice));
      return EXIT.failed;
    }
  }
}
