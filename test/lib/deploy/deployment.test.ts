import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Deployment } from '../../../lib/deploy/deployment.ts';
import { deploymentSchema } from '../../../lib/deploy/deployment-schema.ts';
import { zipFolder } from '../../../lib/deploy/zip-folder.ts';
import { FakeFunctionGraph } from '../../fakes/fake-functiongraph.ts';
import { copyOfFunctions } from '../../fixtures/built-functions.ts';
import {
  type CommandFailed,
  JOBS,
  jobsYaml,
  KEYS,
  makeService,
  PASSWORD,
  type Service,
  serviceYaml,
} from '../../fixtures/deploy-harness.ts';
import { startDeployRegion } from '../../fixtures/deploy-region.ts';
import { startRecordingProxy } from '../../fixtures/recording-proxy.ts';

const ROOT = join(import.meta.dirname, '../../..');
const EXAMPLES = ['backup-lands', 'online-cutover', 'scheduled-refresh', 'servers-in-waves', 'webhook-pipeline'];
const FUNCTIONS = ['backup-landed', 'schedule', 'webhook', 'reconcile'];
const NOWHERE = 'http://127.0.0.1:9';

const validate = new Ajv2020({ strict: true }).compile(deploymentSchema());

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** The JSON that a command printed after its notes. */
const parsed = (printed: string): Deployment => JSON.parse(printed.slice(printed.indexOf('\n{') + 1)) as Deployment;

async function deploymentOf(service: Service, options = {}): Promise<Deployment> {
  return parsed(await service.run('deployment:deployment', { package: '.serverless', ...options }));
}

/** What a function was sent last, in the words of a deployment. */
function sentTo(name: string, sent: readonly Sent[]) {
  const own = sent.filter(({ path, body }) => path.includes(`:${name}:latest`) || body['func_name'] === name);
  const last = (method: string, end: string) =>
    own.filter((one) => one.method === method && one.path.endsWith(end)).at(-1)?.body ?? {};
  const created = last('POST', '/fgs/functions');
  const config = last('PUT', '/config');
  const { DEPLOYED_SECRETS: _mark, ...environment } = JSON.parse(String(config['user_data']));
  const { func_vpc: vpc, strategy_config: strategy, log_config: log } = config as Record<string, never>;
  const { destination_config: destination, ...retries } = last('PUT', '/async-invoke-config');
  const failure = (destination as Record<string, never> | undefined)?.['on_failure'] as unknown as
    | { destination: string; param: string }
    | undefined;
  return {
    name: config['func_name'],
    app: created['package'],
    type: created['type'],
    description: config['description'],
    runtime: config['runtime'],
    handler: config['handler'],
    memory_size: config['memory_size'],
    timeout: config['timeout'],
    initializer_handler: config['initializer_handler'],
    initializer_timeout: config['initializer_timeout'],
    environment,
    environment_secrets: [],
    encrypted_environment: Object.keys(JSON.parse(String(config['encrypted_user_data']))),
    agency: config['xrole'],
    execution_agency: config['app_xrole'],
    vpc: vpc ?? null,
    enterprise_project_id: config['enterprise_project_id'] ?? null,
    max_instances: strategy?.['concurrency'] ?? null,
    logs: log ?? null,
    async:
      Object.keys(retries).length === 0
        ? null
        : { ...retries, on_failure: failure ? { ...failure, param: JSON.parse(failure.param) } : null },
    triggers: sent
      .filter(({ method, path }) => method === 'POST' && path.includes(`/triggers/`) && path.includes(`:${name}:`))
      .map(({ body }) => ({
        type: body['trigger_type_code'],
        status: body['trigger_status'],
        event_data: body['event_data'],
        event_data_secrets: [],
      })),
  };
}

/** Without what is not sent to a function. */
function described({ functions }: Deployment) {
  return Object.values(functions).map(({ package: _code, policies: _policies, tags: _tags, ...own }) => own);
}

