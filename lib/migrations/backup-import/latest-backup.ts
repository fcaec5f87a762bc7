import { RunError } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import type { DcsBackupRecord } from '../../ports/dcs.ts';
import type { AllServices } from '../../ports/services.ts';
import type { PlannedTask } from '../action.ts';

/**
 * The newest record that can be imported: among those with status `succeed`, the one that was created last. `undefined` when there is none. The
 * service's order is not documented, and is not relied on.
 */
export function newestUsable(records: readonly DcsBackupRecord[]): DcsBackupRecord | undefined {
  let newest: DcsBackupRecord | undefined;
  for (const record of records) {
    if (record.status.toLowerCase() !== 'succeed') continue;
    if (!newest || Date.parse(record.createdAt) > Date.parse(newest.createdAt)) newest = record;
  }
  return newest;
}

/**
 * The newest backup of an instance that can be imported.
 *
 * @throws {RunError} `no_backup` when it has none. A retry helps once a backup was taken
 * @throws {CloudError} when the records can't be read
 */
export async function getLatestBackup(
  services: Pick<AllServices, 'dcsInstances'>,
  instanceId: string,
): Promise<DcsBackupRecord> {
  const records = await (await services.dcsInstances()).listBackupRecords(instanceId);
  const newest = newestUsable(records);
  if (newest) return newest;
  const states = [...new Set(records.map(({ status }) => status))].join(', ');
  const had = records.length === 0 ? 'it has no backups' : `its ${records.length} are ${states}`;
  const message = `instance ${instanceId} has no backup with status succeed: ${had}; take one, or set copy_first: true`;
  throw new RunError('no_backup', message, [{ path: ['backup_files', 'latest_of'], message }]);
}

/** Completes the plan of an import with the id of its backup. */
export function withBackup(planned: PlannedTask, backupId: string): PlannedTask {
  const { latestBackup: _, body, ...rest } = planned;
  const files = isRecord(body['backup_files']) ? body['backup_files'] : {};
  return { ...rest, body: { ...body, backup_files: { ...files, backup_id: backupId } } };
}
