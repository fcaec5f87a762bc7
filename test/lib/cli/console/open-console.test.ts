import type { LedgerSnapshot, RunDetails } from '../../../../lib/console/wire.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { pause } from '../../../../lib/runs/ledger/pauses.ts';
import { ask, Watcher } from '../../../fixtures/console-system.ts';
import { RECEIVED } from '../../../fixtures/decided-run.ts';
import { type LedgerConsoles, startLedgerConsoles } from '../../../fixtures/ledger-console.ts';
import { runOf } from '../../../fixtures/project-with-runs.ts';
import { landed } from '../../../simulation/jobs.ts';
import type { Simulation } from '../../../simulation/simulation.ts';

const ONE = landed('a/one.rdb');
const TWO = landed('a/two.rdb', 2);
const one = runOf('import-a', ONE);

/** What a new page has got once every place was read, or could not be. */
async function firstRead(watcher: Watcher): Promise<LedgerSnapshot> {
  const snapshot = await watcher.next('snapshot');
  const isRead = (places: LedgerSnapshot['places']) => places.every(({ read_at: at, trouble }) => at ?? trouble);
  const places = isRead(snapshot.places) ? snapshot.places : await watcher.next('places', isRead);
  const rows = [...snapshot.runs, ...watcher.all('runs').flat()];
  return { ...snapshot, places, runs: [...new Map(rows.map((row) => [row.run, row])).values()] };
}