describe.each(EXAMPLES)('the deployment of the example %s', (example) => {
  it('matches its schema, equals what deploy sends, and sends nothing itself', async () => {
    const jobs = await readFile(join(ROOT, 'examples', example, 'migrations.yml'), 'utf8');
    const names = [...jobs.matchAll(/user_data: ([A-Za-z][A-Za-z0-9_]*)/g)].map(([, name]) => name ?? '');
    const values = Object.fromEntries(names.map((name) => [name, `whsec_${btoa(PASSWORD + PASSWORD)}`]));
    const api = await FakeFunctionGraph.start();
    const service = await makeService(api.url, { ...KEYS, ...values });
    const region = /^region: (\S+)/m.exec(jobs)?.[1] ?? '';
    const failed = `  failureDestination: { smn: "urn:smn:${region}:0605767a3300d5762fb7c0186d9e1779:failed" }`;
    await service.writeService(serviceYaml({ provider: failed }).replace('ap-southeast-3', region));
    await service.writeJobs(jobs);

    const deployment = await deploymentOf(service);
    const before = api.requests.length;
    await service.run('deploy:deploy');

    validate(deployment);
    expect(validate.errors).toBeNull();
    expect(before).toBe(0);
    const sent = api.requests.map(({ body = {}, ...rest }) => ({ ...rest, path: decodeURIComponent(rest.path), body }));
    expect(described(deployment)).toEqual(FUNCTIONS.map((key) => sentTo(`mig-dev-${key}`, sent)));
    for (const [key, { package: code }] of Object.entries(deployment.functions)) {
      expect(code.sha512).toBe(api.functions.get(`mig-dev-${key}`)?.digest);
    }
    const text = JSON.stringify(deployment);
    for (const value of [...Object.values(values), KEYS.HUAWEICLOUD_SDK_SK]) expect(text).not.toContain(value);
    await service.remove();
    await api.close();
  });
});

const RICH = [
  '  prefix: staging/',
  '  vpc: { id: vpc-1, subnet: net-1, securityGroup: group-1 }',
  '  tags: { team: data }',
  '  enterpriseProject: 0f1e',
  '  executionAgency: keys',
  '  logs: { groupId: lts-1, groupName: one, streamId: stream-1, streamName: two }',
  '  userData: { LOG_LEVEL: debug }',
].join('\n');

let closing: () => Promise<unknown> = async () => undefined;
afterAll(() => closing());

it('equals what is sent to the local cloud, tags and lifecycle rules included', async () => {
  const bundles = await mkdtemp(join(tmpdir(), 'deployment-'));
  await writeFile(join(bundles, 'migrations.yml'), jobsYaml(JOBS));
  await copyOfFunctions({ jobsFile: join(bundles, 'migrations.yml'), out: join(bundles, 'functions') });
  const place = await startDeployRegion(['backups', 'ops-ledger']);
  const proxy = await startRecordingProxy(place.region.cloud.url);
  const obs = await startRecordingProxy(place.region.cloud.obsUrl);
  const service = await makeService(proxy.url, { ...place.env, HUAWEICLOUD_OBS_ENDPOINT: obs.url });
  closing = () =>
    Promise.all([proxy.close(), obs.close(), place.close(), service.remove(), rm(bundles, { recursive: true })]);
  for (const key of FUNCTIONS) await service.writePackage(key, await zipFolder(join(bundles, 'functions', key)));
  await service.writeService(serviceYaml({ provider: RICH }));

  const deployment = await deploymentOf(service);
  const before = proxy.changes.length + proxy.reads + obs.changes.length + obs.reads;
  await service.run('deploy:deploy');

  validate(deployment);
  expect(validate.errors).toBeNull();
  expect(before).toBe(0);
  const sent = proxy.changes.map(({ method, url, body }) => ({
    method,
    path: decodeURIComponent(url),
    body: body === '' ? {} : JSON.parse(body),
  }));
  expect(described(deployment)).toEqual(FUNCTIONS.map((key) => sentTo(`mig-dev-${key}`, sent)));
  const tagged = sent.filter(({ path }) => path.includes('tags')).map(({ body }) => body['tags']);
  expect(tagged).toEqual(FUNCTIONS.map(() => [{ key: 'team', value: 'data' }]));
  expect(Object.values(deployment.functions).map(({ tags }) => tags)).toEqual(FUNCTIONS.map(() => ({ team: 'data' })));
  expect(deployment.ledger).toEqual({
    bucket: 'ops-ledger',
    prefix: 'staging/m/',
    lifecycle_rules: [
      { id: 'migration-functions-ledger-400', prefix: 'staging/m/runs/', days: 400 },
      { id: 'migration-functions-ledger-62', prefix: 'staging/m/lanes/job/', days: 62 },
    ],
  });
  const [rules] = obs.changes.filter(({ url }) => url.includes('lifecycle'));
  const sentRules = [
    ...(rules?.body ?? '').matchAll(/<Rule><ID>(.*?)<\/ID><Prefix>(.*?)<\/Prefix>.*?<Days>(.*?)<\/Days>/g),
  ];
  expect(sentRules.map(([, id, prefix, days]) => ({ id, prefix, days: Number(days) }))).toEqual(
    deployment.ledger?.lifecycle_rules,
  );
}, 120_000);

