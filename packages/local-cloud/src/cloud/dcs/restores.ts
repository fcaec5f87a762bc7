import { randomUUID } from 'node:crypto';
import { check, queryObject } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import { scriptedSteps, slownessOf } from '../scripts.ts';
import type { SteppedTask } from '../step-runner.ts';
import { listBackupRecordsQuery, restoreInstanceBody } from './backup-bodies.ts';
import type { DcsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { requireIdle } from './idle-instance.ts';
import type { StoredKey } from './stored-key.ts';

const QUEUE_MS = 5_000;
/** 1 to 30 minutes according to the user guide. */
const RESTORE_MS = 60_000;

/** A record of RestoreInstance: waiting, restoring, then succeed or failed. */
export interface RestoreRecord extends SteppedTask {
  readonly instanceId: string;
  readonly name: string;
  readonly remark: string;
  readonly backupId: string;
  readonly backupName: string;
  readonly backupRemark: string;
  readonly keys: readonly StoredKey[];
  readonly createdAt: number;
  updatedAt: number;
  errorCode: string;
}

/** RestoreInstance: replaces the data of an instance with those of one of its own backups. Meanwhile it is RESTORING and refuses clients. */
export function restoreInstance(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { backup_id: backupId, remark = '' } = check(restoreInstanceBody, call.body, invalidParameter);
  const instance = deps.instances.get(call.params['instance_id'] ?? '');
  if (instance.cacheMode === 'single') throw errors.backupNotSupported();
  const backup = deps.backups.of(instance.id).find(({ id }) => id === backupId);
  if (backup === undefined) throw errors.unknownBackup();
  if (backup.status !== 'succeed') throw errors.backupNotUsable();
  requireIdle(deps, instance);
  const now = deps.clock.now();
  const ms = RESTORE_MS * slownessOf(deps.situations, 'restore', remark);
  const script = deps.scripts.take('restore', { operation: 'RestoreInstance', name: remark });
  const end =
    script === undefined
      ? [{ afterMs: ms, status: 'succeed' }]
      : scriptedSteps(script, {
          ms,
          failed: 'failed',
          unknown: 'frozen',
          deleted: 'failed',
          failure: script.code ?? 'dcs.08.0007',
        });
  const record: RestoreRecord = {
    id: randomUUID(),
    status: 'waiting',
    steps: [],
    instanceId: instance.id,
    name: `restore_${new Date(now).toISOString().slice(0, 19).replace(/\D/g, '')}`,
    remark,
    backupId,
    backupName: backup.name,
    backupRemark: backup.remark,
    keys: backup.keys,
    createdAt: now,
    updatedAt: now,
    errorCode: '',
  };
  deps.instanceData.startRestore(record, [{ afterMs: QUEUE_MS, status: 'restoring' }, ...end]);
  return { status: 200, body: { restore_id: record.id } };
}

/** ListRestoreRecords: 204 when there are none, as for backups. */
export function listRestoreRecords(deps: DcsDeps, call: OperationCall): OperationResponse {
  const query = check(listBackupRecordsQuery, queryObject(call.query), invalidParameter);
  const { begin_time: begin = Number.NEGATIVE_INFINITY, end_time: end = Number.POSITIVE_INFINITY } = query;
  const { id } = deps.instances.get(call.params['instance_id'] ?? '');
  const records = deps.instanceData.restores
    .all()
    .filter(({ instanceId, createdAt }) => instanceId === id && createdAt >= begin && createdAt <= end);
  if (records.length === 0) return { status: 204 };
  const page = records.slice(query.offset, query.offset + query.limit).map(restoreEntry);
  return { status: 200, body: { restore_record_response: page, total_num: records.length } };
}

function restoreEntry(record: RestoreRecord): Record<string, unknown> {
  return {
    backup_id: record.backupId,
    restore_id: record.id,
    backup_name: record.backupName,
    updated_at: new Date(record.updatedAt).toISOString(),
    restore_remark: record.remark,
    created_at: new Date(record.createdAt).toISOString(),
    progress: record.status === 'succeed' ? '100.00' : record.status === 'restoring' ? '50.00' : '0.00',
    error_code: record.errorCode,
    restore_name: record.name,
    backup_remark: record.backupRemark,
    status: record.status,
  };
}
