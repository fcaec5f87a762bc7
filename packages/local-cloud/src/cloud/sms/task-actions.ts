import { randomUUID } from 'node:crypto';
import { check } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import type { SmsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { startTask } from './run-task.ts';
import { isBusy, isConnected, isDrilling } from './source-state.ts';
import { isCloning, isCopied, isLaunching, type SmsTask } from './task.ts';
import { type UpdateTaskStatusBody, updateTaskStatusBody } from './task-bodies.ts';
import { templateFault } from './templates.ts';

const LAUNCH_MS = 10_000;
const PAUSE_MS = 5_000;
const RESUME_MS = 2_000;
const CLONE_PREPARE_MS = 5_000;
const CLONE_CREATE_MS = 30_000;
const STARTABLE = new Set(['READY', 'ABORT', 'MIGRATE_FAIL']);
const STOPPED = new Set(['ABORTING', 'ABORT']);
const PAUSABLE = new Set(['RUNNING', 'SYNCING']);

/** UpdateTaskStatus. Operations that the state does not allow get SMS.9001, because the real code is not documented. */
export function updateTaskStatus(deps: SmsDeps, call: OperationCall): OperationResponse {
  const body = check(updateTaskStatusBody, call.body, invalidParameter);
  const task = deps.tasks.get(call.account.domainId, call.params['task_id'] ?? '');
  ACTIONS[body.operation]({ deps, task, body });
  return { status: 200, body: {} };
}

/** Whether the task waits for a start: its target can still be changed. */
export function isStartable({ clock }: SmsDeps, task: SmsTask): boolean {
  return STARTABLE.has(task.status) && task.steps.length === 0 && !isDrilling(task, clock);
}

interface Action {
  readonly deps: SmsDeps;
  readonly task: SmsTask;
  readonly body: UpdateTaskStatusBody;
}

/** What each operation does (values: Node SDK 3.1.209 and API page of 2026-01; meanings: page of 2025-06-19). */
const ACTIONS: Readonly<Record<UpdateTaskStatusBody['operation'], (action: Action) => void>> = {
  start,
  stop,
  restart,
  test: launch,
  cutover: launch,
  clone_test: cloneTarget,
  network_check: checkNetwork,
  migration_test: drill,
  skip: skipConsistencyCheck,
  clear: clearSnapshots,
  error_for_overspeed: pauseForSpeed,
};

function start(action: Action): void {
  const { deps, task, body } = action;
  allow(action, isStartable(deps, task));
  requireConnected(action);
  if (body.is_need_consistency_check === true) task.needsConsistencyCheck = true;
  startTask(deps, task, 'UpdateTaskStatus');
}

function stop(action: Action): void {
  const { deps, task } = action;
  if (STOPPED.has(task.status) && deps.assumed('sms-stop-twice') === 'accepted') return;
  allow(action, PAUSABLE.has(task.status) && !isCloning(task));
  deps.tasks.move(task, 'ABORTING', [{ afterMs: PAUSE_MS, status: 'ABORT' }]);
}

/** Resumes the synchronization of a copied source, which was paused or whose target was launched. */
function restart(action: Action): void {
  const { deps, task } = action;
  const isResting = ['ABORT', 'MIGRATE_SUCCESS', 'MIGRATE_FAIL'].includes(task.status) && task.steps.length === 0;
  allow(action, task.syncedAt !== undefined && isResting && !isCloning(task));
  requireConnected(action);
  deps.tasks.run(task, [{ afterMs: RESUME_MS, status: 'SYNCING' }]);
}

function launch(action: Action): void {
  const { deps, task, body } = action;
  if (![body.operation, 'either'].includes(deps.assumed('sms-launch'))) return;
  allow(action, task.status === 'SYNCING' && task.steps.length === 0 && !isCloning(task));
  deps.tasks.run(task, [{ afterMs: LAUNCH_MS, status: 'MIGRATE_SUCCESS' }]);
}

/** What is wrong with the template shows only in `clone_server`, as it does for a target. */
function cloneTarget(action: Action): void {
  const { deps, task, body } = action;
  const template = deps.templates.get(task.domainId, body.template_id ?? '');
  allow(action, isCopied(task) && !isLaunching(task) && !isCloning(task));
  const fault = templateFault(template, { ...task.sent, vm_template_id: template.id });
  const end =
    fault === undefined
      ? { afterMs: CLONE_CREATE_MS, status: 'FINISHED' }
      : { afterMs: CLONE_CREATE_MS, status: 'ERROR', failure: fault.code, failureParams: fault.params };
  const name = template.target_server_name ?? '';
  const clone = {
    id: task.id,
    status: 'PREPARING',
    steps: [],
    vmId: randomUUID(),
    name: name === '' ? `${task.sent.target_server.name}-clone` : name,
    startedAt: deps.clock.now(),
    errorCode: '',
  };
  deps.tasks.startClone(task, clone, [{ afterMs: CLONE_PREPARE_MS, status: 'CREATING' }, end]);
}

function checkNetwork(action: Action): void {
  const { deps, task } = action;
  allow(action, !isBusy(deps.sources.find(task.sent.source_server.id), task, deps.clock));
  requireConnected(action);
  deps.tasks.change(task, { networkCheckAt: deps.clock.now() });
}

/** The drill comes before the full replication. */
function drill(action: Action): void {
  const { deps, task } = action;
  allow(action, task.status === 'READY' && isStartable(deps, task));
  requireConnected(action);
  deps.tasks.change(task, { drillAt: deps.clock.now() });
}

function skipConsistencyCheck(action: Action): void {
  const { deps, task } = action;
  allow(action, task.status === 'RUNNING' && task.needsConsistencyCheck);
  deps.tasks.change(task, { needsConsistencyCheck: false });
}

function clearSnapshots(action: Action): void {
  const { deps, task } = action;
  allow(action, task.status === 'MIGRATE_SUCCESS' && !isCloning(task));
  deps.tasks.change(task, { cleared: true });
}

/** "Handles over-speed: the task is paused" (page of 2026-01-27). */
function pauseForSpeed(action: Action): void {
  const { deps, task } = action;
  allow(action, PAUSABLE.has(task.status) && !isCloning(task));
  const pause = { afterMs: PAUSE_MS, status: 'ABORT', failure: 'SMS.9007', failureParams: [] };
  deps.tasks.move(task, 'ABORTING', [pause]);
}

function allow({ task, body }: Action, allowed: boolean): void {
  if (allowed) return;
  throw invalidParameter('operation', `${body.operation} is not allowed while the task is ${task.status}`);
}

function requireConnected({ deps, task }: Action): void {
  const { id } = task.sent.source_server;
  if (!isConnected(deps.sources.find(id))) throw errors.sourceNotConnected(id);
}