describe('deployment', () => {
  let service: Service;

  beforeEach(async () => {
    service = await makeService(NOWHERE, {});
  });
  afterEach(() => service.remove());

  it('needs no keys and no values of secrets', async () => {
    const { functions, project_id: project } = await deploymentOf(service);

    expect(Object.keys(functions)).toEqual(FUNCTIONS);
    expect(functions['webhook']?.encrypted_environment).toEqual(['CACHE_PASSWORD']);
    expect(project).toBe('0605767a3300d5762fb7c0186d9e1779');
  });

  it('has the stage and the region of the options', async () => {
    await service.writeJobs(jobsYaml(JOBS).replace('ap-southeast-3', 'cn-north-4'));

    const { stage, region, functions } = await deploymentOf(service, { stage: 'prod', region: 'cn-north-4' });

    expect({ stage, region, name: functions['schedule']?.name }).toEqual({
      stage: 'prod',
      region: 'cn-north-4',
      name: 'mig-prod-schedule',
    });
  });

  it('gives each function the policies that it needs, and no more', async () => {
    await service.writeJobs(jobsYaml({ asked: JOBS.asked }));

    const { functions } = await deploymentOf(service);

    expect(functions['backup-landed']?.policies).toEqual({ project: null, global: null, identity: null });
    const actions = functions['webhook']?.policies.global?.Statement.flatMap(({ Action }) => Action);
    expect(actions).toEqual([
      'obs:bucket:ListBucket',
      'obs:object:DeleteObject',
      'obs:object:GetObject',
      'obs:object:PutObject',
    ]);
  });

  it('has no ledger without one', async () => {
    await service.writeJobs(jobsYaml(JOBS, ''));

    const deployment = await deploymentOf(service);

    validate(deployment);
    expect(validate.errors).toBeNull();
    expect(deployment.ledger).toBeNull();
    expect(Object.keys(deployment.functions)).toEqual(['backup-landed', 'schedule', 'webhook']);
  });

  it('leaves out settings and event data whose names say that they are secrets, and names them', async () => {
    const data = '{ kafkaUser: u, kafkaPassword: of-the-broker, deep: { sk: of-the-key } }';
    const kafka = `[{ triggerTypeCode: KAFKA, status: DISABLED, eventData: ${data} }]`;
    await service.writeService(
      serviceYaml({
        provider: '  userData: { THEIR_TOKEN: of-the-others, LOG_LEVEL: debug }',
        functions: `  # more`,
      }).replace('schedule: { timeout: 60 }', `schedule: { timeout: 60, events: ${kafka} }`),
    );

    const deployment = await deploymentOf(service);

    const { environment, environment_secrets: left, triggers } = deployment.functions['schedule'] ?? {};
    expect({ environment, left, trigger: triggers?.at(-1) }).toEqual({
      environment: { LOG_LEVEL: 'debug', MIGRATIONS_STAGE: 'dev' },
      left: ['THEIR_TOKEN'],
      trigger: {
        type: 'KAFKA',
        status: 'DISABLED',
        event_data: { kafka_user: 'u', deep: {} },
        event_data_secrets: ['kafka_password', 'deep.sk'],
      },
    });
    expect(JSON.stringify(deployment)).not.toMatch(/of-the-(broker|key|others)/);
  });

  it.each([
    ['a setting', `  userData: { NOTE: "see ${PASSWORD}" }`, 'functions.webhook.environment.NOTE'],
    ['a tag', `  tags: { note: ${PASSWORD} }`, 'functions.webhook.tags.note'],
    ['base64', `  userData: { NOTE: ${btoa(PASSWORD)} }`, 'functions.webhook.environment.NOTE'],
    ['a variable named package', `  userData: { package: ${PASSWORD} }`, 'functions.webhook.environment.package'],
    ['the name of a tag', `  tags: { ${PASSWORD}: a }`, 'a name in functions.webhook.tags'],
  ])('is refused if %s has the value of a secret', async (_, provider, place) => {
    const known = await makeService(NOWHERE, { CACHE_PASSWORD: PASSWORD });
    await known.writeService(serviceYaml({ provider }));

    const failed: CommandFailed = await deploymentOf(known).then(
      () => undefined as never,
      (error: CommandFailed) => error,
    );

    expect(failed.message).toContain(`${place}`);
    expect(failed.message + failed.printed).not.toContain(PASSWORD);
    await known.remove();
  });

  it.each([
    ['ledger', 'ledger.prefix', '0605767a3300d5762fb7c0186d9e1779', `${PASSWORD}/`],
    ['project', 'project_id', PASSWORD, 'm/'],
  ])('is refused if the %s has the value of a secret', async (_, place, project, prefix) => {
    const known = await makeService(NOWHERE, { CACHE_PASSWORD: PASSWORD });
    await known.writeJobs(jobsYaml(JOBS).replace('prefix: m/', `prefix: ${prefix}`));
    await known.writeService(serviceYaml().replace('0605767a3300d5762fb7c0186d9e1779', project));

    const failed: CommandFailed = await deploymentOf(known).then(
      () => undefined as never,
      (error: CommandFailed) => error,
    );

    expect(failed.message).toContain(`describe deployment: ${place}`);
    expect(failed.message).toContain(' would show the value of a secret; remove it from serverless.yml');
    expect(failed.message + failed.printed).not.toContain(PASSWORD);
    await known.remove();
  });

  it('reports problems with their lines, and prints nothing else', async () => {
    await service.writeService(serviceYaml().replace('timeout: 240', 'timeout: 1'));

    await expect(deploymentOf(service)).rejects.toThrow(
      'nothing was sent:\n  serverless.yml:12: functions.reconcile.timeout: 1 s: must be from 3 to 259200',
    );
  });

  it('says how to make a package that is missing', async () => {
    await expect(service.run('deployment:deployment', { package: 'none' })).rejects.toThrow(
      'backup-landed: read package: none/backup-landed.zip: ENOENT; create it with serverless package',
    );
  });
});

