import { makeZip } from '../../fixtures/archives.ts';
import { makeService, type Service, serviceYaml } from '../../fixtures/deploy-harness.ts';
import { type DeployRegion, startDeployRegion } from '../../fixtures/deploy-region.ts';

const CODE = makeZip({
  'index.js': Buffer.from('exports.initializer = (c, callback) => callback(null); exports.handler = async () => 1;'),
});
const VPC = 'vpc: { id: 5e37b3be-950a-48e1-b498-65b63d336481, subnet: 40f15ed6-7f85-49d5-ba0e-65b940d4812c';
const GROUP = '9df96622-24b7-4813-84b8-ab74552a21d7';

describe('network, agencies, tags and enterprise project', () => {
  let place: DeployRegion;
  let service: Service;

  beforeEach(async () => {
    place = await startDeployRegion(['backups', 'ops-ledger']);
    service = await makeService(place.region.cloud.url, place.env);
    for (const key of ['backup-landed', 'schedule', 'webhook', 'reconcile']) await service.writePackage(key, CODE);
  }, 30_000);
  afterEach(async () => {
    await service.remove();
    await place.close();
  });

  const records = () => new Map(place.region.cloud.functions().map((record) => [record.name, record]));
  const configOf = (key: string) => records().get(`mig-dev-${key}`)?.versions[0]?.config;
  const changes = () =>
    place.region.cloud.requests.filter(({ method, service: name }) => method !== 'GET' && name === 'FunctionGraph');

  it('are those of provider, unless a function has its own, and the second deploy changes nothing', async () => {
    await service.writeService(
      serviceYaml({
        provider: `  ${VPC}, securityGroup: ${GROUP} }\n  enterpriseProject: 0aad99bc-f5f6-4f78-8404-c598d76b0ed2\n  tags: { team: caches, cost: "12" }`,
      })
        .replace(
          'webhook: { timeout: 30 }',
          'webhook: { timeout: 30, vpc: false, agency: webhook-only, tags: { public: "yes" } }',
        )
        .replace('schedule: { timeout: 60 }', 'schedule: { timeout: 60, executionAgency: schedule-keys }'),
    );

    await service.run('deploy:deploy');

    expect(configOf('schedule')).toMatchObject({
      xrole: 'migrations',
      app_xrole: 'schedule-keys',
      enterprise_project_id: '0aad99bc-f5f6-4f78-8404-c598d76b0ed2',
      func_vpc: {
        vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
        subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
        security_groups: [GROUP],
      },
    });
    expect(configOf('webhook')).toMatchObject({ xrole: 'webhook-only', app_xrole: 'webhook-only' });
    expect(configOf('webhook')?.['func_vpc']).toBeUndefined();
    expect(records().get('mig-dev-schedule')?.tags).toEqual({ team: 'caches', cost: '12' });
    expect(records().get('mig-dev-webhook')?.tags).toEqual({ team: 'caches', cost: '12', public: 'yes' });

    const before = changes().length;
    await service.run('deploy:deploy');

    expect(changes().length).toBe(before);
  }, 60_000);

  it('are changed one by one, and tags without a place in the file are deleted', async () => {
    await service.writeService(serviceYaml({ provider: `  ${VPC} }\n  tags: { team: caches, old: "1" }` }));
    await service.run('deploy:deploy');
    await service.writeService(
      serviceYaml({ provider: `  ${VPC}, securityGroup: ${GROUP} }\n  tags: { team: others }` }),
    );

    const printed = await service.run('deploy:deploy');

    for (const line of ['delete tags old', 'set tags', 'tags.team: caches -> others', 'update configuration']) {
      expect(printed).toContain(`mig-dev-schedule: ${line}`);
    }
    expect(printed).toMatch(new RegExp(`mig-dev-schedule: vpc: {"vpc_id".*} -> {.*"security_groups":\\["${GROUP}"`));
    expect(records().get('mig-dev-schedule')?.tags).toEqual({ team: 'others' });
  }, 60_000);

  it('leaves tags alone that the file does not mention', async () => {
    await service.writeService(serviceYaml({ provider: '  tags: { team: caches }' }));
    await service.run('deploy:deploy');
    await service.writeService(serviceYaml());

    await service.run('deploy:deploy');

    expect(records().get('mig-dev-schedule')?.tags).toEqual({ team: 'caches' });
  }, 60_000);

  it('refuses to take a function out of a VPC, and says what to do', async () => {
    await service.writeService(serviceYaml({ provider: `  ${VPC} }` }));
    expect(await service.run('deploy:deploy')).toContain(
      'functions in a VPC reach the public endpoints only through a NAT gateway or VPC endpoints',
    );
    await service.writeService(serviceYaml());

    await expect(service.run('deploy:deploy')).rejects.toThrow(
      'it is in VPC 5e37b3be-950a-48e1-b498-65b63d336481, and the API documents no way out of it: turn off its VPC access',
    );
  }, 60_000);
});
