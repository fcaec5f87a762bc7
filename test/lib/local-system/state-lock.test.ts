import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { processStart } from '../../../lib/local-system/process-start.ts';
import { LOCK_FILE, lockStateFolder } from '../../../lib/local-system/state-lock.ts';
import { writeSystemFile } from '../../../lib/local-system/system-file.ts';
import { emptyStateFolder, keepProjectId, openStateFolder } from '../../../packages/local-cloud/src/state-folder.ts';

describe('the state folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'state-')), '.local');
  });
  afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

  const holder = (pid: number, start: string) =>
    openStateFolder(folder).then(() =>
      writeFile(path.join(folder, LOCK_FILE), JSON.stringify({ id: 'another', pid, start })),
    );

  it('is closed to everyone else, even if it was open before', async () => {
    await openStateFolder(folder);
    spawnSync('chmod', ['755', folder]);
    await openStateFolder(folder);

    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  (process.getuid?.() === 0 ? it : it.skip)('is refused when it belongs to another user (needs root)', async () => {
    await openStateFolder(folder);
    spawnSync('chown', ['65534', folder]);

    await expect(openStateFolder(folder)).rejects.toThrow('belongs to another user (uid 65534)');
  });

  it('keeps its generated project id', async () => {
    await openStateFolder(folder);
    const id = await keepProjectId(folder);

    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(await keepProjectId(folder)).toBe(id);
    await writeFile(path.join(folder, 'project-id'), 'x');
    await expect(keepProjectId(folder)).rejects.toThrow('expected 32 hex digits');
  });

  it('is emptied except for the given names', async () => {
    await openStateFolder(folder);
    for (const name of ['a', 'b', 'c']) await writeFile(path.join(folder, name), '');

    await emptyStateFolder(folder, ['b']);

    expect(await readdir(folder)).toEqual(['b']);
  });

  it('has one holder; a second start is told its process and URL', async () => {
    const lock = await lockStateFolder(folder);
    await writeSystemFile(folder, {
      pid: process.pid,
      project_id: '',
      region: '',
      cloud_url: '',
      obs_url: '',
      gateway_url: 'http://127.0.0.1:1',
      console_url: 'http://127.0.0.1:2/#token=abc',
      keys: { access_key: '', secret_key: '', security_token: '' },
      token: '',
    });

    await expect(lockStateFolder(folder)).rejects.toThrow(
      `a local system is already running here (process ${process.pid} at http://127.0.0.1:2/; state in ${folder}): use it, or stop it first (Ctrl-C, or kill ${process.pid})`,
    );
    await lock.release();
    const next = await lockStateFolder(folder);
    expect([await lock.state(), await next.state()]).toEqual(['taken', 'held']);
  });

  it('reports that it is gone', async () => {
    const lock = await lockStateFolder(folder);
    await rm(folder, { recursive: true });

    expect(await lock.state()).toBe('gone');
    await lock.release();
  });

  it.each([
    ['that was killed', async () => holder(spawnSync(process.execPath, ['-e', '']).pid, 'x')],
    ['whose id another process has now', async () => holder(process.pid, 'another boot 1')],
    [
      'whose file was cut off',
      async () => openStateFolder(folder).then(() => writeFile(path.join(folder, LOCK_FILE), '{')),
    ],
  ])('is taken from a process %s', async (_name, leave) => {
    await leave();

    const lock = await lockStateFolder(folder);

    expect(await lock.state()).toBe('held');
    expect(await readdir(folder)).toEqual([LOCK_FILE]);
  });

  it('is not taken from a running process', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    await holder(other.pid ?? 0, (await processStart(other.pid ?? 0)) ?? '');

    await expect(lockStateFolder(folder)).rejects.toThrow(`process ${other.pid}`);
    other.kill('SIGKILL');
  });

  it('goes to one of several processes that find a stale lock', async () => {
    await holder(spawnSync(process.execPath, ['-e', '']).pid, 'x');

    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockStateFolder(folder)));

    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
