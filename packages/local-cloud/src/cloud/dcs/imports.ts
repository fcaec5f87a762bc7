import { check } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import { scriptedSteps, slownessOf } from '../scripts.ts';
import type { Step } from '../step-runner.ts';
import { createMigrationTaskBody } from './bodies.ts';
import { defaultStage } from './default-stage.ts';
import type { DcsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { refuseBusy, requireIdle } from './idle-instance.ts';
import { importOrder, unusableFile } from './import-files.ts';
import { type LocalInstance, requireRunning } from './instances.ts';
import { lenience, nameForNewTask, sentTo } from './lenience.ts';
import { rdbKeys } from './rdb-keys.ts';
import type { StoredKey } from './stored-key.ts';
import { type DcsTask, instanceSide } from './task.ts';

/** A real import takes minutes; one minute is enough to watch. */
export const IMPORT_MS = 60_000;

/** CreateMigrationTask: starts an import immediately. */
export async function createMigrationTask(deps: DcsDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(createMigrationTaskBody(deps.assumed), sentTo(deps, call.body), invalidParameter, lenience(deps));
  if ((body.description ?? '').length > 1024) throw errors.longDescription();
  const taskName = nameForNewTask(deps, call, body.task_name);
  const { password } = body.target_instance;
  const target = getUsableTarget(deps, body.target_instance.id, password, 'import');
  const { file_source: fileSource, bucket_name: bucket, backup_id: backupId = '', files = [] } = body.backup_files;
  const record = fileSource === 'backup_record' ? deps.backups.find(backupId) : undefined;
  if (fileSource === 'backup_record' && record?.status !== 'succeed') throw errors.backupNotUsable();
  const missing = await missingFile(deps, bucket, files);
  if (missing !== undefined && deps.assumed('dcs-import-missing-file') === 'refused')
    throw invalidParameter('backup_files.files', missing);
  const failure =
    (target.enableSsl ? 'The target instance has SSL enabled.' : undefined) ??
    missing ??
    wrongPassword(target, password) ??
    unusableFile(deps.assumed, files);
  const content = failure === undefined ? (record?.keys ?? (await contentOf(deps, bucket, files))) : [];
  // Reading the objects may have taken a while; another import may have started in the meantime.
  refuseBusy(deps, target.id);

  const failsAtOnce = missing !== undefined && deps.assumed('dcs-import-missing-file') === 'at-once';
  const slowness = slownessOf(deps.situations, 'import', taskName);
  const task = deps.tasks.create(
    {
      kind: 'import',
      slowness,
      projectId: call.account.projectId,
      name: taskName,
      description: body.description ?? '',
      status: 'MIGRATING',
      method: body.migration_method,
      backupFiles: body.backup_files,
      source: body.source_instance,
      target: instanceSide(target, password),
      content,
    },
    failsAtOnce ? [] : importSteps(deps, taskName, IMPORT_MS * slowness, failure),
  );
  if (failsAtOnce) deps.tasks.move(task, 'FAILED', [], failure);
  else deps.onWork(task, IMPORT_MS * slowness);
  if (failure === undefined) logFiles(deps, task, files);
  const name = deps.assumed('dcs-create-name') === 'instance' ? target.name : task.name;
  return { status: 200, body: { id: task.id, name, status: task.status, error: task.errorMessage } };
}

function importSteps(deps: DcsDeps, name: string, ms: number, failure: string | undefined): Step[] {
  const script = deps.scripts.take('import', { operation: 'CreateMigrationTask', name });
  if (script !== undefined) return scriptedSteps(script, defaultStage(script, ms));
  if (failure === undefined) return [{ afterMs: ms, status: 'SUCCESS' }];
  return [{ afterMs: ms, status: 'FAILED', failure }];
}

/**
 * Returns the instance if a migration to it may start now.
 *
 * @throws {ServiceError} when it is unknown, not running or being migrated, or the password is missing, wrong or unexpected
 */
export function getUsableTarget(
  deps: DcsDeps,
  id: string,
  password: string | undefined,
  use: 'import' | 'online' = 'online',
): LocalInstance {
  const instance = deps.instances.get(id);
  requireRunning(instance);
  const isLate = use === 'import' && deps.assumed('dcs-wrong-password') === 'later';
  if (!isLate || wrongPassword(instance, password) === undefined) checkPassword(instance, password);
  requireIdle(deps, instance);
  return instance;
}

/** The reason why an import with this password fails; undefined if it is right, or its absence is refused anyway. */
function wrongPassword(instance: LocalInstance, password = ''): string | undefined {
  const isWrong = instance.password !== undefined && password !== '' && password !== instance.password;
  return isWrong ? 'The instance password verification failed.' : undefined;
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

/** Which files are loaded, in order. */
function logFiles({ assumed, clock }: DcsDeps, task: DcsTask, files: readonly { readonly file_name: string }[]): void {
  for (const { file_name: name } of importOrder(assumed, files))
    task.logs.push({ createdAt: clock.now(), level: 'INFO', message: `The backup file ${name} is imported.` });
}
