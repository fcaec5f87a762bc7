import type { PlannedTask, ServerTarget } from '../../../../lib/migrations/action.ts';
import {
  completeServerMigration,
  deriveServerMigration,
  type ServerFacts,
} from '../../../../lib/migrations/server-migration/derive-server-migration.ts';
import type { EcsDisk, EcsServer } from '../../../../lib/ports/ecs.ts';
import type { SmsServer, SmsTemplate } from '../../../../lib/ports/sms.ts';
import { FakeEcs, FakeIam, FakeSmsServers } from '../../../fakes/fake-servers.ts';

type Row = Record<string, unknown>;

const TEMPLATE: ServerTarget = { region: 'cn-south-1', template: 'tpl-1' };
const SERVER: ServerTarget = { region: 'cn-south-1', server: 'ecs-1' };
const GIVEN = { name: 'move_web_12345678', source_server: { id: 'src-1' } };

const rootVolume: Row = {
  index: 0,
  name: '/dev/vda1',
  device_use: 'OS',
  file_system: 'ext4',
  mount_point: '/',
  size: 42948624384,
  used_size: 8589934592,
  inode_size: 256,
  uuid: '0b1f-22',
};
const rootDisk: Row = {
  name: '/dev/vda',
  size: 42949672960,
  device_use: 'OS',
  used_size: 8589934592,
  physical_volumes: [rootVolume],
};

function source(changes: Partial<SmsServer> = {}): SmsServer {
  return {
    id: 'src-1',
    name: 'web-01',
    hostname: 'web-01.example',
    osType: 'LINUX',
    state: 'waiting',
    connected: true,
    firmware: 'BIOS',
    initTargetServer: { disks: [rootDisk], volumeGroups: [] },
    disks: [],
    volumeGroups: [],
    btrfsList: [],
    checks: [],
    ...changes,
  };
}

const template: SmsTemplate = {
  id: 'tpl-1',
  name: 'two-disks',
  region: 'cn-south-1',
  projectId: 'project-1',
  targetServerName: 'web-01-new',
  hasPublicIp: true,
  disks: [{ sizeGb: 40 }, { sizeGb: 101 }],
  incomplete: [],
};
const ecsServer: EcsServer = {
  id: 'ecs-1',
  name: 'web-target',
  status: 'SHUTOFF',
  fixedIps: ['192.168.0.25', 'fd00::25'],
  floatingIps: ['203.0.113.25'],
  firmware: 'BIOS',
};
const ecsDisks: EcsDisk[] = [
  { id: 'volume-b', bootIndex: 1, device: '/dev/vdb', sizeGb: 100 },
  { id: 'volume-a', bootIndex: 0, device: '/dev/vda', sizeGb: 40 },
];

const common = {
  name: 'move_web_12345678',
  source_server: { id: 'src-1' },
  type: 'MIGRATE_FILE',
  os_type: 'LINUX',
  region_name: 'cn-south-1',
  region_id: 'cn-south-1',
  project_name: 'cn-south-1',
  project_id: 'project-1',
  start_target_server: true,
  auto_start: false,
  use_public_ip: true,
  syncing: false,
};
const fromTemplate = { ...common, vm_template_id: 'tpl-1', exist_server: false };
const toServer = { ...common, project_id: 'project-iam', exist_server: true, migration_ip: '203.0.113.25' };
const existing: ServerFacts = {
  source: source(),
  ecs: { server: ecsServer, disks: ecsDisks },
  projectId: 'project-iam',
};

