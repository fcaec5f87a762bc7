import type { LocalSource } from '../../../src/cloud/sms/sources.ts';

const MB = 1024 * 1024;
const GB = 1024 * MB;

/** 64-bit values that a JavaScript number cannot represent: 2^53 + 1 and the maximum int64. */
const UNSAFE = 9007199254740993n;
const LARGEST = 9223372036854775807n;

/**
 * Source servers as Agents register them, one for each layout that occurs in migrations. All sizes are in bytes. Seeds for `sources`; each ID is the
 * name used here, with dashes.
 *
 * The keys are from ShowServer (models ServerDisk, PhysicalVolume, VolumeGroups, LogicalVolumes and BtrfsFileSystem of the Node SDK
 * 3.1.209; `size_per_cluster` and `inode_nums` of the Go SDK 2026-03).
 */
export const SOURCE_SHAPES = {
  /** Linux, MBR, one disk: swap and root. */
  plain_mbr: {
    id: 'plain-mbr',
    name: 'web-01',
    osType: 'LINUX',
    ip: '10.1.1.11',
    disks: [
      {
        name: '/dev/vda',
        partition_style: 'MBR',
        device_use: 'OS',
        size: 40 * GB,
        used_size: 8 * GB,
        os_disk: true,
        relation_name: '',
        inode_size: 256,
        physical_volumes: [
          volume(1, '/dev/vda1', 'OS', 'ext4', '/', 38 * GB, 8 * GB, '4de39bf5-8a5f-4b68-9b6a-0f8d4a4d0a11'),
          volume(2, '/dev/vda2', 'NORMAL', 'swap', '', 2 * GB, 0, '0b1d2f3a-11c2-4f0e-a7d1-6d0f8e9c1b22'),
        ],
      },
    ],
  },
  /** Linux, UEFI, GPT: a system disk with an EFI partition, and a data disk without its own `used_size`. */
  gpt_two_disks: {
    id: 'gpt-two-disks',
    name: 'db-01.example.com',
    osType: 'LINUX',
    ip: '10.1.1.12',
    firmware: 'UEFI',
    memoryMb: 16384,
    disks: [
      {
        name: '/dev/nvme0n1',
        partition_style: 'GPT',
        device_use: 'BOOT',
        size: 100 * GB,
        used_size: 20 * GB + 6 * MB,
        os_disk: true,
        relation_name: '',
        inode_size: 256,
        physical_volumes: [
          volume(1, '/dev/nvme0n1p1', 'BOOT', 'vfat', '/boot/efi', 512 * MB, 6 * MB, '7A3C-19F2'),
          volume(2, '/dev/nvme0n1p2', 'OS', 'ext4', '/', 99 * GB, 20 * GB, '1c9f7f0a-52f5-4a0b-9d5e-6f6a3f0b8e11'),
        ],
      },
      {
        name: '/dev/nvme1n1',
        partition_style: 'GPT',
        device_use: 'NORMAL',
        size: 500 * GB,
        os_disk: false,
        relation_name: '',
        inode_size: 512,
        physical_volumes: [
          volume(
            1,
            '/dev/nvme1n1p1',
            'NORMAL',
            'xfs',
            '/data',
            300 * GB,
            120 * GB,
            '2d8e6f1b-63a4-4b1c-8e6f-7a7b4c1d9f22',
          ),
          volume(
            2,
            '/dev/nvme1n1p2',
            'NORMAL',
            'xfs',
            '/logs',
            199 * GB,
            30 * GB,
            '3e9f7a2c-74b5-4c2d-9f7a-8b8c5d2e0a33',
          ),
        ],
      },
    ],
  },
  /** Linux with two volume groups, one of which spans two disks. */
  lvm_two_groups: {
    id: 'lvm-two-groups',
    name: 'erp-01',
    osType: 'LINUX',
    ip: '10.1.1.13',
    disks: [
      {
        name: '/dev/sda',
        partition_style: 'MBR',
        device_use: 'OS',
        size: 60 * GB,
        used_size: 60 * GB,
        os_disk: true,
        relation_name: '',
        inode_size: 0,
        physical_volumes: [
          volume(1, '/dev/sda1', 'BOOT', 'xfs', '/boot', GB, 200 * MB, '5f0a8b3d-85c6-4d3e-8a8b-9c9d6e3f1b44'),
          volume(2, '/dev/sda2', 'VOLUME_GROUP', 'LVM2_member', '', 59 * GB, 59 * GB, 'k3Xw1a-Yh2z'),
        ],
      },
      groupDisk('/dev/sdb', 'f7Bq2c-Lm8n'),
      groupDisk('/dev/sdc', 'h9Dr4e-Op0q'),
    ],
    volumeGroups: [
      {
        name: 'vg_root',
        components: '/dev/sda2',
        size: 59 * GB,
        free_size: 9 * GB,
        logical_volumes: [
          logicalVolume('root', '/', 'xfs', 40 * GB, 12 * GB),
          logicalVolume('swap', '', 'swap', 10 * GB, 0),
        ],
      },
      {
        name: 'vg_data',
        components: '/dev/sdb;/dev/sdc',
        size: 400 * GB,
        free_size: 0,
        // Without `free_size`, `inode_size` and other fields that CreateTask requires.
        logical_volumes: [
          { name: 'data', mount_point: '/data', file_system: 'ext4', size: 400 * GB, used_size: 150 * GB },
        ],
      },
    ],
  },
  /** Linux with a Btrfs data disk: two subvolumes and a snapshot. */
  btrfs: {
    id: 'btrfs',
    name: 'build-01',
    osType: 'LINUX',
    ip: '10.1.1.14',
    disks: [
      {
        name: '/dev/vda',
        partition_style: 'MBR',
        device_use: 'OS',
        size: 40 * GB,
        used_size: 5 * GB,
        os_disk: true,
        relation_name: '',
        inode_size: 256,
        physical_volumes: [
          volume(1, '/dev/vda1', 'OS', 'ext4', '/', 40 * GB - MB, 5 * GB, '6a1b9c4e-96d7-4e4f-9b9c-0d0e7f4a2c55'),
        ],
      },
      {
        name: '/dev/vdb',
        partition_style: 'MBR',
        device_use: 'BTRFS',
        size: 200 * GB,
        used_size: 90 * GB,
        os_disk: false,
        relation_name: '',
        inode_size: 0,
        physical_volumes: [
          volume(1, '/dev/vdb', 'BTRFS', 'btrfs', '/srv', 200 * GB, 90 * GB, '7b2c0d5f-07e8-4f5a-8c0d-1e1f8a5b3d66'),
        ],
      },
    ],
    btrfsList: [
      {
        name: '/dev/vdb',
        label: '',
        uuid: '7b2c0d5f-07e8-4f5a-8c0d-1e1f8a5b3d66',
        device: '/dev/vdb',
        size: 200 * GB,
        nodesize: 16384,
        sectorsize: 4096,
        data_profile: 'single',
        system_profile: 'DUP',
        metadata_profile: 'DUP',
        global_reserve1: 'single',
        g_vol_used_size: 90 * GB,
        default_subvolid: '5',
        default_subvol_name: '',
        default_subvol_mountpath: '/srv',
        subvolumn: [
          subvolume('256', 'cache', '/srv/cache', 'false'),
          subvolume('257', 'work', '/srv/work', 'false'),
          subvolume('258', 'work-2026-01-30', '', 'true'),
        ],
      },
    ],
  },
  /** Windows: volumes named `C:\` and `(Reserved)`, a data disk. */
  windows: {
    id: 'windows',
    name: 'WIN-ERP01',
    osType: 'WINDOWS',
    ip: '10.1.1.15',
    memoryMb: 8192,
    disks: [
      {
        name: 'Disk 0',
        partition_style: 'MBR',
        device_use: 'OS',
        size: 80 * GB,
        used_size: 35 * GB,
        os_disk: true,
        relation_name: '',
        inode_size: 0,
        physical_volumes: [
          windowsVolume(0, '(Reserved)', 'BOOT', 500 * MB, 50 * MB, '5A0E6B2C-0001'),
          windowsVolume(1, 'C:\\', 'OS', 79 * GB, 34 * GB, '5A0E6B2C-0002'),
        ],
      },
      {
        name: 'Disk 1',
        partition_style: 'MBR',
        device_use: 'NORMAL',
        size: 300 * GB,
        used_size: 110 * GB,
        os_disk: false,
        relation_name: '',
        inode_size: 0,
        physical_volumes: [windowsVolume(0, 'D:\\', 'NORMAL', 300 * GB - MB, 110 * GB, '5A0E6B2C-0003')],
      },
    ],
  },
  /** Sizes beyond 2^53 - 1, which cannot be sent as JavaScript numbers. */
  unsafe_sizes: {
    id: 'unsafe-sizes',
    name: 'huge-01',
    osType: 'LINUX',
    ip: '10.1.1.16',
    disks: [
      {
        name: '/dev/vda',
        partition_style: 'GPT',
        device_use: 'OS',
        size: LARGEST,
        used_size: UNSAFE,
        os_disk: true,
        relation_name: '',
        inode_size: 256,
        physical_volumes: [
          { ...volume(1, '/dev/vda1', 'OS', 'xfs', '/', 0, 0, '8c3d1e6a-18f9-4a6b-9d1e-2f2a9b6c4e77'), size: UNSAFE },
        ],
      },
    ],
  },
  /** The Agent is no longer connected. */
  disconnected: {
    id: 'disconnected',
    name: 'away-01',
    osType: 'LINUX',
    ip: '10.1.1.17',
    connected: false,
    state: 'unavailable',
  },
  /** Unavailable because of checks with an ERROR and a WARN; no recommended layout. */
  failed_checks: {
    id: 'failed-checks',
    name: 'old-01',
    osType: 'LINUX',
    ip: '10.1.1.18',
    state: 'unavailable',
    initDisks: [],
    checks: [
      { id: 1, name: 'OS_VERSION', result: 'OK', error_code: '', error_or_warn: '', error_params: '' },
      {
        id: 2,
        name: 'RSYNC',
        result: 'ERROR',
        error_code: 'SMS.6511',
        error_or_warn: 'Rsync is not installed on the source server.',
        error_params: '',
      },
      {
        id: 3,
        name: 'FILE_SYSTEM',
        result: 'WARN',
        error_code: 'SMS.6509',
        error_or_warn: 'Some file systems are not supported.',
        error_params: '/srv',
      },
    ],
  },
  /** It already has a task, which is not in any list of this caller. */
  with_task: {
    id: 'with-task',
    name: 'taken-01',
    osType: 'LINUX',
    ip: '10.1.1.19',
    state: 'replicate',
    currentTask: {
      id: '9d4e2f7b-29a0-4b7c-8e2f-3a3b0c7d5f88',
      name: 'by_hand',
      type: 'MIGRATE_FILE',
      state: 'RUNNING',
    },
  },
} as const satisfies Readonly<Record<string, LocalSource>>;

