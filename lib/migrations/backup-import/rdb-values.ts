import type { BytesCursor } from './bytes-cursor.ts';

/** Thrown for data of an unknown type: from a module, or newer than this code. */
export class UnknownRdbPart extends Error {}

/** Reads a length. The layouts in this file are those of `rdb.c` and `rdb.h` of Redis 7.0. */
export function readLength(cursor: BytesCursor): number {
  const { length, encoding } = readLengthOrEncoding(cursor);
  if (encoding) throw new UnknownRdbPart('an encoding in place of a length');
  return length;
}

function readLengthOrEncoding(cursor: BytesCursor): { readonly length: number; readonly encoding: boolean } {
  const first = cursor.byte();
  const low = first & 0x3f;
  if (first < 0x40) return { length: low, encoding: false };
  if (first < 0x80) return { length: (low << 8) | cursor.byte(), encoding: false };
  if (first >= 0xc0) return { length: low, encoding: true };
  if (first === 0x80) return { length: cursor.take(4).readUInt32BE(), encoding: false };
  if (first === 0x81) return { length: Number(cursor.take(8).readBigUInt64BE()), encoding: false };
  throw new UnknownRdbPart(`length ${first}`);
}

/** Reads a string as bytes. A compressed string or a number is returned as it is stored. */
export function readString(cursor: BytesCursor): Buffer {
  const { length, encoding } = readLengthOrEncoding(cursor);
  if (!encoding) return cursor.take(length);
  if (length < 3) return cursor.take(1 << length);
  if (length > 3) throw new UnknownRdbPart(`encoding ${length}`);
  const packed = readLength(cursor);
  readLength(cursor);
  return cursor.take(packed);
}

const ID_BYTES = 16;
const TIME_BYTES = 8;

function times(count: number, read: () => unknown): void {
  for (let i = 0; i < count; i++) read();
}

function skipOldScore(cursor: BytesCursor): void {
  const length = cursor.byte();
  // 253 to 255: not a number, and the two infinities.
  if (length < 253) cursor.take(length);
}

/** `generation` 1: Redis 5, 2: Redis 7.0, 3: Redis 7.2. */
function skipStream(cursor: BytesCursor, generation: 1 | 2 | 3): void {
  const length = () => readLength(cursor);
  const pending = (bytes: number, read: () => unknown) =>
    times(length(), () => {
      cursor.take(bytes);
      read();
    });
  times(length() * 2, () => readString(cursor));
  times(generation > 1 ? 8 : 3, length);
  times(length(), () => {
    readString(cursor);
    times(generation > 1 ? 3 : 2, length);
    pending(ID_BYTES + TIME_BYTES, length);
    times(length(), () => {
      readString(cursor);
      cursor.take(generation > 2 ? 2 * TIME_BYTES : TIME_BYTES);
      pending(ID_BYTES, () => undefined);
    });
  });
}

type Skip = (cursor: BytesCursor) => void;

const skipString: Skip = readString;
const repeated =
  (...skips: readonly Skip[]): Skip =>
  (cursor) =>
    times(readLength(cursor), () => {
      for (const skip of skips) skip(cursor);
    });

const SKIPS: ReadonlyMap<number, Skip> = new Map<number, Skip>([
  [0, skipString],
  [1, repeated(skipString)],
  [2, repeated(skipString)],
  [3, repeated(skipString, skipOldScore)],
  [4, repeated(skipString, skipString)],
  [5, repeated(skipString, (cursor) => cursor.take(8))],
  // Zip maps and lists, sets of integers, list packs: each is one string.
  ...[9, 10, 11, 12, 13, 16, 17, 20].map((type): [number, Skip] => [type, skipString]),
  [14, repeated(skipString)],
  [15, (cursor) => skipStream(cursor, 1)],
  [18, repeated(readLength, skipString)],
  [19, (cursor) => skipStream(cursor, 2)],
  [21, (cursor) => skipStream(cursor, 3)],
]);

/**
 * Skips the value of a key.
 *
 * @throws {UnknownRdbPart} for an unknown type
 * @throws {EndOfBytes} when the bytes end within it
 */
export function skipValue(cursor: BytesCursor, type: number): void {
  const skip = SKIPS.get(type);
  if (!skip) throw new UnknownRdbPart(`type ${type}`);
  skip(cursor);
}
