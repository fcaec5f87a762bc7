import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBin } from '../../fixtures/run-bin.ts';
import { runCommand } from '../../fixtures/run-command.ts';

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
    const { code, stdout } = await runCommand(['--help'], { cwd });

    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: migrations \[options\] \[command\]/);
    expect(stdout).toContain('pause');
  });

  it('shows examples in the --help of a command', async () => {
    const { stdout } = await runCommand(['pause', '--help'], { cwd });

    expect(stdout).toContain('$ npx migrations pause restore-staging');
  });

  it.each([[['bogus']], [['pause', '--bogus']], [['pause', '--local', '--cloud']], [['pause', 'a', 'b']]])(
    'exits 2 for %j, which it does not understand',
    async (args) => {
      const { code, stdout, stderr } = await runCommand(args, { cwd });

      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain('error');
    },
  );

  it('exits 3 and says what to do if there is no ledger yet', async () => {
    const { code, stderr } = await runBin(['pause'], { cwd });

    expect(code).toBe(3);
    expect(stderr).toContain('.local/ledger does not exist: npm start creates it');
  });

  it('prints an error as JSON with --json', async () => {
    const { code, stdout } = await runCommand(['pause', '--json'], { cwd });

    expect(code).toBe(3);
    expect(JSON.parse(stdout).error.code).toBe('config');
  });

  it('finds the jobs file and the ledger of the project from a folder below it', async () => {
    const below = path.join(cwd, 'a/b');
    await mkdir(below, { recursive: true });
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });

    const { code, stdout } = await runBin(['pause', 'restore-staging'], { cwd: below });

    expect([code, stdout]).toEqual([0, 'paused restore-staging: no task is created until you resume\n']);
  });

  it('lists with resume the pauses that remain', async () => {
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });
    await runCommand(['pause', 'restore-staging', '--why', 'the cache is full'], { cwd });
    await runCommand(['pause'], { cwd });

    const all = await runCommand(['resume'], { cwd });
    expect([all.code, all.stdout]).toEqual([
      0,
      'resumed all jobs: reconcile starts the waiting runs at its next tick\n',
    ]);
    expect(all.stderr).toMatch(
      /^still paused:\n {2}job restore-staging is paused since \S+Z by \S+: the cache is full; to resume: npx migrations resume restore-staging\n$/,
    );
    await runCommand(['pause'], { cwd });
    const one = await runCommand(['resume', 'restore-staging', '--json'], { cwd });
    expect(JSON.parse(one.stdout)).toEqual({
      resume: 'restore-staging',
      paused: { everything: true, jobs: [] },
      pauses: [{ job: null, since: expect.stringMatching(/^\d{4}-.*Z$/), by: expect.stringMatching(/\.[0-9a-f]{8}$/) }],
    });
    expect(one.stderr).toMatch(
      /^still paused:\n {2}all jobs are paused since \S+Z by \S+; to resume: npx migrations resume\n$/,
    );
    expect((await runCommand(['resume'], { cwd })).stderr).toBe('');
  });

  it('reports that an existing pause is unchanged', async () => {
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });
    await runCommand(['pause', '--why', 'the first'], { cwd });

    const { code, stdout } = await runCommand(['pause', '--why', 'the second'], { cwd });

    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^nothing to pause: all jobs are paused since \S+Z by \S+: the first; the pause and its reason are unchanged\n$/,
      ),
    ]);
  });

  it('reports that nothing was resumed if nothing was paused', async () => {
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });

    const { code, stdout } = await runCommand(['resume', 'restore-staging'], { cwd });

    expect([code, stdout]).toEqual([0, 'nothing to resume: restore-staging is not paused\n']);
  });

  it('pauses and resumes the jobs that match a pattern, and says which', async () => {
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });
    const job = (name: string) => JOBS.slice(JOBS.indexOf('  restore-staging:')).replace('restore-staging', name);
    await writeFile(path.join(cwd, 'migrations.yml'), `${JOBS.trimEnd()}\n${job('restore-prod')}${job('other')}`);
    await runCommand(['pause', 'restore-prod', '--why', 'the first'], { cwd });

    const paused = await runCommand(['pause', 'restore-*', '--why', 'a storm'], { cwd });
    const listed = JSON.parse((await runCommand(['resume', 'other', '--json'], { cwd })).stdout);
    const resumed = await runCommand(['resume', 'restore-*', '--json'], { cwd });
    const none = await runCommand(['pause', 'restroe-*'], { cwd });

    expect([paused.code, paused.stdout.split('\n')]).toEqual([
      0,
      [
        'paused restore-staging: no task is created until you resume',
        expect.stringMatching(/^nothing to pause: job restore-prod is paused since .*: the first; the pause/),
        '',
      ],
    ]);
    expect(listed.pauses).toMatchObject([
      { job: 'restore-prod', why: 'the first' },
      { job: 'restore-staging', why: 'a storm' },
    ]);
    expect(JSON.parse(resumed.stdout)).toEqual({
      resume: 'restore-*',
      jobs: ['restore-staging', 'restore-prod'],
      paused: { everything: false, jobs: [] },
      pauses: [],
    });
    expect([none.code, none.stdout]).toEqual([2, '']);
    expect(none.stderr).toContain('no job matches; did you mean "restore-staging" or "restore-prod"?');
  });

  it('resumes by a pattern a job that is no longer in the file', async () => {
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });
    await runCommand(['pause', 'restore-staging'], { cwd });
    await writeFile(path.join(cwd, 'migrations.yml'), JOBS.replace('  restore-staging:', '  another:'));

    const { code, stdout } = await runCommand(['resume', 'restore-*'], { cwd });

    expect([code, stdout]).toEqual([
      0,
      'resumed restore-staging: reconcile starts the waiting runs at its next tick\n',
    ]);
  });

  it.each(['', ' ', 'x'.repeat(501)])('refuses to pause with a --why of 0 or more than 500 characters', async (why) => {
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });

    const { code, stderr } = await runCommand(['pause', '--why', why], { cwd });

    expect([code, stderr]).toEqual([2, expect.stringContaining('--why must have 1 to 500 characters')]);
  });

  it('shows pauses above the runs of runs list', async () => {
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });
    await runCommand(['pause', 'restore-staging', '--why', 'the cache is full'], { cwd });

    const { stderr } = await runCommand(['runs', 'list'], { cwd });
    const json = await runCommand(['runs', 'list', '--json'], { cwd });

    expect(stderr).toMatch(
      /^no runs and no open sets\npaused:\n {2}job restore-staging is paused since \S+Z by \S+: the cache is full; /,
    );
    expect(JSON.parse(json.stdout).pauses).toMatchObject([{ job: 'restore-staging', why: 'the cache is full' }]);
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));

    expect(await runBin(['--version'], { cwd })).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    ['takes what the environment lacks from .env of the project', {}, 'from-file', ''],
    ['prefers the environment to .env', { MIGRATIONS_LEDGER_FOLDER: 'from-environment' }, 'from-environment', ''],
    ['reads a variable that is empty in the environment from .env', { MIGRATIONS_LEDGER_FOLDER: '' }, 'from-file', ''],
    ['reads a .env that begins with a byte order mark', {}, 'from-file', '\ufeff'],
  ])('%s', async (_, env, folder, begin) => {
    const below = path.join(cwd, 'below');
    for (const name of ['from-file', 'from-environment']) await mkdir(path.join(below, name), { recursive: true });
    await writeFile(path.join(cwd, '.env'), `${begin}MIGRATIONS_LEDGER_FOLDER=from-file\nOTHER=hunter2\n`);

    const { code, stdout, stderr } = await runBin(['pause'], { cwd: below, env });

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('hunter2');
    expect(await readdir(path.join(below, folder))).toContain('names');
  });

  it('reports that .env cannot be read', async () => {
    await mkdir(path.join(cwd, '.env'));

    const { code, stderr } = await runCommand(['pause'], { cwd });

    expect([code, stderr]).toEqual([3, expect.stringMatching(/^error \S+\.env: cannot be read: EISDIR\n$/)]);
  });

  it('suggests --jobs if a command without arguments is given one', async () => {
    const { code, stderr } = await runCommand(['check', 'other.yml'], { cwd });

    expect([code, stderr]).toEqual([2, expect.stringContaining('use --jobs <file> for the jobs file')]);
  });

  it('exits quietly if its output is closed', async () => {
    const bin = fileURLToPath(new URL('../../../dist/cli/migrations.mjs', import.meta.url));
    const script = `node "${bin}" check --policy | :; exit "$PIPESTATUS"`;
    const { status, stderr } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });

    expect([status, stderr]).toEqual([0, '']);
  });

  it('refuses to pause a job that is not in the jobs file', async () => {
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });

    const { code, stderr } = await runCommand(['pause', 'restore-stagin'], { cwd });

    expect([code, stderr]).toEqual([2, expect.stringMatching(/no such job in \S+; did you mean "restore-staging"\?/)]);
  });
});
