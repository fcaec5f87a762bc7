import { CloudError } from '../../kernel/errors.ts';
import type { DcsBackupRecord, DcsInstance, DcsInstances } from '../../ports/dcs.ts';
import { checkPathId } from '../transport/check-path-id.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { readList, textOf } from '../transport/read-answer.ts';
import { fieldsOf, isTrue, numberOf, withoutAbsent } from '../transport/read-fields.ts';
import { type Answered, makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableAnswer } from '../transport/unusable-answer.ts';
import type { DcsOptions } from './dcs.ts';
import { loadDcsClient } from './dcs-client.ts';

/** The documented limit is 1 to 1000, default 10 (ListBackupRecords, my-kualalumpur-1, 2025-11-17). */
const PAGE_ROWS = 100;
/** The limit of CopyInstance. */
const MAX_REMARK = 128;
/** The instance does not exist, in both families of codes. */
const NO_INSTANCE = { codes: ['DCS.3022', '111404022'] };

/**
 * DCS instances and their backups, over the official SDK.
 *
 * Two calls at once do not know of each other: two of `copyInstance` take two backups, if the instance allows it.
 *
 * @throws {ConfigError} when there are no keys, or endpoint or project id are malformed
 */
export function makeDcsInstances(options: DcsOptions): DcsInstances {
  const sdk = makeSdkClient('DCS', options, { projectId: options.projectId });
  const dcs = makeClientCalls('DCS', sdk, options.loadClient ?? loadDcsClient);

  return {
    async showInstance(id) {
      const answered = await unlessAbsent(
        dcs.one('read', 'ShowInstance', id, (client, instance_id) => client.showInstance({ instance_id })),
        NO_INSTANCE,
      );
      return answered && readInstance(answered);
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
            // 204 when there are none.
            { mayBeEmpty: true },
          ),
        readRow: readBackup,
      });
    },

    async copyInstance(instanceId, remark) {
      const call = { service: 'DCS', operation: 'CopyInstance' } as const;
      const instance_id = checkPathId('DCS', call.operation, instanceId);
      if (remark.length > MAX_REMARK) {
        const cloudMessage = `a remark has at most ${MAX_REMARK} characters, this one ${remark.length}`;
        throw new CloudError({
          ...call,
          outcome: 'not_sent',
          temporary: false,
          cloudCode: 'bad_remark',
          cloudMessage,
        });
      }
      const { answer, requestId } = await dcs.change(call.operation, instanceId, { remark }, (client, body) =>
        client.copyInstance({ instance_id, body }),
      );
      const backupId = textOf(fieldsOf(answer)['backup_id']);
      if (backupId === undefined) {
        const message = 'the answer was a success without a backup_id';
        throw unusableAnswer('DCS', call.operation, 'no_backup_id', message, requestId);
      }
      return { backupId };
    },
  };
}

function readInstance({ answer, requestId }: Answered<object>): DcsInstance {
  const fields = fieldsOf(answer);
  const id = textOf(fields['instance_id']);
  if (id === undefined) {
    throw unusableAnswer('DCS', 'ShowInstance', 'no_instance', 'the answer has no instance_id', requestId);
  }
  return withoutAbsent({
    id,
    name: textOf(fields['name']) ?? '',
    status: textOf(fields['status']) ?? '',
    engineVersion: textOf(fields['engine_version']),
    cacheMode: textOf(fields['cache_mode']),
    maxMemoryMb: numberOf(fields['max_memory']),
    usedMemoryMb: numberOf(fields['used_memory']),
    sslEnabled: isTrue(fields['enable_ssl']),
    // A text, `true` or `false`.
    passwordFree: isTrue(fields['no_password_access']),
  });
}

function readBackup(
  row: Readonly<Record<string, unknown>>,
  redact: (text: string) => string,
): DcsBackupRecord | undefined {
  const id = textOf(row['backup_id']);
  if (id === undefined) return undefined;
  const remark = textOf(row['remark']);
  return withoutAbsent({
    id,
    status: textOf(row['status']) ?? '',
    createdAt: textOf(row['created_at']) ?? '',
    format: textOf(row['backup_format']),
    sizeBytes: numberOf(row['size']),
    remark: remark === undefined ? undefined : redact(remark),
  });
}
