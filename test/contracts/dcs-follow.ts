import { inspect } from 'node:util';
import type { DcsClientClass } from '../../lib/cloud/dcs/dcs-client.ts';
import { makeDcsFollow } from '../../lib/cloud/dcs/dcs-follow.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import type { DcsFollow } from '../../lib/ports/dcs.ts';
import { ScriptedCloud } from '../fakes/scripted-cloud.ts';
import { changingCall, idInPath } from './changing-call.ts';
import { PROJECT_ID, SCRIPTED_SK, scriptedOptions } from './scripted-options.ts';

const ID = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const ROOT = `/v2/${PROJECT_ID}`;
const GONE = { status: 400, json: { error_code: 'DCS.4133', error_msg: 'Instance job is not found.' } };

/** What every `DcsFollow` over the SDK does, whichever client makes its requests. */
export function dcsFollowContract(name: string, loadClient: () => Promise<DcsClientClass>): void {
  describe(name, () => {
    const cloud = new ScriptedCloud(SCRIPTED_SK);
    let dcs: DcsFollow;

    beforeAll(() => cloud.start());
    afterAll(() => cloud.stop());
    beforeEach(() => {
      cloud.reset();
      dcs = makeDcsFollow({ ...scriptedOptions(cloud), projectId: PROJECT_ID, loadClient });
    });

    it('lists the tasks of the project, all pages, without a filter', async () => {
      const row = { task_id: 'a', task_name: 'n', status: 'FAILED', error_message: 'password: hunter2 is wrong' };
      cloud.respondWith({ status: 200, json: { count: 1, migration_tasks: [row] } });
      cloud.respondWith({ status: 200, json: { count: 1, migration_tasks: [] } });

      await expect(dcs.listAllMigrationTasks()).resolves.toEqual([
        { id: 'a', name: 'n', status: 'FAILED', errorMessage: 'password: *** is wrong' },
      ]);
      expect(cloud.seen.map(({ path, query, signed }) => ({ path, query, signed }))).toEqual([
        { path: `${ROOT}/migration-tasks`, query: { offset: '0', limit: '1000' }, signed: true },
        { path: `${ROOT}/migration-tasks`, query: { offset: '1', limit: '1000' }, signed: true },
      ]);
    });

    it('configures a task with the revealed passwords', async () => {
      cloud.respondWith({ status: 200, json: { id: ID, name: 'n', status: 'FULLMIGRATING', error: '' } });
      const body = {
        migration_method: 'full_amount_migration',
        target_instance: { id: 'i', password: new Secret('Redis!Pass-1') },
      };

      await expect(dcs.setOnlineMigrationTask(ID, body)).resolves.toEqual({ status: 'FULLMIGRATING' });
      expect(cloud.seen).toMatchObject([
        {
          method: 'POST',
          path: `${ROOT}/migration/${ID}/task`,
          body: {
            migration_method: 'full_amount_migration',
            target_instance: { id: 'i', password: 'Redis!Pass-1' },
          },
          signed: true,
        },
      ]);
    });

    it('reports an unknown outcome if the response has an error of the task, and repeats no password', async () => {
      cloud.respondWith({ status: 200, json: { id: ID, status: 'FAILED', error: 'wrong: Redis!Pass-1' } });

      const failed = dcs.setOnlineMigrationTask(ID, { target_instance: { password: new Secret('Redis!Pass-1') } });

      await expect(failed).rejects.toMatchObject({
        outcome: 'unknown',
        cloudCode: 'task_error',
        cloudMessage: 'wrong: ***',
      });
    });

    it('never sends a reference to a secret instead of the secret', async () => {
      const body = { target_instance: { password: { user_data: 'CACHE_PASSWORD' } } };

      await expect(dcs.setOnlineMigrationTask(ID, body)).rejects.toMatchObject({ outcome: 'not_sent' });
      expect(cloud.seen).toEqual([]);
    });

    it.each([
      [{ job_id: ID, status: 'RUNNING', fail_reason: '' }, { status: 'RUNNING' }],
      [
        { job_id: ID, status: 'FAIL', fail_reason: 'no address left' },
        { status: 'FAIL', failReason: 'no address left' },
      ],
    ])('shows the job %j', async (json, job) => {
      cloud.respondWith({ status: 200, json });

      await expect(dcs.showJob(ID)).resolves.toEqual(job);
      expect(cloud.seen).toMatchObject([{ method: 'GET', path: `${ROOT}/jobs/${ID}`, signed: true }]);
    });

    it('fails on a job without a status', async () => {
      cloud.respondWith({ status: 200, json: { job_id: ID } });

      await expect(dcs.showJob(ID)).rejects.toMatchObject({ outcome: 'unknown', cloudCode: 'no_status' });
    });

    it.each([
      [
        'numbers',
        {
          full_migration_progress: 50,
          offset: 0,
          source_dbsize: 10,
          target_dbsize: 5,
          target_input_kbps: 1.5,
          target_ops: 7,
        },
      ],
      [
        'texts',
        {
          full_migration_progress: '50',
          offset: '0',
          source_dbsize: '10',
          target_dbsize: '5',
          target_input_kbps: '1.5',
          target_ops: '7',
        },
      ],
    ])('shows figures that come as %s', async (_, json) => {
      cloud.respondWith({ status: 200, json: { ...json, is_migrating: true } });

      await expect(dcs.showStats(ID)).resolves.toEqual({
        fullProgress: 50,
        offset: 0,
        sourceKeys: 10,
        targetKeys: 5,
        inputKbps: 1.5,
        opsPerSecond: 7,
      });
      expect(cloud.seen).toMatchObject([{ method: 'GET', path: `${ROOT}/migration-task/${ID}/stats`, signed: true }]);
    });

    it('leaves out invalid figures: a missing offset is not the offset 0', async () => {
      cloud.respondWith({
        status: 200,
        json: { offset: '', source_dbsize: null, target_dbsize: 'many', target_ops: 7 },
      });

      await expect(dcs.showStats(ID)).resolves.toEqual({ opsPerSecond: 7 });
    });

    it.each([
      ['a task that is gone', GONE],
      ['a task in a state without figures', { status: 400, json: { error_code: 'DCS.4957', error_msg: 'state' } }],
      ['a response without figures', { status: 200, json: { is_migrating: false } }],
    ])('has no figures for %s', async (_, script) => {
      cloud.respondWith(script);

      await expect(dcs.showStats(ID)).resolves.toBeUndefined();
    });

    it('does not mistake a refusal for a task without figures', async () => {
      cloud.respondWith({ status: 403, json: { error_code: 'DCS.2007', error_msg: 'policy' } });

      await expect(dcs.showStats(ID)).rejects.toMatchObject({ outcome: 'rejected', cloudCode: 'DCS.2007' });
    });

    it('lists the messages of the error log, newest first, from all pages', async () => {
      const entry = (at: string, message: string) => ({ created_at: at, log_level: 'ERROR', message });
      cloud.respondWith({
        status: 200,
        json: {
          log_num: 3,
          migration_logs: [entry('2026-01-31T09:00:00.000Z', 'a'), entry('2026-01-31T09:00:02.000Z', 'b')],
        },
      });
      cloud.respondWith({
        status: 200,
        json: { log_num: 3, migration_logs: [entry('2026-01-31T09:00:01.000Z', 'token=hunter2')] },
      });

      await expect(dcs.listErrorLogs(ID)).resolves.toEqual(['b', 'token=***', 'a']);
      expect(cloud.seen).toMatchObject([
        {
          path: `${ROOT}/migration-task/${ID}/logs`,
          query: { offset: '0', limit: '100', log_level: 'ERROR' },
          signed: true,
        },
        { query: { offset: '2', limit: '100', log_level: 'ERROR' } },
      ]);
    });

    it('returns the newest 20 messages of a log with 21', async () => {
      const migration_logs = Array.from({ length: 21 }, (_, i) => ({
        created_at: `2026-01-31T09:00:${String(i + 10)}.000Z`,
        message: `m${i}`,
      }));
      cloud.respondWith({ status: 200, json: { migration_logs } }, { status: 200, json: { migration_logs: [] } });

      const messages = await dcs.listErrorLogs(ID);

      expect(messages).toHaveLength(20);
      expect(messages.at(0)).toBe('m20');
      expect(messages.at(-1)).toBe('m1');
    });

    it.each([
      ['an empty log', { status: 200, json: { log_num: 0, migration_logs: [] } }],
      ['no log', { status: 200, json: { log_num: 0, migration_logs: null } }],
      ['a task that is gone', GONE],
    ])('has no messages for %s', async (_, script) => {
      cloud.respondWith(script);

      await expect(dcs.listErrorLogs(ID)).resolves.toEqual([]);
      expect(cloud.seen).toHaveLength(1);
    });

    it('reads at most ten pages of an endless log', async () => {
      cloud.respondWith(
        ...Array.from({ length: 11 }, () => ({ status: 200, json: { migration_logs: [{ message: 'm' }] } })),
      );

      await expect(dcs.listErrorLogs(ID)).resolves.toHaveLength(10);
      expect(cloud.seen).toHaveLength(10);
    });

    it('stops a task without a body, and keeps nothing of the response, which contains passwords', async () => {
      cloud.respondWith({
        status: 200,
        json: { task_id: ID, status: 'TERMINATING', source_instance: { password: 'hunter2' } },
      });

      await expect(dcs.stopTask(ID)).resolves.toBeUndefined();
      expect(cloud.seen).toMatchObject([
        { method: 'POST', path: `${ROOT}/migration-task/${ID}/stop`, body: undefined, signed: true },
      ]);
      expect(inspect(dcs, { depth: 20, showHidden: true })).not.toContain('hunter2');
    });

    it('deletes a task with a body that names it', async () => {
      cloud.respondWith({ status: 200, json: { task_id_list: [ID] } });

      await expect(dcs.deleteTask(ID)).resolves.toBeUndefined();
      expect(cloud.seen).toMatchObject([
        { method: 'DELETE', path: `${ROOT}/migration-tasks/delete`, body: { task_id_list: [ID] }, signed: true },
      ]);
    });

    it.each([
      ['the list of deleted tasks is empty', { status: 200, json: { task_id_list: [] } }],
      ['the service reports that it does not exist', GONE],
    ])('counts a task as deleted if %s', async (_, script) => {
      cloud.respondWith(script);

      await expect(dcs.deleteTask(ID)).resolves.toBeUndefined();
    });

    it('does not count a running task as deleted', async () => {
      cloud.respondWith({ status: 400, json: { error_code: 'DCS.4957', error_msg: 'state' } });

      await expect(dcs.deleteTask(ID)).rejects.toMatchObject({ outcome: 'rejected', cloudCode: 'DCS.4957' });
    });

    changingCall('SetOnlineMigrationTask', cloud, () => dcs.setOnlineMigrationTask(ID, {}));
    changingCall('StopMigrationTask', cloud, () => dcs.stopTask(ID));
    changingCall('DeleteMigrationTask', cloud, () => dcs.deleteTask(ID));
    idInPath('SetOnlineMigrationTask', cloud, (id) => dcs.setOnlineMigrationTask(id, {}));
    idInPath('ShowJobInfo', cloud, (id) => dcs.showJob(id));
    idInPath('ShowMigrationTaskStats', cloud, (id) => dcs.showStats(id));
    idInPath('ListMigrationTaskLogs', cloud, (id) => dcs.listErrorLogs(id));
    idInPath('StopMigrationTask', cloud, (id) => dcs.stopTask(id));
    idInPath('DeleteMigrationTask', cloud, (id) => dcs.deleteTask(id));
  });
}
