import { isRecord } from '../../kernel/is-record.ts';
import type { DcsBackupRecord, DcsInstance, DcsInstances } from '../../ports/dcs.ts';
import type { AllServices } from '../../ports/services.ts';
import type { LatestBackup, PlannedTask } from '../action.ts';
import { Preflight, type PreflightFindings } from '../preflight-findings.ts';
import {
  checkInstance,
  checkMemory,
  checkRunning,
  checkVersions,
  SOURCE_BUSY,
  TARGET_BUSY,
} from '../preflight-instance.ts';
import { newestUsable } from './latest-backup.ts';
import { checkFiles, inspectFiles, warnOfAof } from './preflight-files.ts';

/** A warning for every import, because it surprises people (OTC FAQ dcs-faq-11185). */
export const IMPORT_MERGES =
  'an import merges: keys of the backup overwrite those of the same name, all other keys of the target stay';

/**
 * Checks what an import needs before anything changes: the target, the source instance of `latest_of`, the backup and its files. Call it
 * before `withBackup`, while the plan still names that instance.
 *
 * A file that this function may not read is only a warning: DCS reads it with its own permissions. Makes read-only calls.
 *
 * @throws {CloudError} when an instance or its backups can't be read
 */
export async function preflightImport(
  services: Pick<AllServices, 'dcsInstances' | 'obs'>,
  planned: PlannedTask,
): Promise<PreflightFindings> {
  const found = new Preflight();
  const dcs = await services.dcsInstances();
  const given = planned.body['target_instance'];
  const backupFiles = planned.body['backup_files'];
  // Concurrently, because each needs a round trip.
  const [target, looked] = await Promise.all([
    planned.target === undefined ? undefined : dcs.showInstance(planned.target),
    planned.latestBackup ? undefined : inspectFiles(backupFiles, services),
  ]);
  checkInstance(target, isRecord(given) ? given : {}, { path: ['target_instance'], busy: TARGET_BUSY }, found);
  if (planned.backupTargetFirst) checkCanBackUp(target, ['backup_target_first'], found);
  if (planned.latestBackup) await checkLatest(planned.latestBackup, target, dcs, found);
  else if (looked) checkFiles(looked, { instance: target, hasOnlyDatabase0: hasOnlyDatabase0(target, given) }, found);
  else await checkBackupId(backupFiles, target, dcs, found);
  found.warning(['target_instance'], IMPORT_MERGES);
  return found;
}

/** Clusters have only database 0, except a proxy cluster that is declared to have more (OTC umn dcs-migration-0312004). */
function hasOnlyDatabase0(target: DcsInstance | undefined, given: unknown): boolean {
  const mode = target?.cacheMode?.toLowerCase();
  return mode === 'cluster' || (mode === 'proxy' && !(isRecord(given) && given['proxy_multi_db'] === true));
}

function checkCanBackUp(instance: DcsInstance | undefined, path: readonly string[], found: Preflight): void {
  if (instance?.cacheMode?.toLowerCase() === 'single') {
    found.problem(path, `instance ${instance.name} is single-node; such instances have no backups`);
  }
}

async function checkLatest(
  { instanceId, copyFirst }: LatestBackup,
  target: DcsInstance | undefined,
  dcs: DcsInstances,
  found: Preflight,
): Promise<void> {
  const path = ['backup_files', 'latest_of'];
  const source = instanceId === target?.id ? target : await dcs.showInstance(instanceId);
  if (!source) {
    found.problem(path, `DCS instance ${instanceId} was not found in this region and project`);
    return;
  }
  checkVersions(source, target, path, found);
  if (copyFirst) {
    checkCanBackUp(source, ['backup_files', 'copy_first'], found);
    checkRunning(source, SOURCE_BUSY, ['backup_files', 'copy_first'], found);
    return;
  }
  const record = newestUsable(await dcs.listBackupRecords(instanceId));
  if (record) checkRecord(record, target, path, found);
  else found.problem(path, `instance ${source.name} has no backup with status succeed`);
}

function checkRecord(
  record: DcsBackupRecord,
  target: DcsInstance | undefined,
  path: readonly string[],
  found: Preflight,
): void {
  checkMemory(record.sizeBytes ?? 0, target, { path, what: `backup ${record.id}` }, found);
  if (record.format?.toLowerCase() === 'aof') warnOfAof(target, path, found);
}

/** Only the target's own records can be checked: the id does not tell which instance the backup belongs to. */
async function checkBackupId(
  given: unknown,
  target: DcsInstance | undefined,
  dcs: DcsInstances,
  found: Preflight,
): Promise<void> {
  const backupId = isRecord(given) ? given['backup_id'] : undefined;
  if (!target || typeof backupId !== 'string') return;
  const path = ['backup_files', 'backup_id'];
  const record = (await dcs.listBackupRecords(target.id)).find(({ id }) => id === backupId);
  if (!record) return;
  if (record.status.toLowerCase() === 'succeed') checkRecord(record, target, path, found);
  else found.problem(path, `the backup is ${record.status}; only one with status succeed can be imported`);
}
