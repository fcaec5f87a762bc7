import { makeSmsService } from '../../lib/cloud/sms/sms.ts';
import type { SmsClientClass } from '../../lib/cloud/sms/sms-client.ts';
import { ScriptedCloud } from '../fakes/scripted-cloud.ts';
import { SCRIPTED_SK, scriptedOptions } from './scripted-options.ts';

const ID = '7b1f8a58-1b5c-4a0e-9d5e-2f1f0f6f3c11';

/** What every `SmsService` over the SDK does, whichever client makes its requests. */
export function smsServiceContract(name: string, loadClient: () => Promise<SmsClientClass>): void {
  describe(name, () => {
    const cloud = new ScriptedCloud(SCRIPTED_SK);

    beforeAll(() => cloud.start());
    afterAll(() => cloud.stop());
    beforeEach(() => cloud.reset());

    const makeService = (domainId?: string) =>
      makeSmsService({ ...scriptedOptions(cloud), ...(domainId !== undefined && { domainId }), loadClient });

    it('creates a task with one signed request', async () => {
      cloud.respondWith({ status: 200, json: { id: ID }, headers: { 'x-request-id': 'req-1' } });

      const created = await makeService().createTask({ name: 'web_01', source_server: { id: 's' }, syncing: false });

      expect(created).toEqual({ id: ID, requestId: 'req-1' });
      expect(cloud.seen).toHaveLength(1);
      expect(cloud.seen[0]).toMatchObject({
        method: 'POST',
        path: '/v3/tasks',
        signed: true,
        body: { name: 'web_01', source_server: { id: 's' }, syncing: false },
      });
    });

    it('sends the account if it is given, and no such header otherwise', async () => {
      cloud.respondWith({ status: 200, json: { id: ID } }, { status: 200, json: { id: ID } });

      await makeService('0123456789abcdef0123456789abcdef').createTask({});
      await makeService().createTask({});

      expect(cloud.seen[0]?.headers['x-domain-id']).toBe('0123456789abcdef0123456789abcdef');
      expect(cloud.seen[0]?.signed).toBe(true);
      expect(cloud.seen[1]?.headers).not.toHaveProperty('x-domain-id');
      expect(cloud.seen[1]?.headers).not.toHaveProperty('x-project-id');
    });

    it('keeps all details of a refusal', async () => {
      cloud.respondWith({
        status: 403,
        json: {
          error_code: 'SMS.9004',
          error_msg: 'The current account does not have the permission to execute policy.',
          encoded_authorization_message: 'XXXXXX',
          error_param: ['sms:server:createTask'],
          details: [{ error_code: 'SMS.1', error_msg: 'lacks sms:server:createTask' }],
        },
        headers: { 'x-request-id': 'req-2' },
      });

      await expect(makeService().createTask({})).rejects.toMatchObject({
        service: 'SMS',
        operation: 'CreateTask',
        outcome: 'rejected',
        temporary: false,
        status: 403,
        cloudCode: 'SMS.9004',
        requestId: 'req-2',
        encodedAuthorizationMessage: 'XXXXXX',
        params: ['sms:server:createTask'],
        details: [{ code: 'SMS.1', message: 'lacks sms:server:createTask' }],
      });
    });

    it.each(['SMS.6520', 'SMS.6603'])('does not treat %s as temporary: somebody must start the Agent', async (code) => {
      cloud.respondWith({ status: 400, json: { error_code: code, error_msg: 'source not connected' } });

      await expect(makeService().createTask({})).rejects.toMatchObject({ outcome: 'rejected', temporary: false, code });
    });

    it.each([
      ['200 without an id', { status: 200, json: {} }],
      ['200 with an empty id', { status: 200, json: { id: '' } }],
      ['500', { status: 500, json: { error_code: 'SMS.9000', error_msg: 'x' } }],
      ['a reset', 'reset' as const],
    ])('reports an unknown outcome for a create after %s, and sends it once', async (_case, script) => {
      cloud.respondWith(script);

      await expect(makeService().createTask({})).rejects.toMatchObject({ outcome: 'unknown', temporary: false });
      expect(cloud.seen).toHaveLength(1);
    });

    it('reads the list of a source server until a page is empty', async () => {
      cloud.respondWith({
        status: 200,
        json: { count: 1, tasks: [{ id: ID, name: 'web_01', state: 'READY', priority: 1 }] },
      });
      cloud.respondWith({ status: 200, json: { count: 1, tasks: [] } });

      await expect(makeService().listTasks('src-1')).resolves.toEqual([{ id: ID, name: 'web_01', state: 'READY' }]);
      expect(cloud.seen).toMatchObject([
        { path: '/v3/tasks', signed: true, query: { source_server_id: 'src-1', offset: '0', limit: '100' } },
        { path: '/v3/tasks', signed: true, query: { source_server_id: 'src-1', offset: '1', limit: '100' } },
      ]);
    });

    it('fails on a row without an id', async () => {
      cloud.respondWith({ status: 200, json: { count: 1, tasks: [{ name: 'web_01' }] } });

      await expect(makeService().listTasks('src-1')).rejects.toMatchObject({
        outcome: 'unknown',
        cloudCode: 'not_a_list',
      });
    });
  });
}
