import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';
import { TEMPLATE } from './template.ts';

const DISK = {
  name: '/dev/vda',
  device_use: 'OS',
  size: 42949672960,
  used_size: 8589934592,
  physical_volumes: [{ name: '/dev/vda1', index: 0, file_system: 'ext4', mount_point: '/', size: 1, uuid: null }],
};
const LV = {
  name: 'lv',
  mount_point: '/data',
  file_system: 'xfs',
  size: 1,
  used_size: 1,
  free_size: 0,
  inode_size: 256,
};
const SUBVOLUME = {
  uuid: 'u',
  is_snapshot: 'false',
  subvol_id: '256',
  parent_id: '5',
  subvol_name: 'a',
  subvol_mount_path: '/a',
};
const BTRFS = {
  name: 'b',
  label: '',
  uuid: 'u',
  device: '/dev/vdb',
  size: 1,
  nodesize: 16384,
  sectorsize: 4096,
  data_profile: 'single',
  system_profile: 'DUP',
  metadata_profile: 'DUP',
  global_reserve1: 'single',
  g_vol_used_size: 1,
  default_subvolid: '5',
  default_subvol_name: '',
  default_subvol_mountpath: '',
};
const TARGET = { name: 'web01', vm_id: '', disks: [DISK], volume_groups: [], btrfs_list: [] };
const TASK = {
  name: 'mig_web01',
  type: 'MIGRATE_FILE',
  os_type: 'LINUX',
  source_server: { id: 'linux-1' },
  target_server: TARGET,
  vm_template_id: 'template-1',
  exist_server: false,
  region_name: 'cn-south-1',
  region_id: 'cn-south-1',
  project_name: 'cn-south-1',
  project_id: 'p',
  syncing: false,
  auto_start: false,
};
const inTarget = (changes: object) => ({ target_server: { ...TARGET, ...changes } });
const inDisk = (changes: object) => inTarget({ disks: [{ ...DISK, ...changes }] });
const inVolume = (changes: object) => inDisk({ physical_volumes: [{ ...DISK.physical_volumes[0], ...changes }] });
const inGroup = (changes: object) => inTarget({ volume_groups: [{ name: 'vg', ...changes }] });
const inLv = (changes: object) => inGroup({ logical_volumes: [{ ...LV, ...changes }] });
const inBtrfs = (changes: object) => inTarget({ btrfs_list: [{ ...BTRFS, ...changes }] });
const existing = (changes: object = {}) => ({
  exist_server: true,
  migration_ip: '10.0.0.9',
  target_server: { ...TARGET, vm_id: 'vm-1', disks: [{ ...DISK, disk_id: 'volume-1' }], ...changes },
});

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    sources: [
      { id: 'linux-1', name: 'web-01', osType: 'LINUX' },
      { id: 'linux-2', name: 'web-02', osType: 'LINUX' },
      { id: 'windows-1', name: 'win-01', osType: 'WINDOWS' },
      { id: 'away', name: 'away', osType: 'LINUX', connected: false },
      { id: 'checking', name: 'checking', osType: 'LINUX', state: 'unavailable' },
    ],
    templates: [TEMPLATE],
  });
});
afterEach(() => cloud.close());

const post = (path: string, body: unknown) => call(cloud, 'POST', path, body);
const get = (path: string) => call(cloud, 'GET', path);
const create = async (changes: object = {}) => String((await post('/v3/tasks', { ...TASK, ...changes })).json['id']);
const stateOf = async (id: string) => (await get(`/v3/tasks/${id}`)).json['state'];
const act = (id: string, operation: string, more: object = {}) =>
  post(`/v3/tasks/${id}/action`, { operation, ...more });