function volume(
  index: number,
  name: string,
  use: string,
  fileSystem: string,
  mountPoint: string,
  size: number,
  usedSize: number,
  uuid: string,
) {
  return {
    uuid,
    index,
    name,
    device_use: use,
    file_system: fileSystem,
    mount_point: mountPoint,
    size,
    used_size: usedSize,
    inode_size: 256,
    inode_nums: 2621440,
    size_per_cluster: 4096,
  };
}

/** A whole disk in a volume group, without partitions. */
function groupDisk(name: string, uuid: string) {
  return {
    name,
    partition_style: 'MBR',
    device_use: 'VOLUME_GROUP',
    size: 200 * GB,
    used_size: 200 * GB,
    os_disk: false,
    relation_name: '',
    inode_size: 0,
    physical_volumes: [volume(1, name, 'VOLUME_GROUP', 'LVM2_member', '', 200 * GB, 200 * GB, uuid)],
  };
}

function logicalVolume(name: string, mountPoint: string, fileSystem: string, size: number, usedSize: number) {
  return {
    name,
    mount_point: mountPoint,
    file_system: fileSystem,
    size,
    used_size: usedSize,
    free_size: size - usedSize,
    inode_size: 512,
    inode_nums: 1048576,
    block_count: size / 4096,
    block_size: 4096,
    device_use: 'NORMAL',
  };
}

function subvolume(id: string, name: string, mountPath: string, isSnapshot: string) {
  return {
    uuid: `8e5f3a6c-3ab1-4c8d-9f3a-4b4c1d8e${id}0`,
    is_snapshot: isSnapshot,
    subvol_id: id,
    parent_id: '5',
    subvol_name: name,
    subvol_mount_path: mountPath,
  };
}

/** NTFS has no inodes; its mount point is the drive. */
function windowsVolume(index: number, name: string, use: string, size: number, usedSize: number, uuid: string) {
  return {
    uuid,
    index,
    name,
    device_use: use,
    file_system: 'NTFS',
    mount_point: name,
    size,
    used_size: usedSize,
    size_per_cluster: 4096,
  };
}