describe('npx migrations console', () => {
  let here: LedgerConsoles;
  let simulation: Simulation;
  const watchers: Watcher[] = [];
  beforeEach(async () => {
    here = await startLedgerConsoles();
    simulation = here.simulate();
  });
  afterEach(async () => {
    for (const watcher of watchers.splice(0)) watcher.close();
    await here.close();
  });
  const watch = async (url: string): Promise<Watcher> => {
    const watcher = await Watcher.open(url);
    watchers.push(watcher);
    return watcher;
  };

  it('shows the runs of a ledger in OBS, its pauses and the heartbeat, and sends nothing that could change anything', async () => {
    simulation.cloud.failNextCreate('refused');
    await simulation.deliver(here.jobs, 'import-a', ONE);
    await pause(makeLedger(simulation.store, 'anna.1', Date.now), 'import-b', 'the cache is being resized');
    const url = await here.open();

    const snapshot = await firstRead(await watch(url));
    const details = await ask(`${url}api/places/cloud/runs/import-a/${one}`);
    const more = await ask(`${url}api/more`, { method: 'POST', headers: { 'x-console': '1' } });

    expect(snapshot.runs).toMatchObject([{ place: 'cloud', job: 'import-a', run: one, state: 'rejected' }]);
    expect(snapshot.places).toMatchObject([
      {
        name: 'cloud',
        ledger: 'obs://ops-ledger/migrations/',
        jobs: expect.arrayContaining(['import-a', 'import-b']),
        heartbeat: { late: true, message: expect.stringContaining('reconcile has never run') },
        pauses: [{ job: 'import-b', by: expect.stringContaining('anna.1'), why: 'the cache is being resized' }],
        unreadable: [],
        runs_left: 0,
      },
    ]);
    expect(snapshot.places[0]?.budgets.length).toBeGreaterThan(0);
    expect(details.json).toMatchObject({
      view: { state: 'rejected' },
      advice: { remedy: expect.any(String) },
      origin: { region: 'ap-southeast-3', stage: 'dev' },
    });
    expect((details.json as RunDetails).next_steps[0]?.command).toBe(`npx migrations runs replay import-a ${one}`);
    expect(more.status).toBe(202);
    // What belongs to a local system does not exist here.
    expect(snapshot).not.toHaveProperty('system');
    for (const at of ['faults', 'deliver-again', 'requests', 'timers/x/tick']) {
      expect(await ask(`${url}api/${at}`, { method: 'POST', headers: { 'x-console': '1' } })).toMatchObject({
        status: 404,
      });
    }
    expect(here.proxy.changes).toEqual([]);
  });

  it('reads nothing before a page is open', async () => {
    const url = await here.open();
    await ask(url);

    expect(here.proxy.reads).toBe(0);
    await (await watch(url)).next('snapshot');
    expect(here.proxy.reads).toBeGreaterThan(0);
  });

  it('shows a run that cannot be read with what to do, and the others as usual', async () => {
    await simulation.deliver(here.jobs, 'import-a', TWO);
    await simulation.store.append(`runs/import-a/${one}`, 0, 'not a record\n');

    const watcher = await watch(await here.open());
    const { runs, places } = await firstRead(watcher);

    expect(runs).toMatchObject([{ run: runOf('import-a', TWO) }]);
    expect(places[0]?.unreadable).toMatchObject([
      {
        job: 'import-a',
        run: one,
        why: expect.stringContaining(one),
        advice: expect.stringContaining('docs/runbook.md'),
      },
    ]);
  });

  it('shows why a ledger cannot be read', async () => {
    here.env['HUAWEICLOUD_SDK_AK'] = 'OTHERAK';

    const { places, runs } = await firstRead(await watch(await here.open()));

    expect(runs).toEqual([]);
    expect(JSON.stringify(places)).not.toContain('OTHERAK');
    expect(places).toMatchObject([
      { name: 'cloud', trouble: expect.stringContaining('OBS does not accept these keys') },
    ]);
  });

  it('shows no key, even if a record or an answer of the cloud repeats it', async () => {
    const { HUAWEICLOUD_SDK_SK: secret = '', HUAWEICLOUD_SDK_SECURITY_TOKEN: token = '' } = here.env;
    const received = { ...RECEIVED, job: 'import-a', run: one, source: `obs://backups/${secret}` };
    const waiting = {
      id: 'w-1',
      at: 2,
      by: token,
      type: 'waiting',
      reason: { code: 'queued', message: `${secret} ${token}` },
    };
    const text = [received, waiting].map((record) => `${JSON.stringify(record)}\n`).join('');
    await simulation.store.append(`runs/import-a/${one}`, 0, text);
    const url = await here.open();

    const watcher = await watch(url);
    const { runs } = await firstRead(watcher);
    const details = await ask(`${url}api/places/cloud/runs/import-a/${one}`);

    expect(runs).toMatchObject([{ source: 'obs://backups/***', reason: { message: '*** ***' } }]);
    for (const sent of [watcher.text, details.text, JSON.stringify(details.headers)]) {
      for (const key of [secret, token, 'uthorization']) expect(sent).not.toContain(key);
    }
  });

  it('says in the terminal what keeps every ledger from being read, and serves nothing', async () => {
    here.env['HUAWEICLOUD_SDK_SK'] = '';
    await expect(here.open()).rejects.toThrow('HUAWEICLOUD_SDK_SK: must be set because HUAWEICLOUD_SDK_AK is');

    delete here.env['HUAWEICLOUD_SDK_AK'];
    await expect(here.open({ local: true })).rejects.toThrow('npm start creates it');
    await expect(here.open({ jobs: 'none.yml', cloud: true })).rejects.toThrow('none.yml: file not found');
    expect(here.proxy.reads).toBe(0);
  });

  it('says of a run that cannot be read why, not that the console failed', async () => {
    await simulation.store.append(`runs/import-a/${one}`, 0, 'not a record\n');

    expect(await ask(`${await here.open()}api/places/cloud/runs/import-a/${one}`)).toMatchObject({
      status: 502,
      json: { title: 'Cannot be read', detail: expect.stringContaining('line 1 is not a record') },
    });
  });

  it('admits only its own page and programs of its user', async () => {
    const url = await here.open();

    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      expect(await ask(`${url}api/stream`, { headers })).toMatchObject({ status: 403 });
    }
    expect(await ask(`${url}api/more`, { method: 'POST' })).toMatchObject({ status: 403 });
  });

  it('refuses a port that is in use', async () => {
    const port = Number(new URL(await here.open()).port);

    await expect(here.open({ port })).rejects.toThrow(`${port} is in use`);
  });
});

