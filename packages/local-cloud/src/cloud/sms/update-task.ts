import { check } from '../check.ts';
import type { OperationResponse } from '../operation.ts';
import { checkTarget, checkType } from './create-task.ts';
import { type CreateTaskBody, createTaskBody } from './create-task-body.ts';
import type { SmsDeps } from './deps.ts';
import { invalidField, invalidParameter } from './errors.ts';
import type { SmsTask } from './task.ts';
import { isStartable } from './task-actions.ts';
import { type UpdateTaskBody, updateTaskBody } from './task-bodies.ts';

/** Fields that describe the target. They have no effect on a copy that is under way, and are refused then. */
const TARGET_FIELDS = [
  'type',
  'region_id',
  'region_name',
  'exist_server',
  'migration_ip',
  'use_ipv6',
  'use_public_ip',
  'project_name',
  'project_id',
  'vm_template_id',
  'target_server',
] as const;

/**
 * UpdateTask. Absent fields stay as they are; the result must be a body that CreateTask accepts. A target's disk that the task already has needs
 * only its name and what changes.
 *
 * `target_disk_ids`, `snapshot_ids`, `clone_server` and the target's facts are reports of the Agent, and nothing here reads them.
 */
export function updateTask(deps: SmsDeps, task: SmsTask, sentBody: unknown): OperationResponse {
  const changes = check(updateTaskBody, sentBody, invalidParameter);
  const field = TARGET_FIELDS.find((name) => changes[name] !== undefined);
  if (field !== undefined && !isStartable(deps, task)) {
    throw invalidParameter(field, `cannot be changed while the task is ${task.status}`);
  }
  const sent = check(createTaskBody, merged(task.sent, changes), invalidField);
  checkType(sent);
  if (sent.exist_server === true && field !== undefined) {
    checkTarget(deps, deps.sources.find(sent.source_server.id), sent, task);
  }
  deps.tasks.change(task, {
    sent,
    name: sent.name,
    enterpriseProjectId: changes.enterprise_project ?? task.enterpriseProjectId,
    reported: {
      ...task.reported,
      ...defined({
        image_disk_id: changes.image_disk_id ?? changes.target_server?.image_disk_id,
        cutovered_snapshot_ids: changes.cutovered_snapshot_ids ?? changes.target_server?.cutovered_snapshot_ids,
      }),
    },
  });
  return { status: 200, body: { id: task.id } };
}

/** The changed body, still to be checked. */
function merged(sent: CreateTaskBody, changes: UpdateTaskBody): Record<string, unknown> {
  const {
    enterprise_project,
    image_disk_id,
    target_disk_ids,
    snapshot_ids,
    cutovered_snapshot_ids,
    clone_server,
    target_server: target = {},
    ...fields
  } = changes;
  const { name, vm_id, volume_groups, btrfs_list, disks } = target;
  return {
    ...sent,
    ...defined(fields),
    target_server: {
      ...sent.target_server,
      ...defined({ name, vm_id, volume_groups, btrfs_list }),
      ...defined({ disks: disks?.map((disk) => mergedDisk(sent, disk)) }),
    },
  };
}

type ChangedDisk = NonNullable<NonNullable<UpdateTaskBody['target_server']>['disks']>[number];

function mergedDisk(sent: CreateTaskBody, changed: ChangedDisk): Record<string, unknown> {
  const { id, disk_index, os_disk, partition_style, relation_name, physical_volumes: volumes, ...fields } = changed;
  return {
    used_size: 0,
    physical_volumes: [],
    ...sent.target_server.disks.find(({ name }) => name === changed.name),
    ...defined(fields),
    ...defined({ physical_volumes: volumes?.map(({ id: _, relation_name: __, free_size, ...volume }) => volume) }),
  };
}

/** Without the fields that are undefined, which would hide those that they are merged over. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
