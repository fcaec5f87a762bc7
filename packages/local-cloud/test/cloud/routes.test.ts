import { type LocalCloud, startLocalCloud } from '../../src/cloud/local-cloud.ts';
import type { Operation, Service } from '../../src/cloud/operation.ts';
import { findRoute } from '../../src/cloud/routes.ts';
import { ACCOUNT, call } from './caller.ts';

function service(...operations: readonly [method: Operation['method'], path: string][]): Service {
  return {
    name: 'DCS',
    operations: operations.map(([method, path]) => ({
      name: `${method} ${path}`,
      method,
      path,
      body: 'none',
      handle: () => ({ status: 200 }),
    })),
    authorize: () => undefined,
    errors: {} as Service['errors'],
  };
}

const SERVICES = [
  service(['GET', '/a/{x}'], ['GET', '/a/{x}/c'], ['GET', '/{z}/b/{y}'], ['POST', '/a/b']),
  service(['GET', '/a/b'], ['GET', '/a/{x}/{y}'], ['GET', '/a/b/{y}']),
];
const found = (method: string, path: string) => {
  const route = findRoute(SERVICES, method, path);
  return route.found === 'operation' ? [route.operation.path, route.params] : route.found;
};

describe('a route', () => {
  it.each<[string, string, Record<string, string>]>([
    ['/a/b', '/a/b', {}],
    ['/a/bb', '/a/{x}', { x: 'bb' }],
    ['/a/b/c', '/a/b/{y}', { y: 'c' }],
    ['/a/x/c', '/a/{x}/c', { x: 'x' }],
    ['/a/x/y', '/a/{x}/{y}', { x: 'x', y: 'y' }],
    ['/z/b/c', '/{z}/b/{y}', { z: 'z', y: 'c' }],
    ['/%61/b', '/a/b', {}],
    ['/a/x%2Fy', '/a/{x}', { x: 'x/y' }],
  ])('of %s prefers literal segments, from left to right: %s', (path, expected, params) => {
    expect(found('GET', path)).toEqual([expected, params]);
  });

  it.each(['/a', '/a/', '/a/b/', '//a/b', '/a//b', '/A/b', '/'])('does not match %s', (path) => {
    expect(found('GET', path)).toBe('nothing');
  });

  it.each(['PUT', 'HEAD', 'OPTIONS', 'get'])('of a known path has no operation for %s', (method) => {
    expect(found(method, '/a/b')).toBe('path');
  });

  it('cannot be found for a segment that is not percent-encoded', () => {
    expect(() => found('GET', '/a/%zz')).toThrow(URIError);
  });
});

describe('an operation that does not exist here', () => {
  let cloud: LocalCloud;

  beforeAll(async () => {
    cloud = await startLocalCloud({ accounts: [ACCOUNT] });
  });
  afterAll(() => cloud.close());

  const project = ACCOUNT.projectId;
  it.each([
    ['ListFlavors of ECS', 'GET', `/v1/${project}/cloudservers/flavors`],
    ['DeleteSingleInstance of DCS', 'DELETE', `/v2/${project}/instances/b9a39d1b-0a0d-4d5f-8c7a-0d9f1d1c2b3a`],
    ['CreateInstance of DCS', 'POST', `/v2/${project}/instances`],
    ['ExportInstancesTask of DCS', 'POST', `/v2/${project}/instances/export`],
    ['ListResourceTags of SMN', 'GET', `/v2/${project}/smn_topic/t/tags`],
    ['CreateAgency of IAM', 'POST', '/v3.0/OS-AGENCY/agencies'],
    ['CreateTopic of SMN', 'POST', `/v2/${project}/notifications/topics`],
    ['a path with a slash at its end', 'GET', '/v3/projects/'],
    ['HEAD', 'HEAD', '/v3/projects'],
    ['OPTIONS', 'OPTIONS', '/v3/projects'],
  ])('is refused as the gateway does: %s', async (_what, method, path) => {
    const { status, json, text } = await call(cloud, method, path, method === 'POST' ? {} : undefined);

    expect(status).toBe(404);
    if (method === 'HEAD') expect(text).toBe('');
    else
      expect(json).toMatchObject({
        error_code: 'APIGW.0101',
        error_msg: 'The API does not exist or has not been published in the environment',
      });
  });
});
