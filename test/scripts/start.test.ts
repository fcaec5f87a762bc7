import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Watcher } from '../fixtures/console-system.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: string[], onOut: (out: string, child: ChildProcess) => void = () => undefined): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/start.ts', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
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
  it('says what it can be asked for', async () => {
    expect(await start(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--once'), err: '' });
  });

  it('refuses an unknown flag with exit code 2', async () => {
    const { code, err } = await start(['--onse']);

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

      const { code, err } = await start(['--once', flag, String(port), ...others]);

      other.close();
      expect(code).toBe(1);
      expect(err).toBe(
        `npm start: port ${port} is taken: end what runs there, or choose another with ${flag} (npm start -- ${flag} 0 takes any free one)\n`,
      );
    },
    60_000,
  );

  it('shows every trigger of migrations.yml and every task to its end, then ends with exit code 0', async () => {
    const { code, out, err } = await start(['--once', '--port', '0']);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    const summary = out.slice(out.indexOf('Until what was started is over'));
    const ends = summary.match(/demo .*/g)?.map((line) => line.replace(/^demo +\S+ (\S+)[-_][0-9a-f]+/, '$1'));
    // A busy machine looks less often, and two ticks at once may report twice.
    expect(ends?.map((line) => line.replaceAll(/ (once|\d+ times)/g, ''))).toEqual([
      'restore-staging was MIGRATING, SUCCESS; its success was reported',
      'session-cache was CREATING, RUNNING, FULLMIGRATING, INCRMIGEATING, TERMINATING, TERMINATED; its progress was read; its success was reported',
      'web_01 was READY, RUNNING, MIGRATE_SUCCESS; its progress was read; its success was reported',
      'restore-reports was MIGRATING, SUCCESS; its success was reported',
      'refresh-staging-nightly was MIGRATING, SUCCESS; its success was reported',
      'import-on-demand was MIGRATING, SUCCESS; its success was reported',
      'restore-staging was MIGRATING, SUCCESS; its success was reported',
    ]);
    expect(out).toContain('restore-staging: existing backup_import task');
    expect(out).toContain('_SUCCESS (');
    expect(out).toMatch(/progress {2}move-session-cache: INCRMIGEATING, full 100 %, 1000 of 1000 keys, offset 0,/);
    expect(out).toMatch(/progress {2}move-web-01: /);
    expect(out).toMatch(/message {3}to migrations: move-session-cache: online migration has succeeded: request /);
    expect(out).toContain('and the answer to CreateMigrationTask is lost');
    expect(out).not.toContain('\u001b');
  }, 180_000);

  it('plays another jobs file', async () => {
    const { code, out, err } = await start([
      '--once',
      '--port',
      '0',
      '--jobs',
      'examples/servers-in-waves/migrations.yml',
    ]);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/demo +wave-2-db-01: db_01_[0-9a-f]+ was READY, RUNNING, MIGRATE_SUCCESS;/);
    expect(out).toMatch(/demo +legacy-01: legacy_01_[0-9a-f]+ was READY$/m);
  }, 120_000);

  it('ends with exit code 1 when something could not be shown', async () => {
    const fault = ['--fault', 'CreateTask=error,status=403,service=SMS'];
    const { code, out } = await start([
      '--once',
      '--port',
      '0',
      '--jobs',
      'examples/servers-in-waves/migrations.yml',
      ...fault,
    ]);

    expect(code).toBe(1);
    expect(out).toContain('Not shown: wave-1-web-01 (the timer wave-1-web-01 ticks)');
  }, 120_000);

  it('stays up until it is ended, and then ends with exit code 0, whoever watches the console', async () => {
    let watcher: Promise<Watcher> | undefined;
    const { code, out } = await start(['--no-demo', '--port', '0'], (text, child) => {
      const [, url] = /^console {8}(\S+)/m.exec(text) ?? [];
      if (watcher || !url || !text.includes('Ctrl-C ends it.')) return;
      watcher = Watcher.open(url);
      void watcher.then((open) => open.next('snapshot')).then(() => child.kill('SIGTERM'));
    });

    expect(code).toBe(0);
    expect(out).toMatch(/curl -i -X POST http:\/\/127\.0\.0\.1:\d+\/jobs\/import-on-demand\/runs/);
    expect((await watcher)?.all('snapshot')[0]?.jobs.map(({ name }) => name)).toContain('import-on-demand');
  }, 60_000);
});
