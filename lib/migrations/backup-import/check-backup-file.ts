import type { DcsInstance } from '../../ports/dcs.ts';
import { type BackupFileKind, isKindAsNamed, kindByBytes } from './backup-file-kind.ts';
import { checkTarGz, checkZip } from './check-archive.ts';
import { checkPreamble, checkRdb } from './check-rdb.ts';
import type { FileBytes } from './file-bytes.ts';
import { walkAof } from './walk-aof.ts';

/** The instance that a file is imported into. */
export interface FileTarget {
  readonly instance: DcsInstance | undefined;
  /** It has no database but 0. */
  readonly hasOnlyDatabase0: boolean;
}

/**
 * Why a file can't be imported: problems that are worded to follow its name.
 *
 * Based on the bytes that were read: databases that begin later, and the content of the files in an archive, are not checked.
 *
 * @param kind the kind by its name
 */
export function checkBackupFile(kind: BackupFileKind, bytes: FileBytes, target: FileTarget): readonly string[] {
  if (bytes.size === 0) return ['is empty'];
  const begins = kindByBytes(bytes.head);
  if (!isKindAsNamed(kind, begins)) return [`is not a valid ${kind} file: it ${describeStart(begins, bytes.head)}`];
  switch (kind) {
    case 'rdb': {
      const { problems, seen } = checkRdb(bytes, target.instance);
      return [...problems, ...checkDatabases(seen?.databases, target)];
    }
    case 'aof':
      return checkAof(bytes, target);
    case 'zip':
      return present(checkZip(bytes));
    case 'gzip':
      return present(checkTarGz(bytes));
  }
}

function describeStart(begins: BackupFileKind | undefined, head: Buffer): string {
  if (begins) return `starts like ${begins} data`;
  const isValkey = head.subarray(0, 6).toString('latin1') === 'VALKEY';
  return isValkey ? 'starts like a dump of Valkey 9, which Redis cannot read' : 'does not start like a backup';
}

function checkAof(bytes: FileBytes, target: FileTarget): readonly string[] {
  const { head, size } = bytes;
  if (kindByBytes(head) !== 'rdb') return checkCommands(head, target, new Set());
  const { problems, seen } = checkPreamble(bytes, target.instance);
  if (!seen) return problems;
  const { databases, length = size } = seen;
  if (length >= size || problems.length > 0) return [...problems, ...checkDatabases(databases, target)];
  return checkCommands(head.subarray(length), target, databases);
}

function checkCommands(commands: Buffer, target: FileTarget, before: ReadonlySet<number>): readonly string[] {
  const { databases, isMangled } = walkAof(commands);
  if (isMangled) {
    return [
      'is damaged: there is invalid data between its commands; if it was transferred in text mode, transfer it again in binary mode',
    ];
  }
  return checkDatabases(new Set([...before, ...databases]), target);
}

function checkDatabases(databases: ReadonlySet<number> | undefined, target: FileTarget): readonly string[] {
  const others = [...(databases ?? [])].filter((database) => database !== 0).sort((a, b) => a - b);
  if (!target.hasOnlyDatabase0 || others.length === 0) return [];
  const name = target.instance?.name ?? 'the target';
  return [`has keys in database ${others.join(', ')}, but instance ${name} has only database 0`];
}

function present(problem: string | undefined): readonly string[] {
  return problem === undefined ? [] : [problem];
}
