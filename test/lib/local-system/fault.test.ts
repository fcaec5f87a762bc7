import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFault } from '../../../lib/local-system/fault.ts';
import { writeSystemFile } from '../../../lib/local-system/system-file.ts';
import { type LocalCloud, startLocalCloud } from '../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { ACCOUNT } from '../../../packages/local-cloud/test/cloud/caller.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

let home: string;
let cloud: LocalCloud;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'fault-'));
  cloud = await startLocalCloud({ accounts: [ACCOUNT], controlToken: 'the-token' });
  await withJobs();
});

afterAll(async () => {
  await cloud.close();
  await rm(home, { recursive: true });
});

/** The file of a system that runs these jobs. */
function withJobs(jobsFile?: string): Promise<void> {
  return writeSystemFile(home, {
    pid: process.pid,
    project_id: '0605767a3300d5762fb7c0186d9e1779',
    region: 'ap-southeast-3',
    ...(jobsFile === undefined ? {} : { jobs_file: jobsFile }),
    cloud_url: cloud.url,
    obs_url: cloud.obsUrl,
    gateway_url: 'http://127.0.0.1:9',
    keys: { access_key: 'AK', secret_key: 'SK', security_token: 'T' },
    token: 'the-token',
  });
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runFault(args, {
    called: 'npm run fault',
    folder: '/nowhere',
    cwd: ROOT,
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

describe('npm run fault', () => {
  afterEach(() => run('--state', home, '--clear', '--clock', '1'));

  it('adds faults to the running system, and lists the active ones, until they are removed', async () => {
    const added = await run('--state', home, 'CreateMigrationTask=reply_lost', 'AppendObject=error,status=503,times=2');
    const more = await run('--state', home, 'password=refused,name=10.0.0.9:6379', '--undo', '1');
    const undone = await run('--state', home, '--undo', 'password=refused,name=10.0.0.9:6379');
    // As it was given, though it is listed with its options in another order.
    await run('--state', home, '--undo', 'AppendObject=error,status=503,times=2');
    const cleared = await run('--state', home);

    expect(added).toMatchObject({ code: 0, err: '' });
    expect(added.out.split('\n').slice(0, 2)).toEqual([
      '  1  CreateMigrationTask=reply_lost         once more',
      '  2  AppendObject=error,times=2,status=503  2 times more',
    ]);
    expect(more.out.split('\n').slice(0, 2)).toEqual([
      '  2  AppendObject=error,times=2,status=503  2 times more',
      '  3  password=refused,name=10.0.0.9:6379    until it is undone',
    ]);
    expect(undone.out.split('\n')[0]).toBe('  2  AppendObject=error,times=2,status=503  2 times more');
    expect(cleared.out).toMatch(/^no faults are active\nclock \d{4}-[^,]*Z\n$/);
  });

  it('moves the clock, and lets it run faster', async () => {
    const before = Date.now();
    const { out } = await run('--state', home, '--advance', '2d', '--clock', '100');

    expect(out).toContain(', 100 times as fast\n');
    const [, told = ''] = /clock (.*Z)/.exec(out) ?? [];
    expect(Date.parse(told) - before).toBeGreaterThanOrEqual(2 * 86_400_000);
    expect(cloud.clock.rate).toBe(100);
  });

  it('describes its options and every fault', async () => {
    const { code, out } = await run('--help');

    expect(code).toBe(0);
    for (const part of ['reply_lost', 'task=hang', '--scenario <file>']) expect(out).toContain(part);
  });

  it.each([
    ['an unknown fault', ['CreateTask=boom'], 'unknown kind boom'],
    ['an unknown operation', ['CreateTsak=html'], 'unknown operation (did you mean CreateTask?)'],
    [
      'an instance that does not exist',
      ['instance=deleted,name=cahce'],
      'no instance has this id or name; there are none',
    ],
    ['an option that is given twice', ['task=hang,at=1,at=2'], 'at is given twice'],
    ['two scenarios', ['--scenario', 'a.yml', '--scenario', 'b.yml'], '--scenario: give one at a time'],
    ['a fault that is not active', ['--undo', '7'], 'npm run fault: undo the fault 7: it is not active; active: none'],
    ['a clock that is too fast', ['--clock', '1000'], '--clock 1000: must be a number from 1 to 100'],
    ['a time without a unit', ['--advance', '4'], '--advance 4: must be a duration such as 90s, 10m, 4h or 2d'],
    ['a scenario that does not exist', ['--scenario', 'no.yml'], 'no.yml: file not found'],
    [
      'a scenario for a system without a jobs file',
      ['--scenario', 'examples/scenarios/stuck-import.yml'],
      'the running system has no jobs file',
    ],
    [
      'a folder without a running system',
      ['--state', '/nowhere', 'CreateTask=html'],
      'start one with npx migrations start',
    ],
  ])('refuses %s with exit code 1', async (_name, args, message) => {
    const { code, err } = await run('--state', home, ...args);

    expect(code).toBe(1);
    expect(err).toMatch(/^npm run fault: /);
    expect(err).toContain(message);
    expect(cloud.active.list()).toEqual([]);
  });

  it('refuses a scenario for other jobs than those of the running system, and plays it there otherwise', async () => {
    const play = () => run('--state', home, '--scenario', 'examples/scenarios/stuck-import.yml');
    const jobs = path.join(ROOT, 'examples/scenarios/migrations.yml');
    await withJobs(path.join(ROOT, 'migrations.yml'));

    const { code, err } = await play();

    expect(code).toBe(1);
    expect(err).toContain(
      `the scenario is for ${jobs}, and the running system has ${path.join(ROOT, 'migrations.yml')}: start one with --scenario, or with --jobs ${jobs}`,
    );
    expect(cloud.active.list()).toEqual([]);

    await withJobs(jobs);
    await play();

    expect(cloud.active.list()).toMatchObject([{ fault: 'task=hang,stage=import,at=40' }]);
    await run('--state', home, '--clear');
    await withJobs();
  });
});

describe('writeSystemFile', () => {
  it('creates a file that only this user can read', async () => {
    expect((await stat(path.join(home, 'system.json'))).mode & 0o777).toBe(0o600);
  });
});
