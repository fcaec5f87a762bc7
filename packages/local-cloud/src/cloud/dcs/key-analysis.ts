import { randomUUID } from 'node:crypto';
import { check, queryObject } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import type { SteppedTask } from '../step-runner.ts';
import type { DcsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { requireIdle } from './idle-instance.ts';
import { keyAnalysesQuery, keyAnalysisBody } from './instance-bodies.ts';
import { requireRedis4 } from './instances.ts';
import { analyzeKeys, type KeyAnalysis, keysOfShard } from './key-figures.ts';
import { groupName, nodesOf, shardsOf } from './nodes.ts';
import type { StoredKey } from './stored-key.ts';

const QUEUE_MS = 5_000;
const ANALYSIS_MS = 30_000;
/** A new backup is taken first: as long as that takes (see `Backups`), and a little longer. */
const BACKUP_MS = 310_000;

/** An offline key analysis: waiting, running, then success or failed. */
export interface KeyAnalysisTask extends SteppedTask {
  readonly instanceId: string;
  readonly nodeId: string;
  readonly nodeIp: string;
  readonly nodeType: string;
  readonly shard: number;
  readonly shards: number;
  readonly backupId: string;
  readonly type: 'new_backup' | 'old_backup';
  readonly createdAt: number;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  /** Undefined until it has succeeded. */
  result: KeyAnalysis | undefined;
}

/** CreateOfflineKeyAnalysis: counts the keys of one node in a backup; without `backup_id` in a new one. */
export function createKeyAnalysis(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { node_id: nodeId, backup_id: oldId } = check(keyAnalysisBody, call.body, invalidParameter);
  const instance = deps.instances.get(call.params['instance_id'] ?? '');
  requireRedis4(instance);
  const node = nodesOf(instance).find(({ id, type }) => id === nodeId && type !== 'proxy');
  if (node === undefined) throw errors.unknownNode();
  if (oldId === undefined && instance.cacheMode === 'single') throw errors.backupNotSupported();
  const old = deps.backups.of(instance.id).find(({ id }) => id === oldId);
  if (oldId !== undefined && old === undefined) throw errors.unknownBackup();
  if (old !== undefined && old.status !== 'succeed') throw errors.backupNotUsable();
  requireIdle(deps, instance);
  const task: KeyAnalysisTask = {
    id: randomUUID(),
    status: 'waiting',
    steps: [],
    instanceId: instance.id,
    nodeId,
    nodeIp: node.ip,
    nodeType: node.type,
    shard: node.shard,
    shards: shardsOf(instance),
    backupId: (old ?? deps.backups.create(instance.id, 'offline key analysis', 'rdb')).id,
    type: old === undefined ? 'new_backup' : 'old_backup',
    createdAt: deps.clock.now(),
    startedAt: undefined,
    finishedAt: undefined,
    result: undefined,
  };
  deps.instanceData.analyses.add(task, [
    { afterMs: old === undefined ? BACKUP_MS : QUEUE_MS, status: 'running' },
    { afterMs: ANALYSIS_MS, status: 'success' },
  ]);
  return { status: 200, body: { task_id: task.id } };
}

/** Fills in what a task has found when it ends. Without a usable backup it fails. */
export function onAnalysisStep(
  task: KeyAnalysisTask,
  now: number,
  backup: { readonly status: string; readonly keys: readonly StoredKey[] } | undefined,
): void {
  if (task.status === 'running') task.startedAt = now;
  if (task.status !== 'success') return;
  task.finishedAt = now;
  if (backup?.status === 'succeed') task.result = analyzeKeys(keysOfShard(backup.keys, task.shard, task.shards));
  else task.status = 'failed';
}

/** ListOfflineKeyAnalysisTask, newest first. */
export function listKeyAnalyses(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { offset, limit, status } = check(keyAnalysesQuery, queryObject(call.query), invalidParameter);
  const { id } = deps.instances.get(call.params['instance_id'] ?? '');
  const found = deps.instanceData.analyses
    .all()
    .filter((task) => task.instanceId === id && (status === undefined || task.status === status))
    .reverse();
  const records = found.slice(offset, offset + limit).map((task) => ({
    id: task.id,
    status: task.status,
    created_at: new Date(task.createdAt).toISOString(),
    started_at: timeText(task.startedAt),
    finished_at: timeText(task.finishedAt),
  }));
  return { status: 200, body: { instance_id: id, total: found.length, records } };
}

/** ShowOfflineKeyAnalysisTask. It has no status; the figures are 0 and the lists empty until the task has succeeded. */
export function showKeyAnalysis(deps: DcsDeps, call: OperationCall): OperationResponse {
  const task = taskOf(deps, call);
  return {
    status: 200,
    body: {
      id: task.id,
      instance_id: task.instanceId,
      node_id: task.nodeId,
      backup_id: task.backupId,
      group_name: groupName(task.shard),
      node_ip: task.nodeIp,
      node_ipv6: '',
      node_type: task.nodeType,
      analysis_type: task.type,
      started_at: timeText(task.startedAt),
      finished_at: timeText(task.finishedAt),
      ...(task.result ?? analyzeKeys([])),
    },
  };
}

/** ListOfflineKeyAnalysisNodes: the node of a task (API page of 2026; not in the SDK). */
export function listAnalysisNodes(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { nodeId, nodeIp, nodeType, shard } = taskOf(deps, call);
  const node = {
    id: nodeId,
    name: `(${nodeType})${nodeIp}`,
    group_name: groupName(shard),
    node_ip: nodeIp,
    node_ipv6: '',
  };
  return { status: 200, body: { nodes: [node] } };
}

/** DeleteOfflineKeyAnalysisTask. A task that has not ended is refused. */
export function deleteKeyAnalysis(deps: DcsDeps, call: OperationCall): OperationResponse {
  const task = taskOf(deps, call);
  if (task.status === 'waiting' || task.status === 'running') throw errors.analyzing();
  deps.instanceData.analyses.delete(task);
  return { status: 200, body: { task_id: task.id } };
}

function taskOf(deps: DcsDeps, call: OperationCall): KeyAnalysisTask {
  const { id } = deps.instances.get(call.params['instance_id'] ?? '');
  const task = deps.instanceData.analyses.find(call.params['task_id'] ?? '');
  if (task?.instanceId !== id) throw errors.unknownAnalysis();
  return task;
}

function timeText(ms: number | undefined): string {
  return ms === undefined ? '' : new Date(ms).toISOString();
}
