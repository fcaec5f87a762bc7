import { type KeyType, type StoredKey, storedString } from './stored-key.ts';

/**
 * The keys of an RDB file (versions 1 to 13, `rdb.c` of Redis). Values of strings are read; of other types only the number of elements.
 *
 * Returns undefined if it is not an RDB file, or has types that are not read here: streams and those of modules.
 */
export function rdbKeys(file: Buffer): StoredKey[] | undefined {
  if (file.subarray(0, 5).toString('latin1') !== 'REDIS') return undefined;
  try {
    return readKeys(new RdbReader(file, 9));
  } catch (error) {
    if (error instanceof UnreadableFile) return undefined;
    throw error;
  }
}

class UnreadableFile extends Error {}

/** Records that are not keys (`rdb.h`). */
const OPCODES = {
  function2: 0xf5,
  idle: 0xf8,
  frequency: 0xf9,
  aux: 0xfa,
  resize: 0xfb,
  expiresMs: 0xfc,
  expiresSeconds: 0xfd,
  selectDb: 0xfe,
  end: 0xff,
} as const;

function readKeys(rdb: RdbReader): StoredKey[] {
  const keys: StoredKey[] = [];
  let db = 0;
  let expiresAt: number | undefined;
  for (;;) {
    const type = rdb.byte();
    if (type === OPCODES.end) return keys;
    else if (type === OPCODES.selectDb) db = rdb.length();
    else if (type === OPCODES.expiresMs) expiresAt = Number(rdb.take(8).readBigUInt64LE());
    else if (type === OPCODES.expiresSeconds) expiresAt = rdb.take(4).readUInt32LE() * 1000;
    else if (!skipRecord(rdb, type)) {
      keys.push(readKey(rdb, type, db, expiresAt));
      expiresAt = undefined;
    }
  }
}

function skipRecord(rdb: RdbReader, type: number): boolean {
  if (type === OPCODES.aux) rdb.strings(2);
  else if (type === OPCODES.resize) rdb.lengths(2);
  else if (type === OPCODES.idle) rdb.length();
  else if (type === OPCODES.frequency) rdb.byte();
  else if (type === OPCODES.function2) rdb.strings(1);
  else return false;
  return true;
}

interface Encoding {
  readonly type: KeyType;
  /** Reads the value and returns the number of its elements. */
  readonly count: (rdb: RdbReader) => number;
}

const ziplist = (rdb: RdbReader): number => rdb.header(10).readUInt16LE(8);
const listpack = (rdb: RdbReader): number => rdb.header(6).readUInt16LE(4);
const intset = (rdb: RdbReader): number => rdb.header(8).readUInt32LE(4);
const half = (count: Encoding['count']) => (rdb: RdbReader) => count(rdb) / 2;
const strings = (perElement: number) => (rdb: RdbReader) => {
  const elements = rdb.length();
  rdb.strings(elements * perElement);
  return elements;
};

/** The encodings of values other than strings, by their number in the file (`rdb.h`). */
const ENCODINGS: Readonly<Record<number, Encoding>> = {
  1: { type: 'list', count: strings(1) },
  2: { type: 'set', count: strings(1) },
  3: { type: 'zset', count: (rdb) => rdb.scores((reader) => reader.textScore()) },
  4: { type: 'hash', count: strings(2) },
  5: { type: 'zset', count: (rdb) => rdb.scores((reader) => reader.take(8)) },
  9: { type: 'hash', count: (rdb) => rdb.header(1).readUInt8() },
  10: { type: 'list', count: ziplist },
  11: { type: 'set', count: intset },
  12: { type: 'zset', count: half(ziplist) },
  13: { type: 'hash', count: half(ziplist) },
  14: { type: 'list', count: (rdb) => rdb.sum(ziplist) },
  16: { type: 'hash', count: half(listpack) },
  17: { type: 'zset', count: half(listpack) },
  18: { type: 'list', count: (rdb) => rdb.sum((reader) => (reader.length() === 1 ? plain(reader) : listpack(reader))) },
  20: { type: 'set', count: listpack },
};

/** A node of a list that is one large element. */
function plain(rdb: RdbReader): number {
  rdb.strings(1);
  return 1;
}

