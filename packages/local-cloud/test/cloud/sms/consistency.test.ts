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
      { id: 'linux-1', name: 'web-01', osType: 'LINUX' },
      { id: 'linux-2', name: 'web-02', osType: 'LINUX' },
    ],
    templates: [TEMPLATE],
  });
});
afterEach(() => cloud.close());

const refused = { status: 400, json: { error_code: 'SMS.9001' } };
const results = async (id: string) => {
  const { result_list: list } = await sms.read(`tasks/${id}/consistency-result`);
  return (list as string[]).map((text) => JSON.parse(text) as unknown);
};
const folder = (changes: object = {}) => ({
  dir_check: '/data',
  num_total_files: 10,
  num_different_files: 1,
  num_target_miss_files: 2,
  num_target_more_files: 3,
  ...changes,
});
const upload = (id: string, body: unknown) => sms.send('POST', `tasks/${id}/consistency-result`, body);

describe('a consistency check', () => {
  it.each(['is_need_consistency_check', 'is_need_consistency_result'])('follows the copy with %s', async (field) => {
    const id = await sms.create({ [field]: true, auto_start: true });
    cloud.clock.advance(61_000);
    expect(await sms.read(`tasks/${id}/consistency-result`)).toEqual({ task_id: id, result_list: [] });

    cloud.clock.advance(1_000);
    expect(await results(id)).toEqual([
      {
        finished_time: 1769817662000,
        check_result: 'SUCCESS',
        consistency_result: [
          {
            dir_check: '/',
            num_total_files: 1000,
            num_different_files: 0,
            num_target_miss_files: 0,
            num_target_more_files: 0,
          },
        ],
      },
    ]);
  });

  it('can be requested with the start, for one folder', async () => {
    const id = await sms.create();
    const configurations = [{ config_key: 'CONSISTENCY_DIR', config_value: '/data' }];
    await sms.send('POST', `tasks/${id}/configuration-setting`, { configurations });
    await sms.act(id, 'start', { is_need_consistency_check: true });
    cloud.clock.advance(62_000);
    expect(await results(id)).toMatchObject([{ consistency_result: [{ dir_check: '/data' }] }]);
  });

  it('is not made otherwise', async () => {
    expect(await results(await sms.syncing({ is_need_consistency_check: false }))).toEqual([]);
  });

  it('can be skipped while the task is running', async () => {
    const id = await sms.create({ is_need_consistency_check: true, auto_start: true });
    expect(await sms.act(id, 'skip')).toMatchObject(refused);
    cloud.clock.advance(2_000);
    expect((await sms.act(id, 'skip')).status).toBe(200);
    expect(await sms.act(id, 'skip')).toMatchObject(refused);
    cloud.clock.advance(60_000);
    expect(await results(id)).toEqual([]);
  });
});

describe('UpdateConsistencyResult', () => {
  it('adds a result, by which sources can be found', async () => {
    const id = await sms.create();
    const found = async (flag: boolean) => (await sms.read(`sources?is_consistency_result_exist=${flag}`))['count'];
    expect([await found(true), await found(false)]).toEqual([0, 2]);

    expect((await upload(id, { consistency_result: [folder()] })).status).toBe(200);
    expect(await results(id)).toEqual([
      { finished_time: 1769817600000, check_result: 'SUCCESS', consistency_result: [folder()] },
    ]);
    expect([await found(true), await found(false)]).toEqual([1, 1]);
  });

  it.each<[string, unknown]>([
    ['31 folders', { consistency_result: Array(31).fill(folder()) }],
    ['a folder without a number', { consistency_result: [folder({ num_total_files: undefined })] }],
    ['a number that is a string', { consistency_result: [folder({ num_total_files: '1' })] }],
    ['more than a million files', { consistency_result: [folder({ num_total_files: 1000001 })] }],
    ['an unknown field', { result: [] }],
  ])('refuses %s', async (_name, body) => {
    const id = await sms.create();
    expect(await upload(id, body)).toMatchObject(refused);
    expect(await results(id)).toEqual([]);
  });

  it('accepts 30 folders of a million files', async () => {
    const body = { consistency_result: Array(30).fill(folder({ num_total_files: 1000000 })) };
    expect((await upload(await sms.create(), body)).status).toBe(200);
  });

  it('refuses an unknown task, as the other operations do', async () => {
    expect((await upload('x', {})).json).toMatchObject({ error_code: 'SMS.7703' });
    expect((await sms.send('GET', 'tasks/x/consistency-result')).json).toMatchObject({ error_code: 'SMS.7703' });
  });
});

describe('ExportConsistencyResults', () => {
  const exportResults = (taskInfo: unknown) =>
    sms.send('POST', 'tasks/consistency-results/export', { task_info: taskInfo });

  it('accepts tasks of the account', async () => {
    const id = await sms.create();
    const row = { task_id: id, source_id: 'linux-1', source_name: 'web-01' };
    expect((await exportResults([row])).status).toBe(200);
    expect((await exportResults(Array(200).fill(row))).status).toBe(200);
  });

  it.each<[string, unknown, string]>([
    ['an unknown task', [{ task_id: 'x' }], 'SMS.7703'],
    ['no task', [], 'SMS.9001'],
    ['201 tasks', Array(201).fill({}), 'SMS.9001'],
    ['an ID of 37 characters', [{ task_id: 'x'.repeat(37) }], 'SMS.9001'],
    ['no list', undefined, 'SMS.9001'],
  ])('refuses %s', async (_name, taskInfo, code) => {
    expect(await exportResults(taskInfo)).toMatchObject({ status: 400, json: { error_code: code } });
  });
});
