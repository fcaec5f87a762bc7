import type { SmsTaskDetail } from '../../ports/sms.ts';
import type { Activation, FollowServices, PlannedTask, TaskProgress, TaskService } from '../action.ts';
import type { TaskState } from '../task-state.ts';
import { smsProgress } from './progress-line.ts';
import { smsTaskName } from './task-name.ts';
import { smsTaskState } from './task-state.ts';

/** The tasks of SMS. A source server has at most one. */
export const SMS_TASKS: TaskService = {
  service: 'sms',
  targetLabel: 'source server',
  stateOf: smsTaskState,
  laneOf: (sourceServer) => `sms-${sourceServer}`,
  taskName: smsTaskName,

  async listTasks(services) {
    const tasks = await (await services.smsFollow()).listAllTasks();
    return tasks.map(({ id, name, state }) => ({ id, name, status: state }));
  },

  taskStatesOn: async (services, sourceServer) =>
    (await (await services.sms()).listTasks(sourceServer)).map(({ state }) => state),

  async findNamed(services, name, sourceServers = new Set()) {
    const sms = await services.sms();
    for (const source of sourceServers) {
      const task = (await sms.listTasks(source)).find((row) => row.name === name);
      if (task) return { id: task.id, status: task.state };
    }
    return undefined;
  },

  failureReason: async (services, { id }) => smsFailure((await (await services.smsFollow()).showTask(id)) ?? {}),
  stop: async (services, id) => (await services.smsFollow()).updateTaskStatus(id, 'stop'),
  deleteCommand: (id) => `hcloud SMS DeleteTask --task_id=${id}`,
  // The task was never started.
  isIdle: (status) => status.toUpperCase() === 'READY',
};

/** UpdateTaskStatus `start`, only from `READY`. `undefined` when someone else does that. */
export function startTask({ start }: PlannedTask): Activation | undefined {
  if (!start) return undefined;
  return {
    name: 'start',
    send: async (services, id) => (await services.smsFollow()).updateTaskStatus(id, 'start'),
  };
}

/** A task that someone else starts. Other runs do not wait for it: they are refused while it exists. */
export function leftToOperator({ start, body }: PlannedTask, state: TaskState): 'until_deadline' | undefined {
  return !start && !body['auto_start'] && state === 'ready' ? 'until_deadline' : undefined;
}

/** `undefined` when the task does not exist. @throws {CloudError} when it cannot be read */
export async function progressOf(services: FollowServices, id: string): Promise<TaskProgress | undefined> {
  const detail = await (await services.smsFollow()).showTask(id);
  if (!detail) return undefined;
  const { progress: percent, subtask, remainingSeconds } = detail;
  return { line: smsProgress(detail), figures: { percent, subtask, remaining_seconds: remainingSeconds } };
}

/** Why a server migration failed: code, message and parameters of its `error_json`. `undefined` when it has none. */
export function smsFailure({ error }: Pick<SmsTaskDetail, 'error'>): string | undefined {
  const { code, message, params = [] } = error ?? {};
  const what = [code, message].filter(Boolean).join(' ');
  const about = params.length > 0 ? `(${params.join(', ')})` : '';
  return [what, about].filter(Boolean).join(' ') || undefined;
}
