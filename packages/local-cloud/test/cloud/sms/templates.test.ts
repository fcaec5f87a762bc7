import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';
import { TEMPLATE } from './template.ts';

const PATH = '/v3/vm/templates';
const { id: _, ...FIELDS } = TEMPLATE;

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: 0 }),
    sources: [{ id: 'linux-1', name: 'web-01', osType: 'LINUX' }],
  });
});
afterEach(() => cloud.close());

const send = (method: string, path: string, template: object) => call(cloud, method, path, { template });
const create = async (changes: object = {}) => String((await send('POST', PATH, { ...FIELDS, ...changes })).json['id']);
const show = (id: string) => call(cloud, 'GET', `${PATH}/${id}`);
const startTask = async (templateId: string, changes: object = {}) => {
  const disk = { name: '/dev/vda', size: 42949672960, used_size: 1, physical_volumes: [] };
  const { json } = await call(cloud, 'POST', '/v3/tasks', {
    name: 'mig_web01',
    type: 'MIGRATE_FILE',
    os_type: 'LINUX',
    source_server: { id: 'linux-1' },
    target_server: { name: 'web01', vm_id: '', disks: [disk] },
    vm_template_id: templateId,
    exist_server: false,
    region_name: 'cn-south-1',
    region_id: 'cn-south-1',
    project_name: 'cn-south-1',
    project_id: 'p',
    auto_start: true,
    ...changes,
  });
  return String(json['id']);
};

describe('templates', () => {
  it('are created, returned with is_template as a string and without the password, updated and deleted', async () => {
    const id = await create({ target_password: 'geheim' });

    const shown = await show(id);
    expect(shown.json).toEqual({ template: { ...FIELDS, id, is_template: 'true' } });
    expect(shown.text).not.toContain('geheim');

    expect((await send('PUT', `${PATH}/${id}`, { name: 'other' })).status).toBe(200);
    expect((await show(id)).json).toMatchObject({ template: { name: 'other', image_id: 'image-1' } });

    expect((await call(cloud, 'DELETE', `${PATH}/${id}`)).status).toBe(200);
    expect(await show(id)).toMatchObject({ status: 400, json: { error_code: 'SMS.7101' } });
  });

  it('have empty values for omitted fields', async () => {
    const { json } = await send('POST', PATH, { name: 'bare' });

    expect((await show(String(json['id']))).json).toMatchObject({
      template: { name: 'bare', is_template: 'true', vpc: null, nics: [], publicip: null, disk: [], image_id: '' },
    });
  });

  it('are listed, filtered and paged', async () => {
    const first = await create({ name: 'first' });
    const second = await create({ name: 'second', region: 'cn-north-4' });
    const ids = async (query: string) => {
      const { json } = await call(cloud, 'GET', `${PATH}${query}`);
      return [json['count'], (json['templates'] as { id: string }[]).map(({ id }) => id)];
    };

    expect(await ids('')).toEqual([2, [first, second]]);
    expect(await ids('?name=fir')).toEqual([1, [first]]);
    expect(await ids('?region=cn-north-4')).toEqual([1, [second]]);
    expect(await ids('?limit=1&offset=1')).toEqual([2, [second]]);
  });

  it('are deleted in batches', async () => {
    const ids = [await create(), await create()];

    expect((await call(cloud, 'POST', `${PATH}/delete`, { ids })).status).toBe(200);
    expect((await call(cloud, 'GET', PATH)).json['count']).toBe(0);
    expect((await call(cloud, 'POST', `${PATH}/delete`, { ids })).json).toMatchObject({ error_code: 'SMS.7101' });
  });

  it.each<[string, object]>([
    ['no name', { name: undefined }],
    ['a name of 65 characters', { name: 'x'.repeat(65) }],
    ['an unknown field', { region_id: 'cn-south-1' }],
    ['is_template as a string', { is_template: 'true' }],
    ['an unknown volume type', { volumetype: 'FAST' }],
    ['a bandwidth of 2001', { publicip: { bandwidth_size: 2001 } }],
    ['a disk without a size', { disk: [{ index: 0, name: 'sda', disktype: 'SAS' }] }],
  ])('are refused with %s', async (_name, changes) => {
    expect(await send('POST', PATH, { ...FIELDS, ...changes })).toMatchObject({
      status: 400,
      json: { error_code: 'SMS.9001' },
    });
  });

  it('cannot be deleted before their task; a private one is deleted with it', async () => {
    const id = await create({ is_template: false });
    const task = await startTask(id);
    cloud.clock.advance(62_000);

    expect((await call(cloud, 'DELETE', `${PATH}/${id}`)).json).toMatchObject({ error_code: 'SMS.7111' });
    expect((await call(cloud, 'DELETE', `/v3/tasks/${task}`)).status).toBe(200);
    expect((await show(id)).json).toMatchObject({ error_code: 'SMS.7101' });
  });

  it('remain when their task is deleted', async () => {
    const id = await create();
    const task = await startTask(id);
    cloud.clock.advance(62_000);
    await call(cloud, 'DELETE', `/v3/tasks/${task}`);

    expect((await show(id)).status).toBe(200);
  });
});

