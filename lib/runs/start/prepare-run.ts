import { isDeepStrictEqual } from 'node:util';
import type { Trigger } from '../../events/trigger.ts';
import { CloudError, type Problem, RunError } from '../../kernel/errors.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { withBackup } from '../../migrations/backup-import/latest-backup.ts';
import { preflight } from '../../migrations/preflight.ts';
import { TARGET_BUSY } from '../../migrations/preflight-instance.ts';
import { DEFAULT_TASK_POLICIES } from '../../migrations/task-policies.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { CallName, NewRunRecord } from '../ledger/run-record.ts';
import type { RunState } from '../ledger/run-state.ts';
import { type RunReason, reasonOf } from '../report/run-result.ts';
import type { RecordedDeps, RunDeps } from '../run-deps.ts';
import { type ChangingCall, callOnce } from './changing-call.ts';
import { areFilesOfCaller, isDeniedToCaller } from './denied-to-caller.ts';

/** The result of completing and checking a plan, before anything is changed. */
export type Completed =
  | {
      readonly end: 'complete';
      readonly planned: PlannedTask;
      /** The target is busy now, which matters when it is the run's turn. */
      readonly targetBusy?: RunReason;
    }
  | { readonly end: 'refused'; readonly reason: RunReason; readonly problems?: readonly Problem[] }
  /** Not possible or not known now; it may be later. */
  | { readonly end: 'waiting'; readonly reason: RunReason };

/** The result of preparing a recorded run. */
export type Prepared =
  | { readonly end: 'ready'; readonly planned: PlannedTask }
  | { readonly end: 'refused'; readonly reason: RunReason }
  /** Another invocation wrote to the run. */
  | { readonly end: 'changed' }
  /** Without `notBefore`: a transient failure. */
  | { readonly end: 'waiting'; readonly reason: RunReason; readonly notBefore?: number };

/** A backup takes 5 to 30 minutes (reference of DCS, section 6). */
const BACKUP_LOOK_MS = 30_000;

/** The remarks of a run's backups, by which they are found again. */
export const BACKUP_REMARKS = {
  copy: (run: string) => run,
  target: (run: string) => `${run} before import`,
} as const;

/** Whether a plan needs the cloud before the create call: to look up, check or do something. */
function needsCloud({ latestBackup, derive, backupTargetFirst, policies }: PlannedTask): boolean {
  const { dryRun, preflight: wish } = policies ?? DEFAULT_TASK_POLICIES;
  return Boolean(latestBackup ?? derive ?? backupTargetFirst) || dryRun || wish !== 'off';
}

/** Whether all of that can be checked before it is the run's turn. The newest backup and the details of a source server are looked up only then. */
export function canCheckBeforeTurn(planned: PlannedTask): boolean {
  const { dryRun } = planned.policies ?? DEFAULT_TASK_POLICIES;
  return needsCloud(planned) && (dryRun || !(planned.latestBackup ?? planned.derive));
}

/** Whether something is left to look up or do when it is the run's turn. */
export function needsPreparing(
  planned: PlannedTask,
  { prepared, calls }: Pick<RunState, 'prepared' | 'calls'>,
): boolean {
  const needsBackup = planned.backupTargetFirst === true && calls?.backup_target?.done !== true;
  return prepared === undefined ? needsCloud(planned) : needsBackup;
}

/**
 * Completes a plan and checks it against the cloud. Changes nothing. Backups that have to be taken first are not included.
 *
 * @param given the trigger of the run
 */
export async function completePlan(
  planned: PlannedTask,
  deps: Pick<RunDeps, 'services'>,
  given?: Trigger,
): Promise<Completed> {
  const { services } = deps;
  try {
    // Before the backup is chosen, because the instance it comes from is checked as well.
    const { warnings, targetBusy } = await preflight(services, planned);
    const checked: PlannedTask = { ...planned, warnings: [...planned.warnings, ...warnings] };
    const complete = (await ACTIONS[planned.kind].complete?.(services, checked)) ?? checked;
    return { end: 'complete', planned: complete, ...(targetBusy ? { targetBusy: reasonOf(targetBusy) } : {}) };
  } catch (error) {
    return classifyFailure(error, planned, given);
  }
}

function classifyFailure(
  error: unknown,
  planned: PlannedTask,
  given: Trigger | undefined,
): Extract<Completed, { readonly end: 'refused' | 'waiting' }> {
  const reason = reasonOf(error);
  if (error instanceof RunError) {
    const trouble = transientFailure(reason);
    const isFinal = !trouble || (trouble.kind === 'file' && areFilesOfCaller(given));
    return isFinal ? { end: 'refused', reason, problems: error.problems } : { end: 'waiting', reason };
  }
  if (!(error instanceof CloudError)) throw error;
  const trouble = transientFailure(error);
  const end = trouble && !isDeniedToCaller(error, planned, given) ? 'waiting' : 'refused';
  const advice = '; the target is checked before anything is changed: allow this call, or set preflight: off';
  const isRefusal = error.outcome === 'rejected' && (!trouble || trouble.kind === 'rights');
  return { end, reason: isRefusal ? { ...reason, message: `${reason.message}${advice}` } : reason };
}

export type TargetReadiness =
  | { readonly end: 'ready' }
  | { readonly end: 'waiting' | 'refused'; readonly reason: RunReason };

