import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeSampleRdb } from '../../../../lib/local-system/sample-rdb.ts';
import { FakeFunctionGraph } from '../../../fakes/fake-functiongraph.ts';
import { type ExampleSystem, startExample } from '../../../fixtures/example-system.ts';
import { runCommand } from '../../../fixtures/run-command.ts';

const RUN = '554c69aa2134b7c0d1e2f3a4b5c6d7e8';
const DUMP = 'redis-backups/prod/2026-03-14/dump.rdb';
const UNFED = 'redis-backups/prod/2026-03-15/dump.rdb';
const TWICE = 'redis-backups/prod/2026-03-16/dump.rdb';
const PLATFORM = 'the platform ended it';

interface Failed {
  readonly functionName?: string;
  readonly runs?: readonly object[];
}

function payload(event: unknown, { functionName = 'backup-landed', runs }: Failed = {}): string {
  const error = runs ? `of ${runs.length} runs: some failed: ${JSON.stringify({ runs })}` : PLATFORM;
  return JSON.stringify({
    timestamp: '2026-03-14T10:20:38.000Z',
    request_context: {
      request_id: '1f0a7c3e-9d28-4e52-865b-d41f7a9c03be',
      function_urn: `urn:fss:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:function:default:mig-prod-${functionName}:latest`,
      condition: 'code_error',
      approximate_invoke_count: 4,
    },
    request_payload: JSON.stringify(event),
    response_context: { status_code: 200, function_error: error },
    response_payload: '',
  });
}

const REJECTED = {
  job: 'restore-staging',
  run: RUN,
  outcome: 'rejected',
  reason: { code: 'DCS.4026', message: 'busy' },
};
const WAITING = { job: 'look-first', outcome: 'waiting', reason: { code: 'ledger', message: 'not written' } };

