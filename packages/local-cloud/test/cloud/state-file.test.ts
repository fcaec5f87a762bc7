import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from './caller.ts';

const INSTANCE = { id: '11111111-1111-1111-1111-111111111111', name: 'cache', password: 'target-secret' };
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
