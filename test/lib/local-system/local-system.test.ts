import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseJobs } from '../../../lib/jobs/load-jobs.ts';
import { LOCAL_FUNCTIONS } from '../../../lib/local-system/local-functions.ts';
import { type LocalSystem, type SystemEvent, startLocalSystem } from '../../../lib/local-system/local-system.ts';
import { makeSdk } from '../../../packages/local-cloud/test/cloud/obs/sdk.ts';
import { buildForTest } from '../../fixtures/built-functions.ts';
import { makeRdb, SMALL_RDB } from '../../fixtures/rdb.ts';

const JOBS = `
version: 1
region: ap-southeast-3
targets:
  staging-cache:
    id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5
    password: { user_data: STAGING_CACHE_PASSWORD }
jobs:
  restore-staging:
    on:
      object_created: { bucket: redis-backups, key: "prod/**/*.rdb" }
    backup_import:
      target_instance: staging-cache
`;

describe('the local system', () => {
  let home: string;
  let built: Awaited<ReturnType<typeof buildForTest>>;
  let system: LocalSystem;
  let events: SystemEvent[] = [];

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'system-'));
    built = await buildForTest(JOBS);
    system = await start(home);
  }, 60_000);

  const start = async (stateFolder: string) =>
    startLocalSystem({
      stateFolder,
      functions: LOCAL_FUNCTIONS.map(({ name }) => ({ name, folder: built.folderOf(name) })),
      jobs: (await parseJobs(JOBS, 'yaml', { ledger: 'given' })).jobs,
      gatewayPort: 0,
      onEvent: (event) => events.push(event),
    });

  afterAll(async () => {
    await system?.close();
    await built?.remove();
    await rm(home, { recursive: true });
  });

  let tasksBefore = 0;
  beforeEach(() => {
    tasksBefore = system.cloud.tasks().length;
    events = [];
  });

  const objects = () => events.flatMap((event) => (event.kind === 'object' ? [event.change] : []));
  const results = () =>
    events.flatMap((event) =>
      event.kind === 'result' && event.functionName === 'backup-landed' ? [event.result] : [],
    );
  const isIdle = () => system.cloud.tasks().every(({ status }) => status === 'SUCCESS');
  /** Meanwhile the tasks of the cloud walk as if each look took a second. */
  const until = async (condition: () => boolean) => {
    while (!condition()) {
      system.cloud.clock.advance(1000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const sdk = () => makeSdk(system.cloud.obsUrl, system.keys);

  /** One event, one run, one task more: and nothing follows. */
  async function expectOneImport(eventName: string, key: string): Promise<void> {
    // Created at once, or when the import before it is settled.
    await until(() => system.cloud.tasks().length === tasksBefore + 1 && isIdle());
    // Two more looks at the folder: a second event would have come by then.
    await writeFile(path.join(system.bucketsFolder, 'redis-backups', 'later'), key);
    await until(() => objects().some((change) => change.key === 'later'));

    expect(objects().filter((change) => change.key !== 'later')).toMatchObject([{ eventName, key }]);
    expect(results().map(({ payload }) => JSON.parse(payload).runs)).toMatchObject([[{ job: 'restore-staging' }]]);
    expect(system.cloud.tasks()).toHaveLength(tasksBefore + 1);
  }

  it('imports an object that the official OBS SDK puts', async () => {
    const call = await sdk();

    const file = path.join(home, 'one.rdb');
    // From a file: the SDK takes a body for a text.
    await writeFile(file, makeRdb());

    await call('putObject', { Bucket: 'redis-backups', Key: 'prod/a b/one.rdb', SourceFile: file });

    await expectOneImport('ObjectCreated:Put', 'prod/a b/one.rdb');
  }, 30_000);

  it('imports an object that the official OBS SDK uploads in parts', async () => {
    const call = await sdk();
    const file = path.join(home, 'big.rdb');
    await writeFile(file, makeRdb({ databases: { 0: Array.from({ length: 8000 }, (_, i) => `key-${i}`) } }));

    await call('uploadFile', {
      Bucket: 'redis-backups',
      Key: 'prod/big.rdb',
      UploadFile: file,
      PartSize: 100 * 1024,
      TaskNum: 2,
    });

    await expectOneImport('ObjectCreated:CompleteMultipartUpload', 'prod/big.rdb');
  }, 30_000);

  it('imports a file that is moved into the folder, and so becomes an object', async () => {
    const call = await sdk();
    const folder = path.join(system.bucketsFolder, 'redis-backups', 'prod/moved');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'two.rdb.part'), SMALL_RDB, 'latin1');
    await rename(path.join(folder, 'two.rdb.part'), path.join(folder, 'two.rdb'));

    await expectOneImport('ObjectCreated:Put', 'prod/moved/two.rdb');
    const { InterfaceResult } = await call('getObject', { Bucket: 'redis-backups', Key: 'prod/moved/two.rdb' });
    expect(InterfaceResult.Content).toMatch(/^REDIS0009/);
    expect(await readdir(folder)).toEqual(['two.rdb']);
  }, 30_000);

  it('has a file with its addresses while it is running', async () => {
    const folder = path.join(home, 'other');
    const file = path.join(folder, 'system.json');
    const other = await start(folder);

    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      cloud_url: other.cloud.url,
      obs_url: other.cloud.obsUrl,
      gateway_url: other.gateway.url,
      token: other.keys.token,
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await other.close();
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
