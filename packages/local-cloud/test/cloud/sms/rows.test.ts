import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { SmsCaller } from './sms-caller.ts';
import { TEMPLATE } from './template.ts';

let cloud: LocalCloud;
let id: string;
const sms = new SmsCaller(() => cloud);
const NOW = 1769817600000;

/** In the middle of the copy. */
beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: NOW }),
    sources: [
      { id: 'linux-1', name: 'web-01', osType: 'LINUX', cpuQuantity: 4, memoryMb: 8192 },
      {
        id: 'busy',
        name: 'busy',
        osType: 'LINUX',
        currentTask: { id: 'elsewhere', name: 'other', type: 'MIGRATE_FILE', state: 'RUNNING' },
      },
      { id: 'away', name: 'away', osType: 'LINUX', connected: false },
    ],
    templates: [TEMPLATE],
  });
  id = await sms.create({ auto_start: true });
  cloud.clock.advance(32_000);
});
afterEach(() => cloud.close());

const SUBTASKS = [
  ['CREATE_CLOUD_SERVER', 100, NOW + 2000, NOW + 8000, 0],
  ['SSL_CONFIG', 100, NOW + 8000, NOW + 11000, 0],
  ['ATTACH_AGENT_IMAGE', 100, NOW + 11000, NOW + 14000, 0],
  ['FORMAT_DISK_LINUX_FILE', 100, NOW + 14000, NOW + 17000, 0],
  ['MIGRATE_LINUX_FILE', 33, NOW + 17000, null, 100],
].map(([name, progress, start, end, speed], index) => ({
  id: index + 1,
  name,
  progress,
  start_date: start,
  end_date: end,
  migrate_speed: speed,
  user_op: '',
  process_trace: '',
}));

const CLONE = { vm_id: '', name: '', clone_error: '', clone_state: 'NOT_READY', error_msg: '' };
const SOURCE = {
  id: 'linux-1',
  ip: '10.1.1.10',
  name: 'web-01',
  os_type: 'LINUX',
  os_version: 'UBUNTU_22_4_64BIT',
  oem_system: false,
  state: 'replicate',
};
const target = () => ({
  id,
  vm_id: '',
  name: 'web01',
  ip: '',
  os_type: 'LINUX',
  os_version: 'UBUNTU_22_4_64BIT',
});
const common = () => ({
  id,
  name: 'mig_web01',
  type: 'MIGRATE_FILE',
  os_type: 'LINUX',
  state: 'RUNNING',
  estimate_complete_time: NOW + 62000,
  create_date: NOW,
  priority: 1,
  speed_limit: 0,
  migrate_speed: 100,
  compress_rate: 1,
  start_target_server: true,
  error_json: '',
  total_time: 30000,
  migration_ip: null,
  enterprise_project_id: '0',
  network_check_info: null,
  total_cpu_usage: 35.5,
  agent_cpu_usage: 12.5,
  total_mem_usage: 1024,
  agent_mem_usage: 128,
  total_disk_io: 14.5,
  agent_disk_io: 12.5,
  need_migration_test: false,
  subtask_info: 'MIGRATE_LINUX_FILE 33',
  log_collect_status: 'INIT',
});
const currentTask = () => ({
  id,
  name: 'mig_web01',
  type: 'MIGRATE_FILE',
  state: 'RUNNING',
  start_date: NOW + 2000,
  speed_limit: 0,
  migrate_speed: 100,
  start_target_server: true,
  vm_template_id: 'template-1',
  region_id: 'cn-south-1',
  project_name: 'cn-south-1',
  project_id: 'p',
  target_server: { vm_id: '', name: 'web01' },
  log_collect_status: 'INIT',
  exist_server: false,
  use_public_ip: true,
  clone_server: CLONE,
  subtask_info: 'MIGRATE_LINUX_FILE 33',
});
const VOLUME = {
  uuid: '4de39bf5-8a5f-4b68-9b6a-0f8d4a4d0a11',
  index: 1,
  name: '/dev/vda1',
  device_use: 'OS',
  file_system: 'ext4',
  mount_point: '/',
  size: 42948624384,
  used_size: 8589934592,
  inode_size: 256,
};
const DISK = { name: '/dev/vda', size: 42949672960, used_size: 8589934592, device_use: 'OS' };
const sourceCommon = () => ({
  ...SOURCE,
  enterprise_project_id: '0',
  add_date: 1700000000000,
  connected: true,
  cpu_quantity: 4,
  checks: [
    {
      id: 1,
      params: [],
      name: 'OS_VERSION',
      result: 'OK',
      error_code: '',
      error_or_warn: '',
      error_params: '',
    },
  ],
  init_target_server: { disks: [{ ...DISK, physical_volumes: [VOLUME] }], volume_groups: [] },
  migration_cycle: 'replicating',
  state_action_time: NOW + 2000,
  stage_action_time: NOW + 2000,
  replicatesize: 2834678415,
  totalsize: 8589934592,
  last_visit_time: NOW + 32000,
  has_tc: true,
  start_type: 'MANUAL',
});

