import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ACCOUNT } from '../caller.ts';
import { BODY, encoded, type OneFunction, startOneFunction, URN } from './one-function.ts';
import { makePackage } from './package.ts';

const FILE = makePackage({ 'node_modules/left/index.js': 'module.exports = 1;' });
const SENT = { depend_type: 'zip', depend_file: FILE, runtime: 'Node.js20.15', name: 'left', description: 'Left.' };

let one: OneFunction;

beforeEach(async () => {
  one = await startOneFunction();
});
afterEach(() => one.cloud.close());

const create = (more: object = {}) => one.send('POST', '/dependencies/version', { ...SENT, ...more });

describe('CreateDependencyVersion', () => {
  it('returns the first version in the documented format, then the second of the same dependency', async () => {
    const { status, json } = await create();

    expect(status).toBe(200);
    expect(json).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      dep_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      owner: ACCOUNT.domainId,
      name: 'left',
      file_name: 'left.zip',
      link: expect.stringMatching(/^https:\/\/\S+\.zip$/),
      runtime: 'Node.js20.15',
      description: 'Left.',
      version: 1,
      etag: createHash('md5').update(Buffer.from(FILE, 'base64')).digest('hex'),
      size: Buffer.from(FILE, 'base64').length,
      last_modified: 1_769_824_984,
    });
    expect((await create()).json).toMatchObject({ version: 2, dep_id: json['dep_id'] });
  });

  it('takes a package from OBS', async () => {
    const attributes = { contentType: 'application/zip', metadata: {} };
    await one.cloud.obs.put('packages', 'a/left.zip', Readable.from([Buffer.from(FILE, 'base64')]), attributes);
    const sent = { depend_file: undefined, depend_type: 'obs' };
    const link = (key: string) => `https://packages.obs.ap-southeast-3.myhuaweicloud.com/${key}`;

    expect((await create({ ...sent, depend_link: link('a/left.zip') })).status).toBe(200);
    expect(await create({ ...sent, depend_link: link('b.zip') })).toMatchObject({
      status: 404,
      json: { error_code: 'FSS.1054' },
    });
    expect(await create({ ...sent, depend_link: 'left.zip' })).toMatchObject({ json: { error_code: 'FSS.1010' } });
  });

  it.each<[string, object]>([
    ['a name of 96 characters', { name: `a${'.'.repeat(94)}9` }],
    ['512 characters of description', { description: 'x'.repeat(512) }],
    ['a runtime of another language', { runtime: 'C#(.NET Core 3.1)' }],
    ['no description', { description: undefined }],
  ])('accepts %s', async (_what, more) => {
    expect((await create(more)).status).toBe(200);
  });

  it.each<[string, object, number, string]>([
    ['a name of 97 characters', { name: 'a'.repeat(97) }, 400, 'FSS.1024'],
    ['a name that ends with a dot', { name: 'left.' }, 400, 'FSS.1024'],
    ['513 characters of description', { description: 'x'.repeat(513) }, 400, 'FSS.1024'],
    ['an unknown field', { owner: 'me' }, 400, 'FSS.1024'],
    ['an unknown runtime', { runtime: 'Ruby3' }, 400, 'FSS.1005'],
    ['an unknown type', { depend_type: 'jar' }, 400, 'FSS.1032'],
    ['no file', { depend_file: undefined }, 400, 'FSS.1011'],
    ['a file that is no ZIP archive', { depend_file: 'AAAA' }, 400, 'FSS.1011'],
  ])('refuses %s', async (_what, more, status, code) => {
    expect(await create(more)).toMatchObject({ status, json: { error_code: code } });
  });

  it('refuses another runtime for the same name', async () => {
    await create();

    expect(await create({ runtime: 'Python3.9' })).toMatchObject({ status: 409, json: { error_code: 'FSS.1065' } });
  });
});

describe('a dependency', () => {
  let id: string;
  let dependId: string;

  beforeEach(async () => {
    await create();
    const { json } = await create();
    id = String(json['id']);
    dependId = String(json['dep_id']);
    await create({ name: 'right' });
  });

  const list = async (query: string) => {
    const { json } = await one.send('GET', `/dependencies${query}`);
    return (json['dependencies'] as { name: string }[]).map(({ name }) => name);
  };

  it('is listed with its latest version', async () => {
    const { json } = await one.send('GET', '/dependencies?marker=0&maxitems=1');

    expect(json).toMatchObject({
      dependencies: [{ id: dependId, name: 'left', version: 2 }],
      next_marker: 1,
      count: 2,
    });
  });

  it.each([
    ['?name=ight', ['right']],
    ['?marker=1', ['right']],
    ['?limit=1', ['left']],
    ['?runtime=Python3.9', []],
    ['?dependency_type=private&ispublic=false', ['left', 'right']],
    ['?dependency_type=public', []],
  ])('is listed with the query %s: %j', async (query, names) => {
    expect(await list(query)).toEqual(names);
  });

  it.each(['?maxitems=0', '?marker=-1', '?ispublic=yes', '?dependency_type=mine', '?page=1'])(
    'is not listed with the query %s',
    async (query) => {
      expect(await one.send('GET', `/dependencies${query}`)).toMatchObject({
        status: 400,
        json: { error_code: 'FSS.1001' },
      });
    },
  );

  it('has versions, which are shown and deleted by number', async () => {
    const version = `/dependencies/${dependId}/version`;

    expect((await one.send('GET', version)).json).toMatchObject({
      dependencies: [{ version: 1 }, { version: 2, id, is_shared: false }],
      next_marker: 2,
      count: 2,
    });
    expect((await one.send('GET', `${version}/2`)).json).toMatchObject({
      id,
      dep_id: dependId,
      download_link: expect.stringMatching(/^https:/),
    });
    expect((await one.send('DELETE', `${version}/2`)).status).toBe(204);
    expect((await one.send('GET', version)).json).toMatchObject({ count: 1 });
  });

  it.each(['GET', 'DELETE'])('without this version is not found by %s', async (method) => {
    for (const path of [`/dependencies/${dependId}/version/3`, '/dependencies/none/version/1'])
      expect(await one.send(method, path)).toMatchObject({ status: 404, json: { error_code: 'FSS.1056' } });
  });

  it('can be used by a function, and not deleted while it is', async () => {
    const code = { code_type: 'zip', code_filename: 'i.zip', func_code: BODY.func_code };
    const update = (list: string[]) =>
      one.send('PUT', `/functions/${encoded(URN)}/code`, { ...code, depend_version_list: list });

    expect((await update([id])).json).toMatchObject({ depend_version_list: [id] });
    expect(await one.send('DELETE', `/dependencies/${dependId}/version/2`)).toMatchObject({
      status: 412,
      json: { error_code: 'FSS.1033' },
    });
    await update([]);
    expect((await one.send('DELETE', `/dependencies/${dependId}/version/2`)).status).toBe(204);
    expect(await update([id])).toMatchObject({ status: 404, json: { error_code: 'FSS.1056' } });
  });
});
