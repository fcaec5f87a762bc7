import fc from 'fast-check';
import type { Jobs } from '../../../lib/jobs/job.ts';
import { CloudError } from '../../../lib/kernel/errors.ts';
import { readSettings } from '../../../lib/kernel/settings.ts';
import type { Invocation } from '../../../lib/platform/invocation.ts';
import { failureResponse, handleRequest } from '../../../lib/webhook/handle-request.ts';
import { type FakeRun, fakeRun } from '../../fakes/run-deps.ts';
import { fixtureJobs } from '../../fixtures/jobs.ts';

const PASSWORD = 'Redis!Pass-of-the-test';
const FILES = { file_source: 'self_build_obs', bucket_name: 'redis-backups', files: [{ file_name: 'a.rdb' }] };

function gatewayEvent(path: string, body: unknown, change: object = {}) {
  return {
    httpMethod: 'POST',
    path,
    headers: { 'content-type': 'application/json', 'idempotency-key': 'order-7' },
    queryStringParameters: {},
    pathParameters: {},
    requestContext: { requestId: 'gateway-1', apiId: 'x', stage: 'RELEASE' },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)).toString('base64'),
    isBase64Encoded: true,
    ...change,
  };
}

const readOf = (run: string) =>
  gatewayEvent(`/jobs/move-session-cache/runs/${run}`, '', { httpMethod: 'GET', body: '' });

