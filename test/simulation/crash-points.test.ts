import type { Trigger } from '../../lib/events/trigger.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import type { FaultName, SimulatedCloud } from '../fakes/simulated-cloud.ts';
import { landed, simulationJobs, ticked } from './jobs.ts';
import { violations } from './oracle.ts';
import { type Crash, PASSWORD, Simulation } from './simulation.ts';

const MIGRATIONS: readonly { readonly job: string; readonly trigger: Trigger }[] = [
  { job: 'import-a', trigger: landed('a/dump.rdb') },
  { job: 'move-cache', trigger: ticked() },
  { job: 'move-web-01', trigger: ticked() },
];
const FAULTS: readonly { readonly fault: string; readonly inject: (cloud: SimulatedCloud) => void }[] = [
  { fault: 'no fault', inject: () => {} },
  { fault: 'lost reply', inject: (cloud) => cloud.failNextCreate('reply_lost') },
  { fault: '500 after creating', inject: (cloud) => cloud.failNextCreate('done_500') },
  {
    fault: 'list lag',
    inject: (cloud) => {
      cloud.listLagMs = 45_000;
    },
  },
  {
    fault: 'list lag and lost reply',
    inject: (cloud) => {
      cloud.listLagMs = 45_000;
      cloud.failNextCreate('reply_lost');
    },
  },
  { fault: '500 before creating', inject: (cloud) => cloud.failNextCreate('not_done_500') },
  { fault: 'done after the connection broke', inject: (cloud) => cloud.failNextCreate('done_later') },
  // As often as one invocation tries: the run has the turn on its target, and has to wait.
  { fault: 'busy for long', inject: (cloud) => failOften(cloud, 'busy') },
  { fault: 'no connection for long', inject: (cloud) => failOften(cloud, 'not_sent') },
];

function failOften(cloud: SimulatedCloud, fault: FaultName): void {
  for (let i = 0; i < 7; i++) cloud.failNextCreate(fault);
}

const cases = MIGRATIONS.flatMap((migration) => FAULTS.map((fault) => ({ ...migration, ...fault })));

describe('an invocation that is killed at any point', () => {
  let jobs: Jobs;
  let total = 0;
  beforeAll(async () => {
    jobs = await simulationJobs();
  });
  afterAll(() => process.stdout.write(`crash points: ${total} cases\n`));

  async function oneTask(
    job: string,
    trigger: Trigger,
    inject: (cloud: SimulatedCloud) => void,
    crash?: Crash,
  ): Promise<number> {
    const simulation = new Simulation();
    inject(simulation.cloud);
    const { calls } = await simulation.deliver(jobs, job, trigger, crash ? { crash } : {});
    // The platform delivers again, at once and later; then only reconcile is left.
    await simulation.deliver(jobs, job, trigger);
    simulation.advance(90_000);
    await simulation.deliver(jobs, job, trigger);
    const open = await simulation.settle();

    const at = crash ? `killed ${crash.effect} call ${crash.at}` : 'not killed';
    expect({ at, tasks: simulation.cloud.tasks.length, open }).toEqual({ at, tasks: 1, open: 0 });
    expect(await simulation.ledgerText()).not.toContain(PASSWORD);
    expect(simulation.lines.join('\n')).not.toContain(PASSWORD);
    const last = await simulation.deliver(jobs, job, trigger);
    expect(last.value).toMatchObject({ outcome: 'existing', task: { id: 'task-1' } });
    total += 1;
    return calls;
  }

  it.each(cases)('makes one task of $job: $fault', async ({ job, trigger, inject }) => {
    const calls = await oneTask(job, trigger, inject);
    expect(calls).toBeGreaterThan(5);
    for (let at = 1; at <= calls; at++) {
      await oneTask(job, trigger, inject, { at, effect: 'before' });
      await oneTask(job, trigger, inject, { at, effect: 'after' });
    }
  });

  /** The place of the create call among the calls of a delivery. */
  async function createCall(job: string, trigger: Trigger): Promise<number> {
    const called: string[] = [];
    const turn = async (what: string) => void called.push(what);
    await new Simulation().deliver(jobs, job, trigger, { turn });
    return called.findIndex((what) => /^(dcs|sms)\.create/.test(what)) + 1;
  }

  /** The delivery dies right after its intent was recorded, or after its call was sent, so that reconcile has work. */
  async function oneTaskByReconcile(
    { job, trigger, inject }: (typeof cases)[number],
    delivery: Crash,
    crash?: Crash,
  ): Promise<number> {
    const simulation = new Simulation();
    inject(simulation.cloud);
    await simulation.deliver(jobs, job, trigger, { crash: delivery });
    simulation.advance(10 * 60_000);
    const { calls } = await simulation.reconcile(crash ? { crash } : {});
    const open = await simulation.settle();
    const at = crash ? `killed ${crash.effect} call ${crash.at}` : 'not killed';
    expect({ at, tasks: simulation.cloud.tasks.length, open }).toEqual({ at, tasks: 1, open: 0 });
    total += 1;
    return calls;
  }

  it.each(cases)('makes one task of $job when reconcile is killed: $fault', async (migration) => {
    const sent = await createCall(migration.job, migration.trigger);
    for (const effect of ['before', 'after'] as const) {
      const delivery = { at: sent, effect };
      const calls = await oneTaskByReconcile(migration, delivery);
      for (let at = 1; at <= calls; at++) {
        await oneTaskByReconcile(migration, delivery, { at, effect: 'before' });
        await oneTaskByReconcile(migration, delivery, { at, effect: 'after' });
      }
    }
  });

  const FILES = ['a/1.rdb', 'a/2.rdb', 'a/3.rdb'].map((key, version) => landed(key, version));
  /** What goes before, and how many tasks there are then; the event is killed. */
  const EVENTS: readonly { readonly of: string; readonly before: number; readonly thenMs: number }[] = [
    { of: 'three objects for one target', before: 0, thenMs: 0 },
    { of: 'two objects behind a run that has just ended', before: 1, thenMs: 10 * 60_000 },
    { of: 'two objects behind a run whose task goes on', before: 1, thenMs: 0 },
    { of: 'one object behind two that wait', before: 2, thenMs: 10 * 60_000 },
  ];

  it.each(EVENTS)(
    'makes one task of each, in order unless it is killed, of an event of $of',
    async ({ before, thenMs }) => {
      const run = async (crash?: Crash): Promise<number> => {
        const simulation = new Simulation({ jobs });
        if (before > 0) await simulation.notify(FILES.slice(0, before));
        simulation.advance(thenMs);
        const { calls } = await simulation.notify(FILES.slice(before), crash ? { crash } : {});
        await simulation.notify(FILES.slice(before));
        const open = await simulation.settle();

        const at = crash ? `killed ${crash.effect} call ${crash.at}` : 'not killed';
        const files = simulation.cloud.importedFiles.flat();
        // One whose invocation died before it joined the queue does not keep the others waiting.
        expect({ at, files: crash ? files.sort() : files, open }).toEqual({
          at,
          files: FILES.map(({ key }) => key),
          open: 0,
        });
        expect(await violations(simulation, [])).toEqual([]);
        total += 1;
        return calls;
      };
      const calls = await run();
      for (let at = 1; at <= calls; at++) {
        await run({ at, effect: 'before' });
        await run({ at, effect: 'after' });
      }
    },
  );
});