function readKey(rdb: RdbReader, type: number, db: number, expiresAt: number | undefined): StoredKey {
  const name = rdb.string().toString('utf8');
  if (type === 0) return storedString(db, name, rdb.string().toString('utf8'), expiresAt);
  const encoding = ENCODINGS[type];
  if (encoding === undefined) throw new UnreadableFile(`value type ${type} is not supported`);
  const start = rdb.position;
  const elements = encoding.count(rdb);
  return { db, name, type: encoding.type, elements, bytes: rdb.position - start, expiresAt };
}

/** Reads the primitives of the format. Throws UnreadableFile beyond the end. */
class RdbReader {
  readonly #file: Buffer;
  position: number;

  constructor(file: Buffer, position: number) {
    this.#file = file;
    this.position = position;
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  take(bytes: number): Buffer {
    const taken = this.#file.subarray(this.position, this.position + bytes);
    if (taken.length < bytes) throw new UnreadableFile('the file ends in the middle of a record');
    this.position += bytes;
    return taken;
  }

  length(): number {
    const { value, isSpecial } = this.#lengthOrSpecial();
    if (isSpecial) throw new UnreadableFile('expected a length');
    return value;
  }

  lengths(count: number): void {
    for (let index = 0; index < count; index += 1) this.length();
  }

  string(): Buffer {
    const { value, isSpecial } = this.#lengthOrSpecial();
    if (!isSpecial) return this.take(value);
    if (value === 0) return Buffer.from(String(this.take(1).readInt8()));
    if (value === 1) return Buffer.from(String(this.take(2).readInt16LE()));
    if (value === 2) return Buffer.from(String(this.take(4).readInt32LE()));
    if (value !== 3) throw new UnreadableFile(`string encoding ${value} is not supported`);
    const compressed = this.length();
    const plainLength = this.length();
    return inflateLzf(this.take(compressed), plainLength);
  }

  /** A string that begins with a header of so many bytes. */
  header(bytes: number): Buffer {
    const blob = this.string();
    if (blob.length < bytes) throw new UnreadableFile('a value is shorter than its header');
    return blob;
  }

  strings(count: number): void {
    for (let index = 0; index < count; index += 1) this.string();
  }

  /** A length, and so many members with a score. */
  scores(skipScore: (reader: RdbReader) => unknown): number {
    const elements = this.length();
    for (let index = 0; index < elements; index += 1) {
      this.string();
      skipScore(this);
    }
    return elements;
  }

  /** The score of an old sorted set: a length byte and a text; 253 to 255 are NaN and the infinities. */
  textScore(): void {
    const length = this.byte();
    if (length < 253) this.take(length);
  }

  sum(count: (reader: RdbReader) => number): number {
    let sum = 0;
    for (let nodes = this.length(); nodes > 0; nodes -= 1) sum += count(this);
    return sum;
  }

  #lengthOrSpecial(): { readonly value: number; readonly isSpecial: boolean } {
    const first = this.byte();
    const low = first & 0x3f;
    if (first >> 6 === 0) return { value: low, isSpecial: false };
    if (first >> 6 === 1) return { value: (low << 8) | this.byte(), isSpecial: false };
    if (first >> 6 === 3) return { value: low, isSpecial: true };
    if (first === 0x80) return { value: this.take(4).readUInt32BE(), isSpecial: false };
    if (first === 0x81) return { value: Number(this.take(8).readBigUInt64BE()), isSpecial: false };
    throw new UnreadableFile(`length byte ${first} is not supported`);
  }
}

/** The format of liblzf: literal runs, and references to bytes already written. */
function inflateLzf(input: Buffer, length: number): Buffer {
  // At most 264 bytes come out of 3; a length beyond that is damage, and must not be allocated.
  if (length > input.length * 264) throw new UnreadableFile('the compressed text is damaged');
  const output = Buffer.alloc(length);
  let [from, to] = [0, 0];
  const next = (): number => {
    const byte = input[from++];
    if (byte === undefined) throw new UnreadableFile('the compressed text is damaged');
    return byte;
  };
  while (from < input.length) {
    const control = next();
    if (control < 32) {
      input.copy(output, to, from, from + control + 1);
      from += control + 1;
      to += control + 1;
      continue;
    }
    let run = control >> 5;
    if (run === 7) run += next();
    let reference = to - ((control & 0x1f) << 8) - next() - 1;
    if (reference < 0) throw new UnreadableFile('the compressed text is damaged');
    for (run += 2; run > 0 && to < length; run -= 1) output[to++] = output[reference++] ?? 0;
  }
  return output;
}
