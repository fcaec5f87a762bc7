import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProbeFile } from '../../../../lib/cli/probe/probe-file.ts';
import type { LocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { parseAssume } from '../../../../packages/local-cloud/src/cloud/open-questions/parse-assume.ts';
import { runCommand } from '../../../fixtures/run-command.ts';
import {
  BUCKET,
  changesElsewhere,
  environmentOf,
  JOBS,
  KEYS,
  objectsIn,
  PASSWORD,
  QUICK_PROBE,
  startProbedCloud,
} from './probed-cloud.ts';

describe('npx migrations probe', () => {
  let cwd: string;
  let cloud: LocalCloud;

  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'probe-'));
    cloud = await startProbedCloud();
    await writeFile(path.join(cwd, 'migrations.yml'), JSON.stringify(JOBS));
    await writeFile(path.join(cwd, 'serverless.yml'), `provider: { name: huawei, endpoint: "${cloud.url}" }\n`);
  });
  afterEach(async () => {
    await cloud.close();
    await rm(cwd, { recursive: true, force: true });
  });

  const run = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
    runCommand(['probe', ...args], { cwd, env: { ...environmentOf(cloud), ...env } }, QUICK_PROBE);
  const file = async (name = 'probe.json') => JSON.parse(await readFile(path.join(cwd, name), 'utf8')) as ProbeFile;

  it('prints what was seen, its evidence and what it means, and writes it to probe.json', async () => {
    const { code, stdout, stderr } = await run();

    expect(stdout).toContain(
      [
        'append-concurrency: atomic',
        '  What do simultaneous appends at the same position get? one of them succeeds, the others get 409',
        '  seen: 32 appends at one position: 1 succeeded, 31 got 409, and the object has the data of 1',
        '  means: the promises hold. Every decision of a run is an append: at most one task for an occurrence, one task at a time for a target.',
        'read-after-write: current',
        '  Does a read right after a write return what was written? it does',
        '  seen: 3 writes, each read at once: 0 reads returned something else',
        '',
      ]
        .slice(0, -1)
        .join('\n'),
    );
    expect(stdout).toContain('\nnot answered:\n');
    expect(stdout).toContain('  error-body-403, error-body-429, error-body-500: no such response occurred\n');
    expect(stdout).toContain('  allowed dcs:migrationTask:list (DCS ListMigrationTask: 200)\n');
    expect(stderr).toContain('written to probe.json; to use it: npm start -- --assume probe.json');
    expect(code).toBe(0);
    expect((await file()).answers).toMatchObject({ 'append-concurrency': 'atomic', 'clock-skew': 'none' });
    expect(await objectsIn(cloud)).toEqual([]);
    expect(changesElsewhere(cloud)).toEqual([]);
  });

  it('writes a file that --assume takes', async () => {
    cloud.assume({ 'dcs-name-filter': 'exact', 'backup-list-order': 'newest-first' });
    await run(['--out', 'seen.json']);

    expect(parseAssume([path.join(cwd, 'seen.json')])).toMatchObject({
      'dcs-name-filter': 'exact',
      'backup-list-order': 'newest-first',
      'object-list-lag': 'none',
    });
  });

  it('prints the same as JSON', async () => {
    const { stdout } = await run(['--json']);
    expect(JSON.parse(stdout)).toEqual(await file());
  });

  it('ends with 1 if a promise does not hold', async () => {
    cloud.assume({ 'append-concurrency': 'all-kept' });
    const { code, stdout } = await run();

    expect(stdout).toContain(
      '  means: a promise does not hold: Two functions may act on one run or one target at once.',
    );
    expect(code).toBe(1);
  });

  it('ends with 3 if the cloud answers nothing', async () => {
    const { code } = await run(
      [],
      Object.fromEntries(
        Object.keys(environmentOf(cloud))
          .filter((name) => name.endsWith('_ENDPOINT'))
          .map((name) => [name, 'http://127.0.0.1:9']),
      ),
    );
    expect(code).toBe(3);
  });

  it('ends with 3 if the cloud refuses the keys, after few calls with them', async () => {
    const { code, stdout } = await run([], { HUAWEICLOUD_SDK_SK: 'another' });

    expect(stdout).toContain(': DCS ListMigrationTask: keys_refused\n');
    expect(cloud.requests.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(3);
    expect(code).toBe(3);
  });

  it('says which objects it could not remove, and ends with 1', async () => {
    cloud.faults.add({ operation: 'DeleteObject', kind: 'forbidden', times: 10_000 });
    const { code, stderr } = await run();

    expect(stderr).toMatch(
      /^not removed: obs:\/\/ops-ledger\/migrations\/probe\/\d{8}T\d{6}Z-[0-9a-f]{8}\/ \(OBS DeleteObject: 403 AccessDenied\); the next probe removes it after an hour$/m,
    );
    expect(code).toBe(1);
  });

  it('answers nothing about objects without a bucket', async () => {
    const { ledger: _, ...jobs } = JOBS;
    await writeFile(path.join(cwd, 'migrations.yml'), JSON.stringify(jobs));
    const { stdout, code } = await run();

    expect(stdout).toContain(
      '  append-concurrency, read-after-write, object-list-lag, object-page-size, multipart-etag: needs a ledger in the jobs file, or --bucket\n',
    );
    expect(code).toBe(0);
  });

  it('refuses a bucket in which its objects would start runs', async () => {
    const restore = { ...JOBS.jobs.restore, on: { object_created: { bucket: 'backups', key: '**' } } };
    await writeFile(path.join(cwd, 'migrations.yml'), JSON.stringify({ ...JOBS, jobs: { restore } }));
    const { code, stderr } = await run(['--bucket', 'backups']);

    expect(stderr).toContain('job restore would start a run for every object below migrations/probe/ in backups');
    expect(code).toBe(2);
    expect(cloud.requests).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'removes its objects after %s, writes no file, and ends with 1',
    async (signal) => {
      const bin = path.join(import.meta.dirname, '../../../../dist/cli/migrations.mjs');
      const { PATH = '', HOME = '' } = process.env;
      const child = spawn(process.execPath, [bin, 'probe'], { cwd, env: { PATH, HOME, ...environmentOf(cloud) } });
      const ended = once(child, 'close');
      // A process that ends early, such as one that is not built, ends the wait too; or the wait would keep the test process alive.
      while (child.exitCode === null && cloud.requestsOf('PutObject').length < 5) await wait(20);
      child.kill(signal);

      expect(await ended).toEqual([1, null]);
      expect(await objectsIn(cloud)).toEqual([]);
      expect(changesElsewhere(cloud)).toEqual([]);
      await expect(file()).rejects.toThrow('ENOENT');
    },
  );

  it('writes no ID, address, name or secret to the file', async () => {
    cloud.assume({ 'dcs-passwords-shown': 'clear' });
    await run();
    const text = JSON.stringify(await file());

    const values = [
      ...[
        KEYS.projectId,
        KEYS.domainId,
        KEYS.securityToken,
        PASSWORD,
        BUCKET,
        '127.0.0.1',
        String(cloud.port),
        'restore-one',
        'session-one',
      ],
      ...cloud.tasks().flatMap(({ id, name }) => [id, name]),
      ...Object.values(JOBS.targets).map(({ id }) => id),
    ];
    expect(values.filter((value) => text.includes(value))).toEqual([]);
  });
});
