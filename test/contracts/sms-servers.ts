import type { SmsClientClass } from '../../lib/cloud/sms/sms-client.ts';
import { makeSmsServers } from '../../lib/cloud/sms/sms-servers.ts';
import type { SmsServers } from '../../lib/ports/sms.ts';
import { type Script, ScriptedCloud } from '../fakes/scripted-cloud.ts';
import { idInPath } from './changing-call.ts';
import { SCRIPTED_SK, scriptedOptions } from './scripted-options.ts';

const ID = '7b1f8a58-1b5c-4a0e-9d5e-2f1f0f6f3c11';
const DISK = { name: '/dev/vda', size: 42949672960, used_size: 8589934592, device_use: 'OS', physical_volumes: [] };
const TEMPLATE = {
  id: 't-1',
  name: 'web',
  region: 'cn-south-1',
  projectid: 'p-1',
  target_server_name: 'web01',
  vpc: { id: 'v', name: 'v', cidr: '192.168.0.0/16' },
  nics: [{ id: 'n', name: 'n', cidr: '192.168.1.0/24' }],
  security_groups: [{ id: 's', name: 's' }],
  publicip: { type: '5_bgp', bandwidth_size: 5 },
  disk: [
    { index: 1, name: 'b', size: 100 },
    { index: 0, name: 'a', size: '40' },
  ],
  image_id: 'i',
  target_password: 'hunter2',
};

