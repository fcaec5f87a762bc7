import { ask } from '../../../fixtures/console-system.ts';
import { type LedgerConsoles, startLedgerConsoles } from '../../../fixtures/ledger-console.ts';
import { runCommand } from '../../../fixtures/run-command.ts';

describe('the command console', () => {
  let here: LedgerConsoles;
  beforeAll(async () => {
    here = await startLedgerConsoles();
  });
  afterAll(() => here.close());
  const run = (...args: readonly string[]) => runCommand(['console', ...args], { cwd: here.folder, env: here.env });

  it('prints the address of its page, and ends with 0 at Ctrl-C', async () => {
    const before = process.listenerCount('SIGINT');
    const ended = run('--port', '0');
    while (process.listenerCount('SIGINT') === before) await new Promise((resolve) => setTimeout(resolve, 5));
    process.emit('SIGINT');
    const { code, stdout } = await ended;

    expect(code).toBe(0);
    const [, url = ''] =
      /^console {8}(http:\/\/127\.0\.0\.1:\d+\/)\S* {3}shows the ledger; press Ctrl-C to stop$/m.exec(stdout) ?? [];
    await expect(ask(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([
    [['--port', '70000'], 'Must be a number from 0 to 65535'],
    [['--region', 'europe'], 'Must be a region such as ap-southeast-3'],
    [['--places', 'none.yml'], 'places file none.yml: could not be read'],
  ])('refuses %j, and serves nothing', async (args, message) => {
    const { code, stderr, stdout } = await run(...args);

    expect([code === 0, stdout]).toEqual([false, '']);
    expect(stderr).toContain(message);
  });
});