describe('a task with a template', () => {
  it.each<[string, object, string, string[]]>([
    ['no vpc', { vpc: undefined }, 'SMS.0007', ['vpc.id']],
    ['a vpc without cidr', { vpc: { id: 'vpc-1' } }, 'SMS.0007', ['vpc.cidr']],
    ['no image', { image_id: '' }, 'SMS.0007', ['image_id']],
    ['no nic', { nics: [] }, 'SMS.6102', ['nics.name']],
    ['a nic without a name', { nics: [{ id: 'subnet-1', cidr: '192.168.0.0/24' }] }, 'SMS.6102', ['nics.name']],
    ['a nic without cidr', { nics: [{ id: 'subnet-1', name: 's' }] }, 'SMS.6102', ['nics.cidr']],
    ['a security group without a name', { security_groups: [{ id: 'g' }] }, 'SMS.6102', ['security_groups.name']],
    ['no publicip', { publicip: undefined }, 'SMS.6562', ['publicip']],
    ['too few disks', { disk: [] }, 'SMS.6519', ['/dev/vda']],
    ['a smaller disk', { disk: [{ index: 0, name: 'sda', disktype: 'SAS', size: 39 }] }, 'SMS.6539', ['/dev/vda']],
  ])('fails at CREATE_CLOUD_SERVER with %s', async (_name, changes, code, params) => {
    const task = await startTask(await create(changes));

    cloud.clock.advance(2_000);
    expect((await call(cloud, 'GET', `/v3/tasks/${task}`)).json['state']).toBe('RUNNING');
    cloud.clock.advance(3_000);
    const { json } = await call(cloud, 'GET', `/v3/tasks/${task}`);

    expect(json).toMatchObject({ state: 'MIGRATE_FAIL', sub_tasks: [{ name: 'CREATE_CLOUD_SERVER', progress: 50 }] });
    expect(JSON.parse(String(json['error_json']))).toEqual({ error_code: code, error_param: params });
  });

  it.each<[string, object, object]>([
    [
      'SMS makes the network',
      {
        vpc: { id: 'autoCreate' },
        nics: [{ id: 'autoCreate' }],
        security_groups: [{ id: 'autoCreate' }],
      },
      {},
    ],
    ['publicip is missing and not used', { publicip: undefined }, { use_public_ip: false }],
  ])('succeeds when %s', async (_name, changes, taskChanges) => {
    const task = await startTask(await create(changes), taskChanges);
    cloud.clock.advance(62_000);
    expect((await call(cloud, 'GET', `/v3/tasks/${task}`)).json['state']).toBe('MIGRATE_SUCCESS');
  });

  it('fails when the template is unknown, and runs from the start once it exists', async () => {
    const task = await startTask('gone');
    cloud.clock.advance(5_000);
    expect((await call(cloud, 'GET', `/v3/tasks/${task}`)).json).toMatchObject({
      state: 'MIGRATE_FAIL',
      error_json: '{"error_code":"SMS.7101","error_param":["gone"]}',
    });

    cloud.setTemplate({ ...TEMPLATE, id: 'gone' });
    await call(cloud, 'POST', `/v3/tasks/${task}/action`, { operation: 'start' });
    cloud.clock.advance(62_000);
    expect((await call(cloud, 'GET', `/v3/tasks/${task}`)).json).toMatchObject({
      state: 'MIGRATE_SUCCESS',
      error_json: '',
    });
  });
});
