import { makeEcsService } from '../../../lib/cloud/ecs.ts';
import type { EcsService } from '../../../lib/ports/ecs.ts';
import { idInPath } from '../../contracts/changing-call.ts';
import { PROJECT_ID, SCRIPTED_SK, scriptedOptions } from '../../contracts/scripted-options.ts';
import { ScriptedCloud } from '../../fakes/scripted-cloud.ts';

const ID = '998af54b-5762-4041-abc1-f98a2c27b3a2';
const AT = `/v1/${PROJECT_ID}/cloudservers/${ID}`;

describe('makeEcsService', () => {
  const cloud = new ScriptedCloud(SCRIPTED_SK);
  let ecs: EcsService;

  beforeAll(() => cloud.start());
  afterAll(() => cloud.stop());
  beforeEach(() => {
    cloud.reset();
    ecs = makeEcsService({ ...scriptedOptions(cloud), projectId: PROJECT_ID });
  });

  it('shows a server with its private and floating addresses', async () => {
    cloud.respondWith({
      status: 200,
      json: {
        server: {
          id: ID,
          name: 'web',
          status: 'SHUTOFF',
          addresses: {
            'vpc-1': [
              { addr: '192.168.0.5', version: '4', 'OS-EXT-IPS:type': 'fixed' },
              { addr: '203.0.113.7', version: '4', 'OS-EXT-IPS:type': 'floating' },
            ],
            'vpc-2': [{ addr: '10.0.0.5', version: '4', 'OS-EXT-IPS:type': 'fixed' }],
          },
          metadata: { hw_firmware_type: 'uefi' },
          'OS-EXT-SRV-ATTR:user_data': 'hunter2',
        },
      },
    });

    await expect(ecs.showServer(ID)).resolves.toEqual({
      id: ID,
      name: 'web',
      status: 'SHUTOFF',
      fixedIps: ['192.168.0.5', '10.0.0.5'],
      floatingIps: ['203.0.113.7'],
      firmware: 'UEFI',
    });
    expect(cloud.seen).toMatchObject([{ method: 'GET', path: AT, query: {}, signed: true }]);
  });

  it('omits the firmware when the response does not contain it', async () => {
    cloud.respondWith({ status: 200, json: { server: { id: ID, metadata: { hw_firmware_type: 'other' } } } });

    await expect(ecs.showServer(ID)).resolves.toEqual({ id: ID, name: '', status: '', fixedIps: [], floatingIps: [] });
  });

  it.each([
    ['a code of ECS', { error: { code: 'Ecs.0114', message: 'Instance could not be found.' } }],
    ['a fault of OpenStack', { itemNotFound: { code: 404, message: 'Instance could not be found.' } }],
  ])('treats a 404 with %s as a missing server', async (_, json) => {
    cloud.respondWith({ status: 404, json });

    await expect(ecs.showServer(ID)).resolves.toBeUndefined();
  });

  it.each([
    ['from the gateway', { status: 404, json: { error_code: 'APIGW.0101' } }],
    ['from elsewhere', { status: 404, text: '<html>' }],
  ])('does not treat a 404 %s as a missing server', async (_, script) => {
    cloud.respondWith(script);

    await expect(ecs.showServer(ID)).rejects.toMatchObject({ outcome: 'rejected', status: 404 });
  });

  it('fails on a response without a server', async () => {
    cloud.respondWith({ status: 200, json: { id: ID } });

    await expect(ecs.showServer(ID)).rejects.toMatchObject({ outcome: 'unknown', cloudCode: 'no_server' });
  });

  it('lists the disks in device order', async () => {
    const disk = (volumeId: string, bootIndex: number, device: string, size: number) => ({
      volumeId,
      id: volumeId,
      serverId: ID,
      bootIndex,
      device,
      size,
      bus: 'virtio',
    });
    cloud.respondWith({
      status: 200,
      json: {
        attachableQuantity: { free_disk: 21 },
        volumeAttachments: [
          disk('v-3', -1, '/dev/vdaa', 10),
          disk('v-2', -1, '/dev/vdb', 100),
          disk('v-1', 0, '/dev/vda', 40),
        ],
      },
    });

    await expect(ecs.listDisks(ID)).resolves.toEqual([
      { id: 'v-1', bootIndex: 0, device: '/dev/vda', sizeGb: 40 },
      { id: 'v-2', bootIndex: -1, device: '/dev/vdb', sizeGb: 100 },
      { id: 'v-3', bootIndex: -1, device: '/dev/vdaa', sizeGb: 10 },
    ]);
    expect(cloud.seen).toMatchObject([{ method: 'GET', path: `${AT}/block_device`, signed: true }]);
  });

  it('accepts an empty list for a server without disks', async () => {
    cloud.respondWith({ status: 200, json: { volumeAttachments: [] } });

    await expect(ecs.listDisks(ID)).resolves.toEqual([]);
  });

  it.each([
    ['no list', {}],
    ['a disk without a size', { volumeAttachments: [{ volumeId: 'v', device: '/dev/vda' }] }],
    ['a disk without an id', { volumeAttachments: [{ device: '/dev/vda', size: 40 }] }],
  ])('fails on a response with %s', async (_, json) => {
    cloud.respondWith({ status: 200, json });

    await expect(ecs.listDisks(ID)).rejects.toMatchObject({ outcome: 'unknown', cloudCode: 'not_a_list' });
  });

  idInPath('ShowServer', cloud, (id) => ecs.showServer(id));
  idInPath('ListServerBlockDevices', cloud, (id) => ecs.listDisks(id));
});
