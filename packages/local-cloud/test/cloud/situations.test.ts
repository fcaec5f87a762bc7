import { Clock } from '../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../src/cloud/local-cloud.ts';
import type { Account } from '../../src/cloud/operation.ts';
import { ACCOUNT, call } from './caller.ts';
import { SmsCaller } from './sms/sms-caller.ts';
import { TEMPLATE } from './sms/template.ts';

const BASE = `/v2/${ACCOUNT.projectId}`;
const CACHE = '11111111-1111-1111-1111-111111111111';
const OTHER = '22222222-2222-2222-2222-222222222222';
const AGENCY: Account = { ...ACCOUNT, accessKey: 'AK2', secretKey: 'SK2', securityToken: 'T', isAgency: true };
const ONLINE = {
  name: 'session-cache',
  vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
  subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
  security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
};

let cloud: LocalCloud;
beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT, AGENCY],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    instances: [
      { id: CACHE, name: 'cache', password: 'right' },
      { id: OTHER, name: 'other' },
    ],
    sources: [{ id: 'linux-1', name: 'web01', osType: 'LINUX' }],
    templates: [TEMPLATE],
  });
});
afterEach(() => cloud.close());

const importTo = (id: string, password?: string) =>
  call(cloud, 'POST', `${BASE}/migration-task`, {
    task_name: `import-${id.slice(0, 4)}`,
    migration_type: 'backupfile_import',
    migration_method: 'full_amount_migration',
    backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'dump.rdb' }] },
    target_instance: { id, ...(password && { password }) },
  });
const startImport = async () => {
  const { status, text } = await importTo(OTHER);
  if (status !== 200) throw new Error(text);
};
const startOnline = async (source: object = { addrs: '10.0.0.1:6379' }) => {
  const { json } = await call(cloud, 'POST', `${BASE}/migration/instance`, ONLINE);
  cloud.clock.advance(30_000);
  const configuration = {
    migration_method: 'full_amount_migration',
    resume_mode: 'auto',
    source_instance: source,
    target_instance: { id: OTHER },
  };
  const { status, text } = await call(cloud, 'POST', `${BASE}/migration/${json['instance_id']}/task`, configuration);
  if (status !== 200) throw new Error(text);
  return String(json['instance_id']);
};
const progress = async (id: string) =>
  (await call(cloud, 'GET', `${BASE}/migration-task/${id}/stats`)).json['full_migration_progress'];
const states = () => cloud.tasks().map(({ status }) => status);
const after = (ms: number) => {
  cloud.clock.advance(ms);
  return states();
};

describe('a task', () => {
  it('fails at its percentage, the next one only', async () => {
    cloud.active.add('task=fail,at=40');

    await startImport();
    expect(after(23_999)).toEqual(['MIGRATING']);
    expect(after(1)).toEqual(['FAILED']);
    await startImport();
    expect(after(60_000)).toEqual(['FAILED', 'SUCCESS']);
  });

  it('hangs at its percentage, and so does its progress', async () => {
    cloud.active.add('task=hang,at=40,name=session');

    const id = await startOnline();
    cloud.clock.advance(24_000);
    expect(await progress(id)).toBe(40);
    expect(after(86_400_000)).toEqual(['FULLMIGRATING']);
    expect(await progress(id)).toBe(40);
  });

  it('takes longer, with its progress', async () => {
    cloud.active.add('task=slow,by=3');

    const id = await startOnline();
    cloud.clock.advance(90_000);
    expect(await progress(id)).toBe(50);
    expect(after(89_999)).toEqual(['FULLMIGRATING']);
    expect(after(1)).toEqual(['SUCCESS']);
  });

  it.each([
    ['task=fail,which=running', 30_000, ['FAILED']],
    ['task=fail,which=running,at=75', 44_999, ['MIGRATING']],
    ['task=fail,which=running,at=75', 45_000, ['FAILED']],
    ['task=hang,which=running', 600_000, ['MIGRATING']],
    ['task=deleted,which=running', 30_000, []],
    ['task=released,which=running', 30_000, ['RELEASED']],
  ])('with %s, 30 s after its start, is after %i ms %j', async (fault, ms, wanted) => {
    await startImport();
    cloud.clock.advance(30_000);

    cloud.active.add(fault);
    expect(after(ms - 30_000)).toEqual(wanted);
    expect(cloud.active.list()).toEqual([]);
  });

  it('stops its progress where it is when it hangs while it runs', async () => {
    const id = await startOnline();
    cloud.clock.advance(18_000);

    cloud.active.add('task=hang,which=running');
    cloud.clock.advance(60_000);

    expect(await progress(id)).toBe(30);
  });

  it('is not affected by a fault for another stage or another name', async () => {
    for (const fault of ['task=fail,stage=full', 'task=fail,name=sessions', 'task=slow,stage=copy'])
      cloud.active.add(fault);

    await startImport();
    expect(after(60_000)).toEqual(['SUCCESS']);
    expect(cloud.active.list()).toHaveLength(3);
  });

  const sms = new SmsCaller(() => cloud);
  const copied = async (id: string) => {
    const { sub_tasks: rows } = (await sms.read(`tasks/${id}`)) as { sub_tasks: { name: string; progress: number }[] };
    return rows.find(({ name }) => name.startsWith('MIGRATE_'))?.progress;
  };

  it.each([
    ['task=hang,at=40', 'RUNNING', 40],
    ['task=fail,at=40', 'MIGRATE_FAIL', 40],
  ])('of SMS with %s is %s at the percentage of its copy', async (fault, state, at) => {
    cloud.active.add(fault);

    const id = await sms.create({ auto_start: true });
    expect(after(600_000)).toEqual([state]);
    expect(await copied(id)).toBe(at);
  });

  it('of SMS takes longer', async () => {
    cloud.active.add('task=slow,by=10');

    await sms.create({ auto_start: true });
    expect(after(601_999)).toEqual(['RUNNING']);
    expect(after(1)).toEqual(['SYNCING']);
  });

  it('of SMS fails while it runs', async () => {
    const id = await sms.create({ auto_start: true });
    cloud.clock.advance(2_000);
    cloud.active.add('task=fail,which=running,at=50');

    expect(after(60_000)).toEqual(['MIGRATE_FAIL']);
    expect(await copied(id)).toBe(50);
  });
});