describe('handleRequest', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await fixtureJobs();
  });

  const invocation = (fake: FakeRun, userData: Record<string, string> = {}): Invocation => ({
    requestId: 'function-1',
    settings: readSettings((name) => userData[name]),
    jobs,
    deps: fake.deps,
    callerSecret: fake.deps.secret,
  });
  const send = async (event: unknown, fake = fakeRun(), userData: Record<string, string> = {}) => {
    const response = await handleRequest(event, invocation(fake, userData));
    return { ...response, json: JSON.parse(response.body) };
  };

  it('starts a run and returns 201 with the run', async () => {
    const fake = fakeRun();

    const response = await send(
      gatewayEvent('/jobs/import-on-demand/runs', { backup_files: FILES, description: 'manual' }),
      fake,
    );

    expect(response).toMatchObject({
      statusCode: 201,
      isBase64Encoded: false,
      headers: { 'content-type': 'application/json' },
      json: {
        job: 'import-on-demand',
        outcome: 'created',
        task: { kind: 'backup_import', id: 'task-1', status: 'MIGRATING' },
      },
    });
    expect(fake.cloud.tasks[0]?.body).toMatchObject({ backup_files: FILES, description: 'manual' });
  });

  it('returns 200 and the existing task when the same key is sent again', async () => {
    const fake = fakeRun();
    const event = gatewayEvent('/jobs/import-on-demand/runs', { backup_files: FILES });
    const first = await send(event, fake);

    const second = await send({ ...event, requestContext: { requestId: 'gateway-2' } }, fake);

    expect(second.statusCode).toBe(200);
    expect(second.json).toEqual({ ...first.json, outcome: 'existing' });
    expect(fake.cloud.tasks).toHaveLength(1);
  });

  it('treats each request without a key as new', async () => {
    const fake = fakeRun();
    const event = gatewayEvent('/jobs/move-session-cache/runs', '', { headers: {} });
    await send(event, fake);

    const second = await send({ ...event, requestContext: { requestId: 'gateway-2' } }, fake);

    expect(second.statusCode).toBe(201);
  });

  it('treats an empty body as no fields', async () => {
    const response = await send(gatewayEvent('/jobs/move-session-cache/runs', '', { body: '' }));

    expect(response.statusCode).toBe(201);
  });

  it('works behind a base path', async () => {
    const event = gatewayEvent('/migrations/jobs/move-session-cache/runs', {});

    const response = await send(event, fakeRun(), { WEBHOOK_BASE_PATH: '/migrations' });

    expect(response.statusCode).toBe(201);
  });

  it.each([
    ['another path', gatewayEvent('/job', {}), 404, 'no_such_path'],
    ['a job that does not exist', gatewayEvent('/jobs/nobody/runs', {}), 404, 'no_such_job'],
    ['a job that cannot be requested', gatewayEvent('/jobs/restore-staging/runs', {}), 404, 'no_such_job'],
    ['a name from a prototype', gatewayEvent('/jobs/__proto__/runs', {}), 404, 'no_such_job'],
    ['another method', gatewayEvent('/jobs/import-on-demand/runs', {}, { httpMethod: 'PUT' }), 405, 'method'],
    ['no JSON', gatewayEvent('/jobs/import-on-demand/runs', '{"a":'), 400, 'not_json'],
    [
      'bytes that are not UTF-8',
      gatewayEvent('/jobs/import-on-demand/runs', '', { body: Buffer.from([0x7b, 0xff]).toString('base64') }),
      400,
      'not_json',
    ],
    ['a list', gatewayEvent('/jobs/import-on-demand/runs', []), 400, 'not_an_object'],
    ['a string', gatewayEvent('/jobs/import-on-demand/runs', '"a"'), 400, 'not_an_object'],
    [
      'over 256 KB',
      gatewayEvent('/jobs/import-on-demand/runs', `{"description":"${'x'.repeat(262_127)}"}`),
      413,
      'body_too_large',
    ],
    [
      'another content type',
      gatewayEvent('/jobs/import-on-demand/runs', {}, { headers: { 'content-type': 'text/plain' } }),
      415,
      'not_json_type',
    ],
    [
      'another charset',
      gatewayEvent(
        '/jobs/import-on-demand/runs',
        {},
        { headers: { 'content-type': 'application/json; charset=latin1' } },
      ),
      415,
      'not_json_type',
    ],
    [
      'a key with spaces',
      gatewayEvent(
        '/jobs/import-on-demand/runs',
        {},
        { headers: { 'content-type': 'application/json', 'idempotency-key': 'a b' } },
      ),
      400,
      'idempotency_key',
    ],
    ['an event that is not from the gateway', { Records: [] }, 400, 'event'],
  ])('refuses %s with a problem, and sends nothing', async (_case, event, status, code) => {
    const fake = fakeRun();

    const response = await send(event, fake);

    expect(response).toMatchObject({
      statusCode: status,
      headers: { 'content-type': 'application/problem+json' },
      json: {
        status,
        code,
        type: `https://migration-functions.example/docs/webhook.md#${code}`,
        request_id: 'function-1',
      },
    });
    expect(fake.cloud.calls).toEqual([]);
  });

  it('logs why a caller got the response for a job that does not exist, but does not return the reason', async () => {
    const fake = fakeRun();

    const response = await send(gatewayEvent('/jobs/nobody/runs', {}), fake);

    expect(fake.lines).toContainEqual(
      expect.objectContaining({ message: 'request refused', why: expect.stringContaining('no job with this name') }),
    );
    expect(response.body).not.toContain('jobs file');
  });

  it('accepts exactly 256 KB', async () => {
    const body = { backup_files: FILES, description: '' };
    body.description = 'x'.repeat(262_144 - JSON.stringify(body).length);

    const response = await send(gatewayEvent('/jobs/import-on-demand/runs', body));

    expect(response.statusCode).toBe(201);
  });

  it('returns the allowed methods', async () => {
    const response = await send(gatewayEvent('/jobs/import-on-demand/runs', {}, { httpMethod: 'DELETE' }));

    expect(response.headers['allow']).toBe('GET, POST');
  });

  it('reports all invalid fields, each with its JSON pointer', async () => {
    const fake = fakeRun();
    const body = { target_instance: 'staging-cache', backup_files: { ...FILES, password: 'hunter2-plain' }, 'a/b': 1 };

    const response = await send(gatewayEvent('/jobs/import-on-demand/runs', body), fake);

    expect(response.statusCode).toBe(422);
    expect(response.json.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/a~1b',
      '/backup_files/password',
      '/target_instance',
    ]);
    expect(response.body).not.toContain('hunter2-plain');
    expect(fake.cloud.calls).toEqual([]);
  });

  it('refuses a field outside the limits of the API, with its pointer', async () => {
    const response = await send(
      gatewayEvent('/jobs/import-on-demand/runs', { backup_files: { ...FILES, file_source: 'tape' } }),
    );

    expect(response.statusCode).toBe(422);
    expect(response.json.errors[0].pointer).toBe('/backup_files/file_source');
  });

  it('refuses a request without a field that the job requires', async () => {
    const response = await send(gatewayEvent('/jobs/import-on-demand/runs', {}));

    expect(response.statusCode).toBe(422);
    expect(response.json.errors).toEqual([{ pointer: '/backup_files', detail: expect.any(String) }]);
  });

  it("returns 502 with the cloud's code when the cloud refused", async () => {
    const fake = fakeRun();
    fake.cloud.failNext('CreateOnlineMigrationTask', {
      outcome: 'rejected',
      temporary: false,
      status: 400,
      cloudCode: 'DCS.4013',
      requestId: 'cloud-1',
    });

    const response = await send(gatewayEvent('/jobs/move-session-cache/runs', {}), fake);

    expect(response).toMatchObject({
      statusCode: 502,
      json: { code: 'DCS.4013', run: { reason: { request_id: 'cloud-1' } } },
    });
  });

  it.each([400, 404])('returns %i when the cloud refused with it a request that set fields', async (status) => {
    const fake = fakeRun();
    fake.cloud.failNext('CreateMigrationTask', {
      outcome: 'rejected',
      temporary: false,
      status,
      cloudCode: 'DCS.3022',
    });

    const response = await send(gatewayEvent('/jobs/import-on-demand/runs', { backup_files: FILES }), fake);

    expect(response).toMatchObject({ statusCode: status, json: { code: 'DCS.3022' } });
  });

  it('returns 429 with Retry-After when nothing was created and a retry may work', async () => {
    const fake = fakeRun();
    for (let i = 0; i < 5; i++) {
      fake.cloud.failNext('CreateOnlineMigrationTask', {
        outcome: 'rejected',
        temporary: true,
        status: 429,
        cloudCode: 'APIGW.0308',
      });
    }

    const response = await send(gatewayEvent('/jobs/move-session-cache/runs', {}), fake);

    expect(response).toMatchObject({ statusCode: 429, headers: { 'retry-after': '30' }, json: { code: 'APIGW.0308' } });
  });

  it.each([
    ['inexact_number', { outcome: 'unknown', status: 200 }],
    ['bad_id', { outcome: 'not_sent' }],
    ['request_not_built', { outcome: 'not_sent' }],
  ] as const)('returns 409 without Retry-After when waiting does not help: %s', async (cloudCode, known) => {
    const fake = fakeRun();
    const showInstance = async () => {
      throw new CloudError({ service: 'DCS', operation: 'ShowInstance', temporary: false, cloudCode, ...known });
    };
    const dcsInstances = async () => ({ ...(await fake.deps.services.dcsInstances()), showInstance });
    const deps = { ...fake.deps, services: { ...fake.deps.services, dcsInstances } };

    const response = await send(gatewayEvent('/jobs/import-on-demand/runs', { backup_files: FILES }), {
      ...fake,
      deps,
    });

    expect(response).toMatchObject({ statusCode: 409, json: { code: cloudCode } });
    expect(response.headers).not.toHaveProperty('retry-after');
  });

  it.each([
    ['refuses', { outcome: 'rejected', temporary: false, status: 403 }, 502, 'DCS.4003', undefined],
    ['is busy', { outcome: 'rejected', temporary: true, status: 429 }, 503, 'cloud_unavailable', '30'],
    ['cannot be reached', { outcome: 'unknown', temporary: false }, 503, 'cloud_unavailable', '30'],
  ] as const)('tells a reader of a run when the cloud %s', async (_case, fault, status, code, retryAfter) => {
    const fake = fakeRun();
    for (let i = 0; i < 9; i++) fake.cloud.failNext('ListMigrationTask', { ...fault, cloudCode: 'DCS.4003' });

    const response = await send(readOf('f'.repeat(32)), fake);

    expect([response.statusCode, response.json.code, response.headers['retry-after']]).toEqual([
      status,
      code,
      retryAfter,
    ]);
  });

  it('returns 404 for a run whose task the cloud does not have', async () => {
    const response = await send(readOf('f'.repeat(32)));

    expect(response).toMatchObject({
      statusCode: 404,
      json: { code: 'no_such_run', detail: expect.any(String) },
    });
  });

  it('returns 202 when the outcome is unknown, and says to send the same key again', async () => {
    const fake = fakeRun();
    fake.cloud.failNext('CreateOnlineMigrationTask', { outcome: 'unknown', temporary: false, cloudCode: 'ETIMEDOUT' });

    const response = await send(gatewayEvent('/jobs/move-session-cache/runs', {}), fake);

    expect(response.statusCode).toBe(202);
    expect(response.json).toMatchObject({ outcome: 'unknown', next: expect.stringContaining('same Idempotency-Key') });
  });

  it("returns the cloud's code and status, but not its message", async () => {
    const fake = fakeRun();
    fake.cloud.failNext('CreateOnlineMigrationTask', {
      outcome: 'rejected',
      temporary: false,
      status: 400,
      cloudCode: 'DCS.4013',
      cloudMessage: `the password ${PASSWORD} is wrong`,
    });

    const response = await send(gatewayEvent('/jobs/move-session-cache/runs', {}), fake);

    expect(response.body).not.toContain(PASSWORD);
    expect(response.json).toMatchObject({
      code: 'DCS.4013',
      detail: "the request could not be carried out (DCS.4013); see the function's log for details",
      run: { reason: { code: 'DCS.4013', status: 400 } },
    });
    expect(response.body).not.toContain('is wrong');
  });

  it('logs little of a large invalid body', async () => {
    const fake = fakeRun();

    await send(gatewayEvent('/jobs/import-on-demand/runs', { ['k'.repeat(250_000)]: 0 }), fake);

    expect(JSON.stringify(fake.lines).length).toBeLessThan(2_000);
  });

  it('does not confirm a correct guess of a secret', async () => {
    const guess = (name: string) =>
      send(gatewayEvent('/jobs/import-on-demand/runs', { [name]: 1 }, { queryStringParameters: {} }));

    const right = await guess(PASSWORD);
    const wrong = await guess('Redis!Pass-of-the-tesu');

    expect(right.body.replaceAll(PASSWORD, '?')).toBe(wrong.body.replaceAll('Redis!Pass-of-the-tesu', '?'));
  });

  it('reveals no internals when the function is not set up', async () => {
    const fake = fakeRun();
    const deps = {
      ...fake.deps,
      secret: () => {
        throw new TypeError('inside');
      },
    };

    const response = await handleRequest(gatewayEvent('/jobs/import-on-demand/runs', { backup_files: FILES }), {
      ...invocation(fake),
      deps,
    });

    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('inside');
  });

  it('returns a documented response for any body, and never fails', async () => {
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .dictionary(fc.constantFrom('backup_files', 'description', 'target_instance', '__proto__', 'x'), fc.jsonValue())
        .map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const fake = fakeRun();
        const { statusCode } = await send(gatewayEvent('/jobs/import-on-demand/runs', text), fake);
        expect([201, 400, 422]).toContain(statusCode);
      }),
      { numRuns: 300 },
    );
  });
});

describe('failureResponse', () => {
  it('returns 500 and only the request ID', () => {
    expect(JSON.parse(failureResponse(new Error('hunter2-plain'), 'function-1').body)).toEqual({
      type: 'https://migration-functions.example/docs/webhook.md#internal',
      title: 'Internal error',
      status: 500,
      code: 'internal',
      detail: 'nothing more was started; the log has the details under this request ID',
      request_id: 'function-1',
    });
  });
});
