import { isRecord } from '../../kernel/is-record.ts';
import type { DcsInstance } from '../../ports/dcs.ts';
import type { AllServices } from '../../ports/services.ts';
import type { Preflight } from '../preflight-findings.ts';
import { checkMemory } from '../preflight-instance.ts';
import { BACKUP_FILE_ENDINGS, kindByName } from './backup-file-kind.ts';
import { partByName } from './backup-part.ts';
import { checkBackupFile, type FileTarget } from './check-backup-file.ts';
import { type FileInspection, inspectFile } from './inspect-file.ts';

/** Maximum number of files in a backup (reference of ListBackupFileLinks). Beyond this, only names are checked. */
const MAX_FILES_READ = 64;
/** Objects that are read concurrently. */
const CONCURRENCY = 8;

/** A file of an import. `inspection` is absent when the name alone refuses the file, or for files beyond the limit. */
export interface InspectedFile {
  readonly name: string;
  readonly inspection: FileInspection | undefined;
}

/** @returns `undefined` when the import does not read files from a bucket */
export async function inspectFiles(
  given: unknown,
  services: Pick<AllServices, 'obs'>,
): Promise<readonly InspectedFile[] | undefined> {
  if (!isRecord(given) || typeof given['backup_id'] === 'string') return undefined;
  const { bucket_name: bucket, files } = given;
  if (typeof bucket !== 'string' || !Array.isArray(files)) return undefined;
  const names = files.map((file: unknown) => (isRecord(file) ? String(file['file_name']) : ''));
  const obs = await services.obs();
  const inspected: InspectedFile[] = [];
  for (let from = 0; from < names.length; from += CONCURRENCY) {
    const group = names.slice(from, from + CONCURRENCY).map((name, i) => ({ name, index: from + i }));
    const seen = group.map(async ({ name, index }) => ({
      name,
      inspection:
        index < MAX_FILES_READ && refusedName(name) === undefined ? await inspectFile(obs, bucket, name) : undefined,
    }));
    inspected.push(...(await Promise.all(seen)));
  }
  return inspected;
}

export function checkFiles(inspected: readonly InspectedFile[], target: FileTarget, found: Preflight): void {
  if (inspected.length > MAX_FILES_READ) {
    found.warning(
      ['backup_files', 'files'],
      `has ${inspected.length} files; only the first ${MAX_FILES_READ} were checked`,
    );
  }
  for (const [index, file] of inspected.entries()) checkFile(file, index, target, found);
  const bytes = inspected.reduce(
    (sum, { inspection }) => sum + (inspection && 'bytes' in inspection ? inspection.bytes.size : 0),
    0,
  );
  checkMemory(bytes, target.instance, { path: ['backup_files', 'files'], what: 'the data to import' }, found);
}

function checkFile({ name, inspection }: InspectedFile, index: number, target: FileTarget, found: Preflight): void {
  const path = ['backup_files', 'files', index, 'file_name'];
  const shown = JSON.stringify(name);
  const refused = refusedName(name);
  if (refused !== undefined) {
    found.problem(path, `${shown} ${refused}`);
    return;
  }
  const kind = kindByName(name);
  if (kind === 'aof') warnOfAof(target.instance, path, found);
  if (inspection && 'failure' in inspection) checkFailure(inspection, { shown, path }, found);
  else if (inspection && kind) {
    for (const problem of checkBackupFile(kind, inspection.bytes, target)) found.problem(path, `${shown} ${problem}`);
  }
}

/** Why a file of this name can't be a backup. */
function refusedName(name: string): string | undefined {
  const part = partByName(name);
  if (part) return `is ${part.description}: ${part.remedy}`;
  if (kindByName(name)) return undefined;
  return `is not a backup: its name must end with one of ${BACKUP_FILE_ENDINGS.join(', ')}`;
}

interface FilePlace {
  readonly shown: string;
  readonly path: readonly (string | number)[];
}

function checkFailure(
  { failure, error }: Extract<FileInspection, { readonly failure: unknown }>,
  { shown, path }: FilePlace,
  found: Preflight,
): void {
  switch (failure.is) {
    case 'temporary':
      found.temporaryProblem(failure.code, path, failure.message);
      return;
    case 'unavailable':
      found.temporaryProblem(error, path, `${shown} was not checked: ${failure.message}`);
      return;
    case 'unknown':
      found.warning(path, `${shown} was not checked: ${failure.message}`);
      return;
    case 'final': {
      const at = failure.about === 'bucket' ? ['backup_files', 'bucket_name'] : path;
      // Reported once for all files of a bucket.
      if (!found.problems.some(({ message }) => message === failure.message)) found.problem(at, failure.message);
    }
  }
}

/** An old page says that a Redis Cluster accepts only RDB files, a newer one that it accepts both. */
export function warnOfAof(target: DcsInstance | undefined, path: readonly (string | number)[], found: Preflight): void {
  if (target?.cacheMode?.toLowerCase() !== 'cluster') return;
  found.warning(path, 'importing an AOF into a Redis Cluster may fail; an RDB is safer');
}
