import path from 'node:path';
import { cancelChange } from '../../../../lib/cli/runs/runs-cancel.ts';
import { readSettings } from '../../../../lib/kernel/settings.ts';
import { makeFolderStore } from '../../../../lib/runs/ledger/folder-store.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import { noServices } from '../../../fakes/no-services.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';
import { type ExampleSystem, startExample } from '../../../fixtures/example-system.ts';
import { makeProjectWithRuns, type ProjectWithRuns, runOf } from '../../../fixtures/project-with-runs.ts';
import { REAL_TIMERS } from '../../../fixtures/real-timers.ts';
import { runCommand } from '../../../fixtures/run-command.ts';
import { landed } from '../../../simulation/jobs.ts';

const ONE = landed('a/one.rdb');
const TWO = landed('a/two.rdb', 1);
const one = runOf('import-a', ONE);
const two = runOf('import-a', TWO);

describe('npx migrations runs cancel, without npm start', () => {
  let project: ProjectWithRuns;
  beforeEach(async () => {
    project = await makeProjectWithRuns();
  });
  afterEach(() => project.remove());

  const deliver = (trigger = ONE) => project.simulation.deliver(project.jobs, 'import-a', trigger);
  const ledgerFolder = () => path.join(project.folder, '.local/ledger');
  const cancel = async (run: string, ...more: readonly string[]) => {
    const { code, stdout, stderr } = await project.runs('cancel', 'import-a', run, ...more);
    return { code, answer: stdout.startsWith('{') ? JSON.parse(stdout) : stdout, stderr };
  };

  it('ends a run that an object started and that has no task, without a call, and frees its target for others', async () => {
    await deliver();
    await deliver(TWO);

    const ended = await cancel(two.slice(0, 12), '--yes', '--json');
    await project.simulation.settle(20);
    const shown = JSON.parse((await project.runs('show', 'import-a', two, '--json')).stdout);

    expect(ended).toEqual({ code: 0, answer: { job: 'import-a', run: two, cancel: 'cancelled' }, stderr: '' });
    expect([shown.state, shown.reason.code]).toEqual(['rejected', 'cancelled']);
    expect(project.simulation.cloud.tasks).toHaveLength(1);
    expect((await cancel(two, '--yes')).code).toBe(0);
  });

  it('asks, and changes nothing if nobody can answer', async () => {
    await deliver();
    await deliver(TWO);
    const before = await project.simulation.ledgerText();

    const { code, stderr } = await cancel(two);

    expect([code, stderr]).toEqual([2, expect.stringContaining('end it; it has no known task, and nothing is sent?')]);
    expect(await project.simulation.ledgerText()).toBe(before);
  });

  it('exits with 1 for a run that is over', async () => {
    project.simulation.cloud.failNextCreate('refused');
    await deliver();

    expect(await cancel(one, '--yes', '--json')).toMatchObject({ code: 1, answer: { cancel: 'over' } });
  });

  it('exits with 3 while an invocation handles the run, says until when, and changes nothing', async () => {
    await deliver();
    await deliver(TWO);
    const store = makeFolderStore(ledgerFolder());
    const ledger = makeLedger(store, 'an invocation', Date.now);
    const until = Date.now() + 600_000;
    const log = await openRunLog(ledger, 'import-a', two);
    await log.append({ ...ledger.stamp(), type: 'claimed', until });
    const before = await project.simulation.ledgerText();

    const json = await cancel(two, '--yes', '--json');
    const text = await cancel(two, '--yes');

    const at = new Date(until).toISOString();
    expect(json).toMatchObject({ code: 3, answer: { cancel: 'later', until: at, reason: { code: 'in_progress' } } });
    expect([text.code, text.answer]).toEqual([
      3,
      expect.stringContaining(`is handling the run until ${at} at the latest; retry then`),
    ]);
    expect(await project.simulation.ledgerText()).toBe(before);
  });

  it('exits with 3 before asking if a run has a task and no keys to stop it', async () => {
    await deliver();
    const before = await project.simulation.ledgerText();

    const local = await cancel(one);
    const keyless = await runCommand(['runs', 'cancel', 'import-a', one], {
      cwd: project.folder,
      env: { MIGRATIONS_LEDGER_FOLDER: ledgerFolder(), MIGRATIONS_STAGE: 'local' },
    });

    expect([local.code, local.stderr]).toEqual([3, expect.stringContaining('start it with npm start')]);
    expect([keyless.code, keyless.stderr]).toEqual([3, expect.stringContaining('HUAWEICLOUD_SDK_AK')]);
    expect(keyless.stderr).toContain('in a console of several deployments, project_id of its places file');
    expect(await project.simulation.ledgerText()).toBe(before);
  });

  it('lets the call that stops a task have all its time, however long a person thought about the question', async () => {
    const { simulation } = project;
    await deliver();
    jest.useFakeTimers({ now: simulation.now, doNotFake: [...REAL_TIMERS] });
    try {
      const ledger = simulation.ledger();
      const keys = { HUAWEICLOUD_SDK_AK: 'ak', HUAWEICLOUD_SDK_SK: 'sk', HUAWEICLOUD_PROJECT_ID: 'project' };
      const services = { ...noServices(), dcsFollow: async () => simulation.cloud.dcsFollow };
      const place = { settings: { ...readSettings(() => undefined), ...keys }, openServices: async () => services };
      const named = { job: 'import-a', run: one, flags: '' };
      const change = await cancelChange({ place, ledger, log: fakeRun().deps.log }, named);
      simulation.now += 90_000;
      jest.setSystemTime(simulation.now);

      expect((await change.perform()).value).toMatchObject({ cancel: 'stopping' });
      const intent = (await simulation.recordsOf({ job: 'import-a', run: one })).find(({ type }) => type === 'call');
      // A minute for the call, two for clocks that differ, and 15 s to end.
      expect(intent).toMatchObject({ call: 'cancel', until: simulation.now + 195_000 });
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    ['a missing run', 'f'.repeat(32), 3, `job import-a has no run ${'f'.repeat(32)}`],
    ['too few digits', '0123', 2, 'give its 32 hex digits'],
  ])('refuses %s', async (_, run, exit, said) => {
    await deliver();
    await deliver(TWO);

    expect(await cancel(run, '--yes')).toMatchObject({ code: exit, stderr: expect.stringContaining(said) });
  });

  it('refuses a run of another stage', async () => {
    await deliver();
    await deliver(TWO);
    const env = { MIGRATIONS_LEDGER_FOLDER: ledgerFolder() };

    const { code, stderr } = await runCommand(['runs', 'cancel', 'import-a', two, '--yes'], {
      cwd: project.folder,
      env,
    });

    expect([code, stderr]).toEqual([3, expect.stringContaining('belongs to')]);
  });
});

describe('npx migrations runs cancel, with npm start', () => {
  let example: ExampleSystem;
  beforeAll(async () => {
    example = await startExample('online-cutover');
  }, 60_000);
  afterAll(() => example?.close());

  it('asks the service once to stop the task of a run, and the run ends as cancelled', async () => {
    await example.deliver('webhook', 'move-session-cache');
    // The machine of the task is made, and a tick finds it.
    example.system.cloud.clock.advance(60_000);
    await example.system.builtIn.invokeRoute('reconcile', '{}', 'tick-of-the-test');
    const { job, run } = JSON.parse((await example.run(['runs', 'list', '--json'])).stdout).runs[0];
    const cancel = () => example.run(['runs', 'cancel', job, run, '--yes', '--json']);
    await example.tasks(1, ({ status }) => status === 'FULLMIGRATING' || status === 'INCRMIGEATING');

    const first = await cancel();
    const second = await cancel();
    const watched = await example.run(['runs', 'watch', job, run, '--every', '1s', '--json']);

    expect([first.code, JSON.parse(first.stdout)]).toEqual([0, { job, run, cancel: 'stopping' }]);
    expect([0, 1]).toContain(second.code);
    expect(JSON.parse(watched.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      state: 'failed',
      reason: { code: 'cancelled' },
    });
    expect(example.system.cloud.tasks()).toMatchObject([{ status: 'TERMINATED' }]);
    const stops = example.system.cloud.requests.filter(({ operation }) => operation === 'StopMigrationTask');
    expect(stops).toHaveLength(1);
  }, 60_000);
});
