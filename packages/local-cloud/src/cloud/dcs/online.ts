import { randomUUID } from 'node:crypto';
import { check } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import { scriptedSteps, slownessOf } from '../scripts.ts';
import { isNamed } from '../situations.ts';
import type { Step } from '../step-runner.ts';
import { createOnlineMigrationTaskBody, setOnlineMigrationTaskBody } from './bodies.ts';
import { defaultStage } from './default-stage.ts';
import type { DcsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { checkPassword, getUsableTarget } from './imports.ts';
import { isResourceId } from './instances.ts';
import { lenience, nameForNewTask } from './lenience.ts';
import { FULL_MS } from './stats.ts';
import { type DcsTask, ECS_IP, instanceSide, type TaskSide } from './task.ts';
import { admits } from './whitelist.ts';

const CREATE_MS = 30_000;
const UNCONFIGURED_MS = 10 * 60_000;
/** How long an unconfigured task is kept before a script releases it. Not documented. */
const IDLE_MS = 60_000;
const INCREMENTAL_STATES = { misspelled: 'INCRMIGEATING', corrected: 'INCRMIGRATING' } as const;
/** States in which a task may be configured: waiting for configuration, or after a full migration. */
const CONFIGURABLE = new Set(['RUNNING', 'SUCCESS']);

/** CreateOnlineMigrationTask. */
export function createOnlineMigrationTask(deps: DcsDeps, call: OperationCall): OperationResponse {
  const body = check(createOnlineMigrationTaskBody(deps.assumed), call.body, invalidParameter, lenience(deps));
  if ((body.description ?? '').length > 1024) throw errors.longDescription();
  if (!isResourceId(body.vpc_id)) throw errors.badVpc();
  if (!isResourceId(body.subnet_id)) throw errors.badSubnet();
  if (!isResourceId(body.security_group_id)) throw errors.badSecurityGroup();
  const name = nameForNewTask(deps, call, body.name);
  const task = deps.tasks.create(
    {
      kind: 'online',
      projectId: call.account.projectId,
      jobId: randomUUID(),
      name,
      description: body.description ?? '',
      status: 'CREATING',
      network: { vpcId: body.vpc_id, subnetId: body.subnet_id, securityGroupId: body.security_group_id },
    },
    creationSteps(deps, name),
  );
  const job = deps.assumed('dcs-job-id') === 'present' ? { job_id: task.jobId } : {};
  return { status: 200, body: { instance_id: task.id, ...job } };
}

function creationSteps(deps: DcsDeps, name: string): Step[] {
  const script = deps.scripts.take('create_job', { operation: 'CreateOnlineMigrationTask', name });
  const created: Step = { afterMs: CREATE_MS, status: 'RUNNING' };
  if (script === undefined) {
    if (deps.assumed('dcs-unconfigured') === 'kept') return [created];
    return [created, { afterMs: UNCONFIGURED_MS, status: 'RELEASED' }];
  }
  const steps = scriptedSteps(script, defaultStage(script, CREATE_MS, 'ERROR'));
  // It is created first, and disappears while it waits to be configured.
  const goes = script.outcome === 'released' || script.outcome === 'deleted';
  return goes ? [created, ...steps.map((step) => ({ ...step, afterMs: script.afterMs ?? IDLE_MS }))] : steps;
}

/** SetOnlineMigrationTask: configures the task and starts it. */
export function setOnlineMigrationTask(deps: DcsDeps, call: OperationCall): OperationResponse {
  const body = check(setOnlineMigrationTaskBody, call.body, invalidParameter, lenience(deps));
  const task = deps.tasks.get(call.account.projectId, call.params['task_id'] ?? '');
  if (task.kind !== 'online' || !CONFIGURABLE.has(task.status)) throw errors.taskState(task.status);
  const source = knownSide(body.source_instance, (id, password) => {
    const instance = deps.instances.get(id);
    checkPassword(instance, password);
    return instanceSide(instance, password);
  });
  const target = knownSide(body.target_instance, (id, password) =>
    instanceSide(getUsableTarget(deps, id, password), password),
  );
  if (source.id !== undefined) deps.keySpaces.fillSource(source.id);
  task.source = source;
  task.target = target;
  task.method = body.migration_method;
  task.resumeMode = body.resume_mode;
  task.bandwidthLimitMb = body.bandwidth_limit_mb;
  runOnline(deps, task, 'SetOnlineMigrationTask');
  return { status: 200, body: { id: task.id, name: task.name, status: task.status, error: '' } };
}

/** Restarts a configured task that was stopped or has failed. */
export function restartOnline(deps: DcsDeps, task: DcsTask): void {
  if (task.kind !== 'online' || task.target === undefined || !['TERMINATED', 'FAILED'].includes(task.status)) {
    throw errors.taskState(task.status);
  }
  if (task.target.id !== undefined && deps.tasks.isTargeted(task.target.id)) throw errors.jobRunning();
  task.releasedAt = undefined;
  runOnline(deps, task, 'BatchRestartOnlineMigrationTasks');
}

function runOnline(deps: DcsDeps, task: DcsTask, operation: string): void {
  // An incremental migration never ends on its own.
  const after =
    task.method === 'incremental_migration' ? INCREMENTAL_STATES[deps.assumed('dcs-incremental-state')] : 'SUCCESS';
  const exchange = deps.instanceData.exchanges.find(task.id);
  if (exchange !== undefined) deps.instanceData.exchanges.delete(exchange);
  const script = deps.scripts.take('full', { operation, name: task.name });
  task.slowness = slownessOf(deps.situations, 'full', task.name);
  const ms = FULL_MS * task.slowness;
  task.stuckAt = script?.share;
  const closed = [task.source?.id, task.target?.id].find(
    (id) => !admits(deps.instanceData.whitelistOf(id ?? ''), ECS_IP),
  );
  const failure =
    closed === undefined
      ? refusedPassword(deps, task)
      : `The whitelist of the instance ${closed} does not admit ${ECS_IP}.`;
  const steps =
    script !== undefined
      ? scriptedSteps(script, defaultStage(script, ms))
      : failure !== undefined
        ? [{ afterMs: ms, status: 'FAILED', failure }]
        : [{ afterMs: ms, status: after }];
  deps.tasks.move(task, 'FULLMIGRATING', steps);
  deps.onWork(task, ms);
}

/** The reason why a migration from an address fails whose password is refused. That of an instance is refused when the task is configured. */
function refusedPassword({ situations }: DcsDeps, { source }: DcsTask): string | undefined {
  const addresses = source?.addrs?.split(',').map((one) => one.trim()) ?? [];
  const isRefused = situations.of('password').some((one) => isNamed(one, ...addresses));
  if (addresses.length === 0 || !isRefused) return undefined;
  return `The source Redis ${source?.addrs} refused the password (WRONGPASS).`;
}

function knownSide(side: TaskSide, known: (id: string, password: string | undefined) => TaskSide): TaskSide {
  // A self-hosted Redis has only an address, which cannot be checked here.
  return side.id === undefined ? side : known(side.id, side.password);
}
