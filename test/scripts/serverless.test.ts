import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Script, ScriptedCloud } from '../fakes/scripted-cloud.ts';
import { runCommand } from '../fixtures/run-command.ts';

const ROOT = join(import.meta.dirname, '../..');
const PASSWORD = 'hunter2-hunter2';
const SK = 'sk-of-the-test-7Uio6PznpdUKGpownRZlmVmHc';
const TOKEN = 'token-of-the-test-AbCd';

const keys = {
  HUAWEICLOUD_SDK_AK: 'AKOFTHETEST',
  HUAWEICLOUD_SDK_SK: SK,
  HUAWEICLOUD_SDK_SECURITY_TOKEN: TOKEN,
  HUAWEICLOUD_SDK_PROJECT_ID: '0123456789abcdef0123456789abcdef',
};

/** A value for each secret that the jobs file refers to. */
const jobsFile = readFileSync(join(ROOT, 'migrations.yml'), 'utf8');
const values = Object.fromEntries(
  [...jobsFile.matchAll(/user_data: ([A-Za-z][A-Za-z0-9_]*)/g)].map(([, name]) => [name, PASSWORD]),
);

describe('npx serverless', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'serverless-'));
    for (const name of ['migrations.yml', 'serverless.yml', 'package.json', 'dist/deploy']) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await cp(join(ROOT, name), join(folder, name), { recursive: true });
    }
    // What is in the packages does not matter here, and building and zipping them takes longer than all else.
    await mkdir(join(folder, 'functions'));
    for (const name of await readdir(join(ROOT, 'functions'))) {
      await writeFile(join(folder, 'functions', name), 'export const handler = async () => null;\n');
    }
    for (const name of ['node_modules', 'lib', 'scripts']) await symlink(join(ROOT, name), join(folder, name));
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true }));

  const run = (...args: string[]): Promise<{ exitCode: number; printed: string }> =>
    new Promise((resolve) => {
      const options = { cwd: folder, env: { ...process.env, ...keys, ...values } };
      execFile(join(ROOT, 'node_modules/.bin/serverless'), args, options, (error, stdout, stderr) => {
        resolve({ exitCode: error ? Number(error.code) : 0, printed: stdout + stderr });
      });
    });

  it('print shows the file, and no value of a secret', async () => {
    const { exitCode, printed } = await run('print');

    expect(exitCode).toBe(0);
    expect(printed).toContain('name: migration-functions-dev-backup-landed');
    expect(printed).not.toContain(PASSWORD);
  }, 60_000);

  it.each([
    ['memorySize: 256', 'memroySize: 256', /Configuration error at 'provider': unrecognized property 'memroySize'/],
    ['agency: migration-functions', 'agency: [1, 2]', /Configuration error at 'provider.agency': must be string/],
    ['timeout: 60', 'timeout: soon', /Configuration error at 'functions.*timeout': must be integer/],
    [
      'timeout: 60',
      'package: { artifact: a.zip }',
      /Configuration error at 'functions.*': unrecognized property 'package'/,
    ],
    ['provider:', 'package: { path: out }\nprovider:', /serverless.yml:\d+: package: is not used/],
  ])(
    'refuses %s written as %s',
    async (from, to, says) => {
      const text = await readFile(join(ROOT, 'serverless.yml'), 'utf8');
      await writeFile(join(folder, 'serverless.yml'), text.replace(from, to));

      const { exitCode, printed } = await run('deploy');
      await writeFile(join(folder, 'serverless.yml'), text);

      expect(exitCode).toBe(1);
      expect(printed).toMatch(says);
    },
    60_000,
  );

  it.each(['diff', 'info', 'logs -f schedule', 'invoke local -f schedule'])(
    '%s takes a region, and refuses one that is not that of the jobs file',
    async (command) => {
      const { exitCode, printed } = await run(...command.split(' '), '--region', 'cn-north-4');

      expect(exitCode).toBe(1);
      expect(printed).toContain('is cn-north-4, but migrations.yml has ap-southeast-3');
    },
    60_000,
  );

  it('package writes to a folder that is given, and deploy reads it from there', async () => {
    await rm(join(folder, '.serverless'), { recursive: true, force: true });

    const { exitCode, printed } = await run('package', '--package', 'out/of');

    expect({ exitCode, printed }).toEqual({ exitCode: 0, printed: expect.anything() });
    expect((await readdir(join(folder, 'out/of'))).sort()).toEqual(
      ['backup-landed', 'reconcile', 'schedule', 'webhook'].map((key) => `${key}.zip`),
    );
    expect(await readdir(join(folder, '.serverless'))).toEqual(['functions']);
    const deployed = await run('deployment', '--package', 'out/of');
    expect(deployed.printed).toContain('"file": "out/of/webhook.zip"');
  }, 60_000);

  it('migrations deployment prints the deployment without keys, and opens no connection', async () => {
    const guard = join(folder, 'no-connections.cjs');
    const refuse = "throw new Error('a connection was opened')";
    await writeFile(guard, `require('node:net').Socket.prototype.connect = () => { ${refuse}; };\n`);
    await mkdir(join(folder, 'packages'), { recursive: true });
    for (const key of ['backup-landed', 'schedule', 'webhook', 'reconcile']) {
      await writeFile(join(folder, 'packages', `${key}.zip`), `package of ${key}`);
    }
    const env = { NODE_OPTIONS: `--require ${guard}` };
    const deployment = (...args: string[]) =>
      runCommand(['deployment', '--package', 'packages', ...args], { cwd: folder, env });

    const asJson = await deployment('--json', '--stage', 'prod');
    const asText = await deployment();
    const elsewhere = await deployment('--region', 'cn-north-4');

    expect({ ...asJson, stdout: '' }).toMatchObject({ code: 0 });
    const { version, stage, functions } = JSON.parse(asJson.stdout);
    expect({ version, stage, name: functions.schedule.name }).toEqual({
      version: 1,
      stage: 'prod',
      name: 'migration-functions-prod-schedule',
    });
    expect(elsewhere.stderr).toContain('is cn-north-4, but migrations.yml has ap-southeast-3');
    expect(asText.stdout).toContain('migration-functions-dev-reconcile\n  runs on   Node.js20.15, 256 MB, 240 s\n');
  }, 60_000);

  it('migrations deployment reports the problems of the files with their lines', async () => {
    const text = await readFile(join(ROOT, 'serverless.yml'), 'utf8');
    await writeFile(join(folder, 'serverless.yml'), text.replace('timeout: 240', 'timeout: 1'));

    const { code, stdout, stderr } = await runCommand(['deployment'], { cwd: folder });
    await writeFile(join(folder, 'serverless.yml'), text);

    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /^error nothing was sent:\n {2}serverless.yml:\d+: functions.reconcile.timeout: 1 s: must be from 3 to 259200\n$/,
    );
  }, 60_000);

  it('migrations deployment needs a serverless.yml', async () => {
    const { code, stderr } = await runCommand(['deployment'], { cwd: tmpdir() });

    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('npx migrations init writes one') });
  });

  // Every command with --verbose, while the service refuses everything and repeats what it was sent.
  it.each([
    'deploy',
    'deploy function -f schedule',
    'diff',
    'info',
    'invoke -f schedule --data {}',
    'logs -f schedule',
    'publish',
    'rollback',
    // Not --version, which the framework handles itself.
    'rollback --to v1',
    'remove --yes',
  ])(
    '%s prints no secret when it fails',
    async (command) => {
      const cloud = new ScriptedCloud(SK);
      await cloud.start();
      const refused: Script = {
        status: 403,
        json: {
          error_code: 'FSS.0403',
          error_msg: `no: ${PASSWORD} x-security-token:${TOKEN}, Authorization: ${SK}`,
        },
      };
      cloud.respondWith(...Array.from({ length: 60 }, () => refused));
      const text = await readFile(join(ROOT, 'serverless.yml'), 'utf8');
      await writeFile(
        join(folder, 'serverless.yml'),
        text.replace('  name: huawei\n', `  name: huawei\n  endpoint: ${cloud.endpoint}\n`),
      );

      const { exitCode, printed } = await run(...command.split(' '), '--verbose');
      await writeFile(join(folder, 'serverless.yml'), text);
      await cloud.stop();

      expect(exitCode).toBe(1);
      expect({ printed, requests: cloud.seen.length > 0 }).toEqual({ printed, requests: true });
      expect(printed).toContain('FSS.0403');
      for (const secret of [PASSWORD, SK, TOKEN]) expect(printed).not.toContain(secret);
    },
    60_000,
  );
});
