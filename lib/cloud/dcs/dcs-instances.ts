import { CloudError } from '../../kernel/errors.ts';
import type { DcsBackupRecord, DcsInstance, DcsInstances } from '../../ports/dcs.ts';
import { checkPathId } from '../transport/check-path-id.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { fieldsOf, isTrue, numberOf, withoutAbsent } from '../transport/read-fields.ts';
import { readList, stringOf } from '../transport/read-response.ts';
import { type CallResult, makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableResponse } from '../transport/unusable-response.ts';
import type { DcsOptions } from './dcs.ts';
import { loadDcsClient } from './dcs-client.ts';

/** The documented limit is 1 to 1000, default 10 (ListBackupRecords, my-kualalumpur-1, 2025-11-17). */
const PAGE_ROWS = 100;
/** The limit of CopyInstance. */
const MAX_REMARK = 128;
/** The codes for an instance that does not exist, in both formats. */
const NO_INSTANCE = { codes: ['DCS.3022', '111404022'] };

/**
 * DCS instances and their backups, over the official SDK.
 *
 * Concurrent calls are not coordinated: two calls of `copyInstance` create two backups if the instance allows it.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
 */
export function makeDcsInstances(options: DcsOptions): DcsInstances {
  const sdk = makeSdkClient('DCS', options, { projectId: options.projectId });
  const dcs = makeClientCalls('DCS', sdk, options.loadClient ?? loadDcsClient);

  return {
    async showInstance(id) {
      const result = await unlessAbsent(
        dcs.one('read', 'ShowInstance', id, (client, instance_id) => client.showInstance({ instance_id })),
        NO_INSTANCE,
      );
      return result && readInstance(result);
    },

    async listBackupRecords(instanceId) {
      const operation = 'ListBackupRecords';
      return readList<DcsBackupRecord>({
        service: 'DCS',
        operation,
        rowsField: 'backup_record_response',
        page: (offset) =>
          dcs.one(
            'read',
            operation,
            instanceId,
            (client, instance_id) => client.listBackupRecords({ instance_id, offset, limit: PAGE_ROWS }),
            // 204 when there are no backups.
            { mayBeEmpty: true },
          ),
        readRow: readBackup,
      });
    },

    async copyInstance(instanceId, remark) {
      const call = { service: 'DCS', operation: 'CopyInstance' } as const;
      const instance_id = checkPathId('DCS', call.operation, instanceId);
      if (remark.length > MAX_REMARK) {
        const cloudMessage = `the remark has ${remark.length} characters; the limit is ${MAX_REMARK}`;
        throw new CloudError({
          ...call,
          outcome: 'not_sent',
          temporary: false,
          cloudCode: 'bad_remark',
          cloudMessage,
        });
      }
      const { response, requestId } = await dcs.change(call.operation, instanceId, { remark }, (client, body) =>
        client.copyInstance({ instance_id, body }),
      );
      const backupId = stringOf(fieldsOf(response)['backup_id']);
      if (backupId === undefined) {
        const message = 'the response was a success without a backup_id';
        throw unusableResponse('DCS', call.operation, 'no_backup_id', message, requestId);
      }
      return { backupId };
    },
  };
}

function readInstance({ response, requestId }: CallResult<object>): DcsInstance {
  const fields = fieldsOf(response);
  const id = stringOf(fields['instance_id']);
  if (id === undefined) {
    throw unusableResponse('DCS', 'ShowInstance', 'no_instance', 'the response has no instance_id', requestId);
  }
  return withoutAbsent({
    id,
    name: stringOf(fields['name']) ?? '',
    status: stringOf(fields['status']) ?? '',
    engineVersion: stringOf(fields['engine_version']),
    cacheMode: stringOf(fields['cache_mode']),
    maxMemoryMb: numberOf(fields['max_memory']),
    usedMemoryMb: numberOf(fields['used_memory']),
    sslEnabled: isTrue(fields['enable_ssl']),
    // A string: `true` or `false`.
    passwordFree: isTrue(fields['no_password_access']),
  });
}

function readBackup(
  row: Readonly<Record<string, unknown>>,
  redact: (text: string) => string,
): DcsBackupRecord | undefined {
  const id = stringOf(row['backup_id']);
  if (id === undefined) return undefined;
  const remark = stringOf(row['remark']);
  return withoutAbsent({
    id,
    status: stringOf(row['status']) ?? '',
    createdAt: stringOf(row['created_at']) ?? '',
    format: stringOf(row['backup_format']),
    sizeBytes: numberOf(row['size']),
    remark: remark === undefined ? undefined : redact(remark),
  });
}
