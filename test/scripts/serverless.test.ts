import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const PASSWORD = 'hunter2-hunter2';

describe('npx serverless', () => {
  let folder: string;

  beforeAll(async () => {
    execFileSync(process.execPath, ['scripts/build-deploy.mjs'], { cwd: ROOT });
    folder = await mkdtemp(join(tmpdir(), 'serverless-'));
    for (const name of ['functions', 'migrations.yml', 'serverless.yml', 'package.json', 'dist/deploy']) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await cp(join(ROOT, name), join(folder, name), { recursive: true });
    }
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true }));

  const run = (...args: string[]): Promise<{ exitCode: number; printed: string }> =>
    new Promise((resolve) => {
      const options = { cwd: folder, env: { ...process.env, STAGING_CACHE_PASSWORD: PASSWORD } };
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
});
