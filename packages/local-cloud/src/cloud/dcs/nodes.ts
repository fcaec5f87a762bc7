import { createHash } from 'node:crypto';
import { check, queryObject } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import type { DcsDeps } from './deps.ts';
import { invalidParameter } from './errors.ts';
import { nodesQuery } from './instance-bodies.ts';
import { ipOf, isCluster, type LocalInstance, portOf, requireRedis4 } from './instances.ts';

/** A node of an instance. */
export interface InstanceNode {
  /** 32 hex digits. */
  readonly id: string;
  readonly type: 'master' | 'slave' | 'proxy';
  readonly ip: string;
  /** The shard of a Redis server; a proxy belongs to none. */
  readonly shard: number;
}

/** The number of shards: 3 in a cluster, else 1. */
export function shardsOf(instance: LocalInstance): number {
  return isCluster(instance) ? 3 : 1;
}

/** The nodes of an instance: a master for each shard, a replica unless it is a single-node instance, and two proxies of a Proxy Cluster. */
export function nodesOf(instance: LocalInstance): InstanceNode[] {
  const { id, cacheMode = 'ha', status } = instance;
  if (status === 'CREATING') return [];
  const kinds = cacheMode === 'single' ? (['master'] as const) : (['master', 'slave'] as const);
  const servers = Array.from({ length: shardsOf(instance) }, (_, shard) =>
    kinds.map((type) => ({ type, shard })),
  ).flat();
  const proxies = cacheMode === 'proxy' ? [0, 1].map((shard) => ({ type: 'proxy' as const, shard })) : [];
  return [...servers, ...proxies].map(({ type, shard }, index) => {
    const nodeId = hexOf(`${id} ${type} ${shard}`);
    // The first node has the address of the instance; the others keep theirs when that changes.
    return { id: nodeId, type, ip: index === 0 ? ipOf(instance) : ipFrom(nodeId), shard };
  });
}

/** ShowNodesInformation. */
export function showNodes(deps: DcsDeps, call: OperationCall): OperationResponse {
  const instance = deps.instances.get(call.params['instance_id'] ?? '');
  requireRedis4(instance);
  const nodes = nodesOf(instance).map((node) => nodeBody(instance, node));
  return { status: 200, body: { instance_id: instance.id, total: nodes.length, nodes } };
}

/** BatchShowNodesInformation. */
export function listNodes(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { offset, limit } = check(nodesQuery, queryObject(call.query), invalidParameter);
  const all = deps.instances.all();
  const instances = all.slice(offset, offset + limit).map((instance) => {
    const nodes = nodesOf(instance).map((node) => nodeBody(instance, node));
    return { instance_id: instance.id, node_count: nodes.length, nodes };
  });
  return { status: 200, body: { count: all.length, instances } };
}

function nodeBody(instance: LocalInstance, { id, type, ip, shard }: InstanceNode): Record<string, unknown> {
  const isProxy = type === 'proxy';
  return {
    logical_node_id: hexOf(`${id} logical`),
    name: `(${isProxy ? 'proxy' : type === 'master' ? 'master' : 'replica'})${ip}`,
    status: 'Active',
    az_code: type === 'slave' ? 'ap-southeast-3b' : 'ap-southeast-3a',
    node_role: isProxy ? 'redis-proxy' : 'redis-server',
    node_type: type,
    node_ip: ip,
    node_port: String(portOf(instance)),
    node_id: id,
    priority_weight: type === 'slave' ? 100 : 0,
    is_access: true,
    group_id: isProxy ? null : dashed(hexOf(`${instance.id} group ${shard}`)),
    group_name: isProxy ? null : groupName(shard),
    is_remove_ip: false,
    replication_id: isProxy ? null : dashed(hexOf(`${id} replication`)),
    dimensions: [
      { name: 'dcs_instance_id', value: instance.id },
      { name: 'dcs_cluster_redis_node', value: hexOf(`${id} monitored`) },
    ],
  };
}

export function groupName(shard: number): string {
  return `group-${shard}`;
}

function ipFrom(hex: string): string {
  return `192.168.${Number.parseInt(hex.slice(0, 2), 16)}.${Number.parseInt(hex.slice(2, 4), 16)}`;
}

function hexOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function dashed(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
