import { makeDcsService } from '../../lib/cloud/dcs/dcs.ts';
import type { DcsClientClass } from '../../lib/cloud/dcs/dcs-client.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import type { DcsService } from '../../lib/ports/dcs.ts';
import { ScriptedCloud } from '../fakes/scripted-cloud.ts';
import { PROJECT_ID, SCRIPTED_SK, scriptedOptions } from './scripted-options.ts';

const ID = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const BODY = {
  task_name: 'restore-staging-0123456789ab',
  migration_type: 'backupfile_import',
  target_instance: { id: ID, password: new Secret('Redis!Pass-1') },
};
const ROW = {
  task_id: ID,
  task_name: 'a task',
  status: 'MIGRATING',
  target_instance_id: 'i-1',
  created_at: '2021-06-16T06:12:55.508Z',
};

/** What every `DcsService` over the SDK does, whichever client makes its requests. */
export function dcsServiceContract(name: string, loadClient: () => Promise<DcsClientClass>): void {
  describe(name, () => {
    const cloud = new ScriptedCloud(SCRIPTED_SK);
    let dcs: DcsService;

    beforeAll(() => cloud.start());
    afterAll(() => cloud.stop());
    beforeEach(() => {
      cloud.reset();
      dcs = makeService(5_000);
    });

    const makeService = (remainingMs: number) =>
      makeDcsService({
        ...scriptedOptions(cloud),
        projectId: PROJECT_ID,
        remainingMs: () => remainingMs,
        loadClient,
      });

    it('creates a backup import with one signed request that contains the revealed password', async () => {
      cloud.respondWith({
        status: 200,
        json: { id: ID, name: 'dcs-1', status: 'MIGRATING', error: '' },
        headers: { 'x-request-id': 'req-1' },
      });

      const created = await dcs.createMigrationTask(BODY);

      expect(created).toEqual({ id: ID, status: 'MIGRATING', requestId: 'req-1' });
      expect(cloud.seen).toHaveLength(1);
      expect(cloud.seen[0]).toMatchObject({
        method: 'POST',
        path: '/v2/0123456789abcdef0123456789abcdef/migration-task',
        query: {},
        signed: true,
        headers: {
          'content-type': 'application/json',
          'x-project-id': '0123456789abcdef0123456789abcdef',
          'x-security-token': 'token-of-the-test',
          'user-agent': 'huaweicloud-migration-functions',
        },
        body: {
          task_name: 'restore-staging-0123456789ab',
          migration_type: 'backupfile_import',
          target_instance: { id: ID, password: 'Redis!Pass-1' },
        },
      });
    });

    it('creates an online migration and uses instance_id as the id', async () => {
      cloud.respondWith({ status: 200, json: { instance_id: ID, job_id: 'j' } });

      await expect(dcs.createOnlineMigrationTask({ name: 'move-cache' })).resolves.toEqual({ id: ID });
      expect(cloud.seen[0]).toMatchObject({
        method: 'POST',
        path: '/v2/0123456789abcdef0123456789abcdef/migration/instance',
        signed: true,
        body: { name: 'move-cache' },
      });
    });

    it('accepts an id of 32 hex digits without dashes', async () => {
      cloud.respondWith({ status: 200, json: { id: 'd2c8399fbdba43c180693ff17a1a79d5' } });

      await expect(dcs.createMigrationTask(BODY)).resolves.toEqual({ id: 'd2c8399fbdba43c180693ff17a1a79d5' });
    });

    it.each([
      ['an error text', { id: ID, status: 'MIGRATING', error: 'no memory' }, 'no memory'],
      ['a failed status', { id: ID, status: 'FAILED', error: '' }, 'status FAILED'],
    ])('reports a task that failed at once: %s', async (_case, json, error) => {
      cloud.respondWith({ status: 200, json });

      await expect(dcs.createMigrationTask(BODY)).resolves.toMatchObject({ id: ID, error });
    });

    it.each([
      ['200 without an id', { status: 200, json: { name: 'x' } }, 'no_task_id'],
      ['200 with an invalid id', { status: 200, json: { id: '../../x' } }, 'no_task_id'],
      ['204', { status: 204 }, 'no_content'],
      ['200 with HTML', { status: 200, text: '<html>id</html>' }, 'not_json'],
      [
        '200 with HTML called JSON',
        { status: 200, text: '<html>', headers: { 'content-type': 'application/json' } },
        'not_json',
      ],
      ['200 with JSON declared as HTML', { status: 200, text: `{"id":"${ID}"}` }, 'not_json'],
      ['200 with a JSON list', { status: 200, json: [ID] }, 'not_json'],
      ['a truncated 200', { cutJsonOf: 200 }, 'ECONNRESET'],
      ['a reset', 'reset' as const, 'ECONNRESET'],
      ['307', { status: 307, text: '', headers: { location: 'http://127.0.0.1:1/' } }, 'unknown'],
      ['408', { status: 408, text: '' }, 'unknown'],
      ['500 DCS.5000', { status: 500, json: { error_code: 'DCS.5000', error_msg: 'Internal' } }, 'DCS.5000'],
      ['502 HTML', { status: 502, text: '<html>' }, 'unknown'],
      [
        '504 APIGW.0201',
        { status: 504, json: { error_code: 'APIGW.0201', error_msg: 'Backend timeout.' } },
        'APIGW.0201',
      ],
    ])('reports an unknown outcome for a create after %s, and sends it once', async (_case, script, code) => {
      cloud.respondWith(script);

      await expect(dcs.createMigrationTask(BODY)).rejects.toMatchObject({
        name: 'CloudError',
        outcome: 'unknown',
        temporary: false,
        code,
      });
      expect(cloud.seen).toHaveLength(1);
    });

    it('reports an unknown outcome for a create without a response, before its deadline', async () => {
      cloud.respondWith('hang');

      await expect(makeService(1_700).createMigrationTask(BODY)).rejects.toMatchObject({
        outcome: 'unknown',
        temporary: false,
        cloudCode: 'ETIMEDOUT',
      });
    });

    it.each([
      [
        '400',
        { status: 400, json: { error_code: 'DCS.4062', error_msg: 'bad', error_ext_msg: null } },
        false,
        'DCS.4062',
      ],
      ['400 busy', { status: 400, json: { error_code: 'DCS.4026', error_msg: 'state' } }, true, 'DCS.4026'],
      [
        '400 busy, other family',
        { status: 400, json: { error_code: '111400026', error_msg: 'state' } },
        true,
        '111400026',
      ],
      [
        '401',
        { status: 401, json: { error_code: 'APIGW.0301', error_msg: 'x', request_id: 'r' } },
        false,
        'APIGW.0301',
      ],
      ['403', { status: 403, json: { error_code: 'DCS.2007', error_msg: 'policy' } }, false, 'DCS.2007'],
      ['404 v1', { status: 404, json: { error: { code: 'DCS.3022', message: 'gone' } } }, false, 'DCS.3022'],
      ['404 HTML', { status: 404, text: '<html>' }, false, 'rejected'],
      ['429', { status: 429, text: '' }, true, 'rejected'],
      ['429 throttled', { status: 429, json: { error_code: 'APIG.0308', error_msg: 'limit' } }, true, 'APIG.0308'],
      ['500 busy', { status: 500, json: { error_code: 'DCS.4069', error_msg: 'busy' } }, true, 'DCS.4069'],
    ])('is refused: %s', async (_case, script, temporary, code) => {
      cloud.respondWith(script);

      await expect(dcs.createMigrationTask(BODY)).rejects.toMatchObject({ outcome: 'rejected', temporary, code });
      expect(cloud.seen).toHaveLength(1);
    });

    it('reads the list until a page is empty, and keeps only the fields of a task', async () => {
      cloud.respondWith({
        status: 200,
        json: { count: 1, migration_tasks: [{ ...ROW, target_instance: { password: 'x' } }] },
      });
      cloud.respondWith({ status: 200, json: { count: 1, migration_tasks: [] } });

      await expect(dcs.listMigrationTasks("a b*'&c")).resolves.toEqual([
        { id: ID, name: 'a task', status: 'MIGRATING', targetInstanceId: 'i-1', createdAt: '2021-06-16T06:12:55.508Z' },
      ]);
      expect(cloud.seen).toMatchObject([
        { method: 'GET', signed: true, query: { offset: '0', limit: '100', name: "a b*'&c" } },
        { path: '/v2/0123456789abcdef0123456789abcdef/migration-tasks', signed: true, query: { offset: '1' } },
      ]);
    });

    it('finds no task in an empty list with one request', async () => {
      cloud.respondWith({ status: 200, json: { count: 0, migration_tasks: [] } });

      await expect(dcs.listMigrationTasks('a')).resolves.toEqual([]);
      expect(cloud.seen).toHaveLength(1);
    });

    it('fails on a response that is not a list: it proves nothing', async () => {
      cloud.respondWith({ status: 200, json: { count: 0 } });

      await expect(dcs.listMigrationTasks('a')).rejects.toMatchObject({ outcome: 'unknown', cloudCode: 'not_a_list' });
    });

    it.each([
      ['a reset', 'reset' as const],
      ['a truncated response', { cutJsonOf: 200 }],
      ['500', { status: 500, json: { error_code: 'DCS.5000' } }],
    ])('reads a list again after %s', async (_case, script) => {
      cloud.respondWith(script, { status: 200, json: { migration_tasks: [] } });

      await expect(dcs.listMigrationTasks('a')).resolves.toEqual([]);
      expect(cloud.seen).toHaveLength(2);
    });

    it('reads a list at most twice', async () => {
      cloud.respondWith(
        { status: 503, text: '' },
        { status: 503, text: '' },
        { status: 200, json: { migration_tasks: [] } },
      );

      await expect(dcs.listMigrationTasks('a')).rejects.toMatchObject({
        outcome: 'unknown',
        temporary: true,
        status: 503,
      });
      expect(cloud.seen).toHaveLength(2);
    });

    it('does not read a list again after a refusal', async () => {
      cloud.respondWith({ status: 403, json: { error_code: 'DCS.2007' } });

      await expect(dcs.listMigrationTasks('a')).rejects.toMatchObject({ outcome: 'rejected', cloudCode: 'DCS.2007' });
      expect(cloud.seen).toHaveLength(1);
    });
  });
}
