import { request as httpRequest } from 'node:http';
import { type Gateway, type GatewayRoute, startGateway } from '../../src/functiongraph/gateway.ts';
import { type InvocationResult, makeFailure } from '../../src/functiongraph/invocation.ts';

let gateway: Gateway;
let events: Record<string, unknown>[] = [];

afterEach(async () => {
  await gateway.close();
  events = [];
});

async function start(response: unknown, route: Partial<GatewayRoute> = {}) {
  gateway = await startGateway({
    port: 0,
    routes: [{ prefix: '/jobs', functionName: 'webhook', ...route }],
    invoke: async (_name, event, requestId) => {
      events.push(JSON.parse(event));
      if (response === 'never') return new Promise<InvocationResult>(() => undefined);
      if (response === 'fails') {
        return makeFailure({ requestId, cause: 'code_error', errorMessage: 'no', errorType: 'Error', memoryBytes: 1 });
      }
      return { requestId, ok: true, payload: response === undefined ? '' : JSON.stringify(response), memoryBytes: 1 };
    },
    onResponse: () => undefined,
  });
}

const OK = { statusCode: 202, headers: { 'Content-Type': 'text/plain' }, body: 'done', isBase64Encoded: false };

describe('the event of the gateway', () => {
  it('has the eight documented fields, lower-case header names and a base64 body', async () => {
    await start(OK);
    const port = new URL(gateway.url).port;

    await fetch(`${gateway.url}/jobs/import-on-demand/runs?verbose=true&name=a%20b`, {
      method: 'POST',
      body: '{"dryRun":true}',
      headers: {
        'Content-Type': 'application/json',
        'Accept-Encoding': 'gzip',
        'User-Agent': 'ops-cli/1.4.0',
        'Idempotency-Key': 'K 1',
        Accept: 'application/json',
        'Accept-Language': '*',
        'Sec-Fetch-Mode': 'cors',
      },
    });

    const event = events[0] as { requestContext: { requestId: string } };
    const id = event.requestContext.requestId;
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(event).toEqual({
      requestContext: { requestId: id, apiId: expect.stringMatching(/^[0-9a-f]{32}$/), stage: 'RELEASE' },
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip',
        'accept-language': '*',
        'content-length': '15',
        'content-type': 'application/json',
        host: `127.0.0.1:${port}`,
        'idempotency-key': 'K 1',
        'sec-fetch-mode': 'cors',
        'user-agent': 'ops-cli/1.4.0',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-host': `127.0.0.1:${port}`,
        'x-forwarded-port': port,
        'x-forwarded-proto': 'http',
        'x-real-ip': '127.0.0.1',
        'x-request-id': id,
      },
      httpMethod: 'POST',
      pathParameters: { '': 'import-on-demand/runs' },
      queryStringParameters: { verbose: 'true', name: 'a b' },
      body: 'eyJkcnlSdW4iOnRydWV9',
      isBase64Encoded: true,
      path: '/jobs/import-on-demand/runs',
    });
  });

  it('is marked as base64 for an empty body too', async () => {
    await start(OK);

    await fetch(`${gateway.url}/jobs`);

    expect(events[0]).toMatchObject({
      httpMethod: 'GET',
      pathParameters: {},
      queryStringParameters: {},
      body: '',
      isBase64Encoded: true,
      path: '/jobs',
    });
  });
});

