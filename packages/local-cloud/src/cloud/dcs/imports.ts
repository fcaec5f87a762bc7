import { check } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import { scriptedSteps } from '../scripts.ts';
import type { Step } from '../step-runner.ts';
import { createMigrationTaskBody } from './bodies.ts';
import { defaultStage } from './default-stage.ts';
import type { DcsDeps } from './deps.ts';
import { dcsError, errors, invalidParameter } from './errors.ts';
import type { LocalInstance } from './instances.ts';
import { stateCode } from './instances.ts';
import { instanceSide } from './task.ts';

/** A real import takes minutes; one minute is enough to watch. */
const IMPORT_MS = 60_000;

/** CreateMigrationTask: starts an import immediately. */
export async function createMigrationTask(deps: DcsDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(createMigrationTaskBody, call.body, invalidParameter);
  if ((body.description ?? '').length > 1024) throw errors.longDescription();
  const target = getUsableTarget(deps, body.target_instance.id, body.target_instance.password);
  const backupId = body.backup_files.backup_id;
  if (body.backup_files.file_source === 'backup_record') {
    if (deps.backups.find(backupId ?? '')?.status !== 'succeed') throw errors.backupNotUsable();
  }
  const failure = target.enableSsl
    ? 'The target instance has SSL enabled.'
    : await missingFile(deps, body.backup_files.bucket_name, body.backup_files.files ?? []);
  // The object lookup may have taken a while; another import may have started in the meantime.
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
  const status = instance.status ?? 'RUNNING';
  const code = stateCode(status);
  if (code !== undefined) {
    throw dcsError(400, code, `This operation is not allowed while the DCS instance is ${status}.`);
  }
  checkPassword(instance, password);
  if (deps.backups.isRunning(id)) throw errors.backingUp();
  if (deps.tasks.isTargeted(id)) throw errors.jobRunning();
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
