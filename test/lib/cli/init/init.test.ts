import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runBin } from '../../../fixtures/run-bin.ts';
import { runCommand } from '../../../fixtures/run-command.ts';

describe('npx migrations init', () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'init-'));
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));

  const init = (...args: string[]) => runCommand(['init', ...args], { cwd });
  const read = (file: string) => readFile(path.join(cwd, file), 'utf8');

  it('writes both files with the defaults, which pass check, and says what comes next', async () => {
    const { code, stdout } = await init('--yes');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^written: migrations\.yml, serverless\.yml\nnext:\n {2}replace what is marked FILL IN/);
    expect(await read('migrations.yml')).toContain('FILL IN: the id of the DCS instance');
    const check = await runCommand(['check'], { cwd });
    expect(check.code).toBe(0);
    // Nothing but what nobody has answered yet.
    expect(check.stdout.match(/warning: (?!must still be filled in)/g)).toBeNull();
    expect(check.stdout).toContain('warning: must still be filled in: the id of the DCS instance');
  });

  it('explains in another folder how to deploy, because the framework loads no plugin from outside', async () => {
    const { stdout } = await init('--yes');
    const home = path.relative(cwd, path.resolve(import.meta.dirname, '../../../..'));

    expect(stdout).toContain(`  npx --prefix ${home} migrations check\n`);
    expect(stdout).toMatch(
      /\n {2}cp migrations\.yml serverless\.yml (\S+)\/ && cd \1 .*\n {2}npx serverless deploy\n$/,
    );
    expect(await read('serverless.yml')).toContain('\n  - ./dist/deploy/plugin.mjs\n');
    const jobs = await read('migrations.yml');
    expect(jobs).toContain(`$schema=${home}/migrations.schema.json\n`);
    expect(jobs).toContain(`All keys are described in ${home}/docs/jobs-file.md.\n`);
  });

  it('uses the answers given as options', async () => {
    await init(
      '--yes',
      '--use',
      'servers, schedule',
      '--region',
      'cn-south-1',
      '--ledger',
      'our-ledger',
      '--template',
      'template-1',
    );
    const [jobs, service] = [await read('migrations.yml'), await read('serverless.yml')];

    expect(jobs).toContain('region: cn-south-1\n');
    expect(jobs).toContain('bucket: our-ledger,');
    expect(jobs).toContain('target: { region: cn-south-1, template: template-1 }\n');
    expect(jobs).toContain('  refresh:\n');
    expect(service).toMatch(/^functions:\n {2}schedule: .*\n {2}webhook: .*\n {2}reconcile: .*\n$/m);
  });

  it('lists the written files with --json', async () => {
    const { stdout } = await init('--yes', '--json');

    expect(JSON.parse(stdout)).toEqual({ written: ['migrations.yml', 'serverless.yml'], next: expect.any(Array) });
  });

  it.each(['migrations.yml', 'serverless.yml'])('does not overwrite %s, and writes no other file', async (file) => {
    await writeFile(path.join(cwd, file), 'mine');
    const { code, stdout, stderr } = await init('--yes');

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`${file} already exists, so nothing was written`);
    expect(await readdir(cwd)).toEqual([file]);
    expect(await read(file)).toBe('mine');
    expect(JSON.parse((await init('--yes', '--json')).stdout)).toEqual({ written: [], there: [file] });
  });

  it.each([
    [['--region', 'Singapore'], '--region "Singapore" is not a region id, such as ap-southeast-3'],
    [
      ['--use', 'backup,everything'],
      '--use "backup,everything" is not a list of backup, schedule, request, online, servers',
    ],
    [['--use', ''], '--use "" is not a list of'],
    [['--bucket', 'My_Bucket'], '--bucket "My_Bucket" is not a bucket name'],
    [['--instance', 'x'], '--instance "x" is not the id of a DCS instance'],
    [['--ledger', 'with.dots'], '--ledger "with.dots" contains a dot'],
    [['--bucket', 'one-bucket', '--ledger', 'one-bucket'], '--ledger "one-bucket" is the bucket of the backups'],
    [['--bucket', 'ops-ledger'], '--ledger "ops-ledger" is the bucket of the backups'],
    [['--notify', 'migrations'], '--notify "migrations" is not a topic URN'],
    [['--notify', 'urn:smn:cn-south-1:p:t'], 'is not in ap-southeast-3'],
    [['--ledger', 'none', '--notify', 'urn:smn:ap-southeast-3:p:t'], '--notify: does not apply to the chosen uses'],
    [['--use', 'servers', '--bucket', 'my-bucket'], '--bucket: does not apply to the chosen uses'],
    [
      ['--use', 'schedule', '--source-instance', '00000000-0000-0000-0000-000000000001'],
      'is the instance that receives the data',
    ],
    [['--agency', '1'], '--agency "1" is not an agency name'],
  ])('refuses %j with the reason, and writes nothing', async (args, reason) => {
    const { code, stderr } = await init('--yes', ...args);

    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
    expect(await readdir(cwd)).toEqual([]);
  });

  it('fails if nobody can be asked, and writes nothing', async () => {
    const { code, stderr } = await runBin(['init'], { cwd });

    expect([code, stderr]).toEqual([2, expect.stringContaining('nobody can be asked')]);
    expect(await readdir(cwd)).toEqual([]);
  });

  it('needs no --yes if every question is answered', async () => {
    const all = [
      '--region',
      'ap-southeast-3',
      '--use',
      'request',
      '--instance',
      'd2c8399f-bdba-43c1-8069-3ff17a1a79d5',
      '--ledger',
      'none',
      '--agency',
      'a',
    ];

    expect((await init(...all)).code).toBe(0);
    expect(await read('migrations.yml')).not.toContain('FILL IN');
  });

  it('lists an option for each question with --help', async () => {
    const { stdout } = await init('--help');

    for (const flag of [
      '--region',
      '--use',
      '--bucket',
      '--source-address',
      '--security-group',
      '--ledger',
      '--notify',
      '--yes',
    ]) {
      expect(stdout).toContain(flag);
    }
  });
});
