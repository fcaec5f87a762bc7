import type { LocalTemplate } from '../../../src/cloud/sms/templates.ts';

/** A complete template, for one disk of at most 40 GB. */
export const TEMPLATE: LocalTemplate = {
  id: 'template-1',
  name: 'web',
  is_template: true,
  region: 'cn-south-1',
  projectid: 'p',
  target_server_name: 'web01',
  availability_zone: 'cn-south-1a',
  volumetype: 'SAS',
  flavor: 's6.large.2',
  vpc: { id: 'vpc-1', name: 'vpc-default', cidr: '192.168.0.0/16' },
  nics: [{ id: 'subnet-1', name: 'subnet-default', cidr: '192.168.0.0/24' }],
  security_groups: [{ id: 'group-1', name: 'default' }],
  publicip: { type: '5_bgp', bandwidth_size: 10, bandwidth_share_type: 'PER' },
  disk: [{ index: 0, name: 'sda', disktype: 'SAS', size: 40, device_use: 'OS' }],
  data_volume_type: 'SAS',
  image_id: 'image-1',
};
