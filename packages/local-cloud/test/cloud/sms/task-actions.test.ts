import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';
import { SmsCaller } from './sms-caller.ts';
import { TEMPLATE } from './template.ts';

let cloud: LocalCloud;
const sms = new SmsCaller(() => cloud);

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    sources: [{ id: 'linux-1', name: 'web-01', osType: 'LINUX' }],
    templates: [TEMPLATE, { ...TEMPLATE, id: 'no-image', image_id: '' }],
  });
});
afterEach(() => cloud.close());

const refused = { status: 400, json: { error_code: 'SMS.9001', error_param: ['operation'] } };
const stateOf = async (id: string) => (await sms.read(`tasks/${id}`))['state'];
const sourceState = async () => (await sms.read('sources/linux-1'))['state'];
const cloneOf = async (id: string) => (await sms.read(`tasks/${id}`))['clone_server'];
const clone = (id: string, template = 'template-1') => sms.act(id, 'clone_test', { template_id: template });

describe('clone_test', () => {
  it('creates a clone of the target, which ECS knows when it is finished', async () => {
    const id = await sms.syncing();
    expect(await cloneOf(id)).toEqual({
      vm_id: '',
      name: '',
      clone_error: '',
      clone_state: 'READY',
      error_msg: '',
    });

    expect((await clone(id)).status).toBe(200);
    expect(await cloneOf(id)).toMatchObject({ clone_state: 'PREPARING', name: 'web01', vm_id: '' });
    expect(await sourceState()).toBe('cloning');
    expect(((await sms.read(`tasks/${id}`))['sub_tasks'] as object[]).at(-1)).toMatchObject({ name: 'CLONE_VM' });

    cloud.clock.advance(5_000);
    expect(await cloneOf(id)).toMatchObject({ clone_state: 'CREATING' });

    cloud.clock.advance(30_000);
    const finished = (await cloneOf(id)) as Record<string, string>;
    expect(finished).toMatchObject({ clone_state: 'FINISHED', clone_error: '' });
    expect(await sourceState()).toBe('syncing');
    expect(await stateOf(id)).toBe('SYNCING');
    const path = `/v1/${ACCOUNT.projectId}/cloudservers/${finished['vm_id']}`;
    expect((await call(cloud, 'GET', path)).json).toMatchObject({ server: { name: 'web01', status: 'ACTIVE' } });
    expect((await sms.read('tasks'))['tasks']).toMatchObject([
      { clone_server: { vm_id: finished['vm_id'], name: 'web01' } },
    ]);
  });

  it('ends in ERROR with an incomplete template, and can be repeated', async () => {
    const id = await sms.syncing();
    await clone(id, 'no-image');
    cloud.clock.advance(35_000);
    expect(await cloneOf(id)).toMatchObject({ clone_state: 'ERROR', clone_error: 'SMS.0007', vm_id: '' });

    expect((await clone(id)).status).toBe(200);
    cloud.clock.advance(35_000);
    expect(await cloneOf(id)).toMatchObject({ clone_state: 'FINISHED', clone_error: '' });
  });

  it('is refused before the copy, with an unknown template, and during another clone', async () => {
    const id = await sms.create({ auto_start: true });
    expect(await clone(id)).toMatchObject(refused);
    expect(await cloneOf(id)).toMatchObject({ clone_state: 'NOT_READY' });
    cloud.clock.advance(62_000);
    expect(await clone(id, 'unknown')).toMatchObject({ status: 400, json: { error_code: 'SMS.7101' } });
    expect(await cloneOf(id)).toMatchObject({ clone_state: 'READY' });

    await clone(id);
    expect(await clone(id)).toMatchObject(refused);
    for (const operation of ['stop', 'test', 'restart', 'error_for_overspeed'])
      expect(await sms.act(id, operation)).toMatchObject(refused);
    expect((await sms.send('DELETE', `tasks/${id}`)).json).toMatchObject({ error_code: 'SMS.7719' });
  });

  it('leaves its server when the task is deleted', async () => {
    const id = await sms.syncing();
    await clone(id);
    cloud.clock.advance(35_000);
    const { vm_id: vmId } = (await cloneOf(id)) as Record<string, string>;
    await sms.act(id, 'stop');
    cloud.clock.advance(5_000);
    expect((await sms.send('DELETE', `tasks/${id}`)).status).toBe(200);

    expect((await call(cloud, 'GET', `/v1/${ACCOUNT.projectId}/cloudservers/${vmId}`)).status).toBe(200);
  });
});

describe('a launch', () => {
  it('shows the source as cutovering, and the new server in ECS', async () => {
    const id = await sms.syncing();
    await sms.act(id, 'test');
    expect(await sms.read('sources/linux-1')).toMatchObject({ state: 'cutovering', migration_cycle: 'cutovering' });

    cloud.clock.advance(10_000);
    expect(await sms.read('sources/linux-1')).toMatchObject({ state: 'finished', migration_cycle: 'cutovered' });
    const { vm_id: vmId } = (await sms.read(`tasks/${id}`))['target_server'] as Record<string, string>;
    expect((await call(cloud, 'GET', `/v1/${ACCOUNT.projectId}/cloudservers/${vmId}`)).json).toMatchObject({
      server: { name: 'web01' },
    });
  });
});

