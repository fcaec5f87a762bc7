import type { TaskService } from './action.ts';
import { dcsTaskState } from './dcs-task-state.ts';
import { Preflight } from './preflight-findings.ts';
import { checkRunning, TARGET_BUSY } from './preflight-instance.ts';
import { canonicalId } from './same-instance.ts';
import { dcsTaskName } from './task-name.ts';

/** The tasks of DCS: imports and online migrations. */
export const DCS_TASKS: TaskService = {
  service: 'dcs',
  targetLabel: 'DCS instance',
  stateOf: dcsTaskState,
  laneOf: (instance) => `dcs-${canonicalId(instance)}`,
  taskName: dcsTaskName,
  listTasks: async (services) => (await services.dcsFollow()).listAllMigrationTasks(),

  /** A task without a target in the list is assumed to use this one. */
  async taskStatesOn(services, instance) {
    const tasks = await (await services.dcsFollow()).listAllMigrationTasks();
    return tasks
      .filter(({ targetInstanceId }) => canonicalId(targetInstanceId ?? instance) === canonicalId(instance))
      .map(({ status }) => status);
  },

  async findNamed(services, name, instances) {
    const tasks = await (await services.dcs()).listMigrationTasks(name);
    const wanted = instances && new Set([...instances].map(canonicalId));
    return tasks.find((row) => row.name === name && (!wanted || wanted.has(canonicalId(row.targetInstanceId ?? ''))));
  },

  async checkTarget(services, instanceId) {
    const instance = await (await services.dcsInstances()).showInstance(instanceId);
    const found = new Preflight();
    if (instance) checkRunning(instance, TARGET_BUSY, ['target_instance', 'id'], found);
    return found;
  },

  failureReason: async (services, { id, errorMessage }) =>
    dcsFailure(errorMessage, await (await services.dcsFollow()).listErrorLogs(id)),
  stop: async (services, id) => (await services.dcsFollow()).stopTask(id),
  deleteCommand: (id) => `hcloud DCS DeleteMigrationTask --task_id_list.1=${id}`,
};

/** One failure causes many log messages; only the newest are used. */
const MAX_LOGS = 3;

/**
 * Why a DCS task failed, according to the service: the list's `error_message`, then the newest messages of its ERROR log that
 * differ from it. `undefined` when there are none.
 */
export function dcsFailure(errorMessage: string | undefined, errorLogs: readonly string[]): string | undefined {
  const messages = [errorMessage ?? '', ...errorLogs.slice(0, MAX_LOGS)].map((text) => text.trim()).filter(Boolean);
  return [...new Set(messages)].join('; ') || undefined;
}
