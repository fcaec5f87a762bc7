import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeFunctionGraph } from '../../fakes/fake-functiongraph.ts';
import {
  CommandFailed,
  JOBS,
  jobsYaml,
  KEYS,
  makeService,
  PASSWORD,
  type Service,
} from '../../fixtures/deploy-harness.ts';

const HEADING = 'mig: stage dev, region ap-southeast-3, project 0605767a3300d5762fb7c0186d9e1779';

describe('commands', () => {
  let api: FakeFunctionGraph;
  let service: Service;

  beforeEach(async () => {
    api = await FakeFunctionGraph.start();
    service = await makeService(api.url);
    await service.run('deploy:deploy');
    api.forget();
  });

  afterEach(async () => {
    await service.remove();
    await api.close();
  });

  it('info tells URN, triggers, version and alias, and changes nothing', async () => {
    await service.run('publish:publish', { function: 'schedule' });
    api.forget();

    const printed = await service.run('info:info');

    expect(printed).toContain(
      'urn:fss:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:function:default:mig-dev-schedule:latest',
    );
    expect(printed).toContain('trigger   TIMER rate-1h (1h)');
    expect(printed).toContain('published v1');
    expect(printed).toContain('alias     live -> v1');
    expect(api.changes).toEqual([]);
  });

  it('info says of a function that is not deployed just that', async () => {
    api.functions.delete('mig-dev-schedule');

    expect(await service.run('info:info')).toContain('mig-dev-schedule\n  not deployed');
  });

  it('needs no values of secrets if it sends none', async () => {
    const other = await makeService(api.url, KEYS);

    expect(await other.run('info:info')).toContain('mig-dev-schedule');

    await other.remove();
  });

  it('invoke sends the event of a file, and prints result and log', async () => {
    await writeFile(join(service.folder, 'event.json'), '{"a":1}');

    const printed = await service.run('invoke:invoke', {
      function: 'schedule',
      path: 'event.json',
      qualifier: '!live',
    });

    expect(printed).toBe(`${HEADING}\none line\n{"runs":[]}`);
    expect(api.requests.at(-1)).toEqual({
      method: 'POST',
      path: expect.stringMatching(/mig-dev-schedule:!live\/invocations$/),
      body: { a: 1 },
    });
  });

  it('invoke says which file of an event cannot be read, and why', async () => {
    await expect(service.run('invoke:invoke', { function: 'schedule', path: 'gone.json' })).rejects.toThrow(
      'schedule: read event: gone.json cannot be read: ENOENT',
    );
  });

  it.each(['[]', 'null', '{', '"text"'])('invoke refuses the event %s before anything is sent', async (data) => {
    await expect(service.run('invoke:invoke', { function: 'schedule', data })).rejects.toThrow(/must be a JSON object/);
    expect(api.requests).toEqual([]);
  });

  it('refuses an unknown function, and lists those that exist', async () => {
    await expect(service.run('invoke:invoke', { function: 'other', data: '{}' })).rejects.toThrow(
      'other: find function: no such function in serverless.yml; there are backup-landed, schedule, webhook, reconcile',
    );
  });

  it('logs names group and stream', async () => {
    expect(await service.run('logs:logs', { function: 'schedule' })).toContain('group   group (g)\nstream  stream (s)');
  });

  it('publish creates a version once', async () => {
    const only = { function: 'webhook' };
    await service.run('publish:publish', only);
    expect(await service.run('publish:publish', only)).toBe(`${HEADING}\nmig-dev-webhook: live is version v1`);
    await service.writePackage('webhook', 'another package');
    await service.run('deploy:deploy');
    expect(await service.run('publish:publish', only)).toBe(`${HEADING}\nmig-dev-webhook: live is version v2`);
  });

  it.each([
    'deploy:deploy',
    'diff:diff',
    'info:info',
    'logs:logs',
    'publish:publish',
    'rollback:rollback',
    'remove:remove',
  ])('%s begins with stage, region and project', async (hook) => {
    const options = { function: 'webhook', yes: true };
    const printed = await service
      .run(hook, options)
      .catch((error: unknown) => (error instanceof CommandFailed ? error.printed : ''));

    expect(printed.split('\n')[0]).toBe(HEADING);
  });

  it.each([
    'deploy:function:packageFunction',
    'deploy:function:deploy',
    'info:info',
    'invoke:invoke',
    'invoke:local:invoke',
    'logs:logs',
    'publish:publish',
    'rollback:rollback',
    'remove:remove',
  ])('%s refuses an unknown function, with the name that was probably meant', async (hook) => {
    await expect(service.run(hook, { function: 'webhok', yes: true })).rejects.toThrow(
      'webhok: find function: no such function in serverless.yml; there are backup-landed, schedule, webhook, reconcile; did you mean "webhook"?',
    );
    expect(api.requests).toEqual([]);
  });

  it('says that reconcile is not deployed without a ledger', async () => {
    await service.writeJobs(jobsYaml(JOBS, ''));

    await expect(service.run('info:info', { function: 'reconcile' })).rejects.toThrow(
      'reconcile: find function: it is not deployed: without a ledger it has nothing to process',
    );
  });

  it('logs and rollback say of a function that is not deployed just that', async () => {
    api.functions.delete('mig-dev-schedule');

    await expect(service.run('logs:logs', { function: 'schedule' })).rejects.toThrow(
      'mig-dev-schedule: find logs: it is not deployed',
    );
    await expect(service.run('rollback:rollback', { function: 'schedule' })).rejects.toThrow(
      /FSS.1051.*What to do: deploy the function first/,
    );
  });

  it('invoke refuses an unknown type before anything is sent', async () => {
    await expect(service.run('invoke:invoke', { function: 'schedule', type: 'event' })).rejects.toThrow(
      'mig-dev-schedule: invoke: --type is event; must be one of RequestResponse, Event',
    );
    expect(api.requests).toEqual([]);
  });

  it('remove names the open runs first', async () => {
    api.ledgerKeys = ['m/open/nightly/r-2', 'm/open/nightly/r-1.2', 'm/open/landed/r-3'];

    const printed = await service.run('remove:remove', { yes: true });

    const said = [
      'job nightly has 2 open runs: r-2, r-1; their tasks continue in the cloud, but nothing follows them any more',
      'job landed has 1 open run: r-3; their tasks continue in the cloud, but nothing follows them any more',
    ];
    expect(printed.split('\n').slice(1, 3)).toEqual(said);
    expect(api.functions.size).toBe(0);
  });

  it('remove says that it does not know the open runs if the ledger cannot be read', async () => {
    api.ledgerKeys = undefined;

    const printed = await service.run('remove:remove', { yes: true });

    expect(printed).toContain('open runs could not be listed, so there may be some: ');
    expect(printed).toContain('AccessDenied');
  });

  it('remove says that open runs are not known without a ledger', async () => {
    await service.writeJobs(jobsYaml(JOBS, ''));

    expect(await service.run('remove:remove', { yes: true })).toContain(
      'open runs are not known: without a ledger nothing records them',
    );
  });

  it('remove deletes triggers, then functions, and is safe twice', async () => {
    await service.run('remove:remove', { yes: true });

    expect(api.functions.size).toBe(0);
    expect(api.changes.slice(0, 2)).toEqual([
      expect.stringMatching(/^DELETE triggers\/\S+:mig-dev-backup-landed:latest\/OBS\//),
      expect.stringMatching(/^DELETE functions\/\S+:mig-dev-backup-landed$/),
    ]);
    expect(await service.run('remove:remove', { yes: true })).toContain('mig-dev-schedule: not deployed');
  });

  it('remove asks, and removes nothing if nobody can be asked', async () => {
    await expect(service.run('remove:remove')).rejects.toThrow(/not a terminal, so nobody can be asked: add --yes/);
    expect(api.changes).toEqual([]);
  });

  it('prints no secret, whatever a function returns', async () => {
    const held = api.requests.push.bind(api.requests);
    api.requests.push = (...items) => {
      const error_msg = `it said ${PASSWORD} and ${KEYS.HUAWEICLOUD_SDK_SK}`;
      api.refuseNext = { status: 400, body: { error_code: 'FSS.0400', error_msg } };
      return held(...items);
    };

    const failed = (await service
      .run('invoke:invoke', { function: 'schedule', data: '{}' })
      .catch((e: unknown) => e)) as Error;

    expect(failed.message).toContain('it said *** and ***');
  });
});
