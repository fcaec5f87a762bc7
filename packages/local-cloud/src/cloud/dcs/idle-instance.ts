import type { DcsDeps } from './deps.ts';
import { errors } from './errors.ts';
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
  if (deps.tasks.isTargeted(instance.id)) throw errors.jobRunning();
}