it('a server that a task created keeps the state that it was given in ECS', async () => {
  const id = await sms.syncing();
  const { vm_id: vmId } = (await sms.read(`tasks/${id}`))['target_server'] as { vm_id: string };
  cloud.setServer({ id: vmId, name: 'web01', status: 'SHUTOFF', disks: [] });
  await sms.act(id, 'test');
  cloud.clock.advance(10_000);

  expect((await call(cloud, 'GET', `/v1/${ACCOUNT.projectId}/cloudservers/${vmId}`)).json).toMatchObject({
    server: { status: 'SHUTOFF' },
  });
});

describe('restart', () => {
  it('resumes the synchronization after a launch and after a pause', async () => {
    const id = await sms.syncing();
    await sms.act(id, 'test');
    cloud.clock.advance(10_000);
    expect((await sms.act(id, 'restart')).status).toBe(200);
    cloud.clock.advance(2_000);
    expect(await stateOf(id)).toBe('SYNCING');

    await sms.act(id, 'stop');
    cloud.clock.advance(5_000);
    expect(await sms.read('sources/linux-1')).toMatchObject({ state: 'stopped', migration_cycle: 'syncing' });
    await sms.act(id, 'restart');
    cloud.clock.advance(2_000);
    expect(await stateOf(id)).toBe('SYNCING');
  });

  it('is refused without a synchronization', async () => {
    const id = await sms.create({ syncing: false, auto_start: true });
    expect(await sms.act(id, 'restart')).toMatchObject(refused);
    cloud.clock.advance(62_000);
    expect(await sms.act(id, 'restart')).toMatchObject(refused);
    expect(await stateOf(id)).toBe('MIGRATE_SUCCESS');
  });
});

describe('network_check', () => {
  it('measures the network, which takes a moment', async () => {
    const id = await sms.create();
    expect((await sms.act(id, 'network_check')).status).toBe(200);
    expect(await sms.read(`tasks/${id}`)).toMatchObject({ network_check_info: null });

    cloud.clock.advance(5_000);
    expect((await sms.read(`tasks/${id}`))['network_check_info']).toEqual({
      domain_connectivity: true,
      destination_connectivity: true,
      network_delay: 10.5,
      network_jitter: 1.5,
      migration_speed: 100,
      loss_percentage: 0,
      cpu_usage: 35.5,
      mem_usage: 40.5,
      evaluation_result: '',
    });
  });

  it('is made at the start with start_network_check', async () => {
    const id = await sms.syncing({ start_network_check: true });
    expect(await sms.read(`tasks/${id}`)).toMatchObject({ network_check_info: { network_delay: 10.5 } });
  });

  it('is refused while the task is running, and without a connection', async () => {
    const id = await sms.create({ auto_start: true });
    cloud.clock.advance(2_000);
    expect(await sms.act(id, 'network_check')).toMatchObject(refused);

    cloud.setSource({ id: 'linux-1', name: 'web-01', osType: 'LINUX', connected: false });
    expect((await sms.act(id, 'network_check')).json).toMatchObject({ error_code: 'SMS.6603' });
  });
});

describe('migration_test', () => {
  it('runs a drill before the start', async () => {
    const id = await sms.create();
    expect((await sms.act(id, 'migration_test')).status).toBe(200);
    expect(await sourceState()).toBe('premiging');
    expect(await stateOf(id)).toBe('READY');
    expect(await sms.act(id, 'start')).toMatchObject(refused);
    expect((await sms.send('DELETE', `tasks/${id}`)).json).toMatchObject({ error_code: 'SMS.7719' });

    cloud.clock.advance(300_000);
    expect(await sourceState()).toBe('premiged');
    expect((await sms.act(id, 'start')).status).toBe(200);
    cloud.clock.advance(2_000);
    expect(await sourceState()).toBe('replicate');
  });

  it('is refused after the start', async () => {
    const id = await sms.create({ auto_start: true });
    expect(await sms.act(id, 'migration_test')).toMatchObject(refused);
    cloud.clock.advance(2_000);
    await sms.act(id, 'stop');
    cloud.clock.advance(5_000);
    expect(await stateOf(id)).toBe('ABORT');
    expect(await sms.act(id, 'migration_test')).toMatchObject(refused);
  });
});

describe('error_for_overspeed', () => {
  it('pauses a running task with SMS.9007', async () => {
    const id = await sms.create({ auto_start: true });
    cloud.clock.advance(2_000);
    await sms.act(id, 'error_for_overspeed');
    cloud.clock.advance(5_000);
    expect(await sms.read(`tasks/${id}`)).toMatchObject({
      state: 'ABORT',
      error_json: '{"error_code":"SMS.9007","error_param":[]}',
    });

    expect((await sms.act(id, 'start')).status).toBe(200);
  });

  it('is refused before the start', async () => {
    expect(await sms.act(await sms.create(), 'error_for_overspeed')).toMatchObject(refused);
  });
});

describe('UpdateTaskStatus', () => {
  it.each<[string, object]>([
    ['an operation that the pages no longer have', { operation: 'collect_log' }],
    ['another one', { operation: 'sync_failed_rollback' }],
    ['an operation that is not a string', { operation: 1 }],
    ['a template that is not a string', { operation: 'clone_test', template_id: 1 }],
    ['a switch that is not a boolean', { operation: 'test', switch_hce: 'true' }],
  ])('refuses %s', async (_name, body) => {
    const id = await sms.create();
    expect(await sms.send('POST', `tasks/${id}/action`, body)).toMatchObject({
      status: 400,
      json: { error_code: 'SMS.9001' },
    });
  });

  it('refuses an unknown task', async () => {
    expect(await sms.act('unknown', 'start')).toMatchObject({ status: 400, json: { error_code: 'SMS.7703' } });
  });
});