describe('CreateTask', () => {
  it('returns only the ID and leaves the task READY', async () => {
    const { status, json } = await post('/v3/tasks', TASK);

    expect(status).toBe(200);
    expect(json).toEqual({ id: expect.any(String) });
    cloud.clock.advance(3_600_000);
    expect(await stateOf(String(json['id']))).toBe('READY');
  });

  it.each<[string, object, string]>([
    ['an unknown field', { is_need_consistency: true }, 'SMS.9001'],
    ['no name', { name: undefined }, 'SMS.7711'],
    ['an empty name', { name: '' }, 'SMS.7711'],
    ['a name of 65 characters', { name: 'a'.repeat(65) }, 'SMS.7711'],
    ['a name with a space', { name: 'a b' }, 'SMS.7711'],
    ['an unknown type', { type: 'MIGRATE' }, 'SMS.7712'],
    ['no os_type', { os_type: undefined }, 'SMS.6601'],
    ['a lower-case os_type', { os_type: 'linux' }, 'SMS.6601'],
    ['an os_type other than the source', { os_type: 'WINDOWS', type: 'MIGRATE_BLOCK' }, 'SMS.6601'],
    ['Windows by file', { os_type: 'WINDOWS', source_server: { id: 'windows-1' } }, 'SMS.6610'],
    ['an empty source id', { source_server: { id: '' } }, 'SMS.6030'],
    ['an unknown source', { source_server: { id: 'x' } }, 'SMS.7602'],
    ['a disconnected source', { source_server: { id: 'away' } }, 'SMS.6603'],
    ['an unavailable source', { source_server: { id: 'checking' } }, 'SMS.6520'],
    ['no target', { target_server: undefined }, 'SMS.6031'],
    ['no vm_id', inTarget({ vm_id: undefined }), 'SMS.6032'],
    ['no disks', inTarget({ disks: undefined }), 'SMS.6033'],
    ['no region', { region_id: undefined }, 'SMS.9001'],
    ['a long region', { region_name: 'x'.repeat(256) }, 'SMS.9001'],
    ['priority 65536', { priority: 65536 }, 'SMS.9001'],
    ['speed_limit 10001', { speed_limit: 10001 }, 'SMS.9001'],
    ['a negative speed_limit', { speed_limit: -1 }, 'SMS.9001'],
    ['over_speed_threshold 100.1', { over_speed_threshold: 100.1 }, 'SMS.9001'],
    ['a flag that is a string', { syncing: 'true' }, 'SMS.9001'],
    ['an unknown field of a disk', inDisk({ need_migration: true }), 'SMS.9001'],
    ['a disk without used_size', inDisk({ used_size: undefined }), 'SMS.9001'],
    ['a disk without volumes', inDisk({ physical_volumes: undefined }), 'SMS.9001'],
    ['device_use of a source disk', inDisk({ device_use: 'VOLUME_GROUP' }), 'SMS.9001'],
    ['a size that is a string', inDisk({ size: '1' }), 'SMS.9001'],
    ['a size with a fraction', inDisk({ size: 1.5 }), 'SMS.9001'],
    ['a negative size', inDisk({ size: -1 }), 'SMS.9001'],
    ['an index over 32 bits', inVolume({ index: 2147483648 }), 'SMS.9001'],
    ['an unknown field of a volume', inVolume({ size_per_cluster: 1 }), 'SMS.9001'],
    ['a name that is null', inVolume({ name: null }), 'SMS.9001'],
    ['an unknown field of a volume group', inGroup({ need_migration: true }), 'SMS.9001'],
    ['256 logical volumes', inGroup({ logical_volumes: Array(256).fill(LV) }), 'SMS.9001'],
    ['a logical volume without free_size', inLv({ free_size: undefined }), 'SMS.9001'],
    ['a mount point of 257 characters', inLv({ mount_point: 'x'.repeat(257) }), 'SMS.9001'],
    ['a volume name of 1025 characters', inLv({ name: 'x'.repeat(1025) }), 'SMS.9001'],
    ['block_size 1048577', inLv({ block_size: 1048577 }), 'SMS.9001'],
    ['inode_size over 32 bits', inLv({ inode_size: 2147483648 }), 'SMS.9001'],
    ['Btrfs without subvolumes', inBtrfs({}), 'SMS.9001'],
    ['Btrfs with both spellings', inBtrfs({ subvolume: [], subvolumn: [] }), 'SMS.9001'],
    ['is_snapshot as a boolean', inBtrfs({ subvolume: [{ ...SUBVOLUME, is_snapshot: false }] }), 'SMS.9001'],
    ['Btrfs without a label', inBtrfs({ subvolume: [], label: undefined }), 'SMS.9001'],
    ['an existing server without vm_id', existing({ vm_id: '' }), 'SMS.6032'],
    ['an existing server without disks', existing({ disks: [] }), 'SMS.6033'],
    ['an existing server without disk_id', existing({ disks: [DISK] }), 'SMS.6103'],
  ])('refuses %s', async (_name, changes, code) => {
    expect(await post('/v3/tasks', { ...TASK, ...changes })).toMatchObject({ status: 400, json: { error_code: code } });
    expect(cloud.tasks()).toEqual([]);
  });

  it.each<[string, object]>([
    ['a name of 64 characters', { name: 'a'.repeat(64) }],
    ['a Chinese name', { name: '迁移-1' }],
    ['priority 65535', { priority: 65535 }],
    ['speed_limit 10000', { speed_limit: 10000 }],
    ['over_speed_threshold 99.5', { over_speed_threshold: 99.5 }],
    [
      'a logical volume at its limits',
      inLv({ name: 'x'.repeat(1024), mount_point: 'x'.repeat(256), block_size: 1048576 }),
    ],
    ['255 logical volumes', inGroup({ logical_volumes: Array(255).fill(LV) })],
    ['Btrfs spelled as on the page', inBtrfs({ subvolume: [SUBVOLUME] })],
    ['Btrfs spelled as in the SDKs', inBtrfs({ subvolumn: [SUBVOLUME] })],
    ['Windows by block', { os_type: 'WINDOWS', type: 'MIGRATE_BLOCK', source_server: { id: 'windows-1' } }],
    ['an existing server', existing()],
    ['the name of the consistency flag in the example of the page', { is_need_consistency_result: true }],
  ])('accepts %s', async (_name, changes) => {
    expect((await post('/v3/tasks', { ...TASK, ...changes })).status).toBe(200);
  });

  it('accepts every field that the page has, all at once', async () => {
    const body = {
      ...TASK,
      ...existing({
        disks: [{ ...DISK, disk_id: 'volume-1' }],
        volume_groups: [
          {
            components: '/dev/vdc1;/dev/vdd1',
            free_size: 0,
            logical_volumes: [{ ...LV, inode_nums: 1, block_count: 1, block_size: 4096, device_use: 'NORMAL' }],
            name: 'vg0',
            size: 1,
          },
        ],
        btrfs_list: [{ ...BTRFS, subvolume: [SUBVOLUME] }],
      }),
      start_target_server: true,
      priority: 1,
      vm_template_id: '',
      clonevm_template_id: '',
      use_public_ip: true,
      use_ipv6: false,
      start_network_check: false,
      speed_limit: 0,
      over_speed_threshold: 50.5,
      is_need_consistency_check: false,
      is_need_consistency_result: false,
      need_migration_test: true,
    };
    const { status, json } = await post('/v3/tasks', body);

    expect(status).toBe(200);
    expect((await get(`/v3/tasks/${json['id']}`)).json).toMatchObject({
      priority: 1,
      speed_limit: 0,
      migration_ip: '10.0.0.9',
      start_target_server: true,
      need_migration_test: true,
      target_server: {
        vm_id: 'vm-1',
        disks: [{ disk_id: 'volume-1', physical_volumes: [{ name: '/dev/vda1', uuid: '' }] }],
        volume_groups: body.target_server.volume_groups,
        btrfs_list: ['b'],
      },
    });
  });

  it.each([
    ['9223372036854775807', 200],
    ['9223372036854775808', 400],
    ['9223372036854776000', 400],
  ])('checks a size of %s', async (size, status) => {
    const body = JSON.stringify({ ...TASK, ...inDisk({ size: 4711 }) }).replace('4711', size);
    const response = await post('/v3/tasks', body);

    expect(response.status).toBe(status);
    if (status === 200) expect((await get(`/v3/tasks/${response.json['id']}`)).text).toContain(`"size":${size}`);
  });

  it('returns the field, and repeats the reason in details', async () => {
    expect((await post('/v3/tasks', { ...TASK, ...inDisk({ size: -1 }) })).json).toMatchObject({
      error_code: 'SMS.9001',
      error_param: ['target_server.disks[0].size'],
      details: [{ error_code: 'SMS.9001', error_msg: expect.stringContaining('size') }],
    });
  });

  it('accepts one task per source and one per target', async () => {
    const id = await create(existing());

    expect((await post('/v3/tasks', TASK)).json).toMatchObject({ error_code: 'SMS.7605', error_param: [id] });
    const sameTarget = { ...TASK, ...existing(), source_server: { id: 'linux-2' } };
    expect((await post('/v3/tasks', sameTarget)).json).toMatchObject({ error_code: 'SMS.7605' });
    expect(cloud.tasks()).toMatchObject([{ service: 'SMS', id, sourceServerId: 'linux-1' }]);
  });

  it('refuses keys of another account', async () => {
    const headers = { 'x-domain-id': 'another' };
    expect(await call(cloud, 'POST', '/v3/tasks', TASK, { headers })).toMatchObject({
      status: 400,
      json: { error_code: 'Common.0013' },
    });
  });

  it('returns the missing permission', async () => {
    cloud.faults.add({ operation: 'CreateTask', kind: 'forbidden' });
    expect(await post('/v3/tasks', TASK)).toMatchObject({
      status: 403,
      json: {
        error_code: 'SMS.9004',
        details: [{ error_code: 'SMS.9004' }],
        encoded_authorization_message: expect.any(String),
      },
    });
  });
});

