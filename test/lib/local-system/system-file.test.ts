import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSystemFile, systemFilePath, writeSystemFile } from '../../../lib/local-system/system-file.ts';

const CONTENT = {
  project_id: '0605767a3300d5762fb7c0186d9e1779',
  region: 'ap-southeast-3',
  cloud_url: 'http://127.0.0.1:1',
  obs_url: 'http://127.0.0.1:2',
  gateway_url: 'http://127.0.0.1:3',
  keys: { access_key: 'A', secret_key: 'B', security_token: 'C' },
  token: 'tok',
};

describe('the file of a local system', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'system-file-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('has the addresses of a running system', async () => {
    await writeSystemFile(folder, { ...CONTENT, pid: process.pid });

    expect((await readSystemFile(folder))?.cloud_url).toBe('http://127.0.0.1:1');
  });

  it('is undefined if none has run', async () => {
    expect(await readSystemFile(folder)).toBeUndefined();
  });

  it('is undefined for a killed system that left its file', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await writeSystemFile(folder, { ...CONTENT, pid });

    expect(await readSystemFile(folder)).toBeUndefined();
  });

  it('fails if it is not valid JSON', async () => {
    await writeFile(systemFilePath(folder), '{');

    await expect(readSystemFile(folder)).rejects.toThrow(SyntaxError);
  });
});
