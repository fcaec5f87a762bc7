import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { glance } from '../../lib/local/jobs-glance.ts';
import { LOCAL_FUNCTIONS } from '../../lib/local/local-functions.ts';
import { type LocalSystem, type SystemEvent, startLocalSystem } from '../../lib/local/local-system.ts';
import { readRuns } from '../../lib/local/run-report.ts';
import { buildForTest } from '../fixtures/built-functions.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const JOBS = `
version: 1
region: ap-southeast-3
targets:
  staging-cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, password: { user_data: STAGING_CACHE_PASSWORD } }
jobs:
  restore-staging:
    on: { object_created: { bucket: redis-backups, key: "prod/**/*.rdb" } }
    backup_import: { target_instance: staging-cache }
`;

describe('npm run ledger', () => {
  let home: string;
  let built: Awaited<ReturnType<typeof buildForTest>>;
  let system: LocalSystem;
  let events: SystemEvent[] = [];

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'ledger-script-'));
    await writeFile(path.join(home, 'migrations.yml'), JOBS);
    built = await buildForTest(JOBS);
    system = await startLocalSystem({
      stateFolder: home,
      functions: LOCAL_FUNCTIONS.map(({ name }) => ({ name, folder: built.folderOf(name) })),
      glance: glance(parse(JOBS)),
      gatewayPort: 0,
      onEvent: (event) => events.push(event),
    });
  }, 60_000);

  afterAll(async () => {
    await system?.close();
    await built?.remove();
    await rm(home, { recursive: true });
  });

  async function ledger(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/ledger.ts', ...args], {
      cwd: ROOT,
      env: {
        ...process.env,
        MIGRATIONS_FILE: path.join(home, 'migrations.yml'),
        MIGRATIONS_LEDGER_FOLDER: path.join(home, 'ledger'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  }

  const runs = () => events.flatMap((event) => (event.kind === 'result' ? readRuns(event.result) : []));
  /** Lets a file land, and waits for a run of which `isIt` says so. */
  async function land(key: string, isIt: (run: ReturnType<typeof runs>[number]) => boolean) {
    events = [];
    const file = path.join(system.bucketsFolder, 'redis-backups', key);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.part`, `REDIS0011 ${key}`);
    await rename(`${file}.part`, file);
    return until(isIt);
  }
  async function until(isIt: (run: ReturnType<typeof runs>[number]) => boolean) {
    for (;;) {
      const found = runs().find(isIt);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const RUN = /restore-staging ([0-9a-f]{32})/;

  it('shows what is open and every record of a run, and pauses and resumes a job of a running system', async () => {
    expect(await ledger('open')).toEqual({ code: 0, out: '', err: '' });
    expect(await ledger('pause', 'restore-staging')).toEqual({ code: 0, out: 'paused restore-staging\n', err: '' });

    await land('prod/one.rdb', ({ reason }) => reason?.code === 'paused');

    const open = await ledger('open');
    expect(open).toMatchObject({ code: 0, err: '' });
    expect(open.out).toMatch(/restore-staging [0-9a-f]{32} {2}waiting +job restore-staging is paused\n$/);
    const [, run = ''] = RUN.exec(open.out) ?? [];
    const shown = await ledger('show', 'restore-staging', run);
    expect(shown.out).toMatch(/ received .*"source":"obs:\/\/redis-backups\/prod\/one\.rdb".*\n.* waiting .*"paused"/s);
    expect(shown.out).not.toContain('local-STAGING_CACHE_PASSWORD');
    expect(system.cloud.tasks()).toEqual([]);

    events = [];
    expect(await ledger('resume', 'restore-staging')).toMatchObject({ code: 0, out: 'resumed restore-staging\n' });
    await until(({ outcome }) => outcome === 'created');
    expect(system.cloud.tasks()).toHaveLength(1);
    expect((await ledger('show', 'restore-staging', run)).out).toMatch(
      / intent .*\n.* created .*"kind":"backup_import"/,
    );
  }, 60_000);

  it('records what a person decided of a run whose outcome is not known', async () => {
    // It is not sent again before its lease and settle_seconds are over: not while this test runs.
    system.cloud.faults.add({ operation: 'CreateMigrationTask', kind: 'error', status: 500 });
    await land('prod/two.rdb', ({ outcome, reason }) => outcome === 'unknown' && reason !== undefined);
    const [, run = ''] = RUN.exec((await ledger('open')).out) ?? [];

    const given = await ledger('resolve', 'restore-staging', run, 'give-up', 'the cache is gone');

    expect(given).toEqual({ code: 0, out: `recorded for restore-staging ${run}\n`, err: '' });
    expect((await ledger('show', 'restore-staging', run)).out).toContain('the cache is gone');
  }, 60_000);

  it('says with exit code 1 that there is no such run', async () => {
    expect(await ledger('show', 'restore-staging', '0'.repeat(32))).toEqual({
      code: 1,
      out: '',
      err: `ledger: job restore-staging has no run ${'0'.repeat(32)}\n`,
    });
  });

  it.each([
    [[]],
    [['opne']],
    [['open', 'restore-staging']],
    [['show', 'restore-staging']],
    [['pause', 'a', 'b']],
    [['resolve', 'restore-staging', 'run', 'give-up']],
    [['resolve', 'restore-staging', 'run', 'try-again', 'now']],
    [['resolve', 'restore-staging', 'run', 'forget']],
  ])('refuses the arguments %j with exit code 2 and says what there is', async (args) => {
    const { code, out, err } = await ledger(...args);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('resolve <job> <run> try-again');
  });
});
