import { check } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import { scriptedSteps } from '../scripts.ts';
import type { Step } from '../step-runner.ts';
import { createMigrationTaskBody } from './bodies.ts';
import { defaultStage } from './default-stage.ts';
import type { DcsDeps } from './deps.ts';
import { dcsError, errors, invalidParameter } from './errors.ts';
import { importOrder, unusableFile } from './import-files.ts';
import type { LocalInstance } from './instances.ts';
import { stateCode } from './instances.ts';
import { lenience, nameForNewTask, sentTo } from './lenience.ts';
import { type DcsTask, instanceSide } from './task.ts';

/** The code of an instance that has a task. */
const BUSY_CODES = {
  'job-running': 'DCS.4017',
  'wrong-state': 'DCS.4026',
  'numeric-code': '111400017',
  'other-operation': 'CBC.99003651',
} as const;

/** A real import takes minutes; one minute is enough to watch. */
const IMPORT_MS = 60_000;

/** CreateMigrationTask: starts an import immediately. */
export async function createMigrationTask(deps: DcsDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(createMigrationTaskBody(deps.assumed), sentTo(deps, call.body), invalidParameter, lenience(deps));
  if ((body.description ?? '').length > 1024) throw errors.longDescription();
  const taskName = nameForNewTask(deps, call, body.task_name);
  const target = getUsableTarget(deps, body.target_instance.id, body.target_instance.password, 'import');
  const backupId = body.backup_files.backup_id;
  if (body.backup_files.file_source === 'backup_record') {
    if (deps.backups.find(backupId ?? '')?.status !== 'succeed') throw errors.backupNotUsable();
  }
  const missing = await missingFile(deps, body.backup_files.bucket_name, body.backup_files.files ?? []);
  if (missing !== undefined && deps.assumed('dcs-import-missing-file') === 'refused')
    throw invalidParameter('backup_files.files', missing);
  const failure =
    (target.enableSsl ? 'The target instance has SSL enabled.' : undefined) ??
    missing ??
    wrongPassword(target, body.target_instance.password) ??
    unusableFile(deps.assumed, body.backup_files.files ?? []);
  // The object lookup may have taken a while; another import may have started in the meantime.
  refuseBusy(deps, target.id);

  const failsAtOnce = missing !== undefined && deps.assumed('dcs-import-missing-file') === 'at-once';
  const task = deps.tasks.create(
    {
      kind: 'import',
      projectId: call.account.projectId,
      name: taskName,
      description: body.description ?? '',
      status: 'MIGRATING',
      method: body.migration_method,
      backupFiles: body.backup_files,
      source: body.source_instance,
      target: instanceSide(target, body.target_instance.password),
    },
    failsAtOnce ? [] : importSteps(deps, taskName, failure),
  );
  if (failsAtOnce) deps.tasks.move(task, 'FAILED', [], failure);
  if (failure === undefined) logFiles(deps, task, body.backup_files.files ?? []);
  const name = deps.assumed('dcs-create-name') === 'instance' ? target.name : task.name;
  return { status: 200, body: { id: task.id, name, status: task.status, error: task.errorMessage } };
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
export function getUsableTarget(
  deps: DcsDeps,
  id: string,
  password: string | undefined,
  use: 'import' | 'online' = 'online',
): LocalInstance {
  const instance = deps.instances.get(id);
  const status = instance.status ?? 'RUNNING';
  const code = stateCode(status);
  if (code !== undefined) {
    throw dcsError(400, code, `This operation is not allowed while the DCS instance is ${status}.`);
  }
  const isLate = use === 'import' && deps.assumed('dcs-wrong-password') === 'later';
  if (!isLate || wrongPassword(instance, password) === undefined) checkPassword(instance, password);
  if (deps.backups.isRunning(id)) throw errors.backingUp();
  refuseBusy(deps, id);
  return instance;
}

/** @throws {ServiceError} if the instance has a task and cannot have another */
export function refuseBusy({ tasks, assumed }: DcsDeps, instanceId: string): void {
  if (!tasks.isTargeted(instanceId)) return;
  const behavior = assumed('dcs-busy-instance');
  if (behavior !== 'accepts') throw dcsError(400, BUSY_CODES[behavior], 'A job of this DCS instance is still running.');
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

/** Which files are loaded, in order. */
function logFiles({ assumed, clock }: DcsDeps, task: DcsTask, files: readonly { readonly file_name: string }[]): void {
  for (const { file_name: name } of importOrder(assumed, files))
    task.logs.push({ createdAt: clock.now(), level: 'INFO', message: `The backup file ${name} is imported.` });
}
