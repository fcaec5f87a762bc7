import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { parse, stringify } from 'yaml';
import { Watcher } from '../fixtures/console-system.ts';
import { placesOfSources } from '../fixtures/places-of-sources.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

type OnOut = (out: string, child: ChildProcess) => void;

const FIXTURES = path.join(ROOT, 'test/fixtures/built-functions.ts');

/** Uses the functions that other tests have built. */
const prebuiltFunctions: Plugin = {
  name: 'built-before',
  setup: ({ onLoad }) =>
    onLoad({ filter: /cli\/start\/run-start\.ts$/ }, async ({ path: file }) => {
      const own = /import \{ buildFunctions \} from '[^']+';/;
      const text = await readFile(file, 'utf8');
      if (!own.test(text)) throw new Error('run-start.ts: unexpected import of buildFunctions');
      const instead = `import { copyOfFunctions as buildFunctions } from ${JSON.stringify(FIXTURES)};`;
      return { contents: text.replace(own, instead), loader: 'ts' };
    }),
};

/** Bundles the script into one file, which starts three times faster. */
async function bundleStart(outfile: string, plugins: readonly Plugin[]): Promise<void> {
  await build({
    entryPoints: [path.join(ROOT, 'scripts/start.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    sourcemap: 'inline',
    plugins: [...plugins, placesOfSources],
  });
}

/** Starts it like the script in package.json. */
const startAsNpm = (args: string[]): Promise<Ended> => run(['--import', 'tsx', 'scripts/start.ts', ...args], ROOT);

function run(args: string[], cwd: string, onOut: OnOut = () => undefined): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    onOut(out, child);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

describe('npm start', () => {
  let home: string;
  let bundle: string;
  let building: string;
  /** A project of its own: a system may be running in the clone. */
  let project: string;
  beforeAll(async () => {
    // Below the folder with node_modules, so that imports resolve.
    await mkdir(path.join(ROOT, 'dist'), { recursive: true });
    home = await mkdtemp(path.join(ROOT, 'dist/start-'));
    bundle = path.join(home, 'start.mjs');
    building = path.join(home, 'start-that-builds.mjs');
    project = path.join(home, 'project');
    await mkdir(project);
    await copyFile(path.join(ROOT, 'migrations.yml'), path.join(project, 'migrations.yml'));
    await Promise.all([bundleStart(bundle, [prebuiltFunctions]), bundleStart(building, [])]);
  });
  afterAll(() => rm(home, { recursive: true }));

  const start = (args: string[], onOut?: OnOut) => run([bundle, ...args], project, onOut);

  /** A copy of a jobs file with only these of its jobs. */
  const withJobs = async (file: string, names: readonly string[]): Promise<string> => {
    const { jobs, ...rest } = parse(await readFile(path.join(ROOT, file), 'utf8')) as { jobs: Record<string, unknown> };
    const written = path.join(home, `${names.join('-')}.yml`);
    await writeFile(written, stringify({ ...rest, jobs: Object.fromEntries(names.map((name) => [name, jobs[name]])) }));
    return written;
  };

  it('describes its options', async () => {
    expect(await startAsNpm(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--once'), err: '' });
  });

  it('refuses an unknown flag with exit code 2', async () => {
    const { code, err } = await startAsNpm(['--onse']);

    expect(code).toBe(2);
    expect(err).toContain("Unknown option '--onse'");
  });

  it.each([
    ['--port', []],
    ['--console-port', ['--port', '0']],
  ])(
    'names the port and the flag when the port of %s is taken',
    async (flag, others) => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as AddressInfo;

      const { code, err } = await start(['--empty', flag, String(port), ...others]);

      other.close();
      expect(code).toBe(1);
      expect(err).toBe(
        `npm start: port ${port} is in use: stop what is using it, or choose another with ${flag} (npm start -- ${flag} 0 uses any free port)\n`,
      );
    },
    60_000,
  );

  it('demonstrates every trigger of migrations.yml, follows every task to its end, and exits with 0', async () => {
    const { code, out, err } = await run([building, '--once', '--port', '0'], project);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    const summary = out.slice(out.indexOf('Waiting until all'));
    const ends = summary.match(/demo .*/g)?.map((line) => line.replace(/^demo +\S+ (\S+)[-_][0-9a-f]+/, '$1'));
    // A busy machine polls less often, and two simultaneous ticks may report twice.
    expect(ends?.map((line) => line.replaceAll(/ (once|\d+ times)/g, ''))).toEqual([
      'restore-staging went through MIGRATING, SUCCESS; its success was reported',
      'session-cache went through CREATING, RUNNING, FULLMIGRATING, INCRMIGEATING, TERMINATING, TERMINATED; its progress was read; its success was reported',
      'web_01 went through READY, RUNNING, MIGRATE_SUCCESS; its progress was read; its success was reported',
      'restore-reports went through MIGRATING, SUCCESS; its success was reported',
      'refresh-staging-nightly went through MIGRATING, SUCCESS; its success was reported',
      'import-on-demand went through MIGRATING, SUCCESS; its success was reported',
      'restore-staging went through MIGRATING, SUCCESS; its success was reported',
    ]);
    expect(out).toContain('restore-staging: existing backup_import task');
    expect(out).toContain('_SUCCESS (');
    expect(out).toMatch(/progress {2}move-session-cache: INCRMIGEATING, full 100 %, 1000 of 1000 keys, offset 0,/);
    expect(out).toMatch(/progress {2}move-web-01: /);
    expect(out).toMatch(/message {3}to migrations: move-session-cache: online migration has succeeded: request /);
    expect(out).toContain('and the response to CreateMigrationTask is lost');
    const story = out.match(/demo +(sent|lost|looked up|adopted) .*/g)?.map((line) => line.replace(/^demo +/, ''));
    expect(story).toEqual([
      expect.stringMatching(
        /^sent {8}CreateMigrationTask, to create the task restore-staging-[0-9a-f]{12} \(request [0-9a-f]{32}\)$/,
      ),
      expect.stringMatching(/^lost {8}the cloud created the task, but its response was lost: /),
      expect.stringMatching(
        /^looked up {3}ListMigrationTask \(GET .*name=restore-staging-[0-9a-f]{12}\): a task of exactly this name exists$/,
      ),
      expect.stringMatching(
        /^adopted {5}[0-9a-f]{32} is the task of the run; 1 call of CreateMigrationTask, 1 task of this name$/,
      ),
    ]);
    expect(out).not.toContain('\u001b');
  }, 180_000);

  it('demonstrates another jobs file', async () => {
    const { code, out, err } = await start([
      '--once',
      '--port',
      '0',
      '--jobs',
      path.join(ROOT, 'examples/servers-in-waves/migrations.yml'),
    ]);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/demo +wave-2-db-01: db_01_[0-9a-f]+ went through READY, RUNNING, MIGRATE_SUCCESS;/);
    expect(out).toMatch(/demo +legacy-01: legacy_01_[0-9a-f]+ went through READY$/m);
  }, 120_000);

  it('exits with 1 if something could not be demonstrated', async () => {
    const jobs = await withJobs('examples/servers-in-waves/migrations.yml', ['wave-1-web-01', 'legacy-01']);
    const fault = ['--fault', 'CreateTask=error,status=400,service=SMS'];
    const { code, out } = await start(['--once', '--port', '0', '--jobs', jobs, ...fault]);

    expect(code).toBe(1);
    expect(out).toContain('Failed: wave-1-web-01 (the timer wave-1-web-01 ticks)');
  }, 120_000);

  it('runs until it is stopped, and then exits with 0, even if the console is open', async () => {
    let watcher: Promise<Watcher> | undefined;
    const { code, out } = await start(['--no-demo', '--port', '0'], (text, child) => {
      const [, url] = /^console {8}(\S+)/m.exec(text) ?? [];
      if (watcher || !url || !text.includes('Press Ctrl-C to stop.')) return;
      watcher = Watcher.open(url);
      void watcher.then((open) => open.next('snapshot')).then(() => child.kill('SIGTERM'));
    });

    expect(code).toBe(0);
    expect(out).toMatch(/curl -i -X POST http:\/\/127\.0\.0\.1:\d+\/jobs\/import-on-demand\/runs/);
    expect((await watcher)?.all('snapshot')[0]?.jobs?.map(({ name }) => name)).toContain('import-on-demand');
  }, 60_000);

  describe('in a folder that is not a project', () => {
    let cwd: string;
    const foreign = () => path.join(cwd, '.local');
    beforeEach(async () => {
      cwd = await mkdtemp(path.join(tmpdir(), 'start-'));
      await mkdir(path.join(cwd, 'project'));
      await copyFile(path.join(ROOT, 'migrations.yml'), path.join(cwd, 'project/migrations.yml'));
      await mkdir(path.join(foreign(), 'functions'), { recursive: true });
      await chmod(foreign(), 0o755);
    });
    afterEach(() => rm(cwd, { recursive: true, maxRetries: 10 }));
    const isUntouched = async () => {
      expect([await readdir(foreign()), (await stat(foreign())).mode & 0o777]).toEqual([['functions'], 0o755]);
    };

    it('has its state beside the named jobs file, and leaves .local alone', async () => {
      const args = ['--empty', '--port', '0', '--jobs', 'project/migrations.yml'];
      const stopWhenUp: OnOut = (out, child) => out.includes('Press Ctrl-C to stop.') && child.kill('SIGTERM');
      const { code, err } = await run([bundle, ...args], cwd, stopWhenUp);

      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(await readdir(path.join(cwd, 'project/.local'))).toContain('project-id');
      await isUntouched();
    }, 60_000);

    it.each([[[]], [['--once']]])('refuses a .local that is not its own, and changes nothing: %j', async (more) => {
      await rename(path.join(cwd, 'project/migrations.yml'), path.join(cwd, 'migrations.yml'));
      const { code, err } = await run([bundle, '--port', '0', ...more], cwd);

      expect(err).toBe(
        `npm start: ${foreign()} is not empty, and no local system has written it: move it away, or start in another folder; nothing was changed\n`,
      );
      expect(code).toBe(1);
      await isUntouched();
    });
  });

  describe('with one state folder', () => {
    // The running system keeps writing to it meanwhile.
    const removeState = () => rm(path.join(project, '.local'), { recursive: true, force: true, maxRetries: 10 });
    beforeAll(removeState);

    const isUp = (out: string) => out.includes('Press Ctrl-C to stop.');
    const once = (does: (child: ChildProcess) => unknown, when: (out: string) => boolean = isUp) => {
      let isDone = false;
      return (out: string, child: ChildProcess) => {
        if (isDone || !when(out)) return;
        isDone = true;
        void does(child);
      };
    };

    it('refuses a second start with a message, says what to do with --empty, and shows the time zone of timers', async () => {
      let second: Promise<Ended> | undefined;
      const first = await start(
        ['--empty', '--port', '0'],
        once(async (child) => {
          second = start(['--no-demo', '--port', '0']);
          await second;
          child.kill('SIGTERM');
        }),
      );
      const [, url] = /^console {8}(\S+)/m.exec(first.out) ?? [];

      expect(first.code).toBe(0);
      expect(first.out).toContain('functions      none: nothing is deployed yet\n');
      expect(first.out).toContain(
        '  npx serverless deploy --stage local   # in another terminal, to have functions to run\n',
      );
      expect(await second).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^npm start: a local system is already running here \(process \d+ at http/),
      });
      expect((await second)?.err).toContain(` at ${url}; state in `);
    }, 60_000);

    it('restarts after being killed, and skips source servers that already have a task', async () => {
      const args = [
        '--port',
        '0',
        '--jobs',
        await withJobs('migrations.yml', ['refresh-staging-nightly', 'move-web-01']),
      ];
      await start(
        args,
        once(
          (child) => child.kill('SIGKILL'),
          (out) => /cloud +SMS task changed: web_01_\w+ is RUNNING/.test(out),
        ),
      );
      const { code, out } = await start(
        args,
        once(
          (child) => child.kill('SIGTERM'),
          (text) => /demo +skipped/.test(text),
        ),
      );

      expect(code).toBe(0);
      expect(out).toMatch(
        /demo +skipped: its source server already has the task web_01_[0-9a-f]{8}, and gets no second one/,
      );
      expect(out).not.toContain('source_has_task');
      expect(out).toMatch(/^timer +refresh-staging-nightly {3}next \S+\+08:00 \(Asia\/Singapore\)/m);
    }, 180_000);

    it('restarts, empty and on the same ports, if it is removed', async () => {
      const { code, out, err } = await start(['--no-demo', '--port', '0'], (text, child) => {
        const starts = text.split('Press Ctrl-C to stop.').length - 1;
        if (starts === 1 && !text.includes('was removed')) void removeState();
        if (starts === 2) child.kill('SIGTERM');
      });

      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('.local was removed, with all its state. Restarting with an empty one.');
      const urls = out.match(/^(?:console|gateway) .*/gm) ?? [];
      expect(urls.slice(urls.length / 2)).toEqual(urls.slice(0, urls.length / 2));
    }, 90_000);
  });
});
