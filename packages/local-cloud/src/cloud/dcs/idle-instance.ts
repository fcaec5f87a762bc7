import type { DcsDeps } from './deps.ts';
import { dcsError, errors } from './errors.ts';
import { type LocalInstance, requireRunning } from './instances.ts';

/**
 * An instance runs one management operation at a time.
 *
 * @throws {ServiceError} when it is not running, or is being backed up, analyzed, flushed or migrated to, or its address is exchanged
 */
export function requireIdle(deps: DcsDeps, instance: LocalInstance): void {
  requireRunning(instance);
  if (deps.backups.isRunning(instance.id)) throw errors.backingUp();
  if (deps.instanceData.isAnalyzing(instance.id)) throw errors.analyzing();
  const { instanceData } = deps;
  if (instanceData.isFlushing(instance.id) || instanceData.isReadOnly(instance.id)) throw errors.jobRunning();
  refuseBusy(deps, instance.id);
}

/** The code of an instance that has a task. */
const BUSY_CODES = {
  'job-running': 'DCS.4017',
  'wrong-state': 'DCS.4026',
  'numeric-code': '111400017',
  'other-operation': 'CBC.99003651',
} as const;

/** @throws {ServiceError} if the instance has a task and cannot have another */
export function refuseBusy({ tasks, assumed }: DcsDeps, instanceId: string): void {
  if (!tasks.isTargeted(instanceId)) return;
  const behavior = assumed('dcs-busy-instance');
  if (behavior !== 'accepts') throw dcsError(400, BUSY_CODES[behavior], 'A job of this DCS instance is still running.');
}
