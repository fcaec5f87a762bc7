import type { DcsInstance } from '../../ports/dcs.ts';
import { APPEND_ONLY_PART } from './backup-part.ts';
import type { FileBytes } from './file-bytes.ts';
import { isChecksumRight, rdbEndBytes } from './rdb-checksum.ts';
import { firstEngineFor, newestRdbVersion } from './rdb-versions.ts';
import { RDB_HEADER_BYTES, type RdbSeen, rdbVersion, walkRdb } from './walk-rdb.ts';

/** What an RDB is said to be, alone or at the start of an append-only file. */
export interface RdbCheck {
  /** Why it can't be imported, to be read after its name. */
  readonly problems: readonly string[];
  /** Absent when nothing of it could be read. */
  readonly seen?: RdbSeen;
}

const CUT = 'is cut off: the end of an RDB is missing';
const SENT_AS_TEXT = 'it was sent as a text; send it again in binary mode';

/** Judges an RDB that is a file of its own. */
export function checkRdb(bytes: FileBytes, target: DcsInstance | undefined): RdbCheck {
  return judgeStart(bytes, target, (seen) => judgeBase(seen) ?? judgeEnd(bytes, seen) ?? judgeKeys(seen));
}

/** Judges the RDB that an append-only file may begin with; commands follow its end. */
export function checkPreamble(bytes: FileBytes, target: DcsInstance | undefined): RdbCheck {
  return judgeStart(bytes, target, (seen) => {
    const isWhole = bytes.size === bytes.head.length;
    if (isWhole && isCut(bytes, seen)) return CUT;
    // With the commands that belong to it, a base is all of an append-only file.
    return seen.length === bytes.size ? judgeBase(seen) : undefined;
  });
}

function judgeStart(
  { size, head }: FileBytes,
  target: DcsInstance | undefined,
  judge: (seen: RdbSeen) => string | undefined,
): RdbCheck {
  const version = rdbVersion(head);
  if (version === undefined) {
    return { problems: [size < RDB_HEADER_BYTES ? CUT : 'is damaged: it begins with REDIS, and names no RDB version'] };
  }
  const seen = walkRdb(head, version);
  const wrong = seen.mangled === undefined ? judge(seen) : `is damaged: ${seen.mangled}; ${SENT_AS_TEXT}`;
  return { problems: [...(wrong === undefined ? [] : [wrong]), ...newer(version, target)], seen };
}

function judgeBase({ isBaseOfFolder }: RdbSeen): string | undefined {
  const { is, remedy } = APPEND_ONLY_PART;
  return isBaseOfFolder ? `is ${is} (its field aof-base says so): ${remedy}` : undefined;
}

/** Of a file that was read whole. */
function isCut({ size }: FileBytes, seen: RdbSeen): boolean {
  return seen.stopped === 'cut' || (seen.length ?? 0) > size;
}

function judgeEnd(bytes: FileBytes, seen: RdbSeen): string | undefined {
  const { size, head, tail } = bytes;
  const isWhole = size === head.length;
  const end = isWhole ? head : tail;
  const endBytes = rdbEndBytes(seen.version);
  if (isWhole && isCut(bytes, seen)) return CUT;
  if (seen.length !== undefined && seen.length < size) return 'goes on after the end of its RDB';
  if (end && end[end.length - endBytes] !== 0xff) return CUT;
  if (!isWhole || endBytes === 1 || isChecksumRight(head)) return undefined;
  return 'is damaged: its checksum does not fit; if it was sent as a text, send it again in binary mode';
}

function judgeKeys({ stopped, databases }: RdbSeen): string | undefined {
  return stopped === 'end' && databases.size === 0 ? 'holds no key' : undefined;
}

function newer(version: number, target: DcsInstance | undefined): string[] {
  const engine = target?.engineVersion;
  const newest = engine === undefined ? undefined : newestRdbVersion(engine);
  if (!target || newest === undefined || version <= newest) return [];
  const first = firstEngineFor(version);
  const remedy = first === undefined ? 'take a backup of an older Redis' : `it needs Redis ${first} or later`;
  return [
    `has RDB version ${version}, newer than the engine: instance ${target.name} has Redis ${engine}, which reads up to ${newest}; ${remedy}`,
  ];
}
