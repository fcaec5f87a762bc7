export type KeyType = 'string' | 'list' | 'set' | 'zset' | 'hash';

/** A key of a simulated Redis. */
export interface StoredKey {
  readonly db: number;
  readonly name: string;
  readonly type: KeyType;
  /** The value of a string; undefined for other types, of which only the number of elements is kept. */
  readonly value?: string | undefined;
  /** 1 for a string. */
  readonly elements: number;
  readonly bytes: number;
  /** Epoch ms; undefined if it does not expire. */
  readonly expiresAt?: number | undefined;
}

/** A key that an instance has from the start. */
interface LocalKey {
  readonly name: string;
  /** @default 0 */
  readonly db?: number;
  /** A string. Without it the key has `elements` elements of `type`. @default '' */
  readonly value?: string;
  /** @default 'string' */
  readonly type?: KeyType;
  /** @default 1 */
  readonly elements?: number;
  /** Epoch ms. @default it does not expire */
  readonly expiresAt?: number;
}

/** A key, or a number of generated ones: `key:0`, `key:1` ... in database 0. */
export type LocalKeys = number | readonly LocalKey[];

export function storedKeys(keys: LocalKeys): StoredKey[] {
  if (typeof keys === 'number') return Array.from({ length: keys }, (_, index) => storedString(0, `key:${index}`, ''));
  return keys.map(({ db = 0, name, value = '', type = 'string', elements = 1, expiresAt }) =>
    type === 'string'
      ? storedString(db, name, value, expiresAt)
      : { db, name, type, elements, bytes: bytesOf(name, '') + elements * 16, expiresAt },
  );
}

export function storedString(db: number, name: string, value: string, expiresAt?: number): StoredKey {
  return { db, name, type: 'string', value, elements: 1, bytes: bytesOf(name, value), expiresAt };
}

/** About what a small key takes in Redis: an entry, an object, and the two texts. */
function bytesOf(name: string, value: string): number {
  return 56 + Buffer.byteLength(name) + Buffer.byteLength(value);
}
