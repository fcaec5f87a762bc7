import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { dcsCaller } from './dcs-caller.ts';

const CACHE = '11111111-1111-1111-1111-111111111111';
const CLUSTER = '22222222-2222-2222-2222-222222222222';
const SINGLE = '33333333-3333-3333-3333-333333333333';
const OLD = '44444444-4444-4444-4444-444444444444';
const UNKNOWN = '99999999-9999-9999-9999-999999999999';

let cloud: LocalCloud;
const dcs = dcsCaller(() => cloud);

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    instances: [
      {
        id: CACHE,
        name: 'cache',
        keys: [
          { name: 'user:1', value: 'ab' },
          { name: 'user:2', value: 'a' },
          { name: 'queue', type: 'list', elements: 100 },
        ],
        backups: [
          { id: 'b-1', status: 'succeed' },
          { id: 'b-2', status: 'failed' },
        ],
      },
      { id: CLUSTER, name: 'cluster', cacheMode: 'proxy', keys: 300, backups: [{ id: 'b-3', status: 'succeed' }] },
      { id: SINGLE, name: 'single', cacheMode: 'single', backups: [{ id: 'b-4', status: 'succeed' }] },
      { id: OLD, name: 'old', engineVersion: '3.0' },
    ],
  });
});
afterEach(() => cloud.close());

const at = (id: string) => `/instances/${id}/offline/key-analysis`;
const nodeIds = async (id: string, type = 'master') => {
  const { json } = await dcs.get(`/instances/${id}/logical-nodes`);
  const nodes = json['nodes'] as { node_id: string; node_type: string }[];
  return nodes.filter((node) => node.node_type === type).map(({ node_id }) => node_id);
};
const create = async (id: string, body: object = {}, node?: string) =>
  dcs.post(at(id), { node_id: node ?? (await nodeIds(id))[0], ...body });
const show = async (id: string, task: unknown) => (await dcs.get(`${at(id)}/${task}`)).json;

