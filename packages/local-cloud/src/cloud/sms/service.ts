import { check, queryObject } from '../check.ts';
import type { Clock } from '../clock.ts';
import type { LocalServer, Servers } from '../ecs/servers.ts';
import { pageOf } from '../listed-tasks.ts';
import { makeOperation } from '../make-operation.ts';
import type { Assumed } from '../open-questions/assumptions.ts';
import type { Operation, OperationCall, OperationResponse, Service } from '../operation.ts';
import { type DefaultStage, type Script, type Scripts, type Stage, scriptedSteps } from '../scripts.ts';
import { apiGatewayError } from '../service-error.ts';
import type { Step } from '../step-runner.ts';
import { checkSubvolumes, withAssumedResponse } from './assumed-responses.ts';
import {
  type CreateTaskBody,
  createTaskBody,
  listServersQuery,
  listTasksQuery,
  updateTaskStatusBody,
} from './bodies.ts';
import { errors, invalidField, invalidParameter } from './errors.ts';
import { isConnected, type LocalSource, type Sources, sourceDetail, sourceRow, sourceState } from './sources.ts';
import { COPY_MS, copyMiddleMs, firstMiddleMs } from './subtasks.ts';
import { type SmsTask, taskDetail, taskRow } from './task.ts';
import type { SmsTasks } from './tasks.ts';
import { templateOperations } from './template-operations.ts';
import { type TemplateFault, type Templates, templateFault } from './templates.ts';

/** READY can still be returned right after a start (acceptance test of Terraform's client). */
const START_MS = 2_000;
const LAUNCH_MS = 10_000;
const PAUSE_MS = 5_000;
const STARTABLE = new Set(['READY', 'ABORT', 'MIGRATE_FAIL']);
const STOPPED = new Set(['ABORTING', 'ABORT']);
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
  readonly templates: Templates;
  /** The ECSs that can be the target of a task. */
  readonly servers: Servers;
  readonly scripts: Scripts;
  readonly clock: Clock;
  readonly assumed: Assumed;
}

/** The local SMS: tasks, source servers and templates. */
export function makeSmsService(deps: SmsDeps): Service {
  const operations: Operation[] = [
    makeOperation('CreateTask', 'POST', '/v3/tasks', (call) => createTask(deps, call)),
    makeOperation('ListTasks', 'GET', '/v3/tasks', (call) => listTasks(deps, call)),
    makeOperation('ShowTask', 'GET', '/v3/tasks/{task_id}', (call) => showTask(deps, call)),
    makeOperation('DeleteTask', 'DELETE', '/v3/tasks/{task_id}', (call) => deleteTask(deps, call)),
    makeOperation('UpdateTaskStatus', 'POST', '/v3/tasks/{task_id}/action', (call) => updateTaskStatus(deps, call)),
    makeOperation('ListServers', 'GET', '/v3/sources', (call) => listServers(deps, call)),
    makeOperation('ShowServer', 'GET', '/v3/sources/{source_id}', (call) => showServer(deps, call)),
    ...templateOperations(deps.templates, deps.tasks),
  ];
  return {
    name: 'SMS',
    operations: operations.map((operation) => withAssumedResponse(operation, deps.assumed)),
    authorize: (call) => authorizeAccount(deps.assumed, call),
    errors,
  };
}

function taskOf(deps: SmsDeps, call: OperationCall): SmsTask {
  return deps.tasks.get(call.account.domainId, call.params['task_id'] ?? '');
}

function sourceOf(deps: SmsDeps, task: SmsTask): Record<string, unknown> {
  const { id } = task.sent.source_server;
  const source = deps.sources.find(id);
  if (source === undefined) return { id, state: 'unavailable', connected: false };
  const { init_target_server, current_task, ...row } = sourceRow(source, task);
  return row;
}

function createTask(deps: SmsDeps, call: OperationCall): OperationResponse {
  const lenience = {
    ignoresUnknown: deps.assumed('sms-unknown-fields') === 'ignored',
    takesNull: deps.assumed('sms-null-fields') === 'accepted',
  };
  const body = check(createTaskBody, call.body, invalidField, lenience);
  checkSubvolumes(deps.assumed, body);
  checkPlan(deps, body);
  const task = deps.tasks.create(call.account.domainId, body);
  if (body.auto_start) start(deps, task, 'CreateTask', deps.assumed('sms-auto-start') === 'running' ? 0 : START_MS);
  return { status: 200, body: { id: task.id } };
}

function listTasks(deps: SmsDeps, call: OperationCall): OperationResponse {
  const query = check(listTasksQuery, queryObject(call.query), invalidParameter);
  const ignoresSource = deps.assumed('sms-source-filter') === 'ignored';
  const found = deps.tasks
    .listed(call.account.domainId)
    .filter(
      (task) =>
        matches(query.state, task.status) &&
        matches(query.id, task.id) &&
        (ignoresSource || matches(query.source_server_id, task.sent.source_server.id)) &&
        (query.name === undefined || task.name.includes(query.name)),
    );
  const page = pageOf(found, query, deps.assumed('sms-page-size')).map((task) =>
    taskRow(task, sourceOf(deps, task), deps.clock),
  );
  return { status: 200, body: { count: found.length, tasks: page } };
}

