import type { Jobs } from '../../lib/jobs/job.ts';
import { readHeartbeat } from '../../lib/runs/ledger/heartbeat.ts';
import type { Origin } from '../../lib/runs/ledger/origin.ts';
import { pause, pausesOf, resume } from '../../lib/runs/ledger/pauses.ts';
import { forgetRun } from '../../lib/runs/operate/forget-run.ts';
import { parkRun } from '../../lib/runs/operate/park-run.ts';
import { planReplay, replayRun } from '../../lib/runs/operate/replay-run.ts';
import { resolveRun } from '../../lib/runs/operate/resolve-run.ts';
import { listOpenRuns, readRun } from '../../lib/runs/report/read-run.ts';
import { noServices } from '../fakes/no-services.ts';
import { landed, nameOf, simulationJobs, ticked } from './jobs.ts';
import { setJobs } from './set-jobs.ts';
import { type Crash, type InvocationOptions, Simulation } from './simulation.ts';
import { sweptJobs } from './swept-jobs.ts';

const HOUR = 60 * 60_000;
const OURS: Origin = { region: 'ap-southeast-3', project: '0123456789abcdef0123456789abcdef', stage: 'prod' };
const OTHERS: readonly (readonly [string, Origin])[] = [
  ['another region', { ...OURS, region: 'ap-southeast-1' }],
  ['another project', { ...OURS, project: 'fedcba9876543210fedcba9876543210' }],
  ['another stage', { ...OURS, stage: 'staging' }],
];
const OTHER: Origin = { ...OURS, stage: 'staging' };
/** The first records of a run without a lane are written, and nothing comes after them. */
const RECORDED: Crash = { at: 6, effect: 'after' };
const REFUSED = expect.objectContaining({ code: 'other_environment' });

const ledgerOf = (simulation: Simulation, origin?: Origin) => simulation.ledger('a-person', origin);

