import { type Problem, RunError } from '../../kernel/errors.ts';
import type { ReadSecret } from '../../kernel/secret-reference.ts';
import type { FoundTask, PlannedTask } from '../../migrations/action.ts';
import { ACTIONS, REVIEWS } from '../../migrations/actions.ts';
import { withBackup } from '../../migrations/backup-import/latest-backup.ts';
import { DEFAULT_TASK_POLICIES } from '../../migrations/task-policies.ts';
import type { AllServices } from '../../ports/services.ts';
import { type RunReason, reasonOf } from '../report/run-result.ts';
import { BACKUP_REMARKS, completePlan } from './prepare-run.ts';

const TASK_ID = 'task id';

/** A rehearsal makes the calls of a run in their order; the caller makes sure that none of them changes anything. */
export interface RehearsalDeps {
  readonly services: AllServices;
  readonly secret: ReadSecret;
  /** Captures a changing call, which must not be sent. */
  readonly hold: (call: () => Promise<unknown>) => Promise<void>;
  /** Returns a placeholder for a value that only the cloud knows; it may become part of a path. */
  readonly hole: (name: string) => string;
  /** Whether the cloud may be asked. If not, values from the cloud are left open. */
  readonly asks: boolean;
}

/** The result of a rehearsal. */
export type Rehearsal =
  | { readonly end: 'planned'; readonly notes: readonly string[] }
  /** The run's task already exists: nothing would be sent. */
  | { readonly end: 'existing'; readonly task: FoundTask }
  | { readonly end: 'rejected'; readonly reason: RunReason; readonly problems: readonly Problem[] }
  /** The cloud could not be asked. */
  | { readonly end: 'waiting'; readonly reason: RunReason };

/**
 * Makes the changing calls of a successful run: backups, the create call, configure or start, stop, reports. Calls that `recordedRun`, `followRun` or
 * `sendReports` would make later are made here immediately.
 *
 * @throws {CloudError} when the list of tasks can't be read
 */
export async function rehearseRun(planned: PlannedTask, run: string, deps: RehearsalDeps): Promise<Rehearsal> {
  const ready = deps.asks ? await ask(planned, deps) : withHoles(planned, deps.hole);
  if ('end' in ready) return ready;
  await makeBackups(ready, run, deps);
  const { services, hold, secret } = deps;
  const complete = ready.latestBackup ? withBackup(ready, deps.hole('id of the backup that was taken')) : ready;
  await hold(() => ACTIONS[complete.kind].create(services, complete, secret));
  await report('started', complete, deps);
  await activate(complete, deps);
  await report('succeeded', complete, deps);
  return { end: 'planned', notes: notesOn(complete) };
}

async function ask(planned: PlannedTask, { services }: RehearsalDeps): Promise<PlannedTask | Rehearsal> {
  try {
    const task = await ACTIONS[planned.kind].find(services, planned);
    if (task) return { end: 'existing', task };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return { end: 'rejected', reason: reasonOf(error), problems: error.problems };
  }
  const completed = await completePlan(planned, { services });
  switch (completed.end) {
    case 'complete':
      return completed.planned;
    case 'refused':
      return { end: 'rejected', reason: completed.reason, problems: completed.problems ?? [] };
    case 'waiting':
      return completed;
  }
}

/** The plan with a placeholder for each value that only the cloud knows. */
function withHoles(planned: PlannedTask, hole: RehearsalDeps['hole']): PlannedTask {
  return REVIEWS[planned.kind].withHoles?.(planned, hole) ?? planned;
}

async function makeBackups(
  { latestBackup, backupTargetFirst, target }: PlannedTask,
  run: string,
  { services, hold }: RehearsalDeps,
): Promise<void> {
  const backup = (instanceId: string, remark: string) =>
    hold(async () => (await services.dcsInstances()).copyInstance(instanceId, remark));
  if (latestBackup) await backup(latestBackup.instanceId, BACKUP_REMARKS.copy(run));
  if (backupTargetFirst && target !== undefined) await backup(target, BACKUP_REMARKS.target(run));
}

async function activate(planned: PlannedTask, { services, hold, secret, ...deps }: RehearsalDeps): Promise<void> {
  const action = ACTIONS[planned.kind];
  const id = deps.hole(TASK_ID);
  const going = action.activation?.(planned);
  if (going) await hold(() => going.send(services, id, secret));
  if (planned.policies?.stopWhen) await hold(() => action.stop(services, id));
}

/** A report's text contains times, so placeholders are used. */
async function report(
  event: 'started' | 'succeeded',
  { policies }: PlannedTask,
  { services, hold, hole }: RehearsalDeps,
): Promise<void> {
  const { notify } = policies ?? DEFAULT_TASK_POLICIES;
  if (!notify?.on.includes(event)) return;
  await hold(async () =>
    (await services.smn()).publish(notify.smn, hole(`subject: ${event}`), hole(`message: ${event}`)),
  );
}

/** Explains when the later requests are sent. */
function notesOn({ policies = DEFAULT_TASK_POLICIES, configure, start }: PlannedTask): string[] {
  const { stopWhen, notify, dryRun } = policies;
  return [
    ...(dryRun ? ['dry_run: the function sends none of these requests'] : []),
    ...(configure ? ['it is configured once its state is RUNNING'] : []),
    ...(start ? ['it is started once its state is READY'] : []),
    ...(stopWhen
      ? [
          `it is stopped when source and target differ by at most ${stopWhen.offset} for ${stopWhen.forMs / 1000} seconds`,
        ]
      : []),
    ...(notify ? [`topic ${notify.smn} is notified of ${notify.on.join(', ')}`] : []),
  ];
}