describe('docs/deployment.schema.json', () => {
  it('equals the schema (npm run schema writes it)', async () => {
    const written: unknown = JSON.parse(await readFile(join(ROOT, 'docs/deployment.schema.json'), 'utf8'));

    expect(written).toEqual(deploymentSchema());
  });

  it('has every member that the page names or its Terraform fragment reads, and the page names all', async () => {
    const page = await readFile(join(ROOT, 'docs/deployment-as-data.md'), 'utf8');
    const names = (value: unknown): string[] =>
      typeof value !== 'object' || value === null
        ? []
        : Object.entries(value).flatMap(([key, inner]) => [
            ...(key === 'properties' ? Object.keys(inner as object) : []),
            ...names(inner),
          ]);
    const known = new Set(names(deploymentSchema()));
    const [, hcl = ''] = /```hcl\n([\s\S]*?)```/.exec(page) ?? [];
    const read = [...hcl.matchAll(/(?:value|own|deployment|policies|vpc|logs|package|ledger|\])\.([a-z_0-9]+)/g)];
    const other = ['key', 'json', 'urn'];

    expect(read.map(([, name]) => name).filter((name = '') => !known.has(name) && !other.includes(name))).toEqual([]);
    const { functions } = deploymentSchema()['properties'] as Record<string, Record<string, Record<string, object>>>;
    const own = Object.keys(functions?.['additionalProperties']?.['properties'] ?? {});
    expect(own.length).toBeGreaterThan(20);
    expect(own.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('is tested with every example, apart from the rehearsals of the local system', async () => {
    expect((await readdir(join(ROOT, 'examples'))).sort()).toEqual([...EXAMPLES, 'scenarios'].sort());
  });

  it('refuses another version, a missing member and an unknown one', async () => {
    const service = await makeService(NOWHERE, {});
    const deployment = await deploymentOf(service);
    const { stage: _stage, ...without } = deployment;

    expect(validate({ ...deployment, version: 2 })).toBe(false);
    expect(validate(without)).toBe(false);
    expect(validate({ ...deployment, more: 1 })).toBe(false);
    await service.remove();
  });
});
