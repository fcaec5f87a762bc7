import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import type { Script } from '../../../src/cloud/scripts.ts';
import { ACCOUNT, call } from '../caller.ts';
import { TEMPLATE } from './template.ts';

const GB = 1073741824;
const DISK = { name: '/dev/vda', device_use: 'OS', size: 40 * GB, used_size: 8 * GB, physical_volumes: [] };
const TASK = {
  name: 'mig_web01',
  type: 'MIGRATE_FILE',
  os_type: 'LINUX',
  source_server: { id: 'linux-1' },
  target_server: { name: 'web01', vm_id: '', disks: [DISK] },
  vm_template_id: 'template-1',
  exist_server: false,
  region_name: 'cn-south-1',
  region_id: 'cn-south-1',
  project_name: 'cn-south-1',
  project_id: 'p',
  auto_start: true,
};
const existing = (disks: object[], vmId = 'vm-1') => ({
  ...TASK,
  vm_template_id: undefined,
  exist_server: true,
  target_server: { name: 'web01', vm_id: vmId, disks },
});

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    sources: [
      { id: 'linux-1', name: 'web-01', osType: 'LINUX' },
      {
        id: 'gpt-1',
        name: 'gpt-01',
        osType: 'LINUX',
        disks: [{ name: '/dev/vda', partition_style: 'GPT', size: 40 * GB, os_disk: true, physical_volumes: [] }],
      },
      { id: 'windows-1', name: 'win-01', osType: 'WINDOWS' },
    ],
    templates: [TEMPLATE],
    servers: [
      {
        id: 'vm-1',
        name: 'target',
        disks: [
          { id: 'volume-40', sizeGb: 40 },
          { id: 'volume-41', sizeGb: 41 },
        ],
      },
    ],
  });
});
afterEach(() => cloud.close());

const create = async (body: object = TASK) => {
  const { status, json } = await call(cloud, 'POST', '/v3/tasks', body);
  if (status !== 200) throw new Error(JSON.stringify(json));
  return String(json['id']);
};
const show = async (id: string) => (await call(cloud, 'GET', `/v3/tasks/${id}`)).json;
const subTasks = async (id: string) =>
  ((await show(id))['sub_tasks'] as { name: string; progress: number }[]).map(({ name, progress }) => [name, progress]);

describe('the subtasks of a task', () => {
  it('run one after the other, with remaining time and speed', async () => {
    const id = await create();
    expect(await show(id)).toMatchObject({ state: 'READY', sub_tasks: [], remain_seconds: 0, migrate_speed: 0 });

    cloud.clock.advance(2_000);
    expect(await show(id)).toMatchObject({
      state: 'RUNNING',
      remain_seconds: 60,
      estimate_complete_time: 1769817662000,
      start_date: 1769817602000,
    });
    expect(await subTasks(id)).toEqual([['CREATE_CLOUD_SERVER', 0]]);

    cloud.clock.advance(33_000);
    expect(await subTasks(id)).toEqual([
      ['CREATE_CLOUD_SERVER', 100],
      ['SSL_CONFIG', 100],
      ['ATTACH_AGENT_IMAGE', 100],
      ['FORMAT_DISK_LINUX_FILE', 100],
      ['MIGRATE_LINUX_FILE', 50],
    ]);
    expect(await show(id)).toMatchObject({ remain_seconds: 27, migrate_speed: 100, total_time: 33000 });

    cloud.clock.advance(27_000);
    expect(await show(id)).toMatchObject({ state: 'MIGRATE_SUCCESS', remain_seconds: 0, migrate_speed: 0 });
    expect((await subTasks(id)).slice(-2)).toEqual([
      ['CONFIGURE_LINUX_FILE', 100],
      ['DETTACH_AGENT_IMAGE', 100],
    ]);
  });

  it('end in an endless synchronization', async () => {
    const id = await create({ ...TASK, syncing: true });
    cloud.clock.advance(62_000);

    expect((await subTasks(id)).slice(-2)).toEqual([
      ['MIGRATE_LINUX_FILE', 100],
      ['SYNC_LINUX_FILE', 0],
    ]);
  });

  it('are specific to Windows, and do not create an existing server', async () => {
    const windows = { os_type: 'WINDOWS', type: 'MIGRATE_BLOCK', source_server: { id: 'windows-1' } };
    const id = await create({ ...existing([{ ...DISK, disk_id: 'volume-40' }]), ...windows });
    cloud.clock.advance(62_000);

    expect((await subTasks(id)).map(([name]) => name)).toEqual([
      'SSL_CONFIG',
      'ATTACH_AGENT_IMAGE',
      'FORMAT_DISK_WINDOWS',
      'MIGRATE_WINDOWS_BLOCK',
      'CONFIGURE_WINDOWS',
      'DETTACH_AGENT_IMAGE',
    ]);
  });

  it('do not progress while the task is paused', async () => {
    const id = await create();
    cloud.clock.advance(35_000);
    await call(cloud, 'POST', `/v3/tasks/${id}/action`, { operation: 'stop' });
    cloud.clock.advance(600_000);

    expect(await show(id)).toMatchObject({ state: 'ABORT', remain_seconds: 0 });
    expect((await subTasks(id)).at(-1)).toEqual(['MIGRATE_LINUX_FILE', 50]);
  });
});

