import { check, queryObject } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import { backupLinksBody, copyInstanceBody, listBackupRecordsQuery } from './backup-bodies.ts';
import { backupEntry } from './backups.ts';
import type { DcsDeps } from './deps.ts';
import { dcsError, errors, invalidParameter } from './errors.ts';
import { type LocalInstance, stateCode } from './instances.ts';

/** A cluster backup has one file per shard. */
const SLOTS_OF_SHARDS = ['0-5460', '5461-10922', '10923-16383'];

function instanceOf(deps: DcsDeps, call: OperationCall): LocalInstance {
  return deps.instances.get(call.params['instance_id'] ?? '');
}

/** ListBackupRecords: 204 when there are none. The response for a page beyond the last one is not documented; here it is 200 with an empty list. */
export function listBackupRecords(deps: DcsDeps, call: OperationCall): OperationResponse {
  const query = check(listBackupRecordsQuery, queryObject(call.query), invalidParameter);
  const {
    begin_time: begin = Number.NEGATIVE_INFINITY,
    end_time: end = Number.POSITIVE_INFINITY,
    offset,
    limit,
  } = query;
  const records = deps.backups
    .of(instanceOf(deps, call).id)
    .filter(({ createdAt }) => createdAt >= begin && createdAt <= end);
  if (records.length === 0) return { status: 204 };
  const page = records.slice(offset, offset + limit).map(backupEntry);
  return { status: 200, body: { total_num: records.length, backup_record_response: page } };
}

/** CopyInstance: takes a backup. Single-node instances do not support backups; an instance runs one job at a time. */
export function copyInstance(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { remark = '', backup_format: format = 'rdb' } = check(copyInstanceBody, call.body, invalidParameter);
  const instance = instanceOf(deps, call);
  if (instance.cacheMode === 'single') throw errors.backupNotSupported();
  const status = instance.status ?? 'RUNNING';
  const code = stateCode(status);
  if (code !== undefined)
    throw dcsError(400, code, `This operation is not allowed while the DCS instance is ${status}.`);
  if (deps.backups.isRunning(instance.id)) throw errors.backingUp();
  if (deps.tasks.isTargeted(instance.id)) throw errors.jobRunning();
  return { status: 200, body: { backup_id: deps.backups.create(instance.id, remark, format).id } };
}

/** ListBackupFileLinks: the files of a backup in DCS's own bucket. */
export function listBackupFileLinks(deps: DcsDeps, call: OperationCall): OperationResponse {
  check(backupLinksBody, call.body, invalidParameter);
  const instance = instanceOf(deps, call);
  const record = deps.backups.of(instance.id).find(({ id }) => id === call.params['backup_id']);
  if (record === undefined) throw errors.unknownBackup();
  if (record.status !== 'succeed') throw errors.backupNotUsable();
  const isCluster = instance.cacheMode === 'cluster' || instance.cacheMode === 'proxy';
  const time = new Date(record.createdAt).toISOString().slice(0, 19).replace(/\D/g, '');
  const links = (isCluster ? SLOTS_OF_SHARDS : ['0-16383']).map((slots) => {
    const file = `redis_${instance.ip ?? '192.168.0.10'}_6379_${slots}_${time}.${record.format}`;
    return { file_name: file, link: `https://dcs-backups.obs.myhuaweicloud.com/${record.id}/${file}?Signature=local` };
  });
  return { status: 200, body: { file_path: `${record.id}/`, bucket_name: 'dcs-backups', links } };
}
