import type { Trigger } from '../../events/trigger.ts';
import { stringsIn } from '../../jobs/placeholders.ts';
import type { CloudError } from '../../kernel/errors.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';
import type { PlannedTask } from '../../migrations/action.ts';

/**
 * Was the function denied something that a caller named: a source server, a target? Another right is not what the caller waits for, so the answer
 * is final. What the jobs file names may be allowed in a moment.
 */
export function isDeniedToCaller(
  error: CloudError,
  planned: Pick<PlannedTask, 'target'>,
  given: Trigger | undefined,
): boolean {
  const { resource } = error;
  if (given?.kind !== 'request' || resource === undefined || transientFailure(error)?.kind !== 'rights') return false;
  const namesTarget = typeof given.body['target_instance'] === 'string' && resource === planned.target;
  return namesTarget || [...stringsIn([given.body, given.query])].some(({ text }) => text === resource);
}

/** Did a caller name the files of an import? Then one that is missing is the caller's mistake, not a file that is still to come. */
export function areFilesOfCaller(given: Trigger | undefined): boolean {
  return given?.kind === 'request' && given.body['backup_files'] !== undefined;
}
