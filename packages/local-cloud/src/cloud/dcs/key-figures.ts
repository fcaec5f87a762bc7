import type { KeyType, StoredKey } from './stored-key.ts';

const TYPES: readonly KeyType[] = ['string', 'list', 'set', 'zset', 'hash'];
/** "TOP 100 big keys, and for each type the TOP 50 prefixes" (API page of CreateOfflineKeyAnalysis). */
const LARGEST_KEYS = 100;
const PREFIXES_PER_TYPE = 50;
const SLOTS = 16_384;

/** The figures of ShowOfflineKeyAnalysisTask. */
export interface KeyAnalysis {
  readonly total_num: number;
  readonly total_bytes: number;
  readonly type_num: readonly { readonly type: KeyType; readonly num: number }[];
  readonly type_bytes: readonly { readonly type: KeyType; readonly bytes: number }[];
  readonly largest_keys: readonly Readonly<Record<string, unknown>>[];
  readonly largest_key_prefixes: readonly Readonly<Record<string, unknown>>[];
}

export function analyzeKeys(keys: readonly StoredKey[]): KeyAnalysis {
  const byType = TYPES.map((type) => ({ type, keys: keys.filter((key) => key.type === type) }));
  const present = byType.filter(({ keys: ofType }) => ofType.length > 0);
  const largest = [...keys].sort((one, other) => other.bytes - one.bytes).slice(0, LARGEST_KEYS);
  return {
    total_num: keys.length,
    total_bytes: bytesOf(keys),
    type_num: present.map(({ type, keys: ofType }) => ({ type, num: ofType.length })),
    type_bytes: present.map(({ type, keys: ofType }) => ({ type, bytes: bytesOf(ofType) })),
    largest_keys: largest.map(({ name, type, bytes, elements }) => ({ key: name, type, bytes, num_of_elem: elements })),
    largest_key_prefixes: present.flatMap(({ type, keys: ofType }) => largestPrefixes(type, ofType)),
  };
}

function largestPrefixes(type: KeyType, keys: readonly StoredKey[]): Record<string, unknown>[] {
  const byPrefix = new Map<string, StoredKey[]>();
  for (const key of keys) {
    const end = key.name.indexOf(':');
    if (end < 0) continue;
    const prefix = key.name.slice(0, end);
    const ofPrefix = byPrefix.get(prefix);
    if (ofPrefix === undefined) byPrefix.set(prefix, [key]);
    else ofPrefix.push(key);
  }
  return [...byPrefix]
    .map(([prefix, ofPrefix]) => ({ key_prefix: prefix, type, bytes: bytesOf(ofPrefix), num: ofPrefix.length }))
    .sort((one, other) => other.num - one.num)
    .slice(0, PREFIXES_PER_TYPE);
}

function bytesOf(keys: readonly StoredKey[]): number {
  return keys.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The keys that a shard holds: slots are divided evenly (Redis Cluster specification). */
export function keysOfShard(keys: readonly StoredKey[], shard: number, shards: number): StoredKey[] {
  return keys.filter(({ name }) => Math.floor((slotOf(name) * shards) / SLOTS) === shard);
}

/** CRC-16 (XMODEM) of the hash tag, or of the whole name. */
function slotOf(name: string): number {
  const tag = /^[^{]*\{([^}]+)\}/.exec(name)?.[1] ?? name;
  let crc = 0;
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % SLOTS;
}
