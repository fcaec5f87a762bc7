import { check, queryObject } from '../check.ts';
import { pageOf } from '../listed-tasks.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import { backupLinksBody, copyInstanceBody, listBackupRecordsQuery } from './backup-bodies.ts';
import { type BackupRecord, backupEntry } from './backups.ts';
import type { DcsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { requireIdle } from './idle-instance.ts';
import { ipOf, isCluster, type LocalInstance, requireRunning } from './instances.ts';

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
    .listed(instanceOf(deps, call).id)
    .filter(({ createdAt }) => createdAt >= begin && createdAt <= end);
  if (records.length === 0 && deps.assumed('backup-list-empty') === 'no-content') return { status: 204 };
  const page = pageOf(records, { offset, limit }, deps.assumed('backup-page-size')).map(backupEntry);
  return { status: 200, body: { total_num: records.length, backup_record_response: page } };
}

/** CopyInstance: takes a backup. Single-node instances do not support backups; an instance runs one job at a time. */
export function copyInstance(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { remark = '', backup_format: format = 'rdb' } = check(copyInstanceBody, call.body, invalidParameter);
  const instance = instanceOf(deps, call);
  if (instance.cacheMode === 'single') throw errors.backupNotSupported();
  requireIdle(deps, instance);
  return { status: 200, body: { backup_id: deps.backups.create(instance.id, remark, format).id } };
}

/** ListBackupFileLinks: the files of a backup in DCS's own bucket. */
export function listBackupFileLinks(deps: DcsDeps, call: OperationCall): OperationResponse {
  check(backupLinksBody, call.body, invalidParameter);
  const instance = instanceOf(deps, call);
  const record = recordOf(deps, instance, call);
  if (record.status !== 'succeed') throw errors.backupNotUsable();
  const time = new Date(record.createdAt).toISOString().slice(0, 19).replace(/\D/g, '');
  const links = (isCluster(instance) ? SLOTS_OF_SHARDS : ['0-16383']).map((slots) => {
    const file = `redis_${ipOf(instance)}_6379_${slots}_${time}.${record.format}`;
    return { file_name: file, link: `https://dcs-backups.obs.myhuaweicloud.com/${record.id}/${file}?Signature=local` };
  });
  return { status: 200, body: { file_path: `${record.id}/`, bucket_name: 'dcs-backups', links } };
}

/** DeleteBackupFile: deletes a record and its file. A backup that is running, or being restored, is refused. */
export function deleteBackupFile(deps: DcsDeps, call: OperationCall): OperationResponse {
  const instance = instanceOf(deps, call);
  const record = recordOf(deps, instance, call);
  if (record.status === 'waiting' || record.status === 'backuping') throw errors.backingUp();
  requireRunning(instance);
  deps.backups.delete(record);
  return { status: 204 };
}

/** @throws {ServiceError} DCS.4031 */
function recordOf(deps: DcsDeps, instance: LocalInstance, call: OperationCall): BackupRecord {
  const record = deps.backups.of(instance.id).find(({ id }) => id === call.params['backup_id']);
  if (record === undefined) throw errors.unknownBackup();
  return record;
}