function updateTaskStatus(deps: SmsDeps, call: OperationCall): OperationResponse {
  const { operation } = check(updateTaskStatusBody, call.body, invalidParameter);
  const task = taskOf(deps, call);
  act(deps, task, operation);
  return { status: 200, body: {} };
}

function deleteTask(deps: SmsDeps, call: OperationCall): OperationResponse {
  const task = taskOf(deps, call);
  const source = deps.sources.find(task.sent.source_server.id);
  const isBusy = source !== undefined && isConnected(source) && BUSY_SOURCE.has(sourceState(source, task));
  if (isBusy && deps.assumed('sms-delete-active') === 'refused') throw errors.taskRunning(task.id);
  deps.tasks.delete(task);
  // A private template is deleted with its task.
  const template = deps.templates.find(call.account.domainId, task.sent.vm_template_id ?? '');
  if (template?.is_template === false) deps.templates.delete(template.id);
  return { status: 200, body: {} };
}

function listServers(deps: SmsDeps, call: OperationCall): OperationResponse {
  const query = check(listServersQuery, queryObject(call.query), invalidParameter);
  const rows = deps.sources
    .all()
    .map((source) => sourceRow(source, deps.tasks.findOfSource(source.id)))
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
}

function showServer(deps: SmsDeps, call: OperationCall): OperationResponse {
  const source = deps.sources.get(call.params['source_id'] ?? '');
  return { status: 200, body: sourceDetail(source, deps.tasks.findOfSource(source.id)) };
}

function showTask(deps: SmsDeps, call: OperationCall): OperationResponse {
  const task = taskOf(deps, call);
  return { status: 200, body: taskDetail(task, sourceOf(deps, task), deps.clock) };
}

/** Checks the preconditions of a task. */
function checkPlan(deps: SmsDeps, body: CreateTaskBody): void {
  const { sources, tasks, assumed } = deps;
  if (body.os_type === 'WINDOWS' && body.type === 'MIGRATE_FILE') throw errors.typeMismatch();
  const { id } = body.source_server;
  const source = sources.get(id);
  const sourceTask = tasks.findOfSource(id);
  const taskId = sourceTask?.id ?? source.currentTask?.id;
  const mayHaveTwo = assumed('sms-second-task') === 'accepted';
  if (taskId !== undefined && !mayHaveTwo) throw errors.hasTask('source', taskId);
  if (!isConnected(source)) throw errors.sourceNotConnected(id);
  if (sourceState(source, undefined) !== 'waiting') throw errors.sourceNotAvailable(id, sourceState(source, undefined));
  if (body.os_type !== source.osType) throw errors.osMismatch(source.osType);
  if (body.exist_server === true) checkTarget(deps, source, body);
}

/** An existing target must have a disk for each of the source's disks, and no task. */
function checkTarget({ tasks, servers }: SmsDeps, source: LocalSource, body: CreateTaskBody): void {
  const { vm_id: vmId, disks } = body.target_server;
  if (vmId === '') throw invalidField('target_server.vm_id', 'is mandatory for an existing server');
  if (disks.length === 0) throw invalidField('target_server.disks', 'is mandatory for an existing server');
  if (disks.some(({ disk_id: diskId }) => (diskId ?? '') === '')) throw errors.diskIdMissing();
  const targetTask = tasks.findOfTarget(vmId);
  if (targetTask !== undefined) throw errors.hasTask('target', targetTask.id);
  const server = servers.find(vmId);
  if (server !== undefined) for (const disk of disks) checkVolume(server, source, disk);
}

/** The volume must belong to the target and be as large as the source's disk, or at least 1 GB larger with GPT (user guide, issue 33). */
function checkVolume(
  server: LocalServer,
  source: LocalSource,
  disk: CreateTaskBody['target_server']['disks'][number],
): void {
  const volume = server.disks.find(({ id }) => id === disk.disk_id);
  if (volume === undefined) throw errors.volumeUnknown(disk.disk_id ?? '');
  const isGpt = source.disks?.find(({ name }) => name === disk.name)?.['partition_style'] === 'GPT';
  const needed = BigInt(disk.size) + (isGpt ? GB : 0n);
  if (BigInt(volume.sizeGb) * GB < needed) throw errors.volumeSmall(disk.disk_id ?? '');
}

const GB = 1024n * 1024n * 1024n;

/**
 * Runs a task from READY, or from where it was paused, to its end.
 *
 * Problems with the target show only here: with a template at CREATE_CLOUD_SERVER, with an ECS that does not exist as SMS.0412.
 */
