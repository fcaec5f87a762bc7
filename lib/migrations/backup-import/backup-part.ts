/** What a file is a part of, and what to import in its place; to be read after the file's name. */
export interface BackupPart {
  readonly is: string;
  readonly remedy: string;
}

export const APPEND_ONLY_PART: BackupPart = {
  is: 'a part of an append-only folder of Redis 7, and not a backup alone',
  remedy: 'write one RDB with BGSAVE, and import that',
};

const SPLIT_PART: BackupPart = {
  is: 'a part of a split archive',
  remedy: 'join the parts, and upload one .zip, .tar.gz or .rdb',
};

const UNFINISHED: BackupPart = {
  is: 'a file that Redis was still writing',
  remedy: 'write one RDB with BGSAVE, and import that',
};

/** An archive of a part is one, too. */
const ARCHIVED = String.raw`(?:\.zip|\.tar\.gz|\.gz|\.tgz)?$`;

/**
 * Redis 7 names the files of its folder after `appendfilename` (`redis.conf`, `aof.c`): `<name>.<number>.base.rdb` or `.base.aof`,
 * `<name>.<number>.incr.aof`, `<name>.manifest`; the folder is `appenddirname`, `appendonlydir` by default. An append-only file from before
 * Redis 7 is one file, and lies in the folder only after an upgrade.
 */
const PARTS: readonly (readonly [RegExp, BackupPart])[] = [
  [new RegExp(String.raw`\.\d+\.(?:base|incr)\.(?:aof|rdb)${ARCHIVED}`, 'i'), APPEND_ONLY_PART],
  [new RegExp(String.raw`\.manifest${ARCHIVED}`, 'i'), APPEND_ONLY_PART],
  [/(?:^|\/)appendonlydir(?:[/.]|$)/i, APPEND_ONLY_PART],
  [/(?:^|\/)temp-rewriteaof-(?:bg-)?\d+\.aof$/i, UNFINISHED],
  // zip -s, 7-Zip, RAR, WinZip; then split(1), with and without a prefix of its own.
  [/\.(?:\d{3,}|z\d{2,}|r\d{2,}|part\d+\.(?:rar|zip|tar\.gz|tgz|7z))$/i, SPLIT_PART],
  [/\.(?:rdb|aof|zip|tar|gz|tgz)[._-]?(?:part[._-]?)?(?:a[a-z]|\d+)$/i, SPLIT_PART],
];

/** What the name of a file, with its folders, says that it is a part of. `undefined` for one that may be whole. */
export function partByName(key: string): BackupPart | undefined {
  return PARTS.find(([pattern]) => pattern.test(key))?.[1];
}
