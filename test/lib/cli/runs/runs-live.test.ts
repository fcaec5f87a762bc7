import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeSampleRdb } from '../../../../lib/local-system/sample-rdb.ts';
import { type ExampleSystem, startExample } from '../../../fixtures/example-system.ts';

/** More than an import takes here. */
const IMPORT_MS = 60_000;
const BIN = path.join(import.meta.dirname, '../../../../dist/cli/migrations.mjs');

describe('npx migrations runs, where npm start runs', () => {
  let example: ExampleSystem;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    example = await startExample('backup-lands', ['redis-backups/prod/2026-03-14/dump.rdb']);
    example.system.builtIn.wake();
    // Else the first tick of reconcile makes it.
    await mkdir(path.join(example.folder, '.local/ledger'), { recursive: true });
  }, 60_000);
  afterEach(() => {
    for (const child of children) child.kill();
  });
  afterAll(async () => {
    await example?.close();
  });

  const runs = async (...args: readonly string[]) => {
    const { code, stdout } = await example.run(['runs', ...args, '--json']);
    const lines =
      args[0] === 'watch'
        ? stdout
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [];
    return { code, lines, answer: args[0] === 'watch' ? undefined : JSON.parse(stdout) };
  };
  /** Starts watching everything. @returns a promise of the first line that `isIt` accepts */
  function watchAll() {
    const child = spawn(process.execPath, [BIN, 'runs', 'watch', '--every', '1s', '--json'], {
      cwd: example.folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(child);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    // biome-ignore lint/suspicious/noExplicitAny: a line of a run, of which each wait knows what it looks at
    return async (isIt: (line: any) => boolean): Promise<any> => {
      while (child.exitCode === null && child.signalCode === null) {
        const whole = text.split('\n').slice(0, -1);
        const found = whole.map((line) => JSON.parse(line)).find(isIt);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`it ended before: ${text}`);
    };
  }

  it('shows waiting runs, and follows the cloud’s status until the run is over', async () => {
    const seen = watchAll();
    await example.run(['pause', 'restore-staging']);
    await example.deliver('backup-landed', 'dump');

    const { run, reason } = await seen(({ state }) => state === 'waiting');
    expect(reason.code).toBe('paused');
    const shown = await runs('show', 'restore-staging', run.slice(0, 12));
    expect(shown.answer.next[0].command).toBe('npx migrations resume restore-staging');
    expect((await runs('list', '--open')).answer.runs).toMatchObject([{ run, state: 'waiting' }]);

    await example.run(['resume', 'restore-staging']);
    // The same event again need not wait for a tick of reconcile.
    await example.deliver('backup-landed', 'dump');
    const running = await seen((line) => line.run === run && line.state === 'running');
    expect(running.task).toMatchObject({ kind: 'backup_import', status: expect.any(String) });
    example.system.cloud.clock.advance(IMPORT_MS);

    const watched = await runs('watch', 'restore-staging', run, '--every', '1s');
    expect([watched.code, watched.lines.at(-1)]).toMatchObject([0, { state: 'succeeded' }]);
    await seen((line) => line.run === run && line.state === 'succeeded');
  }, 90_000);

  it('replays a run that the cloud refused, and the running reconcile creates its task', async () => {
    const seen = watchAll();
    example.system.cloud.faults.add({ operation: 'CreateMigrationTask', kind: 'error', status: 400, code: 'DCS.4004' });
    const file = path.join(example.system.bucketsFolder, 'redis-backups/prod/refused.rdb');
    await writeFile(`${file}.part`, makeSampleRdb({ from: 'refused' }));
    await rename(`${file}.part`, file);
    const { run } = await seen(({ state }) => state === 'rejected');

    const { code, answer } = await runs('replay', '--rejected', '--since', '1h', '--yes');

    const [attempt] = answer.replays;
    expect([code, attempt]).toMatchObject([0, { replay_of: run, outcome: 'recorded' }]);
    await example.tasks(1, ({ name }) => name.includes(attempt.run.slice(0, 12)));
    example.system.cloud.clock.advance(IMPORT_MS);
    await seen((line) => line.run === attempt.run && line.state === 'succeeded');
    expect((await runs('show', 'restore-staging', run)).answer).toMatchObject({
      state: 'rejected',
      replayed_as: [attempt.run],
    });
    // That was the cloud's own word. The ledger has it with the next tick, and other tests ask what is open.
    while ((await runs('list', '--open')).answer.runs.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, 40_000);
});