describe('npx migrations refeed', () => {
  describe('where npm start runs', () => {
    let example: ExampleSystem;
    // biome-ignore lint/suspicious/noExplicitAny: an event whose object is exchanged
    let event: any;
    let tasksBefore: number;

    beforeAll(async () => {
      example = await startExample('backup-lands', [DUMP, UNFED, TWICE]);
      event = JSON.parse(await readFile(path.join(example.folder, 'events/dump.json'), 'utf8'));
    }, 60_000);
    beforeEach(() => {
      tasksBefore = example.system.cloud.tasks().length;
    });
    afterAll(() => example.close());

    /** The event of another object, of which no other test tells. */
    const eventOf = (name: string) => {
      const copy = structuredClone(event);
      const key = encodeURIComponent(name.slice(name.indexOf('/') + 1));
      const eTag = createHash('md5')
        .update(makeSampleRdb({ from: name }))
        .digest('hex');
      Object.assign(copy.Records[0].s3.object, { key, eTag });
      return copy;
    };
    const refeed = (input: string, ...args: string[]) => example.run(['refeed', '-', ...args], input);

    it('shows with --dry-run what failed and why, and redelivers nothing', async () => {
      const { code, stdout, stderr } = await refeed(payload(eventOf(UNFED)), '--dry-run');

      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toBe(
        [
          'backup-landed (mig-prod-backup-landed), request 1f0a7c3e-9d28-4e52-865b-d41f7a9c03be, 2026-03-14T10:20:38.000Z',
          '  failed: the platform ended it',
          '  to be redelivered',
          '1 event would be redelivered',
          '',
        ].join('\n'),
      );
      expect(example.system.cloud.tasks()).toHaveLength(tasksBefore);
    });

    it('asks, and redelivers nothing without an answer', async () => {
      const { code, stderr } = await refeed(payload(eventOf(UNFED)));

      expect([code, stderr]).toEqual([2, expect.stringContaining('Redeliver 1 event to the local system')]);
      expect(example.system.cloud.tasks()).toHaveLength(tasksBefore);
    });

    it('redelivers the events of several payloads in order, and a duplicate event creates one task', async () => {
      // What another test imports is over: the instance takes one at a time.
      let open: unknown[];
      do {
        example.system.cloud.clock.advance(60_000);
        await example.system.builtIn.invokeRoute('reconcile', '{}', 'tick-of-the-test');
        open = JSON.parse((await example.run(['runs', 'list', '--open', '--json'])).stdout).runs;
      } while (open.length > 0);
      const twice = payload(eventOf(TWICE));

      const { code, stdout } = await refeed(`${twice}\n${twice}\n`, '--yes', '--json');

      expect(code).toBe(0);
      const { events } = JSON.parse(stdout);
      expect(events).toMatchObject([
        {
          function: 'backup-landed',
          is_fed: true,
          why: PLATFORM,
          answer: { result: { runs: [{ outcome: 'created' }] } },
        },
        { function: 'backup-landed', is_fed: true, answer: { result: { runs: [{ outcome: 'existing' }] } } },
      ]);
      expect(example.system.cloud.tasks()).toHaveLength(tasksBefore + 1);
    }, 30_000);

    it('prints the replay command for a rejected run, because redelivery changes nothing', async () => {
      const { code, stdout, stderr } = await refeed(payload(event, { runs: [REJECTED] }), '--yes');

      expect(code).toBe(1);
      expect(stdout).toContain(`  rejected  restore-staging ${RUN}  DCS.4026: busy\n`);
      expect(stdout).toContain(`npx migrations runs replay restore-staging ${RUN}\n`);
      expect(stdout).toContain('  not redelivered: no run of it would make progress\n');
      expect(stderr).not.toContain('invoke request');
    });

    it('redelivers an event if another of its runs is open', async () => {
      const { code, stdout } = await refeed(payload(event, { runs: [REJECTED, WAITING] }), '--yes', '--json');

      expect(code).toBe(1);
      expect(JSON.parse(stdout).events).toMatchObject([
        { is_fed: true, replay: [`npx migrations runs replay restore-staging ${RUN}`] },
      ]);
    }, 30_000);

    it('skips self-repeating functions, exits 1 for unreadable payloads, and redelivers the rest', async () => {
      const tick = payload({}, { functionName: 'reconcile' });
      const other = payload({}, { functionName: 'cache-restore' });

      const { code, stdout, stderr } = await refeed(tick + other + payload({ b: 1 }), '--yes', '--json');

      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        events: [
          { function: 'reconcile', is_fed: false, left: 'its next tick does the same work' },
          { function: 'backup-landed', is_fed: true, answer: { state: 'failed' } },
        ],
        left: [expect.stringContaining('not a function of this project')],
      });
      expect(stderr).toContain('skipped request 1f0a7c3e-9d28-4e52-865b-d41f7a9c03be of mig-prod-cache-restore');
    }, 30_000);

    it.each(['', '{}', 'no JSON', '[[]]'])('exits 3 for %j, which is not a payload', async (input) => {
      const { code, stdout, stderr } = await refeed(input, '--yes');

      expect([code, stdout]).toEqual([3, '']);
      expect(stderr).toContain('expected what a failure destination received');
    });
  });

  it('redelivers to the deployed function that the payload names', async () => {
    const api = await FakeFunctionGraph.start();
    const cwd = await mkdtemp(path.join(tmpdir(), 'refeed-'));
    const held = {
      config: {},
      code: '',
      digest: '',
      asyncConfig: undefined,
      triggers: [],
      versions: [],
      aliases: new Map(),
    };
    api.functions.set('mig-prod-schedule', held);
    await writeFile(path.join(cwd, 'payload.json'), payload({ a: 1 }, { functionName: 'schedule' }));
    await writeFile(
      path.join(cwd, 'migrations.yml'),
      'version: 1\nregion: ap-southeast-3\njobs: { j: { on: { request: {} }, server_migration: { source_server: { id: s }, target: { region: r, template: t } } } }\n',
    );
    const provider = `{ name: huawei, projectId: 0605767a3300d5762fb7c0186d9e1779, endpoint: "${api.url}" }`;
    await writeFile(path.join(cwd, 'serverless.yml'), `service: another\nprovider: ${provider}\n`);
    const env = { HUAWEICLOUD_SDK_AK: 'AKOFTHETEST', HUAWEICLOUD_SDK_SK: 'sk-of-the-test' };

    const { code, stdout } = await runCommand(['refeed', 'payload.json', '--cloud', '--yes', '--json'], { cwd, env });

    expect([code, JSON.parse(stdout).events]).toMatchObject([0, [{ answer: { result: { runs: [] } } }]]);
    expect(api.requests).toMatchObject([
      { path: expect.stringMatching(/mig-prod-schedule:latest\/invocations$/), body: { a: 1 } },
    ]);
    await api.close();
    await rm(cwd, { recursive: true });
  });
});
