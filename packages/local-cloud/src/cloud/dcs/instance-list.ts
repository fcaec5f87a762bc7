import { check, queryObject } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import type { DcsDeps } from './deps.ts';
import { invalidParameter } from './errors.ts';
import { listInstancesQuery } from './instance-bodies.ts';
import { listedInstance } from './instance-body.ts';
import { ipOf, type LocalInstance } from './instances.ts';

/** ListInstances. `instance_num` counts all instances that match. `name` matches parts of names unless `name_equal` is `true`. */
export function listInstances(deps: DcsDeps, call: OperationCall): OperationResponse {
  const query = check(listInstancesQuery, queryObject(call.query), invalidParameter);
  const wantedTags = query.tags?.split(',') ?? [];
  const found = deps.instances.all().filter((instance) => {
    const { id, name, status = 'RUNNING', maxMemory = 1024, tags = [] } = instance;
    return (
      (status !== 'CREATEFAILED' || query.include_failure === 'true') &&
      (status !== 'DELETED' || query.include_delete === 'true') &&
      isWanted(query.instance_id, id) &&
      isWanted(query.status, status) &&
      (query.name_equal === 'true'
        ? isWanted(query.name, name)
        : query.name === undefined || name.includes(query.name)) &&
      (query.ip === undefined || hasIp(instance, query.ip)) &&
      isWanted(query.capacity, String(maxMemory / 1024)) &&
      wantedTags.every((wanted) => tags.some(({ key, value }) => wanted === `${key}=${value}`))
    );
  });
  const page = found.slice(query.offset, query.offset + query.limit);
  const now = deps.clock.now();
  const instances = page.map((instance) => listedInstance(instance, now));
  return { status: 200, body: { instance_num: found.length, instances } };
}

function isWanted(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === value;
}

/** A cluster has several addresses, separated by commas. */
function hasIp(instance: LocalInstance, ip: string): boolean {
  return ipOf(instance).split(',').includes(ip);
}
