import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

const ROOT = join(import.meta.dirname, '../..');
const NAME = 'huaweicloud-migration-functions';
const VERSION = '0.1.0';
const FUNCTIONS = ['backup-landed', 'reconcile', 'schedule', 'webhook'];

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const run = (file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(file, args, { cwd, env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

/** Each release packs, which takes seconds. */
let home: string;
const releases: string[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'release-'));
  for (const zone of ['UTC', 'Asia/Tokyo']) {
    const out = join(home, zone.replace('/', '-'));
    const env = { ...process.env, TZ: zone };
    const { code, err } = await run(process.execPath, ['--import', 'tsx', 'scripts/release.ts', out], ROOT, env);
    if (code !== 0) throw new Error(err);
    releases.push(out);
  }
}, 120_000);
afterAll(() => rm(home, { recursive: true }));

const released = () => releases[0] ?? '';

describe('npm run release', () => {
  it('makes the package, a zip of each function, and their checksums', async () => {
    const files = [...FUNCTIONS.map((name) => `${name}-${VERSION}.zip`), `${NAME}-${VERSION}.tgz`].sort();
    const sums = await readFile(join(released(), 'SHA256SUMS'), 'utf8');

    expect((await readdir(released())).sort()).toEqual(['SHA256SUMS', ...files]);
    for (const file of files) {
      const hash = createHash('sha256')
        .update(await readFile(join(released(), file)))
        .digest('hex');
      expect(sums).toContain(`${hash}  ${file}\n`);
    }
  });

  it('has the version of package.json, of the local cloud, and of a heading in the CHANGELOG', async () => {
    const versionOf = async (file: string) => JSON.parse(await readFile(join(ROOT, file), 'utf8')).version;

    expect(await versionOf('package.json')).toBe(VERSION);
    expect(await versionOf('packages/local-cloud/package.json')).toBe(VERSION);
    expect(await readFile(join(ROOT, 'CHANGELOG.md'), 'utf8')).toContain(`\n## ${VERSION} (`);
  });

  it('makes the same bytes each time, in every time zone', async () => {
    const [first, second] = await Promise.all(releases.map((out) => readFile(join(out, 'SHA256SUMS'), 'utf8')));

    expect(second).toBe(first);
  });

  it.each(FUNCTIONS)(
    'states version, clients and licenses in the zip of %s, and leaves the jobs file to the user',
    async (name) => {
      const files = unzipSync(await readFile(join(released(), `${name}-${VERSION}.zip`)));
      const text = (file: string) => Buffer.from(files[file] ?? []).toString();

      expect(JSON.parse(text('package.json'))).toEqual({
        name,
        version: VERSION,
        type: 'commonjs',
        clients: {
          dcs: expect.stringMatching(/^(thin|generated .+)$/),
          sms: expect.stringMatching(/^(thin|generated .+)$/),
        },
      });
      expect(text('THIRD-PARTY-NOTICES')).toContain('\n@huaweicloud/huaweicloud-sdk-core 3.1.211: Apache-2.0\n');
      expect(Object.keys(files)).toEqual(expect.arrayContaining(['index.js', 'main.js']));
      expect(Object.keys(files)).not.toContain('migrations.json');
    },
  );
});

