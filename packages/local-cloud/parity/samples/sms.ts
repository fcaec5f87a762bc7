import type { ParityCloud } from '../parity-cloud.ts';
import type { Samples } from '../sample.ts';
import { OTHER_SOURCE, SERVER, SOURCE, TEMPLATE } from '../seed.ts';

const DISK = {
  name: '/dev/vda',
  device_use: 'OS',
  size: 42949672960,
  used_size: 8589934592,
  disk_id: 'volume-os',
  physical_volumes: [{ name: '/dev/vda1', index: 0, file_system: 'ext4', mount_point: '/', size: 1, uuid: 'u' }],
};

const TASK = {
  name: 'mig_web01',
  type: 'MIGRATE_FILE',
  os_type: 'LINUX',
  source_server: { id: SOURCE },
  target_server: { name: 'web01', vm_id: SERVER, disks: [DISK], volume_groups: [] },
  exist_server: true,
  region_name: 'ap-southeast-3',
  region_id: 'ap-southeast-3',
  project_name: 'ap-southeast-3',
  project_id: 'p',
};

const LOGICAL_VOLUME = {
  name: 'lv',
  mount_point: '/data',
  file_system: 'xfs',
  size: 1,
  used_size: 1,
  free_size: 0,
  inode_size: 256,
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
  subvolumn: [
    { uuid: 'u', is_snapshot: 'false', subvol_id: '256', parent_id: '5', subvol_name: 'a', subvol_mount_path: '/a' },
  ],
};
/** A task with volume groups and Btrfs file systems. */
const LARGE_TASK = {
  ...TASK,
  target_server: {
    ...TASK.target_server,
    volume_groups: [{ name: 'vg', components: '/dev/vdb', size: 1, free_size: 0, logical_volumes: [LOGICAL_VOLUME] }],
    btrfs_list: [BTRFS],
  },
};
const WINDOWS_TASK = { ...TASK, type: 'MIGRATE_BLOCK', os_type: 'WINDOWS', source_server: { id: OTHER_SOURCE } };

const TEMPLATE_FIELDS = {
  name: 'web',
  is_template: true,
  region: 'ap-southeast-3',
  projectid: 'p',
  target_server_name: 'web-01',
  availability_zone: 'ap-southeast-3a',
  volumetype: 'SAS',
  flavor: 's6.large.2',
  vpc: { id: 'vpc-1', name: 'vpc-default', cidr: '192.168.0.0/16' },
  nics: [{ id: 'subnet-1', name: 'subnet-default', cidr: '192.168.0.0/24', ip: '' }],
  security_groups: [{ id: 'group-1', name: 'default' }],
  publicip: { type: '5_bgp', bandwidth_size: 10, bandwidth_share_type: 'PER' },
  disk: [{ id: 0, index: 0, name: 'sda', disktype: 'SAS', size: 40, device_use: 'OS' }],
  data_volume_type: 'SAS',
  image_id: 'image-1',
};
const HOUR = 3_600_000;

async function task(cloud: ParityCloud, body: object = TASK): Promise<{ task_id: string }> {
  return { task_id: String((await cloud.ok('SMS', 'CreateTask', { body }))['id']) };
}

async function act(cloud: ParityCloud, params: { task_id: string }, operation: string): Promise<{ task_id: string }> {
  await cloud.ok('SMS', 'UpdateTaskStatus', { params, body: { operation } });
  return params;
}

async function running(cloud: ParityCloud, body?: object): Promise<{ task_id: string }> {
  const params = await act(cloud, await task(cloud, body), 'start');
  cloud.clock.advance(60_000);
  return params;
}

/** A task whose source is copied and is kept in sync. */
async function syncing(cloud: ParityCloud): Promise<{ task_id: string }> {
  const params = await running(cloud, { ...LARGE_TASK, syncing: true, is_need_consistency_check: true });
  cloud.clock.advance(24 * HOUR);
  return params;
}

async function launched(cloud: ParityCloud): Promise<{ task_id: string }> {
  const params = await act(cloud, await syncing(cloud), 'test');
  cloud.clock.advance(HOUR);
  return params;
}

async function template(cloud: ParityCloud): Promise<{ id: string }> {
  return { id: String((await cloud.ok('SMS', 'CreateTemplate', { body: { template: TEMPLATE_FIELDS } }))['id']) };
}

