import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { SmsCaller } from './sms-caller.ts';
import { TEMPLATE } from './template.ts';

let cloud: LocalCloud;
let id: string;
const sms = new SmsCaller(() => cloud);

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: 1769817600000 }),
    sources: [{ id: 'linux-1', name: 'web-01', osType: 'LINUX' }],
    templates: [TEMPLATE],
    obs: { buckets: [{ name: 'logs' }] },
  });
  id = await sms.create();
});
afterEach(() => cloud.close());

const refused = { status: 400, json: { error_code: 'SMS.9001' } };

describe('speed limits', () => {
  const limit = (speedLimits: unknown) => sms.send('POST', `tasks/${id}/speed-limit`, { speed_limit: speedLimits });
  const limits = async () => (await sms.read(`tasks/${id}/speed-limit`))['speed_limit'];

  it('are empty at first, and replaced as a whole', async () => {
    expect(await limits()).toEqual([]);
    expect(
      (
        await limit([
          { start: '00:00', end: '08:00', speed: 1000, over_speed_threshold: 50.5 },
          { start: '08:00', end: '23:59' },
        ])
      ).status,
    ).toBe(200);
    expect(await limits()).toEqual([
      { start: '00:00', end: '08:00', speed: 1000, over_speed_threshold: 50.5 },
      { start: '08:00', end: '23:59', speed: 0, over_speed_threshold: 0 },
    ]);

    await limit([]);
    expect(await limits()).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['no list', undefined],
    ['a time of 24:00', [{ start: '24:00', end: '23:59', speed: 1 }]],
    ['a time without a zero', [{ start: '0:00', end: '23:59', speed: 1 }]],
    ['no end', [{ start: '00:00', speed: 1 }]],
    ['a speed of 1001', [{ start: '00:00', end: '23:59', speed: 1001 }]],
    ['a negative speed', [{ start: '00:00', end: '23:59', speed: -1 }]],
    ['a speed that is a string', [{ start: '00:00', end: '23:59', speed: '1' }]],
    ['a threshold of 101', [{ start: '00:00', end: '23:59', over_speed_threshold: 101 }]],
    ['an unknown field', [{ start: '00:00', end: '23:59', unit: 'MB' }]],
  ])('refuse %s', async (_name, speedLimits) => {
    expect(await limit(speedLimits)).toMatchObject(refused);
    expect(await limits()).toEqual([]);
  });

  it('refuse an unknown task, and PUT', async () => {
    expect((await sms.send('GET', 'tasks/x/speed-limit')).json).toMatchObject({ error_code: 'SMS.7703' });
    expect((await sms.send('POST', 'tasks/x/speed-limit', { speed_limit: [] })).json).toMatchObject({
      error_code: 'SMS.7703',
    });
    expect((await sms.send('PUT', `tasks/${id}/speed-limit`, {})).json).toMatchObject({ error_code: 'APIGW.0101' });
  });
});

describe('advanced options', () => {
  const configure = (configurations: unknown) =>
    sms.send('POST', `tasks/${id}/configuration-setting`, { configurations });
  const options = (query = '') => sms.read(`tasks/${id}/configuration-setting${query}`);

  it('are kept by key, and shown in the list of tasks', async () => {
    await configure([
      { config_key: 'LINUX_CPU_LIMIT', config_value: '50' },
      { config_key: 'MIGRATE_EXCLUDE_DIR', config_value: '/tmp', config_status: 'ok' },
    ]);
    await configure([{ config_key: 'LINUX_CPU_LIMIT', config_value: '60' }]);

    const cpu = { config_key: 'LINUX_CPU_LIMIT', config_value: '60', config_status: '' };
    const exclude = { config_key: 'MIGRATE_EXCLUDE_DIR', config_value: '/tmp', config_status: 'ok' };
    expect(await options()).toEqual({
      task_id: id,
      migrate_type: 'LINUX_MIGRATE_FILE',
      configurations: [exclude, cpu],
    });
    expect(await options('?config_key=LINUX_CPU_LIMIT')).toMatchObject({ configurations: [cpu] });
    expect((await sms.read('tasks'))['tasks']).toMatchObject([{ special_config: [exclude, cpu] }]);
  });

  it.each<[string, unknown]>([
    ['an unknown key', [{ config_key: 'SPEED', config_value: '1' }]],
    ['a value that is a number', [{ config_key: 'LINUX_CPU_LIMIT', config_value: 1 }]],
    ['51 options', Array(51).fill({ config_key: 'LINUX_CPU_LIMIT', config_value: '1' })],
  ])('refuse %s', async (_name, configurations) => {
    expect(await configure(configurations)).toMatchObject(refused);
    expect(await options()).toMatchObject({ configurations: [] });
  });

  it('cannot be changed while the copy runs', async () => {
    await sms.act(id, 'start');
    cloud.clock.advance(2_000);
    expect(await configure([])).toMatchObject(refused);
    cloud.clock.advance(60_000);
    expect((await configure([])).status).toBe(200);
  });

  it('refuse an unknown key as a filter, and an unknown task', async () => {
    expect(await sms.send('GET', `tasks/${id}/configuration-setting?config_key=SPEED`)).toMatchObject(refused);
    expect((await sms.send('GET', 'tasks/x/configuration-setting')).json).toMatchObject({ error_code: 'SMS.7703' });
  });
});

describe('logs', () => {
  const collect = (bucket: unknown) => sms.send('POST', `tasks/${id}/log`, { log_bucket: bucket });
  const current = async () => ((await sms.read('sources'))['source_servers'] as Record<string, unknown>[])[0];
  const state = async () => (await sms.read(`tasks/${id}`))['log_collect_status'];

  it('are uploaded to a bucket', async () => {
    expect(await state()).toBe('INIT');
    expect((await collect('logs')).status).toBe(200);
    expect(await state()).toBe('UPLOADING');
    expect((await sms.read('tasks'))['tasks']).toMatchObject([{ log_collect_status: 'UPLOADING' }]);

    cloud.clock.advance(10_000);
    expect(await state()).toBe('UPLOADED');
    expect(await current()).toMatchObject({
      current_task: {
        log_collect_status: 'UPLOADED',
        log_bucket: 'logs',
        log_upload_time: 1769817610000,
        log_expire: 1769904010000,
        log_share_url: `https://logs.obs.example.com/${id}.zip`,
      },
    });
    expect((await collect('logs')).status).toBe(200);
  });

  it('fail without the bucket', async () => {
    await collect('no-bucket');
    cloud.clock.advance(10_000);
    expect(await state()).toBe('UPLOAD_FAIL');
    expect(await current()).toMatchObject({ current_task: { log_share_url: '', log_upload_time: null } });
  });

  it.each<[string, unknown]>([
    ['an empty bucket', ''],
    ['no bucket', undefined],
    ['a bucket that is a number', 1],
  ])('refuse %s', async (_name, bucket) => {
    expect(await collect(bucket)).toMatchObject(refused);
    expect(await state()).toBe('INIT');
  });

  it('are refused during another upload, and without a connection', async () => {
    await collect('logs');
    expect(await collect('logs')).toMatchObject(refused);

    cloud.setSource({ id: 'linux-1', name: 'web-01', osType: 'LINUX', connected: false });
    expect((await collect('logs')).json).toMatchObject({ error_code: 'SMS.6603' });
  });
});
