import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { SmsCaller } from './sms-caller.ts';
import { TEMPLATE } from './template.ts';

let cloud: LocalCloud;
const sms = new SmsCaller(() => cloud);

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: 1769817600000 }),
    sources: [
      { id: 'linux-1', name: 'web-01', osType: 'LINUX', ip: '10.1.1.1', ipv6: 'fd00::1', migProjectId: 'project-1' },
      { id: 'linux-2', name: 'web-02', osType: 'LINUX', enterpriseProjectId: 'ep-1' },
      { id: 'away', name: 'away', osType: 'LINUX', connected: false },
      { id: 'checking', name: 'checking', osType: 'LINUX', state: 'unavailable' },
    ],
    templates: [TEMPLATE],
  });
});
afterEach(() => cloud.close());

const refused = { status: 400, json: { error_code: 'SMS.9001' } };
const cycle = async () => {
  const { state, migration_cycle: stage } = await sms.read('sources/linux-1');
  return [state, stage];
};

describe('ShowOverview', () => {
  const ZERO = {
    waiting: 0,
    replicate: 0,
    syncing: 0,
    stopped: 0,
    deleting: 0,
    cutovering: 0,
    unavailable: 0,
    stopping: 0,
    skipping: 0,
    finished: 0,
    initialize: 0,
    error: 0,
    cloning: 0,
    unconfigured: 0,
  };

  it('counts the sources by state; those without a target are unconfigured', async () => {
    expect(await sms.read('sources/overview')).toEqual({ ...ZERO, unconfigured: 3, unavailable: 1 });

    await sms.create();
    expect(await sms.read('sources/overview')).toEqual({ ...ZERO, unconfigured: 2, waiting: 1, unavailable: 1 });
    await sms.create({ source_server: { id: 'linux-2' }, auto_start: true });
    cloud.clock.advance(2_000);
    expect(await sms.read('sources/overview')).toMatchObject({ unconfigured: 1, waiting: 1, replicate: 1 });
  });

  it('is a source for no other operation', async () => {
    expect((await sms.send('DELETE', 'sources/overview')).json).toMatchObject({ error_code: 'SMS.7602' });
  });
});

describe('ListServers', () => {
  const ids = async (query: string) =>
    ((await sms.read(`sources?${query}`))['source_servers'] as { id: string }[]).map(({ id }) => id);

  it.each<[string, string[]]>([
    ['id=linux-2', ['linux-2']],
    ['name=web', ['linux-1', 'linux-2']],
    ['ip=10.1.1.1', ['linux-1']],
    ['ipv6=fd00%3A%3A1', ['linux-1']],
    ['migproject=project-1', ['linux-1']],
    ['state=unavailable', ['checking']],
    ['state=waiting', ['linux-1', 'linux-2', 'away']],
    ['migration_cycle=checking', ['checking']],
    ['migration_cycle=replicating', ['linux-1']],
    ['connected=false', ['away']],
    ['enterprise_project_id=ep-1', ['linux-2']],
    ['enterprise_project_id=0', ['linux-1', 'away', 'checking']],
    ['enterprise_project_id=all_granted_eps', ['linux-1', 'linux-2', 'away', 'checking']],
    ['is_consistency_result_exist=true', []],
    ['limit=1&offset=1', ['linux-2']],
    ['limit=0', ['linux-1', 'linux-2', 'away', 'checking']],
    ['name=web&connected=true&enterprise_project_id=ep-1', ['linux-2']],
  ])('finds by %s', async (query, found) => {
    if (query === 'migration_cycle=replicating') {
      await sms.create({ auto_start: true });
      cloud.clock.advance(2_000);
    }
    expect(await ids(query)).toEqual(found);
  });

  it('finds by the target', async () => {
    const id = await sms.syncing();
    const { vm_id: vmId } = (await sms.read(`tasks/${id}`))['target_server'] as Record<string, string>;
    expect(await ids(`vm_id=${vmId}`)).toEqual(['linux-1']);
    expect(await ids('vm_id=other')).toEqual([]);
  });

  it.each([
    'state=available',
    'migration_cycle=done',
    'connected=yes',
    'is_consistency_result_exist=1',
    'limit=201',
    'limit=a',
    'offset=65536',
    'ip=1&ip=2',
    'hostname=x',
  ])('refuses %s', async (query) => {
    expect(await sms.send('GET', `sources?${query}`)).toMatchObject(refused);
  });
});

