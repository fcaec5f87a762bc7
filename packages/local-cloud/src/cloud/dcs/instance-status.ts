import { check } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import type { SteppedTask } from '../step-runner.ts';
import type { DcsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { requireIdle } from './idle-instance.ts';
import { instanceStatusBody } from './instance-bodies.ts';
import { isResourceId, requireRedis4 } from './instances.ts';

const MAX_INSTANCES = 50;

/** How long each action takes. Not documented. */
const ACTION_MS = { restart: 60_000, soft_restart: 20_000, flush: 5_000 } as const;
type Action = keyof typeof ACTION_MS;

/** A restart or a flush of an instance. Its ID is that of the instance; its status is `RUNNING`, then `DONE`. */
export interface InstanceJob extends SteppedTask {
  readonly action: Action;
}

/** RestartOrFlushInstances: restarts instances (they are RESTARTING meanwhile) or removes all their keys. Each instance has its own result. */
export function restartOrFlush(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { instances: ids, action } = check(instanceStatusBody, call.body, invalidParameter);
  if (!isAction(action)) throw errors.badAction();
  if (!ids?.length) throw errors.noInstances();
  if (ids.length > MAX_INSTANCES) throw errors.tooManyInstances();
  if (!ids.every(isResourceId)) throw errors.badInstanceId();
  const results = ids.map((id) => ({ instance: id, result: isStarted(deps, id, action) ? 'success' : 'failed' }));
  return { status: 200, body: { results } };
}

function isAction(action: string | undefined): action is Action {
  return action !== undefined && Object.hasOwn(ACTION_MS, action);
}

function isStarted(deps: DcsDeps, id: string, action: Action): boolean {
  try {
    const instance = deps.instances.get(id);
    if (action === 'flush') requireRedis4(instance);
    requireIdle(deps, instance);
  } catch (error) {
    if (error instanceof ServiceError) return false;
    throw error;
  }
  if (action !== 'flush') deps.sessions.closeAll(id);
  const job: InstanceJob = { id, status: 'RUNNING', steps: [], action };
  deps.instanceData.startJob(job, [{ afterMs: ACTION_MS[action], status: 'DONE' }]);
  return true;
}
