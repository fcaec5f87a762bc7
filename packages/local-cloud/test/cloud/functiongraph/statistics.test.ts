import type { RunRecord } from '../../../src/cloud/functiongraph/invocation-history.ts';
import { encoded, NOW, type OneFunction, startOneFunction, URN } from './one-function.ts';

const MINUTE = 60_000;
const THIS_MINUTE = Date.UTC(2026, 0, 31, 2, 3);

let one: OneFunction;

beforeEach(async () => {
  one = await startOneFunction();
});
afterEach(() => one.cloud.close());

const ran = (startedAt: number, durationMs: number, more: Partial<RunRecord> = {}) =>
  one.history.addRun({ urn: `${URN}:latest`, startedAt, durationMs, outcome: 'ok', memoryMb: 512, ...more });
const get = async (path: string) => (await one.send('GET', `/functions${path}`)).json;
const last = (metrics: unknown, name: string) =>
  (metrics as Record<string, { timestamp: number; value: number }[]>)[name]?.at(-1);

describe('statistics', () => {
  it('count the runs of each minute, with -1 where nothing ran', async () => {
    ran(NOW - MINUTE, 10);
    ran(NOW, 100);
    ran(NOW, 300, { outcome: 'function_error' });
    ran(NOW, 200, { outcome: 'system_error' });
    const metrics = await get(`/${encoded(URN)}/statistics/3`);

    expect(metrics['count']).toEqual([
      { timestamp: THIS_MINUTE - 2 * MINUTE, value: -1 },
      { timestamp: THIS_MINUTE - MINUTE, value: 1 },
      { timestamp: THIS_MINUTE, value: 3 },
    ]);
    for (const [name, value] of Object.entries({
      duration: 200,
      max_duration: 300,
      min_duration: 100,
      fail_count: 2,
      function_error_count: 1,
      system_error_count: 1,
      reject_count: 0,
      concurrency_num: 3,
      reserved_instance_num: 0,
    }))
      expect([name, last(metrics, name)]).toEqual([name, { timestamp: THIS_MINUTE, value }]);
  });

  it('are those of a version if the URN has one', async () => {
    await one.send('POST', `/functions/${encoded(URN)}/versions`, { version: 'v1' });
    ran(NOW, 1, { urn: `${URN}:v1` });

    expect(last(await get(`/${encoded(URN)}/statistics/1`), 'count')).toMatchObject({ value: 1 });
    expect(last(await get(`/${encoded(`${URN}:v1`)}/statistics/1`), 'count')).toMatchObject({ value: 1 });
    expect(last(await get(`/${encoded(`${URN}:latest`)}/statistics/1`), 'count')).toMatchObject({ value: -1 });
  });

  it('have at most 60 values', async () => {
    expect((await get(`/${encoded(URN)}/statistics/60`))['count']).toHaveLength(60);
    expect((await get(`/${encoded(URN)}/statistics/61`))['count']).toHaveLength(31);
  });

  it('have the number of instances in the SLA report', async () => {
    ran(NOW, 1);

    expect(last(await get(`/${encoded(URN)}/slareports/5`), 'instance_num')).toMatchObject({ value: 1 });
  });

  it('of the account have all functions, by minute or by month', async () => {
    ran(NOW, 2000);
    ran(Date.UTC(2025, 11, 31), 1000);
    ran(NOW, 1, { urn: URN.replace(/:[0-9a-f]{32}:/, `:${'f'.repeat(32)}:`) });

    expect(last((await get('/statistics?filter=monitor_data&period=5'))['statistics'], 'count')).toMatchObject({
      value: 1,
    });
    expect(await get('/statistics?filter=monthly_report')).toEqual({
      count: [{ date: '2026-01', value: 1 }],
      gbs: [{ date: '2026-01', value: 1 }],
      gpu_gbs: [{ date: '2026-01', value: 0 }],
    });
    expect((await get('/statistics?filter=monthly_report&option=1'))['count']).toEqual([{ date: '2025-12', value: 1 }]);
    expect((await get('/statistics?filter=monthly_report&option=2'))['count']).toEqual([
      { date: '2025-11', value: 0 },
      { date: '2025-12', value: 1 },
      { date: '2026-01', value: 1 },
    ]);
    expect((await get('/statistics?filter=monthly_report&option=9'))['count']).toHaveLength(1);
  });

  it.each([
    ['/statistics', 400, 'FSS.1001'],
    ['/statistics?filter=metric', 400, 'FSS.1001'],
    ['/statistics?filter=monitor_data&period=0', 400, 'FSS.1001'],
    [`/${encoded(URN)}/statistics/week`, 400, 'FSS.1001'],
    [`/${encoded(URN)}/slareports/-5`, 400, 'FSS.1001'],
    [`/${encoded(`${URN}:v9`)}/statistics/5`, 404, 'FSS.1052'],
    ['/x/statistics/5', 400, 'FSS.1309'],
  ])('are refused at %s', async (path, status, code) => {
    expect(await one.send('GET', `/functions${path}`)).toMatchObject({ status, json: { error_code: code } });
  });
});

describe('quotas', () => {
  it('say how much is used', async () => {
    await one.send('PUT', `/functions/${encoded(URN)}/reservedinstances`, { count: 7 });
    const { json } = await one.send('GET', '/quotas');
    const { resources } = json['quotas'] as { resources: object[] };

    expect(resources).toHaveLength(8);
    expect(resources).toEqual(
      expect.arrayContaining([
        { type: 'fgs_func_num', quota: 400, used: 1 },
        { type: 'fgs_func_occurs', quota: 90, used: 7 },
        { type: 'fgs_func_code_size', quota: 10_240, used: 1, unit: 'MB' },
      ]),
    );
  });
});
