import type { DcsClientClass } from '../../lib/cloud/dcs/dcs-client.ts';
import { makeDcsInstances } from '../../lib/cloud/dcs/dcs-instances.ts';
import type { DcsInstances } from '../../lib/ports/dcs.ts';
import { ScriptedCloud } from '../fakes/scripted-cloud.ts';
import { changingCall, idInPath } from './changing-call.ts';
import { PROJECT_ID, SCRIPTED_SK, scriptedOptions } from './scripted-options.ts';

const ID = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const AT = `/v2/${PROJECT_ID}/instances/${ID}`;

/** What every `DcsInstances` over the SDK does, whichever client makes its requests. */
export function dcsInstancesContract(name: string, loadClient: () => Promise<DcsClientClass>): void {
  describe(name, () => {
    const cloud = new ScriptedCloud(SCRIPTED_SK);
    let dcs: DcsInstances;

    beforeAll(() => cloud.start());
    afterAll(() => cloud.stop());
    beforeEach(() => {
      cloud.reset();
      dcs = makeDcsInstances({ ...scriptedOptions(cloud), projectId: PROJECT_ID, loadClient });
    });

    it('reads an instance with one signed request, and keeps the fields that preflight needs', async () => {
      cloud.respondWith({
        status: 200,
        json: {
          instance_id: ID,
          name: 'staging',
          status: 'RUNNING',
          engine_version: '6.0',
          cache_mode: 'ha',
          max_memory: 1024,
          used_memory: 16,
          enable_ssl: true,
          no_password_access: 'false',
          access_user: 'someone',
        },
      });

      await expect(dcs.showInstance(ID)).resolves.toEqual({
        id: ID,
        name: 'staging',
        status: 'RUNNING',
        engineVersion: '6.0',
        cacheMode: 'ha',
        maxMemoryMb: 1024,
        usedMemoryMb: 16,
        sslEnabled: true,
        passwordFree: false,
      });
      expect(cloud.seen).toMatchObject([{ method: 'GET', path: AT, query: {}, body: undefined, signed: true }]);
    });

    it('accepts numbers as strings, and leaves out missing fields', async () => {
      cloud.respondWith({
        status: 200,
        json: { instance_id: ID, status: 'ERROR', max_memory: '1024', used_memory: '', no_password_access: 'true' },
      });

      await expect(dcs.showInstance(ID)).resolves.toEqual({
        id: ID,
        name: '',
        status: 'ERROR',
        maxMemoryMb: 1024,
        sslEnabled: false,
        passwordFree: true,
      });
    });

    it.each(['DCS.3022', '111404022'])('finds no instance if the service responds with %s', async (error_code) => {
      cloud.respondWith({ status: 404, json: { error_code, error_msg: 'This DCS instance does not exist.' } });

      await expect(dcs.showInstance(ID)).resolves.toBeUndefined();
    });

    it.each([
      ['another 404', { status: 404, json: { error_code: 'DCS.4001', error_msg: 'no such URL' } }],
      ['a 404 from the gateway', { status: 404, json: { error_code: 'APIGW.0101', error_msg: 'no such API' } }],
      ['a 404 from something in between', { status: 404, text: '<html>' }],
      ['a malformed id', { status: 400, json: { error_code: 'DCS.4061', error_msg: 'bad' } }],
    ])('does not mistake %s for a missing instance', async (_, script) => {
      cloud.respondWith(script);

      await expect(dcs.showInstance(ID)).rejects.toMatchObject({ outcome: 'rejected', temporary: false });
    });

    it('fails on a response that is not an instance', async () => {
      cloud.respondWith({ status: 200, json: {} });

      await expect(dcs.showInstance(ID)).rejects.toMatchObject({ outcome: 'unknown', cloudCode: 'no_instance' });
    });

    it('reads the backup records page by page until the last', async () => {
      const row = {
        backup_id: 'b-1',
        status: 'succeed',
        created_at: '2026-01-31T02:00:00.000Z',
        backup_format: 'rdb',
        size: 2048,
        remark: 'run 4f1c',
        period: null,
        error_code: {},
      };
      cloud.respondWith({
        status: 200,
        json: { total_num: 2, backup_record_response: [row, { backup_id: 'b-2', size: '7' }] },
      });
      cloud.respondWith({ status: 200, json: { total_num: 2, backup_record_response: [] } });

      await expect(dcs.listBackupRecords(ID)).resolves.toEqual([
        {
          id: 'b-1',
          status: 'succeed',
          createdAt: '2026-01-31T02:00:00.000Z',
          format: 'rdb',
          sizeBytes: 2048,
          remark: 'run 4f1c',
        },
        { id: 'b-2', status: '', createdAt: '', sizeBytes: 7 },
      ]);
      expect(cloud.seen).toMatchObject([
        { method: 'GET', path: `${AT}/backups`, query: { offset: '0', limit: '100' }, signed: true },
        { path: `${AT}/backups`, query: { offset: '2', limit: '100' }, signed: true },
      ]);
    });

    it('finds no backup record in a 204, with one request', async () => {
      cloud.respondWith({ status: 204 });

      await expect(dcs.listBackupRecords(ID)).resolves.toEqual([]);
      expect(cloud.seen).toHaveLength(1);
    });

    it('ends a list at a 204', async () => {
      cloud.respondWith({ status: 200, json: { backup_record_response: [{ backup_id: 'b-1' }] } }, { status: 204 });

      await expect(dcs.listBackupRecords(ID)).resolves.toHaveLength(1);
    });

    it.each([
      ['an empty 200', { status: 200, text: '' }],
      ['200 without the list', { status: 200, json: { total_num: 3 } }],
      ['a row without an id', { status: 200, json: { backup_record_response: [{}] } }],
    ])('fails on %s', async (_, script) => {
      cloud.respondWith(script);

      await expect(dcs.listBackupRecords(ID)).rejects.toMatchObject({ outcome: 'unknown' });
    });

    it('creates a backup with its remark', async () => {
      cloud.respondWith({ status: 200, json: { backup_id: 'b-1' } });

      await expect(dcs.copyInstance(ID, 'run 4f1c')).resolves.toEqual({ backupId: 'b-1' });
      expect(cloud.seen).toMatchObject([
        { method: 'POST', path: `${AT}/backups`, body: { remark: 'run 4f1c' }, signed: true },
      ]);
    });

    it('reports an unknown outcome for a backup without an id', async () => {
      cloud.respondWith({ status: 200, json: {} });

      await expect(dcs.copyInstance(ID, 'r')).rejects.toMatchObject({ outcome: 'unknown', cloudCode: 'no_backup_id' });
    });

    it('accepts a remark of 128 characters, and does not send one of 129', async () => {
      cloud.respondWith({ status: 200, json: { backup_id: 'b-1' } });

      await dcs.copyInstance(ID, 'x'.repeat(128));
      await expect(dcs.copyInstance(ID, 'x'.repeat(129))).rejects.toMatchObject({
        outcome: 'not_sent',
        cloudCode: 'bad_remark',
      });
      expect(cloud.seen).toHaveLength(1);
    });

    it('reports a transient failure if the instance is busy', async () => {
      cloud.respondWith({ status: 400, json: { error_code: 'DCS.4096', error_msg: 'backing up' } });

      await expect(dcs.copyInstance(ID, 'r')).rejects.toMatchObject({ outcome: 'rejected', temporary: true });
    });

    changingCall('CopyInstance', cloud, () => dcs.copyInstance(ID, 'r'));
    idInPath('ShowInstance', cloud, (id) => dcs.showInstance(id));
    idInPath('ListBackupRecords', cloud, (id) => dcs.listBackupRecords(id));
    idInPath('CopyInstance', cloud, (id) => dcs.copyInstance(id, 'r'));
  });
}
