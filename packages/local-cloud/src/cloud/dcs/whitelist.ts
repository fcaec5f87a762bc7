import { BlockList, isIP, isIPv6 } from 'node:net';
import { check } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import type { DcsDeps } from './deps.ts';
import { invalidParameter } from './errors.ts';
import { whitelistBody } from './instance-bodies.ts';
import { type LocalInstance, requireRedis4, requireRunning } from './instances.ts';

const MAX_GROUPS = 4;
const MAX_ADDRESSES = 20;
const EVERYTHING = new Set(['0.0.0.0', '0.0.0.0/0', '0.0.0/0']);

export interface Whitelist {
  readonly isEnabled: boolean;
  readonly groups: readonly { readonly group_name: string; readonly ip_list: readonly string[] }[];
}

/** ShowIpWhitelist. Note the path: `instance`, not `instances`. */
export function showWhitelist(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { id } = instanceOf(deps, call);
  const { isEnabled, groups } = deps.instanceData.whitelistOf(id);
  return { status: 200, body: { instance_id: id, enable_whitelist: isEnabled, whitelist: groups } };
}

/** UpdateIpWhitelist: replaces the whole list. */
export function updateWhitelist(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { enable_whitelist: isEnabled, whitelist: groups } = check(whitelistBody, call.body, invalidParameter);
  const instance = instanceOf(deps, call);
  requireRunning(instance);
  const names = groups.map(({ group_name: name }) => name);
  if (groups.length > MAX_GROUPS) throw invalidParameter('whitelist', `must have at most ${MAX_GROUPS} groups`);
  if (new Set(names).size < names.length) throw invalidParameter('whitelist', 'must have different group names');
  const addresses = groups.flatMap(addressesOf);
  if (addresses.length > MAX_ADDRESSES)
    throw invalidParameter('ip_list', `an instance has at most ${MAX_ADDRESSES} addresses`);
  if (new Set(addresses).size < addresses.length) throw invalidParameter('ip_list', 'must have different addresses');
  const wrong = addresses.find((address) => !isAllowedAddress(address));
  if (wrong !== undefined) throw invalidParameter('ip_list', `${wrong} is not an allowed address or range`);
  deps.instanceData.setWhitelist(instance.id, { isEnabled, groups });
  return { status: 204 };
}

/** Whether a client with this address may connect. */
export function admits({ isEnabled, groups }: Whitelist, ip: string): boolean {
  if (!isEnabled) return true;
  const list = new BlockList();
  for (const address of groups.flatMap(addressesOf)) {
    const [network = '', prefix] = address.split('/');
    const family = isIPv6(network) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(prefix), family);
  }
  return list.check(ip);
}

/** Several addresses may also be separated by commas. */
function addressesOf({ ip_list: list }: Whitelist['groups'][number]): string[] {
  return list.flatMap((entry) => entry.split(',').map((address) => address.trim()));
}

function isAllowedAddress(address: string): boolean {
  const [network = '', prefix, ...rest] = address.split('/');
  const version = isIP(network);
  if (EVERYTHING.has(address) || version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

function instanceOf(deps: DcsDeps, call: OperationCall): LocalInstance {
  const instance = deps.instances.get(call.params['instance_id'] ?? '');
  requireRedis4(instance);
  return instance;
}
