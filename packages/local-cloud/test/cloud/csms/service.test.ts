import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';

const NOW = Date.UTC(2026, 0, 31);
const SECRETS = `/v1/${ACCOUNT.projectId}/secrets`;
const VALUE = 'hunter2-of-the-cache';

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: NOW }),
    secrets: [{ name: 'seeded', text: VALUE, versions: 2 }],
  });
});
afterEach(() => cloud.close());

const create = (body: object) => call(cloud, 'POST', SECRETS, body);
const addVersion = (name: string, body: object) => call(cloud, 'POST', `${SECRETS}/${name}/versions`, body);
const show = (name: string, version: string) => call(cloud, 'GET', `${SECRETS}/${name}/versions/${version}`);

describe('CreateSecret', () => {
  it('stores the value as version v1, and does not show it', async () => {
    const { status, json, text } = await create({ name: 'cache', secret_string: VALUE });

    expect(status).toBe(201);
    expect(json).toEqual({
      secret: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: 'cache',
        state: 'ENABLED',
        kms_key_id: 'csms/default',
        description: '',
        create_time: NOW,
        update_time: NOW,
        scheduled_delete_time: null,
        secret_type: 'COMMON',
        auto_rotation: false,
        event_subscriptions: [],
        enterprise_project_id: '0',
      },
    });
    expect(text).not.toContain(VALUE);
    expect((await call(cloud, 'GET', `${SECRETS}/cache`)).json).toEqual(json);
  });

  it.each<[string, object]>([
    ['a name of 64 characters', { name: 'a._-'.repeat(16) }],
    ['a value of 32 KB', { secret_string: 'x'.repeat(32_768) }],
    ['a binary value', { secret_string: undefined, secret_binary: 'aHVudGVyMg==' }],
  ])('accepts %s', async (_title, more) => {
    expect((await create({ name: 'cache', secret_string: VALUE, ...more })).status).toBe(201);
  });

  it.each<[string, object, string]>([
    ['a name of 65 characters', { name: 'a'.repeat(65) }, 'CSMS.0002'],
    ['a name with a slash', { name: 'a/b' }, 'CSMS.0002'],
    ['no name', { name: undefined }, 'CSMS.0002'],
    ['a name that exists', { name: 'seeded' }, 'CSMS.0002'],
    ['a value of more than 32 KB', { secret_string: 'ä'.repeat(16_385) }, 'CSMS.0002'],
    ['no value', { secret_string: undefined }, 'CSMS.0002'],
    ['two values', { secret_binary: 'aHVudGVyMg==' }, 'CSMS.0002'],
    ['a binary value that is not Base64', { secret_string: undefined, secret_binary: 'hunter2!' }, 'CSMS.0002'],
    ['an unknown field', { value: 'x' }, 'CSMS.0002'],
    ['a secret of a database', { secret_type: 'RDS-FG' }, 'CSMS.0002'],
  ])('refuses %s', async (_title, more, code) => {
    const { status, json, text } = await create({ name: 'cache', secret_string: VALUE, ...more });

    expect([status, json['error_code']]).toEqual([400, code]);
    expect(text).not.toContain(VALUE);
  });

  it('refuses a body that is not JSON', async () => {
    const { status, json } = await call(cloud, 'POST', SECRETS, '{');

    expect([status, json['error_code']]).toEqual([400, 'CSMS.0004']);
  });

  it('refuses the 501st secret', async () => {
    for (let i = 1; i < 500; i++) cloud.setSecret({ name: `s${i}`, text: VALUE });

    expect((await create({ name: 'cache', secret_string: VALUE })).json).toMatchObject({ error_code: 'CSMS.0202' });
  });
});

