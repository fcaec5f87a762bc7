import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeFunctionGraph } from '../../../fakes/fake-functiongraph.ts';
import { type ExampleSystem, startExample } from '../../../fixtures/example-system.ts';
import { runBin } from '../../../fixtures/run-bin.ts';
import { runCommand } from '../../../fixtures/run-command.ts';

const SECRET = 'sk-of-the-test-7Uio6PznpdUKGpownRZlmVmHc';
const KEYS = { HUAWEICLOUD_SDK_AK: 'AKOFTHETEST', HUAWEICLOUD_SDK_SK: SECRET };
const PROJECT = { HUAWEICLOUD_PROJECT_ID: '0605767a3300d5762fb7c0186d9e1779' };
const JOBS = `
version: 1
region: ap-southeast-3
targets: { cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, password: { user_data: STAGING_CACHE_PASSWORD } } }
jobs:
  restore:
    on: { object_created: { bucket: redis-backups, key: "prod/**/*.rdb" } }
    backup_import: { target_instance: cache }
`;

describe('npx migrations invoke', () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'invoke-'));
    await writeFile(path.join(cwd, 'migrations.yml'), JOBS);
    await writeFile(path.join(cwd, 'event.json'), '{"a":1}');
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));

  it.each([
    [
      'a missing function',
      ['invoke', 'backup-land', 'event.json'],
      'backup-land: unknown function; use one of backup-landed, schedule,',
    ],
    ['both places', ['invoke', 'schedule', 'event.json', '--local', '--cloud'], 'cannot be combined'],
    ['--async here', ['invoke', 'schedule', 'event.json', '--async'], 'apply to deployed functions: add --cloud'],
  ])('exits 2 for %s', async (_name, args, says) => {
    const { code, stderr } = await runCommand(args, { cwd });

    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it.each([
    ['a missing file', 'no.json', '', 'read no.json: file not found'],
    ['malformed JSON', '-', 'hunter2', 'received malformed JSON, expected an event in JSON in standard input'],
    ['nothing that runs, and no keys', 'event.json', '', 'not running here: start it with npm start'],
  ])('exits 3 for %s', async (_name, file, input, says) => {
    const { code, stdout, stderr } = await runCommand(['invoke', 'schedule', file], { cwd, input });

    expect([code, stdout, stderr]).toEqual([3, '', expect.stringContaining(says)]);
    expect(stderr).not.toContain('hunter2');
  });

  describe('where npm start runs', () => {
    let example: ExampleSystem;

    beforeAll(async () => {
      example = await startExample('backup-lands', ['redis-backups/prod/2026-03-14/dump.rdb']);
    }, 60_000);
    afterAll(() => example.close());

    it('exits 1 if the function fails, and prints its log separately from the result', async () => {
      const { code, stdout, stderr } = await example.run(['invoke', 'schedule', '-'], '{"a":1}');

      expect(code).toBe(1);
      expect(stdout).toBe(
        'EventError: event: received an object (keys: a), expected a timer event (trigger_type "TIMER")\n',
      );
      expect(stderr).toMatch(/invoking schedule, in the local system \(http:\/\/127\.0\.0\.1:\d+\)\n/);
      expect(stderr).toContain("Start invoke request '");
      expect(stderr).toContain('"level":"error"');
    }, 30_000);

    it('exits 3 if the platform would not accept the event', async () => {
      const { code, stderr } = await example.run(['invoke', 'schedule', '-'], JSON.stringify({ a: 'x'.repeat(6.3e6) }));

      expect([code, stderr]).toEqual([3, expect.stringContaining('the limit is 6291456')]);
    }, 30_000);

    it('exits 3 with every problem in the jobs file, and runs nothing', async () => {
      await writeFile(path.join(example.folder, 'wrong.yml'), JOBS.replace('target_instance: cache', 'targe: cache'));

      const { code, stderr } = await example.run(['invoke', 'schedule', '-', '--jobs', 'wrong.yml'], '{}');

      expect([code, stderr]).toEqual([3, expect.stringContaining('jobs.restore.backup_import')]);
      expect(stderr).not.toContain('invoke request');
    });

    it('uses the local system even if there are keys, so that nothing real is created by mistake', async () => {
      const args = ['invoke', 'backup-landed', 'events/dump.json', '--json'];
      const { code, stdout } = await runBin(args, { cwd: example.folder, env: { ...KEYS, ...PROJECT } });

      expect([code, JSON.parse(stdout).where]).toEqual([0, 'local']);
    }, 30_000);

    describe('elsewhere, with keys', () => {
      const inCloud = () => ({
        ...KEYS,
        ...PROJECT,
        HUAWEICLOUD_SDK_AK: example.system.keys.accessKey,
        HUAWEICLOUD_SDK_SK: example.system.keys.secretKey,
        HUAWEICLOUD_SDK_SECURITY_TOKEN: example.system.keys.securityToken,
        HUAWEICLOUD_DCS_ENDPOINT: example.system.cloud.url,
        HUAWEICLOUD_OBS_ENDPOINT: example.system.cloud.obsUrl,
        STAGING_CACHE_PASSWORD: 'local-STAGING_CACHE_PASSWORD',
      });
      // What another test imports is over: the instance takes one at a time.
      beforeEach(() => example.system.cloud.clock.advance(60_000));

      const event = () => path.join(example.folder, 'events/dump.json');

      it('asks before it uses the cloud, and does nothing without an answer', async () => {
        const before = example.system.cloud.requests.length;

        const { code, stderr } = await runCommand(['invoke', 'backup-landed', event()], { cwd, env: inCloud() });

        expect([code, stderr]).toEqual([2, expect.stringContaining('It may create real tasks.')]);
        expect(stderr).toContain(`Invoke backup-landed, in the cloud (project ${PROJECT.HUAWEICLOUD_PROJECT_ID},`);
        // The local system reads tasks by itself; what changes something is what counts.
        const changes = example.system.cloud.requests.slice(before).filter(({ method }) => method === 'POST');
        expect(changes).toEqual([]);
      });

      it('uses the cloud with --yes, and shows no secrets', async () => {
        const args = ['invoke', 'backup-landed', event(), '--yes', '--json'];
        const { code, stdout, stderr } = await runBin(args, { cwd, env: { ...inCloud(), LOG_LEVEL: 'debug' } });

        expect(code).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({
          function: 'backup-landed',
          where: 'cloud',
          result: { runs: [{ job: 'restore', outcome: 'created' }] },
        });
        const { secretKey, securityToken } = example.system.keys;
        for (const secret of [secretKey, securityToken, 'local-STAGING_CACHE_PASSWORD']) {
          expect(stdout + stderr).not.toContain(secret);
        }
      }, 30_000);

      it('reads variables that the environment lacks from .env, and exits 3 for missing ones', async () => {
        const { STAGING_CACHE_PASSWORD, ...env } = inCloud();
        const args = ['invoke', 'backup-landed', event(), '--yes'];
        // A job of its own, of which no other test makes the run.
        await writeFile(path.join(cwd, 'migrations.yml'), JOBS.replace('restore:', 'restore-beside:'));

        const without = await runCommand(args, { cwd, env });
        await writeFile(path.join(cwd, '.env'), `STAGING_CACHE_PASSWORD=${STAGING_CACHE_PASSWORD}\n`);
        const beside = await runCommand(args, { cwd, env });

        expect([without.code, without.stderr]).toEqual([
          3,
          expect.stringContaining('STAGING_CACHE_PASSWORD: must be set'),
        ]);
        expect([beside.code, beside.stdout]).toEqual([0, expect.stringContaining('"outcome": "created"')]);
      }, 30_000);
    });
  });

  describe('with a deployed function', () => {
    let api: FakeFunctionGraph;
    const env = { ...KEYS, STAGING_CACHE_PASSWORD: 'hunter2-hunter2' };
    const deployed = (...args: string[]) =>
      runCommand(['invoke', 'schedule', 'event.json', '--cloud', ...args], { cwd, env });

    beforeEach(async () => {
      api = await FakeFunctionGraph.start();
      const held = {
        config: {},
        code: '',
        digest: '',
        asyncConfig: undefined,
        triggers: [],
        versions: [],
        aliases: new Map(),
      };
      for (const name of ['mig-dev-schedule', 'mig-prod-schedule', 'another']) api.functions.set(name, held);
      await writeService('');
    });
    afterEach(() => api.close());

    const writeService = (functions: string) =>
      writeFile(
        path.join(cwd, 'serverless.yml'),
        `service: mig\nprovider: { name: huawei, region: ap-southeast-3, projectId: 0605767a3300d5762fb7c0186d9e1779, endpoint: "${api.url}" }\n${functions}`,
      );
    const asked = () => api.requests.map(({ path: called }) => called.replace(/.*function:default:/, ''));

    it('asks first, and sends nothing without an answer', async () => {
      const { code, stderr } = await deployed();

      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining(
          'Invoke schedule, in the deployed functions of 0605767a3300d5762fb7c0186d9e1779 in ap-southeast-3? It may create real tasks.',
        ),
      ]);
      expect(api.requests).toEqual([]);
    });

    it('prints the result, and separately the end of the log', async () => {
      const { code, stdout, stderr } = await deployed('--yes');

      expect([code, stdout]).toEqual([0, '{\n  "runs": []\n}\n']);
      expect(stderr).toContain('one line');
      expect(api.requests).toMatchObject([{ method: 'POST', body: { a: 1 } }]);
      expect(asked()).toEqual(['mig-dev-schedule:latest/invocations']);
    });

    it.each<[string, string[], string]>([
      ['--stage', ['--stage', 'prod'], 'mig-prod-schedule:latest/invocations'],
      ['--name', ['--name', 'another'], 'another:latest/invocations'],
      ['--async', ['--async'], 'mig-dev-schedule:latest/invocations-async'],
    ])('invokes the function given by %s', async (_name, args, called) => {
      expect((await deployed('--yes', ...args)).code).toBe(0);
      expect(asked()).toEqual([called]);
    });

    it('invokes a function by its name in serverless.yml', async () => {
      await writeService('functions: { schedule: { name: another } }\n');

      expect((await deployed('--yes')).code).toBe(0);
      expect(asked()).toEqual(['another:latest/invocations']);
    });

    it('prints the request id of an asynchronous invocation, and where to look for its result', async () => {
      const { stdout, stderr } = await deployed('--yes', '--async', '--json');

      expect(JSON.parse(stdout)).toEqual({
        function: 'schedule',
        where: 'deployed',
        request_id: 'r-1',
        state: 'accepted',
      });
      expect(stderr).toContain('npx migrations runs list');
    });

    it('exits 3 if there is no such function, and says how to give its name', async () => {
      const { code, stderr } = await deployed('--yes', '--stage', 'test');

      expect([code, stderr]).toEqual([3, expect.stringMatching(/invoke mig-test-schedule: .*FSS\.1051.*--name/)]);
    });

    it('exits 3 for a name that only the framework can resolve', async () => {
      await writeService('functions: { schedule: { name: "${sls:stage}-x" } }\n');

      const { code, stderr } = await deployed('--yes');

      expect([code, stderr]).toEqual([3, expect.stringContaining('functions.schedule.name: must be a literal')]);
      expect(api.requests).toEqual([]);
    });

    it('exits 3 without serverless.yml, unless the name is given', async () => {
      await rm(path.join(cwd, 'serverless.yml'));

      expect(await deployed('--yes')).toMatchObject({ code: 3, stderr: expect.stringContaining('--name') });
    });

    it('only sends objects, because the API accepts nothing else', async () => {
      await writeFile(path.join(cwd, 'event.json'), '[1]');

      expect(await deployed('--yes')).toMatchObject({ code: 3, stderr: expect.stringContaining('a list of 1') });
      expect(api.requests).toEqual([]);
    });

    it('shows no secrets, whatever is returned', async () => {
      const error_msg = `it said hunter2-hunter2 and ${SECRET}`;
      api.refuseNext = { status: 400, body: { error_code: 'FSS.0400', error_msg } };

      const { code, stderr } = await deployed('--yes');

      expect([code, stderr]).toEqual([3, expect.stringContaining('it said *** and ***')]);
    });

    it('exits 3 with --stage local when no local system runs', async () => {
      await mkdir(path.join(cwd, '.local'));

      expect(await deployed('--yes', '--stage', 'local')).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('stage local is deployed to the local cloud, which is not running here'),
      });
    });
  });
});
