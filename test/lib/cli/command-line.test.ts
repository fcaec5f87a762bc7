import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBin } from '../../fixtures/run-bin.ts';

const JOBS = `
version: 1
region: ap-southeast-3
targets:
  staging-cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, password: { user_data: STAGING_CACHE_PASSWORD } }
jobs:
  restore-staging:
    on: { object_created: { bucket: redis-backups, key: "prod/**/*.rdb" } }
    backup_import: { target_instance: staging-cache }
`;

describe('npx migrations', () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'command-line-'));
    await writeFile(path.join(cwd, 'migrations.yml'), JOBS);
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));

  it('lists its commands with --help and exits 0', async () => {
    const { code, stdout } = await runBin(['--help'], { cwd });

    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: migrations \[options\] \[command\]/);
    expect(stdout).toContain('pause');
  });

  it('gives examples with the --help of a command', async () => {
    const { stdout } = await runBin(['pause', '--help'], { cwd });

    expect(stdout).toContain('$ npx migrations pause restore-staging');
  });

  it.each([[['bogus']], [['pause', '--bogus']], [['pause', '--local', '--cloud']], [['pause', 'a', 'b']]])(
    'exits 2 for %j, which it does not understand',
    async (args) => {
      const { code, stdout, stderr } = await runBin(args, { cwd });

      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain('error');
    },
  );

  it('exits 3 and says what to do when there is no ledger yet', async () => {
    const { code, stderr } = await runBin(['pause'], { cwd });

    expect(code).toBe(3);
    expect(stderr).toContain('.local/ledger does not exist: npm start makes it');
  });

  it('prints an error as JSON with --json', async () => {
    const { code, stdout } = await runBin(['pause', '--json'], { cwd });

    expect(code).toBe(3);
    expect(JSON.parse(stdout).error.code).toBe('config');
  });

  it('finds the jobs file and the ledger of the project from a folder below it', async () => {
    const below = path.join(cwd, 'a/b');
    await mkdir(below, { recursive: true });
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });

    const { code, stdout } = await runBin(['pause', 'restore-staging'], { cwd: below });

    expect([code, stdout]).toEqual([0, 'paused restore-staging: no task is created until it is resumed\n']);
  });

  it('says with resume what a pause of its own still holds', async () => {
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });
    await runBin(['pause', 'restore-staging'], { cwd });
    await runBin(['pause'], { cwd });

    const all = await runBin(['resume'], { cwd });
    expect([all.code, all.stdout]).toEqual([0, 'resumed all jobs: what has waited is started by reconcile\n']);
    expect(all.stderr).toBe(
      'still paused:\n  restore-staging, by a pause of its own: npx migrations resume restore-staging\n',
    );
    await runBin(['pause'], { cwd });
    const one = await runBin(['resume', 'restore-staging', '--json'], { cwd });
    expect(JSON.parse(one.stdout)).toEqual({ resume: 'restore-staging', paused: { everything: true, jobs: [] } });
    expect(one.stderr).toBe('still paused:\n  all jobs, by a pause of their own: npx migrations resume\n');
    expect((await runBin(['resume'], { cwd })).stderr).toBe('');
  });

  it('names --jobs when a command without arguments is given one', async () => {
    const { code, stderr } = await runBin(['check', 'other.yml'], { cwd });

    expect([code, stderr]).toEqual([2, expect.stringContaining('--jobs <file> names the jobs file')]);
  });

  it('ends quietly when nobody reads its results any more', async () => {
    const bin = fileURLToPath(new URL('../../../dist/cli/migrations.mjs', import.meta.url));
    const script = `node "${bin}" check --policy | :; exit "$PIPESTATUS"`;
    const { status, stderr } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });

    expect([status, stderr]).toEqual([0, '']);
  });

  it('refuses to pause a job that the jobs file does not have', async () => {
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });

    const { code, stderr } = await runBin(['pause', 'restore-stagin'], { cwd });

    expect([code, stderr]).toEqual([2, expect.stringContaining('has no such job; did you mean "restore-staging"?')]);
  });
});
