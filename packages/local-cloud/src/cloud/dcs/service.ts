import { check, queryObject } from '../check.ts';
import { pageOf } from '../listed-tasks.ts';
import { makeOperation } from '../make-operation.ts';
import type { BehaviorOf } from '../open-questions/open-questions.ts';
import {
  namesOwnProject,
  type Operation,
  type OperationCall,
  type OperationResponse,
  type Service,
} from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import { copyInstance, deleteBackupFile, listBackupFileLinks, listBackupRecords } from './backup-operations.ts';
import {
  batchBody,
  deleteMigrationTaskBody,
  listLogsQuery,
  listMigrationTaskQuery,
  updateMigrationTaskBody,
} from './bodies.ts';
import type { DcsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { exchangeIp, isExchanging, rollbackExchange, taskStatusOf } from './exchange-ip.ts';
import { createMigrationTask } from './imports.ts';
import { showInstance } from './instance-body.ts';
import { listInstances } from './instance-list.ts';
import { restartOrFlush } from './instance-status.ts';
import { isResourceId } from './instances.ts';
import {
  createKeyAnalysis,
  deleteKeyAnalysis,
  listAnalysisNodes,
  listKeyAnalyses,
  showKeyAnalysis,
} from './key-analysis.ts';
import { listNodes, showNodes } from './nodes.ts';
import { createOnlineMigrationTask, restartOnline, setOnlineMigrationTask } from './online.ts';
import { listRestoreRecords, restoreInstance } from './restores.ts';
import { shapedTask } from './shaped-task.ts';
import { statsOf } from './stats.ts';
import { type DcsTask, isActive, logEntry, taskDetail, taskEntry } from './task.ts';
import { executeCommand, loginWebCli, logoffWebCli } from './web-cli.ts';
import { showWhitelist, updateWhitelist } from './whitelist.ts';

const STOP_MS = 10_000;
const JOB_INIT_MS = 2_000;
const KEY_ANALYSES = '/instances/{instance_id}/offline/key-analysis';
const PROJECT_ID = /^[0-9a-f]{32}$/;
/** States in which a task can be stopped. */
const STOPPABLE = new Set(['MIGRATING', 'RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'INCRMIGRATING']);

const STOPPED = new Set(['TERMINATING', 'TERMINATED']);
/** Whether a list with this filter has a task of this name. */
const NAME_FILTERS: Readonly<Record<BehaviorOf<'dcs-name-filter'>, (name: string, filter: string) => boolean>> = {
  contains: (name, filter) => name.includes(filter),
  prefix: (name, filter) => name.startsWith(filter),
  exact: (name, filter) => name === filter,
  ignored: () => true,
};

/** The local DCS: operations for migration tasks, and for the instances that they migrate. */
export function makeDcsService(deps: DcsDeps): Service {
  const operations: Operation[] = [
    post('CreateMigrationTask', '/migration-task', (call) => createMigrationTask(deps, call)),
    post('CreateOnlineMigrationTask', '/migration/instance', (call) => createOnlineMigrationTask(deps, call)),
    post('SetOnlineMigrationTask', '/migration/{task_id}/task', (call) => setOnlineMigrationTask(deps, call)),
    post('BatchStopMigrationTasks', '/migration-task/batch-stop', (call) =>
      batch(deps, call, (task) => stop(deps, task)),
    ),
    post('BatchRestartOnlineMigrationTasks', '/migration-tasks/batch-restart', (call) =>
      batch(deps, call, (task) => restartOnline(deps, task)),
    ),
    {
      ...post('StopMigrationTask', '/migration-task/{task_id}/stop', (call) => {
        const task = taskOf(deps, call);
        stop(deps, task);
        return { status: 200, body: detailOf(deps, task) };
      }),
      body: 'none',
    },
    {
      ...post('StopMigrationTaskSync', '/migration-task/{task_id}/sync-stop', (call) => {
        stop(deps, taskOf(deps, call), deps.assumed('dcs-sync-stop') === 'terminated');
        return { status: 204 };
      }),
      body: 'none',
    },
    get('ShowMigrationTask', '/migration-task/{task_id}', (call) => {
      const task = deps.tasks.getShown(call.account.projectId, call.params['task_id'] ?? '');
      return { status: 200, body: detailOf(deps, task) };
    }),
    get('ListMigrationTask', '/migration-tasks', (call) => list(deps, call)),
    get('ShowMigrationTaskStats', '/migration-task/{task_id}/stats', (call) => stats(deps, call)),
    get('ListMigrationTaskLogs', '/migration-task/{task_id}/logs', (call) => logs(deps, call)),
    put('UpdateMigrationTask', '/migration-task/{task_id}', (call) => update(deps, call)),
    { ...post('DeleteMigrationTask', '/migration-tasks/delete', (call) => remove(deps, call)), method: 'DELETE' },
    get('ShowJobInfo', '/jobs/{job_id}', (call) => showJob(deps, call)),
    post('ExchangeInstanceIp', '/migration-task/{task_id}/exchange-ip', (call) => exchangeIp(deps, call)),
    {
      ...post('RollbackExchangeInstanceIp', '/migration-task/{task_id}/rollback-ip', (call) =>
        rollbackExchange(deps, call),
      ),
      body: 'none',
    },
    ...instanceOperations(deps),
  ];
  return { name: 'DCS', operations, authorize: authorizeProject, errors };
}

function instanceOperations(deps: DcsDeps): Operation[] {
  return [
    get('ListInstances', '/instances', (call) => listInstances(deps, call)),
    put('RestartOrFlushInstances', '/instances/status', (call) => restartOrFlush(deps, call)),
    get('ShowInstance', '/instances/{instance_id}', (call) =>
      showInstance(deps.instances.get(call.params['instance_id'] ?? ''), deps.clock.now()),
    ),
    get('ListBackupRecords', '/instances/{instance_id}/backups', (call) => listBackupRecords(deps, call)),
    post('CopyInstance', '/instances/{instance_id}/backups', (call) => copyInstance(deps, call)),
    post('ListBackupFileLinks', '/instances/{instance_id}/backups/{backup_id}/links', (call) =>
      listBackupFileLinks(deps, call),
    ),
    del('DeleteBackupFile', '/instances/{instance_id}/backups/{backup_id}', (call) => deleteBackupFile(deps, call)),
    post('RestoreInstance', '/instances/{instance_id}/restores', (call) => restoreInstance(deps, call)),
    get('ListRestoreRecords', '/instances/{instance_id}/restores', (call) => listRestoreRecords(deps, call)),
    post('LoginWebCli', '/instances/{instance_id}/webcli/auth', (call) => loginWebCli(deps, call)),
    post('ExecuteCommandMobilization', '/instances/{instance_id}/webcli/command', (call) => executeCommand(deps, call)),
    post('LogoffWebCli', '/instances/{instance_id}/webcli/logout', (call) => logoffWebCli(deps, call)),
    post('CreateOfflineKeyAnalysis', KEY_ANALYSES, (call) => createKeyAnalysis(deps, call)),
    get('ListOfflineKeyAnalysisTask', KEY_ANALYSES, (call) => listKeyAnalyses(deps, call)),
    get('ShowOfflineKeyAnalysisTask', `${KEY_ANALYSES}/{task_id}`, (call) => showKeyAnalysis(deps, call)),
    get('ListOfflineKeyAnalysisNodes', `${KEY_ANALYSES}/{task_id}/nodes`, (call) => listAnalysisNodes(deps, call)),
    del('DeleteOfflineKeyAnalysisTask', `${KEY_ANALYSES}/{task_id}`, (call) => deleteKeyAnalysis(deps, call)),
    get('ShowNodesInformation', '/instances/{instance_id}/logical-nodes', (call) => showNodes(deps, call)),
    get('BatchShowNodesInformation', '/instances-logical-nodes', (call) => listNodes(deps, call)),
    // The singular is right.
    get('ShowIpWhitelist', '/instance/{instance_id}/whitelist', (call) => showWhitelist(deps, call)),
    put('UpdateIpWhitelist', '/instance/{instance_id}/whitelist', (call) => updateWhitelist(deps, call)),
  ];
}

function taskOf(deps: DcsDeps, call: OperationCall): DcsTask {
  return deps.tasks.get(call.account.projectId, call.params['task_id'] ?? '');
}

function detailOf(deps: DcsDeps, task: DcsTask): Record<string, unknown> {
  return shapedTask(taskDetail(task, taskStatusOf(deps, task)), deps.assumed);
}

function list(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { offset, limit, name } = check(listMigrationTaskQuery, queryObject(call.query), invalidParameter);
  const selects = NAME_FILTERS[deps.assumed('dcs-name-filter')];
  const tasks = deps.tasks
    .listed(call.account.projectId)
    .filter((task) => name === undefined || selects(task.name, name));
  const page = pageOf(tasks, { offset, limit }, deps.assumed('dcs-page-size')).map((task) =>
    shapedTask(taskEntry(task), deps.assumed),
  );
  const counted = deps.assumed('dcs-list-count');
  const count = counted === 'absent' ? {} : { count: counted === 'total' ? tasks.length : page.length };
  return { status: 200, body: { ...count, migration_tasks: page } };
}

function stats(deps: DcsDeps, call: OperationCall): OperationResponse {
  const task = taskOf(deps, call);
  if (task.kind !== 'online') throw errors.taskState(task.status);
  const stats = statsOf(deps, task);
  if (deps.assumed('dcs-stats-types') === 'numbers') return { status: 200, body: stats };
  const texts = Object.entries(stats).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]);
  return { status: 200, body: Object.fromEntries(texts) };
}

function logs(deps: DcsDeps, call: OperationCall): OperationResponse {
  const query = check(listLogsQuery, queryObject(call.query), invalidParameter);
  const entries = taskOf(deps, call).logs.filter(
    ({ level }) => query.log_level === undefined || level === query.log_level,
  );
  const page = entries.slice(query.offset, query.offset + query.limit).map(logEntry);
  return { status: 200, body: { log_num: entries.length, migration_logs: page } };
}

function stop(deps: DcsDeps, task: DcsTask, isSynchronous = false): void {
  if (STOPPED.has(task.status) && deps.assumed('dcs-stop-twice') === 'accepted') return;
  if (!STOPPABLE.has(task.status) || isExchanging(deps.instanceData.exchanges.find(task.id)))
    throw errors.taskState(task.status);
  if (isSynchronous) deps.tasks.move(task, 'TERMINATED', []);
  else deps.tasks.move(task, 'TERMINATING', [{ afterMs: STOP_MS, status: 'TERMINATED' }]);
}

function batch(deps: DcsDeps, call: OperationCall, act: (task: DcsTask) => void): OperationResponse {
  const { migration_tasks: ids } = check(batchBody, call.body, invalidParameter);
  if (!ids.every(isResourceId)) throw errors.badBatchTaskId();
  const results = ids.map((id) => {
    try {
      act(deps.tasks.get(call.account.projectId, id));
      return { task_id: id, result: 'success' };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const { error_code, error_msg } = error.body;
      return { task_id: id, result: 'failed', error_code, error_msg };
    }
  });
  return { status: 200, body: { migration_tasks: results } };
}

/** Unknown IDs are ignored; the response contains those that were deleted. */
function remove(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { task_id_list: ids } = check(deleteMigrationTaskBody, call.body, invalidParameter);
  if (!ids.every(isResourceId)) throw errors.badTaskId();
  const tasks = ids.flatMap((id) => deps.tasks.find(call.account.projectId, id) ?? []);
  const busy = tasks.find((task) => isActive(task) || task.status === 'CREATING');
  if (busy !== undefined && deps.assumed('dcs-delete-active') === 'refused') throw errors.taskState(busy.status);
  if (tasks.length < ids.length && deps.assumed('dcs-delete-unknown') === 'refused') throw errors.unknownTask();
  for (const task of tasks) {
    deps.tasks.delete(task);
    const exchange = deps.instanceData.exchanges.find(task.id);
    if (exchange !== undefined) deps.instanceData.exchanges.delete(exchange);
  }
  return { status: 200, body: { task_id_list: tasks.map(({ id }) => id) } };
}

function update(deps: DcsDeps, call: OperationCall): OperationResponse {
  const body = check(updateMigrationTaskBody, call.body, invalidParameter);
  taskOf(deps, call).resumeMode = body.resume_mode;
  return { status: 200, body: {} };
}

function showJob(deps: DcsDeps, call: OperationCall): OperationResponse {
  const task = deps.tasks
    .all()
    .find(({ jobId, projectId }) => jobId === call.params['job_id'] && projectId === call.account.projectId);
  if (task === undefined) throw errors.unknownTask();
  const passedMs = deps.clock.documentedMs(task.createdAt);
  const failed = task.jobFailure !== undefined;
  const ended = task.jobEndedAt !== undefined;
  return {
    status: 200,
    body: {
      job_id: task.jobId,
      job_type: 'createMigrationInstance',
      status: ended ? (failed ? 'FAIL' : 'SUCCESS') : passedMs < JOB_INIT_MS ? 'INIT' : 'RUNNING',
      begin_time: String(task.createdAt),
      end_time: ended ? String(task.jobEndedAt) : '',
      fail_reason: task.jobFailure ?? '',
    },
  };
}

/** The project in the path and, if sent, in X-Project-Id must be the one that the keys belong to. */
function authorizeProject(call: OperationCall): void {
  if (!PROJECT_ID.test(call.params['project_id'] ?? '')) throw errors.badProjectId();
  if (!namesOwnProject(call)) throw errors.foreignProject();
}

function post(name: string, path: string, handle: Operation['handle']): Operation {
  return makeOperation(name, 'POST', `/v2/{project_id}${path}`, handle);
}

function get(name: string, path: string, handle: Operation['handle']): Operation {
  return makeOperation(name, 'GET', `/v2/{project_id}${path}`, handle);
}

function put(name: string, path: string, handle: Operation['handle']): Operation {
  return makeOperation(name, 'PUT', `/v2/{project_id}${path}`, handle);
}

function del(name: string, path: string, handle: Operation['handle']): Operation {
  return makeOperation(name, 'DELETE', `/v2/{project_id}${path}`, handle);
}