describe('npx migrations console on several deployments', () => {
  let here: LedgerConsoles;
  let watcher: Watcher | undefined;
  const EU = landed('a/eu.rdb', 2);
  beforeEach(async () => {
    here = await startLedgerConsoles(['ops-ledger', 'eu-ledger']);
    await here.simulate().deliver(here.jobs, 'import-a', ONE);
    await here.simulate('eu-ledger', 'eu-west-101').deliver(here.jobs, 'import-a', EU);
    await here.addProject('eu', 'eu-west-101', 'eu-ledger');
    await here.addProject('gone', 'cn-north-4', 'no-such-ledger');
  });
  afterEach(async () => {
    watcher?.close();
    await here.close();
  });
  const snapshotOf = async (url: string) => {
    watcher = await Watcher.open(url);
    return firstRead(watcher);
  };

  it('shows those of --region as one list, each with its place', async () => {
    const { places, runs } = await snapshotOf(await here.open({ region: ['eu-west-101', 'ap-southeast-3'] }));

    expect(places.map(({ name, ledger, origin }) => [name, ledger, origin?.region])).toEqual([
      ['eu-west-101', 'obs://eu-ledger/migrations/', 'eu-west-101'],
      ['ap-southeast-3', 'obs://ops-ledger/migrations/', 'ap-southeast-3'],
    ]);
    expect(new Map(runs.map(({ place, source }) => [place, source]))).toEqual(
      new Map([
        ['eu-west-101', 'obs://backups/a/eu.rdb'],
        ['ap-southeast-3', 'obs://backups/a/one.rdb'],
      ]),
    );
    expect(here.proxy.changes).toEqual([]);
  });

  it('shows why one cannot be read, and the others as usual', async () => {
    const url = await here.open({ region: ['cn-north-4', 'ap-southeast-3'] });
    const { places, runs } = await snapshotOf(url);

    expect(places).toMatchObject([
      { name: 'cn-north-4', trouble: expect.stringContaining('the bucket no-such-ledger does not exist') },
      { name: 'ap-southeast-3' },
    ]);
    expect(places[1]).not.toHaveProperty('trouble');
    expect(runs).toMatchObject([{ place: 'ap-southeast-3' }]);
  });

  it('names several of one region by their folders', async () => {
    await here.addProject('eu b', 'eu-west-101', 'eu-ledger');
    await here.addProject('eu-b', 'eu-west-101', 'eu-ledger');

    const { places } = await snapshotOf(await here.open({ region: ['eu-west-101'] }));

    expect(places.map(({ name }) => name)).toEqual(['eu-west-101 eu b', 'eu-west-101 eu-b', 'eu-west-101 eu']);
  });

  it('opens a run by its place', async () => {
    const url = await here.open({ region: ['eu-west-101', 'ap-southeast-3'] });
    const run = runOf('import-a', EU);

    const details = await ask(`${url}api/places/eu-west-101/runs/import-a/${run}`);

    expect(details.json).toMatchObject({ place: 'eu-west-101', origin: { region: 'eu-west-101' } });
    expect((details.json as RunDetails).next_steps[0]?.command).toBe(
      `npx migrations runs watch import-a ${run} --jobs eu/migrations.yml --cloud`,
    );
    for (const place of ['ap-southeast-3', 'nowhere']) {
      expect(await ask(`${url}api/places/${place}/runs/import-a/${run}`)).toMatchObject({ status: 404 });
    }
  });

  it('refuses a region without a deployment, with those that exist', async () => {
    await expect(here.open({ region: ['eu-west-0'] })).rejects.toThrow(
      /^--region eu-west-0: no jobs file of this region .* found migrations\.yml \(ap-southeast-3\), eu\/migrations\.yml \(eu-west-101\), gone\//,
    );
  });

  it.each([
    [{ region: ['eu-west-101'], places: 'places.yml' }, '--region and --places cannot be combined'],
    [{ region: ['eu-west-101'], jobs: 'migrations.yml' }, '--jobs names one place'],
    [{ places: 'places.yml', local: true }, '--local names one place'],
  ])('refuses %j', async (options, message) => {
    await expect(here.open(options)).rejects.toThrow(message);
  });
});
