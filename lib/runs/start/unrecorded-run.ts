import type { CloudError } from '../../kernel/errors.ts';
import type { Action, PlannedTask } from '../../migrations/action.ts';
import type { Received } from '../ledger/run-record.ts';
import { withKey } from '../ledger/run-state.ts';
import { createdResult, existingResult, type RunReason, type RunResult, reasonOf } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';
import { findTask, findTaskAfterLostResponse, RESERVE_MS, sendCreate } from './create-task.ts';
import { isDeniedToCaller } from './denied-to-caller.ts';
import { asksCloud, DECODED_TAKEN, findObject, objectToFind } from './find-object.ts';
import { completePlan, dryReason } from './prepare-run.ts';
import { startReplacement } from './supersede.ts';

type PlannedReceived = Received & { readonly planned: PlannedTask };

/**
 * Finds or creates the task of a plan without a ledger: the cloud's own list is the only record.
 *
 * Sequential repeated deliveries create one task; concurrent ones may create more. Nothing continues on its own afterwards.
 */
export async function unrecordedRun(action: Action, received: PlannedReceived, deps: RunDeps): Promise<RunResult> {
  if (deps.remainingMs() <= RESERVE_MS) {
    const reason: RunReason = { code: 'out_of_time', message: 'the invocation had no time left to start it' };
    return { outcome: 'waiting', reason };
  }
  for (const planned of plansOf(received)) {
    const before = await findTask(action, planned, deps);
    if (before.end === 'found') return existingResult(planned, before.task);
    if (before.end !== 'absent') return failed(before, received);
  }
  const found = await withObject(received, deps);
  return 'outcome' in found ? found : createUnrecorded(action, { received, planned: found.planned }, found.deps);
}

/** A task may exist for either key: their names differ if a placeholder contains the key. */
function plansOf({ planned, written }: PlannedReceived): readonly PlannedTask[] {
  const other = written?.planned;
  return other && other.name !== planned.name ? [planned, other] : [planned];
}

interface ReadyRun {
  readonly planned: PlannedTask;
  readonly deps: RunDeps;
}

async function withObject(received: PlannedReceived, deps: RunDeps): Promise<ReadyRun | RunResult> {
  const { planned, written } = received;
  const lookup = objectToFind(received);
  if (!lookup) {
    if (written && !asksCloud(planned)) deps.log.warn(DECODED_TAKEN);
    return { planned, deps };
  }
  const found = await findObject(lookup, deps.services);
  switch (found.end) {
    case 'there':
      return { planned: withKey(received, found).planned, deps: { ...deps, services: found.services } };
    case 'other': {
      const { end, reason } = await startReplacement(received.job, found.object, deps);
      return { outcome: end === 'superseded' ? 'skipped' : 'waiting', reason };
    }
    default:
      return { outcome: 'waiting', reason: found.reason };
  }
}

async function createUnrecorded(
  action: Action,
  { received, planned }: { readonly received: PlannedReceived; readonly planned: PlannedTask },
  deps: RunDeps,
): Promise<RunResult> {
  const completed = await completePlan(planned, deps, received.given);
  if (completed.end === 'refused') return { outcome: 'rejected', reason: completed.reason };
  if (completed.end === 'waiting') return { outcome: 'waiting', reason: completed.reason };
  if (completed.targetBusy) return { outcome: 'waiting', reason: completed.targetBusy };
  const complete = completed.planned;
  if (complete.policies?.dryRun) return { outcome: 'skipped', reason: dryReason(complete) };
  for (const warning of complete.warnings) deps.log.warn(warning);
  const sent = await sendCreate(action, complete, deps);
  if (sent.end === 'created') return createdResult(planned, sent.task);
  if (sent.end === 'unknown') {
    deps.log.warn('the response to a create call was lost; looking for its task', { error: sent.error });
    const task = await findTaskAfterLostResponse(action, planned, deps);
    if (task) return createdResult(planned, task);
  }
  return failed(sent, received);
}

/** If the function is denied access to something a caller named, that is final: waiting would not change it. */
function failed(
  { end, error }: { readonly end: 'rejected' | 'waiting' | 'unknown'; readonly error: CloudError },
  { planned, given }: PlannedReceived,
): RunResult {
  const isFinal = end === 'waiting' && isDeniedToCaller(error, planned, given);
  return { outcome: isFinal ? 'rejected' : end, reason: reasonOf(error) };
}
