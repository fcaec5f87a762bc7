import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: string[], onOut: (out: string, child: ChildProcess) => void = () => undefined): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/local/start.ts', ...args], {
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

  it('names the port and the flag when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;

    const { code, err } = await start(['--once', '--port', String(port)]);

    other.close();
    expect(code).toBe(1);
    expect(err).toBe(
      `npm start: port ${port} is taken: end what runs there, or choose another with --port (npm start -- --port 0 takes any free one)\n`,
    );
  }, 60_000);

  it('shows every trigger of migrations.yml, then ends with exit code 0', async () => {
    const { code, out, err } = await start(['--once', '--port', '0']);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.match(/[a-z0-9-]+: (created|existing) [a-z]+_[a-z]+ task/g)).toEqual([
      'restore-staging: created backup_import task',
      'restore-staging: existing backup_import task',
      // An instance takes one import at a time, so these two wait for reconcile.
      'restore-staging: existing backup_import task',
      'refresh-staging-nightly: created backup_import task',
      'refresh-staging-nightly: existing backup_import task',
      'import-on-demand: created backup_import task',
      'move-session-cache: created online_migration task',
      'move-web-01: created server_migration task',
      'import-on-demand: existing backup_import task',
      'restore-staging: created backup_import task',
    ]);
    expect(out).toContain('and the answer to CreateMigrationTask is lost');
    expect(out).not.toContain('\u001b');
  }, 60_000);

  it('stays up until it is ended, and then ends with exit code 0', async () => {
    const { code, out } = await start(['--no-demo', '--port', '0'], (text, child) => {
      if (text.includes('Ctrl-C ends it.')) child.kill('SIGTERM');
    });

    expect(code).toBe(0);
    expect(out).toMatch(/curl -i -X POST http:\/\/127\.0\.0\.1:\d+\/jobs\/import-on-demand\/runs/);
  }, 60_000);
});
