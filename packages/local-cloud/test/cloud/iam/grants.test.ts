import { Grants } from '../../../src/cloud/iam/grants.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';

describe('grants', () => {
  it('allow everything unless some are given', () => {
    expect(new Grants().missing('DCS', 'CreateMigrationTask')).toBeUndefined();
    expect(new Grants([]).missing('DCS', 'CreateMigrationTask')).toBe('dcs:migrationTask:create');
  });

  it.each<[string, readonly string[] | undefined, string, string | undefined]>([
    ['obs:object:GetObject', undefined, 'OBS:*:*:object:b/k', undefined],
    ['obs:object:*', undefined, 'OBS:*:*:object:b/k', undefined],
    ['obs:object:PutObject', undefined, 'OBS:*:*:object:b/k', 'obs:object:GetObject'],
    ['obs:object:GetObject', ['OBS:*:*:object:b/*'], 'OBS:*:*:object:b/k/l', undefined],
    ['obs:object:GetObject', ['obs:*:*:object:b/k*'], 'OBS:*:*:object:b/kl', undefined],
    ['obs:object:GetObject', ['OBS:*:*:object:b/x*'], 'OBS:*:*:object:b/k', 'obs:object:GetObject'],
    ['obs:object:GetObject', ['OBS:*:*:object:<BUCKET>/*'], 'OBS:*:*:object:b/k', 'obs:object:GetObject'],
    ['obs:object:GetObject', ['OBS:*:*:object:b.c/*'], 'OBS:*:*:object:bxc/k', 'obs:object:GetObject'],
  ])('%s for %j decides about %s: %s', (action, resources, resource, missing) => {
    const grants = new Grants([{ actions: [action], ...(resources && { resources }) }]);

    expect(grants.missing('OBS', 'GetObject', resource)).toBe(missing);
  });

  it('deny what a statement denies, whatever another allows', () => {
    const grants = new Grants([{ actions: ['dcs:*:*'] }, { effect: 'Deny', actions: ['dcs:migrationTask:delete'] }]);

    expect(grants.missing('DCS', 'DeleteMigrationTask')).toBe('dcs:migrationTask:delete');
    expect(grants.missing('DCS', 'ListMigrationTask')).toBeUndefined();
  });

  it('name the operation if its action is not known', () => {
    expect(new Grants([{ actions: ['*'] }]).missing('SMS', 'UpdateSpeed')).toBe('UpdateSpeed');
  });

  describe('of a cloud', () => {
    let cloud: LocalCloud;
    beforeEach(async () => {
      cloud = await startLocalCloud({ accounts: [ACCOUNT], grants: [{ actions: ['dcs:instance:list'] }] });
    });
    afterEach(() => cloud.close());

    it('are checked for each request, and can be changed', async () => {
      const list = () => call(cloud, 'GET', `/v2/${ACCOUNT.projectId}/migration-tasks`);

      expect(await list()).toMatchObject({ status: 403, json: { error_code: 'DCS.2007' } });
      expect((await list()).text).toContain('dcs:migrationTask:list');
      cloud.grant(undefined);
      expect((await list()).status).toBe(200);
    });
  });
});
