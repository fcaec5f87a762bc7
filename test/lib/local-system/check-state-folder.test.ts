import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkIsStateFolder } from '../../../lib/local-system/check-state-folder.ts';
import { lockStateFolder } from '../../../lib/local-system/state-lock.ts';
import { keepProjectId } from '../../../packages/local-cloud/src/state-folder.ts';

describe('checkIsStateFolder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'state-')), '.local');
    await mkdir(folder, { mode: 0o755 });
  });
  afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

  it('accepts a folder that does not exist, and does not create it', async () => {
    await rm(folder, { recursive: true });

    await checkIsStateFolder(folder);
    await expect(stat(folder)).rejects.toThrow('ENOENT');
  });

  it('accepts an empty folder', async () => {
    await expect(checkIsStateFolder(folder)).resolves.toBeUndefined();
  });

  it('accepts a folder with nothing but the state of a demonstration', async () => {
    await mkdir(path.join(folder, 'once'));

    await expect(checkIsStateFolder(folder)).resolves.toBeUndefined();
  });

  it.each(['project-id', 'functions.log', 'buckets.json', 'lock'])(
    'accepts what a start left, with other files, by its %s',
    async (name) => {
      await mkdir(path.join(folder, 'share'));
      await writeFile(path.join(folder, name), '');

      await expect(checkIsStateFolder(folder)).resolves.toBeUndefined();
    },
  );

  it('accepts a folder while it is locked, and once it has a project', async () => {
    await mkdir(path.join(folder, 'functions'));
    const lock = await lockStateFolder(folder);
    await expect(checkIsStateFolder(folder)).resolves.toBeUndefined();
    await keepProjectId(folder);
    await lock.release();

    await expect(checkIsStateFolder(folder)).resolves.toBeUndefined();
  });

  it.each(['share', 'functions', 'buckets'])('refuses a folder that has only %s, and changes nothing', async (name) => {
    await mkdir(path.join(folder, name));

    await expect(checkIsStateFolder(folder)).rejects.toThrow(
      `${folder} is not empty, and no local system has written it: move it away, or start in another folder; nothing was changed`,
    );
    expect([await readdir(folder), (await stat(folder)).mode & 0o777]).toEqual([[name], 0o755]);
  });
});
