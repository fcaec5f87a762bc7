import { ACCOUNT } from '../caller.ts';
import { ObsFixture, result } from './obs-fixture.ts';

const { domainId } = ACCOUNT;
const OTHER = '0'.repeat(32);

let obs: ObsFixture;

beforeEach(async () => {
  obs = await ObsFixture.start([{ name: 'inbox' }]);
  await obs.send('PUT', '/inbox/k', { body: 'kept' });
});

afterEach(async () => {
  expect(await obs.cloud.obs.text('inbox', 'k')).toBe('kept');
  expect(obs.eventNames()).toEqual(['ObjectCreated:Put']);
  await obs.close();
});

const grant = (grantee: string, permission: string) =>
  `<Grant><Grantee>${grantee}</Grantee><Permission>${permission}</Permission></Grant>`;
const OWNERS = grant(`<ID>${domainId}</ID>`, 'FULL_CONTROL');
const EVERYONE = grant('<Canned>Everyone</Canned>', 'READ');
const policy = (grants: string, owner = domainId) =>
  `<AccessControlPolicy><Owner><ID>${owner}</ID></Owner><AccessControlList>${grants}</AccessControlList></AccessControlPolicy>`;
const read = async (url: string) => (await obs.send('GET', url)).text.split('\n')[1];

describe.each(['/inbox?acl', '/inbox/k?acl'])('the ACL at %s', (url) => {
  it('gives the owner full control until it is changed, and outlives the process', async () => {
    expect(await read(url)).toBe(policy(OWNERS));
    const changed = policy(OWNERS + EVERYONE + grant(`<ID>${OTHER}</ID>`, 'READ_ACP'));
    expect(await obs.put(url, changed)).toEqual([200]);
    expect(await read(url)).toBe(changed);
    await obs.restart([{ name: 'inbox' }]);
    expect(await read(url)).toBe(changed);
  });

  it('is set by the name of a predefined list, or with headers', async () => {
    expect(await obs.send('PUT', url, { headers: { 'x-obs-acl': 'public-read' } }).then(result)).toEqual([200]);
    expect(await read(url)).toBe(policy(OWNERS + EVERYONE));
    expect(await obs.send('PUT', url, { headers: { 'x-obs-grant-read': `id=${OTHER}` } }).then(result)).toEqual([200]);
    expect(await read(url)).toBe(policy(OWNERS + grant(`<ID>${OTHER}</ID>`, 'READ')));
    expect(await obs.send('PUT', url, { headers: { 'x-obs-acl': 'private' } }).then(result)).toEqual([200]);
    expect(await read(url)).toBe(policy(OWNERS));
  });

  it.each([
    ['an unknown permission', policy(grant(`<ID>${OTHER}</ID>`, 'EXECUTE')), 400, 'MalformedACLError'],
    ['an unknown group', policy(grant('<Canned>Nobody</Canned>', 'READ')), 400, 'MalformedACLError'],
    ['no grantee', policy('<Grant><Permission>READ</Permission></Grant>'), 400, 'MalformedACLError'],
    ['no owner', '<AccessControlPolicy><AccessControlList/></AccessControlPolicy>', 400, 'MalformedACLError'],
    [
      'no list',
      `<AccessControlPolicy><Owner><ID>${domainId}</ID></Owner></AccessControlPolicy>`,
      400,
      'MalformedACLError',
    ],
    ['another owner', policy(OWNERS, OTHER), 403, 'AccessDenied'],
    ['101 grants', policy(EVERYONE.repeat(101)), 400, 'MalformedACLError'],
    ['another document', '<Tagging/>', 400, 'MalformedXML'],
    ['nothing', '', 400, 'MissingRequestBodyError'],
  ])('refuses %s', async (_name, body, status, code) => {
    expect(await obs.put(url, body)).toEqual([status, code]);
    expect(await read(url)).toBe(policy(OWNERS));
  });

  it('takes 100 grants, and refuses unknown lists and a list beside a document', async () => {
    expect(await obs.put(url, policy(EVERYONE.repeat(100)))).toEqual([200]);
    expect(await obs.send('PUT', url, { headers: { 'x-obs-acl': 'constructor' } }).then(result)).toEqual([
      400,
      'InvalidArgument',
    ]);
    expect(await obs.send('PUT', url, { headers: { 'x-obs-grant-read': OTHER } }).then(result)).toEqual([
      400,
      'InvalidArgument',
    ]);
    expect(
      await obs.send('PUT', url, { headers: { 'x-obs-acl': 'private' }, body: policy(OWNERS) }).then(result),
    ).toEqual([400, 'InvalidRequest']);
  });
});

describe('ACLs', () => {
  it('are read and set by the official SDK', async () => {
    const everyone = { Grantee: { Type: 'Group', URI: 'AllUsers' }, Permission: 'READ' };
    const owners = { Grantee: { Type: 'CanonicalUser', ID: domainId }, Permission: 'FULL_CONTROL' };
    const Owner = { ID: domainId };
    for (const [set, get, where] of [
      ['setBucketAcl', 'getBucketAcl', { Bucket: 'inbox' }],
      ['setObjectAcl', 'getObjectAcl', { Bucket: 'inbox', Key: 'k' }],
    ] as const) {
      expect(await obs.status(set, { ...where, Owner, Grants: [owners, everyone] })).toEqual([200, '']);
      expect((await obs.sdk(get, where)).InterfaceResult).toMatchObject({
        Owner,
        Grants: [
          { Grantee: { ID: domainId }, Permission: 'FULL_CONTROL' },
          { Grantee: { URI: expect.stringMatching(/AllUsers$/) }, Permission: 'READ' },
        ],
      });
      expect(await obs.status(set, { ...where, ACL: 'private' })).toEqual([200, '']);
      expect((await obs.sdk(get, where)).InterfaceResult.Grants).toHaveLength(1);
    }
  });

  it('name the type of a grantee in the dialect of S3, as its clients require', async () => {
    await obs.put('/inbox/k?acl', policy(OWNERS + EVERYONE));
    const { text } = await obs.send('GET', '/inbox/k?acl', { scheme: 'AWS' });
    expect(text).toContain(
      '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee>',
    );
    expect(await obs.put('/inbox?acl', text.slice(text.indexOf('\n') + 1))).toEqual([200]);
  });

  it('may allow writing to a bucket, but not to an object', async () => {
    const write = policy(grant(`<ID>${OTHER}</ID>`, 'WRITE'));
    expect(await obs.put('/inbox?acl', write)).toEqual([200]);
    expect(await obs.put('/inbox/k?acl', write)).toEqual([400, 'MalformedACLError']);
    expect(await obs.put('/inbox/missing?acl', policy(OWNERS))).toEqual([404, 'NoSuchKey']);
    expect(await obs.get('/inbox/missing?acl')).toEqual([404, 'NoSuchKey']);
  });
});
