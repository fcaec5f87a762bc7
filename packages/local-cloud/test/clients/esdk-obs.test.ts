import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ObsClient from 'esdk-obs-nodejs';
import { type LocalCloud, startLocalCloud } from '../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../cloud/caller.ts';
import { makeSdk, type Sdk } from '../cloud/obs/sdk.ts';

const KEYS = { ...ACCOUNT, securityToken: 'TOKEN' };
const TOPIC = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:uploads`;
const OWNER = { ID: ACCOUNT.domainId };
const GRANT = { Grantee: { Type: 'CanonicalUser', ID: ACCOUNT.domainId }, Permission: 'READ' };

/** A call: the method, its parameters besides the bucket, and the code if it is refused, or the status of a refusal without one. */
type Call = readonly [method: string, parameters?: Readonly<Record<string, unknown>>, refused?: string | 403];

/** The API reference's code for what a region does not have. */
const NOT_DONE = 'ServiceNotImplemented';
/** A preflight has an Origin header: the local cloud takes it for a web page, and refuses it before OBS sees it. */
const WEB_PAGE = 403;

/** All methods that send a request, in an order in which each has what it needs: `upload` and `parts` are those of the last upload. */
const CALLS: readonly Call[] = [
  ['listBuckets'],
  ['createBucket', { Bucket: 'made' }],
  ['headBucket', { Bucket: 'made' }],
  ['deleteBucket', { Bucket: 'made' }],
  ['headBucket'],
  ['getBucketMetadata'],
  ['getBucketLocation'],
  ['getBucketStorageInfo'],
  ['setBucketQuota', { StorageQuota: 0 }, NOT_DONE],
  ['getBucketQuota'],
  ['setBucketStoragePolicy', { StorageClass: 'WARM' }],
  ['getBucketStoragePolicy'],
  ['setBucketStoragePolicy', { StorageClass: 'STANDARD' }],
  ['setBucketAcl', { Owner: OWNER, Grants: [GRANT] }],
  ['setBucketAcl', { ACL: 'private' }],
  ['getBucketAcl'],
  ['getBucketPolicy', {}, 'NoSuchBucketPolicy'],
  [
    'setBucketPolicy',
    {
      Policy:
        '{"Statement":[{"Sid":"a","Effect":"Allow","Principal":{"ID":["*"]},"Action":["GetObject"],"Resource":["inbox/*"]}]}',
    },
  ],
  ['getBucketPolicy'],
  ['deleteBucketPolicy'],
  ['getBucketPolicyPublicStatus', {}, NOT_DONE],
  ['getBucketPublicStatus', {}, NOT_DONE],
  ['setBucketVersioningConfiguration', { VersionStatus: 'Enabled' }],
  ['getBucketVersioningConfiguration'],
  ['setBucketVersioning', { VersionStatus: 'Suspended' }],
  ['getBucketVersioning'],
  [
    'setBucketLifecycleConfiguration',
    { Rules: [{ ID: 'week', Prefix: 'tmp/', Status: 'Enabled', Expiration: { Days: 7 } }] },
  ],
  ['getBucketLifecycleConfiguration'],
  ['deleteBucketLifecycleConfiguration'],
  ['getBucketLifecycle', {}, 'NoSuchLifecycleConfiguration'],
  [
    'setBucketNotification',
    {
      TopicConfigurations: [
        {
          ID: 'a',
          Topic: TOPIC,
          Event: ['ObjectCreated:*'],
          Filter: { FilterRules: [{ Name: 'prefix', Value: 'in/' }] },
        },
      ],
    },
  ],
  ['getBucketNotification'],
  ['setBucketTagging', { Tags: [{ Key: 'team', Value: 'a' }] }],
  ['getBucketTagging'],
  ['deleteBucketTagging'],
  ['setBucketEncryption', { Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } } }],
  ['getBucketEncryption'],
  ['deleteBucketEncryption'],
  [
    'setBucketLoggingConfiguration',
    { Agency: 'a', LoggingEnabled: { TargetBucket: 'inbox', TargetPrefix: 'log/' } },
    NOT_DONE,
  ],
  ['getBucketLoggingConfiguration'],
  ['setBucketWebsiteConfiguration', { IndexDocument: { Suffix: 'index.html' } }, NOT_DONE],
  ['getBucketWebsiteConfiguration', {}, 'NoSuchWebsiteConfiguration'],
  ['deleteBucketWebsiteConfiguration', {}, NOT_DONE],
  ['setBucketCors', { CorsRules: [{ AllowedMethod: ['GET'], AllowedOrigin: ['*'] }] }, NOT_DONE],
  ['getBucketCors', {}, 'NoSuchCORSConfiguration'],
  ['deleteBucketCors', {}, NOT_DONE],
  ['optionsBucket', { Origin: 'http://a.example', AccessControlRequestMethods: ['GET'] }, WEB_PAGE],
  ['setBucketReplication', { Agency: 'a', Rules: [{ Bucket: 'kept', Status: 'Enabled', Prefix: '' }] }, NOT_DONE],
  ['getBucketReplication', {}, NOT_DONE],
  ['deleteBucketReplication', {}, NOT_DONE],
  ['setBucketDirectColdAccess', { Status: 'Enabled' }, NOT_DONE],
  ['getBucketDirectColdAccess', {}, NOT_DONE],
  ['deleteBucketDirectColdAccess', {}, NOT_DONE],
  ['setBucketRequesterPayment', { Payer: 'Requester' }, NOT_DONE],
  ['getBucketRequesterPayment'],
  ['putBucketPublicAccessBlock', { BlockPublicAcls: true }, NOT_DONE],
  ['getBucketPublicAccessBlock', {}, NOT_DONE],
  ['deleteBucketPublicAccessBlock', {}, NOT_DONE],
  ['setBucketCustomDomain', { DomainName: 'a.example' }, NOT_DONE],
  ['getBucketCustomDomain', {}, NOT_DONE],
  ['deleteBucketCustomDomain', { DomainName: 'a.example' }, NOT_DONE],
  ['setBucketInventory', { InventoryId: 'a' }, NOT_DONE],
  ['getBucketInventory', { InventoryId: 'a' }, NOT_DONE],
  ['listBucketInventory', {}, NOT_DONE],
  ['deleteBucketInventory', { InventoryId: 'a' }, NOT_DONE],
  ['setObjectLockConfiguration', { ObjectLockEnabled: 'Enabled' }, NOT_DONE],
  ['getObjectLockConfiguration', {}, NOT_DONE],
  ['setBucketMirrorBackToSource', { Rules: '{}' }, NOT_DONE],
  ['getBucketMirrorBackToSource', {}, NOT_DONE],
  ['deleteBucketMirrorBackToSource', {}, NOT_DONE],
  ['setBucketCompressPolicy', { Rules: '{}' }, NOT_DONE],
  ['getBucketCompressPolicy', {}, NOT_DONE],
  ['deleteBucketCompressPolicy', {}, NOT_DONE],

  ['putObject', { Key: 'k ü', Body: 'REDIS0011', Metadata: { by: 'me' } }],
  ['getObject', { Key: 'k ü' }],
  ['getObject', { Key: 'missing' }, 'NoSuchKey'],
  ['getObjectMetadata', { Key: 'k ü' }],
  ['setObjectMetadata', { Key: 'k ü', MetadataDirective: 'REPLACE_NEW', Metadata: { by: 'you' } }],
  ['setObjectAcl', { Key: 'k ü', ACL: 'public-read' }],
  ['getObjectAcl', { Key: 'k ü' }],
  ['setObjectTagging', { Key: 'k ü', Tags: [{ Key: 'team', Value: 'a' }] }],
  ['getObjectTagging', { Key: 'k ü' }],
  ['deleteObjectTagging', { Key: 'k ü' }],
  ['setObjectRetention', { Key: 'k ü', Mode: 'COMPLIANCE', RetainUntilDate: '1893456000000' }, NOT_DONE],
  ['copyObject', { Key: 'copy', CopySource: 'inbox/k ü' }],
  ['appendObject', { Key: 'log', Position: 0, Body: 'one' }],
  ['modifyObject', { Key: 'log', Position: 0, Body: 'two' }, NOT_DONE],
  ['truncateObject', { Key: 'log', Length: 1 }, NOT_DONE],
  ['renameObject', { Key: 'log', Name: 'log2' }, NOT_DONE],
  ['optionsObject', { Key: 'copy', Origin: 'http://a.example', AccessControlRequestMethods: ['GET'] }, WEB_PAGE],
  ['putObject', { Key: 'cold', Body: 'old', StorageClass: 'COLD' }],
  ['restoreObject', { Key: 'cold', Days: 1 }],
  ['initiateMultipartUpload', { Key: 'parts' }],
  ['uploadPart', { Key: 'parts', UploadId: 'upload', PartNumber: 1, Body: 'x'.repeat(102_400) }],
  ['copyPart', { Key: 'parts', UploadId: 'upload', PartNumber: 2, CopySource: 'inbox/copy' }],
  ['listMultipartUploads'],
  ['listParts', { Key: 'parts', UploadId: 'upload' }],
  ['completeMultipartUpload', { Key: 'parts', UploadId: 'upload', Parts: 'parts' }],
  ['initiateMultipartUpload', { Key: 'aborted' }],
  ['abortMultipartUpload', { Key: 'aborted', UploadId: 'upload' }],
  ['uploadFile', { Key: 'file', UploadFile: 'up', PartSize: 102_400, EnableCheckpoint: false }],
  ['downloadFile', { Key: 'file', DownloadFile: 'down', PartSize: 102_400, EnableCheckpoint: false }],
  ['listObjects', { Prefix: 'k' }],
  ['listVersions', { Prefix: 'k' }],
  ['deleteObject', { Key: 'copy' }],
  ['deleteObjects', { Objects: [{ Key: 'log' }, { Key: 'missing' }] }],
];

type SignUrl = (parameters: Readonly<Record<string, unknown>>) => { readonly SignedUrl: string };

/** Methods that send no request, or are the callback form of others. */
const LOCAL = [
  'close',
  'createPostSignatureSync',
  'createSignedUrlSync',
  'createV2SignedUrlSync',
  'createV4PostSignatureSync',
  'createV4SignedUrlSync',
  'exec',
  'factory',
  'initLog',
  'refresh',
  'refreshShadowClient',
];

/** Clients that put the bucket into the host name reach it whatever the resolver of the machine says. */
const LOOPBACK = new Agent({ lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]) });

let folder: string;
let cloud: LocalCloud;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'esdk-obs-'));
  cloud = await startLocalCloud({ accounts: [KEYS], obs: { buckets: [{ name: 'inbox' }, { name: 'kept' }] } });
  cloud.setTopic(TOPIC);
});

afterEach(async () => {
  await cloud.close();
  await rm(folder, { recursive: true });
});

/** Makes all calls. @returns those that did not end as the table says, and the number of refusals by code */
async function callAll(sdk: Sdk): Promise<{ readonly wrong: unknown[]; readonly refusals: Record<string, number> }> {
  let upload = '';
  let parts: { PartNumber: number; ETag: string }[] = [];
  const wrong: unknown[] = [];
  const refusals: Record<string, number> = {};
  for (const [method, parameters = {}, refused] of CALLS) {
    const { UploadId, Parts, UploadFile, DownloadFile } = parameters;
    const { CommonMsg, InterfaceResult } = await sdk(method, {
      Bucket: 'inbox',
      ...parameters,
      ...(UploadId === undefined ? {} : { UploadId: upload }),
      ...(Parts === undefined ? {} : { Parts: parts }),
      ...(UploadFile === undefined ? {} : { UploadFile: path.join(folder, String(UploadFile)) }),
      ...(DownloadFile === undefined ? {} : { DownloadFile: path.join(folder, String(DownloadFile)) }),
    });
    if (method === 'initiateMultipartUpload') [upload, parts] = [InterfaceResult.UploadId, []];
    if (parameters.PartNumber !== undefined) {
      parts.push({ PartNumber: Number(parameters.PartNumber), ETag: InterfaceResult.ETag });
    }
    const isDone = CommonMsg.Status < 300;
    const outcome = isDone ? undefined : CommonMsg.Code || CommonMsg.Status;
    if (outcome !== refused) wrong.push({ method, parameters, outcome });
    if (!isDone) refusals[outcome ?? ''] = (refusals[outcome ?? ''] ?? 0) + 1;
  }
  return { wrong, refusals };
}

describe('the official client of OBS', () => {
  it('has no method that is not called below', () => {
    const methods = Object.keys(ObsClient.prototype as object).filter(
      (name) => /^[a-z]/.test(name) && name !== 'enums' && !LOCAL.includes(name),
    );
    // `setBucketLifecycle` and the like are other names of `setBucketLifecycleConfiguration`.
    const called = new Set(CALLS.flatMap(([name]) => [name, name.replace('Configuration', '')]));

    expect(methods).toHaveLength(108);
    expect(methods.filter((name) => !called.has(name))).toEqual([]);
  });

  it.each([
    ['in path style with version 2 of the signature', (url: string) => url, {}, 'x-amz-security-token'],
    [
      'with the bucket in the host name and the signature of OBS',
      (url: string) => url.replace('127.0.0.1', 'localhost'),
      { http_agent: LOOPBACK, is_signature_negotiation: false },
      'x-obs-security-token',
    ],
  ])('gets from every call what is documented, %s', async (_name, server, options, token) => {
    await writeFile(path.join(folder, 'up'), 'y'.repeat(250_000));

    const { wrong, refusals } = await callAll(await makeSdk(server(cloud.obsUrl), KEYS, options));

    expect(wrong).toEqual([]);
    expect([CALLS.length, refusals]).toEqual([
      106,
      {
        ServiceNotImplemented: 37,
        NoSuchBucketPolicy: 1,
        NoSuchCORSConfiguration: 1,
        NoSuchKey: 1,
        NoSuchLifecycleConfiguration: 1,
        NoSuchWebsiteConfiguration: 1,
        403: 2,
      },
    ]);
    expect(cloud.requests.filter(({ headerNames }) => !headerNames.includes(token))).toEqual([]);
    const inbox = cloud.obs.bucket('inbox');
    expect(await inbox.storage.keys('')).toEqual(['cold', 'file', 'k ü', 'parts']);
    expect(await cloud.obs.stat('inbox', 'k ü', undefined)).toMatchObject({ size: 9, metadata: { by: 'you' } });
    expect((await cloud.obs.bytes('inbox', 'parts'))?.length).toBe(102_409);
    expect(await readFile(path.join(folder, 'down'), 'utf8')).toBe('y'.repeat(250_000));
  });

  it.each(['createV2SignedUrlSync', 'createV4SignedUrlSync'])('signs URLs with %s', async (method) => {
    const client = new (ObsClient as unknown as new (options: unknown) => Record<string, SignUrl>)({
      access_key_id: KEYS.accessKey,
      secret_access_key: KEYS.secretKey,
      security_token: KEYS.securityToken,
      server: cloud.obsUrl,
    });
    // The client finishes its setup asynchronously, after the constructor has returned.
    await new Promise((resolve) => setImmediate(resolve));
    const url = (Method: string) =>
      client[method]?.({ Method, Bucket: 'inbox', Key: 'k ü', Expires: 60 }).SignedUrl ?? '';

    expect((await fetch(url('PUT'), { method: 'PUT', body: Buffer.from('REDIS0011') })).status).toBe(200);
    expect(await cloud.obs.text('inbox', 'k ü')).toBe('REDIS0011');
    expect(await (await fetch(url('GET'))).text()).toBe('REDIS0011');
    expect((await fetch(url('GET'), { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(url('GET').replace(/.(?=$)/, (last) => (last === '0' ? '1' : '0')))).status).toBe(403);
  });
});