const group: Row = {
  name: 'vg0',
  components: '/dev/vdb1',
  free_size: 0,
  size: 107373133824,
  need_migration: true,
  logical_volumes: [
    {
      name: 'data',
      mount_point: '/data',
      file_system: 'xfs',
      size: 96636764160,
      used_size: 1073741824,
      free_size: 95563022336,
      inode_size: 512,
      inode_nums: 1000,
      block_count: null,
    },
    { name: 'swap', size: 8589934592 },
  ],
};
const groupSent = {
  name: 'vg0',
  components: '/dev/vdb1',
  free_size: 0,
  size: 107373133824,
  logical_volumes: [
    {
      name: 'data',
      mount_point: '/data',
      file_system: 'xfs',
      size: 96636764160,
      used_size: 1073741824,
      free_size: 95563022336,
      inode_size: 512,
      inode_nums: 1000,
    },
    { name: 'swap', mount_point: '', file_system: '', size: 8589934592, used_size: 0, free_size: 0, inode_size: 0 },
  ],
};
const groupDisk: Row = {
  name: '/dev/vdb',
  size: 107374182400,
  device_use: 'VOLUME_GROUP',
  physical_volumes: [{ index: 0, name: '/dev/vdb1', device_use: 'VOLUME_GROUP', size: 107373133824 }],
};
const groupDiskSent = {
  name: '/dev/vdb',
  size: 107374182400,
  device_use: 'NORMAL',
  used_size: 0,
  physical_volumes: [{ index: 0, name: '/dev/vdb1', device_use: 'VOLUME_GROUP', size: 107373133824 }],
};

interface Layout {
  readonly given?: Row;
  readonly target: ServerTarget;
  readonly facts: ServerFacts;
  readonly body: Row;
  readonly warnings?: string[];
}