describe('an instance', () => {
  const statusOf = async (id: string) => {
    const { status, json } = await call(cloud, 'GET', `${BASE}/instances/${id}`);
    return status === 200 ? json['status'] : status;
  };

  it.each([
    ['deleted', 404, 404],
    ['error', 'ERROR', 400],
    ['frozen', 'FROZEN', 400],
  ])('that is %s is shown so, refuses tasks, and comes back', async (kind, shown, refused) => {
    cloud.active.add(`instance=${kind},name=other`);

    expect([await statusOf(OTHER), await statusOf(CACHE)]).toEqual([shown, 'RUNNING']);
    expect((await importTo(OTHER)).status).toBe(refused);
    cloud.active.undo('1');
    expect(await statusOf(OTHER)).toBe('RUNNING');
    expect((await importTo(OTHER)).status).toBe(200);
  });

  it('takes its running tasks with it, at once or at a percentage', async () => {
    await startImport();
    cloud.active.add(`instance=error,name=${OTHER}`);
    expect(states()).toEqual(['FAILED']);
    cloud.active.clear();

    cloud.active.add('instance=deleted,at=40');
    await startImport();
    expect([after(23_999), await statusOf(OTHER)]).toEqual([['FAILED', 'MIGRATING'], 'RUNNING']);
    expect([after(1), await statusOf(OTHER)]).toEqual([['FAILED', 'FAILED'], 404]);
  });
});

describe('a password', () => {
  it('of an instance is refused until the fault is undone', async () => {
    cloud.active.add('password=refused,name=cache');

    expect((await importTo(CACHE, 'right')).json).toMatchObject({ error_code: 'DCS.4080' });
    cloud.active.clear();
    expect((await importTo(CACHE, 'right')).status).toBe(200);
  });

  it('of a source address is refused when the migration runs', async () => {
    cloud.active.add('password=refused,name=10.0.0.1:6379');

    await startOnline();
    expect(after(60_000)).toEqual(['FAILED']);
    const { json } = await call(cloud, 'GET', `${BASE}/migration-tasks`);
    expect(json['migration_tasks']).toMatchObject([
      { error_message: 'The source Redis 10.0.0.1:6379 refused the password (WRONGPASS).' },
    ]);
  });

  it('of another instance or address is not affected', async () => {
    cloud.active.add('password=refused,name=10.0.0.1:6380');

    expect((await importTo(CACHE, 'right')).status).toBe(200);
    await startOnline();
    expect(after(60_000)).toEqual(['SUCCESS', 'SUCCESS']);
  });
});

describe("the functions' keys", () => {
  const list = (account: Account) => call(cloud, 'GET', `${BASE}/migration-tasks`, undefined, { account });
  const show = (account: Account) => call(cloud, 'GET', `${BASE}/instances/${CACHE}`, undefined, { account });

  it('are refused with 401 when they are revoked, and those of people are not', async () => {
    cloud.active.add('keys=revoked');

    expect(await list(AGENCY)).toMatchObject({ status: 401, json: { error_code: 'APIGW.0301' } });
    expect((await list(ACCOUNT)).status).toBe(200);
    cloud.active.clear();
    expect((await list(AGENCY)).status).toBe(200);
  });

  it('are refused so many times', async () => {
    cloud.active.add('keys=revoked,times=2');

    expect([(await list(AGENCY)).status, (await list(AGENCY)).status, (await list(AGENCY)).status]).toEqual([
      401, 401, 200,
    ]);
  });

  it('lose one right, and those of people do not', async () => {
    cloud.active.add('right=revoked,action=dcs:migrationTask:*');

    expect((await list(AGENCY)).status).toBe(403);
    expect((await show(AGENCY)).status).toBe(200);
    expect((await list(ACCOUNT)).status).toBe(200);
  });
});
