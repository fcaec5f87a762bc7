import { Clock } from '../../src/cloud/clock.ts';
import { Faults } from '../../src/cloud/faults.ts';
import { type LocalCloud, startLocalCloud } from '../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from './caller.ts';

const ONLINE = {
  name: 'session-cache',
  vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
  subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
  security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
};
const OPERATION = 'CreateOnlineMigrationTask';

let cloud: LocalCloud;
beforeEach(async () => {
  cloud = await startLocalCloud({ accounts: [ACCOUNT], clock: new Clock({ frozenAt: 0 }) });
});
afterEach(() => cloud.close());

const create = (signal?: AbortSignal) =>
  call(cloud, 'POST', `/v2/${ACCOUNT.projectId}/migration/instance`, ONLINE, signal === undefined ? {} : { signal });

describe('a fault', () => {
  it.each([400, 401, 403, 404, 500])(
    'can be the status %i in the shape of the service, with nothing done',
    async (status) => {
      cloud.faults.add({ operation: OPERATION, kind: 'error', status, code: 'DCS.1234', message: 'broken' });

      expect(await create()).toMatchObject({
        status,
        json: { error_code: 'DCS.1234', error_msg: 'broken', error_ext_msg: null },
      });
      expect(cloud.tasks()).toEqual([]);
      expect((await create()).status).toBe(200);
    },
  );

  it.each([
    ['forbidden', 403, 'DCS.2007', 0],
    ['throttled', 429, 'APIGW.0308', 0],
    ['error', 500, 'DCS.5000', 0],
    ['error_after', 500, 'DCS.5000', 1],
    ['backend_timeout', 504, 'APIGW.0201', 1],
  ] as const)('of kind %s returns %i %s', async (kind, status, code, tasks) => {
    cloud.faults.add({ operation: OPERATION, kind });

    expect(await create()).toMatchObject({ status, json: { error_code: code } });
    expect(cloud.tasks()).toHaveLength(tasks);
  });

  it.each([
    ['reset', 0],
    ['reply_lost', 1],
  ] as const)('of kind %s breaks the connection and leaves %i tasks', async (kind, tasks) => {
    cloud.faults.add({ operation: OPERATION, kind });

    await expect(create()).rejects.toThrow('fetch failed');
    expect(cloud.tasks()).toHaveLength(tasks);
    expect(cloud.requests).toMatchObject([{ operation: OPERATION, fault: kind, status: undefined }]);
  });

  it('can be an HTML page with status 200', async () => {
    cloud.faults.add({ operation: OPERATION, kind: 'html' });

    expect(await create()).toMatchObject({ status: 200, text: expect.stringMatching(/^<html>/) });
    expect(cloud.tasks()).toEqual([]);
  });

  it('can be truncated JSON, after the task was created', async () => {
    cloud.faults.add({ operation: OPERATION, kind: 'cut_json' });

    expect((await create()).text).toMatch(/^\{"instance_id":"[^}]*$/);
    expect(cloud.tasks()).toHaveLength(1);
  });

  it('can be a success without an id', async () => {
    cloud.faults.add({ operation: OPERATION, kind: 'no_id' });

    expect(await create()).toMatchObject({ status: 200, text: '{}' });
    expect(cloud.tasks()).toHaveLength(1);
  });

  it('can be a redirect', async () => {
    cloud.faults.add({ operation: OPERATION, kind: 'redirect', location: 'http://elsewhere.invalid/' });

    const response = await create();

    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe('http://elsewhere.invalid/');
  });

  it.each([
    ['hang', 0],
    ['hang_after', 1],
  ] as const)('of kind %s sends no response and leaves %i tasks', async (kind, tasks) => {
    cloud.faults.add({ operation: OPERATION, kind });

    await expect(create(AbortSignal.timeout(100))).rejects.toThrow('timeout');
    expect(cloud.tasks()).toHaveLength(tasks);
  });

  it('can be a delay', async () => {
    cloud.faults.add({ operation: OPERATION, kind: 'delay', delayMs: 1 });

    expect((await create()).status).toBe(200);
    expect(cloud.requests).toMatchObject([{ fault: 'delay' }]);
  });

  it('does not apply to what the gateway refuses', async () => {
    cloud.faults.add({ operation: OPERATION, kind: 'html' });

    const path = `/v2/${ACCOUNT.projectId}/migration/instance`;
    expect((await call(cloud, 'POST', path, ONLINE, { secretKey: 'wrong' })).status).toBe(401);
    expect((await create()).text).toMatch(/^<html>/);
  });
});

const newFaults = (now = () => 0) =>
  new Faults({
    now,
    operations: new Map([
      ['SMS', new Set(['ListTasks', 'ShowTask'])],
      ['DCS', new Set(['ListBackups'])],
    ]),
  });

describe('Faults', () => {
  it('affect the given number of calls, after those to skip', () => {
    const faults = newFaults();
    faults.add({ operation: 'ListTasks', kind: 'html', skip: 1, times: 2 });

    const taken = [1, 2, 3, 4].map(() => faults.take('SMS', 'ListTasks')?.kind);

    expect(taken).toEqual([undefined, 'html', 'html', undefined]);
  });

  it('affect only the given operation and service', () => {
    const faults = newFaults();
    faults.add({ operation: 'ListTasks', service: 'SMS', kind: 'html' });

    expect(faults.take('SMS', 'ShowTask')).toBeUndefined();
    expect(faults.take('DCS', 'ListTasks')).toBeUndefined();
    expect(faults.take('SMS', 'ListTasks')?.kind).toBe('html');
  });

  it('are removed by clear', () => {
    const faults = newFaults();
    faults.add({ operation: 'ListTasks', kind: 'html' });
    faults.clear();

    expect(faults.take('SMS', 'ListTasks')).toBeUndefined();
  });

  it('limit the calls in each window, counting all operations together for *', () => {
    let now = 0;
    const faults = newFaults(() => now);
    faults.throttle({ operation: '*', calls: 2, perMs: 1000 });
    const take = (operation: string) => faults.take('SMS', operation)?.kind;

    expect([take('ListTasks'), take('ShowTask'), take('ListTasks')]).toEqual([undefined, undefined, 'throttled']);
    now = 999;
    expect(take('ShowTask')).toBe('throttled');
    now = 1000;
    expect([take('ListTasks'), take('ShowTask'), take('ListTasks')]).toEqual([undefined, undefined, 'throttled']);
  });

  it('call the chooser if no other fault applies', () => {
    const faults = newFaults();
    faults.chooseWith((service, operation) => ({ service, operation, kind: 'delay' }));
    faults.add({ operation: '*', kind: 'html' });

    expect([faults.take('SMS', 'ListTasks')?.kind, faults.take('SMS', 'ShowTask')?.kind]).toEqual(['html', 'delay']);
    faults.clear();
    expect(faults.take('SMS', 'ListTasks')).toBeUndefined();
  });

  it.each([
    ['an operation that does not exist', { operation: 'ListTaks' }],
    ['an operation that its service does not have', { service: 'DCS' }],
    ['a service that does not exist', { service: 'sms' }],
    ['a service that does not exist, for all operations', { operation: '*', service: 'sms' }],
    ['no times', { times: 0 }],
    ['a negative skip', { skip: -1 }],
    ['a success status', { status: 399 }],
    ['a status that does not exist', { status: 600 }],
  ])('refuses %s', (_name, wrong) => {
    expect(() => newFaults().add({ operation: 'ListTasks', kind: 'error', ...wrong })).toThrow(RangeError);
  });

  it('accepts an operation of any service, all operations of one, and all', () => {
    const faults = newFaults();
    faults.add({ operation: 'ListBackups', kind: 'error' });
    faults.add({ operation: '*', service: 'DCS', kind: 'error' });
    faults.throttle({ operation: '*', calls: 1, perMs: 1 });

    expect(faults.waiting().faults).toMatchObject([{ operation: 'ListBackups' }, { operation: '*', service: 'DCS' }]);
    expect(faults.operations()).toEqual(['ListBackups', 'ListTasks', 'ShowTask']);
  });

  it('refuses a throttle without a window', () => {
    expect(() => newFaults().throttle({ operation: 'ListTasks', calls: 1, perMs: 0 })).toThrow(RangeError);
  });
});
