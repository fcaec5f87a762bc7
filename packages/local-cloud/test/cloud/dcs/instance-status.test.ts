import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { dcsCaller, migrate, redis } from './dcs-caller.ts';

const CACHE = '11111111-1111-1111-1111-111111111111';
const OTHER = '22222222-2222-2222-2222-222222222222';
const OLD = '44444444-4444-4444-4444-444444444444';
const UNKNOWN = '99999999-9999-9999-9999-999999999999';

let cloud: LocalCloud;
const dcs = dcsCaller(() => cloud);

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    instances: [
      { id: CACHE, name: 'cache', keys: 2 },
      { id: OTHER, name: 'other' },
      { id: OLD, name: 'old', engineVersion: '3.0' },
    ],
  });
});
afterEach(() => cloud.close());

const act = (action: unknown, instances: unknown = [CACHE]) => dcs.put('/instances/status', { action, instances });
const show = async (id = CACHE) => (await dcs.get(`/instances/${id}`)).json;

describe('RestartOrFlushInstances', () => {
  it.each([
    ['restart', 60_000],
    ['soft_restart', 20_000],
  ])('can %s: RESTARTING for %i ms, and the keys stay', async (action, ms) => {
    expect((await act(action)).json).toEqual({ results: [{ instance: CACHE, result: 'success' }] });

    cloud.clock.advance(ms - 1);
    expect((await show())['status']).toBe('RESTARTING');
    expect((await dcs.post(`/instances/${CACHE}/webcli/auth`, {})).json['error_code']).toBe('DCS.4111');
    cloud.clock.advance(1);
    expect((await show())['status']).toBe('RUNNING');
    expect(await redis(cloud, CACHE, ['dbsize'])).toEqual(['2']);
  });

  it('ends sessions of Web CLI with a restart', async () => {
    const { json } = await dcs.post(`/instances/${CACHE}/webcli/auth`, {});
    await act('soft_restart');
    cloud.clock.advance(20_000);
    const body = { client_id: json['client_id'], command: 'ping' };
    expect((await dcs.post(`/instances/${CACHE}/webcli/command`, body)).status).toBe(400);
  });

  it('can flush: the instance stays RUNNING, and is empty afterwards', async () => {
    expect((await act('flush')).json).toEqual({ results: [{ instance: CACHE, result: 'success' }] });

    expect(await show()).toMatchObject({ status: 'RUNNING', task: 'FLUSHING' });
    expect((await act('restart')).json).toEqual({ results: [{ instance: CACHE, result: 'failed' }] });
    cloud.clock.advance(5_000);
    expect(await show()).toMatchObject({ status: 'RUNNING', task: null });
    expect(await redis(cloud, CACHE, ['dbsize'])).toEqual(['0']);
  });

  it('reports each instance by itself', async () => {
    await act('restart', [OTHER]);
    expect((await act('flush', [CACHE, OTHER, OLD, UNKNOWN])).json).toEqual({
      results: [
        { instance: CACHE, result: 'success' },
        { instance: OTHER, result: 'failed' },
        { instance: OLD, result: 'failed' },
        { instance: UNKNOWN, result: 'failed' },
      ],
    });
    expect((await act('restart', [OLD])).json).toEqual({ results: [{ instance: OLD, result: 'success' }] });
  });

  it('fails for the target of a running migration', async () => {
    await migrate(cloud, { id: CACHE }, { id: OTHER });
    expect((await act('restart', [OTHER])).json).toEqual({ results: [{ instance: OTHER, result: 'failed' }] });
  });

  it.each<[string, unknown, unknown, string]>([
    ['another action', 'stop', [CACHE], 'DCS.4064'],
    ['an inherited name as the action', 'toString', [CACHE], 'DCS.4064'],
    ['no action', undefined, [CACHE], 'DCS.4064'],
    ['null for the instances', 'restart', null, 'DCS.4065'],
    ['an empty list', 'restart', [], 'DCS.4065'],
    ['51 instances', 'restart', Array(51).fill(CACHE), 'DCS.4100'],
    ['a malformed ID', 'restart', ['x'], 'DCS.4061'],
    ['an ID that is a number', 'restart', [1], 'DCS.4800'],
  ])('refuses %s', async (_name, action, instances, code) => {
    expect(await act(action, instances)).toMatchObject({ status: 400, json: { error_code: code } });
  });

  it('refuses a body without instances', async () => {
    expect(await dcs.put('/instances/status', { action: 'restart' })).toMatchObject({
      status: 400,
      json: { error_code: 'DCS.4065' },
    });
  });

  it('accepts 50 instances', async () => {
    expect((await act('restart', Array(50).fill(CACHE))).status).toBe(200);
  });
});
