import { makeServices } from '../../../lib/cloud/services.ts';
import { Secret } from '../../../lib/kernel/secret.ts';
import { readSettings } from '../../../lib/kernel/settings.ts';
import type { CsmsService } from '../../../lib/ports/csms.ts';
import { type LocalCloud, startLocalCloud } from '../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { call } from '../../../packages/local-cloud/test/cloud/caller.ts';

const ACCOUNT = {
  accessKey: 'LOCALAK',
  secretKey: 'local-secret-key',
  projectId: '0123456789abcdef0123456789abcdef',
  domainId: 'fedcba9876543210fedcba9876543210',
};
const VALUE = 'hunter2-of-the-cache';

let cloud: LocalCloud;
let csms: CsmsService;

beforeEach(async () => {
  cloud = await startLocalCloud({ accounts: [ACCOUNT], secrets: [{ name: 'cache', text: VALUE }] });
  const settings = readSettings((name) => (name === 'HUAWEICLOUD_CSMS_ENDPOINT' ? cloud.url : undefined));
  csms = await makeServices({
    settings,
    jobs: { region: 'ap-southeast-3', targets: new Map(), jobs: new Map(), warnings: [] } as never,
    region: 'ap-southeast-3',
    credentials: () => ({ accessKey: ACCOUNT.accessKey, secretKey: new Secret(ACCOUNT.secretKey) }),
    projectId: () => ACCOUNT.projectId,
    remainingMs: () => 30_000,
  }).csms();
});
afterEach(() => cloud.close());

describe('makeCsmsService', () => {
  it('reads a version by its ID, and the latest one', async () => {
    cloud.setSecret({ name: 'cache', text: 'rotated' });

    expect(await csms.readVersion('cache', 'v1')).toBe(VALUE);
    expect(await csms.readVersion('cache', 'latest')).toBe('rotated');
    expect(cloud.requestsOf('ShowSecretVersion').map(({ url }) => url)).toEqual([
      `/v1/${ACCOUNT.projectId}/secrets/cache/versions/v1`,
      `/v1/${ACCOUNT.projectId}/secrets/cache/versions/latest`,
    ]);
  });

  it('returns nothing for a binary value', async () => {
    const body = { name: 'key', secret_binary: 'aHVudGVyMg==' };
    await call(cloud, 'POST', `/v1/${ACCOUNT.projectId}/secrets`, body, { account: ACCOUNT });

    expect(await csms.readVersion('key', 'latest')).toBeUndefined();
  });

  it.each([
    ['..', 'latest'],
    ['a/b', 'latest'],
    ['cache', 'v1/../../x'],
    ['cache', '..'],
  ])('sends nothing for the name %j and the version %j', async (name, version) => {
    await expect(csms.readVersion(name, version)).rejects.toMatchObject({ code: 'bad_id', outcome: 'not_sent' });
    expect(cloud.requests).toEqual([]);
  });

  it.each<[object, object]>([
    [
      { kind: 'error', status: 403, code: 'CSMS.0403' },
      { outcome: 'rejected', status: 403, code: 'CSMS.0403' },
    ],
    [
      { kind: 'error', status: 400, code: 'CSMS.0103' },
      { outcome: 'rejected', status: 400 },
    ],
    [
      { kind: 'error', status: 500 },
      { outcome: 'unknown', status: 500 },
    ],
    [{ kind: 'html' }, { outcome: 'unknown' }],
    [{ kind: 'redirect' }, { status: 307 }],
    [{ kind: 'no_id' }, { outcome: 'unknown' }],
    [{ kind: 'cut_json' }, { outcome: 'unknown' }],
  ])('reports a failure %j as %j, without the value', async (fault, expected) => {
    cloud.faults.add({ operation: 'ShowSecretVersion', times: 2, ...(fault as { kind: 'error' }) });

    const error = await csms.readVersion('cache', 'latest').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ service: 'CSMS', operation: 'ShowSecretVersion', ...expected });
    expect(String(error)).not.toContain(VALUE);
  });
});
