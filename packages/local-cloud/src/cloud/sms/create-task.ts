import { check } from '../check.ts';
import type { LocalServer } from '../ecs/servers.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import { checkSubvolumes } from './assumed-responses.ts';
import { type CreateTaskBody, createTaskBody } from './create-task-body.ts';
import type { SmsDeps } from './deps.ts';
import { errors, invalidField } from './errors.ts';
import { startTask } from './run-task.ts';
import { isConnected, sourceState } from './source-state.ts';
import type { LocalSource } from './sources.ts';
import type { SmsTask } from './task.ts';

/** CreateTask. */
export function createTask(deps: SmsDeps, call: OperationCall): OperationResponse {
  const lenience = {
    ignoresUnknown: deps.assumed('sms-unknown-fields') === 'ignored',
    takesNull: deps.assumed('sms-null-fields') === 'accepted',
  };
  const body = check(createTaskBody, call.body, invalidField, lenience);
  checkSubvolumes(deps.assumed, body);
  checkPlan(deps, body);
  const task = deps.tasks.create(call.account.domainId, body);
  if (body.auto_start) startTask(deps, task, 'CreateTask');
  return { status: 200, body: { id: task.id } };
}

/** Checks the preconditions of a task. */
function checkPlan(deps: SmsDeps, body: CreateTaskBody): void {
  const { sources, tasks } = deps;
  checkType(body);
  const { id } = body.source_server;
  const source = sources.get(id);
  const sourceTask = tasks.findOfSource(id);
  const taskId = sourceTask?.id ?? source.currentTask?.id;
  const mayHaveTwo = deps.assumed('sms-second-task') === 'accepted';
  if (taskId !== undefined && !mayHaveTwo) throw errors.hasTask('source', taskId);
  if (!isConnected(source)) throw errors.sourceNotConnected(id);
  const state = sourceState(source, undefined, deps.clock);
  if (state !== 'waiting') throw errors.sourceNotAvailable(id, state);
  if (body.os_type !== source.osType) throw errors.osMismatch(source.osType);
  if (body.exist_server === true) checkTarget(deps, source, body);
}

/** @throws {ServiceError} SMS.6610 */
export function checkType(body: CreateTaskBody): void {
  if (body.os_type === 'WINDOWS' && body.type === 'MIGRATE_FILE') throw errors.typeMismatch();
}

/**
 * An existing target must have a disk for each of the source's disks, and no other task.
 *
 * @param task the task that has this target already
 * @throws {ServiceError}
 */
export function checkTarget(
  { tasks, servers }: SmsDeps,
  source: LocalSource | undefined,
  body: CreateTaskBody,
  task?: SmsTask,
): void {
  const { vm_id: vmId, disks } = body.target_server;
  if (vmId === '') throw invalidField('target_server.vm_id', 'is mandatory for an existing server');
  if (disks.length === 0) throw invalidField('target_server.disks', 'is mandatory for an existing server');
  if (disks.some(({ disk_id: diskId }) => (diskId ?? '') === '')) throw errors.diskIdMissing();
  const targetTask = tasks.findOfTarget(vmId);
  if (targetTask !== undefined && targetTask !== task) throw errors.hasTask('target', targetTask.id);
  const server = servers.find(vmId);
  if (server !== undefined) for (const disk of disks) checkVolume(server, source, disk);
}

/** The volume must belong to the target and be as large as the source's disk, or at least 1 GB larger with GPT (user guide, issue 33). */
function checkVolume(
  server: LocalServer,
  source: LocalSource | undefined,
  disk: CreateTaskBody['target_server']['disks'][number],
): void {
  const volume = server.disks.find(({ id }) => id === disk.disk_id);
  if (volume === undefined) throw errors.volumeUnknown(disk.disk_id ?? '');
  const isGpt = source?.disks?.find(({ name }) => name === disk.name)?.['partition_style'] === 'GPT';
  const needed = BigInt(disk.size) + (isGpt ? GB : 0n);
  if (BigInt(volume.sizeGb) * GB < needed) throw errors.volumeSmall(disk.disk_id ?? '');
}

const GB = 1024n * 1024n * 1024n;
