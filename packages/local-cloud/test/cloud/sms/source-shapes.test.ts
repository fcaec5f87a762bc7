import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';
import { SOURCE_SHAPES } from './source-shapes.ts';
import { TEMPLATE } from './template.ts';

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    sources: Object.values(SOURCE_SHAPES),
    templates: [TEMPLATE],
  });
});
afterEach(() => cloud.close());

const show = (id: string) => call(cloud, 'GET', `/v3/sources/${id}`);
const create = (id: string) =>
  call(cloud, 'POST', '/v3/tasks', {
    name: 'mig_web01',
    type: 'MIGRATE_FILE',
    os_type: 'LINUX',
    source_server: { id },
    target_server: { name: 'web01', vm_id: '', disks: [] },
    vm_template_id: 'template-1',
    exist_server: false,
    region_name: 'cn-south-1',
    region_id: 'cn-south-1',
    project_name: 'cn-south-1',
    project_id: 'p',
  });

describe('the sample source servers', () => {
  it('are all listed, without disks and firmware, and with memory in bytes', async () => {
    const { json } = await call(cloud, 'GET', '/v3/sources');
    const rows = json['source_servers'] as Record<string, unknown>[];

    expect(json['count']).toBe(9);
    for (const row of rows) {
      for (const field of ['disks', 'volume_groups', 'btrfs_list', 'firmware', 'networks'])
        expect(row).not.toHaveProperty(field);
    }
    expect(rows.find(({ id }) => id === 'gpt-two-disks')).toMatchObject({ memory: 17179869184 });
  });

  it('have distinct IDs that match their names', () => {
    for (const [name, { id }] of Object.entries(SOURCE_SHAPES)) expect(id).toBe(name.replaceAll('_', '-'));
  });

  it('have a recommended layout without fields that only a source has', async () => {
    const { json } = await show('gpt-two-disks');

    expect(json).toMatchObject({ firmware: 'UEFI', memory: 16384 });
    expect(json['disks']).toMatchObject([
      { partition_style: 'GPT', os_disk: true, physical_volumes: [{ inode_nums: 2621440 }, {}] },
      { name: '/dev/nvme1n1' },
    ]);
    expect((json['disks'] as object[])[1]).not.toHaveProperty('used_size');
    expect((json['init_target_server'] as { disks: unknown[] }).disks[0]).toEqual({
      name: '/dev/nvme0n1',
      device_use: 'BOOT',
      size: 107374182400,
      used_size: 21481127936,
      physical_volumes: [
        {
          uuid: '7A3C-19F2',
          index: 1,
          name: '/dev/nvme0n1p1',
          device_use: 'BOOT',
          file_system: 'vfat',
          mount_point: '/boot/efi',
          size: 536870912,
          used_size: 6291456,
          inode_size: 256,
        },
        {
          uuid: '1c9f7f0a-52f5-4a0b-9d5e-6f6a3f0b8e11',
          index: 2,
          name: '/dev/nvme0n1p2',
          device_use: 'OS',
          file_system: 'ext4',
          mount_point: '/',
          size: 106300440576,
          used_size: 21474836480,
          inode_size: 256,
        },
      ],
    });
  });

  it('have volume groups in both layouts', async () => {
    const { json } = await show('lvm-two-groups');
    const groups = [
      { name: 'vg_root', components: '/dev/sda2', logical_volumes: [{ name: 'root' }, { name: 'swap' }] },
      { name: 'vg_data', components: '/dev/sdb;/dev/sdc', free_size: 0 },
    ];

    expect(json).toMatchObject({ volume_groups: groups, init_target_server: { volume_groups: groups } });
    expect(json['disks']).toMatchObject([{}, { device_use: 'VOLUME_GROUP' }, { device_use: 'VOLUME_GROUP' }]);
  });

  it('have Btrfs outside the recommended layout', async () => {
    const { json } = await show('btrfs');

    expect(json['btrfs_list']).toMatchObject([
      { device: '/dev/vdb', subvolumn: [{ is_snapshot: 'false' }, {}, { is_snapshot: 'true' }] },
    ]);
    expect(json['init_target_server']).not.toHaveProperty('btrfs_list');
  });

  it('have Windows volumes by name', async () => {
    expect((await show('windows')).json['disks']).toMatchObject([
      { physical_volumes: [{ name: '(Reserved)' }, { name: 'C:\\' }] },
      { physical_volumes: [{ name: 'D:\\' }] },
    ]);
  });

  it('have exact 64-bit sizes', async () => {
    const { text } = await show('unsafe-sizes');
    expect(text).toContain('"size":9223372036854775807');
    expect(text).toContain('"used_size":9007199254740993');
  });

  it('may have no recommended layout, with the reasons why they are not ready', async () => {
    expect((await show('failed-checks')).json).toMatchObject({
      state: 'unavailable',
      init_target_server: { disks: [] },
      disks: [{ name: '/dev/vda' }],
      checks: [{ result: 'OK' }, { result: 'ERROR', error_code: 'SMS.6511' }, { result: 'WARN' }],
    });
  });

  it.each([
    ['disconnected', 'SMS.6603'],
    ['failed-checks', 'SMS.6520'],
    ['with-task', 'SMS.7605'],
    ['windows', 'SMS.6601'],
  ])('%s is refused with %s', async (id, code) => {
    expect((await create(id)).json).toMatchObject({ error_code: code });
  });

  it('include the task of a source', async () => {
    expect((await create('with-task')).json).toMatchObject({ error_param: ['9d4e2f7b-29a0-4b7c-8e2f-3a3b0c7d5f88'] });
    expect((await show('with-task')).json['current_task']).toMatchObject({ name: 'by_hand', state: 'RUNNING' });
  });
});