/** As `npm i -D` would: the unpacked package, and nothing else but what it declares. */
async function install(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, NAME), { recursive: true });
  const tarball = join(released(), `${NAME}-${VERSION}.tgz`);
  execFileSync('tar', ['xzf', tarball, '-C', join(modules, NAME), '--strip-components', '1']);
  const { dependencies, bin } = JSON.parse(await readFile(join(modules, NAME, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
  await mkdir(join(modules, '.bin'));
  for (const [name, file] of Object.entries(bin as Record<string, string>)) {
    await symlink(join('..', NAME, file), join(modules, '.bin', name));
  }
  await symlink(join(ROOT, 'node_modules/.bin/serverless'), join(modules, '.bin/serverless'));
  await writeFile(join(folder, 'package.json'), '{ "name": "mine", "version": "1.0.0" }\n');
}

// Slow, because it packs twice and plays the demonstration: it is what a user does first.
describe('the package, in an empty folder', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = join(home, 'mine');
    // Nothing of this machine's user.
    env = { PATH: process.env['PATH'], HOME: join(home, 'user') };
    await mkdir(join(home, 'user'));
    await install(folder);
  });

  const bin = (name: string, ...args: string[]) => run(join(folder, 'node_modules/.bin', name), args, folder, env);
  const migrations = (...args: string[]) => bin('migrations', ...args);

  const ownFiles = async () =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();

  // Images are left out, because they would be a sixth of the package.
  it('has every page and file that its pages link', async () => {
    const root = join(folder, 'node_modules', NAME);
    const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.md'));
    const linked = files.map(async (file) => {
      const page = (await readFile(join(root, file), 'utf8')).replace(/^```[\s\S]*?^```/gm, '');
      const targets = [...page.matchAll(/\]\(([^)\s#:]+)[^)\s:]*\)/g)].map(([, target]) => target ?? '');
      return targets
        .filter((target) => !target.endsWith('.png') && !existsSync(join(root, dirname(file), target)))
        .map((target) => `${file}: ${target}`);
    });

    expect(files).toEqual(expect.arrayContaining(['README.md', join('docs', 'errors.md')]));
    expect((await Promise.all(linked)).flat()).toEqual([]);
  });

  /** Starts the local system, calls `work` once it is up, and stops it. @returns its output */
  async function whileStarted(work: () => Promise<void>): Promise<string> {
    const child: ChildProcess = spawn(
      join(folder, 'node_modules/.bin/migrations'),
      ['start', '--no-demo', '--port', '0'],
      {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let out = '';
    const isUp = new Promise<void>((resolve) => {
      child.stdout?.on('data', (text) => {
        out += text;
        if (out.includes('Press Ctrl-C to stop.')) resolve();
      });
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    try {
      await Promise.race([isUp, ended]);
      await work();
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
    return out;
  }

  it('says what to do without a jobs file, and writes nothing', async () => {
    const { code, err } = await migrations('start', '--once', '--port', '0');

    expect(code).toBe(1);
    expect(err).toBe(
      'npx migrations start: no migrations.yml in this folder or above: npx migrations init writes one, and --jobs names another file\n',
    );
    expect(await ownFiles()).toEqual(['package.json']);
  });

  it('init writes the files of a project, and none again', async () => {
    const { code, out } = await migrations('init', '--yes');

    expect(code).toBe(0);
    const files = [
      '.env.example',
      '.github/workflows/migrations.yml',
      '.gitignore',
      'migrations.yml',
      'serverless.yml',
    ];
    expect(await ownFiles()).toEqual([...files, 'package.json'].sort());
    expect(out).toContain('\n  npx migrations start ');
    expect(out).toMatch(/\n {2}npx serverless deploy\n$/);
    expect(await migrations('init', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('migrations.yml and serverless.yml already exist, so nothing was written'),
    });
  });

  it('start --once demonstrates these files', async () => {
    const { code, out, err } = await migrations('start', '--once', '--port', '0');

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/demo +adopted /);
  }, 60_000);

  it('check and serverless deploy --stage local deploy them to the running system, which then runs what was deployed', async () => {
    const out = await whileStarted(async () => {
      expect(await migrations('check')).toMatchObject({ code: 0 });
      expect(await bin('serverless', 'deploy', '--stage', 'local')).toMatchObject({
        code: 0,
        err: expect.stringContaining('migration-functions-local-backup-landed: create function'),
      });
      const buckets = join(folder, '.local/buckets/redis-backups');
      await copyFile(join(folder, '.local/once/buckets/redis-backups/sample.rdb'), join(buckets, 'mine.rdb'));
      await until(async () => JSON.parse((await migrations('runs', 'list', '--json')).out).runs.length > 0);
    });

    expect(out).toMatch(/function +migration-functions-local-backup-landed: restore: created backup_import task/);
  }, 60_000);

  it('what is deployed is the bundle of the release with the checked jobs file', async () => {
    const zip = unzipSync(await readFile(join(folder, '.serverless/backup-landed.zip')));
    const bundle = unzipSync(await readFile(join(released(), `backup-landed-${VERSION}.zip`)));
    const { 'migrations.json': jobs, ...rest } = zip;

    expect(Object.keys(rest)).toEqual(Object.keys(bundle));
    expect(Buffer.from(rest['main.js'] ?? []).equals(Buffer.from(bundle['main.js'] ?? []))).toBe(true);
    expect(Object.keys(JSON.parse(Buffer.from(jobs ?? []).toString()).jobs)).toEqual(['restore']);
  });
});

/** Resolves when the condition holds. */
async function until(isDone: () => Promise<boolean>): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    if (await isDone()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it never came');
}
