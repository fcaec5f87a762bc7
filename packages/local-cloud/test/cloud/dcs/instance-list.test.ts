import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { dcsCaller } from './dcs-caller.ts';

const HA = '11111111-1111-1111-1111-111111111111';
const CLUSTER = '22222222-2222-2222-2222-222222222222';
const BROKEN = '33333333-3333-3333-3333-333333333333';

let cloud: LocalCloud;
const dcs = dcsCaller(() => cloud);

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    instances: [
      { id: HA, name: 'shop-cache', tags: [{ key: 'env', value: 'test' }], maxMemory: 128 },
      { id: CLUSTER, name: 'shop', cacheMode: 'cluster', ip: '10.0.0.1,10.0.0.2', engineVersion: '5.0' },
      { id: BROKEN, name: 'broken', status: 'CREATEFAILED' },
    ],
  });
});
afterEach(() => cloud.close());

const names = async (query: string) => {
  const { json } = await dcs.get(`/instances${query}`);
  return (json['instances'] as { name: string }[]).map(({ name }) => name);
};

describe('ListInstances', () => {
  it('returns the documented fields, with the documented types', async () => {
    const { status, json } = await dcs.get('/instances?limit=1');

    expect(status).toBe(200);
    expect(json).toEqual({
      instance_num: 2,
      instances: [
        {
          publicip_id: null,
          vpc_name: 'vpc-default',
          charging_mode: 0,
          vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
          subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
          security_group_id: null,
          created_at: '2025-06-01T08:00:00.000Z',
          updated_at: '2026-01-31T00:00:00.000Z',
          enable_ssl: false,
          max_memory: 128,
          used_memory: 16,
          publicip_address: null,
          capacity: 0,
          capacity_minor: '0.125',
          order_id: null,
          maintain_begin: '02:00:00',
          maintain_end: '06:00:00',
          engine: 'Redis',
          engine_version: '6.0',
          service_upgrade: false,
          no_password_access: 'true',
          service_task_id: '',
          ip: '192.168.0.10',
          access_user: null,
          instance_id: HA,
          enable_publicip: false,
          port: 6379,
          user_id: null,
          user_name: null,
          domain_name: 'redis-11111111.dcs.huaweicloud.com',
          readonly_domain_name: 'redis-11111111-readonly.dcs.huaweicloud.com',
          name: 'shop-cache',
          spec_code: 'redis.ha.xu1.large.2',
          status: 'RUNNING',
          tags: [{ key: 'env', value: 'test' }],
          enterprise_project_id: '0',
          description: '',
          cpu_type: 'x86_64',
          az_codes: ['ap-southeast-3a', 'ap-southeast-3b'],
          features: {
            support_acl: true,
            support_transparent_client_ip: false,
            support_ssl: true,
            support_audit_log: false,
          },
          sub_status: null,
        },
      ],
    });
  });

  it.each<[string, string[]]>([
    ['', ['shop-cache', 'shop']],
    ['?include_failure=true', ['shop-cache', 'shop', 'broken']],
    ['?include_failure=TRUE', ['shop-cache', 'shop']],
    ['?include_delete=true', ['shop-cache', 'shop']],
    ['?offset=1', ['shop']],
    ['?offset=2', []],
    ['?limit=1', ['shop-cache']],
    ['?name=shop', ['shop-cache', 'shop']],
    ['?name=shop&name_equal=true', ['shop']],
    ['?name=shop&name_equal=false', ['shop-cache', 'shop']],
    ['?status=RUNNING', ['shop-cache', 'shop']],
    ['?status=ERROR', []],
    ['?ip=10.0.0.2', ['shop']],
    ['?ip=10.0.0', []],
    [`?instance_id=${HA}`, ['shop-cache']],
    ['?tags=env%3Dtest', ['shop-cache']],
    ['?tags=env%3Dlive', []],
    ['?capacity=0.125', ['shop-cache']],
  ])('filters by %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it.each(['?limit=0', '?limit=1001', '?offset=-1', '?id=1', '?name=a&name=b'])('refuses %s', async (query) => {
    expect(await dcs.get(`/instances${query}`)).toMatchObject({ status: 400, json: { error_code: 'DCS.4800' } });
  });

  it('accepts a limit of 1000', async () => {
    expect((await dcs.get('/instances?limit=1000')).status).toBe(200);
  });
});

describe('ShowInstance', () => {
  it('returns what the list does not have, with the documented types', async () => {
    const { json } = await dcs.get(`/instances/${HA}`);

    expect(json).toMatchObject({
      available_zones: ['d539378ec1314c85b76fefa3f7071458', '9f1c5806706d4c1fb0eb72f0a9b18c77'],
      features: {
        support_acl: true,
        support_transparent_client_ip: false,
        support_ssl: true,
        support_audit_log: false,
      },
      bandwidth_info: {
        begin_time: 0,
        end_time: 0,
        current_time: Date.UTC(2026, 0, 31),
        bandwidth: 768,
        next_expand_time: 0,
        expand_count: 0,
        expand_effect_time: 0,
        expand_interval_time: 0,
        max_expand_count: 3,
        task_running: false,
        assured_bandwidth: 768,
        max_bandwidth_for_node: 1600,
      },
      domain_name_info: {
        support_public_resolve: false,
        is_latest_rules: true,
        zone_name: 'dcs.huaweicloud.com',
        history_domain_names: null,
      },
      cloud_service_type_code: 'hws.service.type.dcs',
      cloud_resource_type_code: 'hws.resource.type.dcs3',
      inquery_spec_code: 'redis.ha.xu1.large.2',
      support_slow_log_flag: 'true',
      no_password_access: 'true',
      port: 6379,
      is_free: 'false',
      update_at: '2026-01-31T00:00:00.000Z',
    });
    expect(json).not.toHaveProperty('updated_at');
  });
});

describe('the nodes of an instance', () => {
  const nodes = async (id: string) =>
    (await dcs.get(`/instances/${id}/logical-nodes`)).json['nodes'] as Record<string, unknown>[];

  it('are a master and a replica', async () => {
    expect(await nodes(HA)).toMatchObject([
      {
        node_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        node_type: 'master',
        node_role: 'redis-server',
        node_ip: '192.168.0.10',
        node_port: '6379',
        group_name: 'group-0',
        status: 'Active',
        is_access: true,
      },
      { node_type: 'slave', group_name: 'group-0', priority_weight: 100 },
    ]);
  });

  it('are those for each shard of a cluster', async () => {
    expect((await nodes(CLUSTER)).map((node) => `${node['group_name']} ${node['node_type']}`)).toEqual([
      'group-0 master',
      'group-0 slave',
      'group-1 master',
      'group-1 slave',
      'group-2 master',
      'group-2 slave',
    ]);
  });

  it('are listed for all instances, by pages', async () => {
    const { json } = await dcs.get('/instances-logical-nodes?offset=1&limit=1');
    expect(json).toMatchObject({ count: 3, instances: [{ instance_id: CLUSTER, node_count: 6 }] });
    expect((await dcs.get('/instances-logical-nodes?limit=1001')).status).toBe(400);
  });
});
