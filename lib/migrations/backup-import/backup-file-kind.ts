/** The kinds of files that can be imported (OTC umn dcs-ug-0312037): dumps, and archives of dumps. */
export type BackupFileKind = 'rdb' | 'aof' | 'zip' | 'gzip';

const ENDINGS: readonly (readonly [string, BackupFileKind])[] = [
  ['.rdb', 'rdb'],
  ['.aof', 'aof'],
  ['.zip', 'zip'],
  ['.tar.gz', 'gzip'],
];

export const BACKUP_FILE_ENDINGS = ENDINGS.map(([ending]) => ending);

/** The kind of a file by its name, ignoring case. `undefined` when it can't be imported. */
export function kindByName(name: string): BackupFileKind | undefined {
  return ENDINGS.find(([ending]) => name.toLowerCase().endsWith(ending))?.[1];
}

/** The kind of a file by its first bytes. `undefined` when they match none. */
export function kindByBytes(start: Buffer): BackupFileKind | undefined {
  const text = start.subarray(0, 5).toString('latin1');
  if (text === 'REDIS') return 'rdb';
  if (text.startsWith('PK\x03\x04')) return 'zip';
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  // Redis 7 may start an AOF with a line such as "#TS:1700000000".
  return text.startsWith('*') || text.startsWith('#TS:') ? 'aof' : undefined;
}

/** Does the content fit the name? An AOF may start with an RDB (Redis 4 and later: `aof-use-rdb-preamble`). */
export function isKindAsNamed(named: BackupFileKind, seen: BackupFileKind | undefined): boolean {
  return seen === named || (named === 'aof' && seen === 'rdb');
}
