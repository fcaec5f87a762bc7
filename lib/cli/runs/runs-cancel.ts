import { adviceFor, adviceText } from '../../kernel/advice.ts';
import { ConfigError, RunError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { FollowServices } from '../../migrations/action.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { openRunLog } from '../../runs/ledger/run-log.ts';
import { foldRun } from '../../runs/ledger/run-state.ts';
import { type CancelDeps, type CancelEnd, cancelRun } from '../../runs/operate/cancel-run.ts';
import type { RunTask } from '../../runs/report/run-result.ts';
import { command } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { COMMAND_TIME_MS, type Place } from '../place.ts';
import { type Change, type ChangeEnd, confirmChange } from './change.ts';
import { findRun, type RunId } from './find-run.ts';
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
    const named = { job, run, flags: placeFlags(options) };
    return confirmChange(
      await cancelChange({ place: here, ledger, log: errorLog(terminal) }, named),
      terminal,
      options,
    );
  },
});

interface Context {
  readonly place: Pick<Place, 'settings' | 'openServices'>;
  readonly ledger: Ledger;
  readonly log: Logger;
}

/** @throws {ConfigError} if the run has a task and keys to stop it are missing {LedgerError} {OtherEnvironmentError} */
export async function cancelChange(context: Context, named: RunId & { readonly flags: string }): Promise<Change> {
  const { job, run } = named;
  const { task } = foldRun((await openRunLog(context.ledger, job, run)).records);
  const deps = await depsOf(context, task);
  return {
    question: `Cancel job ${job}, run ${run}: ${meaning(task)}?`,
    perform: async () => endOf(await cancelRun({ job, run }, deps), named),
  };
}

function meaning(task: RunTask | undefined): string {
  return task ? `stop its task ${task.name} (${task.id})` : 'end it; it has no known task, and nothing is sent';
}

/** @throws {ConfigError} if the run has a task and keys to stop it are missing: before asking for confirmation */
async function depsOf({ place, ledger, log }: Context, task: RunTask | undefined): Promise<CancelDeps> {
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
      'HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and HUAWEICLOUD_PROJECT_ID (in a console of several deployments, project_id of its places file) must be set: the run has a task, which the service must stop';
    throw new ConfigError('environment', [{ path: [], message }]);
  }
  // From the answer on, however long a person thinks.
  return { ledger, services, remainingMs: () => COMMAND_TIME_MS, random: Math.random, log };
}

function endOf(cancelled: CancelEnd, { job, run, flags }: RunId & { readonly flags: string }): ChangeEnd {
  const what = `job ${job}, run ${run}`;
  const end = (code: ExitCode, line: string, more: object = {}): ChangeEnd => ({
    code,
    value: { job, run, cancel: cancelled.end, ...more },
    lines: [line],
  });
  switch (cancelled.end) {
    case 'none':
      throw new RunError('no_such_run', `${what}: its first record is not written yet; try again`);
    case 'cancelled':
      return end(EXIT.done, `cancelled: ${what}; it has no task, and none will be created`);
    case 'stopping': {
      const watch = `npx migrations runs watch ${job} ${run}${flags}`;
      const next = 'the service was asked to stop the task, and reconcile ends the run once it has';
      return end(EXIT.done, `stopping: ${what}; ${next}: ${watch}`);
    }
    case 'over':
      return end(EXIT.failed, `${what}: the run or its task is already over; nothing to cancel`);
    case 'later': {
      const { reason, until } = cancelled;
      const at = until === undefined ? undefined : new Date(until).toISOString();
      return end(EXIT.unable, `not now: ${what}: ${reasonText(reason)}`, { reason, until: at });
    }
    case 'refused': {
      const { reason } = cancelled;
      const advice = adviceFor(reason);
      const refused = end(EXIT.failed, `refused: ${what}: ${reasonText(reason)}`, { reason });
      return advice ? { ...refused, notes: [adviceText(advice)] } : refused;
    }
  }
}
