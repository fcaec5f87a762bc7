import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cloud as clients } from '../../../../lib/cloud/cloud.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { InvocationHistory } from '../../../../packages/local-cloud/src/cloud/functiongraph/invocation-history.ts';
import type { LocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import type { ObjectEvent } from '../../../../packages/local-cloud/src/cloud/obs/object-event.ts';
import type { RecordedRequest } from '../../../../packages/local-cloud/src/cloud/recorder.ts';
import { makeObjectNotification } from '../../../../packages/local-cloud/src/functiongraph/object-notification.ts';
import { call } from '../../../../packages/local-cloud/test/cloud/caller.ts';
import { encoded, BODY as FUNCTION } from '../../../../packages/local-cloud/test/cloud/functiongraph/one-function.ts';
import { runCommand } from '../../../fixtures/run-command.ts';
import { FunctionInProcess } from './function-in-process.ts';
import {
  changesElsewhere,
  environmentOf,
  JOBS,
  KEYS,
  objectsIn,
  partsOf,
  QUICK_PROBE,
  startProbedCloud,
} from './probed-cloud.ts';

const NAME = 'mig-prod-backup-landed';
const URN = `urn:fss:ap-southeast-3:${KEYS.projectId}:function:default:${NAME}`;
const RULE = { bucket: 'backups', prefix: 'prod/', suffix: '.rdb' };
const TRIGGER = {
  trigger_type_code: 'OBS',
  trigger_status: 'ACTIVE',
  event_data: { ...RULE, name: 'landed', events: ['s3:ObjectCreated:*'] },
};
/** What a version returns that does not know objects of probes. */
const OLD = { runs: [{ outcome: 'skipped', reason: { code: 'object_removed', message: 'nothing to import' } }] };

describe('npx migrations probe --with-event', () => {
  let cwd: string;
  let cloud: LocalCloud;
  let deployed: FunctionInProcess;
  let invoked: unknown[];
  let answer: ((event: unknown) => Promise<unknown>) | undefined;

  beforeEach(async () => {
    invoked = [];
    answer = undefined;
    const invoke = async (_record: unknown, _version: unknown, event: string) => {
      const parsed: unknown = JSON.parse(event);
      invoked.push(parsed);
      const result = answer ? await answer(parsed) : await deployed.invoke(parsed);
      return { ok: true, payload: JSON.stringify(result), log: [] };
    };
    const runner = { deploy: async () => undefined, invoke, invokeLater: () => '', history: new InvocationHistory() };
    cloud = await startProbedCloud({}, { obs: { onChange }, functionGraph: { runner } });
    const parts = partsOf(cloud);
    deployed = new FunctionInProcess(parts.jobs, (await clients.openLedgerStore(parts)) as LedgerStore);
    cwd = await mkdtemp(path.join(tmpdir(), 'probe-'));
    await writeFile(path.join(cwd, 'migrations.yml'), JSON.stringify(JOBS));
    const provider = `provider: { name: huawei, stage: prod, endpoint: "${cloud.url}" }`;
    await writeFile(path.join(cwd, 'serverless.yml'), `service: mig\n${provider}\n`);
    await send('/functions', { ...FUNCTION, func_name: NAME });
  });
  afterEach(async () => {
    await cloud.close();
    await rm(cwd, { recursive: true, force: true });
  });

  function onChange(change: ObjectEvent): void {
    const isWatched = change.bucket === RULE.bucket && change.key.startsWith(RULE.prefix);
    if (!isWatched || !change.eventName.startsWith('ObjectCreated')) return;
    const rule = { ...RULE, functionName: NAME, configurationId: 'c', events: [] };
    deployed.deliver(makeObjectNotification(change, rule, 'ap-southeast-3', 'account', cloud.assumed));
  }

  async function send(at: string, body: unknown): Promise<void> {
    const { status, text } = await call(cloud, 'POST', `/v2/${KEYS.projectId}/fgs${at}`, body, { account: KEYS });
    if (status > 299) throw new Error(`${at}: ${status} ${text}`);
  }
  const addTrigger = (trigger: object = TRIGGER) => send(`/triggers/${encoded(`${URN}:latest`)}`, trigger);
  const run = (...args: string[]) =>
    runCommand(['probe', '--with-event', 'restore', ...args], { cwd, env: environmentOf(cloud) }, QUICK_PROBE);
  const written = () => cloud.requests.filter(({ operation }) => operation === 'PutObject').map(({ url }) => url);

  it('answers what the events tell, names the triggers, and leaves nothing behind', async () => {
    await addTrigger();
    (cloud.requests as RecordedRequest[]).length = 0;
    const { code, stdout } = await run();

    expect(stdout).toContain('obs-trigger-keys: encoded\n');
    expect(stdout).toContain('  seen: 2 uploads: 1 and 1 events, the last one within ');
    expect(stdout).toContain('\ntriggers of the deployed function: OBS ACTIVE\n');
    expect(code).toBe(0);
    const text = await readFile(path.join(cwd, 'probe.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      answers: { 'obs-trigger-keys': 'encoded', 'object-event-delivery': 'once', 'event-etag': 'same' },
      triggers: ['OBS ACTIVE'],
    });
    expect([NAME, '.migrations-probe', 'prod/', KEYS.projectId].filter((name) => text.includes(name))).toEqual([]);
    expect(await objectsIn(cloud)).toEqual([]);
    expect(await objectsIn(cloud, 'backups')).toEqual([]);
    const ofObject = /^(PUT|DELETE) \/backups\/prod(\/|%2F)\.migrations-probe(\/|%2F)\d{8}T\d{6}Z-[0-9a-f]{8}(\/|%2F)a/;
    expect(changesElsewhere(cloud).filter((change) => !ofObject.test(change))).toEqual([
      expect.stringMatching(/^POST .*\/invocations$/),
      expect.stringMatching(/^POST .*\/invocations$/),
    ]);
    expect(deployed.started).toEqual([]);
  });

  it.each([
    ['an older version', OLD, 'would take the object of a probe for a backup (its answer: object_removed)'],
    ['another function', 1, 'would take the object of a probe for a backup (its answer: none that is known)'],
    [
      'a function with another ledger',
      { runs: [{ outcome: 'skipped', reason: { code: 'probe_object', message: '' } }] },
      'recorded nothing in the ledger of the jobs file',
    ],
  ])('is refused for %s, before anything is written', async (_what, result, why) => {
    await addTrigger();
    answer = async () => result;
    const { code, stderr } = await run();

    expect(stderr).toContain(`probe: --with-event: ${NAME} ${why}`);
    expect(code).toBe(2);
    expect(written()).toEqual([]);
  });

  it('asks an unknown version with nothing but the event of a removed object', async () => {
    await addTrigger();
    answer = async () => OLD;
    await run();

    expect(invoked).toEqual([
      {
        Records: [
          expect.objectContaining({
            eventName: 'ObjectRemoved:Delete',
            s3: {
              bucket: { name: 'backups' },
              object: expect.objectContaining({
                key: expect.stringMatching(
                  /^prod%2F\.migrations-probe%2F\d{8}T\d{6}Z-[0-9a-f]{8}%2Fa%20b%2Bc%25-\.rdb$/,
                ),
              }),
            },
          }),
        ],
      },
    ]);
  });

  it.each([
    ['no trigger', undefined],
    ['one of another prefix', { ...TRIGGER, event_data: { ...TRIGGER.event_data, prefix: 'test/' } }],
    ['one of another bucket', { ...TRIGGER, event_data: { ...TRIGGER.event_data, bucket: 'ops-ledger' } }],
  ])('is refused for a function with %s', async (_what, trigger) => {
    if (trigger) await addTrigger(trigger);
    const { code, stderr } = await run();

    expect(stderr).toContain(
      `${NAME} has no active trigger for "prod/.migrations-probe/*" in backups; nothing was written`,
    );
    expect(code).toBe(2);
    expect(invoked).toEqual([]);
  });

  it('is refused if the function cannot be asked', async () => {
    await addTrigger();
    cloud.faults.add({ operation: 'InvokeFunction', kind: 'forbidden', times: 2 });
    const { code, stderr } = await run();

    expect(stderr).toMatch(/could not be asked \(FUNCTIONGRAPH invokeFunction: 403/i);
    expect(code).toBe(2);
    expect(written()).toEqual([]);
  });

  it.each([
    ['missing', 'no such job in the jobs file'],
    ['nightly', 'the job has no on.object_created'],
  ])('is refused for the job %s', async (job, why) => {
    const nightly = {
      ...JOBS.jobs.restore,
      on: { request: {} },
      backup_import: {
        target_instance: 'cache',
        backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'a.rdb' }] },
      },
    };
    await writeFile(path.join(cwd, 'migrations.yml'), JSON.stringify({ ...JOBS, jobs: { ...JOBS.jobs, nightly } }));
    const { code, stderr } = await runCommand(
      ['probe', '--with-event', job],
      { cwd, env: environmentOf(cloud) },
      QUICK_PROBE,
    );

    expect(stderr).toContain(`probe: --with-event ${job}: ${why}`);
    expect(code).toBe(2);
  });

  it('finds the function by the stage, or by --name', async () => {
    answer = async () => OLD;
    const env = { ...environmentOf(cloud), MIGRATIONS_STAGE: 'test' };
    const { stderr } = await runCommand(['probe', '--with-event', 'restore'], { cwd, env }, QUICK_PROBE);
    expect(stderr).toContain('mig-test-backup-landed has no active trigger');
    expect((await run('--name', 'other')).stderr).toContain('other has no active trigger');
  });
});
