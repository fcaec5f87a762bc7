import { check } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import { scriptedSteps } from '../scripts.ts';
import type { Step } from '../step-runner.ts';
import { createMigrationTaskBody } from './bodies.ts';
import { defaultStage } from './default-stage.ts';
import type { DcsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { requireIdle } from './idle-instance.ts';
import { type LocalInstance, requireRunning } from './instances.ts';
import { rdbKeys } from './rdb-keys.ts';
import type { StoredKey } from './stored-key.ts';
import { instanceSide } from './task.ts';

/** A real import takes minutes; one minute is enough to watch. */
const IMPORT_MS = 60_000;

/** CreateMigrationTask: starts an import immediately. */
export async function createMigrationTask(deps: DcsDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(createMigrationTaskBody, call.body, invalidParameter);
  if ((body.description ?? '').length > 1024) throw errors.longDescription();
  const target = getUsableTarget(deps, body.target_instance.id, body.target_instance.password);
  const { file_source: fileSource, bucket_name: bucket, backup_id: backupId = '', files = [] } = body.backup_files;
  const record = fileSource === 'backup_record' ? deps.backups.find(backupId) : undefined;
  if (fileSource === 'backup_record' && record?.status !== 'succeed') throw errors.backupNotUsable();
  const failure = target.enableSsl ? 'The target instance has SSL enabled.' : await missingFile(deps, bucket, files);
  const content = failure === undefined ? (record?.keys ?? (await contentOf(deps, bucket, files))) : [];
  // Reading the objects may have taken a while; another import may have started in the meantime.
  if (deps.tasks.isTargeted(target.id)) throw errors.jobRunning();

  const failsAtOnce = failure !== undefined && deps.settings().importFails === 'at_once';
  const task = deps.tasks.create(
    {
      kind: 'import',
      projectId: call.account.projectId,
      name: body.task_name,
      description: body.description ?? '',
      status: 'MIGRATING',
      method: body.migration_method,
      backupFiles: body.backup_files,
      source: body.source_instance,
      target: instanceSide(target, body.target_instance.password),
      content,
    },
    failsAtOnce ? [] : importSteps(deps, body.task_name, failure),
  );
  if (failsAtOnce) deps.tasks.move(task, 'FAILED', [], failure);
  // The page's example has the name of the target instance here, not of the task.
  return { status: 200, body: { id: task.id, name: target.name, status: task.status, error: task.errorMessage } };
}

function importSteps(deps: DcsDeps, name: string, failure: string | undefined): Step[] {
  const script = deps.scripts.take('import', { operation: 'CreateMigrationTask', name });
  if (script !== undefined) return scriptedSteps(script, defaultStage(script, IMPORT_MS));
  if (failure === undefined) return [{ afterMs: IMPORT_MS, status: 'SUCCESS' }];
  return [{ afterMs: IMPORT_MS, status: 'FAILED', failure }];
}

/**
 * Returns the instance if a migration to it may start now.
 *
 * @throws {ServiceError} when it is unknown, not running or being migrated, or the password is missing, wrong or unexpected
 */
export function getUsableTarget(deps: DcsDeps, id: string, password: string | undefined): LocalInstance {
  const instance = deps.instances.get(id);
  requireRunning(instance);
  checkPassword(instance, password);
  requireIdle(deps, instance);
  return instance;
}

/** @throws {ServiceError} DCS.4845, DCS.4850 or DCS.4080 */
export function checkPassword(instance: LocalInstance, password = ''): void {
  if (instance.password === undefined) {
    if (password !== '') throw errors.passwordNotWanted();
    return;
  }
  if (password === '') throw errors.passwordMissing();
  if (password !== instance.password) throw errors.passwordWrong();
}

/**
 * The reason why an import of these objects fails; undefined if it does not.
 *
 * It is not documented whether the live service refuses the call for a missing object or creates a task that fails. Here the task fails, which is
 * the harder case for a caller.
 */
async function missingFile(
  deps: DcsDeps,
  bucket: string | undefined,
  files: readonly { readonly file_name: string }[],
): Promise<string | undefined> {
  if (bucket === undefined) return undefined;
  for (const { file_name: key } of files) {
    if (!(await deps.objectExists(bucket, key)))
      return `The backup file ${key} does not exist in the bucket ${bucket}.`;
  }
  return undefined;
}

/** The keys of the files that are RDB files of the local OBS. What other files and archives contain is not known here: they add no keys. */
async function contentOf(
  deps: DcsDeps,
  bucket: string | undefined,
  files: readonly { readonly file_name: string }[],
): Promise<StoredKey[]> {
  const keys: StoredKey[] = [];
  if (bucket === undefined) return keys;
  for (const { file_name: key } of files) {
    const bytes = await deps.readObject(bucket, key);
    for (const stored of (bytes && rdbKeys(bytes)) ?? []) keys.push(stored);
  }
  return keys;
}
