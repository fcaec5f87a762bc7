import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import type { ObjectEvent } from '../../../src/cloud/obs/object-event.ts';
import { findObsRoute, OBS_OPERATIONS, OBS_ROUTES } from '../../../src/cloud/obs/obs-routes.ts';
import { ACCOUNT } from '../caller.ts';
import { codeOf, sendSigned } from './signed-request.ts';

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'];
const SUB_RESOURCES = [
  ...new Set(OBS_ROUTES.map(({ subResource }) => subResource).filter((name) => name !== '')),
  'CDNNotifyConfiguration',
  'backtosource',
  'deletebucket',
  'partNumber',
].sort();
const REQUESTS = METHODS.flatMap((method) => SUB_RESOURCES.map((name) => [method, name] as const));
/** Operations that may change the objects of a bucket. */
const CHANGES = ['AppendObject', 'CompleteMultipartUpload', 'DeleteObjects', 'SetObjectMetadata'];

let cloud: LocalCloud;
let events: ObjectEvent[];

beforeEach(async () => {
  events = [];
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 2, 14) }),
    obs: { buckets: [{ name: 'inbox' }], onChange: (event) => events.push(event) },
  });
});

afterEach(() => cloud.close());

function route(method: string, path: string, isCopy = false) {
  const url = new URL(`http://localhost${path}`);
  const [, bucket = '', key = ''] = url.pathname.split('/');
  return findObsRoute({ method, bucket, key, query: url.searchParams, isCopy });
}

describe('the sub-resources of OBS', () => {
  it.each(['/inbox/k', '/inbox'])(
    'never lead to the operation on %s itself',
    async (path) => {
      expect((await sendSigned(cloud.obsUrl, 'PUT', '/inbox/k', { body: 'kept' })).status).toBe(200);
      const plain = new Set([
        'PutObject',
        'CopyObject',
        'GetObject',
        'HeadObject',
        'DeleteObject',
        'ListObjects',
        'HeadBucket',
      ]);

      for (const [method, name] of REQUESTS) {
        const { status, text } = await sendSigned(
          cloud.obsUrl,
          method,
          `${path}?${name}`,
          method === 'PUT' || method === 'POST' ? { body: 'new' } : {},
        );
        const { operation = '' } = cloud.requests.at(-1) ?? {};
        // `attname` is a parameter of a download.
        const isDownload = method === 'GET' && name === 'attname' && path === '/inbox/k';
        expect([method, name, plain.has(operation)]).toEqual([method, name, isDownload]);
        expect([method, name, status >= 500 && status !== 501]).toEqual([method, name, false]);
        expect([method, name, text.includes('<ListBucketResult>') && name !== 'list-type']).toEqual([
          method,
          name,
          false,
        ]);
        if (!CHANGES.includes(operation)) {
          expect([method, name, await cloud.obs.text('inbox', 'k')]).toEqual([method, name, 'kept']);
        }
      }
      expect(events.map(({ eventName, key }) => [eventName, key])).toEqual([['ObjectCreated:Put', 'k']]);
    },
    60_000,
  );

  it('have an operation for each method that the reference documents, and are refused with others', async () => {
    for (const scope of ['bucket', 'object'] as const)
      for (const [method, name] of REQUESTS) {
        const row = OBS_ROUTES.find((one) => one.scope === scope && one.method === method && one.subResource === name);
        const response = await sendSigned(cloud.obsUrl, method, `/inbox${scope === 'object' ? '/k' : ''}?${name}`);
        const expected = row === undefined ? 'MethodNotAllowed' : row.refused;
        if (expected === undefined || method === 'HEAD') continue;
        expect([scope, method, name, codeOf(response)]).toEqual([scope, method, name, expected]);
        expect(response.status).toBe(expected === 'MethodNotAllowed' ? 405 : 501);
        expect(cloud.requests.at(-1)?.operation).toBe(row?.operation);
      }
  }, 60_000);

  it('are refused together', async () => {
    expect(codeOf(await sendSigned(cloud.obsUrl, 'PUT', '/inbox/k?acl&tagging', { body: '' }))).toBe('InvalidRequest');
    expect(route('PUT', '/inbox/k?uploadId=1&partNumber=2')).toMatchObject({ operation: 'UploadPart' });
    expect(route('PUT', '/inbox/k?partNumber=2')).toMatchObject({ refused: 'MethodNotAllowed' });
  });

  it('are recognized by their exact names: other parameters are ignored', () => {
    expect(route('PUT', '/inbox/k?ACL')).toMatchObject({ operation: 'PutObject', refused: undefined });
    expect(route('PUT', '/inbox/k?acl=')).toMatchObject({ operation: 'SetObjectAcl' });
    expect(route('GET', '/inbox?prefix=acl&x-id=1')).toMatchObject({ operation: 'ListObjects', refused: undefined });
    expect(route('GET', '/?acl')).toMatchObject({ refused: 'MethodNotAllowed' });
    expect(route('PUT', '/inbox/k?tag', true)).toMatchObject({ operation: 'CopyObject' });
  });
});

describe('the table of operations', () => {
  it('has one row for each request', () => {
    const requests = OBS_ROUTES.map((row) => [row.scope, row.method, row.subResource, row.copies ?? 'any'].join(' '));
    expect(new Set(requests).size).toBe(requests.length);
  });

  it('names a source for each row', () => {
    for (const { operation, source } of OBS_ROUTES)
      expect([operation, source]).toEqual([
        operation,
        expect.stringMatching(/^(obs_04_0\d{3}|esdk-obs-nodejs .+|Amazon S3 .+)$/),
      ]);
  });

  it('lists the implemented operations once', () => {
    const done = OBS_ROUTES.filter(({ refused }) => refused === undefined).map(({ operation }) => operation);
    expect([...OBS_OPERATIONS].sort()).toEqual([...new Set(done)].sort());
  });
});
