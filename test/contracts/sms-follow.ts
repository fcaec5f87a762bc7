import type { SmsClientClass } from '../../lib/cloud/sms/sms-client.ts';
import { makeSmsFollow } from '../../lib/cloud/sms/sms-follow.ts';
import type { SmsFollow } from '../../lib/ports/sms.ts';
import { type Script, ScriptedCloud } from '../fakes/scripted-cloud.ts';
import { changingCall, idInPath } from './changing-call.ts';
import { SCRIPTED_SK, scriptedOptions } from './scripted-options.ts';

const ID = '7b1f8a58-1b5c-4a0e-9d5e-2f1f0f6f3c11';
const GONE: [string, Script][] = [
  ['SMS.7703', { status: 400, json: { error_code: 'SMS.7703', error_msg: 'no task' } }],
  ['a 404 of SMS', { status: 404, json: { error_code: 'SMS.0001', error_msg: 'none' } }],
];
/** Responses of operations whose API page shows no body. */
const WITHOUT_FIELDS: [string, Script][] = [
  ['204', { status: 204 }],
  ['an empty 200', { status: 200, text: '', headers: { 'content-type': 'application/json' } }],
  ['200 with {}', { status: 200, json: {} }],
  ['200 with an empty string', { status: 200, json: '' }],
  ['200 with null', { status: 200, json: null }],
];

/** What every `SmsFollow` over the SDK does, whichever client makes its requests. */
export function smsFollowContract(name: string, loadClient: () => Promise<SmsClientClass>): void {
  describe(name, () => {
    const cloud = new ScriptedCloud(SCRIPTED_SK);
    let sms: SmsFollow;

    beforeAll(() => cloud.start());
    afterAll(() => cloud.stop());
    beforeEach(() => {
      cloud.reset();
      sms = makeSmsFollow({ ...scriptedOptions(cloud), loadClient });
    });

    it('lists the tasks of the account, all pages, without a filter', async () => {
      cloud.respondWith({ status: 200, json: { count: 1, tasks: [{ id: ID, name: 'web_01', state: 'RUNNING' }] } });
      cloud.respondWith({ status: 200, json: { count: 1, tasks: [] } });

      await expect(sms.listAllTasks()).resolves.toEqual([{ id: ID, name: 'web_01', state: 'RUNNING' }]);
      expect(cloud.seen.map(({ path, query, signed }) => ({ path, query, signed }))).toEqual([
        { path: '/v3/tasks', query: { offset: '0', limit: '200' }, signed: true },
        { path: '/v3/tasks', query: { offset: '1', limit: '200' }, signed: true },
      ]);
    });

    it('reads a task with the subtask in progress', async () => {
      cloud.respondWith({
        status: 200,
        json: {
          id: ID,
          name: 'web_01',
          state: 'RUNNING',
          remain_seconds: 30,
          migrate_speed: 99.5,
          error_json: '',
          sub_tasks: [
            { id: 1, name: 'CREATE_CLOUD_SERVER', progress: 100, start_date: 1700000000000 },
            { id: 2, name: 'MIGRATE_LINUX_FILE', progress: 40, start_date: 1700000001000 },
            { id: 3, name: 'CONFIGURE_LINUX', progress: 0, start_date: null },
          ],
        },
      });

      await expect(sms.showTask(ID)).resolves.toEqual({
        id: ID,
        name: 'web_01',
        state: 'RUNNING',
        subtask: 'MIGRATE_LINUX_FILE',
        progress: 40,
        remainingSeconds: 30,
        speedMbps: 99.5,
      });
      expect(cloud.seen).toMatchObject([{ method: 'GET', path: `/v3/tasks/${ID}`, query: {}, signed: true }]);
    });

    it.each([
      ['none', [], {}],
      [
        'only complete ones',
        [
          { name: 'A', progress: 100 },
          { name: 'B', progress: 100 },
        ],
        { subtask: 'B', progress: 100 },
      ],
      [
        'only ones to come',
        [
          { name: 'A', progress: 0 },
          { name: 'B', progress: 0 },
        ],
        { subtask: 'A', progress: 0 },
      ],
      ['a progress of null', [{ name: 'A', progress: null, start_date: 1 }], { subtask: 'A' }],
      ['a progress above 100', [{ name: 'A', progress: 101, start_date: 1 }], { subtask: 'A' }],
    ])('shows a task whose subtasks are %s', async (_, sub_tasks, shown) => {
      cloud.respondWith({ status: 200, json: { id: ID, state: 'RUNNING', sub_tasks } });

      await expect(sms.showTask(ID)).resolves.toEqual({ id: ID, name: '', state: 'RUNNING', ...shown });
    });

    it.each([
      [
        '{"error_code":"SMS.0515","error_msg":"disk changed","error_param":["/dev/vda",2]}',
        { code: 'SMS.0515', message: 'disk changed', params: ['/dev/vda', '2'] },
      ],
      ['{"error_code":"SMS.0807","error_param":[]}', { code: 'SMS.0807' }],
      ['{"error_code":"SMS.0807","error_param":"10.0.0.1"}', { code: 'SMS.0807', params: ['10.0.0.1'] }],
      ['disk changed, password=hunter2', { message: 'disk changed, password=***' }],
    ])('reads the error %s', async (error_json, error) => {
      cloud.respondWith({ status: 200, json: { id: ID, state: 'MIGRATE_FAIL', error_json } });

      await expect(sms.showTask(ID)).resolves.toEqual({ id: ID, name: '', state: 'MIGRATE_FAIL', error });
    });

    it.each(['', '{}', '[]', 'null', null])('finds no error in %j', async (error_json) => {
      cloud.respondWith({ status: 200, json: { id: ID, state: 'READY', error_json } });

      await expect(sms.showTask(ID)).resolves.toEqual({ id: ID, name: '', state: 'READY' });
    });

    it.each(GONE)('finds no task if the response is %s', async (_, script) => {
      cloud.respondWith(script);

      await expect(sms.showTask(ID)).resolves.toBeUndefined();
    });

    it('fails on a task without a state', async () => {
      cloud.respondWith({ status: 200, json: { id: ID } });

      await expect(sms.showTask(ID)).rejects.toMatchObject({ outcome: 'unknown', cloudCode: 'no_task' });
    });

    it.each(['start', 'stop'] as const)('sends the operation %s', async (operation) => {
      cloud.respondWith({ status: 200, json: {} });

      await expect(sms.updateTaskStatus(ID, operation)).resolves.toBeUndefined();
      expect(cloud.seen).toMatchObject([
        { method: 'POST', path: `/v3/tasks/${ID}/action`, body: { operation }, signed: true },
      ]);
    });

    it.each(WITHOUT_FIELDS)('accepts %s as a successful start', async (_, script) => {
      cloud.respondWith(script);

      await expect(sms.updateTaskStatus(ID, 'start')).resolves.toBeUndefined();
    });

    it.each(GONE)('fails to start a task if the response is %s', async (_, script) => {
      cloud.respondWith(script);

      await expect(sms.updateTaskStatus(ID, 'start')).rejects.toMatchObject({ outcome: 'rejected' });
    });

    changingCall('UpdateTaskStatus', cloud, () => sms.updateTaskStatus(ID, 'start'));
    idInPath('ShowTask', cloud, (id) => sms.showTask(id));
    idInPath('UpdateTaskStatus', cloud, (id) => sms.updateTaskStatus(id, 'stop'));
  });
}
