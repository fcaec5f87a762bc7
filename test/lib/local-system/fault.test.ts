import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSystemFile } from '../../../lib/local-system/system-file.ts';
import { type LocalCloud, startLocalCloud } from '../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { ACCOUNT } from '../../../packages/local-cloud/test/cloud/caller.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

let home: string;
let cloud: LocalCloud;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'fault-'));
  cloud = await startLocalCloud({ accounts: [ACCOUNT], controlToken: 'the-token' });
  await writeSystemFile(home, {
    pid: process.pid,
    project_id: '0605767a3300d5762fb7c0186d9e1779',
    region: 'ap-southeast-3',
    cloud_url: cloud.url,
    obs_url: cloud.obsUrl,
    gateway_url: 'http://127.0.0.1:9',
    keys: { access_key: 'AK', secret_key: 'SK', security_token: 'T' },
    token: 'the-token',
  });
});

afterAll(async () => {
  await cloud.close();
  await rm(home, { recursive: true });
});

function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/fault.ts', ...args], { cwd: ROOT });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

describe('npm run fault', () => {
  it('adds faults to the running system and lists the active ones; --clear removes them', async () => {
    const added = await run('--state', home, 'CreateMigrationTask=reply_lost', 'AppendObject=error,status=503');
    const cleared = await run('--state', home, '--clear');

    expect(added).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(added.out).faults).toEqual([
      { operation: 'CreateMigrationTask', kind: 'reply_lost', skip: 0, times: 1 },
      { operation: 'AppendObject', kind: 'error', status: 503, skip: 0, times: 1 },
    ]);
    expect(JSON.parse(cleared.out)).toEqual({ faults: [], throttles: [] });
  }, 30_000);

  it('describes its options', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('reply_lost') });
  }, 30_000);

  it.each([
    ['an unknown fault', ['CreateTask=boom'], 'unknown kind boom'],
    ['an unknown operation', ['CreateTsak=html'], '400'],
    [
      'a folder without a running system',
      ['--state', '/nowhere', 'CreateTask=html'],
      'start one with npx migrations start',
    ],
  ])(
    'refuses %s with exit code 1',
    async (_name, args, message) => {
      const { code, err } = await run('--state', home, ...args);

      expect(code).toBe(1);
      expect(err).toMatch(/^npm run fault: /);
      expect(err).toContain(message);
    },
    30_000,
  );
});

describe('writeSystemFile', () => {
  it('creates a file that only this user can read', async () => {
    expect((await stat(path.join(home, 'system.json'))).mode & 0o777).toBe(0o600);
  });
});