function start(deps: SmsDeps, task: SmsTask, operation: string, startMs = START_MS): void {
  const { sent } = task;
  const take = (stage: Stage): Script | undefined => deps.scripts.take(stage, { operation, name: task.name });
  const running: Step = { afterMs: startMs, status: 'RUNNING' };

  const notStarting = take('start');
  if (notStarting !== undefined) {
    deps.tasks.run(task, scriptedSteps(notStarting, defaultStage(notStarting, START_MS, 'SMS.0203')));
    return;
  }
  const firstMs = firstMiddleMs(sent);
  const preparing = take('prepare');
  if (preparing !== undefined) {
    const steps = scriptedSteps(preparing, defaultStage(preparing, 2 * firstMs, 'SMS.0601'));
    deps.tasks.run(task, [running, ...steps], preparing.outcome === 'stuck' ? firstMs : undefined);
    return;
  }
  const fault = targetFault(deps, task);
  if (fault !== undefined) {
    const { code, params } = fault;
    deps.tasks.run(task, [running, { afterMs: firstMs, status: 'MIGRATE_FAIL', failure: code, failureParams: params }]);
    return;
  }
  const copying = take('copy');
  if (copying !== undefined) {
    const middleMs = copyMiddleMs(sent);
    const steps = scriptedSteps(copying, defaultStage(copying, 2 * middleMs, 'SMS.0805'));
    deps.tasks.run(task, [running, ...steps], copying.outcome === 'stuck' ? middleMs : undefined);
    return;
  }
  deps.tasks.run(task, [running, { afterMs: COPY_MS, status: sent.syncing === true ? 'SYNCING' : 'MIGRATE_SUCCESS' }]);
}

function targetFault({ templates, servers }: SmsDeps, { domainId, sent }: SmsTask): TemplateFault | undefined {
  if (sent.exist_server !== true) return templateFault(templates.find(domainId, sent.vm_template_id ?? ''), sent);
  const { vm_id: vmId } = sent.target_server;
  return servers.find(vmId) === undefined ? { code: 'SMS.0412', params: [vmId] } : undefined;
}

function defaultStage(script: Script, ms: number, code: string): DefaultStage {
  return {
    ms,
    failed: 'MIGRATE_FAIL',
    // Seen in practice, but not in any enum.
    unknown: 'CUTOVER_READY',
    deleted: 'DELETED',
    failure: script.code ?? code,
    failureParams: script.message === undefined ? [] : [script.message],
  };
}

/** Performs an operation of UpdateTaskStatus. Operations that the state does not allow get SMS.9001, because the real code is not documented. */
function act(deps: SmsDeps, task: SmsTask, operation: string): void {
  const { sources, tasks } = deps;
  const allow = (allowed: boolean): void => {
    if (!allowed) throw invalidParameter('operation', `${operation} is not allowed while the task is ${task.status}`);
  };
  switch (operation) {
    case 'start':
      allow(STARTABLE.has(task.status) && task.steps.length === 0);
      if (!isConnected(sources.find(task.sent.source_server.id))) {
        throw errors.sourceNotConnected(task.sent.source_server.id);
      }
      start(deps, task, 'UpdateTaskStatus');
      return;
    case 'stop':
      if (STOPPED.has(task.status) && deps.assumed('sms-stop-twice') === 'accepted') return;
      allow(PAUSABLE.has(task.status));
      tasks.move(task, 'ABORTING', [{ afterMs: PAUSE_MS, status: 'ABORT' }]);
      return;
    case 'test':
    case 'cutover':
      if (![operation, 'either'].includes(deps.assumed('sms-launch'))) return;
      allow(task.status === 'SYNCING' && task.steps.length === 0);
      tasks.run(task, [{ afterMs: LAUNCH_MS, status: 'MIGRATE_SUCCESS' }]);
      return;
    case 'clear':
      allow(task.status === 'MIGRATE_SUCCESS');
      tasks.clear(task);
      return;
    default:
      // The others change nothing that is visible here.
      return;
  }
}

/** The headers with an account or a project are optional, but must match the credentials. */
function authorizeAccount(assumed: Assumed, call: OperationCall): void {
  const { 'x-domain-id': domainId, 'x-project-id': projectId } = call.headers;
  if (domainId !== undefined && domainId !== call.account.domainId) throw errors.foreignCredentials();
  if (projectId !== undefined && projectId !== call.account.projectId) throw errors.foreignCredentials();
  if (domainId === undefined && assumed('sms-account-header') === 'required')
    throw apiGatewayError(401, 'APIGW.0301', 'Incorrect IAM authentication information: no domain', call.requestId);
  if (call.account.securityToken !== undefined && assumed('sms-temporary-keys') === 'refused')
    throw errors.forbidden('temporary keys');
}

function matches<T>(wanted: T | undefined, actual: unknown): boolean {
  return wanted === undefined || wanted === actual;
}
