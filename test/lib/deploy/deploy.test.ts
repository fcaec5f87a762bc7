import { FakeFunctionGraph } from '../../fakes/fake-functiongraph.ts';
import {
  type CommandFailed,
  JOBS,
  jobsYaml,
  makeService,
  PASSWORD,
  type Service,
  serviceYaml,
} from '../../fixtures/deploy-harness.ts';

describe('deploy', () => {
  let api: FakeFunctionGraph;
  let service: Service;

  beforeEach(async () => {
    api = await FakeFunctionGraph.start();
    service = await makeService(api.url);
  });

  afterEach(async () => {
    await service.remove();
    await api.close();
  });

  const triggersOf = (name: string) =>
    (api.functions.get(`mig-dev-${name}`)?.triggers ?? [])
      .filter(({ isBeingDeleted }) => !isBeingDeleted)
      .map(({ type, data }): Record<string, unknown> => ({ type, ...data }));

  it('creates each function, with its configuration and the triggers that the jobs need', async () => {
    await service.run('deploy:deploy');

    expect([...api.functions.keys()]).toEqual([
      'mig-dev-backup-landed',
      'mig-dev-schedule',
      'mig-dev-webhook',
      'mig-dev-reconcile',
    ]);
    expect(api.functions.get('mig-dev-webhook')?.config).toMatchObject({
      runtime: 'Node.js20.15',
      handler: 'index.handler',
      initializer_handler: 'index.initializer',
      memory_size: 256,
      timeout: 30,
      xrole: 'migrations',
      app_xrole: 'migrations',
      encrypted_user_data: '{"CACHE_PASSWORD":"hunter2-hunter2"}',
    });
    expect(triggersOf('backup-landed')).toEqual([
      {
        type: 'OBS',
        bucket: 'backups',
        events: ['s3:ObjectCreated:*'],
        name: expect.stringMatching(/^mig-dev-[0-9a-f]{12}$/),
        prefix: 'prod/',
        suffix: '.rdb',
      },
    ]);
    expect(triggersOf('schedule')).toEqual([
      {
        type: 'TIMER',
        name: 'cron-25312518b703',
        schedule_type: 'Cron',
        schedule: '0 0 2 * * ?',
        user_event: 'nightly',
      },
      { type: 'TIMER', name: 'rate-1h', schedule_type: 'Rate', schedule: '1h', user_event: 'hourly' },
    ]);
    expect(triggersOf('reconcile')).toEqual([
      { type: 'TIMER', name: 'reconcile', schedule_type: 'Rate', schedule: '5m', user_event: '' },
    ]);
    expect(triggersOf('webhook').map(({ path, req_method: method }) => `${method} ${path}`)).toEqual([
      'ANY /jobs',
      'GET /health',
      'GET /openapi.json',
    ]);
  });

  it.each<[string, string | undefined, string, string]>([
    ['its stage', 'prod', '', 'prod'],
    ['the stage of a deploy without one', undefined, '', 'dev'],
    ['what userData says instead', 'prod', '  userData: { MIGRATIONS_STAGE: live }', 'live'],
  ])('configures each function with %s', async (_what, stage, provider, expected) => {
    await service.writeService(serviceYaml({ provider }));

    await service.run('deploy:deploy', stage === undefined ? {} : { stage });

    const told = [...api.functions.values()].map(({ config }) => JSON.parse(String(config['user_data'])) as unknown);
    expect(told).toHaveLength(4);
    for (const variables of told) expect(variables).toMatchObject({ MIGRATIONS_STAGE: expected });
  });

  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['5m', undefined],
    ['15m', '15m'],
  ])(
    'tells reconcile, and no other function, that its timer has the rate %s only if it is not the usual one',
    async (rate, expected) => {
      await service.writeService(serviceYaml({ provider: rate === undefined ? '' : `  reconcileEvery: ${rate}` }));

      await service.run('deploy:deploy');

      const told = [...api.functions.values()].map(({ config }) => [
        config['func_name'],
        (JSON.parse(String(config['user_data'])) as Record<string, string>)['RECONCILE_EVERY'],
      ]);
      expect(told).toHaveLength(4);
      for (const [name, every] of told) expect(every).toBe(name === 'mig-dev-reconcile' ? expected : undefined);
    },
  );

  it('reports a lifecycle rule that deletes what the ledger needs, and keeps it', async () => {
    api.lifecycle =
      '<LifecycleConfiguration><Rule><ID>tidy</ID><Prefix>m/</Prefix><Status>Enabled</Status><Expiration><Days>500</Days></Expiration></Rule></LifecycleConfiguration>';

    expect(await service.run('deploy:deploy')).toContain(
      "ledger ops-ledger: lifecycle rule tidy removes m/* after 500 days, including the ledger's m/control/",
    );
    expect(api.requests.filter(({ method, path }) => method === 'PUT' && path === '/ops-ledger')).toEqual([]);
  });

  it("tests the ledger's bucket, and sets its lifecycle rules once", async () => {
    const printed = await service.run('deploy:deploy');

    expect(printed).toContain('ledger ops-ledger: settled runs are deleted after 400 days');
    expect(api.lifecycle).toContain('<Prefix>m/runs/</Prefix>');
    expect(api.lifecycle).toContain('<Days>400</Days>');
    expect(api.lifecycle).toContain('<Prefix>m/lanes/job/</Prefix>');
    expect(api.lifecycle).toContain('<Days>62</Days>');

    await service.writePackage('webhook', 'another package');

    expect(await service.run('deploy:deploy')).not.toContain('lifecycle');
    expect(api.requests.filter(({ method, path }) => method === 'PUT' && path === '/ops-ledger')).toHaveLength(1);
  });

  it('sets three retries with a ledger, one without, and none for reconcile', async () => {
    await service.run('deploy:deploy');

    expect(api.functions.get('mig-dev-schedule')?.asyncConfig).toEqual({
      max_async_retry_attempts: 3,
      max_async_event_age_in_seconds: 86_400,
      destination_config: {},
    });
    expect(api.functions.get('mig-dev-reconcile')?.asyncConfig).toMatchObject({ max_async_retry_attempts: 0 });
    expect(api.functions.get('mig-dev-webhook')?.asyncConfig).toBeUndefined();

    await service.writeJobs(jobsYaml(JOBS, ''));
    await service.run('deploy:deploy');

    expect(api.functions.get('mig-dev-schedule')?.asyncConfig).toMatchObject({ max_async_retry_attempts: 1 });
  });

  it('changes nothing the second time', async () => {
    await service.run('deploy:deploy');
    api.forget();

    const printed = await service.run('deploy:deploy');

    expect(api.changes).toEqual([]);
    expect(printed).toContain('mig-dev-schedule: unchanged');
  });

  it('deletes and creates one trigger if a schedule has changed', async () => {
    await service.run('deploy:deploy');
    api.forget();
    await service.writeJobs(jobsYaml({ ...JOBS, nightly: '{ schedule: { cron: "0 30 2 * * ?" } }' }));

    await service.run('deploy:deploy');

    expect(api.changes).toEqual([
      expect.stringMatching(/^DELETE triggers\/\S+:mig-dev-schedule:latest\/TIMER\//),
      expect.stringMatching(/^POST triggers\/\S+:mig-dev-schedule:latest$/),
    ]);
    expect(triggersOf('schedule').map(({ schedule }) => schedule)).toEqual(['1h', '0 30 2 * * ?']);
  });

  it('creates one timer for jobs with the same schedule, which names them', async () => {
    await service.writeJobs(jobsYaml({ ...JOBS, second: JOBS.nightly }));

    await service.run('deploy:deploy');

    expect(triggersOf('schedule').map(({ user_event: names }) => names)).toEqual(['nightly,second', 'hourly']);
  });

  it('deletes the triggers of a removed job, and reports it', async () => {
    await service.run('deploy:deploy');
    api.forget();
    const { landed: _, ...others } = JOBS;
    await service.writeJobs(jobsYaml(others));

    const printed = await service.run('deploy:deploy');

    expect(triggersOf('backup-landed')).toEqual([]);
    expect(api.changes).toHaveLength(1);
    expect(printed).toContain('OBS backups/prod/*.rdb is not in the files, and is deleted');
  });

  it('sends the function events for objects that landed while its bucket trigger was being replaced', async () => {
    await service.run('deploy:deploy');
    await service.writeJobs(
      jobsYaml({ ...JOBS, landed: '{ object_created: { bucket: backups, key: "prod/**/*.aof" } }' }),
    );
    api.objects = ['prod/new one.aof', 'prod/other.rdb'];
    api.forget();

    await service.run('deploy:deploy');

    const told = api.requests.filter(({ path }) => path.endsWith('/invocations-async'));
    expect(told.map(({ body }) => body)).toEqual([
      {
        Records: [
          {
            eventVersion: '2.0',
            eventTime: '2999-01-01T00:00:00.000Z',
            eventName: 'ObjectCreated:Put',
            s3: { bucket: { name: 'backups' }, object: { key: 'prod%2Fnew%20one.aof', size: 7, eTag: 'e1' } },
          },
        ],
      },
    ]);
  });

  it('keeps unknown triggers with keepUnknownTriggers', async () => {
    await service.run('deploy:deploy');
    const { hourly: _, ...others } = JOBS;
    await service.writeJobs(jobsYaml(others));
    await service.writeService(serviceYaml({ provider: '  keepUnknownTriggers: true' }));
    api.forget();

    await service.run('deploy:deploy');

    expect(api.changes).toEqual([]);
  });

  it('uploads code that has changed, and nothing else', async () => {
    await service.run('deploy:deploy');
    await service.writePackage('webhook', 'another package');
    api.forget();

    await service.run('deploy:deploy');

    expect(api.changes).toEqual([expect.stringMatching(/^PUT functions\/\S+:mig-dev-webhook:latest\/code$/)]);
  });

  it('sends the configuration when an encrypted value has changed, though the service shows none', async () => {
    await service.run('deploy:deploy');
    const other = await makeService(api.url, {
      HUAWEICLOUD_SDK_AK: 'a',
      HUAWEICLOUD_SDK_SK: 's',
      CACHE_PASSWORD: 'another-password',
    });
    api.forget();

    await other.run('deploy:deploy');
    await other.remove();

    expect(api.changes).toHaveLength(4);
    expect(api.changes.every((change) => change.startsWith('PUT') && change.endsWith('/config'))).toBe(true);
  });

  it('recreates an API of the gateway only if told to', async () => {
    await service.run('deploy:deploy');
    await service.writeService(
      serviceYaml({ functions: '' }).replace('{ groupId: g1 }', '{ groupId: g1, basePath: /m }'),
    );
    api.forget();

    await expect(service.run('deploy:deploy')).rejects.toThrow(/--replace-api/);
    expect(api.changes).toEqual([]);

    await service.run('deploy:deploy', { 'replace-api': true });

    expect(triggersOf('webhook').map(({ path }) => path)).toEqual(['/m/jobs', '/m/health', '/m/openapi.json']);
  });

  it('stops at a function with another runtime, because it cannot be changed', async () => {
    await service.run('deploy:deploy');
    const held = api.functions.get('mig-dev-schedule');
    if (held) held.config = { ...held.config, runtime: 'Node.js18.20' };
    api.forget();

    await expect(service.run('deploy:deploy')).rejects.toThrow(
      /mig-dev-schedule: compare configuration: it runs on Node.js18.20/,
    );
    expect(api.changes).toEqual([]);
  });

  it('lists deployed functions that are no longer in serverless.yml', async () => {
    await service.run('deploy:deploy');
    await service.writeJobs(jobsYaml({ hourly: JOBS.hourly }));
    await service.writeService(serviceYaml().replace('  webhook: { timeout: 30 }\n', ''));

    const printed = await service.run('deploy:deploy');

    expect(printed).toContain('mig-dev-webhook is deployed, but not in serverless.yml');
  });

  it('does not take the functions of another stage, or other functions, for its own', async () => {
    await service.run('deploy:deploy');
    const held = api.functions.get('mig-dev-webhook');
    for (const name of ['mig-dev-2-webhook', 'mig-dev-webhook-2', 'mig-dev-theirs']) {
      if (held) api.functions.set(name, held);
    }

    expect(await service.run('deploy:deploy')).not.toContain('but not in serverless.yml');
  });

  it.each(['before', 'after'] as const)(
    'is completed by the next one, whichever request it was killed %s',
    async (when) => {
      const whole = await FakeFunctionGraph.start();
      const other = await makeService(whole.url);
      await other.run('deploy:deploy');
      const requests = whole.requests.length;
      await other.remove();
      await whole.close();
      expect(requests).toBeGreaterThan(20);

      for (let request = 1; request <= requests; request += 1) {
        const killed = await FakeFunctionGraph.start();
        const again = await makeService(killed.url);
        killed.cutFrom = { request, when };
        await again.run('deploy:deploy').catch(() => undefined);
        killed.cutFrom = undefined;
        await again.run('deploy:deploy');
        expect({ request, state: killed.state }).toEqual({ request, state: whole.state });
        await again.remove();
        await killed.close();
      }
    },
    60_000,
  );

  it('completes a change of triggers that was killed at any request', async () => {
    const changed = jobsYaml({
      ...JOBS,
      nightly: '{ schedule: { cron: "0 30 2 * * ?" } }',
      landed: '{ object_created: { bucket: backups, key: "prod/*.rdb" } }',
    });
    for (let request = 1; request <= 24; request += 1) {
      const killed = await FakeFunctionGraph.start();
      const again = await makeService(killed.url);
      await again.run('deploy:deploy');
      await again.writeJobs(changed);
      killed.forget();
      killed.cutFrom = { request, when: 'after' };
      await again.run('deploy:deploy').catch(() => undefined);
      killed.cutFrom = undefined;
      await again.run('deploy:deploy');
      const timers = killed.functions.get('mig-dev-schedule')?.triggers.filter(({ isBeingDeleted }) => !isBeingDeleted);
      expect(timers?.map(({ data }) => data['schedule']).sort()).toEqual(['0 30 2 * * ?', '1h']);
      await again.remove();
      await killed.close();
    }
  }, 60_000);

  it('names function, step, code and what to do when it is refused', async () => {
    api.refuseNext = { status: 403, body: { error_code: 'FSS.0403', error_msg: 'no permission' } };

    await expect(service.run('deploy:deploy')).rejects.toThrow(
      'mig-dev-backup-landed: read configuration: FUNCTIONGRAPH showFunctionConfig: rejected: 403 FSS.0403 no permission (request fake-request). What to do: grant your keys the permissions in deploy/policies/deployer-*.json',
    );
  });

  it('prints neither secrets nor code, even if the service repeats them', async () => {
    const code = Buffer.from('package of backup-landed'.repeat(40)).toString('base64');
    await service.writePackage('backup-landed', 'package of backup-landed'.repeat(40));
    const bodies = [
      { error_code: 'FSS.1009', error_msg: `user data {"CACHE_PASSWORD":"${PASSWORD}"} refused` },
      { error_code: 'FSS.1011', error_msg: `code ${code} refused` },
      { error_code: 'APIGW.0301', error_msg: 'secret-key-of-the-tests is wrong' },
    ];
    for (const body of bodies) {
      await api.close();
      api = await FakeFunctionGraph.start();
      const again = await makeService(api.url);
      await again.writePackage('backup-landed', 'package of backup-landed'.repeat(40));
      const original = api.requests.push.bind(api.requests);
      // The second request of a first deploy is the one that creates.
      api.requests.push = (...items) => {
        if (items[0]?.method === 'POST') api.refuseNext = { status: 400, body };
        return original(...items);
      };
      const failed = (await again.run('deploy:deploy').catch((error: unknown) => error)) as CommandFailed;
      await again.remove();
      const all = `${failed.message}\n${failed.printed}`;

      expect(all).toContain(body.error_code);
      for (const secret of [PASSWORD, 'secret-key-of-the-tests', code, code.slice(10, 150)])
        expect(all).not.toContain(secret);
    }
  });
});
