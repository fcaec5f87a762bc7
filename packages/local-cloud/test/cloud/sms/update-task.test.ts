import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { SmsCaller, TASK } from './sms-caller.ts';
import { TEMPLATE } from './template.ts';

let cloud: LocalCloud;
const sms = new SmsCaller(() => cloud);

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    sources: [
      { id: 'linux-1', name: 'web-01', osType: 'LINUX' },
      { id: 'windows-1', name: 'win-01', osType: 'WINDOWS' },
    ],
    templates: [TEMPLATE],
    servers: [{ id: 'vm-1', name: 'target', disks: [{ id: 'volume-40', sizeGb: 40 }] }],
  });
});
afterEach(() => cloud.close());

const update = (id: string, body: unknown) => sms.send('PUT', `tasks/${id}`, body);

describe('UpdateTask', () => {
  it('changes the given fields, keeps the others, and returns the ID', async () => {
    const id = await sms.create();
    const body = { name: 'mig_web02', speed_limit: 100, target_server: { name: 'web02' }, enterprise_project: 'ep-1' };
    expect(await update(id, body)).toMatchObject({ status: 200, json: { id } });

    expect(await sms.read(`tasks/${id}`)).toMatchObject({
      name: 'mig_web02',
      speed_limit: 100,
      enterprise_project_id: 'ep-1',
      region_id: 'cn-south-1',
      vm_template_id: 'template-1',
      target_server: { name: 'web02', disks: [{ name: '/dev/vda', size: 42949672960 }] },
    });
    expect(cloud.tasks()).toMatchObject([{ id, name: 'mig_web02' }]);
  });

  it('changes one field of a disk that the task has', async () => {
    const id = await sms.create();
    const disk = { id: 1, name: '/dev/vda', used_size: 5, partition_style: 'GPT', os_disk: true, disk_index: '0' };
    expect((await update(id, { target_server: { disks: [disk] } })).status).toBe(200);

    expect((await sms.read(`tasks/${id}`))['target_server']).toMatchObject({
      disks: [{ name: '/dev/vda', size: 42949672960, used_size: 5, physical_volumes: [{ name: '/dev/vda1' }] }],
    });
  });

  it('changes to an existing server, which is checked as for a new task', async () => {
    const id = await sms.create();
    const toServer = (diskId: string) => ({
      exist_server: true,
      migration_ip: '10.0.0.9',
      target_server: { vm_id: 'vm-1', disks: [{ name: '/dev/vda', disk_id: diskId }] },
    });
    expect((await update(id, toServer('volume-x'))).json).toMatchObject({ error_code: 'SMS.6519' });
    expect((await update(id, toServer(''))).json).toMatchObject({ error_code: 'SMS.6103' });
    expect(await sms.read(`tasks/${id}`)).toMatchObject({ migration_ip: null, target_server: { vm_id: '' } });

    expect((await update(id, toServer('volume-40'))).status).toBe(200);
    expect((await update(id, toServer('volume-40'))).status).toBe(200);
    expect(await sms.read(`tasks/${id}`)).toMatchObject({ migration_ip: '10.0.0.9', target_server: { vm_id: 'vm-1' } });
  });

  it('shows what the Agent reports', async () => {
    const id = await sms.syncing();
    const body = {
      image_disk_id: 'disk-9',
      snapshot_ids: 's-1',
      target_disk_ids: 'd-1',
      cutovered_snapshot_ids: 's-2',
      clone_server: { vm_id: 'v', clone_state: 'CREATING' },
    };
    expect((await update(id, body)).status).toBe(200);
    expect((await sms.read(`tasks/${id}`))['target_server']).toMatchObject({
      image_disk_id: 'disk-9',
      cutovered_snapshot_ids: 's-2',
    });
  });

  it('accepts an empty body', async () => {
    const id = await sms.create();
    const before = await sms.read(`tasks/${id}`);
    expect((await update(id, {})).status).toBe(200);
    expect(await sms.read(`tasks/${id}`)).toEqual(before);
  });

  it.each<[string, unknown, string]>([
    ['an unknown field', { priority: 1 }, 'SMS.9001'],
    ['a name with a space', { name: 'a b' }, 'SMS.7711'],
    ['an unknown type', { type: 'MIGRATE' }, 'SMS.7712'],
    ['a type that is a number', { type: 1 }, 'SMS.9001'],
    ['a speed limit over 10000', { speed_limit: 10001 }, 'SMS.9001'],
    ['a flag that is a string', { exist_server: 'true' }, 'SMS.9001'],
    ['a new disk without a size', { target_server: { disks: [{ name: '/dev/vdb' }] } }, 'SMS.9001'],
    ['a disk without a name', { target_server: { disks: [{ size: 1 }] } }, 'SMS.9001'],
    ['a size that is a string', { target_server: { disks: [{ name: '/dev/vda', size: '1' }] } }, 'SMS.9001'],
    ['an unknown clone state', { clone_server: { clone_state: 'DONE' } }, 'SMS.9001'],
    ['an existing server without vm_id', { exist_server: true }, 'SMS.6032'],
  ])('refuses %s', async (_name, body, code) => {
    const id = await sms.create();
    const before = await sms.read(`tasks/${id}`);
    expect(await update(id, body)).toMatchObject({ status: 400, json: { error_code: code } });
    expect(await sms.read(`tasks/${id}`)).toEqual(before);
  });

  it('refuses Windows by file', async () => {
    const windows = { os_type: 'WINDOWS', type: 'MIGRATE_BLOCK', source_server: { id: 'windows-1' } };
    const id = await sms.create({ ...TASK, ...windows });
    expect((await update(id, { type: 'MIGRATE_FILE' })).json).toMatchObject({ error_code: 'SMS.6610' });
  });

  it('refuses another target while the copy runs, but not another name or speed', async () => {
    const id = await sms.create({ auto_start: true });
    cloud.clock.advance(2_000);
    expect((await update(id, { name: 'other', speed_limit: 0 })).status).toBe(200);
    expect(await update(id, { vm_template_id: 'template-2' })).toMatchObject({
      status: 400,
      json: { error_code: 'SMS.9001', error_param: ['vm_template_id'] },
    });

    await sms.act(id, 'stop');
    cloud.clock.advance(5_000);
    expect((await update(id, { vm_template_id: 'template-2' })).status).toBe(200);
  });

  it('refuses an unknown task', async () => {
    expect(await update('unknown', {})).toMatchObject({ status: 400, json: { error_code: 'SMS.7703' } });
  });
});

