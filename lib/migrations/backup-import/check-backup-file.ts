import type { DcsInstance } from '../../ports/dcs.ts';
import { type BackupFileKind, isKindAsNamed, kindByBytes } from './backup-file-kind.ts';
import { checkTarGz, checkZip } from './check-archive.ts';
import { checkPreamble, checkRdb } from './check-rdb.ts';
import type { FileBytes } from './file-bytes.ts';
import { walkAof } from './walk-aof.ts';

/** Where the file goes. */
export interface FileTarget {
  readonly instance: DcsInstance | undefined;
  /** It has database 0 alone. */
  readonly hasOnlyDatabase0: boolean;
}

/**
 * Why a file can't be imported, each to be read after its name.
 *
 * Judged by what was read: a database that begins later, and what an archive holds inside of its files, is not seen.
 *
 * @param kind that its name says
 */
export function checkBackupFile(kind: BackupFileKind, bytes: FileBytes, target: FileTarget): readonly string[] {
  if (bytes.size === 0) return ['is empty'];
  const begins = kindByBytes(bytes.head);
  if (!isKindAsNamed(kind, begins)) return [`is no ${kind}: it ${beginsAs(begins, bytes.head)}`];
  switch (kind) {
    case 'rdb': {
      const { problems, seen } = checkRdb(bytes, target.instance);
      return [...problems, ...oneDatabase(seen?.databases, target)];
    }
    case 'aof':
      return judgeAof(bytes, target);
    case 'zip':
      return present(checkZip(bytes));
    case 'gzip':
      return present(checkTarGz(bytes));
  }
}

function beginsAs(begins: BackupFileKind | undefined, head: Buffer): string {
  if (begins) return `begins as ${begins} does`;
  const isValkey = head.subarray(0, 6).toString('latin1') === 'VALKEY';
  return isValkey ? 'begins as a dump of Valkey 9 does, which Redis cannot read' : 'begins as no backup does';
}

function judgeAof(bytes: FileBytes, target: FileTarget): readonly string[] {
  const { head, size } = bytes;
  if (kindByBytes(head) !== 'rdb') return judgeCommands(head, target, new Set());
  const { problems, seen } = checkPreamble(bytes, target.instance);
  if (!seen) return problems;
  const { databases, length = size } = seen;
  if (length >= size || problems.length > 0) return [...problems, ...oneDatabase(databases, target)];
  return judgeCommands(head.subarray(length), target, databases);
}

function judgeCommands(commands: Buffer, target: FileTarget, before: ReadonlySet<number>): readonly string[] {
  const { databases, isMangled } = walkAof(commands);
  if (isMangled) {
    return [
      'is damaged: it has something between its commands; if it was sent as a text, send it again in binary mode',
    ];
  }
  return oneDatabase(new Set([...before, ...databases]), target);
}

function oneDatabase(databases: ReadonlySet<number> | undefined, target: FileTarget): readonly string[] {
  const others = [...(databases ?? [])].filter((database) => database !== 0).sort((a, b) => a - b);
  if (!target.hasOnlyDatabase0 || others.length === 0) return [];
  const name = target.instance?.name ?? 'the target';
  return [`has keys in database ${others.join(', ')}, and instance ${name} has database 0 alone`];
}

function present(problem: string | undefined): readonly string[] {
  return problem === undefined ? [] : [problem];
}