describe('the response of the gateway', () => {
  it('is what the function returned, with the request ID', async () => {
    await start(OK);

    const response = await fetch(`${gateway.url}/jobs/a/runs`, { method: 'POST' });

    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      202,
      'text/plain',
      'done',
    ]);
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('decodes a base64 body', async () => {
    await start({ statusCode: 200, headers: {}, body: 'AP8=', isBase64Encoded: true });

    const response = await fetch(`${gateway.url}/jobs`);

    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255]);
  });

  it.each([
    ['a bare string', 'done', 'FSS.0500', 'The function did not return an object'],
    ['nothing', undefined, 'FSS.0500', 'The function did not return an object'],
    ['a body that is an object', { ...OK, body: {} }, 'FSS.0500', 'The function returned a body that is not a string'],
    ['no statusCode', { body: '' }, 'FSS.1202', 'The function did not return a valid statusCode'],
    [
      'a string as statusCode',
      { ...OK, statusCode: '200' },
      'FSS.1202',
      'The function did not return a valid statusCode',
    ],
    [
      'a list as header',
      { ...OK, headers: { a: ['b'] } },
      'FSS.0500',
      'The function returned headers that are not a map of strings',
    ],
    [
      'a string as flag',
      { ...OK, isBase64Encoded: 'no' },
      'FSS.0500',
      'The function returned an isBase64Encoded that is not a boolean',
    ],
    ['an error', 'fails', 'FSS.0500', 'The function failed: no'],
  ])('is 500 when the function returns %s', async (_name, returned, code, message) => {
    await start(returned);

    const response = await fetch(`${gateway.url}/jobs`);

    expect(response.status).toBe(500);
    const requestId = response.headers.get('x-request-id');
    expect(await response.json()).toEqual({ error_msg: message, error_code: code, request_id: requestId });
  });

  it('is 504 when the function takes too long', async () => {
    await start('never', { timeoutMs: 20 });

    const response = await fetch(`${gateway.url}/jobs`);

    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ error_code: 'APIG.0203', error_msg: 'Backend timeout.' });
  });

  it('is 404 for a path that only starts like the prefix', async () => {
    await start(OK);

    const response = await fetch(`${gateway.url}/jobsite`);

    expect([response.status, await response.json(), events]).toEqual([
      404,
      {
        error_code: 'APIG.0101',
        error_msg: 'The API does not exist or has not been published in the environment.',
        request_id: response.headers.get('x-request-id'),
      },
      [],
    ]);
  });

  it('is 413 for a body of more than 4 MB', async () => {
    await start(OK);
    const post = (bytes: number) => fetch(`${gateway.url}/jobs`, { method: 'POST', body: Buffer.alloc(bytes) });

    expect((await post(4_194_304)).status).toBe(202);
    expect((await post(4_194_305)).status).toBe(413);
    expect(events).toHaveLength(1);
  });

  it('has no body for HEAD', async () => {
    await start(OK);

    const length = await new Promise<string | undefined>((resolve, reject) => {
      const sent = httpRequest(`${gateway.url}/jobs`, { method: 'HEAD' }, (response) => {
        response.resume();
        resolve(response.headers['content-length']);
      });
      sent.on('error', reject).end();
    });

    expect(length).toBe('4');
  });
});

describe('startGateway', () => {
  it('fails with EADDRINUSE when the port is in use', async () => {
    await start(OK);
    const port = Number(new URL(gateway.url).port);

    await expect(
      startGateway({ port, routes: [], invoke: () => new Promise(() => undefined), onResponse: () => undefined }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('a route', () => {
  it.each<[string, Partial<GatewayRoute>, string, string, number]>([
    ['its method', { method: 'POST' }, 'POST', '/jobs/a', 202],
    ['no other method', { method: 'POST' }, 'GET', '/jobs/a', 404],
    ['a path below its prefix', {}, 'GET', '/jobs/a/runs', 202],
    ['no path below its prefix if it is exact', { isExact: true }, 'GET', '/jobs/a', 404],
    ['its prefix if it is exact', { isExact: true }, 'GET', '/jobs', 202],
    ['a segment for a parameter', { prefix: '/jobs/{job}/runs' }, 'GET', '/jobs/a/runs', 202],
    ['no empty segment for a parameter', { prefix: '/jobs/{job}/runs' }, 'GET', '/jobs//runs', 404],
    ['no shorter path', { prefix: '/jobs/{job}/runs' }, 'GET', '/jobs/a', 404],
  ])('matches %s', async (_name, route, method, path, status) => {
    await start(OK, route);

    expect((await fetch(`${gateway.url}${path}`, { method })).status).toBe(status);
  });

  it('provides its parameters, and the rest of the path under the empty name', async () => {
    await start(OK, { prefix: '/jobs/{job}' });

    await fetch(`${gateway.url}/jobs/a%20b/runs/1`);

    expect(events[0]).toMatchObject({ pathParameters: { job: 'a%20b', '': 'runs/1' } });
  });
});
