import type { RunDetails } from '../../../../lib/console/wire.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { listPauses, pause } from '../../../../lib/runs/ledger/pauses.ts';
import { readRunRecords } from '../../../../lib/runs/ledger/run-log.ts';
import { viewRun } from '../../../../lib/runs/report/run-view.ts';
import { type Answer, ask, Watcher } from '../../../fixtures/console-system.ts';
import { type LedgerConsoles, startLedgerConsoles } from '../../../fixtures/ledger-console.ts';
import { runOf } from '../../../fixtures/project-with-runs.ts';
import { landed } from '../../../simulation/jobs.ts';
import type { Simulation } from '../../../simulation/simulation.ts';

const ONE = landed('a/one.rdb');
const TWO = landed('a/two.rdb', 2);
const [one, two] = [ONE, TWO].map((trigger) => runOf('import-a', trigger)) as [string, string];

describe('changes from the console', () => {
  let here: LedgerConsoles;
  let simulation: Simulation;
  beforeEach(async () => {
    here = await startLedgerConsoles();
    simulation = here.simulate();
    simulation.cloud.failNextCreate('refused');
    await simulation.deliver(here.jobs, 'import-a', ONE);
    here.proxy.forget();
  });
  afterEach(() => here.close());

  const post = (url: string, at: string, json: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    ask(`${url}api/places/cloud/${at}`, {
      method: 'POST',
      headers: { 'x-console': '1', 'content-type': 'application/json', ...headers },
      body: JSON.stringify(json),
    });
  /** Answers the question with yes. */
  const change = async (url: string, request: object): Promise<Answer> => {
    const planned = await post(url, 'changes/plan', request);
    if (planned.status !== 200) return planned;
    return post(url, 'changes', { change: request, ...(planned.json as object) });
  };
  const stateOf = async (run: string) => viewRun(await readRunRecords(simulation, 'import-a', run))?.state;
  const pauses = () => listPauses(makeLedger(simulation.store, 'test', Date.now));

  it('are refused without --allow-changes, even if called by hand, and nothing is sent that could change anything', async () => {
    const url = await here.open();

    for (const request of [
      { kind: 'replay', job: 'import-a', run: one },
      { kind: 'cancel', job: 'import-a', run: one },
      { kind: 'pause' },
      { kind: 'resume' },
    ]) {
      for (const response of [
        await post(url, 'changes/plan', request),
        await post(url, 'changes', { change: request, question: 'Replay this run?', notes: [] }),
      ]) {
        expect(response).toMatchObject({ status: 403, json: { detail: expect.stringContaining('--allow-changes') } });
      }
    }
    const details = await ask(`${url}api/places/cloud/runs/import-a/${one}`);
    expect((details.json as RunDetails).next_steps.some((step) => 'change' in step)).toBe(false);
    expect(here.proxy.changes).toEqual([]);
  });

  it('replay a run after the question of the command, once', async () => {
    const url = await here.open({ allowChanges: true });
    const request = { kind: 'replay', job: 'import-a', run: one };

    const details = await ask(`${url}api/places/cloud/runs/import-a/${one}`);
    const planned = await post(url, 'changes/plan', request);
    expect(here.proxy.changes).toEqual([]);
    const done = await change(url, request);
    const again = await change(url, request);

    expect((details.json as RunDetails).next_steps).toMatchObject([{ change: { kind: 'replay' } }]);
    expect(planned.json).toEqual({
      question: 'Replay this run?',
      notes: [
        expect.stringMatching(
          new RegExp(`^will be recorded: replay 1 of job import-a, run ${one}, as run [0-9a-f]{32} `),
        ),
      ],
    });
    expect(done.json).toMatchObject({
      done: true,
      lines: [expect.stringMatching(/^recorded: replay 1 of/), expect.anything(), expect.anything()],
    });
    expect(again.json).toMatchObject({
      lines: [expect.stringContaining('was already replayed'), expect.anything(), expect.anything()],
    });
  });

  it('park, resolve and cancel a run, with the words of the commands', async () => {
    const url = await here.open({ allowChanges: true });
    await change(url, { kind: 'pause' });
    await simulation.deliver(here.jobs, 'import-a', TWO);
    simulation.now = Date.now() + 120_000;
    const run = { job: 'import-a', run: two };

    expect(await change(url, { kind: 'park', ...run, why: 'it is being checked' })).toMatchObject({
      json: { done: true, lines: [expect.stringContaining(`parked job import-a, run ${two}; when you have decided:`)] },
    });
    expect(await stateOf(two)).toBe('parked');
    expect(await change(url, { kind: 'try_again', ...run })).toMatchObject({ status: 200, json: { done: true } });
    expect(await change(url, { kind: 'try_again', ...run })).toMatchObject({
      status: 409,
      json: { title: 'not_parked', detail: expect.stringContaining('the run is not parked') },
    });
    expect((await post(url, 'changes/plan', { kind: 'cancel', ...run })).json).toEqual({
      question: `Cancel job import-a, run ${two}: end it; it has no known task, and nothing is sent?`,
      notes: [],
    });
    expect(await change(url, { kind: 'cancel', ...run })).toMatchObject({ json: { done: true } });
    expect(await stateOf(two)).toBe('rejected');
    expect(await change(url, { kind: 'cancel', ...run })).toMatchObject({ json: { done: true } });
    expect(await change(url, { kind: 'cancel', job: 'import-a', run: one })).toMatchObject({
      json: { done: false, lines: [expect.stringContaining('already over')] },
    });
  });

  it('pause and resume a job, and refuse one that does not exist', async () => {
    const url = await here.open({ allowChanges: true });

    expect((await post(url, 'changes/plan', { kind: 'pause', job: 'import-b', why: 'a test' })).json).toEqual({
      question: 'Pause import-b: no task is created until you resume?',
      notes: [],
    });
    expect(await pauses()).toEqual([]);
    await change(url, { kind: 'pause', job: 'import-b', why: 'a test' });
    expect(await pauses()).toMatchObject([{ job: 'import-b', why: 'a test' }]);
    await change(url, { kind: 'resume', job: 'import-b' });
    expect(await pauses()).toEqual([]);
    expect(await change(url, { kind: 'pause', job: 'import-c' })).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('no such job') },
    });
  });

  it('do nothing if the question no longer applies', async () => {
    const url = await here.open({ allowChanges: true });
    here.proxy.forget();

    const response = await post(url, 'changes', { change: { kind: 'pause' }, question: 'Pause nothing?', notes: [] });

    expect(response).toMatchObject({
      status: 409,
      json: {
        title: 'Confirm again',
        detail: expect.stringContaining('Pause all jobs: no task is created until you resume?'),
      },
    });
    expect(here.proxy.changes).toEqual([]);
  });

  it('replay nothing more if another tab has replayed the run since, although the question is the same', async () => {
    const url = await here.open({ allowChanges: true });
    const request = { kind: 'replay', job: 'import-a', run: one };
    const planned = (await post(url, 'changes/plan', request)).json as object;
    await change(url, request);
    here.proxy.forget();

    expect(await post(url, 'changes', { change: request, ...planned })).toMatchObject({
      status: 409,
      json: { title: 'Confirm again' },
    });
    expect(here.proxy.changes).toEqual([]);
  });

  it('are made once if two tabs confirm the same one at the same time', async () => {
    const url = await here.open({ allowChanges: true });
    const request = { kind: 'replay', job: 'import-a', run: one };
    const planned = (await post(url, 'changes/plan', request)).json as object;

    const ends = await Promise.all([1, 2, 3].map(() => post(url, 'changes', { change: request, ...planned })));

    expect(ends.some(({ status }) => status === 200)).toBe(true);
    expect(viewRun(await readRunRecords(simulation, 'import-a', one))?.replayed_as).toHaveLength(1);
  });

  it('name commands that reach the same place', async () => {
    await here.addProject('a b', 'ap-southeast-3', 'ops-ledger');
    const flags = "--jobs 'a b/migrations.yml' --cloud";
    const url = await here.open({ allowChanges: true, jobs: 'a b/migrations.yml', cloud: true });

    const details = await ask(`${url}api/places/cloud/runs/import-a/${one}`);
    const { json } = await change(url, { kind: 'replay', job: 'import-a', run: one });
    const { lines } = json as { lines: string[] };

    expect((details.json as RunDetails).next_steps[0]?.command).toBe(
      `npx migrations runs replay import-a ${one} ${flags}`,
    );
    expect(lines.at(-1)).toMatch(new RegExp(`npx migrations runs watch import-a [0-9a-f]{32} ${flags}$`));
  });

  it('resume a job that is no longer in the file', async () => {
    await pause(makeLedger(simulation.store, 'test', Date.now), ['removed']);
    const url = await here.open({ allowChanges: true });

    expect(await change(url, { kind: 'resume', job: 'removed' })).toMatchObject({ json: { done: true } });
    expect(await pauses()).toEqual([]);
  });

  it('are shown to open pages right after they are made', async () => {
    const url = await here.open({ allowChanges: true });
    const watcher = await Watcher.open(url);
    expect((await watcher.next('snapshot')).places[0]).toMatchObject({ allows_changes: true, pauses: [] });

    await change(url, { kind: 'pause', job: 'import-b' });

    await watcher.next('places', ([place]) => place?.pauses.length === 1);
    watcher.close();
  });

  it.each([
    [{ kind: 'forget', job: 'import-a', run: one }, 422],
    [{ kind: 'park', job: 'import-a', run: one }, 422],
    [{ kind: 'park', job: 'import-a', run: one, why: '' }, 422],
    [{ kind: 'cancel', job: 'import-a', run: 'abc' }, 422],
    [{ kind: 'cancel', job: '../x', run: one }, 422],
    [{ kind: 'cancel', job: 'import-a', run: one, more: 1 }, 422],
    [{ kind: 'task', job: 'import-a', run: one, task_id: 'a b' }, 422],
    [{ kind: 'pause', job: 'import-*' }, 422],
    [{ kind: 'run_now', job: 'import-a', run: one, why: ' ' }, 409],
    [{ kind: 'cancel', job: 'import-a', run: '0'.repeat(32) }, 409],
  ])('refuse %j with %i', async (request, status) => {
    const url = await here.open({ allowChanges: true });

    expect(await change(url, request)).toMatchObject({ status });
    expect(here.proxy.changes).toEqual([]);
  });

  it('are refused to other pages, and without the header that only its own page sends', async () => {
    const url = await here.open({ allowChanges: true });

    for (const headers of [
      { 'x-console': '0' },
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      expect(await post(url, 'changes', { change: { kind: 'pause' }, question: '', notes: [] }, headers)).toMatchObject(
        {
          status: 403,
        },
      );
    }
    expect(await pauses()).toEqual([]);
  });
});