const STATES = [task, running, syncing, launched];
const CONFIGURATION = { config_key: 'MIGRATE_EXCLUDE_DIR', config_value: '/tmp', config_status: '' };
const SPEED_LIMIT = { start: '08:00', end: '18:00', speed: 100, over_speed_threshold: 10 };
/** It fails because the target has no such disk. */
const FAILING_TASK = {
  ...TASK,
  exist_server: false,
  vm_template_id: 'none',
  target_server: { ...TASK.target_server, vm_id: '' },
};
const REPORT = {
  dir_check: '/data',
  num_total_files: 10,
  num_different_files: 0,
  num_target_miss_files: 0,
  num_target_more_files: 0,
};

export const SMS_SAMPLES: Samples = {
  CreateTask: [() => ({ body: LARGE_TASK }), () => ({ body: WINDOWS_TASK })],
  CollectLog: async (cloud) => ({ params: await running(cloud), body: { log_bucket: 'logs' } }),
  CreateTemplate: () => ({ body: { template: TEMPLATE_FIELDS } }),
  DeleteServer: () => ({ params: { source_id: SOURCE } }),
  DeleteServers: () => ({ body: { ids: [SOURCE, OTHER_SOURCE] } }),
  DeleteTasks: async (cloud) => ({ body: { ids: [(await task(cloud)).task_id] } }),
  DeleteTask: async (cloud) => ({ params: await task(cloud) }),
  DeleteTemplate: () => ({ params: { id: TEMPLATE } }),
  DeleteTemplates: () => ({ body: { ids: [TEMPLATE] } }),
  ExportConsistencyResults: async (cloud) => ({
    body: { task_info: [{ task_id: (await running(cloud)).task_id, source_id: SOURCE, source_name: 'web-01' }] },
  }),
  ListErrorServers: async (cloud) => {
    await running(cloud, FAILING_TASK);
    cloud.clock.advance(HOUR);
    return { query: { offset: 0 } };
  },
  ListServers: STATES.map((prepare) => async (cloud) => {
    await prepare(cloud);
    return { values: { state: 'waiting' } };
  }),
  ListTasks: STATES.map((prepare) => async (cloud) => {
    await prepare(cloud);
    return {};
  }),
  ListTemplates: async (cloud) => {
    await template(cloud);
    return {};
  },
  ShowConfigSetting: async (cloud) => {
    const params = await task(cloud);
    const configurations = [CONFIGURATION];
    await cloud.ok('SMS', 'UploadSpecialConfigurationSetting', { params, body: { configurations } });
    return { params, values: { config_key: CONFIGURATION.config_key } };
  },
  ShowConsistencyResult: async (cloud) => {
    const params = await syncing(cloud);
    await cloud.ok('SMS', 'UpdateConsistencyResult', { params, body: { consistency_result: [REPORT] } });
    return { params };
  },
  ShowOverview: () => ({}),
  ShowServer: STATES.map((prepare) => async (cloud) => {
    await prepare(cloud);
    return { params: { source_id: SOURCE } };
  }),
  ShowTask: STATES.map((prepare) => async (cloud) => ({ params: await prepare(cloud) })),
  ShowTemplate: async (cloud) => ({ params: await template(cloud) }),
  ShowsSpeedLimits: async (cloud) => {
    const params = await task(cloud);
    await cloud.ok('SMS', 'UpdateSpeed', { params, body: { speed_limit: [SPEED_LIMIT] } });
    return { params };
  },
  UpdateConsistencyResult: async (cloud) => ({
    params: await syncing(cloud),
    body: { consistency_result: [REPORT] },
  }),
  UpdateServerName: () => ({ params: { source_id: SOURCE }, body: { name: 'web-03' } }),
  UpdateSpeed: async (cloud) => ({ params: await task(cloud), body: { speed_limit: [SPEED_LIMIT] } }),
  UpdateTask: async (cloud) => ({
    params: await task(cloud),
    body: { name: 'mig_web02', target_server: LARGE_TASK.target_server },
  }),
  UpdateTaskStatus: [
    async (cloud) => ({ params: await task(cloud), body: { operation: 'start' } }),
    async (cloud) => ({ params: await running(cloud), body: { operation: 'stop' } }),
    async (cloud) => ({ params: await syncing(cloud), body: { operation: 'clone_test', template_id: TEMPLATE } }),
    async (cloud) => ({ params: await launched(cloud), body: { operation: 'clear' } }),
  ],
  UploadSpecialConfigurationSetting: async (cloud) => ({
    params: await task(cloud),
    body: { configurations: [CONFIGURATION] },
  }),
  UpdateTemplate: () => ({ params: { id: TEMPLATE }, body: { template: TEMPLATE_FIELDS } }),
};
