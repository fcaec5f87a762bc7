import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { runCommandLine } from '../../../lib/cli/command-line.ts';
import { addPause } from '../../../lib/cli/pause.ts';

const JOBS = `
version: 1
region: ap-southeast-3
jobs:
  move:
    on: { request: {} }
    online_migration: { vpc_id: 5e37b3be, subnet_id: 40f15ed6, security_group_id: 9df96622 }
`;

describe('a command that opens a ledger', () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'ledger-name-'));
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });
    await writeFile(path.join(cwd, 'migrations.yml'), JOBS);
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));

  it.each([
    [true, (folder: string) => `ledger: ${folder}\n`],
    [false, () => ''],
  ])('names it next to the result only at a terminal (%j)', async (isTTY, expected) => {
    const stderr = Object.assign(new PassThrough(), { isTTY });
    const streams = {
      stdin: process.stdin,
      stdout: new PassThrough() as unknown as NodeJS.WriteStream,
      stderr: stderr as unknown as NodeJS.WriteStream,
      env: {},
    };

    expect(await runCommandLine(['pause'], [addPause], streams, cwd)).toBe(0);
    expect(String(stderr.read() ?? '')).toBe(expected(path.join(cwd, '.local/ledger')));
  });
});