describe('an existing target', () => {
  it.each<[string, object, string]>([
    ['a volume that does not belong to it', { disk_id: 'volume-x' }, 'SMS.6519'],
    ['a volume that is too small', { disk_id: 'volume-40', size: 40 * GB + 1 }, 'SMS.6539'],
    ['no volume', {}, 'SMS.6103'],
  ])('is refused with %s', async (_name, changes, code) => {
    const body = existing([{ ...DISK, ...changes }]);
    expect(await call(cloud, 'POST', '/v3/tasks', body)).toMatchObject({ status: 400, json: { error_code: code } });
    expect(cloud.tasks()).toEqual([]);
  });

  it('must have 1 GB more for a GPT disk', async () => {
    const body = (volume: string) => ({
      ...existing([{ ...DISK, disk_id: volume }]),
      source_server: { id: 'gpt-1' },
    });

    expect((await call(cloud, 'POST', '/v3/tasks', body('volume-40'))).json).toMatchObject({ error_code: 'SMS.6539' });
    expect((await call(cloud, 'POST', '/v3/tasks', body('volume-41'))).status).toBe(200);
  });

  it('can have a volume of exactly the size', async () => {
    const id = await create(existing([{ ...DISK, disk_id: 'volume-40' }]));
    cloud.clock.advance(62_000);
    expect(await show(id)).toMatchObject({ state: 'MIGRATE_SUCCESS' });
  });

  it('fails the task with SMS.0412 if it does not exist', async () => {
    const id = await create(existing([{ ...DISK, disk_id: 'volume-40' }], 'vm-9'));
    cloud.clock.advance(62_000);
    expect(await show(id)).toMatchObject({
      state: 'MIGRATE_FAIL',
      error_json: '{"error_code":"SMS.0412","error_param":["vm-9"]}',
    });
  });
});

describe('a script for a server migration', () => {
  it.each<[Script, string, string, [string, number]]>([
    [
      { stage: 'prepare', outcome: 'fail', message: 'no quota' },
      'MIGRATE_FAIL',
      '{"error_code":"SMS.0601","error_param":["no quota"]}',
      ['CREATE_CLOUD_SERVER', 50],
    ],
    [
      { stage: 'copy', outcome: 'fail', code: 'SMS.1807' },
      'MIGRATE_FAIL',
      '{"error_code":"SMS.1807","error_param":[]}',
      ['MIGRATE_LINUX_FILE', 50],
    ],
    [{ stage: 'copy', outcome: 'stuck' }, 'RUNNING', '', ['MIGRATE_LINUX_FILE', 50]],
    [{ stage: 'copy', outcome: 'unknown_state' }, 'CUTOVER_READY', '', ['MIGRATE_LINUX_FILE', 50]],
  ])('%j', async (script, state, errorJson, last) => {
    cloud.script(script);
    const id = await create();
    cloud.clock.advance(86_400_000);

    expect(await show(id)).toMatchObject({ state, error_json: errorJson });
    expect((await subTasks(id)).at(-1)).toEqual(last);
  });

  it('with outcome stuck at the start leaves the task READY for another start', async () => {
    cloud.script({ stage: 'start', outcome: 'stuck', operation: 'UpdateTaskStatus' });
    const id = await create({ ...TASK, auto_start: false });
    const start = () => call(cloud, 'POST', `/v3/tasks/${id}/action`, { operation: 'start' });
    await start();
    cloud.clock.advance(600_000);
    expect(await show(id)).toMatchObject({ state: 'READY' });

    expect((await start()).status).toBe(200);
    cloud.clock.advance(2_000);
    expect(await show(id)).toMatchObject({ state: 'RUNNING' });
  });

  it('with outcome deleted removes the task and releases its source', async () => {
    cloud.script({ stage: 'copy', outcome: 'deleted' });
    const id = await create();
    cloud.clock.advance(62_000);

    expect(await show(id)).toMatchObject({ error_code: 'SMS.7703' });
    expect((await call(cloud, 'GET', '/v3/tasks')).json).toEqual({ count: 0, tasks: [] });
    expect(await create()).not.toBe(id);
  });
});
