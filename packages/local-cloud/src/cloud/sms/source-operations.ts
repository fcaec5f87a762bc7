import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { SmsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { isIn, matches } from './filters.ts';
import { listErrorServersQuery, listServersQuery } from './queries.ts';
import { deleteServersBody, updateServerBody } from './source-bodies.ts';
import { sourceDetail, sourceOfTask, sourceRow } from './source-rows.ts';
import { isBusy, sourceState } from './source-state.ts';
import { targetVmId } from './task.ts';

/** The counters of ShowOverview (page of 2026-01-27). `unconfigured` sources wait for a target, `waiting` ones have one. */
const COUNTED_STATES = [
  'waiting',
  'replicate',
  'syncing',
  'stopped',
  'deleting',
  'cutovering',
  'unavailable',
  'stopping',
  'skipping',
  'finished',
  'initialize',
  'error',
  'cloning',
  'unconfigured',
] as const;

/** Source servers: list, count, show, rename and delete. ShowOverview comes before the operations with an ID in the same place. */
export function sourceOperations(deps: SmsDeps): Operation[] {
  const { sources, tasks, clock } = deps;
  const sourceOf = (call: OperationCall) => sources.get(call.params['source_id'] ?? '');
  const path = '/v3/sources/{source_id}';
  return [
    makeOperation('ListServers', 'GET', '/v3/sources', (call) => listServers(deps, call)),
    makeOperation('ShowOverview', 'GET', '/v3/sources/overview', () => showOverview(deps)),
    makeOperation('ShowServer', 'GET', path, (call) => {
      const source = sourceOf(call);
      return { status: 200, body: sourceDetail(source, tasks.findOfSource(source.id), clock) };
    }),
    makeOperation('UpdateServerName', 'PUT', path, (call) => updateServer(deps, call)),
    makeOperation('DeleteServer', 'DELETE', path, (call) => deleteServers(deps, [sourceOf(call).id])),
    makeOperation('DeleteServers', 'POST', '/v3/sources/delete', (call) => {
      const { ids } = check(deleteServersBody, call.body, invalidParameter);
      return deleteServers(deps, ids);
    }),
    makeOperation('ListErrorServers', 'GET', '/v3/errors', (call) => listErrorServers(deps, call)),
  ];
}

function listServers({ sources, tasks, clock }: SmsDeps, call: OperationCall): OperationResponse {
  const query = check(listServersQuery, queryObject(call.query), invalidParameter);
  const rows = sources
    .all()
    .map((source) => ({ source, task: tasks.findOfSource(source.id) }))
    .filter(
      ({ source, task }) =>
        matches(query.ipv6, source.ipv6) &&
        matches(query.migproject, source.migProjectId) &&
        matches(query.vm_id, task === undefined ? undefined : targetVmId(task)),
    )
    .map(({ source, task }) => sourceRow(source, task, clock))
    .filter(
      (row) =>
        matches(query.state, row['state']) &&
        matches(query.id, row['id']) &&
        matches(query.ip, row['ip']) &&
        matches(query.migration_cycle, row['migration_cycle']) &&
        matches(query.connected, row['connected']) &&
        matches(query.is_consistency_result_exist, row['is_consistency_result_exist']) &&
        isIn(query.enterprise_project_id, row['enterprise_project_id']) &&
        (query.name === undefined || String(row['name']).includes(query.name)),
    );
  const page = rows.slice(query.offset, query.offset + query.limit);
  return { status: 200, body: { count: rows.length, source_servers: page } };
}

function showOverview({ sources, tasks, clock }: SmsDeps): OperationResponse {
  const counts: Record<string, number> = Object.fromEntries(COUNTED_STATES.map((state) => [state, 0]));
  for (const source of sources.all()) {
    const task = tasks.findOfSource(source.id);
    const state = sourceState(source, task, clock);
    const counted = state === 'waiting' && task === undefined ? 'unconfigured' : state;
    const count = counts[counted];
    if (count !== undefined) counts[counted] = count + 1;
  }
  return { status: 200, body: counts };
}

/** The tasks that have failed. */
function listErrorServers({ sources, tasks, clock }: SmsDeps, call: OperationCall): OperationResponse {
  const query = check(listErrorServersQuery, queryObject(call.query), invalidParameter);
  const rows = tasks
    .listed(call.account.domainId)
    .filter((task) => task.errorCode !== undefined && isIn(query.enterprise_project_id, task.enterpriseProjectId))
    .map((task) => {
      const { id, ip, name } = sourceOfTask(sources.find(task.sent.source_server.id), task, clock);
      return {
        error_json: JSON.stringify({ error_code: task.errorCode, error_param: task.errorParams }),
        host_name: name,
        name,
        source_id: id,
        source_ip: ip,
        target_ip: task.sent.migration_ip ?? '',
      };
    });
  const page = rows.slice(query.offset, query.offset + query.limit);
  return { status: 200, body: { count: rows.length, migration_errors: page } };
}

/** Disks are named by an ID that no operation returns, so here every ID is unknown. */
function updateServer({ sources }: SmsDeps, call: OperationCall): OperationResponse {
  const {
    name,
    migprojectid,
    disks = [],
    volume_groups: groups = [],
  } = check(updateServerBody, call.body, invalidParameter);
  const source = sources.get(call.params['source_id'] ?? '');
  if (disks.length > 0) throw invalidParameter('disks[0].id', 'is not a disk of the source server');
  if (groups.length > 0) throw invalidParameter('volume_groups[0].id', 'is not a volume group of the source server');
  sources.set({
    ...source,
    ...(name === undefined ? {} : { name }),
    ...(migprojectid === undefined ? {} : { migProjectId: migprojectid }),
  });
  return { status: 200, body: {} };
}

/** Deletes the records of all of the sources or, if one of them is being migrated, none. Their tasks remain. */
function deleteServers({ sources, tasks, clock }: SmsDeps, ids: readonly string[]): OperationResponse {
  for (const id of ids) {
    const source = sources.get(id);
    const task = tasks.findOfSource(id);
    if (task !== undefined && isBusy(source, task, clock)) throw errors.taskRunning(task.id);
  }
  for (const id of ids) sources.delete(id);
  return { status: 200, body: {} };
}
