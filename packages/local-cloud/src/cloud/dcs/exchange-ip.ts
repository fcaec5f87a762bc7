import { check } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import type { SteppedTask } from '../step-runner.ts';
import { exchangeIpBody } from './bodies.ts';
import type { DcsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import {
  domainNameOf,
  type Instances,
  ipOf,
  type LocalInstance,
  portOf,
  requireRedis4,
  requireRunning,
} from './instances.ts';
import { type DcsTask, isIncremental } from './task.ts';

/** "Instances will be read-only for one minute and disconnected for several seconds" (user guide). */
const EXCHANGE_MS = 60_000;

/**
 * The exchange of a task's instances. Its ID is that of the task; its status is the task's `task_status`. Of the values, EXCHANGING is documented;
 * EXCHANGE_SUCCESS and ROLLBACK_SUCCESS were seen by Terraform's client; ROLLBACKING is a guess.
 */
export interface IpExchange extends SteppedTask {
  readonly sourceId: string;
  readonly targetId: string;
  readonly isDomainExchanged: boolean;
}

/** ExchangeInstanceIp: the target gets the address of the source, and the source that of the target. Only in the incremental phase. */
export function exchangeIp(deps: DcsDeps, call: OperationCall): OperationResponse {
  const body = check(exchangeIpBody, call.body, invalidParameter);
  const task = deps.tasks.get(call.account.projectId, call.params['task_id'] ?? '');
  if (!isIncremental(task.status) || deps.instanceData.exchanges.find(task.id) !== undefined)
    throw errors.taskState(task.status);
  const [source, target] = [sideOf(deps, task.source?.id), sideOf(deps, task.target?.id)];
  checkPair(source, target);
  const addresses = [source, target].map(ipOf);
  const foreign = body.exchanged_ip?.find((ip) => !addresses.includes(ip));
  if (foreign !== undefined)
    throw invalidParameter('exchanged_ip', `${foreign} is not the address of the source or the target`);
  const exchange: IpExchange = {
    id: task.id,
    status: 'EXCHANGING',
    steps: [],
    sourceId: source.id,
    targetId: target.id,
    isDomainExchanged: body.is_exchange_domain ?? false,
  };
  deps.instanceData.exchanges.add(exchange, [{ afterMs: EXCHANGE_MS, status: 'EXCHANGE_SUCCESS' }]);
  return { status: 204 };
}

/** RollbackExchangeInstanceIp: both get their own addresses again, and the task ends in SUCCESS. */
export function rollbackExchange(deps: DcsDeps, call: OperationCall): OperationResponse {
  const task = deps.tasks.get(call.account.projectId, call.params['task_id'] ?? '');
  const exchange = deps.instanceData.exchanges.find(task.id);
  if (exchange?.status !== 'EXCHANGE_SUCCESS' || !isIncremental(task.status)) throw errors.taskState(task.status);
  for (const id of [exchange.sourceId, exchange.targetId]) requireRunning(deps.instances.get(id));
  exchange.status = 'ROLLBACKING';
  deps.instanceData.exchanges.add(exchange, [{ afterMs: EXCHANGE_MS, status: 'ROLLBACK_SUCCESS' }]);
  return { status: 204 };
}

/** Swaps the addresses when an exchange or its rollback is complete. Calling it again restores them. */
export function swapAddresses(instances: Instances, { sourceId, targetId, isDomainExchanged }: IpExchange): void {
  const [source, target] = [instances.find(sourceId), instances.find(targetId)];
  if (source === undefined || target === undefined) return;
  const addressOf = (instance: LocalInstance) => ({
    ip: ipOf(instance),
    ...(isDomainExchanged ? { domainName: domainNameOf(instance) } : {}),
  });
  const [ofSource, ofTarget] = [addressOf(source), addressOf(target)];
  instances.change(sourceId, ofTarget);
  instances.change(targetId, ofSource);
}

/** Whether an exchange or a rollback is in progress: the instances are read-only, and the task cannot be stopped. */
export function isExchanging(exchange: IpExchange | undefined): boolean {
  return exchange?.status === 'EXCHANGING' || exchange?.status === 'ROLLBACKING';
}

/** @throws {ServiceError} when a side is not an instance of DCS */
function sideOf(deps: DcsDeps, id: string | undefined): LocalInstance {
  if (id === undefined) throw errors.typeNotSupported('the source or the target is not a DCS instance');
  return deps.instances.get(id);
}

/**
 * The prerequisites of the user guide. Different whitelists are only a warning there.
 *
 * @throws {ServiceError} codes of the error table; which of them the live service uses is not documented
 */
function checkPair(source: LocalInstance, target: LocalInstance): void {
  for (const instance of [source, target]) {
    requireRunning(instance);
    requireRedis4(instance);
    if (instance.cacheMode === 'cluster')
      throw errors.typeNotSupported('addresses of a Redis Cluster cannot be exchanged');
    if (instance.enablePublicIp === true) throw errors.notNow('public access is enabled');
  }
  if (portOf(source) !== portOf(target)) throw errors.notNow('the ports of source and target differ');
  if (source.password !== target.password) throw errors.notNow('the passwords of source and target differ');
}

/** The `task_status` of a task. */
export function taskStatusOf(deps: DcsDeps, task: DcsTask): string | null {
  return deps.instanceData.exchanges.find(task.id)?.status ?? null;
}
