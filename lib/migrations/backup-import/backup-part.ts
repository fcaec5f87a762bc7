/** Describes a file that is not a whole backup, and what to import instead. Worded to follow the file's name. */
export interface BackupPart {
  readonly description: string;
  readonly remedy: string;
}

export const APPEND_ONLY_PART: BackupPart = {
  description: 'part of an append-only directory of Redis 7, and not a backup by itself',
  remedy: 'write an RDB with BGSAVE, and import that',
};

const SPLIT_PART: BackupPart = {
  description: 'part of a split archive',
  remedy: 'join the parts, and upload one .zip, .tar.gz or .rdb',
};

const UNFINISHED: BackupPart = {
  description: 'a file that Redis was still writing',
  remedy: 'write an RDB with BGSAVE, and import that',
};

/** An archive of a part is also matched. */
const ARCHIVED = String.raw`(?:\.zip|\.tar\.gz|\.gz|\.tgz)?$`;

/**
 * Redis 7 names the files of its directory after `appendfilename` (`redis.conf`, `aof.c`): `<name>.<number>.base.rdb` or `.base.aof`,
 * `<name>.<number>.incr.aof`, `<name>.manifest`; the directory is `appenddirname`, by default `appendonlydir`. Before Redis 7, an
 * append-only file is a single file, and is in that directory only after an upgrade.
 */
const PARTS: readonly (readonly [RegExp, BackupPart])[] = [
  [new RegExp(String.raw`\.\d+\.(?:base|incr)\.(?:aof|rdb)${ARCHIVED}`, 'i'), APPEND_ONLY_PART],
  [new RegExp(String.raw`\.manifest${ARCHIVED}`, 'i'), APPEND_ONLY_PART],
  [/(?:^|\/)appendonlydir(?:[/.]|$)/i, APPEND_ONLY_PART],
  [/(?:^|\/)temp-rewriteaof-(?:bg-)?\d+\.aof$/i, UNFINISHED],
  // zip -s, 7-Zip, RAR, WinZip; then split(1), with and without a custom prefix.
  [/\.(?:\d{3,}|z\d{2,}|r\d{2,}|part\d+\.(?:rar|zip|tar\.gz|tgz|7z))$/i, SPLIT_PART],
  [/\.(?:rdb|aof|zip|tar|gz|tgz)[._-]?(?:part[._-]?)?(?:a[a-z]|\d+)$/i, SPLIT_PART],
];

/** What a file is part of, by its key. `undefined` for a file that may be whole. */
export function partByName(key: string): BackupPart | undefined {
  return PARTS.find(([pattern]) => pattern.test(key))?.[1];
}
