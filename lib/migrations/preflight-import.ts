import { CloudError } from '../errors.ts';
import type { LatestBackup, PlannedTask } from './action.ts';
import type { AllServices, DcsBackupRecord, DcsInstance, DcsInstances, ObsService } from './all-services.ts';
import { BACKUP_FILE_ENDINGS, isKindAsNamed, kindByBytes, kindByName, MARK_BYTES } from './backup-file-kind.ts';
import { isRecord } from './describe-value.ts';
import { newestUsable } from './latest-backup.ts';
import { Preflight, type PreflightFindings } from './preflight-findings.ts';
import { checkInstance, checkMemory, checkVersions } from './preflight-instance.ts';

/** A backup has at most so many files (reference of ListBackupFileLinks); of more, the names alone are looked at. */
const MOST_FILES_READ = 64;
/** Objects that are looked at side by side. */
const AT_ONCE = 8;

/** Said of every import, for it surprises (OTC FAQ dcs-faq-11185). */
export const IMPORT_MERGES =
  'an import merges: keys of the backup overwrite those of the same name, all other keys of the target stay';

/**
 * Looks at what an import needs before anything changes: the target, the source instance of `latest_of`, the backup and its files. Call it
 * before `withBackup`, while the plan still names that instance.
 *
 * Files that can't be read from here are no problem, only a warning: DCS reads them with rights of its own. Makes reading calls only.
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
  // Side by side: each is a way to the cloud and back.
  const [target, looked] = await Promise.all([
    planned.target === undefined ? undefined : dcs.showInstance(planned.target),
    planned.latestBackup ? undefined : lookAtFiles(backupFiles, services),
  ]);
  checkInstance(target, isRecord(given) ? given : {}, ['target_instance'], found);
  if (planned.backupTargetFirst) checkCanBackUp(target, ['backup_target_first'], found);
  if (planned.latestBackup) await checkLatest(planned.latestBackup, target, dcs, found);
  else if (looked) checkFiles(looked, target, found);
  else await checkBackupId(backupFiles, target, dcs, found);
  found.warning(['target_instance'], IMPORT_MERGES);
  return found;
}

function checkCanBackUp(instance: DcsInstance | undefined, path: readonly string[], found: Preflight): void {
  if (instance?.cacheMode?.toLowerCase() === 'single') {
    found.problem(path, `instance ${instance.name} is single-node, and such instances have no backups`);
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
    found.problem(path, `there is no DCS instance ${instanceId} in this region and project`);
    return;
  }
  checkVersions(source, target, path, found);
  if (copyFirst) {
    checkCanBackUp(source, ['backup_files', 'copy_first'], found);
    if (source.status.toUpperCase() !== 'RUNNING') {
      const message = `instance ${source.name} is ${source.status}, and must be RUNNING to be backed up`;
      found.problem(['backup_files', 'copy_first'], message);
    }
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

/** An old page says that a Redis Cluster takes RDB alone, a newer one that it takes both. */
function warnOfAof(target: DcsInstance | undefined, path: readonly (string | number)[], found: Preflight): void {
  if (target?.cacheMode?.toLowerCase() !== 'cluster') return;
  found.warning(path, 'an AOF into a Redis Cluster may fail; an RDB is safer');
}

/** A file of an import; without `look` it was one too many. */
interface LookedAt {
  readonly name: string;
  readonly look: Look | undefined;
}

/** @returns undefined when the import is of no files in a bucket */
async function lookAtFiles(
  given: unknown,
  services: Pick<AllServices, 'obs'>,
): Promise<readonly LookedAt[] | undefined> {
  if (!isRecord(given) || typeof given['backup_id'] === 'string') return undefined;
  const { bucket_name: bucket, files } = given;
  if (typeof bucket !== 'string' || !Array.isArray(files)) return undefined;
  const names = files.map((file: unknown) => (isRecord(file) ? String(file['file_name']) : ''));
  const obs = await services.obs();
  const looked: LookedAt[] = [];
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const group = names.slice(from, from + AT_ONCE).map((name, i) => ({ name, index: from + i }));
    const seen = group.map(async ({ name, index }) => ({
      name,
      look: index < MOST_FILES_READ ? await look(obs, bucket, name) : undefined,
    }));
    looked.push(...(await Promise.all(seen)));
  }
  return looked;
}

function checkFiles(looked: readonly LookedAt[], target: DcsInstance | undefined, found: Preflight): void {
  if (looked.length > MOST_FILES_READ) {
    found.warning(
      ['backup_files', 'files'],
      `there are ${looked.length}; only the first ${MOST_FILES_READ} were looked into`,
    );
  }
  for (const [index, { name, look }] of looked.entries()) checkFile(name, look, index, target, found);
  const bytes = looked.reduce((sum, { look }) => sum + (look?.size ?? 0), 0);
  checkMemory(bytes, target, { path: ['backup_files', 'files'], what: `what is to be imported` }, found);
}

/** Only the target's own records can be looked at: the id does not say whose backup it is. */
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

interface Look {
  readonly size?: number;
  /** The first bytes. */
  readonly start?: Buffer;
  /** Why nothing was seen. */
  readonly unseen?: string;
}

async function look(obs: ObsService, bucket: string, key: string): Promise<Look> {
  try {
    const seen = await obs.readStart(bucket, key, MARK_BYTES);
    return seen ?? { unseen: 'it is not there, or this function may not see it' };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { unseen: error.message };
  }
}

function checkFile(
  name: string,
  seen: Look | undefined,
  index: number,
  target: DcsInstance | undefined,
  found: Preflight,
): void {
  const path = ['backup_files', 'files', index, 'file_name'];
  const kind = kindByName(name);
  if (!kind) {
    found.problem(
      path,
      `${JSON.stringify(name)} is no backup: its name ends in none of ${BACKUP_FILE_ENDINGS.join(', ')}`,
    );
  }
  if (kind === 'aof') warnOfAof(target, path, found);
  if (!seen) return;
  if (seen.unseen !== undefined) {
    found.warning(path, `${JSON.stringify(name)} was not looked into: ${seen.unseen}`);
  } else if (seen.size === 0) found.problem(path, `${JSON.stringify(name)} is empty`);
  else if (kind && seen.start) {
    const begins = kindByBytes(seen.start);
    if (isKindAsNamed(kind, begins)) return;
    const what = begins ? `begins as ${begins} does` : 'begins as no backup does';
    found.problem(path, `${JSON.stringify(name)} is no ${kind}: it ${what}`);
  }
}
