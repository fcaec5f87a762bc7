import { FakeFunctionGraph } from '../../fakes/fake-functiongraph.ts';
import { makeZip } from '../../fixtures/archives.ts';
import {
  JOBS,
  jobsYaml,
  KEYS,
  makeService,
  PASSWORD,
  type Service,
  serviceYaml,
} from '../../fixtures/deploy-harness.ts';
import { type DeployRegion, startDeployRegion } from '../../fixtures/deploy-region.ts';

const KEYS_OF_FUNCTIONS = ['backup-landed', 'schedule', 'webhook', 'reconcile'];

/** Returns its marker, its variable COLOR and a secret. */
const codes = new Map<string, Buffer>();
const codeOf = (marker: string) => {
  const code = codes.get(marker) ?? newCode(marker);
  codes.set(marker, code);
  return code;
};
const newCode = (marker: string) =>
  makeZip({
    'index.js': Buffer.from(`
exports.initializer = (context, callback) => callback(null, '');
exports.handler = async (event, context) => ({
  marker: '${marker}', color: context.getUserData('COLOR'), secret: context.getUserData('CACHE_PASSWORD'),
});
`),
  });
const withColor = (color: string) => serviceYaml({ provider: `  userData: { COLOR: ${color} }` });

describe('rollback in the local cloud', () => {
  let place: DeployRegion;
  let service: Service;

  beforeEach(async () => {
    place = await startDeployRegion(['backups', 'ops-ledger']);
    service = await makeService(place.region.cloud.url, place.env);
  }, 30_000);

  afterEach(async () => {
    await service.remove();
    await place.close();
  });

  const release = async (marker: string, color: string) => {
    for (const key of KEYS_OF_FUNCTIONS) await service.writePackage(key, codeOf(marker));
    await service.writeService(withColor(color));
    await service.run('deploy:deploy');
    // Names of versions have seconds.
    place.region.cloud.clock.advance(1000);
    await service.run('publish:publish');
  };
  /** What the function returned for an object that landed in the bucket. */
  const landed = async (key: string): Promise<unknown> => {
    await place.drop('backups', `prod/${key}`);
    const [event] = await place.results(1);
    return event?.result.ok ? JSON.parse(event.result.payload) : event;
  };

  it('lets the next event be handled by the earlier code, with its variables and the present secrets', async () => {
    await release('old', 'red');
    await release('new', 'green');
    expect(await landed('a.rdb')).toEqual({ marker: 'new', color: 'green', secret: PASSWORD });

    const printed = await service.run('rollback:rollback');

    expect(printed).toMatch(
      /^mig-dev-backup-landed: triggers run the code and configuration of (v\d{8}-\d{6}); live is version \1$/m,
    );
    expect(await landed('b.rdb')).toEqual({ marker: 'old', color: 'red', secret: PASSWORD });
  }, 60_000);
});

