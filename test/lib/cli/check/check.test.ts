import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runBin } from '../../../fixtures/run-bin.ts';
import { runCommand } from '../../../fixtures/run-command.ts';

const GOOD = `version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  staging-cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, password: { user_data: STAGING_CACHE_PASSWORD } }
jobs:
  restore-staging:
    on: { object_created: { bucket: redis-backups, key: "prod/**/*.rdb" } }
    backup_import: { target_instance: staging-cache }
`;
const WITHOUT_LEDGER = GOOD.replace(/^ledger.*\n/m, '');
const BROKEN = GOOD.replace('target_instance: staging-cache', 'target_instance: stagin-cache');

describe('npx migrations check', () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'check-'));
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));

  const check = async (text: string, args: readonly string[] = [], file = 'migrations.yml') => {
    await writeFile(path.join(cwd, file), text);
    return runCommand(['check', ...args], { cwd });
  };

  it('finds no problems in a valid file, and counts its jobs', async () => {
    expect(await check(GOOD)).toEqual({ code: 0, stdout: 'migrations.yml: 1 job, no problems\n', stderr: '' });
  });

  it('shows each problem with its line, its position and what is expected', async () => {
    const { code, stdout } = await check(BROKEN);

    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      'migrations.yml:9: problem: jobs.restore-staging.backup_import.target_instance: is not the name of a target: "stagin-cache"; did you mean "staging-cache"?',
      '  9 |     backup_import: { target_instance: stagin-cache }',
      '    |                      ^^^^^^^^^^^^^^^',
      expect.stringMatching(/^ {2}The DCS instance to import into; .* Keys: id \(required\), addrs,/),
      'migrations.yml: 1 problem',
      '',
    ]);
  });

  it('lists the problems and the jobs with --json', async () => {
    const broken = await check(BROKEN, ['--json']);
    const good = await check(GOOD, ['--json']);

    expect(JSON.parse(broken.stdout)).toEqual({
      file: path.join(cwd, 'migrations.yml'),
      problems: [
        {
          path: 'jobs.restore-staging.backup_import.target_instance',
          line: 9,
          message: 'is not the name of a target: "stagin-cache"; did you mean "staging-cache"?',
          level: 'problem',
          help: expect.stringContaining('The DCS instance'),
        },
      ],
      jobs: [],
    });
    expect(JSON.parse(good.stdout)).toEqual({
      file: path.join(cwd, 'migrations.yml'),
      problems: [],
      jobs: [{ name: 'restore-staging', triggers: ['object_created'], action: 'backup_import' }],
    });
  });

  it('passes with warnings, unless --strict is given', async () => {
    const { code, stdout } = await check(WITHOUT_LEDGER);

    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^migrations.yml:1: warning: no ledger: .*\n.*1 job, no problems, 1 warning\n$/),
    ]);
    expect((await check(WITHOUT_LEDGER, ['--strict'])).code).toBe(1);
    expect((await check(GOOD, ['--strict'])).code).toBe(0);
  });

  it('shows warnings and problems together, ordered by line', async () => {
    const { stdout } = await check(WITHOUT_LEDGER.replace('stagin', 'stagin').replace('"prod/**/*.rdb"', '/prod'), [
      '--json',
    ]);

    expect(JSON.parse(stdout).problems).toMatchObject([
      { line: 1, level: 'warning' },
      { line: 7, level: 'problem' },
    ]);
  });

  it('checks the file as for deployment: keys that need a ledger are errors, unless one is provided', async () => {
    const text = WITHOUT_LEDGER.replace('    backup_import', '    deadline: 6h\n    backup_import');

    expect((await check(text)).stdout).toContain('deadline: needs a ledger');
    expect((await check(text, ['--local'])).code).toBe(0);
    await writeFile(path.join(cwd, 'migrations.yml'), text);
    expect((await runBin(['check'], { cwd, env: { MIGRATIONS_LEDGER_FOLDER: cwd } })).code).toBe(0);
  });

  it.each([
    ['as a password', 'password: hunter2-hunter2'],
    ['under a name that is spelt wrongly', 'pasword: hunter2-hunter2'],
    ['in a line that has another problem', 'password: { user_data: A }, nmae: hunter2-hunter2, id: ""'],
    ['in a line that is not YAML', 'password: "hunter2-hunter2'],
    ['in a comment', 'id: "", addrs: 1 # the password is hunter2-hunter2'],
  ])('never prints a secret that is in the file %s', async (_where, given) => {
    const text = GOOD.replace('staging-cache: {', 'old: {').replace(
      '{ target_instance: staging-cache }',
      `{ target_instance: { ${given} } }`,
    );
    const { code, stdout, stderr } = await check(text);
    const json = await check(text, ['--json']);

    expect([code, json.code]).toEqual([1, 1]);
    expect(`${stdout}${stderr}${json.stdout}${json.stderr}`).not.toContain('hunter2');
  });

  it('lists the known keys for an unknown one', async () => {
    const { stdout } = await check(GOOD.replace('    on:', '    trigger:'));

    expect(stdout).toContain('unknown key "trigger"');
    expect(stdout).toMatch(/Known keys: on \(required\), overlap,/);
  });

  it.each([
    ['\n  restore-staging: {}\n', 'a duplicate key', 'Two jobs'],
    ['\n  x: "y\n', 'a quote, bracket, colon or comma is missing', 'look above'],
    ['\n  b:\n    \ton: {}\n', 'a tab is used for indentation', 'Indent with spaces.'],
    ['\n b:\n', 'wrong indentation', 'the same column'],
    ['\n  b: { on: {}\n  c: 1\n', 'a bracket is missing here, or on a line above', 'look above'],
    ['\n  b: { key: a: b }\n', 'a colon or dash in .* outside of them', 'Put a string in quotes'],
  ])('says what to do if the file cannot be parsed: %j', async (added, message, help) => {
    const { code, stdout } = await check(GOOD + added.slice(1));

    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`:\\d+: problem: not valid YAML: ${message}\\n[^]*${help}`));
  });

  it('reports the line of an unquoted glob, and what to do', async () => {
    const { code, stdout } = await check(GOOD.replace('"prod/**/*.rdb"', '**/*.rdb'));

    expect([code, stdout.split('\n')]).toEqual([
      1,
      [
        'migrations.yml:8: problem: not usable YAML: an unquoted string that begins with * is an alias, and this one has no anchor',
        expect.stringMatching(/^ {2}8 \| /),
        expect.any(String),
        '  Put it in quotes: key: "**/*.rdb".',
        'migrations.yml: 1 problem',
        '',
      ],
    ]);
  });

  it('explains durations if a number is given', async () => {
    const { stdout } = await check(GOOD.replace('    on:', '    deadline: 6\n    on:'));

    expect(stdout).toContain('deadline: must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d, received 6\n');
  });

  it('warns about FILL IN comments of init, and no other comments', async () => {
    const text = `${GOOD.replace('version: 1', 'version: 1 # as it is')}# FILL IN: the id of the instance\n`;
    const { code, stdout } = await check(text);

    expect(code).toBe(0);
    expect(stdout).toContain(
      'migrations.yml:10: warning: must still be filled in: the id of the instance; then remove the comment\n',
    );
    expect(stdout.match(/filled in/g)).toHaveLength(1);
  });

  it('accepts JSON, and reports its lines', async () => {
    const { code, stdout } = await check('{"version":2}', ['--jobs', 'jobs.json'], 'jobs.json');

    expect(code).toBe(1);
    expect(stdout).toContain('jobs.json:1: problem: version: must be 1, received 2');
  });

  it('reports another encoding as a problem of the file, with its line', async () => {
    await writeFile(path.join(cwd, 'migrations.yml'), Buffer.from(`\ufeff${GOOD}`, 'utf16le'));

    expect(await runCommand(['check'], { cwd })).toEqual({
      code: 1,
      stdout: expect.stringMatching(
        /^migrations\.yml:1: problem: not readable: the file is UTF-16 \(LE\), .*save it as UTF-8.*\nmigrations\.yml: 1 problem\n$/,
      ),
      stderr: '',
    });
  });

  it('says where a misplaced key belongs, and nothing else', async () => {
    const { code, stdout } = await check(GOOD.replace('    backup_import', '  backup_import'));

    expect([code, stdout.split('\n')]).toEqual([
      1,
      [
        'migrations.yml:9: problem: jobs.backup_import: is in the wrong place: it belongs to job restore-staging above; indent it further, like the other keys of that job',
        '  9 |   backup_import: { target_instance: staging-cache }',
        '    |   ^^^^^^^^^^^^^',
        'migrations.yml: 1 problem',
        '',
      ],
    ]);
  });

  it('exits 3 if the file cannot be read, and names it', async () => {
    const { code, stdout, stderr } = await runBin(['check', '--jobs', 'nope.yml'], { cwd });

    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/nope\.yml: file not found/);
  });
});
