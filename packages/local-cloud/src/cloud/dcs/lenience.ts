import type { Lenience } from '../check.ts';
import type { OperationCall } from '../operation.ts';
import type { DcsDeps } from './deps.ts';
import { invalidParameter } from './errors.ts';

/** What a check of a body lets pass. */
export function lenience({ assumed }: DcsDeps): Lenience {
  return {
    ignoresUnknown: assumed('dcs-unknown-fields') === 'ignored',
    takesNull: assumed('dcs-null-fields') === 'accepted',
  };
}

/** The body of CreateMigrationTask, with the values of `file_source` as on the page. */
export function sentTo({ assumed }: DcsDeps, body: unknown): unknown {
  const files = (body as { readonly backup_files?: { readonly file_source?: unknown } }).backup_files;
  if (assumed('dcs-file-source') !== 'swapped' || typeof files !== 'object' || files === null) return body;
  const { file_source: source } = files;
  const swapped =
    source === 'self_build_obs' ? 'backup_record' : source === 'backup_record' ? 'self_build_obs' : source;
  return { ...(body as object), backup_files: { ...files, file_source: swapped } };
}

/** @throws {ServiceError} if another task has the name, and that is not allowed */
export function nameForNewTask({ tasks, assumed }: DcsDeps, { account }: OperationCall, name: string): string {
  const taken = tasks.all().some((task) => task.projectId === account.projectId && task.name === name);
  if (taken && assumed('dcs-equal-names') === 'refused')
    throw invalidParameter('task_name', 'another migration task has this name');
  return assumed('dcs-long-names') === 'cut' ? name.slice(0, 64) : name;
}