const LAYOUTS: Record<string, Layout> = {
  'one plain disk, to a template': {
    target: TEMPLATE,
    facts: { source: source(), template },
    body: {
      ...fromTemplate,
      target_server: { name: 'web-01-new', vm_id: '', disks: [rootDisk], volume_groups: [], btrfs_list: [] },
    },
  },
  'two disks of which only the raw form is known, and a warning of the checks': {
    target: TEMPLATE,
    facts: {
      source: source({
        initTargetServer: { disks: [], volumeGroups: [] },
        disks: [
          {
            name: '/dev/sda',
            disk_id: 'disk of the source',
            size: 42949672960,
            os_disk: true,
            partition_style: 'MBR',
            relation_name: null,
            physical_volumes: [
              {
                index: 0,
                name: '/dev/sda1',
                size: 1073741824,
                used_size: 200,
                uuid: null,
                inode_nums: 7,
                size_per_cluster: 4096,
              },
              { index: 1, name: '/dev/sda2', size: 41874882560, used_size: 3000 },
            ],
          },
          { name: '/dev/sdb', size: 107374182400, os_disk: false, partition_style: 'GPT', device_use: 'NORMAL' },
        ],
        checks: [
          { name: 'rsync', result: 'OK' },
          { name: 'cpu', result: 'WARN', message: 'load above 80 %' },
        ],
      }),
      template,
    },
    body: {
      ...fromTemplate,
      target_server: {
        name: 'web-01-new',
        vm_id: '',
        disks: [
          {
            name: '/dev/sda',
            size: 42949672960,
            device_use: 'OS',
            used_size: 3200,
            physical_volumes: [
              { index: 0, name: '/dev/sda1', size: 1073741824, used_size: 200 },
              { index: 1, name: '/dev/sda2', size: 41874882560, used_size: 3000 },
            ],
          },
          { name: '/dev/sdb', size: 107374182400, device_use: 'NORMAL', used_size: 0, physical_volumes: [] },
        ],
        volume_groups: [],
        btrfs_list: [],
      },
    },
    warnings: ['source_server.id: a check of the source server gave a warning: cpu: load above 80 %'],
  },
  'LVM as the service recommends it': {
    target: TEMPLATE,
    facts: {
      source: source({
        initTargetServer: { disks: [rootDisk, groupDisk], volumeGroups: [group] },
        volumeGroups: [{ name: 'raw' }],
      }),
      template,
    },
    body: {
      ...fromTemplate,
      target_server: {
        name: 'web-01-new',
        vm_id: '',
        disks: [rootDisk, groupDiskSent],
        volume_groups: [groupSent],
        btrfs_list: [],
      },
    },
  },
  'LVM of which only the raw form is known, to an existing server': {
    target: SERVER,
    facts: {
      ...existing,
      source: source({ initTargetServer: { disks: [rootDisk, groupDisk], volumeGroups: [] }, volumeGroups: [group] }),
    },
    body: {
      ...toServer,
      target_server: {
        name: 'web-target',
        vm_id: 'ecs-1',
        disks: [
          { ...rootDisk, disk_id: 'volume-a' },
          { ...groupDiskSent, disk_id: 'volume-b' },
        ],
        volume_groups: [groupSent],
        btrfs_list: [],
      },
    },
  },
  'Btrfs, spelt as received': {
    target: TEMPLATE,
    facts: {
      source: source({
        initTargetServer: {
          disks: [
            rootDisk,
            { name: '/dev/vdb', size: 10737418240, used_size: 0, device_use: 'BTRFS', physical_volumes: [] },
          ],
          volumeGroups: [],
        },
        btrfsList: [
          {
            name: 'pool',
            label: '',
            uuid: '7a2b44e0',
            device: '/dev/vdb',
            size: 10737418240,
            nodesize: 16384,
            sectorsize: 4096,
            data_profile: 'single',
            system_profile: 'DUP',
            metadata_profile: 'DUP',
            global_reserve1: 'single',
            g_vol_used_size: 131072,
            default_subvolid: '5',
            default_subvol_name: 'FS_TREE',
            default_subvol_mountpath: '/data',
            subvolumn: [
              {
                uuid: '1b1d',
                is_snapshot: 'false',
                subvol_id: '256',
                parent_id: '5',
                subvol_name: 'home',
                subvol_mount_path: '/data/home',
              },
            ],
          },
        ],
      }),
      template,
    },
    body: {
      ...fromTemplate,
      target_server: {
        name: 'web-01-new',
        vm_id: '',
        disks: [
          rootDisk,
          { name: '/dev/vdb', size: 10737418240, used_size: 0, device_use: 'NORMAL', physical_volumes: [] },
        ],
        volume_groups: [],
        btrfs_list: [
          {
            name: 'pool',
            label: '',
            uuid: '7a2b44e0',
            device: '/dev/vdb',
            size: 10737418240,
            nodesize: 16384,
            sectorsize: 4096,
            data_profile: 'single',
            system_profile: 'DUP',
            metadata_profile: 'DUP',
            global_reserve1: 'single',
            g_vol_used_size: 131072,
            default_subvolid: '5',
            default_subvol_name: 'FS_TREE',
            default_subvol_mountpath: '/data',
            subvolumn: [
              {
                uuid: '1b1d',
                is_snapshot: 'false',
                subvol_id: '256',
                parent_id: '5',
                subvol_name: 'home',
                subvol_mount_path: '/data/home',
              },
            ],
          },
        ],
      },
    },
    warnings: [
      'target_server.btrfs_list: the SMS documentation is inconsistent on whether Btrfs can be migrated (SMS.6509)',
    ],
  },
  'Windows whose system disk is the second, to an existing server': {
    target: SERVER,
    facts: {
      ...existing,
      source: source({
        osType: 'windows',
        initTargetServer: {
          disks: [
            {
              name: 'Disk 0',
              size: 53687091200,
              used_size: 5,
              physical_volumes: [{ index: 0, name: 'D:\\', file_system: 'NTFS', size: 53686042624, used_size: 5 }],
            },
            {
              name: 'Disk 1',
              size: 42949672960,
              used_size: 9,
              device_use: 'OS',
              physical_volumes: [
                { index: 0, name: '(Reserved)', device_use: 'BOOT', size: 524288000, used_size: 1 },
                { index: 1, name: 'C:\\', device_use: 'OS', size: 42424336384, used_size: 8 },
              ],
            },
          ],
          volumeGroups: [],
        },
      }),
    },
    body: {
      ...toServer,
      type: 'MIGRATE_BLOCK',
      os_type: 'WINDOWS',
      target_server: {
        name: 'web-target',
        vm_id: 'ecs-1',
        disks: [
          {
            name: 'Disk 0',
            size: 53687091200,
            used_size: 5,
            device_use: 'NORMAL',
            disk_id: 'volume-b',
            physical_volumes: [{ index: 0, name: 'D:\\', file_system: 'NTFS', size: 53686042624, used_size: 5 }],
          },
          {
            name: 'Disk 1',
            size: 42949672960,
            used_size: 9,
            device_use: 'OS',
            disk_id: 'volume-a',
            physical_volumes: [
              { index: 0, name: '(Reserved)', device_use: 'BOOT', size: 524288000, used_size: 1 },
              { index: 1, name: 'C:\\', device_use: 'OS', size: 42424336384, used_size: 8 },
            ],
          },
        ],
        volume_groups: [],
        btrfs_list: [],
      },
    },
  },
  'a GPT disk that boots by UEFI, over the private network to a disk exactly 1 GB larger': {
    given: { use_public_ip: false },
    target: SERVER,
    facts: {
      source: source({
        firmware: 'UEFI',
        disks: [{ name: '/dev/vda', size: 42949672960, partition_style: 'GPT', os_disk: true }],
      }),
      ecs: {
        server: { ...ecsServer, firmware: 'UEFI', floatingIps: [] },
        disks: [{ id: 'volume-a', bootIndex: 0, device: '/dev/vda', sizeGb: 41 }],
      },
      projectId: 'project-iam',
    },
    body: {
      ...toServer,
      use_public_ip: false,
      migration_ip: '192.168.0.25',
      target_server: {
        name: 'web-target',
        vm_id: 'ecs-1',
        disks: [{ ...rootDisk, disk_id: 'volume-a' }],
        volume_groups: [],
        btrfs_list: [],
      },
    },
  },
  'one disk over IPv6 to an existing server': {
    given: { use_public_ip: false, use_ipv6: true },
    target: SERVER,
    facts: existing,
    body: {
      ...toServer,
      use_public_ip: false,
      use_ipv6: true,
      migration_ip: 'fd00::25',
      target_server: {
        name: 'web-target',
        vm_id: 'ecs-1',
        disks: [{ ...rootDisk, disk_id: 'volume-a' }],
        volume_groups: [],
        btrfs_list: [],
      },
    },
  },
  'one disk, where everything that is given wins': {
    given: {
      type: 'MIGRATE_BLOCK',
      os_type: 'LINUX',
      project_name: 'cn-south-1_team',
      project_id: 'project-given',
      region_name: 'South 1',
      start_target_server: false,
      auto_start: true,
      syncing: true,
      migration_ip: '10.0.0.9',
      speed_limit: 100,
      priority: 2,
      target_server: {
        name: 'given',
        disks: [{ name: '/dev/vda', disk_id: 'mine', size: 42949672960, used_size: 1, physical_volumes: [] }],
      },
    },
    target: SERVER,
    facts: { ...existing, ecs: { server: { ...ecsServer, floatingIps: [] }, disks: ecsDisks } },
    body: {
      ...toServer,
      type: 'MIGRATE_BLOCK',
      project_name: 'cn-south-1_team',
      project_id: 'project-given',
      region_name: 'South 1',
      start_target_server: false,
      auto_start: true,
      syncing: true,
      migration_ip: '10.0.0.9',
      speed_limit: 100,
      priority: 2,
      target_server: {
        name: 'given',
        vm_id: 'ecs-1',
        disks: [{ name: '/dev/vda', disk_id: 'mine', size: 42949672960, used_size: 1, physical_volumes: [] }],
        volume_groups: [],
        btrfs_list: [],
      },
    },
  },
  'a layout that marks no system disk, to a template without a server name': {
    target: TEMPLATE,
    facts: {
      source: source({
        initTargetServer: { disks: [{ name: '/dev/vda', size: 42949672960, physical_volumes: [] }], volumeGroups: [] },
      }),
      template: { id: 'tpl-1', name: 'plain', hasPublicIp: true, disks: [{ sizeGb: 40 }], incomplete: [] },
      projectId: 'project-iam',
    },
    body: {
      ...fromTemplate,
      project_id: 'project-iam',
      target_server: {
        name: 'web-01',
        vm_id: '',
        disks: [{ name: '/dev/vda', size: 42949672960, used_size: 0, device_use: 'NORMAL', physical_volumes: [] }],
        volume_groups: [],
        btrfs_list: [],
      },
    },
  },
};

