import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { INSPECTED_BYTES } from '../../../../lib/migrations/backup-import/inspect-file.ts';
import { preflightImport } from '../../../../lib/migrations/backup-import/preflight.ts';
import { newestRdbVersion } from '../../../../lib/migrations/backup-import/rdb-versions.ts';
import type { DcsInstance } from '../../../../lib/ports/dcs.ts';
import { FakeDcsInstances } from '../../../fakes/fake-dcs-instances.ts';
import { FakeObs } from '../../../fakes/fake-obs.ts';
import { makeTarGz, makeZip } from '../../../fixtures/archives.ts';
import { makeRdb } from '../../../fixtures/rdb.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/backup-files.md'), 'utf8');
const TAKEN = 'imported';

const real = (name: string) => readFileSync(join(import.meta.dirname, '../../../fixtures/backups', name));
const latin1 = (bytes: Buffer, change: (text: string) => string) =>
  Buffer.from(change(bytes.toString('latin1')), 'latin1');
const joined = (...parts: readonly (Buffer | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

const RDB = makeRdb();
const TWO = makeRdb({ databases: { 0: ['a'], 3: ['b'], 12: ['c'] } });
/** More than is looked at from one end. */
const LARGE = makeRdb({ databases: { 0: Array.from({ length: 5000 }, (_, i) => `key-${i}`) } });
const COMMANDS = '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n';
const ELSEWHERE = '*2\r\n$6\r\nSELECT\r\n$1\r\n7\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n';
const NAME = 'name of staging';

const CUT = 'is truncated: the end of the RDB is missing';
const FOLDER_PART =
  'is part of an append-only directory of Redis 7, and not a backup by itself: write an RDB with BGSAVE, and import that';
const SPLIT_PART = 'is part of a split archive: join the parts, and upload one .zip, .tar.gz or .rdb';
const NO_SUCH_ENDING = 'is not a backup: its name must end with one of .rdb, .aof, .zip, .tar.gz';
const AS_TEXT = 'it was transferred in text mode; transfer it again in binary mode';
const IF_AS_TEXT = 'if it was transferred in text mode, transfer it again in binary mode';

interface Into extends Partial<Pick<DcsInstance, 'engineVersion' | 'cacheMode'>> {
  readonly proxy_multi_db?: boolean;
}

type Verdict = readonly [title: string, name: string, bytes: Buffer | string, verdict: string, into?: Into];

/** Lines of the guide: what is imported, by which name, into what, and what is said of it. */
const VERDICTS: readonly Verdict[] = [
  // Written by Redis 7.0.15.
  ['an RDB of Redis 7.0', 'dump.rdb', real('one-database.rdb'), TAKEN],
  ['the same, without a checksum', 'dump.rdb', real('no-checksum.rdb'), TAKEN],
  ['the same, with other encodings', 'dump.rdb', real('plain-encodings.rdb'), TAKEN],
  [
    'the same, into Redis 6.0',
    'dump.rdb',
    real('one-database.rdb'),
    `has RDB version 10, newer than the engine: instance ${NAME} has Redis 6.0, which reads up to 9; it needs Redis 7.0 or later`,
    { engineVersion: '6.0' },
  ],
  ['an RDB without a key', 'dump.rdb', real('empty.rdb'), 'contains no keys'],
  ['an RDB with only functions', 'dump.rdb', real('functions-only.rdb'), 'contains no keys'],
  ['an RDB with two databases', 'dump.rdb', real('two-databases.rdb'), TAKEN],
  [
    'the same, into a Redis Cluster',
    'dump.rdb',
    real('two-databases.rdb'),
    `has keys in database 3, but instance ${NAME} has only database 0`,
    { cacheMode: 'cluster' },
  ],
  [
    'the same, into a Proxy Cluster',
    'dump.rdb',
    real('two-databases.rdb'),
    `has keys in database 3, but instance ${NAME} has only database 0`,
    { cacheMode: 'proxy' },
  ],
  [
    'the same, into a Proxy Cluster with `proxy_multi_db: true`',
    'dump.rdb',
    real('two-databases.rdb'),
    TAKEN,
    { cacheMode: 'proxy', proxy_multi_db: true },
  ],
  [
    'an RDB with only database 3, into a Redis Cluster',
    'dump.rdb',
    real('database-3.rdb'),
    `has keys in database 3, but instance ${NAME} has only database 0`,
    { cacheMode: 'cluster' },
  ],
  [
    'the base of an append-only folder',
    'orders.aof.2.base.rdb',
    real('appendonlydir/orders.aof.2.base.rdb'),
    FOLDER_PART,
  ],
  ['its increment', 'orders.aof.2.incr.aof', real('appendonlydir/orders.aof.2.incr.aof'), FOLDER_PART],
  ['its manifest', 'orders.aof.manifest', real('appendonlydir/orders.aof.manifest'), FOLDER_PART],
  ['anything below `appendonlydir/`', 'appendonlydir/dump.rdb', real('one-database.rdb'), FOLDER_PART],
  [
    'the base under another name',
    'dump.rdb',
    real('appendonlydir/orders.aof.2.base.rdb'),
    'is part of an append-only directory of Redis 7, and not a backup by itself (according to its field aof-base): write an RDB with BGSAVE, and import that',
  ],
  [
    'the base and its increment, joined to one file',
    'orders.aof',
    joined(real('appendonlydir/orders.aof.2.base.rdb'), real('appendonlydir/orders.aof.2.incr.aof')),
    TAKEN,
  ],
  ['an append-only file without an RDB', 'appendonly.aof', real('plain.aof'), TAKEN],

  // By hand.
  ['an RDB of Redis 6', 'dump.rdb', RDB, TAKEN],
  ['an append-only file that begins as an RDB', 'appendonly.aof', joined(RDB, COMMANDS), TAKEN],
  [
    'the same, when its commands select another database, into a Redis Cluster',
    'appendonly.aof',
    joined(RDB, ELSEWHERE),
    `has keys in database 7, but instance ${NAME} has only database 0`,
    { cacheMode: 'cluster' },
  ],
  ['the same, cut off within the RDB', 'appendonly.aof', RDB.subarray(0, 40), CUT],
  ['an empty file', 'dump.rdb', '', 'is empty'],
  ['the first seven bytes of an RDB', 'dump.rdb', 'REDIS00', CUT],
  ['only its header', 'dump.rdb', 'REDIS0009', CUT],
  ['an RDB without its last byte', 'dump.rdb', RDB.subarray(0, -1), CUT],
  ['a large RDB without its end', 'dump.rdb', LARGE.subarray(0, -20), CUT],
  ['an RDB with a line feed added', 'dump.rdb', joined(RDB, '\n'), 'has data after the end of its RDB'],
  ['two RDBs in one file', 'dump.rdb', joined(RDB, RDB), 'has data after the end of its RDB'],
  ['an append-only file that is named .rdb', 'dump.rdb', joined(RDB, COMMANDS), 'has data after the end of its RDB'],
  [
    'an RDB with a bit changed',
    'dump.rdb',
    latin1(RDB, (text) => text.replace('key', 'kex')),
    `is damaged: its checksum does not match; ${IF_AS_TEXT}`,
  ],
  [
    'an RDB whose version is not a number',
    'dump.rdb',
    latin1(RDB, (text) => text.replace('0009', '0x09')),
    'is damaged: it starts with REDIS, but has no RDB version',
  ],
  [
    'an RDB transferred in text mode, with CRLF for LF',
    'dump.rdb',
    latin1(RDB, (text) => text.replaceAll('\n', '\r\n')),
    `is damaged: its line breaks were changed; ${AS_TEXT}`,
  ],
  [
    'an RDB transferred in text mode, with LF for CRLF',
    'dump.rdb',
    latin1(makeRdb({ databases: { 0: ['a\r\nb'] } }), (text) => text.replaceAll('\r\n', '\n')),
    CUT,
  ],
  [
    'an RDB read and written as UTF-8',
    'dump.rdb',
    Buffer.from(RDB.toString('utf8')),
    `is damaged: its bytes were written as UTF-8; ${AS_TEXT}`,
  ],
  [
    'an RDB read as Latin-1 and written as UTF-8',
    'dump.rdb',
    Buffer.from(RDB.toString('latin1'), 'utf8'),
    `is damaged: its bytes were written as UTF-8; ${AS_TEXT}`,
  ],
  [
    'an RDB transferred as ASCII',
    'dump.rdb',
    latin1(RDB, (text) => text.replaceAll(/[\x80-\xff]/g, '?')),
    `is damaged: what follows its header is not what Redis writes; ${AS_TEXT}`,
  ],
  [
    'an append-only file transferred in text mode',
    'appendonly.aof',
    COMMANDS.replaceAll('\r\n', '\n'),
    `is damaged: there is invalid data between its commands; ${IF_AS_TEXT}`,
  ],
  [
    'a dump of Valkey 9',
    'dump.rdb',
    'VALKEY080',
    'is not a valid rdb file: it starts like a dump of Valkey 9, which Redis cannot read',
  ],
  ['a zip of an RDB', 'dump.zip', makeZip({ 'a/dump.rdb': RDB }), TAKEN],
  [
    'a zip without its end',
    'dump.zip',
    makeZip({ 'dump.rdb': LARGE }).subarray(0, -1),
    'is truncated: the end of its zip is missing',
  ],
  [
    'the last part of a split zip',
    'dump.zip',
    latin1(makeZip({ 'dump.rdb': RDB }), (text) => text.replace('PK\x05\x06\0', 'PK\x05\x06\x02')),
    'is part of a split archive: join the parts, and upload one .zip',
  ],
  ['a zip without a backup', 'dump.zip', makeZip({ 'read.me': RDB }), 'contains no .rdb or .aof file'],
  [
    'a zip of an append-only folder',
    'backup.zip',
    makeZip({ 'aof/a.aof.1.base.rdb': RDB, 'aof/a.aof.1.incr.aof': Buffer.from(COMMANDS) }),
    'contains "aof/a.aof.1.base.rdb", part of an append-only directory of Redis 7, and not a backup by itself: write an RDB with BGSAVE, and import that',
  ],
  ['a tar.gz of an RDB', 'dump.tar.gz', makeTarGz({ 'a/dump.rdb': RDB }), TAKEN],
  [
    'a tar.gz without its end',
    'dump.tar.gz',
    makeTarGz({ 'dump.rdb': RDB }).subarray(0, -9),
    'is truncated: the end of its gzip is missing',
  ],
  ['a gzip of an RDB, not of a tar', 'dump.tar.gz', gzipSync(RDB), 'contains no tar'],
  ['a tar.gz without a backup', 'dump.tar.gz', makeTarGz({ 'read.me': RDB }), 'contains no .rdb or .aof file'],
  [
    'a tar.gz of an append-only folder',
    'backup.tar.gz',
    makeTarGz({ 'appendonlydir/a.aof.1.base.rdb': RDB }),
    'contains "appendonlydir/a.aof.1.base.rdb", part of an append-only directory of Redis 7, and not a backup by itself: write an RDB with BGSAVE, and import that',
  ],
  ['a part of a split archive', 'dump.zip.001', 'PK\x03\x04', SPLIT_PART],
  ['a gzip without a tar', 'dump.rdb.gz', gzipSync(RDB), NO_SUCH_ENDING],
];

async function judge(name: string, bytes: Buffer | string, { proxy_multi_db, ...changes }: Into = {}) {
  const dcs = new FakeDcsInstances();
  dcs.add('staging', { engineVersion: '7.0', ...changes });
  const obs = new FakeObs();
  obs.put('backups', name, bytes.toString('latin1'), '2026-02-03T02:00:00Z');
  const { problems } = await preflightImport(
    { dcsInstances: async () => dcs, obs: async () => obs },
    {
      kind: 'backup_import',
      name: 'restore-0123456789ab',
      target: 'staging',
      body: {
        backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: name }] },
        target_instance: { id: 'staging', password: { user_data: 'P' }, ...(proxy_multi_db && { proxy_multi_db }) },
      },
      warnings: [],
    },
  );
  return problems.map(({ message }) => message.replace(`${JSON.stringify(name)} `, ''));
}

