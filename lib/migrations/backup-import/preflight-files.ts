import { isRecord } from '../../kernel/is-record.ts';
import type { DcsInstance } from '../../ports/dcs.ts';
import type { AllServices } from '../../ports/services.ts';
import type { Preflight } from '../preflight-findings.ts';
import { checkMemory } from '../preflight-instance.ts';
import { BACKUP_FILE_ENDINGS, kindByName } from './backup-file-kind.ts';
import { partByName } from './backup-part.ts';
import { type FileTarget, judgeBackupFile } from './judge-backup-file.ts';
import { type FileLook, lookAtFile } from './look-at-file.ts';

/** A backup has at most so many files (reference of ListBackupFileLinks); of more, the names alone are looked at. */
const MAX_FILES_READ = 64;
/** Objects that are looked at side by side. */
const AT_ONCE = 8;

/** A file of an import; without `look` its name says enough, or it was one too many. */
export interface LookedAt {
  readonly name: string;
  readonly look: FileLook | undefined;
}

/** @returns undefined when the import is of no files in a bucket */
export async function lookAtFiles(
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
      look: index < MAX_FILES_READ && refusedName(name) === undefined ? await lookAtFile(obs, bucket, name) : undefined,
    }));
    looked.push(...(await Promise.all(seen)));
  }
  return looked;
}

export function checkFiles(looked: readonly LookedAt[], target: FileTarget, found: Preflight): void {
  if (looked.length > MAX_FILES_READ) {
    found.warning(
      ['backup_files', 'files'],
      `there are ${looked.length}; only the first ${MAX_FILES_READ} were looked into`,
    );
  }
  for (const [index, file] of looked.entries()) checkFile(file, index, target, found);
  const bytes = looked.reduce((sum, { look }) => sum + (look && 'bytes' in look ? look.bytes.size : 0), 0);
  checkMemory(bytes, target.instance, { path: ['backup_files', 'files'], what: `what is to be imported` }, found);
}

function checkFile({ name, look }: LookedAt, index: number, target: FileTarget, found: Preflight): void {
  const path = ['backup_files', 'files', index, 'file_name'];
  const shown = JSON.stringify(name);
  const refused = refusedName(name);
  if (refused !== undefined) {
    found.problem(path, `${shown} ${refused}`);
    return;
  }
  const kind = kindByName(name);
  if (kind === 'aof') warnOfAof(target.instance, path, found);
  if (look && 'answer' in look) checkAnswer(look, { shown, path }, found);
  else if (look && kind) {
    for (const problem of judgeBackupFile(kind, look.bytes, target)) found.problem(path, `${shown} ${problem}`);
  }
}

/** Why a name can't be that of a backup. */
function refusedName(name: string): string | undefined {
  const part = partByName(name);
  if (part) return `is ${part.is}: ${part.wayOut}`;
  if (kindByName(name)) return undefined;
  return `is no backup: its name ends in none of ${BACKUP_FILE_ENDINGS.join(', ')}`;
}

interface AskedFor {
  readonly shown: string;
  readonly path: readonly (string | number)[];
}

function checkAnswer(
  { answer, error }: Extract<FileLook, { readonly answer: unknown }>,
  { shown, path }: AskedFor,
  found: Preflight,
): void {
  switch (answer.is) {
    case 'passing':
      found.pass(answer.code, path, answer.message);
      return;
    case 'troubled':
      found.pass(error, path, `${shown} was not looked into: ${answer.message}`);
      return;
    case 'untold':
      found.warning(path, `${shown} was not looked into: ${answer.message}`);
      return;
    case 'final': {
      const at = answer.about === 'bucket' ? ['backup_files', 'bucket_name'] : path;
      // Once for all files of a bucket.
      if (!found.problems.some(({ message }) => message === answer.message)) found.problem(at, answer.message);
    }
  }
}

/** An old page says that a Redis Cluster takes RDB alone, a newer one that it takes both. */
export function warnOfAof(target: DcsInstance | undefined, path: readonly (string | number)[], found: Preflight): void {
  if (target?.cacheMode?.toLowerCase() !== 'cluster') return;
  found.warning(path, 'an AOF into a Redis Cluster may fail; an RDB is safer');
}
