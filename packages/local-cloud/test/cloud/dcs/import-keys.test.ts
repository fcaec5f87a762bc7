import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { dcsCaller, redis } from './dcs-caller.ts';

const CACHE = '11111111-1111-1111-1111-111111111111';
const PROXY = '22222222-2222-2222-2222-222222222222';
/** `a` and `b` in database 0, `c` in database 1. */
const DUMP = Buffer.from('REDIS0009\xfe\0\0\x01a\x011\0\x01b\x012\xfe\x01\0\x01c\x013\xff', 'latin1');

let cloud: LocalCloud;
const dcs = dcsCaller(() => cloud);

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    obs: { buckets: [{ name: 'backups' }] },
    instances: [
      {
        id: CACHE,
        name: 'cache',
        keys: [
          { name: 'a', value: 'old' },
          { name: 'kept', value: '1' },
        ],
        backups: [{ id: 'b-1', status: 'succeed' }],
      },
      { id: PROXY, name: 'proxy', cacheMode: 'proxy' },
    ],
  });
  for (const [name, content] of [['dump.rdb', DUMP] as const, ['dump.aof', Buffer.from('*1\r\n')] as const])
    await cloud.obs.put(
      'backups',
      name,
      (async function* () {
        yield content;
      })(),
      { contentType: undefined, metadata: {} },
    );
});
afterEach(() => cloud.close());

const start = (id: string, backup_files: object) =>
  dcs.post('/migration-task', {
    task_name: 'restore-staging',
    migration_type: 'backupfile_import',
    migration_method: 'full_amount_migration',
    backup_files,
    target_instance: { id },
  });
const file = (file_name: string) => ({ file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name }] });

describe('an import', () => {
  it('brings the keys of an RDB file when it succeeds: the same are overwritten, others stay', async () => {
    await start(CACHE, file('dump.rdb'));
    cloud.clock.advance(59_999);
    expect(await redis(cloud, CACHE, ['dbsize', 'get a'])).toEqual(['2', 'old']);
    cloud.clock.advance(1);

    expect(await redis(cloud, CACHE, ['dbsize', 'get a', 'get kept'])).toEqual(['3', '1', '1']);
    expect(await redis(cloud, CACHE, ['get c'], { database: 1 })).toEqual(['3']);
  });

  it('merges all databases into one on a Proxy Cluster', async () => {
    await start(PROXY, file('dump.rdb'));
    cloud.clock.advance(60_000);

    expect(await redis(cloud, PROXY, ['dbsize', 'get c'])).toEqual(['3', '3']);
  });

  it('brings the keys of a backup record', async () => {
    await start(PROXY, { file_source: 'backup_record', backup_id: 'b-1' });
    cloud.clock.advance(60_000);

    expect(await redis(cloud, PROXY, ['dbsize', 'get kept'])).toEqual(['2', '1']);
  });

  it('brings nothing when it fails, is stopped, or its file cannot be read here', async () => {
    await start(PROXY, file('dump.aof'));
    cloud.clock.advance(60_000);
    cloud.script({ stage: 'import', outcome: 'fail' });
    await start(PROXY, file('dump.rdb'));
    cloud.clock.advance(60_000);
    const { json } = await start(PROXY, file('dump.rdb'));
    await dcs.post(`/migration-task/${json['id']}/stop`);
    cloud.clock.advance(60_000);

    expect(await redis(cloud, PROXY, ['dbsize'])).toEqual(['0']);
  });
});