describe('the stage of a source', () => {
  it('follows its task', async () => {
    expect(await cycle()).toEqual(['waiting', 'setting']);
    const id = await sms.create({ auto_start: true });
    expect(await cycle()).toEqual(['waiting', 'setting']);
    cloud.clock.advance(2_000);
    expect(await cycle()).toEqual(['replicate', 'replicating']);
    await sms.act(id, 'stop');
    expect(await cycle()).toEqual(['stopping', 'replicating']);
    cloud.clock.advance(5_000);
    expect(await cycle()).toEqual(['stopped', 'replicating']);
    await sms.act(id, 'start');
    cloud.clock.advance(62_000);
    expect(await cycle()).toEqual(['syncing', 'syncing']);
    await sms.act(id, 'test');
    expect(await cycle()).toEqual(['cutovering', 'cutovering']);
    cloud.clock.advance(10_000);
    expect(await cycle()).toEqual(['finished', 'cutovered']);
    await sms.act(id, 'clear');
    expect(await cycle()).toEqual(['cleared', 'cutovered']);
  });

  it('remains where the task failed', async () => {
    cloud.script({ stage: 'copy', outcome: 'fail' });
    await sms.create({ auto_start: true });
    cloud.clock.advance(62_000);
    expect(await cycle()).toEqual(['error', 'replicating']);
  });
});

describe('UpdateServerName', () => {
  it('changes the name and the migration project', async () => {
    const response = await sms.send('PUT', 'sources/linux-2', { name: 'renamed', migprojectid: 'project-2' });
    expect(response.status).toBe(200);
    expect(await sms.read('sources/linux-2')).toMatchObject({ name: 'renamed', enterprise_project_id: 'ep-1' });
    expect(await sms.read('sources?migproject=project-2')).toMatchObject({ count: 1 });
  });

  it.each<[string, unknown, string]>([
    ['a name that is a number', { name: 1 }, 'SMS.9001'],
    ['a long name', { name: 'x'.repeat(256) }, 'SMS.9001'],
    ['an unknown field', { ip: '10.1.1.2' }, 'SMS.9001'],
    ['an unknown disk', { name: 'other', disks: [{ id: 'd-1', need_migration: false }] }, 'SMS.9001'],
    ['an unknown volume group', { name: 'other', volume_groups: [{ id: 'v-1' }] }, 'SMS.9001'],
  ])('refuses %s', async (_name, body, code) => {
    expect(await sms.send('PUT', 'sources/linux-2', body)).toMatchObject({ status: 400, json: { error_code: code } });
    expect(await sms.read('sources/linux-2')).toMatchObject({ name: 'web-02' });
  });

  it('refuses an unknown source', async () => {
    expect((await sms.send('PUT', 'sources/x', { name: 'a' })).json).toMatchObject({ error_code: 'SMS.7602' });
  });
});

describe('DeleteServer and DeleteServers', () => {
  it('delete the record, not the task', async () => {
    const id = await sms.create();
    expect((await sms.send('DELETE', 'sources/linux-1')).status).toBe(200);
    expect((await sms.send('GET', 'sources/linux-1')).json).toMatchObject({ error_code: 'SMS.7602' });
    expect(await sms.read(`tasks/${id}`)).toMatchObject({ source_server: { id: 'linux-1', state: 'unavailable' } });

    expect((await sms.send('POST', 'sources/delete', { ids: ['linux-2', 'away'] })).status).toBe(200);
    expect((await sms.read('sources'))['count']).toBe(1);
  });

  it('delete nothing if one is unknown or being migrated', async () => {
    await sms.create({ auto_start: true });
    cloud.clock.advance(2_000);
    expect((await sms.send('DELETE', 'sources/linux-1')).json).toMatchObject({ error_code: 'SMS.7719' });
    const remove = (ids: unknown) => sms.send('POST', 'sources/delete', { ids });
    expect((await remove(['linux-2', 'linux-1'])).json).toMatchObject({ error_code: 'SMS.7719' });
    expect((await remove(['linux-2', 'x'])).json).toMatchObject({ error_code: 'SMS.7602' });
    expect(await remove([])).toMatchObject(refused);
    expect(await remove([1])).toMatchObject(refused);
    expect((await sms.read('sources'))['count']).toBe(4);
  });
});

describe('ListErrorServers', () => {
  const failed = { error_json: '{"error_code":"SMS.0805","error_param":[]}' };

  it('lists the tasks that failed', async () => {
    expect(await sms.read('errors?offset=0')).toEqual({ count: 0, migration_errors: [] });
    cloud.script({ stage: 'copy', outcome: 'fail' });
    await sms.create({ auto_start: true, migration_ip: '10.0.0.9' });
    await sms.create({ auto_start: true, source_server: { id: 'linux-2' } });
    cloud.clock.advance(62_000);

    const row = {
      ...failed,
      host_name: 'web-01',
      name: 'web-01',
      source_id: 'linux-1',
      source_ip: '10.1.1.1',
      target_ip: '10.0.0.9',
    };
    expect(await sms.read('errors?offset=0')).toEqual({ count: 1, migration_errors: [row] });
    expect(await sms.read('errors?offset=1&limit=100')).toEqual({ count: 1, migration_errors: [] });
    expect(await sms.read('errors?offset=0&enterprise_project_id=ep-1')).toMatchObject({ count: 0 });
  });

  it.each(['', '?limit=1', '?offset=0&limit=101', '?offset=-1', '?offset=65536', '?offset=0&name=x'])(
    'refuses the query "%s"',
    async (query) => {
      expect(await sms.send('GET', `errors${query}`)).toMatchObject(refused);
    },
  );
});
