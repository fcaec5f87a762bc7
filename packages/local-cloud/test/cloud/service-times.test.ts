import { Clock } from '../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from './caller.ts';
import { makeSdk } from './obs/sdk.ts';

const LIST = `/v2/${ACCOUNT.projectId}/migration-tasks`;
const HOUR_MS = 3_600_000;

describe('the services of a region whose clock is four hours ahead', () => {
  let cloud: LocalCloud;
  beforeAll(async () => {
    const clock = new Clock();
    clock.advance(4 * HOUR_MS);
    cloud = await startLocalCloud({ accounts: [ACCOUNT], clock });
  });
  afterAll(() => cloud.close());

  it.each([
    ["the region's time", 4 * HOUR_MS],
    ['real time', 0],
  ])('accept a request that is signed with %s, and respond with that', async (_name, aheadMs) => {
    const { status, headers } = await call(cloud, 'GET', LIST, undefined, { signedAt: new Date(Date.now() + aheadMs) });

    expect(status).toBe(200);
    const shownMs = Date.parse(headers.get('date') ?? '') - Date.now();
    expect(Math.abs(shownMs - aheadMs)).toBeLessThan(60_000);
  });

  it.each([
    ['an hour before', -HOUR_MS],
    ['in between', 2 * HOUR_MS],
    ['an hour after', 5 * HOUR_MS],
  ])('refuse one that is signed %s', async (_name, aheadMs) => {
    const { status } = await call(cloud, 'GET', LIST, undefined, { signedAt: new Date(Date.now() + aheadMs) });

    expect(status).toBe(401);
  });

  it('accept a client of OBS that signs with real time', async () => {
    const obs = await makeSdk(cloud.obsUrl, { ...ACCOUNT, securityToken: '' });

    expect(await obs('listBuckets', {})).toMatchObject({ CommonMsg: { Status: 200 } });
  });
});
