import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { LocalObs } from '../../../src/cloud/obs/local-obs.ts';
import { listBucketFiles } from '../../../src/functiongraph/bucket-tree.ts';

const ATTRIBUTES = { contentType: undefined, metadata: {} };

describe('a link in the folder of the buckets', () => {
  let home: string;
  let folder: string;
  let outside: string;
  let obs: LocalObs;

  const open = (bucket = 'b') =>
    LocalObs.open({
      buckets: [{ name: bucket }],
      folder,
      stateFolder: path.join(home, 'obs'),
      now: Date.now,
      onChange: () => undefined,
    });
  const put = (key: string) => obs.put('b', key, Readable.from([Buffer.from('new')]), ATTRIBUTES);

  beforeEach(async () => {
    home = await realpath(await mkdtemp(path.join(tmpdir(), 'links-')));
    folder = path.join(home, 'buckets');
    outside = path.join(home, 'outside');
    await mkdir(outside);
    await writeFile(path.join(outside, 'secret'), 'not yours');
    obs = await open();
    await mkdir(path.join(folder, 'b', 'real'), { recursive: true });
    await writeFile(path.join(folder, 'b', 'real', 'file'), 'fine');
    await symlink(outside, path.join(folder, 'b', 'dir'));
    await symlink(path.join(outside, 'secret'), path.join(folder, 'b', 'file'));
    await symlink('real', path.join(folder, 'b', 'inside'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const expectOutsideUntouched = async () => {
    expect(await readdir(outside)).toEqual(['secret']);
    expect(await readFile(path.join(outside, 'secret'), 'utf8')).toBe('not yours');
  };

  it.each(['dir/secret', 'file', 'dir', 'inside/file'])(
    'makes %s no object: it is neither read nor listed',
    async (key) => {
      expect(await obs.has('b', key)).toBe(false);
      expect(await obs.text('b', key)).toBeUndefined();
      await expect(obs.stat('b', key, undefined)).rejects.toMatchObject({ code: 'NoSuchKey' });
      const { storage } = obs.bucket('b');
      expect(await storage.keys('')).toEqual(['real/file']);
      expect(await storage.keys(key)).toEqual([]);
      expect(await storage.keys('dir/')).toEqual([]);
      expect((await listBucketFiles(folder)).map((file) => file.key)).toEqual(['real/file']);
    },
  );

  it.each(['dir/secret', 'file', 'dir/more'])(
    'lets nothing be written, appended or deleted through %s',
    async (key) => {
      await obs.remove('b', key, undefined);
      await expectOutsideUntouched();
      await obs.append('b', key, 0, Buffer.from('x'), ATTRIBUTES);
      await put(key);
      expect(await obs.text('b', key)).toBe('new');
      await obs.remove('b', key, undefined);
      await expectOutsideUntouched();
    },
  );

  it('is not appended to when an appended file becomes a link', async () => {
    await obs.append('b', 'log', 0, Buffer.from('one'), ATTRIBUTES);
    await rm(path.join(folder, 'b', 'log'));
    await symlink(path.join(outside, 'secret'), path.join(folder, 'b', 'log'));

    await expect(obs.append('b', 'log', 3, Buffer.from('two'), ATTRIBUTES)).rejects.toMatchObject({
      code: 'PositionNotEqualToLength',
    });
    await expectOutsideUntouched();
  });

  it('is refused as a bucket, also when it is created later', async () => {
    await symlink(outside, path.join(folder, 'linked'));

    await expect(open('linked')).rejects.toThrow('it is a symbolic link; a bucket must be a folder');
    await obs.adopt('linked');
    expect(obs.buckets().map(({ name }) => name)).toEqual(['b']);
    expect((await listBucketFiles(folder)).map(({ bucket }) => bucket)).toEqual(['b']);
  });

  it('gives access to nothing if it replaces a bucket', async () => {
    await rm(path.join(folder, 'b'), { recursive: true });
    await symlink(outside, path.join(folder, 'b'));

    expect(await obs.has('b', 'secret')).toBe(false);
    expect(await obs.bucket('b').storage.keys('')).toEqual([]);
    await obs.remove('b', 'secret', undefined);
    await put('secret');
    await expectOutsideUntouched();
  });
});
