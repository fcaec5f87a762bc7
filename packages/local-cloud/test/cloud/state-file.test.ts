import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Clock } from '../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from './caller.ts';
import { migrate } from './dcs/dcs-caller.ts';

const PASSWORD = { password: 'target-secret' };
const INSTANCE = { id: '11111111-1111-1111-1111-111111111111', name: 'cache', ...PASSWORD };
const IMPORT = {
  task_name: 'restore-staging',
  migration_type: 'backupfile_import',
  migration_method: 'full_amount_migration',
  backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'dump.rdb' }] },
  target_instance: { id: INSTANCE.id, password: INSTANCE.password },
};

let folder: string;
let stateFile: string;
let cloud: LocalCloud | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-cloud-'));
  stateFile = join(folder, 'deep', 'tasks.json');
});
afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
  await rm(folder, { recursive: true });
});

const start = async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    instances: [INSTANCE],
    clock: new Clock({ frozenAt: 0 }),
    stateFile,
  });
  return cloud;
};

describe('the state file', () => {
  it('restores tasks after a restart, and they continue', async () => {
    const first = await start();
    const { json } = await call(first, 'POST', `/v2/${ACCOUNT.projectId}/migration-task`, IMPORT);
    await first.close();

    const second = await start();

    expect(second.tasks()).toMatchObject([{ id: json['id'], name: 'restore-staging', status: 'MIGRATING' }]);
    second.clock.advance(60_000);
    expect(second.tasks()).toMatchObject([{ status: 'SUCCESS' }]);
  });

  it('keeps how far a clock was moved, also if nothing happened meanwhile', async () => {
    const options = { accounts: [ACCOUNT], stateFile };
    const first = await startLocalCloud(options);
    await first.clock.forward(86_400_000);
    const moved = first.clock.offsetMs;
    await first.close();

    cloud = await startLocalCloud(options);

    // A day, less the real time that the move took.
    expect(moved).toBeGreaterThan(86_000_000);
    expect(cloud.clock.offsetMs).toBe(moved);
  });

  it('keeps what a clock that runs faster has gained until the last call', async () => {
    const options = { accounts: [ACCOUNT], stateFile };
    const first = await startLocalCloud(options);
    first.clock.setRate(100);
    while (first.clock.offsetMs === 0) await nextTurn();
    await first.clock.during(async () => undefined);
    const before = first.clock.offsetMs;
    await first.close();

    cloud = await startLocalCloud(options);

    expect(before).toBeGreaterThan(0);
    expect(cloud.clock.offsetMs).toBeGreaterThanOrEqual(before);
    expect(cloud.clock.rate).toBe(1);
  });

  it('keeps what a clock that runs faster has gained when it ends, also if nothing was called', async () => {
    const options = { accounts: [ACCOUNT], stateFile };
    const first = await startLocalCloud(options);
    first.clock.setRate(100);
    while (first.clock.offsetMs < 1_000) await nextTurn();
    await first.close();
    const ended = first.clock.offsetMs;

    cloud = await startLocalCloud(options);

    expect(ended).toBeGreaterThanOrEqual(1_000);
    expect(cloud.clock.offsetMs).toBe(ended);
  });

  it('keeps the time of a clock that was advanced, so that the tasks are listed and continue', async () => {
    const first = await start();
    first.clock.advance(86_400_000);
    await call(first, 'POST', `/v2/${ACCOUNT.projectId}/migration-task`, IMPORT);
    await first.close();

    const second = await start();

    expect(second.clock.now()).toBe(86_400_000);
    expect((await call(second, 'GET', `/v2/${ACCOUNT.projectId}/migration-tasks`)).json).toMatchObject({ count: 1 });
    second.clock.advance(60_000);
    expect(second.tasks()).toMatchObject([{ status: 'SUCCESS' }]);
  });

  it('restores backups and templates, and backups finish', async () => {
    const backups = `/v2/${ACCOUNT.projectId}/instances/${INSTANCE.id}/backups`;
    const first = await start();
    await call(first, 'POST', backups, { remark: 'run 1' });
    const template = { name: 'web', target_password: 'target-secret' };
    const { json } = await call(first, 'POST', '/v3/vm/templates', { template });
    await first.close();

    const second = await start();

    expect((await call(second, 'GET', `/v3/vm/templates/${json['id']}`)).json).toMatchObject({
      template: { name: 'web' },
    });
    second.clock.advance(305_000);
    expect((await call(second, 'GET', backups)).json).toMatchObject({
      backup_record_response: [{ remark: 'run 1', status: 'succeed' }],
    });
    expect(await readFile(stateFile, 'utf8')).not.toContain('target-secret');
  });

  it('restores what operations changed of instances, and their jobs finish', async () => {
    const first = await start();
    const at = `/v2/${ACCOUNT.projectId}/instances/${INSTANCE.id}`;
    const whitelist = `/v2/${ACCOUNT.projectId}/instance/${INSTANCE.id}/whitelist`;
    const login = async (cloudNow: LocalCloud) =>
      String((await call(cloudNow, 'POST', `${at}/webcli/auth`, { password: INSTANCE.password })).json['client_id']);
    const run = async (cloudNow: LocalCloud, command: string) => {
      const body = { client_id: await login(cloudNow), command };
      return (await call(cloudNow, 'POST', `${at}/webcli/command`, body)).json['response'];
    };
    await run(first, 'set kept 1');
    const groups = [{ group_name: 'a', ip_list: ['10.0.0.1'] }];
    await call(first, 'PUT', whitelist, { enable_whitelist: true, whitelist: groups });
    const backup = (await call(first, 'POST', `${at}/backups`, {})).json['backup_id'];
    first.clock.advance(305_000);
    await run(first, 'set late 1');
    await call(first, 'POST', `${at}/restores`, { backup_id: backup });
    await first.close();

    const second = await start();

    expect((await call(second, 'GET', at)).json['status']).toBe('RESTORING');
    second.clock.advance(65_000);
    expect((await call(second, 'GET', at)).json['status']).toBe('RUNNING');
    expect(await run(second, 'scan 0')).toBe('kept');
    expect((await call(second, 'GET', whitelist)).json['whitelist']).toEqual(groups);
    expect((await call(second, 'GET', `${at}/restores`)).json).toMatchObject({ total_num: 1 });
    expect(await readFile(stateFile, 'utf8')).not.toContain('target-secret');
  });

  it('restores the deletion of a backup that the instance had from the start', async () => {
    const open = async () => {
      const instances = [{ ...INSTANCE, backups: [{ id: 'b-1', status: 'succeed' as const }] }];
      cloud = await startLocalCloud({ accounts: [ACCOUNT], instances, clock: new Clock({ frozenAt: 0 }), stateFile });
      return cloud;
    };
    const backups = `/v2/${ACCOUNT.projectId}/instances/${INSTANCE.id}/backups`;
    const first = await open();
    expect((await call(first, 'DELETE', `${backups}/b-1`)).status).toBe(204);
    await first.close();

    expect((await call(await open(), 'GET', backups)).status).toBe(204);
  });

  it('restores an exchange of addresses, which is completed', async () => {
    const other = { id: '22222222-2222-2222-2222-222222222222', name: 'other', ip: '192.168.0.20', ...PASSWORD };
    const open = async () => {
      const instances = [INSTANCE, other];
      cloud = await startLocalCloud({ accounts: [ACCOUNT], instances, clock: new Clock({ frozenAt: 0 }), stateFile });
      return cloud;
    };
    const first = await open();
    const id = await migrate(first, { id: INSTANCE.id, ...PASSWORD }, { id: other.id, ...PASSWORD });
    await call(first, 'POST', `/v2/${ACCOUNT.projectId}/migration-task/${id}/exchange-ip`, {});
    await first.close();

    const second = await open();
    second.clock.advance(60_000);
    const task = await call(second, 'GET', `/v2/${ACCOUNT.projectId}/migration-task/${id}`);
    expect(task.json['task_status']).toBe('EXCHANGE_SUCCESS');
    await second.close();

    const third = await open();
    const shown = await call(third, 'GET', `/v2/${ACCOUNT.projectId}/instances/${INSTANCE.id}`);
    expect(shown.json['ip']).toBe('192.168.0.20');
  });

  it('can be older than the support for backups and templates', async () => {
    stateFile = join(folder, 'tasks.json');
    await writeFile(stateFile, '{"format":1,"dcs":[],"sms":[]}');

    expect((await start()).tasks()).toEqual([]);
  });

  it('contains no password', async () => {
    const first = await start();
    await call(first, 'POST', `/v2/${ACCOUNT.projectId}/migration-task`, IMPORT);

    expect(await readFile(stateFile, 'utf8')).not.toContain('target-secret');
  });

  it.each(['{', '{}', '[]', 'null'])('is refused when it contains %s', async (text) => {
    stateFile = join(folder, 'tasks.json');
    await writeFile(stateFile, text);

    await expect(start()).rejects.toThrow('not a state file of this version; delete it to start empty');
  });
});
