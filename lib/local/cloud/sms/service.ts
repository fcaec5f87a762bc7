import { check, queryObject } from '../check.ts';
import type { Answer, Call, Operation, Service } from '../operation.ts';
import type { Step } from '../walker.ts';
import {
  type CreateTaskBody,
  createTaskBody,
  listServersQuery,
  listTasksQuery,
  updateTaskStatusBody,
} from './bodies.ts';
import { invalidField, invalidParameter, refusals } from './errors.ts';
import { isConnected, type Sources, sourceDetail, sourceRow, sourceState } from './sources.ts';
import { type SmsTask, taskDetail, taskRow } from './task.ts';
import type { SmsTasks } from './tasks.ts';

/** READY can still be read right after a start (acceptance test of Terraform's client). */
const START_MS = 2_000;
const COPY_MS = 60_000;
const LAUNCH_MS = 10_000;
const PAUSE_MS = 5_000;
const STARTABLE = new Set(['READY', 'ABORT', 'MIGRATE_FAIL']);
const PAUSABLE = new Set(['RUNNING', 'SYNCING']);
/** Not deletable while the source is connected and its state is one of these (API page of 2026-01). */
const BUSY_SOURCE = new Set([
  'initialize',
  'stopping',
  'deleting',
  'cloning',
  'replicate',
  'syncing',
  'cutovering',
  'skipping',
  'clearing',
  'premiging',
]);

export interface SmsDeps {
  readonly sources: Sources;
  readonly tasks: SmsTasks;
}

/** The local SMS: tasks and source servers. */
export function makeSmsService(deps: SmsDeps): Service {
  const { sources, tasks } = deps;
  const taskOf = (call: Call): SmsTask => tasks.get(call.account.domainId, call.params['task_id'] ?? '');
  const sourceOf = (task: SmsTask): Record<string, unknown> => {
    const { id } = task.sent.source_server;
    const source = sources.find(id);
    if (source === undefined) return { id, state: 'unavailable', connected: false };
    const { init_target_server, current_task, ...row } = sourceRow(source, task);
    return row;
  };

  const createTask = (call: Call): Answer => {
    const body = check(createTaskBody, call.body, invalidField);
    checkPlan(deps, body);
    const task = tasks.create(call.account.domainId, body, body.auto_start ? wayFromStart(body) : []);
    return { status: 200, body: { id: task.id } };
  };

  const listTasks = (call: Call): Answer => {
    const query = check(listTasksQuery, queryObject(call.query), invalidParameter);
    const found = tasks
      .listed(call.account.domainId)
      .filter(
        (task) =>
          matches(query.state, task.status) &&
          matches(query.id, task.id) &&
          matches(query.source_server_id, task.sent.source_server.id) &&
          (query.name === undefined || task.name.includes(query.name)),
      );
    const page = found.slice(query.offset, query.offset + query.limit).map((task) => taskRow(task, sourceOf(task)));
    return { status: 200, body: { count: found.length, tasks: page } };
  };

  const updateTaskStatus = (call: Call): Answer => {
    const { operation } = check(updateTaskStatusBody, call.body, invalidParameter);
    const task = taskOf(call);
    act(deps, task, operation);
    return { status: 200, body: {} };
  };

  const deleteTask = (call: Call): Answer => {
    const task = taskOf(call);
    const source = sources.find(task.sent.source_server.id);
    if (source !== undefined && isConnected(source) && BUSY_SOURCE.has(sourceState(source, task)))
      throw refusals.taskRunning(task.id);
    tasks.delete(task);
    return { status: 200, body: {} };
  };

  const listServers = (call: Call): Answer => {
    const query = check(listServersQuery, queryObject(call.query), invalidParameter);
    const rows = sources
      .all()
      .map((source) => sourceRow(source, tasks.findOfSource(source.id)))
      .filter(
        (row) =>
          matches(query.state, row['state']) &&
          matches(query.id, row['id']) &&
          matches(query.ip, row['ip']) &&
          matches(query.connected, row['connected']) &&
          (query.name === undefined || String(row['name']).includes(query.name)),
      );
    return {
      status: 200,
      body: { count: rows.length, source_servers: rows.slice(query.offset, query.offset + query.limit) },
    };
  };

  const showServer = (call: Call): Answer => {
    const source = sources.get(call.params['source_id'] ?? '');
    return { status: 200, body: sourceDetail(source, tasks.findOfSource(source.id)) };
  };

  const showTask = (call: Call): Answer => {
    const task = taskOf(call);
    return { status: 200, body: taskDetail(task, sourceOf(task)) };
  };

  const operations: Operation[] = [
    { name: 'CreateTask', method: 'POST', path: '/v3/tasks', body: 'json', handle: createTask },
    { name: 'ListTasks', method: 'GET', path: '/v3/tasks', body: 'none', handle: listTasks },
    { name: 'ShowTask', method: 'GET', path: '/v3/tasks/{task_id}', body: 'none', handle: showTask },
    { name: 'DeleteTask', method: 'DELETE', path: '/v3/tasks/{task_id}', body: 'none', handle: deleteTask },
    {
      name: 'UpdateTaskStatus',
      method: 'POST',
      path: '/v3/tasks/{task_id}/action',
      body: 'json',
      handle: updateTaskStatus,
    },
    { name: 'ListServers', method: 'GET', path: '/v3/sources', body: 'none', handle: listServers },
    { name: 'ShowServer', method: 'GET', path: '/v3/sources/{source_id}', body: 'none', handle: showServer },
  ];
  return { name: 'SMS', operations, admit: admitAccount, refusals };
}

