import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipFolder } from '../../../lib/deploy/zip-folder.ts';
import { copyOfFunctions } from '../../fixtures/built-functions.ts';
import { JOBS, jobsYaml, makeService, type Service, serviceYaml } from '../../fixtures/deploy-harness.ts';
import { type DeployRegion, startDeployRegion } from '../../fixtures/deploy-region.ts';

const SET =
  '{ object_created: { bucket: backups, key: "sets/**", set: { by: "sets/{set}/", complete: { marker: DONE } } } }';
const ALL_JOBS = { ...JOBS, sets: SET };
const STAGING = '  prefix: staging/';

describe('two stages of one jobs file in one project', () => {
  let place: DeployRegion;
  let service: Service;
  let bundles: string;
  /** The packages of the functions, by key. */
  const packages = new Map<string, Uint8Array>();

  beforeAll(async () => {
    bundles = await mkdtemp(join(tmpdir(), 'stages-'));
    await writeFile(join(bundles, 'migrations.yml'), jobsYaml(ALL_JOBS));
    await copyOfFunctions({ jobsFile: join(bundles, 'migrations.yml'), out: join(bundles, 'functions') });
    for (const key of ['backup-landed', 'schedule', 'webhook', 'reconcile'])
      packages.set(key, await zipFolder(join(bundles, 'functions', key)));
  }, 120_000);
  afterAll(() => rm(bundles, { recursive: true }));

  beforeEach(async () => {
    place = await startDeployRegion(['backups', 'ops-ledger']);
    // The file that timers import.
    await place.drop('backups', 'a.rdb');
    service = await makeService(place.region.cloud.url, place.env);
    await service.writeJobs(jobsYaml(ALL_JOBS));
    for (const [key, zip] of packages) await service.writePackage(key, zip);
  }, 120_000);
  afterEach(async () => {
    await service.remove();
    await place.close();
  });

  const deploy = async (stage: string, provider = '') => {
    await service.writeService(serviceYaml({ provider }));
    return service.run('deploy:deploy', { stage });
  };
  const both = async () => {
    await deploy('prod');
    await deploy('staging', STAGING);
  };
  const triggersOf = (stage: string) =>
    place.region.cloud
      .functions()
      .filter(({ name }) => name.startsWith(`mig-${stage}-`))
      .flatMap(({ triggers }) => triggers.filter(({ isBeingDeleted }) => !isBeingDeleted));
  /** The functions that were invoked, and what each returned. */
  const results = async (count: number) =>
    (await place.results(count)).map(({ functionName, result }) => [functionName, result.ok && result.payload]);
  const tick = async (stage: string, key: string) => {
    const data = JSON.stringify({
      version: 'v1.0',
      time: '2026-03-14T02:00:00Z',
      trigger_type: 'TIMER',
      trigger_name: key === 'schedule' ? 'rate-1h' : 'reconcile',
      user_event: key === 'schedule' ? 'hourly' : '',
    });
    const printed = await service.run('invoke:invoke', { stage, function: key, data });
    await place.results(1);
    return printed.split('\n').at(-1) ?? '';
  };
  const ledgerKeys = async () => {
    const store = join(place.region.bucketsFolder, 'ops-ledger');
    const { readdir } = await import('node:fs/promises');
    return [...new Set((await readdir(store, { recursive: true })).map((name) => name.split('/')[0]))].sort();
  };

  it('share no bucket rule: each object starts the runs of one', async () => {
    await both();

    await place.drop('backups', 'prod/a.rdb');
    const [first] = await results(1);
    await place.drop('backups', 'staging/prod/a.rdb');
    const [second] = await results(1);

    expect(first?.[0]).toBe('mig-prod-backup-landed');
    expect(second?.[0]).toBe('mig-staging-backup-landed');
    expect(String(second?.[1])).toContain('"job":"landed"');
    const rules = [...triggersOf('prod'), ...triggersOf('staging')].filter(({ type }) => type === 'OBS');
    expect(rules.map(({ data }) => `${String(data['prefix'])}*${String(data['suffix'])}`)).toEqual([
      'prod/*.rdb',
      'sets/*',
      'staging/prod/*.rdb',
      'staging/sets/*',
    ]);
  }, 120_000);

  it('share no ledger and no timer: each reconciles its own runs', async () => {
    await both();
    expect(await ledgerKeys()).toEqual([]);

    expect(await tick('staging', 'schedule')).toContain('"job":"hourly"');

    expect(await ledgerKeys()).toEqual(['staging']);
    expect(JSON.parse(await tick('prod', 'reconcile'))).toMatchObject({ open: 0, runs: [] });
    const timers = [...triggersOf('prod'), ...triggersOf('staging')].filter(({ type }) => type === 'TIMER');
    expect(timers).toHaveLength(6);
    await tick('staging', 'reconcile');
    expect(await ledgerKeys()).toEqual(['m', 'staging']);
  }, 120_000);

  it('share no route of the gateway: each has its path', async () => {
    await both();
    const { url } = place.region.gateway;

    for (const [path, name] of [
      ['/health', 'mig-prod-webhook'],
      ['/staging/health', 'mig-staging-webhook'],
    ]) {
      expect((await fetch(`${url}${path}`)).status).toBe(200);
      expect((await results(1))[0]?.[0]).toBe(name);
    }
  }, 120_000);

  it('are removed one by one', async () => {
    await both();
    const before = triggersOf('prod');

    await service.writeService(serviceYaml({ provider: STAGING }));
    await service.run('remove:remove', { stage: 'staging', yes: true });

    expect(triggersOf('prod')).toEqual(before);
    expect(triggersOf('staging')).toEqual([]);
  }, 120_000);

  it('are refused without a prefix once the first has records, before anything is created', async () => {
    await deploy('prod');
    await tick('prod', 'reconcile');

    await expect(deploy('staging')).rejects.toThrow(
      /it belongs to region ap-southeast-3, project \w+, stage prod: give this stage a prefix \(provider.prefix\)/,
    );
    expect(triggersOf('staging')).toEqual([]);
    expect(place.region.cloud.functions().filter(({ name }) => name.startsWith('mig-staging-'))).toEqual([]);
  }, 120_000);

  it('are refused without a prefix by a bucket rule of the first', async () => {
    await deploy('prod');

    await expect(deploy('staging')).rejects.toThrow(/FSS.1145.*give each stage a prefix \(provider.prefix\)/);
  }, 120_000);

  it('are named in the package as they were written: the prefix is a variable', async () => {
    await deploy('staging', STAGING);

    const [landed] = place.region.cloud.functions();
    expect(JSON.parse(String(landed?.versions[0]?.config.user_data))).toMatchObject({
      MIGRATIONS_STAGE: 'staging',
      MIGRATIONS_PREFIX: 'staging/',
      WEBHOOK_BASE_PATH: '/staging',
    });
    const built = await readFile(join(bundles, 'functions/webhook/migrations.json'), 'utf8');
    expect(built).not.toContain('staging/');
  }, 120_000);
});