/** Checks whether the target of a run that was checked before is ready now. Always `ready` if the job does not want this check. */
export async function checkTargetReady(
  planned: PlannedTask,
  { services }: Pick<RunDeps, 'services'>,
  given?: Trigger,
): Promise<TargetReadiness> {
  const { kind, target, policies } = planned;
  const { preflight: wish } = policies ?? DEFAULT_TASK_POLICIES;
  const { checkTarget } = ACTIONS[kind];
  if (target === undefined || !checkTarget || wish !== 'refuse') return { end: 'ready' };
  try {
    const found = await checkTarget(services, target);
    const [problem] = found.problems;
    if (problem) return { end: 'refused', reason: { code: 'preflight', message: problem.message } };
    const [busy] = found.temporaryProblems;
    return busy ? { end: 'waiting', reason: { code: TARGET_BUSY, message: busy.message } } : { end: 'ready' };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return classifyFailure(error, planned, given);
  }
}

/** The reason of a dry run: the requests that would be sent, with secrets as references, and the other steps. */
export function dryReason({
  kind,
  name,
  body,
  configure,
  start,
  latestBackup,
  backupTargetFirst,
}: PlannedTask): RunReason {
  const steps = [
    ...(latestBackup ? [`a fresh backup of instance ${latestBackup.instanceId}`] : []),
    ...(backupTargetFirst ? ['a backup of the target'] : []),
    `the ${kind}`,
    ...(configure ? ['its configuration'] : []),
    ...(start ? ['its start'] : []),
  ];
  const message = `dry_run: ${kind} ${name} was checked and nothing was sent; the run would create ${steps.join(', then ')}`;
  return { code: 'dry_run', message, details: [body, ...(configure ? [configure] : [])] };
}

/**
 * Prepares a recorded run that has its turn: completes and checks the plan, takes the required backups, and records the body that will be sent.
 * `reconcile` waits for steps that take minutes.
 */
export async function prepareRun(
  log: RunLog,
  planned: PlannedTask,
  { run, settleMs, given }: { readonly run: string; readonly settleMs: number; readonly given?: Trigger | undefined },
  deps: RecordedDeps,
): Promise<Prepared> {
  const isJudgedAlready = log.state.prepared !== undefined;
  // Everything that can be refused is refused before the first changing call.
  const first: Completed = isJudgedAlready ? { end: 'complete', planned } : await completePlan(planned, deps, given);
  if (first.end !== 'complete') return first;
  if (first.targetBusy) return { end: 'waiting', reason: first.targetBusy };

  let complete = first.planned;
  const { latestBackup } = complete;
  if (latestBackup) {
    const { instanceId } = latestBackup;
    const wish = { name: 'copy_backup', instanceId, remark: BACKUP_REMARKS.copy(run), settleMs } as const;
    const copy = await backup(log, wish, deps);
    if (copy.end !== 'ready') return copy;
    complete = withBackup(complete, copy.id);
  }
  const { target, backupTargetFirst } = planned;
  if (backupTargetFirst && target !== undefined) {
    const remark = BACKUP_REMARKS.target(run);
    const made = await backup(log, { name: 'backup_target', instanceId: target, remark, settleMs }, deps);
    if (made.end !== 'ready') return made;
  }
  if (isJudgedAlready) return { end: 'ready', planned: complete };
  const isRecorded = await log.append({ ...deps.ledger.stamp(), ...preparedRecord(planned, complete) });
  return isRecorded ? { end: 'ready', planned: complete } : { end: 'changed' };
}

/** A body may be large, so it is recorded again only if it changed. */
export function preparedRecord(before: PlannedTask, { body, warnings }: PlannedTask): NewRunRecord {
  const isChanged = !isDeepStrictEqual(body, before.body);
  return { type: 'prepared', ...(isChanged ? { body } : {}), warnings };
}

interface BackupWish {
  readonly name: CallName;
  readonly instanceId: string;
  /** The remark by which it is found. */
  readonly remark: string;
  readonly settleMs: number;
}

type BackupEnd =
  | { readonly end: 'ready'; readonly id: string }
  | { readonly end: 'refused'; readonly reason: RunReason }
  | { readonly end: 'waiting'; readonly reason: RunReason; readonly notBefore: number };

async function backup(log: RunLog, wish: BackupWish, deps: RecordedDeps): Promise<BackupEnd> {
  const { name, instanceId, remark, settleMs } = wish;
  const records = async () => (await deps.services.dcsInstances()).listBackupRecords(instanceId);
  const call: ChangingCall = {
    name,
    byList: true,
    check: async () => {
      const found = (await records()).find((record) => record.remark === remark);
      return found ? { seen: 'done', id: found.id } : { seen: 'not_done' };
    },
    send: async () => {
      const { backupId } = await (await deps.services.dcsInstances()).copyInstance(instanceId, remark);
      return { id: backupId };
    },
  };
  const made = await callOnce(log, call, settleMs, deps);
  if (made.end === 'pending') return { end: 'waiting', reason: made.reason, notBefore: made.notBefore };
  if (made.end === 'refused') return made;
  return whenReady(instanceId, made.id, await records(), deps);
}

function whenReady(
  instanceId: string,
  id: string | undefined,
  records: Awaited<ReturnType<Awaited<ReturnType<RecordedDeps['services']['dcsInstances']>>['listBackupRecords']>>,
  { ledger }: RecordedDeps,
): BackupEnd {
  const record = records.find((candidate) => candidate.id === id);
  const status = record?.status.toLowerCase();
  if (id !== undefined && status === 'succeed') return { end: 'ready', id };
  if (status === 'failed' || status === 'expired' || status === 'deleted') {
    const message = `the backup ${id} of instance ${instanceId} is ${status}`;
    return { end: 'refused', reason: { code: 'backup_failed', message } };
  }
  const message = `the backup ${id} of instance ${instanceId} is ${status ?? 'not listed yet'}`;
  return { end: 'waiting', reason: { code: 'backup_running', message }, notBefore: ledger.now() + BACKUP_LOOK_MS };
}