function reasons(given: Row, target: ServerTarget, facts: ServerFacts): string[] {
  try {
    deriveServerMigration({ ...GIVEN, ...given }, target, facts);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ name: 'RunError', code: 'preflight' });
    const { problems } = error as { problems: { path: (string | number)[]; message: string }[] };
    return problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
  }
}

describe('deriveServerMigration', () => {
  it.each(Object.entries(LAYOUTS))('derives the whole body of %s', (_, { given, target, facts, body, warnings }) => {
    const derived = deriveServerMigration({ ...GIVEN, ...given }, target, facts);

    expect(derived.body).toEqual(body);
    expect(derived.warnings).toEqual(warnings ?? []);
  });

  it('says every reason why a source is not ready', () => {
    const bad = source({
      connected: false,
      state: 'error',
      osType: 'AIX',
      currentTask: { id: 't-9', name: 'other', state: 'MIGRATE_FAIL' },
      checks: [
        { name: 'rsync', result: 'ERROR', message: 'rsync is missing' },
        { name: 'initrd', result: 'ERROR' },
      ],
      initTargetServer: { disks: [], volumeGroups: [] },
    });

    expect(reasons({}, TEMPLATE, { source: bad, template })).toEqual([
      'source_server.id: the source server is not connected: make sure that its Agent is running',
      'source_server.id: the source server already has task t-9 (other, MIGRATE_FAIL)',
      'source_server.id: the source server is in state error, but must be waiting',
      "os_type: the source server's operating system is AIX; only WINDOWS and LINUX can be migrated",
      'source_server.id: the source server failed the check rsync: rsync is missing',
      'source_server.id: the source server failed the check initrd',
      "target_server.disks: SMS has no data about the source server's disks yet",
    ]);
  });

  it('says every reason why a template does not fit', () => {
    const bad: SmsTemplate = {
      id: 'tpl-1',
      name: 'bad',
      region: 'cn-north-4',
      hasPublicIp: false,
      disks: [{ sizeGb: 39 }],
      incomplete: ['vpc.id', 'image_id'],
    };
    const two = source({ initTargetServer: { disks: [rootDisk, groupDisk], volumeGroups: [] } });

    expect(reasons({ use_ipv6: true }, TEMPLATE, { source: two, template: bad })).toEqual([
      "target.template: the template is for region cn-north-4, but the target's region is cn-south-1",
      'target.template: the template has no vpc.id',
      'target.template: the template has no image_id',
      'target.template: the template has no publicip; add one, or set use_public_ip: false if there is a private route',
      'target.template: the template has 1 disk, but the source has 2 disks',
      'target.template: disk 0 of the template has 39 GB, but /dev/vda needs 40 GB',
      'use_ipv6: is only available with an existing target',
      'project_id: IAM has no project named cn-south-1; set project_id',
    ]);
  });

  it('says every reason why an existing server does not fit', () => {
    const gpt = source({
      firmware: 'UEFI',
      initTargetServer: { disks: [rootDisk, groupDisk, { ...groupDisk, name: '/dev/vdc' }], volumeGroups: [] },
      disks: [{ name: '/dev/vda', partition_style: 'GPT' }],
    });
    const server: EcsServer = { ...ecsServer, status: 'ERROR', floatingIps: [] };

    expect(reasons({}, SERVER, { source: gpt, ecs: { server, disks: ecsDisks }, projectId: 'p' })).toEqual([
      'target.server: the target server is ERROR, but must be ACTIVE or SHUTOFF',
      'target.server: the target server boots with BIOS and the source with UEFI; they must be the same',
      'migration_ip: the target server has no public IPv4 address; bind an EIP, or set use_public_ip: false if there is a private route',
      'target.server: the target server has 2 disks, but the source has 3 disks',
      'target.server: disk /dev/vda of the target server has 40 GB, but /dev/vda needs 41 GB (1 GB more than the source, for its partition style GPT)',
    ]);
  });

  it.each<[string, Row, ServerTarget, ServerFacts, string[]]>([
    [
      'missing values, on either side',
      {},
      TEMPLATE,
      { source: undefined, projectId: 'p' },
      ['source_server.id: source server not found in SMS', 'target.template: server template not found in SMS'],
    ],
    [
      'a missing ECS',
      {},
      SERVER,
      { ...existing, ecs: { server: undefined, disks: [] } },
      ['target.server: ECS not found'],
    ],
    [
      'an ECS without a system disk',
      {},
      SERVER,
      { ...existing, ecs: { server: ecsServer, disks: [{ id: 'v', bootIndex: 1, device: '/dev/vdb', sizeGb: 40 }] } },
      ['target.server: the target server has no system disk'],
    ],
    [
      'no private address',
      { use_public_ip: false },
      SERVER,
      { ...existing, ecs: { server: { ...ecsServer, fixedIps: [] }, disks: ecsDisks } },
      ['migration_ip: the target server has no private IPv4 address'],
    ],
    [
      'Windows by files',
      { type: 'MIGRATE_FILE' },
      SERVER,
      { ...existing, source: source({ osType: 'WINDOWS' }) },
      ['type: Windows servers can only be migrated by blocks: use MIGRATE_BLOCK, or leave it out'],
    ],
    [
      'a size that a number cannot hold',
      {},
      TEMPLATE,
      {
        source: source({
          initTargetServer: { disks: [{ ...rootDisk, used_size: 9007199254740992 }], volumeGroups: [] },
        }),
        template,
      },
      [
        'target_server.disks.0.used_size: is larger than 9007199254740991, the largest whole number that can be sent without rounding',
      ],
    ],
    [
      'a system disk above 1 TB',
      {},
      SERVER,
      {
        ...existing,
        source: source({ initTargetServer: { disks: [{ ...rootDisk, size: 1099511627777 }], volumeGroups: [] } }),
        ecs: { server: ecsServer, disks: [{ id: 'v', bootIndex: 0, device: '/dev/vda', sizeGb: 2000 }] },
      },
      ['target_server.disks: the system disk /dev/vda has 1024.01 GB; at most 1024 can be migrated'],
    ],
    [
      'a Linux disk above 16 TB',
      {},
      SERVER,
      {
        ...existing,
        source: source({
          initTargetServer: { disks: [rootDisk, { ...groupDisk, size: 17592186044417 }], volumeGroups: [] },
        }),
        ecs: {
          server: ecsServer,
          disks: [...ecsDisks.slice(1), { id: 'v', bootIndex: -1, device: '/dev/vdb', sizeGb: 20000 }],
        },
      },
      ['target_server.disks: disk /dev/vdb has 16384.01 GB; at most 16384 can be migrated'],
    ],
    [
      '24 disks',
      {},
      SERVER,
      {
        ...existing,
        source: source({
          initTargetServer: {
            disks: [rootDisk, ...Array.from({ length: 23 }, (_, i) => ({ ...groupDisk, name: `/dev/x${i}` }))],
            volumeGroups: [],
          },
        }),
        ecs: {
          server: ecsServer,
          disks: Array.from({ length: 24 }, (_, i) => ({
            id: `v${i}`,
            bootIndex: i,
            device: `/dev/x${i}`,
            sizeGb: 100,
          })),
        },
      },
      ['target_server.disks: the source server has 24 disks; at most 23 can be migrated'],
    ],
    [
      'a check for consistency of Btrfs',
      { is_need_consistency_check: true },
      TEMPLATE,
      {
        source: source({ btrfsList: [{ name: 'pool' }] }),
        template,
      },
      expect.arrayContaining(['is_need_consistency_check: is not available for Btrfs']) as string[],
    ],
  ])('refuses %s', (_, given, target, facts, expected) => {
    expect(reasons(given, target, facts)).toEqual(expected);
  });
});