describe('versions of a secret', () => {
  it('are numbered, and the new one becomes current and the one before previous', async () => {
    await create({ name: 'cache', secret_string: 'first' });
    await addVersion('cache', { secret_string: 'second' });
    const { status, json } = await addVersion('cache', { secret_string: 'third' });

    const metadata = { create_time: NOW, expire_time: null, kms_key_id: 'csms/default', secret_name: 'cache' };
    expect(status).toBe(201);
    expect(json).toEqual({ version_metadata: { id: 'v3', ...metadata, version_stages: ['SYSCURRENT'] } });
    const list = await call(cloud, 'GET', `${SECRETS}/cache/versions`);
    expect(list.json).toEqual({
      version_metadatas: [
        { id: 'v3', ...metadata, version_stages: ['SYSCURRENT'] },
        { id: 'v2', ...metadata, version_stages: ['SYSPREVIOUS'] },
        { id: 'v1', ...metadata, version_stages: [] },
      ],
      page_info: { next_marker: null, previous_marker: null, current_count: 3 },
    });
    expect((await call(cloud, 'GET', `${SECRETS}/cache/stages/SYSPREVIOUS`)).json).toEqual({
      stage: { name: 'SYSPREVIOUS', update_time: NOW, secret_name: 'cache', version_id: 'v2' },
    });
  });

  it('are shown with their values, by ID and as latest', async () => {
    await create({ name: 'cache', secret_string: 'first' });
    await addVersion('cache', { secret_binary: 'c2Vjb25k' });

    expect((await show('cache', 'v1')).json).toMatchObject({
      version: { version_metadata: { id: 'v1' }, secret_string: 'first' },
    });
    expect((await show('cache', 'latest')).json).toMatchObject({
      version: { version_metadata: { id: 'v2' }, secret_binary: 'c2Vjb25k' },
    });
    expect((await show('seeded', 'v2')).json).toMatchObject({ version: { secret_string: VALUE } });
  });

  it('keep a stage of their own until another version takes it', async () => {
    await create({ name: 'cache', secret_string: 'first' });
    await addVersion('cache', { secret_string: 'second', version_stages: ['mine'] });
    await addVersion('cache', { secret_string: 'third', version_stages: ['mine', 'other'] });

    const list = await call(cloud, 'GET', `${SECRETS}/cache/versions`);
    expect(list.json['version_metadatas']).toMatchObject([
      { id: 'v3', version_stages: ['mine', 'other'] },
      { id: 'v2', version_stages: [] },
      { id: 'v1', version_stages: ['SYSCURRENT'] },
    ]);
  });

  it('are at most twenty', async () => {
    await create({ name: 'cache', secret_string: 'first' });
    for (let i = 2; i <= 20; i++) expect((await addVersion('cache', { secret_string: 'next' })).status).toBe(201);

    expect((await addVersion('cache', { secret_string: 'more' })).json).toMatchObject({ error_code: 'CSMS.0202' });
  });

  it.each([
    ['GET', '/gone', 'CSMS.0106'],
    ['DELETE', '/gone', 'CSMS.0106'],
    ['GET', '/gone/versions', 'CSMS.0106'],
    ['GET', '/gone/versions/latest', 'CSMS.0106'],
    ['GET', '/seeded/versions/v3', 'CSMS.0005'],
    ['GET', '/seeded/stages/mine', 'CSMS.0005'],
    ['GET', '/seeded/versions?marker=v9', 'CSMS.0002'],
    ['GET', '?limit=0', 'CSMS.0002'],
  ])('%s of %s is refused with 400 %s', async (method, path, code) => {
    const { status, json } = await call(cloud, method, `${SECRETS}${path}`);

    expect([status, json['error_code']]).toEqual([400, code]);
  });
});

describe('ListSecrets', () => {
  it('lists secrets by name, in pages, without values', async () => {
    for (const name of ['b', 'a']) await create({ name, secret_string: VALUE });

    const first = await call(cloud, 'GET', `${SECRETS}?limit=2`);
    expect(first.json).toMatchObject({
      secrets: [{ name: 'a' }, { name: 'b' }],
      page_info: { next_marker: 'b', previous_marker: null, current_count: 2 },
    });
    const second = await call(cloud, 'GET', `${SECRETS}?limit=2&marker=b`);
    expect(second.json).toMatchObject({
      secrets: [{ name: 'seeded' }],
      page_info: { next_marker: null, current_count: 1 },
    });
    expect(first.text + second.text).not.toContain(VALUE);
  });
});

describe('the local CSMS', () => {
  it('deletes a secret', async () => {
    expect((await call(cloud, 'DELETE', `${SECRETS}/seeded`)).status).toBe(204);
    expect((await show('seeded', 'latest')).json).toMatchObject({ error_code: 'CSMS.0106' });
  });

  it('shows no secret of another project', async () => {
    const { status } = await call(cloud, 'GET', `/v1/${'f'.repeat(32)}/secrets/seeded`);

    expect(status).toBe(403);
  });

  it('records no value', async () => {
    await create({ name: 'cache', secret_string: VALUE });
    await addVersion('cache', { secret_binary: 'aHVudGVyMi1vZi10aGUtY2FjaGU=' });
    await show('cache', 'latest');
    const { text } = await call(cloud, 'GET', '/local/requests');

    expect(cloud.requestsOf('CreateSecret')).toMatchObject([{ body: { name: 'cache', secret_string: '***' } }]);
    for (const shown of [JSON.stringify(cloud.requests), text]) {
      expect(shown).not.toContain(VALUE);
      expect(shown).not.toContain('aHVudGVyMi1vZi10aGUtY2FjaGU=');
    }
  });
});

describe('the state file', () => {
  it('keeps secrets with their values across restarts, for the user alone, and does not seed them again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'local-csms-'));
    const stateFile = join(folder, 'state.json');
    const start = () =>
      startLocalCloud({ accounts: [ACCOUNT], stateFile, secrets: [{ name: 'cache', text: 'generated' }] });
    const first = await start();
    first.setSecret({ name: 'cache', text: VALUE });
    await first.close();
    const second = await start();
    const { json } = await call(second, 'GET', `${SECRETS}/cache/versions/latest`);
    await second.close();

    expect(json).toMatchObject({ version: { version_metadata: { id: 'v2' }, secret_string: VALUE } });
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
    expect(await readFile(stateFile, 'utf8')).toContain(VALUE);
    await rm(folder, { recursive: true });
  });
});