it('a row of ListTasks has every field of the official client', async () => {
  expect(await sms.read('tasks')).toEqual({
    count: 1,
    tasks: [
      {
        ...common(),
        sub_tasks: SUBTASKS.map(({ migrate_speed, user_op, ...row }) => row),
        source_server: SOURCE,
        target_server: target(),
        clone_server: { vm_id: '', name: '' },
        syncing: true,
        special_config: [],
      },
    ],
  });
});

it('ShowTask has every field of the official client', async () => {
  expect(await sms.read(`tasks/${id}`)).toEqual({
    ...common(),
    start_date: NOW + 2000,
    finish_date: null,
    region_name: 'cn-south-1',
    region_id: 'cn-south-1',
    project_name: 'cn-south-1',
    project_id: 'p',
    vm_template_id: 'template-1',
    remain_seconds: 30,
    connected: true,
    source_server: { ...SOURCE, migration_cycle: 'replicating' },
    target_server: {
      ...target(),
      system_dir: '',
      disks: [
        {
          id: 1,
          ...DISK,
          disk_id: '',
          physical_volumes: [
            {
              id: 1,
              device_use: 'NORMAL',
              file_system: 'ext4',
              index: 0,
              mount_point: '/',
              name: '/dev/vda1',
              size: 10,
              used_size: 4,
              uuid: '',
              relation_name: '',
              free_size: 6,
            },
          ],
          disk_index: '0',
          os_disk: true,
          partition_style: 'MBR',
          relation_name: '',
        },
      ],
      volume_groups: [],
      btrfs_list: [],
      image_disk_id: '',
      cutovered_snapshot_ids: '',
    },
    float_ip: null,
    target_snapshot_id: null,
    sub_tasks: SUBTASKS,
    clone_server: CLONE,
  });
});

it('a row of ListServers has every field of the official client', async () => {
  expect(await sms.read('sources?id=linux-1')).toEqual({
    count: 1,
    source_servers: [
      {
        ...sourceCommon(),
        memory: 8589934592,
        current_task: {
          ...currentTask(),
          estimate_complete_time: NOW + 62000,
          compress_rate: 1,
          remain_seconds: 30,
          log_bucket: '',
          log_expire: null,
          log_upload_time: null,
          log_share_url: '',
        },
        is_consistency_result_exist: false,
      },
    ],
  });
});

it('ShowServer has every field of the official client', async () => {
  expect(await sms.read('sources/linux-1')).toEqual({
    ...sourceCommon(),
    hostname: 'web-01',
    memory: 8192,
    current_task: currentTask(),
    firmware: 'BIOS',
    disks: [
      {
        ...DISK,
        os_disk: true,
        partition_style: 'MBR',
        relation_name: '',
        inode_size: 256,
        physical_volumes: [{ ...VOLUME, inode_nums: 2621440, size_per_cluster: 4096 }],
      },
    ],
    volume_groups: [],
    btrfs_list: [],
    networks: [
      {
        id: 'linux-1-eth0',
        name: 'eth0',
        ip: '10.1.1.10',
        ipv6: '',
        netmask: '255.255.255.0',
        gateway: '10.1.1.1',
        mtu: 1500,
        mac: 'fa:16:3e:00:00:01',
      },
    ],
    agent_version: '25.1.0',
  });
});

it('a task that is not in this cloud has the same fields in the row of its source', async () => {
  const [known, foreign] = ['linux-1', 'busy'].map((source) => sms.read(`sources/${source}`));
  const keysOf = async (row: Promise<Record<string, unknown>> | undefined) =>
    Object.keys((await row)?.['current_task'] as object).sort();

  expect(await keysOf(foreign)).toEqual(await keysOf(known));
  expect(await sms.read('sources/busy')).toMatchObject({ current_task: { id: 'elsewhere', state: 'RUNNING' } });
});

it('the last visit of a source without a connection is that of its registration', async () => {
  expect(await sms.read('sources/away')).toMatchObject({ connected: false, last_visit_time: 1700000000000 });
});