describe('completeServerMigration', () => {
  function cloud() {
    const [servers, ecs, iam] = [new FakeSmsServers(), new FakeEcs(), new FakeIam()];
    servers.servers.set('src-1', source());
    servers.templates.set('tpl-1', template);
    ecs.servers.set('ecs-1', ecsServer);
    ecs.disks.set('ecs-1', ecsDisks);
    iam.projects.set('cn-south-1', 'project-iam');
    const services = { smsServers: async () => servers, ecs: async () => ecs, iam: async () => iam };
    return { servers, iam, services };
  }
  const planned = (derive: ServerTarget, body: Row = GIVEN): PlannedTask => ({
    kind: 'server_migration',
    name: 'move_web_12345678',
    target: 'src-1',
    body,
    warnings: ['said before'],
    derive,
    start: true,
  });

  it('completes the body out of a template, whose project it takes, and leaves nothing to be derived', async () => {
    const { services, servers, iam } = cloud();
    servers.servers.set('src-1', source({ checks: [{ name: 'cpu', result: 'WARN' }] }));

    expect(await completeServerMigration(services, planned(TEMPLATE))).toEqual({
      kind: 'server_migration',
      name: 'move_web_12345678',
      target: 'src-1',
      body: LAYOUTS['one plain disk, to a template']?.body,
      warnings: ['said before', 'source_server.id: a check of the source server gave a warning: cpu'],
      start: true,
    });
    expect(iam.asked).toEqual([]);
  });

  it('asks for the project of the region when neither job nor template has one', async () => {
    const { services, iam } = cloud();

    const complete = await completeServerMigration(services, planned(SERVER));

    expect(complete.body).toMatchObject({ project_id: 'project-iam', target_server: { vm_id: 'ecs-1' } });
    expect(iam.asked).toEqual(['cn-south-1']);
  });

  it('does not ask for a project that is given', async () => {
    const { services, iam } = cloud();

    await completeServerMigration(services, planned(SERVER, { ...GIVEN, project_id: 'given' }));

    expect(iam.asked).toEqual([]);
  });

  it('reports what is missing', async () => {
    const { services, servers } = cloud();
    servers.servers.clear();

    await expect(completeServerMigration(services, planned(SERVER))).rejects.toMatchObject({
      code: 'preflight',
      message: 'derive the migration of source server src-1: source_server.id: source server not found in SMS',
    });
  });
});

