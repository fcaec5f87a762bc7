import { check, queryObject } from '../check.ts';
import { pageOf } from '../listed-tasks.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import { createTask } from './create-task.ts';
import type { SmsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { isIn, matches } from './filters.ts';
import { listTasksQuery } from './queries.ts';
import { partitionStyles, sourceOfTask } from './source-rows.ts';
import { isBusy } from './source-state.ts';
import type { SmsTask } from './task.ts';
import { updateTaskStatus } from './task-actions.ts';
import { deleteTasksBody } from './task-bodies.ts';
import { taskDetail, taskRow } from './task-rows.ts';
import { updateTask } from './update-task.ts';

/** Tasks: create, list, show, update, delete, and what UpdateTaskStatus does with them. */
export function taskOperations(deps: SmsDeps): Operation[] {
  const { tasks } = deps;
  const taskOf = (call: OperationCall) => tasks.get(call.account.domainId, call.params['task_id'] ?? '');
  const sourceOf = (task: SmsTask) => deps.sources.find(task.sent.source_server.id);
  return [
    makeOperation('CreateTask', 'POST', '/v3/tasks', (call) => createTask(deps, call)),
    makeOperation('ListTasks', 'GET', '/v3/tasks', (call) => listTasks(deps, call)),
    makeOperation('ShowTask', 'GET', '/v3/tasks/{task_id}', (call) => {
      const task = taskOf(call);
      const source = sourceOf(task);
      const body = taskDetail(task, sourceOfTask(source, task, deps.clock), partitionStyles(source), deps.clock);
      return { status: 200, body };
    }),
    makeOperation('UpdateTask', 'PUT', '/v3/tasks/{task_id}', (call) => updateTask(deps, taskOf(call), call.body)),
    makeOperation('DeleteTask', 'DELETE', '/v3/tasks/{task_id}', (call) => deleteTasks(deps, [taskOf(call)])),
    makeOperation('DeleteTasks', 'POST', '/v3/tasks/delete', (call) => {
      const { ids } = check(deleteTasksBody, call.body, invalidParameter);
      return deleteTasks(
        deps,
        [...new Set(ids)].map((id) => tasks.get(call.account.domainId, id)),
      );
    }),
    makeOperation('UpdateTaskStatus', 'POST', '/v3/tasks/{task_id}/action', (call) => updateTaskStatus(deps, call)),
  ];
}

function listTasks({ tasks, sources, clock, assumed }: SmsDeps, call: OperationCall): OperationResponse {
  const query = check(listTasksQuery, queryObject(call.query), invalidParameter);
  const ignoresSource = assumed('sms-source-filter') === 'ignored';
  const found = tasks
    .listed(call.account.domainId)
    .filter(
      (task) =>
        matches(query.state, task.status) &&
        matches(query.id, task.id) &&
        (ignoresSource || matches(query.source_server_id, task.sent.source_server.id)) &&
        isIn(query.enterprise_project_id, task.enterpriseProjectId) &&
        (query.name === undefined || task.name.includes(query.name)),
    );
  const page = pageOf(found, query, assumed('sms-page-size')).map((task) =>
    taskRow(task, sourceOfTask(sources.find(task.sent.source_server.id), task, clock), clock),
  );
  return { status: 200, body: { count: found.length, tasks: page } };
}

/** Deletes all of the tasks or, if one of them is running, none. A private template is deleted with its task. */
function deleteTasks(
  { tasks, sources, templates, clock, assumed }: SmsDeps,
  deleted: readonly SmsTask[],
): OperationResponse {
  for (const task of deleted) {
    if (assumed('sms-delete-active') === 'accepted') break;
    if (isBusy(sources.find(task.sent.source_server.id), task, clock)) throw errors.taskRunning(task.id);
  }
  for (const task of deleted) {
    tasks.delete(task);
    const template = templates.find(task.domainId, task.sent.vm_template_id ?? '');
    if (template?.is_template === false) templates.delete(template.id);
  }
  return { status: 200, body: {} };
}