describe('rollback', () => {
  let api: FakeFunctionGraph;
  let service: Service;
  const only = { function: 'webhook' };

  beforeEach(async () => {
    api = await FakeFunctionGraph.start();
    service = await makeService(api.url);
    await service.writePackage('webhook', codeOf('old'));
    await service.run('deploy:deploy');
    await service.run('publish:publish');
    await service.writePackage('webhook', codeOf('new'));
    await service.run('deploy:deploy');
    await service.run('publish:publish');
    api.forget();
  });

  afterEach(async () => {
    await service.remove();
    await api.close();
  });

  const webhook = () => api.functions.get('mig-dev-webhook');
  const sent = () => api.changes.map((change) => change.replace(/urn:\S+:(mig-dev-\w+)/, '$1'));

  it('sends the code, then moves the alias', async () => {
    await service.run('rollback:rollback', only);

    expect(webhook()?.code).toBe(codeOf('old').toString('base64'));
    expect(webhook()?.aliases.get('live')).toBe('v1');
    expect(sent()).toEqual(['PUT functions/mig-dev-webhook:latest/code', 'PUT functions/mig-dev-webhook/aliases/live']);
  });

  it('goes to a version that is given, forward too', async () => {
    await service.run('rollback:rollback', only);

    await service.run('rollback:rollback', { ...only, to: 'v2' });

    expect(webhook()?.code).toBe(codeOf('new').toString('base64'));
    expect(webhook()?.aliases.get('live')).toBe('v2');
  });

  it('changes nothing the second time', async () => {
    await service.run('rollback:rollback', { ...only, to: 'v1' });
    api.forget();

    const printed = await service.run('rollback:rollback', { ...only, to: 'v1' });

    expect(api.changes).toEqual([]);
    expect(printed).toContain('mig-dev-webhook: the latest code is that of v1; live is version v1');
  });

  it('is completed by the next one, whichever request it was killed after', async () => {
    await service.run('rollback:rollback', only);
    const requests = api.requests.length;
    for (let request = 1; request <= requests; request += 1) {
      await service.run('rollback:rollback', { ...only, to: 'v2' });
      api.forget();
      api.cutFrom = { request, when: 'after' };
      await service.run('rollback:rollback', only).catch(() => undefined);
      api.cutFrom = undefined;
      if (webhook()?.aliases.get('live') !== 'v1') await service.run('rollback:rollback', only);
      expect([request, webhook()?.code]).toEqual([request, codeOf('old').toString('base64')]);
    }
  });

  it('refuses without a version to go back to, and changes no function', async () => {
    await expect(service.run('rollback:rollback')).rejects.toThrow(
      'mig-dev-backup-landed: rollback: there is no version before v1; give one with --to, or other functions with -f',
    );
    await expect(service.run('rollback:rollback', { ...only, to: 'v9' })).rejects.toThrow(
      'no such version v9; there are v2, v1',
    );
    await expect(service.run('rollback:rollback', { ...only, alias: 'other' })).rejects.toThrow(
      'there is no alias other; give one with --to',
    );
    expect(api.changes).toEqual([]);
  });

  it('refuses if the service does not hand out the code, and says what to do', async () => {
    api.handsOutCode = false;

    await expect(service.run('rollback:rollback', only)).rejects.toThrow(
      'the service does not hand out the code of v1, so nothing was changed. Check out the commit that it was published from, and run serverless deploy',
    );
    expect(api.changes).toEqual([]);
  });

  it('refuses if a secret of the version is not in the files any more', async () => {
    await service.writeJobs(jobsYaml(JOBS).replaceAll('CACHE_PASSWORD', 'OTHER_PASSWORD'));
    const other = await makeService(api.url, { ...KEYS, OTHER_PASSWORD: PASSWORD });
    await other.writeJobs(jobsYaml(JOBS).replaceAll('CACHE_PASSWORD', 'OTHER_PASSWORD'));

    await expect(other.run('rollback:rollback', only)).rejects.toThrow(
      'it needs CACHE_PASSWORD, which migrations.yml does not refer to: add it to provider.encryptedUserData',
    );
    await other.remove();
    expect(api.changes).toEqual([]);
  });
});

