/**
 * One value for every key of a jobs file, for docs/jobs-file.md. Not a file that anybody would write: it has all triggers and all actions in
 * one job. A test holds each value to the schema, and wants one for every key.
 */
const PASSWORD = { user_data: 'STAGING_CACHE_PASSWORD' };

const SIDE = { id: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5', addrs: '192.168.0.10:6379', password: PASSWORD };

const INSTANCE = {
  ...SIDE,
  name: 'staging-cache',
  task_status: 'RUNNING',
  ip: '192.168.0.10',
  port: '6379',
  proxy_multi_db: false,
  db: '0',
};

const SUBVOLUME = {
  uuid: '6f1c9a52-0b1d-4c0e-9f5e-2f6a0a9d3b11',
  is_snapshot: 'false',
  subvol_id: '257',
  parent_id: '5',
  subvol_name: '@home',
  subvol_mount_path: '/home',
};

const TARGET_SERVER = {
  name: 'web01',
  vm_id: '',
  disks: [
    {
      name: '/dev/vda',
      device_use: 'OS',
      disk_id: '0f7a2f4e-3c0b-4f62-9d8e-1a2b3c4d5e6f',
      size: 42949672960,
      used_size: 8589934592,
      physical_volumes: [
        {
          name: '/dev/vda1',
          device_use: 'OS',
          file_system: 'ext4',
          index: 0,
          mount_point: '/',
          size: 42948624384,
          used_size: 8589934592,
          inode_size: 256,
          uuid: '1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809',
        },
      ],
    },
  ],
  volume_groups: [
    {
      name: 'vg0',
      components: '/dev/vdb1',
      size: 107374182400,
      free_size: 0,
      logical_volumes: [
        {
          name: 'data',
          mount_point: '/data',
          file_system: 'xfs',
          size: 107374182400,
          used_size: 53687091200,
          free_size: 53687091200,
          inode_size: 512,
          inode_nums: 52428800,
          block_count: 26214400,
          block_size: 4096,
          device_use: 'NORMAL',
        },
      ],
    },
  ],
  btrfs_list: [
    {
      name: 'pool',
      label: '',
      uuid: '7a8b9c0d-1e2f-4a3b-8c4d-5e6f708192a3',
      device: '/dev/vdc',
      size: 107374182400,
      nodesize: 16384,
      sectorsize: 4096,
      data_profile: 'single',
      system_profile: 'DUP',
      metadata_profile: 'DUP',
      global_reserve1: 'single',
      g_vol_used_size: 53687091200,
      default_subvolid: '5',
      default_subvol_name: 'FS_TREE',
      default_subvol_mountpath: '/pool',
      subvolume: [SUBVOLUME],
      subvolumn: [SUBVOLUME],
    },
  ],
};

export const SAMPLE_FILE = {
  version: 1,
  region: 'ap-southeast-3',
  time_zone: 'Europe/Berlin',
  settle_seconds: 120,
  ledger: { obs: { bucket: 'ops-ledger', prefix: 'migrations/' } },
};

export const SAMPLE_TARGET = { id: INSTANCE.id, password: PASSWORD };

export const SAMPLE_JOB = {
  on: {
    object_created: {
      bucket: 'redis-backups',
      key: 'prod/**/*.rdb',
      set: {
        by: 'prod/{set}/',
        complete: { marker: '_SUCCESS', count: 3, quiet: '5m', manifest: true },
        deadline: '6h',
      },
    },
    schedule: { cron: '0 0 2 * * ?', rate: '1h' },
    request: {
      accepts: ['backup_files', 'description'],
      auth: { standard_webhooks: [{ user_data: 'CI_WEBHOOK_SECRET' }], bearer: [{ user_data: 'CI_TOKEN' }] },
    },
  },
  overlap: 'latest',
  limit: { runs: 5, per: '1h' },
  deadline: '2h',
  preflight: 'warn',
  sweep: { every: '1h', look_back: '24h' },
  notify: { smn: 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:migrations', on: ['failed', 'parked'] },
  on_failure: 'release',
  stop_when: { offset: 0, for: '10m' },
  dry_run: true,
  backup_import: {
    task_name: 'nightly',
    description: 'Nightly refresh of staging',
    migration_type: 'backupfile_import',
    migration_method: 'full_amount_migration',
    backup_files: {
      file_source: 'self_build_obs',
      bucket_name: 'redis-backups',
      files: [{ file_name: 'prod/dump.rdb', size: '754.0MB', update_at: '2026-03-14 02:00:00' }],
      backup_id: '9bd5b2c6-61f8-4b4b-9b53-0f3b6e7d6c11',
      latest_of: 'prod-cache',
      copy_first: true,
    },
    network_type: 'vpc',
    source_instance: INSTANCE,
    target_instance: INSTANCE,
    backup_target_first: true,
  },
  online_migration: {
    name: 'session-cache',
    description: 'Move to the new region',
    vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
    subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
    security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
    configure: {
      migration_method: 'incremental_migration',
      resume_mode: 'auto',
      bandwidth_limit_mb: 50,
      source_instance: SIDE,
      target_instance: SIDE,
    },
  },
  server_migration: {
    name: 'web_01',
    type: 'MIGRATE_FILE',
    os_type: 'LINUX',
    start_target_server: true,
    auto_start: false,
    source_server: { id: '2b3c4d5e-6f70-4819-a2b3-c4d5e6f70819' },
    target_server: TARGET_SERVER,
    migration_ip: '203.0.113.10',
    region_name: 'cn-south-1',
    region_id: 'cn-south-1',
    project_name: 'cn-south-1',
    project_id: '0123456789abcdef0123456789abcdef',
    priority: 1,
    vm_template_id: '3c4d5e6f-7081-492a-b3c4-d5e6f708192a',
    clonevm_template_id: '4d5e6f70-8192-4a3b-84d5-e6f708192a3b',
    use_public_ip: true,
    use_ipv6: false,
    syncing: false,
    exist_server: false,
    start_network_check: true,
    speed_limit: 100,
    over_speed_threshold: 50,
    is_need_consistency_check: true,
    is_need_consistency_result: true,
    need_migration_test: false,
    target: {
      region: 'cn-south-1',
      template: '3c4d5e6f-7081-492a-b3c4-d5e6f708192a',
      server: '5e6f7081-92a3-4b4c-85e6-f708192a3b4c',
    },
    start: true,
    confirm_format: true,
  },
};