describe('an offline key analysis', () => {
  it('counts the keys of a backup', async () => {
    const { status, json } = await create(CACHE, { backup_id: 'b-1' });
    expect(status).toBe(200);
    expect(json).toEqual({ task_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    cloud.clock.advance(35_000);

    expect(await show(CACHE, json['task_id'])).toEqual({
      id: json['task_id'],
      instance_id: CACHE,
      node_id: (await nodeIds(CACHE))[0],
      backup_id: 'b-1',
      group_name: 'group-0',
      node_ip: '192.168.0.10',
      node_ipv6: '',
      node_type: 'master',
      analysis_type: 'old_backup',
      started_at: '2026-01-31T00:00:05.000Z',
      finished_at: '2026-01-31T00:00:35.000Z',
      total_num: 3,
      total_bytes: 64 + 63 + 1661,
      type_num: [
        { type: 'string', num: 2 },
        { type: 'list', num: 1 },
      ],
      type_bytes: [
        { type: 'string', bytes: 127 },
        { type: 'list', bytes: 1661 },
      ],
      largest_keys: [
        { key: 'queue', type: 'list', bytes: 1661, num_of_elem: 100 },
        { key: 'user:1', type: 'string', bytes: 64, num_of_elem: 1 },
        { key: 'user:2', type: 'string', bytes: 63, num_of_elem: 1 },
      ],
      largest_key_prefixes: [{ key_prefix: 'user', type: 'string', bytes: 127, num: 2 }],
    });
  });

  it('waits, runs and succeeds, and is listed newest first', async () => {
    const first = (await create(CACHE, { backup_id: 'b-1' })).json['task_id'];
    const listed = async (query = '') => (await dcs.get(`${at(CACHE)}${query}`)).json;
    expect(await listed()).toEqual({
      instance_id: CACHE,
      total: 1,
      records: [
        { id: first, status: 'waiting', created_at: '2026-01-31T00:00:00.000Z', started_at: '', finished_at: '' },
      ],
    });
    expect(await show(CACHE, first)).toMatchObject({ total_num: 0, type_num: [], largest_keys: [] });
    cloud.clock.advance(5_000);
    expect(await listed()).toMatchObject({ records: [{ status: 'running' }] });
    cloud.clock.advance(30_000);
    const second = (await create(CACHE, { backup_id: 'b-1' })).json['task_id'];
    expect(await listed()).toMatchObject({ total: 2, records: [{ id: second }, { id: first }] });
    expect(await listed('?status=success')).toMatchObject({ total: 1, records: [{ id: first }] });
    expect(await listed('?offset=1&limit=1')).toMatchObject({ total: 2, records: [{ id: first }] });
    expect((await dcs.get(`${at(CACHE)}?status=done`)).status).toBe(400);
    expect((await dcs.get(`${at(CACHE)}?limit=-1`)).status).toBe(400);
  });

  it('takes a new backup if none is named', async () => {
    const { json } = await create(CACHE);
    const backups = (await dcs.get(`/instances/${CACHE}/backups`)).json['backup_record_response'] as object[];
    expect(backups).toHaveLength(3);
    cloud.clock.advance(340_000);

    expect(await show(CACHE, json['task_id'])).toMatchObject({ analysis_type: 'new_backup', total_num: 3 });
  });

  it('fails when the new backup fails', async () => {
    cloud.script({ stage: 'backup', outcome: 'fail' });
    await create(CACHE);
    cloud.clock.advance(340_000);

    expect((await dcs.get(at(CACHE))).json).toMatchObject({ records: [{ status: 'failed' }] });
  });

  it('counts the keys of one shard of a cluster; the masters together have all', async () => {
    let sum = 0;
    for (const node of await nodeIds(CLUSTER)) {
      const { json } = await create(CLUSTER, { backup_id: 'b-3' }, node);
      cloud.clock.advance(35_000);
      const total = Number((await show(CLUSTER, json['task_id']))['total_num']);
      expect(total).toBeGreaterThan(0);
      expect(total).toBeLessThan(300);
      sum += total;
    }
    expect(sum).toBe(300);
  });

  it('analyzes a replica, but not a proxy', async () => {
    const [replica] = await nodeIds(CLUSTER, 'slave');
    expect((await create(CLUSTER, { backup_id: 'b-3' }, replica)).status).toBe(200);
    const [proxy] = await nodeIds(CLUSTER, 'proxy');
    expect((await create(CLUSTER, { backup_id: 'b-3' }, proxy)).json['error_code']).toBe('DCS.3053');
  });

  it.each<[string, string, object, string]>([
    ['no node', CACHE, { node_id: undefined }, 'DCS.4800'],
    ['an unknown field', CACHE, { x: 1 }, 'DCS.4800'],
    ['an unknown node', CACHE, { node_id: 'x' }, 'DCS.3053'],
    ['an unknown backup', CACHE, { backup_id: 'x' }, 'DCS.4031'],
    ['a failed backup', CACHE, { backup_id: 'b-2' }, 'DCS.4087'],
    ['a single-node instance without a backup', SINGLE, {}, 'DCS.4095'],
    ['Redis 3.0', OLD, { node_id: 'x' }, 'DCS.4008'],
  ])('refuses %s', async (_name, id, body, code) => {
    const [node] = id === OLD ? [''] : await nodeIds(id);
    expect(await dcs.post(at(id), { node_id: node, ...body })).toMatchObject({
      status: 400,
      json: { error_code: code },
    });
  });

  it('keeps the instance busy', async () => {
    await create(CACHE, { backup_id: 'b-1' });
    expect((await create(CACHE, { backup_id: 'b-1' })).json['error_code']).toBe('DCS.4231');
    expect((await dcs.post(`/instances/${CACHE}/backups`, {})).json['error_code']).toBe('DCS.4231');
  });

  it('names its node', async () => {
    const id = (await create(CACHE, { backup_id: 'b-1' })).json['task_id'];
    const [node] = await nodeIds(CACHE);
    expect((await dcs.get(`${at(CACHE)}/${id}/nodes`)).json).toEqual({
      nodes: [
        { id: node, name: '(master)192.168.0.10', group_name: 'group-0', node_ip: '192.168.0.10', node_ipv6: '' },
      ],
    });
    expect((await dcs.get(`${at(CACHE)}/${UNKNOWN}/nodes`)).json['error_code']).toBe('DCS.4232');
  });

  it('is deleted after its end', async () => {
    const id = (await create(CACHE, { backup_id: 'b-1' })).json['task_id'];
    expect((await dcs.delete(`${at(CACHE)}/${id}`)).json['error_code']).toBe('DCS.4231');
    cloud.clock.advance(35_000);
    expect((await dcs.delete(`${at(CLUSTER)}/${id}`)).json['error_code']).toBe('DCS.4232');
    expect((await dcs.delete(`${at(CACHE)}/${id}`)).json).toEqual({ task_id: id });
    expect(await show(CACHE, id)).toMatchObject({ error_code: 'DCS.4232' });
    expect((await dcs.get(at(CACHE))).json).toMatchObject({ total: 0, records: [] });
    expect((await dcs.get(`${at(UNKNOWN)}/${id}`)).status).toBe(404);
  });
});