describe('what passes', () => {
  const codeOf = (target: ServerTarget, facts: ServerFacts) => {
    try {
      deriveServerMigration({ ...GIVEN, use_public_ip: false }, target, facts);
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
    return undefined;
  };
  const unknownDisks = source({ state: 'initialize', initTargetServer: { disks: [], volumeGroups: [] } });
  const ecs = (status: string): NonNullable<ServerFacts['ecs']> => ({
    server: { id: 'ecs-1', name: 'web', status, fixedIps: [], floatingIps: [] },
    disks: [],
  });

  it.each([
    ['an Agent that is away', source({ connected: false }), 'agent_absent'],
    ['one that has not told of its disks yet', unknownDisks, 'agent_absent'],
    ['and a check that failed', source({ connected: false, checks: [{ name: 'os', result: 'ERROR' }] }), 'preflight'],
    ['a source in the state error', source({ state: 'error' }), 'preflight'],
  ])('%s', (_what, seen, code) => {
    expect(codeOf(TEMPLATE, { source: seen, template, projectId: 'p' })).toBe(code);
  });

  it.each([
    ['BUILD', 'instance_busy'],
    ['REBOOT', 'instance_busy'],
    ['HARD_REBOOT', 'instance_busy'],
    ['RESIZE', 'instance_busy'],
    ['ERROR', 'preflight'],
    ['DELETED', 'preflight'],
  ])('a target server that is %s: %s', (status, code) => {
    expect(codeOf(SERVER, { source: source(), projectId: 'p', ecs: ecs(status) })).toBe(code);
  });
});
