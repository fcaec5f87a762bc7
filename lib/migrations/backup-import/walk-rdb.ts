import { BytesCursor, EndOfBytes } from './bytes-cursor.ts';
import { rdbEndBytes } from './rdb-checksum.ts';
import { readLength, readString, skipValue, UnknownRdbPart } from './rdb-values.ts';

/** What was read from the first bytes of an RDB. */
export interface RdbSeen {
  /** 1 to 9999, from the file's first nine bytes. */
  readonly version: number;
  /** The databases of the keys that were read. */
  readonly databases: ReadonlySet<number>;
  /** Redis 7 marks it as the base of an append-only directory. */
  readonly isAppendOnlyBase: boolean;
  /** How it was changed during transfer, if it was. */
  readonly mangled?: string;
  /**
   * `end`: the end mark was read. `cut`: the bytes ended. `unknown`: unknown data follows, and the rest was not checked.
   */
  readonly stopped: 'end' | 'cut' | 'unknown';
  /** With `end`: how many bytes the RDB has, including its checksum. The file may have more or fewer. */
  readonly length?: number;
}

/** `REDIS` and four digits. */
export const RDB_HEADER_BYTES = 9;

const OPCODE = {
  slotInfo: 0xf4,
  function: 0xf5,
  idle: 0xf8,
  frequency: 0xf9,
  aux: 0xfa,
  resize: 0xfb,
  expiresMs: 0xfc,
  expires: 0xfd,
  select: 0xfe,
  end: 0xff,
} as const;
/** The lowest opcode, and the highest type of a value. */
const MIN_OPCODE = 0xc8;
const MAX_TYPE = 0x1f;

/** The version in an RDB's header. `undefined` when the bytes do not start with one. */
export function rdbVersion(bytes: Buffer): number | undefined {
  const version = Number(/^REDIS(\d{4})/.exec(bytes.subarray(0, RDB_HEADER_BYTES).toString('latin1'))?.[1] ?? 0);
  return version > 0 ? version : undefined;
}

/**
 * Walks through the keys in the first bytes of an RDB.
 *
 * @param bytes including the header, which `rdbVersion` has read
 */
export function walkRdb(bytes: Buffer, version: number): RdbSeen {
  const cursor = new BytesCursor(bytes, RDB_HEADER_BYTES);
  const seen: Seen = { databases: new Set<number>(), database: 0, isAppendOnlyBase: false };
  const result = (stopped: RdbSeen['stopped']): RdbSeen => {
    const { databases, isAppendOnlyBase, mangled } = seen;
    const length = stopped === 'end' ? { length: cursor.at - 1 + rdbEndBytes(version) } : {};
    return { version, databases, isAppendOnlyBase, stopped, ...length, ...(mangled && { mangled }) };
  };
  try {
    const mangled = mangledStart(bytes.subarray(RDB_HEADER_BYTES));
    if (mangled !== undefined) return { ...result('unknown'), mangled };
    while (walkOne(cursor, seen)) if (seen.mangled !== undefined) return result('unknown');
    return result('end');
  } catch (error) {
    if (error instanceof EndOfBytes) return result('cut');
    if (error instanceof UnknownRdbPart) return result('unknown');
    throw error;
  }
}

interface Seen {
  readonly databases: Set<number>;
  database: number;
  isAppendOnlyBase: boolean;
  mangled?: string;
}

/** @returns false at the end mark */
function walkOne(cursor: BytesCursor, seen: Seen): boolean {
  const opcode = cursor.byte();
  switch (opcode) {
    case OPCODE.end:
      return false;
    case OPCODE.aux:
      walkAux(cursor, seen);
      return true;
    case OPCODE.select:
      seen.database = readLength(cursor);
      return true;
    case OPCODE.resize:
      readLength(cursor);
      readLength(cursor);
      return true;
    case OPCODE.slotInfo:
      for (let i = 0; i < 3; i++) readLength(cursor);
      return true;
    case OPCODE.function:
      readString(cursor);
      return true;
    case OPCODE.idle:
      readLength(cursor);
      return true;
    case OPCODE.frequency:
      cursor.take(1);
      return true;
    case OPCODE.expires:
      cursor.take(4);
      return true;
    case OPCODE.expiresMs:
      cursor.take(8);
      return true;
    default:
      if (opcode > MAX_TYPE) throw new UnknownRdbPart(`opcode ${opcode}`);
      seen.databases.add(seen.database);
      readString(cursor);
      skipValue(cursor, opcode);
      return true;
  }
}

function walkAux(cursor: BytesCursor, seen: Seen): void {
  const name = readString(cursor).toString('latin1');
  // "redis-bits" has ten letters, and 10 is the line feed: if it became CR LF, the LF begins the name.
  if (/[^\x20-\x7e]/.test(name)) {
    seen.mangled = name.startsWith('\n') ? LINE_BREAKS : 'its fields are not what Redis writes';
    return;
  }
  const value = readString(cursor);
  // A short number, or its text.
  if (name === 'aof-base') seen.isAppendOnlyBase = value.length === 1 && (value[0] === 1 || value[0] === 0x31);
}

const LINE_BREAKS = 'its line breaks were changed';

/** A field begins with 0xfa, which is not a character by itself. What it became shows how the file was treated as text. */
function mangledStart(rest: Buffer): string | undefined {
  if (/^(?:\xef\xbf\xbd|\xc3\xba)/.test(rest.subarray(0, 3).toString('latin1')))
    return 'its bytes were written as UTF-8';
  const [first] = rest;
  if (first === 0x0d || first === 0x0a) return LINE_BREAKS;
  if (first === undefined || first >= MIN_OPCODE || first <= MAX_TYPE) return undefined;
  return 'what follows its header is not what Redis writes';
}
