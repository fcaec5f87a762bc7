import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProbeFile } from '../../../../lib/cli/probe/probe-file.ts';
import type { Answers } from '../../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import type { RecordedRequest } from '../../../../packages/local-cloud/src/cloud/recorder.ts';
import { call } from '../../../../packages/local-cloud/test/cloud/caller.ts';
import { BODY } from '../../../../packages/local-cloud/test/cloud/functiongraph/one-function.ts';
import { type DeployRegion, startDeployRegion } from '../../../fixtures/deploy-region.ts';
import { runCommand } from '../../../fixtures/run-command.ts';
import { BUCKET, changesElsewhere, JOBS, objectsIn, QUICK_PROBE } from './probed-cloud.ts';

const DEPLOYED = 'mig-prod-reconcile';
const OWN = 'migrations-probe-\\d{8}T\\d{6}Z-[0-9a-f]{8}';
const SECRET = 'a-secret-of-the-deployed-function';

describe('npx migrations probe --as function', () => {
  let deployed: DeployRegion;
  let cwd: string;

  beforeEach(async () => {
    deployed = await startDeployRegion([BUCKET, 'backups']);
    const { cloud } = deployed.region;
    cwd = await mkdtemp(path.join(tmpdir(), 'probe-'));
    await writeFile(path.join(cwd, 'migrations.yml'), JSON.stringify(JOBS));
    const provider = `provider: { name: huawei, stage: prod, endpoint: "${cloud.url}" }`;
    await writeFile(path.join(cwd, 'serverless.yml'), `service: mig\n${provider}\n`);
  });
  afterEach(async () => {
    await deployed.close();
    await rm(cwd, { recursive: true, force: true });
  });

  async function create(name: string, more: object = { app_xrole: 'mig-agency' }): Promise<void> {
    const { cloud, keys, projectId } = deployed.region;
    const account = { ...keys, projectId, domainId: '' };
    const body = { ...BODY, func_name: name, user_data: JSON.stringify({ OTHER: SECRET }), ...more };
    const { status, text } = await call(cloud, 'POST', `/v2/${projectId}/fgs/functions`, body, { account });
    if (status !== 200) throw new Error(text);
    (cloud.requests as RecordedRequest[]).length = 0;
  }
  const environment = () => {
    const { cloud, projectId } = deployed.region;
    const endpoints = ['DCS', 'SMS', 'ECS', 'IAM', 'SMN'].map((name) => [`HUAWEICLOUD_${name}_ENDPOINT`, cloud.url]);
    return { ...deployed.env, HUAWEICLOUD_PROJECT_ID: projectId, ...Object.fromEntries(endpoints) };
  };
  const run = (...args: string[]) =>
    runCommand(['probe', ...args], { cwd, env: environment() as Record<string, string> }, QUICK_PROBE);
  const asFunction = (...args: string[]) => run('--as', 'function', '--yes', ...args);
  const file = async (name = 'probe.json') => JSON.parse(await readFile(path.join(cwd, name), 'utf8')) as ProbeFile;
  async function functions(): Promise<unknown[]> {
    const { cloud, keys, projectId } = deployed.region;
    const account = { ...keys, projectId, domainId: '' };
    const { json } = await call(cloud, 'GET', `/v2/${projectId}/fgs/functions`, undefined, { account });
    return (json['functions'] as { func_name: string }[]).map(({ func_name: name }) => name);
  }
  const changes = () => changesElsewhere(deployed.region.cloud);

  it.each<Answers>([{}, { 'append-concurrency': 'all-kept', 'error-body-404': 'gateway' }])(
    'answers as with the keys of a person under %j, and changes nothing but its function',
    async (assume) => {
      const { cloud } = deployed.region;
      await create(DEPLOYED);
      cloud.assume(assume);
      await run('--out', 'own.json');
      (cloud.requests as RecordedRequest[]).length = 0;
      const { code, stderr } = await asFunction();

      const [own, seen] = [await file('own.json'), await file()];
      expect(stderr).toContain('written to probe.json');
      expect(code).toBe(Object.keys(assume).length === 0 ? 0 : 1);
      expect(seen.answers).toEqual(own.answers);
      expect(seen.answers).toMatchObject({ 'append-concurrency': 'atomic', ...assume });
      expect(seen.rights.map(({ action, is }) => [action, is])).toEqual(
        own.rights.map(({ action, is }) => [action, is]),
      );
      expect([seen.as, seen.keys, own.as]).toEqual(['function', 'temporary', undefined]);
      const urn = `urn.*${OWN}`;
      expect(changes()).toEqual([
        expect.stringMatching(/^POST \/v2\/\w+\/fgs\/functions$/),
        expect.stringMatching(new RegExp(`^POST /v2/\\w+/fgs/functions/${urn}.*/invocations$`)),
        expect.stringMatching(new RegExp(`^DELETE /v2/\\w+/fgs/functions/${urn}$`)),
      ]);
      expect(await functions()).toEqual([DEPLOYED]);
      expect(await objectsIn(cloud)).toEqual([]);
    },
  );

  it('takes over agency, network and endpoints of the deployed function, and nothing secret', async () => {
    const vpc = { vpc_id: 'vpc-1', subnet_id: 'subnet-1', security_groups: ['group-1'] };
    const variables = { HUAWEICLOUD_DCS_ENDPOINT: 'http://127.0.0.1:9', HUAWEICLOUD_SDK_SK: SECRET, OTHER: SECRET };
    const more = { func_vpc: { ...vpc, cidr: '10.0.0.0/8' }, user_data: JSON.stringify(variables) };
    await create(DEPLOYED, { ...more, xrole: 'settings-agency', app_xrole: 'mig-agency' });
    deployed.region.cloud.faults.add({ operation: 'InvokeFunction', kind: 'no_id' });
    await asFunction();

    const { cloud, keys } = deployed.region;
    const sent = cloud.requests.flatMap(({ service, body }) => (service === 'FunctionGraph' && body ? [body] : []));
    expect(sent).toEqual([
      expect.objectContaining({
        runtime: 'Node.js20.15',
        xrole: 'settings-agency',
        app_xrole: 'mig-agency',
        func_vpc: vpc,
        user_data: JSON.stringify({ HUAWEICLOUD_DCS_ENDPOINT: 'http://127.0.0.1:9' }),
      }),
      expect.objectContaining({ place: { bucket: BUCKET, prefix: 'migrations/probe/' } }),
    ]);
    const text = JSON.stringify(sent);
    const secrets = [SECRET, keys.secretKey, keys.securityToken, keys.accessKey];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it.each([
    ['forbidden', '403'],
    ['reset', 'ECONNRESET'],
    ['html', 'probe: '],
  ] as const)('deletes the function when its invocation fails: %s', async (kind, why) => {
    await create(DEPLOYED);
    deployed.region.cloud.faults.add({ operation: 'InvokeFunction', kind });
    const { code, stderr } = await asFunction();

    expect(stderr).toMatch(new RegExp(`${OWN}: probe: `));
    expect(stderr).toContain(why);
    expect(code).toBe(3);
    expect(await functions()).toEqual([DEPLOYED]);
    expect(await objectsIn(deployed.region.cloud)).toEqual([]);
  });

  it('removes with the keys of the person what the function did not remove', async () => {
    await create(DEPLOYED);
    const { cloud } = deployed.region;
    // Each of its three attempts ends after at most eight calls.
    cloud.faults.add({ operation: 'DeleteObject', kind: 'forbidden', times: 20 });
    cloud.faults.add({ operation: 'InvokeFunction', kind: 'reply_lost' });
    await asFunction();

    expect(await functions()).toEqual([DEPLOYED]);
    expect(await objectsIn(cloud)).toEqual([]);
  });

  it('says so when the function cannot be deleted, and ends with 1', async () => {
    await create(DEPLOYED);
    deployed.region.cloud.faults.add({ operation: 'DeleteFunction', kind: 'forbidden' });
    const { code, stderr } = await asFunction();

    expect(stderr).toMatch(new RegExp(`^not deleted: the function ${OWN} \\(FUNCTIONGRAPH deleteFunction: 403`, 'm'));
    expect(code).toBe(1);
  });

  it('deletes nothing when the function could not be created', async () => {
    await create(DEPLOYED);
    deployed.region.cloud.faults.add({ operation: 'CreateFunction', kind: 'forbidden' });
    const { code, stderr } = await asFunction();

    expect(stderr).toContain('create function');
    expect(stderr).toContain('grant your keys the permissions in deploy/policies/deployer-*.json');
    expect(code).toBe(3);
    expect(changes().filter((change) => change.startsWith('DELETE'))).toEqual([]);
  });

  it('deletes functions of killed probes after an hour, and no others', async () => {
    const others = ['migrations-probe-29990101T000000Z-0000000a', 'migrations-probe-of-mine', DEPLOYED];
    for (const name of ['migrations-probe-20260101T000000Z-0000000a', ...others]) await create(name);
    await asFunction();

    expect((await functions()).sort()).toEqual([...others].sort());
  });

  it.each([
    [
      'has no agency, so no function gets keys: set provider.agency in serverless.yml, and deploy',
      { app_xrole: '' },
      [],
    ],
    ['mig-prod-reconcile or mig-prod-backup-landed does not exist: deploy the functions', undefined, []],
    ['other does not exist', {}, ['--name', 'other']],
    ['"a:b" is not the name of a function', {}, ['--name', 'a:b']],
    ['cannot be combined with --with-task or --with-event', {}, ['--with-event', 'restore']],
  ] as const)('creates nothing: %s', async (why, settings, args) => {
    if (settings) await create(DEPLOYED, settings);
    const { code, stderr } = await asFunction(...args);

    expect(stderr).toContain('probe: --as function');
    expect(stderr).toContain(why);
    expect(code).toBe(2);
    expect(changes()).toEqual([]);
  });

  it('asks before it creates a function', async () => {
    await create(DEPLOYED);
    const { code, stderr } = await run('--as', 'function');

    expect(stderr).toMatch(
      new RegExp(`Create the function ${OWN} with the agency mig-agency, invoke it once, and delete it\\?`),
    );
    expect(code).toBe(2);
    expect(changes()).toEqual([]);
  });

  /** Presses Ctrl-C once the function writes objects. */
  async function interrupt(before: () => void = () => undefined): Promise<unknown> {
    const { cloud } = deployed.region;
    const bin = path.join(import.meta.dirname, '../../../../dist/cli/migrations.mjs');
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, ...environment() };
    const child = spawn(process.execPath, [bin, 'probe', '--as', 'function', '--yes'], { cwd, env });
    const ended = once(child, 'close');
    while (child.exitCode === null && cloud.requestsOf('PutObject').length < 5) await wait(20);
    before();
    child.kill('SIGINT');
    return ended;
  }

  it('deletes the function and its objects after Ctrl-C, and ends with 1', async () => {
    await create(DEPLOYED);

    expect(await interrupt()).toEqual([1, null]);
    expect(await functions()).toEqual([DEPLOYED]);
    expect(await objectsIn(deployed.region.cloud)).toEqual([]);
    await expect(file()).rejects.toThrow('ENOENT');
  });

  it('deletes the function after Ctrl-C even if it cannot be told to stop', async () => {
    await create(DEPLOYED);
    const { cloud } = deployed.region;
    const refuse = () => cloud.faults.add({ operation: 'PutObject', kind: 'forbidden', times: 10_000 });

    expect(await interrupt(refuse)).toEqual([1, null]);
    expect(await functions()).toEqual([DEPLOYED]);
  });
});
