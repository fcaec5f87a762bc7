import { type KeyType, type StoredKey, storedString } from './stored-key.ts';

/** What a command sees and changes: one database of one instance. */
export interface RedisSession {
  readonly db: number;
  readonly databases: number;
  readonly version: string;
  readonly port: number;
  readonly maxMemoryMb: number;
  readonly usedMemoryMb: number;
  readonly isReadOnly: boolean;
  readonly now: number;
  /** The keys of a database; of all without `db`. */
  keys(db?: number): StoredKey[];
  write(key: StoredKey): void;
  remove(name: string): void;
  /** Removes the keys of a database; of all without `db`. */
  clear(db?: number): void;
}

interface Command {
  readonly least: number;
  readonly most: number;
  readonly isWrite?: boolean;
  run(args: readonly string[], session: RedisSession): string;
}

const MANY = Number.POSITIVE_INFINITY;

/**
 * The commands that are simulated: those that read what was migrated, and the simplest that change it. Their responses are texts; how the live service
 * writes numbers and errors is not documented.
 */
const COMMANDS: Readonly<Record<string, Command>> = {
  ping: { least: 0, most: 1, run: ([text = 'PONG']) => text },
  echo: { least: 1, most: 1, run: ([text = '']) => text },
  time: { least: 0, most: 0, run: (_, { now }) => `${Math.floor(now / 1000)}\n${(now % 1000) * 1000}` },
  info: { least: 0, most: 1, run: ([section = 'all'], session) => infoText(session, section.toLowerCase()) },
  dbsize: { least: 0, most: 0, run: (_, { db, keys }) => String(keys(db).length) },
  scan: { least: 1, most: 7, run: scan },
  randomkey: { least: 0, most: 0, run: (_, { db, keys }) => keys(db)[0]?.name ?? 'nil' },
  exists: { least: 1, most: MANY, run: (names, session) => String(found(names, session).length) },
  type: { least: 1, most: 1, run: (names, session) => found(names, session)[0]?.type ?? 'none' },
  ttl: { least: 1, most: 1, run: (names, session) => remaining(names, session, 1000) },
  pttl: { least: 1, most: 1, run: (names, session) => remaining(names, session, 1) },
  get: { least: 1, most: 1, run: (names, session) => stringOf(names, session)?.value ?? 'nil' },
  strlen: {
    least: 1,
    most: 1,
    run: (names, session) => String(Buffer.byteLength(stringOf(names, session)?.value ?? '')),
  },
  mget: {
    least: 1,
    most: MANY,
    run: (names, { db, keys }) => {
      const all = keys(db);
      return names.map((name) => all.find((key) => key.name === name)?.value ?? 'nil').join('\n');
    },
  },
  llen: lengthOf('list'),
  scard: lengthOf('set'),
  zcard: lengthOf('zset'),
  hlen: lengthOf('hash'),
  role: { least: 0, most: 0, run: () => 'master\n0' },
  set: {
    least: 2,
    most: 2,
    isWrite: true,
    run: ([name = '', value = ''], { db, write }) => {
      write(storedString(db, name, value));
      return 'OK';
    },
  },
  del: {
    least: 1,
    most: MANY,
    isWrite: true,
    run: (names, session) => {
      const removed = found([...new Set(names)], session);
      for (const { name } of removed) session.remove(name);
      return String(removed.length);
    },
  },
  expire: {
    least: 2,
    most: 2,
    isWrite: true,
    run: ([name = '', seconds = ''], session) => {
      if (!/^-?\d+$/.test(seconds)) throw new RedisError('ERR value is not an integer or out of range');
      const [key] = found([name], session);
      if (key === undefined) return '0';
      session.write({ ...key, expiresAt: session.now + Number(seconds) * 1000 });
      return '1';
    },
  },
  flushdb: { least: 0, most: 1, isWrite: true, run: (_, { db, clear }) => flushed(clear, db) },
  flushall: { least: 0, most: 1, isWrite: true, run: (_, { clear }) => flushed(clear) },
};

/** An error that Redis itself would return. */
class RedisError extends Error {}

/** The response of a command; undefined if it is not simulated. Errors of Redis are responses too. */
export function runCommand(words: readonly string[], session: RedisSession): string | undefined {
  const [name = '', ...args] = words;
  const command = Object.hasOwn(COMMANDS, name.toLowerCase()) ? COMMANDS[name.toLowerCase()] : undefined;
  if (command === undefined) return undefined;
  if (args.length < command.least || args.length > command.most)
    return `ERR wrong number of arguments for '${name.toLowerCase()}' command`;
  if (command.isWrite === true && session.isReadOnly) return "READONLY You can't write against a read only replica.";
  try {
    return command.run(args, session);
  } catch (error) {
    if (error instanceof RedisError) return error.message;
    throw error;
  }
}

