import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';

const BASE = `/v1/${ACCOUNT.projectId}/cloudservers`;
const ID = '4d8c3732-a248-40ed-bebc-539a6ffd25c0';

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    servers: [
      {
        id: ID,
        name: 'web-01-target',
        fixedIps: ['192.168.0.25'],
        floatingIps: ['10.154.7.9'],
        metadata: { hw_firmware_type: 'uefi' },
        disks: [
          { id: 'volume-os', sizeGb: 40 },
          { id: 'volume-data', sizeGb: 100 },
        ],
      },
    ],
  });
});
afterEach(() => cloud.close());

describe('the local ECS', () => {
  it('shows a server with its addresses', async () => {
    expect((await call(cloud, 'GET', `${BASE}/${ID}`)).json).toMatchObject({
      server: {
        id: ID,
        name: 'web-01-target',
        status: 'ACTIVE',
        metadata: { os_type: 'Linux', hw_firmware_type: 'uefi' },
        addresses: {
          '5e37b3be-950a-48e1-b498-65b63d336481': [
            { addr: '192.168.0.25', version: '4', 'OS-EXT-IPS:type': 'fixed' },
            { addr: '10.154.7.9', version: '4', 'OS-EXT-IPS:type': 'floating' },
          ],
        },
      },
    });
  });

  it('lists its disks with boot index and size in GB, unordered', async () => {
    expect((await call(cloud, 'GET', `${BASE}/${ID}/block_device`)).json['volumeAttachments']).toEqual([
      {
        id: 'volume-data',
        volumeId: 'volume-data',
        serverId: ID,
        size: 100,
        device: '/dev/vdb',
        bootIndex: 1,
        pciAddress: '0000:02:02.0',
        bus: 'virtio',
      },
      {
        id: 'volume-os',
        volumeId: 'volume-os',
        serverId: ID,
        size: 40,
        device: '/dev/vda',
        bootIndex: 0,
        pciAddress: '0000:02:01.0',
        bus: 'virtio',
      },
    ]);
  });

  it.each(['', '/block_device'])(
    'returns Ecs.0114 in its own format for an unknown server: GET ...%s',
    async (path) => {
      expect(await call(cloud, 'GET', `${BASE}/x${path}`)).toMatchObject({
        status: 404,
        json: { error: { code: 'Ecs.0114', message: 'Instance[x] could not be found.' } },
      });
    },
  );

  it('refuses another project', async () => {
    const path = `/v1/ffffffffffffffffffffffffffffffff/cloudservers/${ID}`;
    expect(await call(cloud, 'GET', path)).toMatchObject({ status: 403, json: { error: { code: 'Ecs.0003' } } });
  });

  it('is affected only by a fault for its own ShowServer, and counted separately', async () => {
    cloud.faults.add({ operation: 'ShowServer', service: 'ECS', kind: 'error' });

    expect((await call(cloud, 'GET', '/v3/sources/x')).json).toMatchObject({ error_code: 'SMS.7602' });
    expect(await call(cloud, 'GET', `${BASE}/${ID}`)).toMatchObject({
      status: 500,
      json: { error: { code: 'Ecs.0002' } },
    });
    expect(cloud.requestsOf('ShowServer', 'ECS')).toHaveLength(1);
    expect(cloud.requestsOf('ShowServer')).toHaveLength(2);
  });

  it('shows a server that was added', async () => {
    cloud.setServer({ id: 'new', name: 'new', disks: [] });
    expect((await call(cloud, 'GET', `${BASE}/new`)).status).toBe(200);
  });
});
