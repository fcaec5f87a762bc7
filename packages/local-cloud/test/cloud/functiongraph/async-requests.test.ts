import type { AsyncRecord } from '../../../src/cloud/functiongraph/invocation-history.ts';
import { encoded, NOW, type OneFunction, startOneFunction, URN } from './one-function.ts';

const HOUR = 3_600_000;
const ONE = `/functions/${encoded(URN)}`;

let one: OneFunction;

beforeEach(async () => {
  one = await startOneFunction();
  await one.send('POST', `${ONE}/versions`, { version: 'v1' });
});
afterEach(() => one.cloud.close());

const accepted = (requestId: string, more: Partial<AsyncRecord> = {}) =>
  one.history.setAsync({
    urn: `${URN}:latest`,
    requestId,
    status: 'SUCCESS',
    errorMessage: '',
    startedAt: NOW - 2000,
    endedAt: NOW - 1000,
    ...more,
  });
/** With the query as a client encodes it. */
const get = (path: string) => {
  const [before = '', query = ''] = path.split('?');
  return one.send('GET', `${before}?${query.replaceAll(':', '%3A').replaceAll(',', '%2C')}`);
};
const ids = async (path: string) => {
  const { json } = await get(path);
  return (json['invocations'] as { request_id: string }[]).map(({ request_id }) => request_id);
};

describe('asynchronous requests', () => {
  beforeEach(() => {
    accepted('r-1');
    accepted('r-2', { status: 'FAIL', errorMessage: 'as requested' });
    accepted('r-3', { status: 'RUNNING', endedAt: undefined });
    accepted('r-4', { startedAt: NOW - HOUR - 1 });
    accepted('r-5', { urn: `${URN}:v1` });
    accepted('r-6', { urn: `${URN}2:latest` });
  });

  it('are listed with their status', async () => {
    expect((await one.send('GET', `${ONE}/async-invocations?limit=3`)).json).toEqual({
      invocations: [
        {
          request_id: 'r-1',
          status: 'SUCCESS',
          error_message: '',
          error_code: 200,
          start_time: '2026-01-31T02:03:02',
          end_time: '2026-01-31T02:03:03',
        },
        {
          request_id: 'r-2',
          status: 'FAIL',
          error_message: 'as requested',
          error_code: 500,
          start_time: '2026-01-31T02:03:02',
          end_time: '2026-01-31T02:03:03',
        },
        {
          request_id: 'r-3',
          status: 'RUNNING',
          error_message: '',
          error_code: 200,
          start_time: '2026-01-31T02:03:02',
          end_time: '',
        },
      ],
      count: 4,
      next_marker: 3,
    });
  });

  it.each([
    ['request_id=r-2', ['r-2']],
    ['request_id=r-9', []],
    ['status=FAIL', ['r-2']],
    ['status=DISCARD', []],
    ['query_begin_time=2026-01-31T00:00:00', ['r-1', 'r-2', 'r-3', 'r-4', 'r-5']],
    ['query_begin_time=2026-01-31T00:00:00.000Z&query_end_time=2026-01-31T02:00:00.000Z', ['r-4']],
    ['marker=3', ['r-5']],
  ])('are filtered by %s: %j', async (query, expected) => {
    expect(await ids(`${ONE}/async-invocations?${query}`)).toEqual(expected);
  });

  it('are listed for one version', async () => {
    expect(await ids(`/functions/${encoded(`${URN}:v1`)}/async-invocations`)).toEqual(['r-5']);
  });

  it('are active until they have ended', async () => {
    expect(await ids(`${ONE}/active-async-invocations`)).toEqual(['r-3']);
    expect(await ids(`${ONE}/active-async-invocations?requests=r-1,r-3&status=RUNNING`)).toEqual(['r-3']);
    expect(await ids(`${ONE}/active-async-invocations?requests=r-1`)).toEqual([]);
  });

  it.each([
    'async-invocations?status=DONE',
    'async-invocations?query_begin_time=yesterday',
    'async-invocations?query_begin_time=2026-13-31T00:00:00',
    'async-invocations?limit=-1',
    'async-invocations?order=asc',
    'active-async-invocations?status=FAIL',
    'async-invoke-configs?limit=x',
  ])('are refused at %s', async (path) => {
    expect(await get(`${ONE}/${path}`)).toMatchObject({ status: 400, json: { error_code: 'FSS.1001' } });
  });
});

describe('ListFunctionAsyncInvokeConfig', () => {
  it('lists the settings of all versions', async () => {
    await one.send('PUT', `/functions/${encoded(`${URN}:v1`)}/async-invoke-config`, { max_async_retry_attempts: 2 });

    expect((await one.send('GET', `${ONE}/async-invoke-configs`)).json).toMatchObject({
      async_invoke_configs: [{ func_urn: `${URN}:v1`, max_async_retry_attempts: 2 }],
      count: 1,
      page_info: { next_marker: 1, previous_marker: 0, current_count: 1 },
    });
  });
});
