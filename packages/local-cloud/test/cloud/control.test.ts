import { request } from 'node:http';
import { Clock } from '../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from './caller.ts';

const ONLINE = {
  name: 'session-cache',
  vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
  subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
  security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
};
const CREATE = `/v2/${ACCOUNT.projectId}/migration/instance`;
const LIST = `/v2/${ACCOUNT.projectId}/migration-tasks`;

let cloud: LocalCloud;
beforeEach(async () => {
  cloud = await startLocalCloud({ accounts: [ACCOUNT], clock: new Clock({ frozenAt: 0 }) });
});
afterEach(() => cloud.close());

async function control(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${cloud.url}/local/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

describe('the control API', () => {
  it('adds, shows and removes faults', async () => {
    const fault = { operation: 'CreateOnlineMigrationTask', kind: 'error', status: 503, times: 2 };

    expect(await control('POST', 'faults', fault)).toEqual({
      status: 201,
      json: {
        faults: [{ id: 1, fault: 'CreateOnlineMigrationTask=error,times=2,status=503', left: 2 }],
        throttles: [],
      },
    });
    expect((await call(cloud, 'POST', CREATE, ONLINE)).status).toBe(503);
    expect((await control('GET', 'faults')).json.faults).toMatchObject([{ id: 1, left: 1 }]);
    expect((await control('DELETE', 'faults')).status).toBe(204);
    expect((await call(cloud, 'POST', CREATE, ONLINE)).status).toBe(200);
  });

  it('adds faults in text form, and undoes one by its number or its text', async () => {
    for (const fault of ['task=fail,times=2', 'timer=stopped', 'keys=revoked', 'ListMigrationTask=html'])
      expect((await control('POST', 'faults', { fault })).status).toBe(201);

    expect((await control('DELETE', 'faults?fault=3')).status).toBe(204);
    expect((await control('DELETE', 'faults?fault=timer%3Dstopped')).status).toBe(204);
    await call(cloud, 'GET', LIST);
    expect((await control('GET', 'faults')).json.faults).toEqual([{ id: 1, fault: 'task=fail,times=2', left: 2 }]);
    expect(await control('DELETE', 'faults?fault=3')).toEqual({
      status: 400,
      json: { error: 'undo the fault 3: it is not active; active: 1 (task=fail,times=2)' },
    });
    await control('POST', 'faults', { fault: 'timer=stopped' });
    expect((await control('GET', 'faults')).json.faults).toMatchObject([{ id: 1 }, { id: 5 }]);
  });

  it.each([
    ['task=fall', 'unknown kind fall of task'],
    ['CreateTsak=html', 'unknown operation'],
    ['right=revoked,action=dcs:migrationTask:paint', 'no call needs the action; use one of ces:events:post'],
    ['task=hang,which=running', 'no task is running that it fits'],
  ])('refuses the fault %s', async (fault, error) => {
    expect(await control('POST', 'faults', { fault })).toEqual({
      status: 400,
      json: { error: expect.stringContaining(error) },
    });
    expect((await control('GET', 'faults')).json.faults).toEqual([]);
  });

  it('uploads objects', async () => {
    await cloud.obs.createBucket('backups', {});

    expect((await control('POST', 'objects', { bucket: 'backups', key: 'a/b', base64: 'aGk=' })).status).toBe(201);
    expect((await cloud.obs.bytes('backups', 'a/b'))?.toString()).toBe('hi');
    expect(await control('POST', 'objects', { bucket: 'other', key: 'a', base64: '' })).toEqual({
      status: 400,
      json: { error: 'bucket: there is no bucket other' },
    });
  });

  it('adds, shows and removes scripts', async () => {
    const script = { stage: 'create_job', outcome: 'fail', task: 'session', message: 'no addresses left' };

    expect(await control('POST', 'scripts', { ...script, times: 2 })).toEqual({
      status: 201,
      json: { scripts: [{ ...script, times: 2 }] },
    });
    await call(cloud, 'POST', CREATE, ONLINE);
    expect((await control('GET', 'scripts')).json.scripts).toMatchObject([{ times: 1 }]);
    expect((await control('DELETE', 'scripts')).status).toBe(204);
    expect((await control('GET', 'scripts')).json.scripts).toEqual([]);
    cloud.clock.advance(30_000);
    expect(cloud.tasks()).toMatchObject([{ status: 'ERROR' }]);
  });

  it('shows published messages', async () => {
    const topic = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:migrations`;
    cloud.setTopic(topic);
    const path = `/v2/${ACCOUNT.projectId}/notifications/topics/${encodeURIComponent(topic)}/publish`;
    await call(cloud, 'POST', path, { subject: 'failed', message: 'why' });

    expect((await control('GET', 'messages')).json.messages).toMatchObject([{ subject: 'failed', message: 'why' }]);
  });

  it('throttles', async () => {
    expect((await control('POST', 'faults', { operation: '*', calls: 1, perMs: 1000 })).status).toBe(201);

    expect((await call(cloud, 'GET', LIST)).status).toBe(200);
    expect((await call(cloud, 'GET', LIST)).status).toBe(429);
  });

  it('shows tasks and requests, but not its own requests', async () => {
    await call(cloud, 'POST', CREATE, ONLINE);
    await call(cloud, 'GET', LIST);

    expect((await control('GET', 'tasks')).json.tasks).toMatchObject([{ service: 'DCS', name: 'session-cache' }]);
    expect((await control('GET', 'requests')).json.requests).toHaveLength(2);
    expect((await control('GET', 'requests?operation=ListMigrationTask')).json.requests).toMatchObject([
      { method: 'GET', status: 200 },
    ]);
    expect((await control('GET', 'requests?service=SMS')).json.requests).toEqual([]);
  });

  it('advances the clock, and the tasks with it', async () => {
    await call(cloud, 'POST', CREATE, ONLINE);
    expect(cloud.tasks()).toMatchObject([{ status: 'CREATING' }]);

    expect(await control('POST', 'clock', { advance_ms: 3_600_000 })).toEqual({
      status: 200,
      json: { now: '1970-01-01T01:00:00.000Z', rate: 1 },
    });
    expect(cloud.tasks()).toMatchObject([{ status: 'RUNNING' }]);
  });

  it('can delay new tasks in lists, and match only whole names', async () => {
    await control('POST', 'assumptions', { 'dcs-list-lag': 'within-settle', 'dcs-name-filter': 'exact' });
    await call(cloud, 'POST', CREATE, ONLINE);

    expect((await call(cloud, 'GET', LIST)).json['count']).toBe(0);
    cloud.clock.advance(45_000);
    expect((await call(cloud, 'GET', LIST)).json['count']).toBe(1);
    expect((await call(cloud, 'GET', `${LIST}?name=session`)).json['count']).toBe(0);
    await control('POST', 'assumptions', { 'dcs-name-filter': 'contains' });
    expect((await call(cloud, 'GET', `${LIST}?name=session`)).json['count']).toBe(1);
  });

  it('sets and resets the clock skew', async () => {
    await control('POST', 'assumptions', { 'clock-skew': 'beyond-signing' });

    const { status, headers } = await call(cloud, 'GET', LIST);

    expect(status).toBe(401);
    expect(Date.parse(headers.get('date') ?? '') - Date.now()).toBeGreaterThan(15 * 60_000);
    await control('POST', 'assumptions', { 'clock-skew': 'none' });
    expect((await call(cloud, 'GET', LIST)).status).toBe(200);
  });

  it.each([
    ['an unknown operation', 'faults', { operation: 'CreateTsak', kind: 'html' }, 'unknown operation'],
    [
      'an unknown service',
      'faults',
      { operation: 'CreateTask', service: 'SMSS', kind: 'html' },
      'unknown service SMSS',
    ],
    [
      'an operation of another service',
      'faults',
      { operation: 'CreateTask', service: 'DCS', kind: 'html' },
      'unknown operation of DCS',
    ],
    ['an unknown kind', 'faults', { operation: 'CreateTask', kind: 'boom' }, 'kind: '],
    ['an unknown field', 'faults', { operation: 'CreateTask', kind: 'html', often: 1 }, 'Unrecognized key: "often"'],
    ['an unknown stage', 'scripts', { stage: 'late', outcome: 'fail' }, 'stage: '],
    [
      'an outcome that the stage does not have',
      'scripts',
      { stage: 'copy', outcome: 'released' },
      'only DCS migration tasks',
    ],
    ['a negative time', 'clock', { advance_ms: -1 }, 'advance_ms: '],
    ['more than 100 years', 'clock', { advance_ms: 3_153_600_000_001 }, 'advance_ms: '],
    ['an unknown question', 'assumptions', { 'dcs-list-lagg': 'none' }, 'did you mean dcs-list-lag?'],
    ['an unknown behavior', 'assumptions', { 'dcs-list-lag': 'non' }, 'must be one of none, within-settle'],
    ['malformed JSON', 'faults', '{', 'body: is not JSON'],
    ['a body over 64 KB', 'faults', `"${'x'.repeat(65_536)}"`, 'body: longer than 65536 characters'],
  ])('refuses %s with a reason', async (_name, path, body, message) => {
    const { status, json } = await control('POST', path, body);

    expect(status).toBe(400);
    expect(json.error).toContain(message);
  });

  it('refuses a body with another content type, an unknown path and an unsupported method', async () => {
    const fault = { operation: 'CreateTask', kind: 'html' };

    expect((await control('POST', 'faults', fault, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await control('GET', 'nothing')).status).toBe(404);
    expect((await control('DELETE', 'tasks')).status).toBe(404);
    expect(cloud.faults.waiting().faults).toEqual([]);
  });

  it('refuses a web page', async () => {
    // fetch does not allow setting an origin.
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${cloud.url}/local/faults`, {
        method: 'DELETE',
        headers: { origin: 'http://evil.invalid' },
      });
      sent.once('response', (response) => resolve(response.resume().statusCode));
      sent.once('error', reject);
      sent.end();
    });

    expect(status).toBe(403);
  });

  it('requires the token, if one is set', async () => {
    const guarded = await startLocalCloud({ accounts: [ACCOUNT], controlToken: 'the-token' });
    const statusOf = async (authorization?: string) =>
      (await fetch(`${guarded.url}/local/faults`, authorization ? { headers: { authorization } } : {})).status;

    expect(await statusOf()).toBe(401);
    expect(await statusOf('Bearer another')).toBe(401);
    expect(await statusOf('the-token')).toBe(401);
    expect(await statusOf('Bearer the-token')).toBe(200);
    await guarded.close();
  });
});