describe('the lifecycle of a task', () => {
  it('is READY right after a start, runs, and ends in MIGRATE_SUCCESS', async () => {
    const id = await create();
    expect((await act(id, 'start')).status).toBe(200);

    expect(await stateOf(id)).toBe('READY');
    cloud.clock.advance(2_000);
    expect(await stateOf(id)).toBe('RUNNING');
    cloud.clock.advance(60_000);
    expect(await stateOf(id)).toBe('MIGRATE_SUCCESS');
  });

  it('starts automatically with auto_start', async () => {
    const id = await create({ auto_start: true });

    expect(await stateOf(id)).toBe('READY');
    cloud.clock.advance(2_000);
    expect(await stateOf(id)).toBe('RUNNING');
  });

  it.each(['test', 'cutover'])('stays SYNCING until %s launches the target', async (operation) => {
    const id = await create({ syncing: true, auto_start: true });
    cloud.clock.advance(3_600_000);
    expect(await stateOf(id)).toBe('SYNCING');

    await act(id, operation);
    cloud.clock.advance(10_000);
    expect(await stateOf(id)).toBe('MIGRATE_SUCCESS');
  });

  it('pauses and resumes', async () => {
    const id = await create({ auto_start: true });
    cloud.clock.advance(2_000);
    await act(id, 'stop');
    expect(await stateOf(id)).toBe('ABORTING');
    cloud.clock.advance(5_000);
    expect(await stateOf(id)).toBe('ABORT');

    await act(id, 'start');
    cloud.clock.advance(62_000);
    expect(await stateOf(id)).toBe('MIGRATE_SUCCESS');
  });

  it('fails with SMS.0007 when there is neither a server nor a template', async () => {
    const id = await create({ vm_template_id: undefined, auto_start: true });
    cloud.clock.advance(62_000);

    expect((await get(`/v3/tasks/${id}`)).json).toMatchObject({
      state: 'MIGRATE_FAIL',
      error_json: '{"error_code":"SMS.0007","error_param":[]}',
    });
  });

  it.each<[string, object]>([
    ['an unknown operation', { operation: 'collect_log' }],
    ['no operation', {}],
    ['an unknown field', { operation: 'start', param: {} }],
    ['a clone test without a template', { operation: 'clone_test' }],
    ['stop before the start', { operation: 'stop' }],
    ['clear before success', { operation: 'clear' }],
    ['a launch before the copy', { operation: 'test' }],
  ])('refuses %s', async (_name, body) => {
    const id = await create();
    expect(await post(`/v3/tasks/${id}/action`, body)).toMatchObject({ status: 400, json: { error_code: 'SMS.9001' } });
  });

  it('refuses a second start', async () => {
    const id = await create();
    await act(id, 'start');
    expect((await act(id, 'start')).status).toBe(400);
  });

  it('refuses to start with a disconnected source', async () => {
    const id = await create();
    cloud.setSource({ id: 'linux-1', name: 'web-01', osType: 'LINUX', connected: false });
    expect((await act(id, 'start')).json).toMatchObject({ error_code: 'SMS.6603' });
  });

  it('shows a source as cleared after clear', async () => {
    const id = await create({ auto_start: true });
    cloud.clock.advance(62_000);
    await act(id, 'clear');

    expect((await get('/v3/sources/linux-1')).json['state']).toBe('cleared');
    expect(await stateOf(id)).toBe('MIGRATE_SUCCESS');
  });

  it('is deleted when it is not running, and releases its source', async () => {
    const id = await create({ auto_start: true });
    cloud.clock.advance(2_000);
    expect((await call(cloud, 'DELETE', `/v3/tasks/${id}`)).json).toMatchObject({ error_code: 'SMS.7719' });

    cloud.clock.advance(60_000);
    expect((await call(cloud, 'DELETE', `/v3/tasks/${id}`)).status).toBe(200);
    expect((await get(`/v3/tasks/${id}`)).json).toMatchObject({ error_code: 'SMS.7703' });
    expect((await post('/v3/tasks', TASK)).status).toBe(200);
  });
});