describe('rollback of all functions, interrupted', () => {
  let api: FakeFunctionGraph;
  let service: Service;

  beforeEach(async () => {
    api = await FakeFunctionGraph.start();
    service = await makeService(api.url);
    for (const marker of ['first', 'second', 'third']) {
      for (const key of KEYS_OF_FUNCTIONS) await service.writePackage(key, codeOf(marker));
      await service.run('deploy:deploy');
      await service.run('publish:publish');
    }
    api.forget();
  }, 30_000);

  afterEach(async () => {
    await service.remove();
    await api.close();
  });

  const markers = new Map(['first', 'second', 'third'].map((marker) => [codeOf(marker).toString('base64'), marker]));
  const state = () => [...api.functions.values()].map(({ code, aliases }) => [markers.get(code), aliases.get('live')]);
  const ALL_AT_V2 = KEYS_OF_FUNCTIONS.map(() => ['second', 'v2']);
  const rollback = (options = {}) => service.run('rollback:rollback', options).then(() => '', String);
  const failAt = async (request: number, when: 'before' | 'after') => {
    await service.run('rollback:rollback', { to: 'v3' });
    api.forget();
    api.cutFrom = { request, when };
    const problem = await rollback();
    api.cutFrom = undefined;
    return problem;
  };
  const requestOf = async (wanted: RegExp) => {
    await service.run('rollback:rollback', { to: 'v3' });
    api.forget();
    await service.run('rollback:rollback');
    return api.requests.findIndex(({ method, path }) => method === 'PUT' && wanted.test(path)) + 1;
  };

  it('sends everything before it moves the first alias', async () => {
    await service.run('rollback:rollback');

    expect(api.changes.map((change) => change.replace(/^.*mig-dev-[a-z-]+(?::latest)?/, ''))).toEqual(
      ['/code', '/aliases/live'].flatMap((what) => KEYS_OF_FUNCTIONS.map(() => what)),
    );
  });

  it('is completed by the same command if code was not sent', async () => {
    const problem = await failAt(await requestOf(/mig-dev-schedule:latest.code/), 'before');

    expect(problem).toContain('mig-dev-schedule: put back the code of v2: ');
    expect(problem).toContain('What to do: run the same command again: it continues from here');
    expect(await rollback()).toBe('');
    expect(state()).toEqual(ALL_AT_V2);
  });

  it('names the command that completes it if an alias was not moved, and refuses to go back twice', async () => {
    const problem = await failAt(await requestOf(/mig-dev-schedule.aliases/), 'before');

    expect(problem).toContain('mig-dev-schedule: point live to v2: ');
    expect(problem).toMatch(/What to do: run the same command again with --to v2: it continues from here$/);
    api.forget();
    expect(await rollback()).toContain(
      'mig-dev-schedule: rollback: live is v3, but v2 of mig-dev-backup-landed, so it is not clear which version is the previous one. To complete a rollback that was interrupted, run the same command again with --to v2',
    );
    expect(api.changes).toEqual([]);
    expect(await rollback({ to: 'v2' })).toBe('');
    expect(state()).toEqual(ALL_AT_V2);
  });

  it('names a command for each function if their versions have different names', async () => {
    const { versions, aliases } = api.functions.get('mig-dev-webhook') as NonNullable<
      ReturnType<(typeof api.functions)['get']>
    >;
    for (const version of versions) version.version = version.version.replace('v', 'w');
    aliases.set('live', 'w3');
    const changed = (what: RegExp) =>
      api.requests.findIndex(({ method, path }) => method === 'PUT' && what.test(path)) + 1;

    await service.run('rollback:rollback');
    const request = changed(/mig-dev-schedule.aliases/);
    for (const key of KEYS_OF_FUNCTIONS) {
      await service.run('rollback:rollback', { function: key, to: key === 'webhook' ? 'w3' : 'v3' });
    }
    api.forget();
    api.cutFrom = { request, when: 'before' };
    const problem = await rollback();
    api.cutFrom = undefined;

    const commands =
      'run the same command again with -f backup-landed --to v2, -f schedule --to v2, -f webhook --to w2, -f reconcile --to v2';
    expect(problem).toContain(`What to do: ${commands}: it continues from here`);
    expect(await rollback()).toContain(commands);
    for (const [, key = '', to = ''] of problem.matchAll(/-f ([a-z-]+) --to (\w+)/g)) {
      expect(await rollback({ function: key, to })).toBe('');
    }
    expect(state().map(([marker]) => marker)).toEqual(KEYS_OF_FUNCTIONS.map(() => 'second'));
  });

  it.each(['before', 'after'] as const)(
    'ends with all functions at the previous version, whichever request was the last (%s)',
    async (when) => {
      await service.run('rollback:rollback');
      const requests = api.requests.length;
      for (let request = 1; request <= requests; request += 1) {
        const problem = await failAt(request, when);
        expect([request, problem]).toEqual([request, expect.stringContaining('run the same command again')]);
        const again = await rollback(problem.includes('--to v2') ? { to: 'v2' } : {});
        expect([request, again, state()]).toEqual([request, '', ALL_AT_V2]);
      }
    },
    60_000,
  );
});
