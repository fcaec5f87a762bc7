import type { LocalCloudOptions } from '../src/cloud/local-cloud-options.ts';
import { ACCOUNT } from './account.ts';

export const REGION = 'ap-southeast-3';
export const INSTANCE = '11111111-1111-1111-1111-111111111111';
export const OTHER_INSTANCE = '22222222-2222-2222-2222-222222222222';
export const LOCKED_INSTANCE = '33333333-3333-3333-3333-333333333333';
export const SECRET = 'instance-secret';
export const SOURCE = 'a0c1b2d3-0000-4000-8000-000000000001';
export const OTHER_SOURCE = 'a0c1b2d3-0000-4000-8000-000000000002';
export const TEMPLATE = 'a0c1b2d3-0000-4000-8000-000000000003';
export const SERVER = '4d8c3732-a248-40ed-bebc-539a6ffd25c0';
export const AGENCY = 'a0c1b2d3000040008000000000000004';
export const TOPIC = `urn:smn:${REGION}:${ACCOUNT.projectId}:migrations`;

export const STORED_SECRET = 'stored';

/** What the sample calls find in the cloud. */
export const SEED: Omit<LocalCloudOptions, 'accounts'> = {
  instances: [
    { id: INSTANCE, name: 'staging', backups: [{ id: 'b-1', status: 'succeed' }] },
    { id: OTHER_INSTANCE, name: 'production', password: SECRET },
    { id: LOCKED_INSTANCE, name: 'locked', password: SECRET },
  ],
  sources: [
    { id: SOURCE, name: 'web-01', osType: 'LINUX' },
    { id: OTHER_SOURCE, name: 'web-02', osType: 'WINDOWS' },
  ],
  templates: [
    {
      id: TEMPLATE,
      name: 'web',
      is_template: true,
      region: 'ap-southeast-3',
      projectid: ACCOUNT.projectId,
      target_server_name: 'web-01',
      availability_zone: 'ap-southeast-3a',
      volumetype: 'SAS',
      flavor: 's6.large.2',
      vpc: { id: 'vpc-1', name: 'vpc-default', cidr: '192.168.0.0/16' },
      nics: [{ id: 'subnet-1', name: 'subnet-default', cidr: '192.168.0.0/24' }],
      security_groups: [{ id: 'group-1', name: 'default' }],
      publicip: { type: '5_bgp', bandwidth_size: 10, bandwidth_share_type: 'PER' },
      disk: [{ index: 0, name: 'sda', disktype: 'SAS', size: 40, device_use: 'OS' }],
      data_volume_type: 'SAS',
      image_id: 'image-1',
    },
  ],
  servers: [
    {
      id: SERVER,
      name: 'web-01-target',
      floatingIps: ['10.154.7.9'],
      disks: [
        { id: 'volume-os', sizeGb: 40 },
        { id: 'volume-data', sizeGb: 100 },
      ],
    },
  ],
  topics: [TOPIC],
  secrets: [{ name: STORED_SECRET, text: SECRET, versions: 2 }],
  agencies: [
    { id: 'a0c1b2d3000040008000000000000005', name: 'trusted', trusts: 'local' },
    {
      id: AGENCY,
      name: 'migrations',
      trusts: 'op_svc_cff',
      project: [{ id: 'p-dcs', name: 'DCS', statements: [{ actions: ['dcs:*:*'] }] }],
      global: [{ id: 'p-obs', name: 'OBS', statements: [{ actions: ['obs:*:*'], resources: ['OBS:*:*:bucket:x'] }] }],
      everywhere: [{ id: 'p-smn', name: 'SMN', statements: [] }],
    },
  ],
};
