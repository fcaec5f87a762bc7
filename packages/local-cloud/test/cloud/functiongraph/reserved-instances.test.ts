import { encoded, type OneFunction, startOneFunction, URN } from './one-function.ts';

let one: OneFunction;

beforeEach(async () => {
  one = await startOneFunction();
  await one.send('POST', `/functions/${encoded(URN)}/versions`, { version: 'v1' });
  await one.send('POST', `/functions/${encoded(URN)}/aliases`, { name: 'live', version: 'v1' });
});
afterEach(() => one.cloud.close());

const reserve = (urn: string, body: unknown) => one.send('PUT', `/functions/${encoded(urn)}/reservedinstances`, body);
const TACTICS = {
  cron_configs: [{ name: 'c', cron: '0 1 * * * *', count: 15, start_time: 1_658_073_600, expired_time: 1_658_160_000 }],
  metric_configs: [{ name: 'm', type: 'Concurrency', threshold: 60, min: 2 }],
};

describe('reserved instances', () => {
  it('are set for a version or an alias, and listed with their settings', async () => {
    expect((await reserve(URN, { count: 3 })).json).toEqual({ count: 3, idle_mode: false, tactics_config: {} });
    expect((await reserve(`${URN}:!live`, { count: 2, idle_mode: true, tactics_config: TACTICS })).status).toBe(200);

    expect((await one.send('GET', '/functions/reservedinstances')).json).toEqual({
      reservedinstances: [
        { func_urn: `${URN}:latest`, count: 3 },
        { func_urn: `${URN}:!live`, count: 2 },
      ],
      page_info: { next_marker: 2, previous_marker: 0, current_count: 2 },
      count: 2,
    });
    expect((await one.send('GET', '/functions/reservedinstanceconfigs?marker=1&limit=1')).json).toEqual({
      reserved_instances: [
        {
          function_urn: `${URN}:!live`,
          qualifier_type: 'alias',
          qualifier_name: 'live',
          min_count: 2,
          idle_mode: true,
          tactics_config: TACTICS,
        },
      ],
      page_info: { next_marker: 2, previous_marker: 0, current_count: 1 },
      count: 2,
    });
  });

  it('are listed for one function or one of its versions, and not when there are none', async () => {
    await reserve(URN, { count: 3 });
    await reserve(`${URN}:v1`, { count: 1 });
    await reserve(`${URN}:v1`, { count: 0 });
    const counts = async (urn: string) =>
      (await one.send('GET', `/functions/reservedinstances?urn=${encoded(urn)}`)).json['count'];

    expect(await counts(URN)).toBe(1);
    expect(await counts(`${URN}:latest`)).toBe(1);
    expect(await counts(`${URN}:v1`)).toBe(0);
  });

  it('are limited to 90 in an account', async () => {
    expect((await reserve(URN, { count: 90 })).status).toBe(200);
    expect((await reserve(URN, { count: 90 })).status).toBe(200);
    expect(await reserve(`${URN}:v1`, { count: 1 })).toMatchObject({ status: 400, json: { error_code: 'FSS.0400' } });
  });

  it.each<[string, string, object, number, string]>([
    ['a negative number', URN, { count: -1 }, 400, 'FSS.0400'],
    ['no number', URN, {}, 400, 'FSS.0400'],
    ['an unknown field', URN, { count: 1, mode: 'x' }, 400, 'FSS.0400'],
    [
      'an unknown type of metric',
      URN,
      { count: 1, tactics_config: { metric_configs: [{ ...TACTICS.metric_configs[0], type: 'Cpu' }] } },
      400,
      'FSS.0400',
    ],
    ['an unknown version', `${URN}:v9`, { count: 1 }, 404, 'FSS.1052'],
    ['an unknown function', URN.replace('landed', 'other'), { count: 1 }, 404, 'FSS.1051'],
  ])('are refused with %s', async (_what, urn, body, status, code) => {
    expect(await reserve(urn, body)).toMatchObject({ status, json: { error_code: code } });
  });

  it.each(['reservedinstances?limit=-1', 'reservedinstances?function_urn=x', 'reservedinstanceconfigs?marker=x'])(
    'are not listed with the query of %s',
    async (path) => {
      expect(await one.send('GET', `/functions/${path}`)).toMatchObject({
        status: 400,
        json: { error_code: 'FSS.1001' },
      });
    },
  );
});