/** What a task needs beyond the form of its body. */
function checkPlan({ sources, tasks }: SmsDeps, body: CreateTaskBody): void {
  if (body.os_type === 'WINDOWS' && body.type === 'MIGRATE_FILE') throw refusals.typeMismatch();
  const { id } = body.source_server;
  const source = sources.get(id);
  const sourceTask = tasks.findOfSource(id);
  if (sourceTask !== undefined) throw refusals.hasTask('source', sourceTask.id);
  if (!isConnected(source)) throw refusals.sourceNotConnected(id);
  if (sourceState(source, undefined) !== 'waiting')
    throw refusals.sourceNotAvailable(id, sourceState(source, undefined));
  if (body.os_type !== source.osType) throw refusals.osMismatch(source.osType);
  if (body.exist_server !== true) return;
  const { vm_id: vmId, disks } = body.target_server;
  if (vmId === '') throw invalidField('target_server.vm_id', 'is mandatory for an existing server');
  if (disks.length === 0) throw invalidField('target_server.disks', 'is mandatory for an existing server');
  if (disks.some(({ disk_id: diskId }) => (diskId ?? '') === '')) throw refusals.diskIdMissing();
  const targetTask = tasks.findOfTarget(vmId);
  if (targetTask !== undefined) throw refusals.hasTask('target', targetTask.id);
}

/** From the start of a task to its end. Neither an existing server nor a template: it starts, then fails with SMS.0007 (field reports). */
function wayFromStart(body: CreateTaskBody): Step[] {
  const running: Step = { afterMs: START_MS, status: 'RUNNING' };
  if (body.exist_server !== true && (body.vm_template_id ?? '') === '') {
    return [running, { afterMs: COPY_MS, status: 'MIGRATE_FAIL', failure: 'SMS.0007' }];
  }
  return [running, { afterMs: COPY_MS, status: body.syncing === true ? 'SYNCING' : 'MIGRATE_SUCCESS' }];
}

/** Does one operation of UpdateTaskStatus. What a state does not allow is refused with SMS.9001: the code for it is not documented. */
function act({ sources, tasks }: SmsDeps, task: SmsTask, operation: string): void {
  const allow = (allowed: boolean): void => {
    if (!allowed) throw invalidParameter('operation', `${operation} is not allowed while the task is ${task.status}`);
  };
  switch (operation) {
    case 'start':
      allow(STARTABLE.has(task.status) && task.steps.length === 0);
      if (!isConnected(sources.find(task.sent.source_server.id))) {
        throw refusals.sourceNotConnected(task.sent.source_server.id);
      }
      tasks.walk(task, wayFromStart(task.sent));
      return;
    case 'stop':
      allow(PAUSABLE.has(task.status));
      tasks.move(task, 'ABORTING', [{ afterMs: PAUSE_MS, status: 'ABORT' }]);
      return;
    // Which of the two launches the target is not settled; both do here.
    case 'test':
    case 'cutover':
      allow(task.status === 'SYNCING' && task.steps.length === 0);
      tasks.walk(task, [{ afterMs: LAUNCH_MS, status: 'MIGRATE_SUCCESS' }]);
      return;
    case 'clear':
      allow(task.status === 'MIGRATE_SUCCESS');
      tasks.clear(task);
      return;
    default:
      // The others change nothing that can be read back here.
      return;
  }
}

/** The headers that name an account or a project are not needed, but must not name another one. */
function admitAccount(call: Call): void {
  const { 'x-domain-id': domainId, 'x-project-id': projectId } = call.headers;
  if (domainId !== undefined && domainId !== call.account.domainId) throw refusals.foreignCredentials();
  if (projectId !== undefined && projectId !== call.account.projectId) throw refusals.foreignCredentials();
}

function matches<T>(wanted: T | undefined, actual: unknown): boolean {
  return wanted === undefined || wanted === actual;
}
