import type { RequestTrigger, Trigger } from '../../../../lib/events/trigger.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { runName } from '../../../../lib/runs/ledger/run-log.ts';
import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { foldRun } from '../../../../lib/runs/ledger/run-state.ts';
import { forgetRun } from '../../../../lib/runs/operate/forget-run.ts';
import { planReplay, replayRun } from '../../../../lib/runs/operate/replay-run.ts';
import { landed, nameOf, simulationJobs, ticked } from '../../../simulation/jobs.ts';
import { PASSWORD, Simulation } from '../../../simulation/simulation.ts';

const object = landed('a/one.rdb');

let jobs: Jobs;
beforeAll(async () => {
  jobs = await simulationJobs();
});

const given = nameOf('import-a', object);
const depsOf = (simulation: Simulation, more: Partial<Parameters<typeof replayRun>[1]> = {}) => ({
  ledger: simulation.ledger(),
  jobs,
  evenSucceeded: false,
  services: { obs: async () => simulation.obs },
  ...more,
});

/** A run that the service refused. */
async function refused(job = 'import-a', trigger: Trigger = object): Promise<Simulation> {
  const simulation = new Simulation();
  simulation.cloud.failNextCreate('refused');
  await simulation.deliver(jobs, job, trigger);
  return simulation;
}

const recordsOf = async (simulation: Simulation, name: { job: string; run: string }) =>
  await simulation.recordsOf(name);

