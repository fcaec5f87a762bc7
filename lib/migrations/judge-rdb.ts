import type { DcsInstance } from './all-services.ts';
import { APPEND_ONLY_PART } from './backup-part.ts';
import type { FileBytes } from './judge-backup-file.ts';
import { isChecksumRight, rdbEndBytes } from './rdb-checksum.ts';
import { firstEngineFor, newestRdbVersion } from './rdb-versions.ts';
import { RDB_HEADER_BYTES, type RdbSeen, rdbVersion, walkRdb } from './walk-rdb.ts';

/** What an RDB is said to be, alone or at the start of an append-only file. */
export interface RdbJudgement {
  /** Why it can't be imported, to be read after its name. */
  readonly problems: readonly string[];
  /** Absent when nothing of it could be read. */
  readonly seen?: RdbSeen;
}

const CUT = 'is cut off: the end of an RDB is missing';
const SENT_AS_TEXT = 'it was sent as a text; send it again in binary mode';

/** Judges an RDB that is a file of its own. */
export function judgeRdb(bytes: FileBytes, target: DcsInstance | undefined): RdbJudgement {
  const { problems, seen } = judgeStart(bytes, target);
  if (!seen || problems.length > 0) return { problems, ...(seen && { seen }) };
  const wrong = judgeEnd(bytes, seen) ?? judgeKeys(seen);
  return { problems: [...(wrong === undefined ? [] : [wrong]), ...newer(seen.version, target)], seen };
}

/** Judges the RDB that an append-only file may begin with; commands follow its end. */
export function judgePreamble(bytes: FileBytes, target: DcsInstance | undefined): RdbJudgement {
  const { problems, seen } = judgeStart(bytes, target);
  if (!seen || problems.length > 0) return { problems, ...(seen && { seen }) };
  const isCut = seen.stopped === 'cut' && bytes.size === bytes.head.length;
  return { problems: [...(isCut ? [CUT] : []), ...newer(seen.version, target)], seen };
}

function judgeStart({ size, head }: FileBytes, target: DcsInstance | undefined): RdbJudgement {
  const version = rdbVersion(head);
  if (version === undefined) {
    return { problems: [size < RDB_HEADER_BYTES ? CUT : 'is damaged: it begins with REDIS, and names no RDB version'] };
  }
  const seen = walkRdb(head, version);
  if (seen.mangled !== undefined) return { problems: [`is damaged: ${seen.mangled}; ${SENT_AS_TEXT}`], seen };
  if (!seen.isBaseOfFolder) return { problems: [], seen };
  const { is, wayOut } = APPEND_ONLY_PART;
  return { problems: [`is ${is} (its field aof-base says so): ${wayOut}`, ...newer(version, target)], seen };
}

function judgeEnd({ size, head, tail }: FileBytes, { version, stopped, endsAt }: RdbSeen): string | undefined {
  const isWhole = size === head.length;
  const end = isWhole ? head : tail;
  const endBytes = rdbEndBytes(version);
  if (end && end[end.length - endBytes] !== 0xff) return CUT;
  if (stopped === 'end' && endsAt + endBytes - 1 < size) return 'goes on after the end of its RDB';
  if (!isWhole) return undefined;
  if (stopped === 'cut' || (stopped === 'end' && endsAt + endBytes - 1 > size)) return CUT;
  if (endBytes > 1 && !isChecksumRight(head)) {
    return `is damaged: its checksum does not fit; if ${SENT_AS_TEXT.replace('; ', ', ')}`;
  }
  return undefined;
}

function judgeKeys({ stopped, databases }: RdbSeen): string | undefined {
  return stopped === 'end' && databases.size === 0 ? 'holds no key' : undefined;
}

function newer(version: number, target: DcsInstance | undefined): string[] {
  const engine = target?.engineVersion;
  const newest = engine === undefined ? undefined : newestRdbVersion(engine);
  if (!target || newest === undefined || version <= newest) return [];
  const first = firstEngineFor(version);
  const wayOut = first === undefined ? 'take a backup of an older Redis' : `it needs Redis ${first} or later`;
  return [
    `has RDB version ${version}, newer than the engine: instance ${target.name} has Redis ${engine}, which reads up to ${newest}; ${wayOut}`,
  ];
}