/** What every `SmsServers` over the SDK does, whichever client makes its requests. */
export function smsServersContract(name: string, loadClient: () => Promise<SmsClientClass>): void {
  describe(name, () => {
    const cloud = new ScriptedCloud(SCRIPTED_SK);
    let sms: SmsServers;

    beforeAll(() => cloud.start());
    afterAll(() => cloud.stop());
    beforeEach(() => {
      cloud.reset();
      sms = makeSmsServers({ ...scriptedOptions(cloud), loadClient });
    });

    const json = (text: string): Script => ({ status: 200, text, headers: { 'content-type': 'application/json' } });

    it('reads a source server, with its lists unchanged', async () => {
      cloud.respondWith({
        status: 200,
        json: {
          id: ID,
          name: 'web',
          hostname: 'web.local',
          os_type: 'LINUX',
          state: 'waiting',
          connected: true,
          firmware: 'UEFI',
          init_target_server: { disks: [{ ...DISK, size: 42949672961 }], volume_groups: [{ name: 'vg' }] },
          disks: [DISK],
          volume_groups: [],
          btrfs_list: [{ subvolumn: [] }],
          current_task: { id: 'task-1', name: 'mig', state: 'READY', type: 'MIGRATE_FILE' },
          checks: [
            { id: 1, name: 'OS', result: 'OK' },
            {
              id: 2,
              name: 'RSYNC',
              result: 'ERROR',
              error_code: 'SMS.6511',
              error_or_warn: 'no rsync',
              error_params: 'rsync',
            },
          ],
        },
      });

      await expect(sms.showServer(ID)).resolves.toEqual({
        id: ID,
        name: 'web',
        hostname: 'web.local',
        osType: 'LINUX',
        state: 'waiting',
        connected: true,
        firmware: 'UEFI',
        initTargetServer: { disks: [{ ...DISK, size: 42949672961 }], volumeGroups: [{ name: 'vg' }] },
        disks: [DISK],
        volumeGroups: [],
        btrfsList: [{ subvolumn: [] }],
        currentTask: { id: 'task-1', name: 'mig', state: 'READY' },
        checks: [
          { name: 'OS', result: 'OK' },
          { name: 'RSYNC', result: 'ERROR', message: 'SMS.6511 no rsync rsync' },
        ],
      });
      expect(cloud.seen).toMatchObject([{ method: 'GET', path: `/v3/sources/${ID}`, query: {}, signed: true }]);
    });

    it('leaves out missing fields', async () => {
      cloud.respondWith({ status: 200, json: { id: ID, disks: null, current_task: {}, init_target_server: null } });

      await expect(sms.showServer(ID)).resolves.toEqual({
        id: ID,
        name: '',
        osType: '',
        state: '',
        connected: false,
        initTargetServer: { disks: [], volumeGroups: [] },
        disks: [],
        volumeGroups: [],
        btrfsList: [],
        checks: [],
      });
    });

    it('accepts the largest size that can be represented exactly', async () => {
      cloud.respondWith(json(`{"id":"${ID}","disks":[{"size":9007199254740991}]}`));

      await expect(sms.showServer(ID)).resolves.toMatchObject({ disks: [{ size: 9007199254740991 }] });
    });

    it.each(['9007199254740992', '9007199254740993', '9223372036854775807', '-9007199254740993', '1e400'])(
      'refuses a response with the size %s, and rounds nothing',
      async (size) => {
        cloud.respondWith(json(`{"id":"${ID}","disks":[{"name":"\\"9223372036854775807","size":${size}}]}`));

        await expect(sms.showServer(ID)).rejects.toMatchObject({
          outcome: 'unknown',
          temporary: false,
          cloudCode: 'inexact_number',
          cloudMessage: `the response has a number that can't be represented exactly: ${size}`,
        });
        expect(cloud.seen).toHaveLength(1);
      },
    );

    it.each([
      ['SMS.7602', { status: 400, json: { error_code: 'SMS.7602', error_msg: 'no source' } }],
      ['a 404 of SMS', { status: 404, json: { error_code: 'SMS.0001', error_msg: 'none' } }],
    ])('finds no server if the response is %s', async (_, script) => {
      cloud.respondWith(script);

      await expect(sms.showServer(ID)).resolves.toBeUndefined();
    });

    it.each([
      ['a 404 from the gateway', { status: 404, json: { error_code: 'APIGW.0101', error_msg: 'no such API' } }],
      ['a 404 from something in between', { status: 404, text: '<html>' }],
      ['another refusal', { status: 400, json: { error_code: 'SMS.9001', error_msg: 'bad' } }],
    ])('does not mistake %s for a missing server', async (_, script) => {
      cloud.respondWith(script);

      await expect(sms.showServer(ID)).rejects.toMatchObject({ outcome: 'rejected' });
    });

    it.each([
      ['has no id', { name: 'web' }],
      ['has disks that are not a list', { id: ID, disks: {} }],
      ['has a disk that is not an object', { id: ID, init_target_server: { disks: ['/dev/vda'] } }],
    ])('fails on a response that %s', async (_, json) => {
      cloud.respondWith({ status: 200, json });

      await expect(sms.showServer(ID)).rejects.toMatchObject({ outcome: 'unknown', temporary: false });
    });

    it('reads a template without its password, with its disks in order of index', async () => {
      cloud.respondWith({ status: 200, json: { template: TEMPLATE } });

      await expect(sms.showTemplate('t-1')).resolves.toEqual({
        id: 't-1',
        name: 'web',
        region: 'cn-south-1',
        projectId: 'p-1',
        targetServerName: 'web01',
        hasPublicIp: true,
        disks: [{ sizeGb: 40 }, { sizeGb: 100 }],
        incomplete: [],
      });
      expect(cloud.seen).toMatchObject([{ method: 'GET', path: '/v3/vm/templates/t-1', signed: true }]);
    });

    it.each([
      ['no fields', {}, ['vpc.id', 'vpc.cidr', 'nics', 'security_groups', 'image_id']],
      [
        'half a network',
        { ...TEMPLATE, vpc: { id: 'v' }, nics: [{ id: 'n', name: 'n' }], security_groups: [{ id: 's' }], image_id: '' },
        ['vpc.cidr', 'nics[0].cidr', 'security_groups[0].name', 'image_id'],
      ],
      [
        'a network that SMS makes',
        {
          ...TEMPLATE,
          vpc: { id: 'autoCreate' },
          nics: [{ id: 'autoCreate' }],
          security_groups: [{ id: 'autoCreate' }],
        },
        [],
      ],
    ])('lists what is missing in a template with %s', async (_, template, incomplete) => {
      cloud.respondWith({ status: 200, json: { template: { ...template, id: 't-1', publicip: {} } } });

      await expect(sms.showTemplate('t-1')).resolves.toMatchObject({ hasPublicIp: false, incomplete });
    });

    it('finds no template if the service responds with SMS.7101', async () => {
      cloud.respondWith({ status: 400, json: { error_code: 'SMS.7101', error_msg: 'no template' } });

      await expect(sms.showTemplate('t-1')).resolves.toBeUndefined();
    });

    it('fails on a response without a template', async () => {
      cloud.respondWith({ status: 200, json: { id: 't-1' } });

      await expect(sms.showTemplate('t-1')).rejects.toMatchObject({ outcome: 'unknown', cloudCode: 'no_template' });
    });

    idInPath('ShowServer', cloud, (id) => sms.showServer(id));
    idInPath('ShowTemplate', cloud, (id) => sms.showTemplate(id));
  });
}