function found(names: readonly string[], { db, keys }: RedisSession): StoredKey[] {
  const all = keys(db);
  return names.flatMap((name) => all.find((key) => key.name === name) ?? []);
}

function stringOf(names: readonly string[], session: RedisSession): StoredKey | undefined {
  return ofType('string', found(names, session)[0]);
}

function ofType(type: KeyType, key: StoredKey | undefined): StoredKey | undefined {
  if (key !== undefined && key.type !== type)
    throw new RedisError('WRONGTYPE Operation against a key holding the wrong kind of value');
  return key;
}

function lengthOf(type: KeyType): Command {
  const run = (names: readonly string[], session: RedisSession) =>
    String(ofType(type, found(names, session)[0])?.elements ?? 0);
  return { least: 1, most: 1, run };
}

/** -2 for no key, -1 for a key that does not expire. */
function remaining(names: readonly string[], session: RedisSession, unitMs: number): string {
  const [key] = found(names, session);
  if (key === undefined) return '-2';
  return key.expiresAt === undefined ? '-1' : String(Math.round((key.expiresAt - session.now) / unitMs));
}

function flushed(clear: RedisSession['clear'], db?: number): string {
  clear(db);
  return 'OK';
}

/** SCAN. The page's example shows the names alone, without the next cursor: here a scan is complete in one step. */
function scan([cursor = '', ...options]: readonly string[], { db, keys }: RedisSession): string {
  if (!/^\d+$/.test(cursor)) throw new RedisError('ERR invalid cursor');
  if (options.length % 2 !== 0) throw new RedisError('ERR syntax error');
  let names = keys(db);
  for (let index = 0; index < options.length; index += 2) {
    const [option = '', value = ''] = [options[index]?.toLowerCase(), options[index + 1]];
    if (option === 'match') names = names.filter(({ name }) => matchesGlob(value, name));
    else if (option === 'type') names = names.filter(({ type }) => type === value.toLowerCase());
    else if (option !== 'count' || !/^[1-9]\d*$/.test(value)) throw new RedisError('ERR syntax error');
  }
  return names.map(({ name }) => name).join('\n');
}

/** `*` and `?`; other special characters of Redis patterns are taken literally. */
function matchesGlob(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(name);
}

const SECTIONS: Readonly<Record<string, (session: RedisSession) => string[]>> = {
  server: ({ version, port }) => [
    '# Server',
    `redis_version:${version}`,
    'redis_mode:standalone',
    'arch_bits:64',
    `tcp_port:${port}`,
  ],
  clients: () => ['# Clients', 'connected_clients:1', 'blocked_clients:0'],
  memory: ({ usedMemoryMb, maxMemoryMb }) => [
    '# Memory',
    `used_memory:${usedMemoryMb * 1024 * 1024}`,
    `maxmemory:${maxMemoryMb * 1024 * 1024}`,
    'maxmemory_policy:volatile-lru',
  ],
  replication: () => ['# Replication', 'role:master', 'connected_slaves:1'],
  keyspace: keyspaceLines,
};

function infoText(session: RedisSession, section: string): string {
  const wanted = ['all', 'default', 'everything'].includes(section) ? Object.keys(SECTIONS) : [section];
  return wanted
    .flatMap((name) => (Object.hasOwn(SECTIONS, name) ? [SECTIONS[name]?.(session) ?? []] : []))
    .map((lines) => lines.map((line) => `${line}\r\n`).join(''))
    .join('\r\n');
}

function keyspaceLines({ databases, keys, now }: RedisSession): string[] {
  const all = keys();
  const lines: string[] = [];
  for (let db = 0; db < databases; db += 1) {
    const inDb = all.filter((key) => key.db === db);
    if (inDb.length === 0) continue;
    const ttls = inDb.flatMap(({ expiresAt }) => (expiresAt === undefined ? [] : [expiresAt - now]));
    const average = ttls.length === 0 ? 0 : Math.round(ttls.reduce((sum, ttl) => sum + ttl, 0) / ttls.length);
    lines.push(`db${db}:keys=${inDb.length},expires=${ttls.length},avg_ttl=${average}`);
  }
  return ['# Keyspace', ...lines];
}
