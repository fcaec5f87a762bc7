import type { DcsInstance } from '../../ports/dcs.ts';
import { APPEND_ONLY_PART } from './backup-part.ts';
import type { FileBytes } from './file-bytes.ts';
import { isChecksumRight, rdbEndBytes } from './rdb-checksum.ts';
import { firstEngineFor, newestRdbVersion } from './rdb-versions.ts';
import { RDB_HEADER_BYTES, type RdbSeen, rdbVersion, walkRdb } from './walk-rdb.ts';

/** The result of checking an RDB, alone or at the start of an append-only file. */
export interface RdbCheck {
  /** Why it can't be imported, worded to follow its name. */
  readonly problems: readonly string[];
  /** What was read. Absent when nothing could be read. */
  readonly seen?: RdbSeen;
}

const TRUNCATED = 'is truncated: the end of the RDB is missing';
const TEXT_MODE = 'it was transferred in text mode; transfer it again in binary mode';

/** Checks an RDB file. */
export function checkRdb(bytes: FileBytes, target: DcsInstance | undefined): RdbCheck {
  return checkStart(bytes, target, (seen) => checkBase(seen) ?? checkEnd(bytes, seen) ?? checkKeys(seen));
}

/** Checks the RDB at the start of an append-only file; commands follow it. */
export function checkPreamble(bytes: FileBytes, target: DcsInstance | undefined): RdbCheck {
  return checkStart(bytes, target, (seen) => {
    const isWhole = bytes.size === bytes.head.length;
    if (isWhole && isTruncated(bytes, seen)) return TRUNCATED;
    // A base that is followed by its commands is a complete append-only file.
    return seen.length === bytes.size ? checkBase(seen) : undefined;
  });
}

function checkStart(
  { size, head }: FileBytes,
  target: DcsInstance | undefined,
  check: (seen: RdbSeen) => string | undefined,
): RdbCheck {
  const version = rdbVersion(head);
  if (version === undefined) {
    return {
      problems: [size < RDB_HEADER_BYTES ? TRUNCATED : 'is damaged: it starts with REDIS, but has no RDB version'],
    };
  }
  const seen = walkRdb(head, version);
  const problem = seen.mangled === undefined ? check(seen) : `is damaged: ${seen.mangled}; ${TEXT_MODE}`;
  return { problems: [...(problem === undefined ? [] : [problem]), ...checkVersion(version, target)], seen };
}

function checkBase({ isAppendOnlyBase }: RdbSeen): string | undefined {
  const { description, remedy } = APPEND_ONLY_PART;
  return isAppendOnlyBase ? `is ${description} (according to its field aof-base): ${remedy}` : undefined;
}

/** Is a completely read file truncated? */
function isTruncated({ size }: FileBytes, seen: RdbSeen): boolean {
  return seen.stopped === 'cut' || (seen.length ?? 0) > size;
}

function checkEnd(bytes: FileBytes, seen: RdbSeen): string | undefined {
  const { size, head, tail } = bytes;
  const isWhole = size === head.length;
  const end = isWhole ? head : tail;
  const endBytes = rdbEndBytes(seen.version);
  if (isWhole && isTruncated(bytes, seen)) return TRUNCATED;
  if (seen.length !== undefined && seen.length < size) return 'has data after the end of its RDB';
  if (end && end[end.length - endBytes] !== 0xff) return TRUNCATED;
  if (!isWhole || endBytes === 1 || isChecksumRight(head)) return undefined;
  return 'is damaged: its checksum does not match; if it was transferred in text mode, transfer it again in binary mode';
}

function checkKeys({ stopped, databases }: RdbSeen): string | undefined {
  return stopped === 'end' && databases.size === 0 ? 'contains no keys' : undefined;
}

function checkVersion(version: number, target: DcsInstance | undefined): string[] {
  const engine = target?.engineVersion;
  const newest = engine === undefined ? undefined : newestRdbVersion(engine);
  if (!target || newest === undefined || version <= newest) return [];
  const first = firstEngineFor(version);
  const remedy = first === undefined ? 'take a backup of an older Redis' : `it needs Redis ${first} or later`;
  return [
    `has RDB version ${version}, newer than the engine: instance ${target.name} has Redis ${engine}, which reads up to ${newest}; ${remedy}`,
  ];
}