describe('replayRun', () => {
  it('records a new run for the same trigger, and reconcile creates its task at its next tick', async () => {
    const simulation = await refused();

    const attempt = await replayRun(given, depsOf(simulation));
    expect(simulation.cloud.tasks).toEqual([]);
    await simulation.reconcile();

    expect(attempt).toEqual({
      job: 'import-a',
      run: '2ab85cab3cd4745da894b2cfe998ef11',
      of: given.run,
      number: 1,
      source: `obs://backups/a/one.rdb, replay 1 of run ${given.run}`,
      isThere: false,
    });
    expect(simulation.cloud.tasks.map(({ name }) => name)).toEqual([`import-a-${attempt.run.slice(0, 12)}`]);
    expect(await simulation.settle()).toBe(0);
  });

  it('puts the marker of the new run before the link to it, so that reconcile finds what died in between', async () => {
    const simulation = await refused();
    const ledger = simulation.ledger();
    const writes: string[] = [];
    const store: LedgerStore = {
      ...ledger.store,
      put: (name, text) => {
        writes.push(`put ${name.split('/')[0]}`);
        return ledger.store.put(name, text);
      },
      append: (list, position, text) => {
        writes.push(`append ${/"type":"(\w+)"/.exec(text)?.[1]}`);
        return ledger.store.append(list, position, text);
      },
    };

    await replayRun(given, depsOf(simulation, { ledger: { ...ledger, store } }));

    expect(writes.slice(0, 2)).toEqual(['put open', 'append replayed']);
  });

  it('links both runs', async () => {
    const simulation = await refused();

    const { run } = await replayRun(given, depsOf(simulation));

    expect(foldRun(await recordsOf(simulation, given)).replays?.map((first) => first.run)).toEqual([run]);
    expect(foldRun(await recordsOf(simulation, { job: 'import-a', run })).received).toMatchObject({
      replayOf: given.run,
      given: object,
    });
  });

  it('leaves the response to a redelivery unchanged', async () => {
    const simulation = await refused();

    await replayRun(given, depsOf(simulation));
    await simulation.settle();

    expect((await simulation.deliver(jobs, 'import-a', object)).value).toMatchObject({ outcome: 'rejected' });
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('plans from the jobs file as it is now', async () => {
    const simulation = await refused();
    const now = await simulationJobs((yaml) =>
      yaml.replace('backup_import: { target_instance: cache-a }', 'backup_import: { target_instance: cache-b }'),
    );

    await replayRun(given, depsOf(simulation, { jobs: now }));
    await simulation.settle();

    expect(simulation.cloud.tasks.map(({ target }) => target)).toEqual(['e3d9400a-cecb-54d2-9170-400b2b2b80e6']);
  });

  it('returns the same run while it is not settled', async () => {
    const simulation = await refused();

    const first = await replayRun(given, depsOf(simulation));
    const again = await replayRun(given, depsOf(simulation));

    expect(again).toEqual({ ...first, isThere: true });
  });

  it('returns the same run to a slower caller, even if it was refused meanwhile', async () => {
    const simulation = await refused();
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow = simulation.person((ledger) => replayRun(given, { ...depsOf(simulation), ledger }), {
      timeLimitMs: 60 * 60_000,
      turn: async (what) => {
        if (what.startsWith('ledger.append')) await held;
      },
    });
    simulation.cloud.failNextCreate('refused');
    const first = await replayRun(given, depsOf(simulation));
    expect(await simulation.settle()).toBe(0);
    goOn();

    expect((await slow).value).toEqual({ ...first, isThere: true });
    expect(foldRun(await recordsOf(simulation, given)).replays).toHaveLength(1);
  });

  it('makes a second replay of the first run when a replay is replayed', async () => {
    const simulation = await refused();
    simulation.cloud.failNextCreate('refused');
    const first = await replayRun(given, depsOf(simulation));
    await simulation.settle();

    const second = await replayRun(first, depsOf(simulation));
    await simulation.settle();

    expect(second).toMatchObject({ of: given.run, number: 2, isThere: false });
    expect(second.run).not.toBe(first.run);
    expect(simulation.cloud.tasks).toHaveLength(1);
    await expect(replayRun(given, depsOf(simulation))).rejects.toMatchObject({ code: 'succeeded' });
  });

  it('sends what a caller asked for again, and stores nothing of how the caller was let in', async () => {
    const asked: RequestTrigger = {
      kind: 'request',
      requestId: 'g-1',
      idempotencyKey: 'k-1',
      contentHash: 'hash',
      job: 'on-demand',
      body: { description: 'for tests' },
      query: {},
      time: '2026-03-14T11:00:00Z',
    };
    const withRequest = await simulationJobs((yaml) =>
      yaml.replace(
        'jobs:\n',
        `jobs:\n  on-demand:\n    on: { request: { accepts: [description] } }\n    backup_import: { target_instance: cache-a, backup_files: { file_source: self_build_obs, bucket_name: b, files: [ { file_name: x.rdb } ] } }\n`,
      ),
    );
    const simulation = new Simulation();
    simulation.cloud.failNextCreate('refused');
    await simulation.deliver(withRequest, 'on-demand', asked);

    await replayRun(nameOf('on-demand', asked), depsOf(simulation, { jobs: withRequest }));
    await simulation.settle();

    expect(simulation.cloud.tasks[0]?.body).toMatchObject({ description: 'for tests' });
    const text = await simulation.ledgerText();
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toMatch(/authorization/i);
  });

  it('returns what it would record, and records nothing', async () => {
    const simulation = await refused();
    const before = await simulation.ledgerText();

    const planned = await planReplay(given, depsOf(simulation));

    expect(planned).toMatchObject({ of: given.run, number: 1, isThere: false });
    expect(await simulation.ledgerText()).toBe(before);
    expect(await replayRun(given, depsOf(simulation))).toEqual(planned);
  });

  it('waits for a target and is superseded by a newer version, as every run', async () => {
    const simulation = await refused();
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb', 1));

    const attempt = await replayRun(given, depsOf(simulation));
    await simulation.settle();

    expect(simulation.cloud.tasks).toHaveLength(1);
    expect(foldRun(await recordsOf(simulation, attempt)).end).toBe('superseded');
  });

  describe('refuses, and records nothing:', () => {
    async function refusal(simulation: Simulation, more: Partial<Parameters<typeof replayRun>[1]> = {}, name = given) {
      const before = await simulation.ledgerText();
      const error: unknown = await replayRun(name, depsOf(simulation, more)).catch((thrown: unknown) => thrown);
      expect(await simulation.ledgerText()).toBe(before);
      return error;
    }

    it('a run that does not exist', async () => {
      expect(await refusal(new Simulation())).toMatchObject({ code: 'no_such_run' });
    });

    it('a run that is not settled', async () => {
      const simulation = new Simulation();
      simulation.cloud.failNextCreate('not_done_500');
      await simulation.deliver(jobs, 'import-a', object);

      expect(await refusal(simulation)).toMatchObject({ code: 'open' });
    });

    it('a run that has succeeded, unless that is forced', async () => {
      const simulation = new Simulation();
      await simulation.deliver(jobs, 'import-a', object);
      await simulation.settle();

      expect(await refusal(simulation)).toMatchObject({ code: 'succeeded' });
      expect(await replayRun(given, depsOf(simulation, { evenSucceeded: true }))).toMatchObject({ isThere: false });
    });

    it('a run whose task exists and is not followed, unless that is forced', async () => {
      const simulation = new Simulation();
      await simulation.deliver(jobs, 'move-cache', ticked());
      await simulation.settle();
      const name = nameOf('move-cache', ticked());

      expect(await refusal(simulation, {}, name)).toMatchObject({ code: 'may_have_task' });
      expect(await replayRun(name, depsOf(simulation, { evenSucceeded: true }))).toMatchObject({ isThere: false });
    });

    it('a forgotten run whose create call may have been sent, and not one that was forgotten before', async () => {
      const unknown = new Simulation();
      unknown.cloud.failNextCreate('not_done_500');
      await unknown.deliver(jobs, 'import-a', object);
      await forgetRun(unknown.ledger(), given, 'a test');
      const paused = new Simulation();
      await paused.deliver(jobs, 'import-a', landed('a/other.rdb', 1));
      await paused.deliver(jobs, 'import-a', object);
      await forgetRun(paused.ledger(), given, 'a test');

      expect(await refusal(unknown)).toMatchObject({ code: 'may_have_task' });
      expect(await replayRun(given, depsOf(paused))).toMatchObject({ isThere: false });
    });

    it('a run of a job that no longer exists', async () => {
      const without = { ...jobs, jobs: new Map([...jobs.jobs].filter(([name]) => name !== 'import-a')) };

      expect(await refusal(await refused(), { jobs: without })).toMatchObject({ code: 'no_such_job' });
    });

    it('a run whose job is started by something else now', async () => {
      const asked = await simulationJobs((yaml) =>
        yaml.replace(
          'on: { object_created: { bucket: backups, key: "a/**" } }',
          'on: { request: { accepts: [backup_files] } }',
        ),
      );

      expect(await refusal(await refused(), { jobs: asked })).toMatchObject({ code: 'trigger_gone' });
    });

    it('a run whose job cannot be planned for this trigger any more', async () => {
      const versioned = await simulationJobs((yaml) =>
        yaml.replace(
          '{ target_instance: cache-a }',
          '{ target_instance: cache-a, description: "{{ object.version }}" }',
        ),
      );

      expect(await refusal(await refused(), { jobs: versioned })).toMatchObject({ code: 'missing_value' });
    });

    it('a run that was recorded before triggers were kept', async () => {
      const simulation = await refused();
      const name = runName('import-a', given.run);
      const { text } = await simulation.store.read(name);
      const [first = '', ...rest] = text.split('\n');
      const { given: _given, ...old } = JSON.parse(first) as RunRecord & { given?: unknown };
      await simulation.store.remove(name);
      await simulation.store.append(name, 0, [JSON.stringify(old), ...rest].join('\n'));

      expect(await refusal(simulation)).toMatchObject({ code: 'no_trigger' });
    });

    it('a run of another format', async () => {
      const simulation = await refused();
      const name = runName('import-a', given.run);
      const { text } = await simulation.store.read(name);
      await simulation.store.remove(name);
      await simulation.store.append(name, 0, text.replace('"v":2', '"v":1'));

      expect(await refusal(simulation)).toMatchObject({
        code: 'other_format',
        message: expect.stringContaining('it has format 1, but this version supports only 2'),
      });
    });
  });
});
