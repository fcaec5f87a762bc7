import { makeProbeFolder, removeLeftovers } from '../../../../lib/cloud/programs/probe-folder.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';
import { type LocalCloud, startLocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { BUCKET, KEYS, objectsIn, PREFIX } from './probed-cloud.ts';

const HOUR_MS = 3_600_000;
const FOLDERS = ['20260101T000000Z-0000000a/', '20260101T000000Z-0000000b/'];

describe('what killed probes left behind', () => {
  let cloud: LocalCloud;

  beforeEach(async () => {
    cloud = await startLocalCloud({ accounts: [KEYS], obs: { buckets: [{ name: BUCKET }] } });
  });
  afterEach(() => cloud.close());

  const optionsOf = (prefix: string) => ({
    endpoint: cloud.obsUrl,
    credentials: { ...KEYS, secretKey: new Secret(KEYS.secretKey), securityToken: new Secret(KEYS.securityToken) },
    remainingMs: () => 10_000,
    bucket: BUCKET,
    prefix,
  });
  const folderOf = (name: string) => makeProbeFolder(optionsOf(`${PREFIX}${name}`));

  it('is removed after an hour', async () => {
    for (const folder of FOLDERS) await folderOf(folder).put('a', '');

    expect(await removeLeftovers(optionsOf(PREFIX), Date.now() + HOUR_MS + 60_000)).toBe(2);
    expect(await objectsIn(cloud)).toEqual([]);
  });

  it('is removed with whatever else is in its folder', async () => {
    const { storage } = cloud.obs.bucket(BUCKET);
    for (const name of ['A.txt', 'a?b'])
      await storage.append(`${PREFIX}${FOLDERS[0]}${name}`, new Uint8Array(), undefined, {} as never);

    expect(await removeLeftovers(optionsOf(PREFIX), Date.now() + HOUR_MS + 60_000)).toBe(2);
    expect(await objectsIn(cloud)).toEqual([]);
  });

  it('is removed where a trigger watches, too', async () => {
    const prefix = 'prod/dump-.migrations-probe/';
    await makeProbeFolder(optionsOf(`${prefix}${FOLDERS[0]}`)).put('a b+c%-.rdb', '');

    expect(await removeLeftovers(optionsOf(prefix), Date.now() + HOUR_MS + 60_000)).toBe(1);
    expect(await objectsIn(cloud)).toEqual([]);
  });

  it('is left alone until then: its probe may still run', async () => {
    for (const folder of FOLDERS) await folderOf(folder).put('a', '');

    expect(await removeLeftovers(optionsOf(PREFIX), Date.now() + HOUR_MS - 60_000)).toBe(0);
    expect(await objectsIn(cloud)).toHaveLength(2);
  });

  it('is nothing but folders of probes', async () => {
    const other = cloud.obs.bucket(BUCKET).storage;
    for (const key of ['migrations/probe/a', 'migrations/probe/notes/a', 'migrations/runs/a'])
      await other.append(key, new Uint8Array(), undefined, {} as never);

    expect(await removeLeftovers(optionsOf(PREFIX), Date.now() + 2 * HOUR_MS)).toBe(0);
    expect(await objectsIn(cloud)).toEqual(['migrations/probe/a', 'migrations/probe/notes/a', 'migrations/runs/a']);
  });

  it.each([1, 1_001])('is removed with its versions in a bucket with versioning: %d', async (count) => {
    await cloud.obs.addBucket({ name: BUCKET, versioning: true });
    const folder = folderOf(FOLDERS[0] ?? '');
    for (let i = 0; i < count; i++) await folder.put('a', '');
    await folder.removeAll();

    expect(await cloud.obs.bucket(BUCKET).storage.versions('')).toEqual([]);
  });

  it('is removed with its versions after an hour, and no versions of others', async () => {
    await cloud.obs.addBucket({ name: BUCKET, versioning: true });
    for (const folder of FOLDERS) for (const text of ['1', '2']) await folderOf(folder).put('a', text);
    const { storage } = cloud.obs.bucket(BUCKET);
    await storage.append('migrations/runs/a', new Uint8Array(), undefined, {} as never);
    const others = await storage.versions('migrations/runs/');

    expect(await removeLeftovers(optionsOf(PREFIX), Date.now() + HOUR_MS + 60_000)).toBe(2);
    expect(await storage.versions('')).toEqual(others);
  });

  it.each(['', 'migrations/', 'migrations/probe/', 'migrations/probe/notes/', 'migrations/20260101T000000Z-0000000a/'])(
    'is not in %s',
    (prefix) => {
      expect(() => makeProbeFolder(optionsOf(prefix))).toThrow(/is not the folder of a probe$/);
    },
  );

  it.each(['', '../a', '/a', 'a?b', 'A'])('has no object %j', async (name) => {
    await expect(folderOf(FOLDERS[0] ?? '').put(name, '')).rejects.toThrow(/is not a name in the folder of a probe$/);
    expect(await objectsIn(cloud)).toEqual([]);
  });
});