describe('two environments on one ledger', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await simulationJobs();
  });

  /** A simulation in which functions of ours had one run. */
  async function withRun(options: InvocationOptions = {}): Promise<Simulation> {
    const simulation = new Simulation({ origin: OURS, jobs });
    await simulation.deliver(jobs, 'move-cache', ticked(4), options);
    return simulation;
  }
  const RUN = nameOf('move-cache', ticked(4));

  it.each(OTHERS)(
    'refuse a run of %s in words, with both named, and record and create nothing',
    async (_what, origin) => {
      const simulation = await withRun();
      const before = await simulation.ledgerText();

      const asked: string[] = [];
      const turn = async (what: string) => void asked.push(what);
      const { value } = await simulation.deliver(jobs, 'move-cache', ticked(4), { origin, turn });

      const words = ({ region, project, stage }: Origin) => `region ${region}, project ${project}, stage ${stage}`;
      expect(value).toEqual({
        ...RUN,
        outcome: 'rejected',
        reason: {
          code: 'other_environment',
          message: `ledger runs/move-cache/${RUN.run}: it belongs to ${words(OURS)}, and this is ${words(origin)}; give each its own ledger (ledger.obs.prefix), or set MIGRATIONS_STAGE to the intended stage`,
        },
      });
      // What holds for all runs is read beside the run: today's list, and which one is the newest.
      expect(asked.sort()).toEqual([
        'ledger.list control/state/',
        `ledger.read runs/move-cache/${RUN.run}`,
        'ledger.tail control/state/2026-03-14',
      ]);
      expect(await simulation.ledgerText()).toBe(before);
      expect(simulation.cloud.tasks).toHaveLength(1);
    },
  );

  it('answer as before where nothing but an unknown project differs', async () => {
    const simulation = await withRun();
    const { region, stage } = OURS;

    const { value } = await simulation.deliver(jobs, 'move-cache', ticked(4), { origin: { region, stage } });

    expect(value?.outcome).toBe('existing');
  });

  it('refuse a run that has no region, project and stage', async () => {
    const simulation = new Simulation();
    await simulation.deliver(jobs, 'move-cache', ticked(4));

    const { value } = await simulation.deliver(jobs, 'move-cache', ticked(4), { origin: OURS });

    expect(value).toMatchObject({ outcome: 'rejected', reason: REFUSED });
    expect(value?.reason?.message).toContain('it has no region, project and stage');
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('refuse whoever comes second when both begin at once', async () => {
    const simulation = new Simulation({ origin: OURS });
    let first: Promise<unknown> | undefined;

    const { value } = await simulation.deliver(jobs, 'move-cache', ticked(4), {
      origin: OTHER,
      turn: async (what) => {
        if (!what.startsWith('ledger.append runs/') || first) return;
        first = simulation.deliver(jobs, 'move-cache', ticked(4));
        await first;
      },
    });

    expect(value).toMatchObject({ outcome: 'rejected', reason: REFUSED });
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('refuse a run that cannot be planned here and belongs there', async () => {
    const simulation = new Simulation({ origin: OURS });
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    const broken = await simulationJobs((yaml) =>
      yaml.replace(
        'backup_import: { target_instance: cache-a }',
        'backup_import: { target_instance: cache-a, description: "{{ object.size }}" }',
      ),
    );
    const { size: _size, ...sizeless } = landed('a/one.rdb');

    const { value } = await simulation.deliver(broken, 'import-a', sizeless, { origin: OTHER });

    expect(value).toMatchObject({ outcome: 'rejected', reason: REFUSED });
  });

  it('leave the open runs of the other alone, and report each at every tick', async () => {
    const simulation = await withRun({ crash: RECORDED });
    const before = await simulation.ledgerText();
    const withoutHeartbeat = (text: string) => text.replace(/control\/state\/.*\n(\{.*\n)*\n?/g, '');

    for (let tick = 0; tick < 3; tick++) {
      simulation.advance(30 * HOUR);
      const { value } = await simulation.reconcile({ origin: OTHER });
      expect(value).toMatchObject({ open: 1, parked: 0, runs: [{ ...RUN, outcome: 'skipped', reason: REFUSED }] });
    }

    expect(withoutHeartbeat(await simulation.ledgerText())).toBe(withoutHeartbeat(before));
    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('refuse every command that changes a run of the other, and change nothing', async () => {
    const simulation = await withRun({ crash: RECORDED });
    simulation.advance(HOUR);
    const ledger = ledgerOf(simulation, OTHER);
    const deps = { ledger, jobs, evenSucceeded: true, services: noServices() };
    const before = await simulation.ledgerText();

    await expect(parkRun(ledger, RUN, 'why')).rejects.toEqual(REFUSED);
    await expect(forgetRun(ledger, RUN, 'why')).rejects.toEqual(REFUSED);
    await expect(resolveRun(ledger, RUN, { kind: 'give_up', why: 'why' })).rejects.toEqual(REFUSED);
    await expect(planReplay(RUN, deps)).rejects.toEqual(REFUSED);
    await expect(replayRun(RUN, deps)).rejects.toEqual(REFUSED);
    await expect(simulation.cancel(RUN, { origin: OTHER })).rejects.toEqual(REFUSED);

    expect(await simulation.ledgerText()).toBe(before);
  });

  it('refuse the pauses of the other, and create nothing beside them', async () => {
    const simulation = new Simulation({ origin: OURS });
    await pause(ledgerOf(simulation, OURS), 'import-a');
    const before = await simulation.ledgerText();

    await expect(pause(ledgerOf(simulation, OTHER))).rejects.toEqual(REFUSED);
    await expect(resume(ledgerOf(simulation, OTHER), 'import-a')).rejects.toEqual(REFUSED);
    expect(await simulation.ledgerText()).toBe(before);
    expect(await pausesOf(ledgerOf(simulation, OURS), 'import-a')).toMatchObject([{ job: 'import-a' }]);
    const { value } = await simulation.deliver(jobs, 'move-cache', ticked(4), { origin: OTHER });
    expect(value).toMatchObject({ outcome: 'rejected', reason: REFUSED });
    expect(simulation.cloud.tasks).toHaveLength(0);
  });

  it('let a run of the other on the same target end first, and never end it', async () => {
    const simulation = new Simulation({ origin: OURS });
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    simulation.advance(24 * HOUR);

    const { value } = await simulation.deliver(jobs, 'import-a', landed('a/two.rdb', 2), { origin: OTHER });

    expect(value).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
    simulation.jobs = jobs;
    await simulation.reconcile();
    await simulation.reconcile({ origin: OTHER });
    expect(simulation.cloud.tasks).toHaveLength(2);
  });

  it('let no newer run of the other supersede one of ours', async () => {
    const simulation = new Simulation({ origin: OURS, jobs });
    await simulation.deliver(jobs, 'import-b', landed('b/first.rdb', 0));
    await simulation.deliver(jobs, 'latest-b', landed('latest/new.rdb', 9), { origin: OTHER });

    const { value } = await simulation.deliver(jobs, 'latest-b', landed('latest/old.rdb', 5));

    expect(value).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
    expect(await simulation.ledgerText()).not.toContain('"superseded"');
    for (let tick = 0; tick < 6; tick++) {
      simulation.advance(HOUR);
      await simulation.reconcile({ origin: OTHER });
      await simulation.reconcile();
    }
    expect(simulation.cloud.tasks).toHaveLength(3);
  });

  it('warn when reconcile of the other looks after the ledger', async () => {
    const simulation = new Simulation({ origin: OURS });
    await simulation.reconcile();

    expect((await readHeartbeat(ledgerOf(simulation, OURS))).late).toBe(false);
    expect((await readHeartbeat(ledgerOf(simulation, OTHER))).message).toMatch(
      /^the ledger was last used by reconcile of region ap-southeast-3, project \w{32}, stage prod: give each/,
    );
  });

  it('show a caller no run of the other', async () => {
    const simulation = await withRun({ crash: RECORDED });
    const job = jobs.jobs.get(RUN.job);
    if (!job) throw new Error('the simulation has the job');
    const { value } = await simulation.person(async (ledger) => listOpenRuns({ job, asker: {} }, { ledger }), {
      origin: OTHER,
    });

    expect(value?.runs).toEqual([]);
    const deps = { ledger: ledgerOf(simulation, OTHER) } as Parameters<typeof readRun>[1];
    await expect(readRun({ job, run: RUN.run, jobs, asker: {} }, deps)).rejects.toEqual(REFUSED);
  });
});

async function simulationOf(given: Promise<Jobs>): Promise<Simulation> {
  return new Simulation({ origin: OURS, jobs: await given });
}

describe('sets and sweeps of two environments on one ledger', () => {
  it('take no object into a set of the other, and refuse it without stopping the rest of the event', async () => {
    const simulation = await simulationOf(setJobs('{ count: 2 }'));
    const objects = ['prod/day-1/a.rdb', 'prod/day-1/b.rdb', 'prod/day-2/a.rdb'].map((key) => simulation.put(key));
    await simulation.notify(objects.slice(0, 1));

    const { value } = await simulation.notify(objects.slice(1), { origin: OTHER });

    expect(value).toMatchObject([
      { job: 'import-set', outcome: 'rejected', reason: REFUSED },
      { job: 'import-set', outcome: 'waiting', reason: { code: 'set_incomplete' } },
    ]);
    expect(simulation.cloud.tasks).toHaveLength(0);
  });

  it('give up no set of the other', async () => {
    const simulation = await simulationOf(setJobs('{ count: 2 }'));
    await simulation.notify([simulation.put('prod/day-1/a.rdb')]);
    simulation.advance(7 * HOUR);

    await simulation.reconcile({ origin: OTHER });

    expect(await simulation.ledgerText()).not.toContain('"incomplete"');
    await simulation.reconcile();
    expect(await simulation.ledgerText()).toContain('"incomplete"');
  });

  it('do not go on with a sweep of the other, and say so', async () => {
    const simulation = await simulationOf(sweptJobs());
    await simulation.reconcile();
    simulation.advance(HOUR / 2);
    simulation.put('a/lost.rdb');
    simulation.advance(HOUR);

    await simulation.reconcile({ origin: OTHER });

    expect(simulation.cloud.tasks).toHaveLength(0);
    expect(simulation.lines.join('\n')).toMatch(
      /the sweep of a bucket failed.*sweeps\/import-a\/\w+\/pass: it belongs to region/,
    );
    await simulation.reconcile();
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('do not begin a sweep that the other began', async () => {
    const simulation = await simulationOf(sweptJobs());
    await simulation.reconcile();
    for (const { name } of await simulation.store.list('sweeps/', { limit: 50 })) {
      if (name.endsWith('/pass')) await simulation.store.remove(name);
    }

    await simulation.reconcile({ origin: OTHER });

    expect(simulation.lines.join('\n')).toMatch(
      /the sweep of a bucket failed.*sweeps\/import-a\/\w+\/start: it belongs to region/,
    );
  });

  it('take a run of the other for a run: the sweep goes past it', async () => {
    const simulation = await simulationOf(sweptJobs());
    await simulation.reconcile({ origin: OTHER });
    simulation.advance(HOUR / 2);
    const both = [simulation.put('a/1.rdb'), simulation.put('a/2.rdb')] as const;
    await simulation.notify([both[0]]);
    simulation.advance(HOUR);

    await simulation.reconcile({ origin: OTHER });

    expect(await simulation.ledgerText()).toContain('a/2.rdb');
    expect(simulation.lines.join('\n')).not.toContain('the sweep of a bucket failed');
  });
});

describe('a sweep whose start is gone', () => {
  it('goes on from its last pass, finds what was missed, and says so once', async () => {
    const simulation = await simulationOf(sweptJobs());
    await simulation.reconcile();
    simulation.advance(HOUR);
    await simulation.reconcile();
    simulation.put('a/lost.rdb');
    simulation.advance(HOUR / 2);
    for (const { name } of await simulation.store.list('sweeps/', { limit: 50 })) {
      if (name.endsWith('/start')) await simulation.store.remove(name);
    }

    for (let tick = 0; tick < 5; tick++) {
      simulation.advance(HOUR);
      await simulation.reconcile();
    }

    expect(await simulation.ledgerText()).toContain('a/lost.rdb');
    expect(simulation.cloud.tasks).toHaveLength(1);
    const said = simulation.lines.filter((line) => line.includes('the record of when this sweep began is missing'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('"level":"error"');
  });

  it('starts nothing that was there before the job was first swept', async () => {
    const simulation = await simulationOf(sweptJobs());
    simulation.put('a/old.rdb');
    simulation.advance(HOUR);
    await simulation.reconcile();
    for (const { name } of await simulation.store.list('sweeps/', { limit: 50 })) {
      if (name.endsWith('/start')) await simulation.store.remove(name);
    }

    for (let tick = 0; tick < 3; tick++) {
      simulation.advance(HOUR);
      await simulation.reconcile();
    }

    expect(simulation.cloud.tasks).toHaveLength(0);
  });
});