const shownName = (name: string) => `\`${name}\``;

describe('a backup file', () => {
  // As objects: jest takes an argument that a row has not for a callback.
  it.each(VERDICTS.map(([title, name, bytes, verdict, into]) => ({ title, name, bytes, verdict, into })))(
    'that is $title ($name) is judged as the guide says',
    async ({ name, bytes, verdict, into }) => {
      expect(await judge(name, bytes, into)).toEqual(verdict === TAKEN ? [] : [verdict]);
    },
  );

  it('has its row in docs/backup-files.md, and no other', () => {
    const rows = VERDICTS.map(
      ([title, name, , verdict]) => `| ${title} | ${shownName(name)} | ${verdict.replace(NAME, 'staging')} |`,
    );
    const [, table = ''] = PAGE.split('| file | named | what preflight says |\n| --- | --- | --- |\n');

    expect(table.split('\n\n')[0]?.trim().split('\n')).toEqual(rows);
  });

  /** Which versions of RDB each engine takes, of those from 3 to 13. */
  it.each([
    ['3.0', 6],
    ['4.0', 8],
    ['5.0', 9],
    ['5.0.14', 9],
    ['6.0', 9],
    ['6.2', 9],
    ['7.0', 10],
    ['7.2', 11],
    ['7.4', 12],
    ['8.0', 12],
    ['8.4', 13],
    ['next', 13],
  ])('of Redis %s is taken up to RDB version %i', async (engineVersion, newest) => {
    const versions = Array.from({ length: 11 }, (_, i) => i + 3);
    const judged = await Promise.all(
      versions.map(async (version) => (await judge('dump.rdb', makeRdb({ version }), { engineVersion })).length),
    );

    expect(judged).toEqual(versions.map((version) => (version > newest ? 1 : 0)));
  });

  it('of each version has its row in docs/backup-files.md', () => {
    const rows = ['5.0', '6.0', '7.0', '7.2', '7.4', '8.0'].map(
      (engine) => `| ${engine} | ${newestRdbVersion(engine)} |`,
    );

    expect(rows.filter((row) => !PAGE.includes(`${row}\n`))).toEqual([]);
  });

  it('of a version that no known engine reads is refused without naming one', async () => {
    expect(await judge('dump.rdb', makeRdb({ version: 13 }))).toEqual([
      `has RDB version 13, newer than the engine: instance ${NAME} has Redis 7.0, which reads up to 10; take a backup of an older Redis`,
    ]);
  });

  it.each([
    'appendonly.aof.1.incr.aof',
    'aof/appendonly.aof.2.base.rdb',
    'x.aof.12.base.aof',
    'APPENDONLY.AOF.1.INCR.AOF',
    'x.aof.manifest',
    'redis/appendonlydir/appendonly.aof',
    'appendonlydir.tar.gz',
    'a.aof.1.base.rdb.tar.gz',
  ])('named %s is a part of an append-only folder', async (name) => {
    expect(await judge(name, RDB)).toEqual([FOLDER_PART]);
  });

  it.each([
    ...[
      'dump.rdb.001',
      'dump.7z.001',
      'dump.z01',
      'dump.part1.rar',
      'dump.part02.rar',
      'dump.r00',
      'dump.part1.tar.gz',
    ],
    ...['dump.part2.zip', 'dump.tar.gz.aa', 'dump.tar.gz.ab', 'dump.tar.gz.part-aa', 'dump.tar.gzaa', 'dump.zip.1'],
    ...['dump.rdb.part3'],
  ])('named %s is part of a split archive', async (name) => {
    expect(await judge(name, RDB)).toEqual([SPLIT_PART]);
  });

  it.each([
    ...['dump.part1.rdb', 'dump.001.rdb', 'redis_10.0.0.1_6379_10923-16383_202601300200.rdb', 'base.rdb', 'incr.rdb'],
    ...['my.base.rdb', 'appendonlydir-of-prod.rdb', 'manifest.rdb', '2026.01.30.rdb'],
  ])('named %s is not taken for a part', async (name) => {
    expect(await judge(name, RDB)).toEqual([]);
  });

  it('that was still being rewritten is refused', async () => {
    expect(await judge('temp-rewriteaof-bg-17.aof', COMMANDS)).toEqual([
      'is a file that Redis was still writing: write an RDB with BGSAVE, and import that',
    ]);
  });

  it('names all databases but the first, in order', async () => {
    expect(await judge('dump.rdb', TWO, { cacheMode: 'cluster' })).toEqual([
      `has keys in database 3, 12, but instance ${NAME} has only database 0`,
    ]);
  });

  it('that is newer than the engine and has several databases is refused for both', async () => {
    const both = await judge('dump.rdb', real('two-databases.rdb'), { engineVersion: '5.0', cacheMode: 'cluster' });

    expect(both).toHaveLength(2);
  });

  it('that is large is judged by its start and its end, and a database in between is not seen', async () => {
    const keys = Array.from({ length: 5000 }, (_, i) => `key-${i}`);

    expect(LARGE.length).toBeGreaterThan(2 * INSPECTED_BYTES);
    expect(await judge('dump.rdb', LARGE)).toEqual([]);
    expect(await judge('dump.rdb', makeRdb({ databases: { 0: keys, 1: ['b'] } }), { cacheMode: 'cluster' })).toEqual(
      [],
    );
    expect(
      await judge('dump.rdb', makeRdb({ databases: { 1: ['b'], 2: keys } }), { cacheMode: 'cluster' }),
    ).toHaveLength(1);
  });

  it('of a kind of value that is not known is not refused for it', async () => {
    const unknown = joined(RDB.subarray(0, -9), '\x1e\x01kwhatever', '\xff', '\0'.repeat(8));

    expect(await judge('dump.rdb', unknown)).toEqual([]);
  });

  it('that is cut anywhere is refused, and one that is whole is not', async () => {
    const whole = real('plain-encodings.rdb');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 9, max: whole.length - 1 }), async (length) => {
        expect(await judge('dump.rdb', whole.subarray(0, length))).toEqual([CUT]);
      }),
    );
    expect(await judge('dump.rdb', whole)).toEqual([]);
  });

  it('of any bytes is judged without a fault', async () => {
    const starts = fc.constantFrom('', 'REDIS0009', 'REDIS0010\xfa', '*3\r\n', 'PK\x03\x04', '\x1f\x8b\x08');
    const names = fc.constantFrom('a.rdb', 'a.aof', 'a.zip', 'a.tar.gz');
    await fc.assert(
      fc.asyncProperty(names, starts, fc.uint8Array({ maxLength: 300 }), async (name, start, rest) => {
        expect(Array.isArray(await judge(name, joined(start, Buffer.from(rest))))).toBe(true);
      }),
    );
  });
});
