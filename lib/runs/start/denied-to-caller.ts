import type { Trigger } from '../../events/trigger.ts';
import { stringsIn } from '../../jobs/placeholders.ts';
import type { CloudError } from '../../kernel/errors.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';
import type { PlannedTask } from '../../migrations/action.ts';

/**
 * Whether the function was denied access to something that a caller named, such as a source server or a target. The refusal is final then: a caller
 * does not wait for permissions to change. Resources in the jobs file may be allowed at any moment.
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

/** Whether a caller named the files of an import. Then a missing file is the caller's mistake, not one that is still to arrive. */
export function areFilesOfCaller(given: Trigger | undefined): boolean {
  return given?.kind === 'request' && given.body['backup_files'] !== undefined;
}