describe('ListTasks', () => {
  const ids = async (query: string) => {
    const { json } = await get(`/v3/tasks${query}`);
    return (json['tasks'] as { id: string }[]).map(({ id }) => id);
  };

  it('supports filters and pages', async () => {
    const first = await create({ name: 'first', auto_start: true });
    const second = await create({ name: 'second', source_server: { id: 'linux-2' } });
    cloud.clock.advance(2_000);

    expect(await ids('')).toEqual([second, first]);
    expect(await ids('?source_server_id=linux-1')).toEqual([first]);
    expect(await ids('?state=READY')).toEqual([second]);
    expect(await ids('?name=fir')).toEqual([first]);
    expect(await ids(`?id=${second}`)).toEqual([second]);
    expect(await ids('?limit=1&offset=1')).toEqual([first]);
    expect(await ids('?limit=0')).toEqual([second, first]);
    expect((await get('/v3/tasks?limit=1')).json['count']).toBe(2);
  });

  it.each(['?limit=201', '?limit=-1', '?offset=65536', '?state=SYNC_SUCCESS', '?source_id=x'])(
    'refuses %s',
    async (query) => {
      expect(await get(`/v3/tasks${query}`)).toMatchObject({ status: 400, json: { error_code: 'SMS.9001' } });
    },
  );

  it('accepts a limit of 200', async () => {
    expect((await get('/v3/tasks?limit=200&offset=65535')).status).toBe(200);
  });
});

describe('source servers', () => {
  it('are listed without disks, and filtered', async () => {
    const { json } = await get('/v3/sources?connected=true&state=waiting&name=web');

    expect(json).toMatchObject({ count: 2, source_servers: [{ id: 'linux-1' }, { id: 'linux-2' }] });
    expect((json['source_servers'] as object[])[0]).not.toHaveProperty('disks');
    expect((await get('/v3/sources?connected=yes')).status).toBe(400);
  });

  it('are returned in full, with their task', async () => {
    const id = await create();

    expect((await get('/v3/sources/linux-1')).json).toMatchObject({
      os_type: 'LINUX',
      firmware: 'BIOS',
      connected: true,
      current_task: { id, state: 'READY' },
      init_target_server: { disks: [{ name: '/dev/vda', size: 42949672960 }] },
      disks: [{ os_disk: true }],
      checks: [{ result: 'OK' }],
    });
    expect((await get('/v3/sources/x')).json).toMatchObject({ error_code: 'SMS.7602' });
  });
});