describe('DeleteTasks', () => {
  const remove = (ids: unknown) => sms.send('POST', 'tasks/delete', { ids });

  it('deletes all of the tasks', async () => {
    const first = await sms.create();
    const windows = { os_type: 'WINDOWS', type: 'MIGRATE_BLOCK', source_server: { id: 'windows-1' } };
    const second = await sms.create(windows);

    expect(await remove([first, second, first])).toMatchObject({ status: 200, json: {} });
    expect(await sms.read('tasks')).toEqual({ count: 0, tasks: [] });
  });

  it('deletes none if one of them is running or unknown', async () => {
    const first = await sms.create();
    const running = await sms.create({
      os_type: 'WINDOWS',
      type: 'MIGRATE_BLOCK',
      source_server: { id: 'windows-1' },
      auto_start: true,
    });
    cloud.clock.advance(2_000);

    expect(await remove([first, running])).toMatchObject({
      status: 400,
      json: { error_code: 'SMS.7719', error_param: [running] },
    });
    expect((await remove([first, 'unknown'])).json).toMatchObject({ error_code: 'SMS.7703' });
    expect((await sms.read('tasks'))['count']).toBe(2);
  });

  it.each<[string, unknown]>([
    ['no IDs', []],
    ['51 IDs', Array(51).fill('a')],
    ['an ID that is a number', [1]],
    ['one ID without a list', 'a'],
  ])('refuses %s', async (_name, ids) => {
    expect(await remove(ids)).toMatchObject({ status: 400, json: { error_code: 'SMS.9001' } });
  });

  it('accepts 50 IDs', async () => {
    expect((await remove(Array(50).fill(await sms.create()))).status).toBe(200);
  });
});
