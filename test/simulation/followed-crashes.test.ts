import type { Jobs } from '../../lib/jobs/job.ts';
import type { ChangeOperation, FaultName, SimulatedCloud } from '../fakes/simulated-cloud.ts';
import { followedJobs } from './followed-jobs.ts';
import { ticked } from './jobs.ts';
import { type Crash, PASSWORD, Simulation } from './simulation.ts';

const MINUTE = 60_000;

interface Migration {
  readonly job: string;
  /** What is done of each kind, exactly once on each task or instance. */
  readonly changes: readonly ChangeOperation[];
  readonly end: 'succeeded' | 'failed';
  readonly prepare?: (cloud: SimulatedCloud) => void;
}

const MIGRATIONS: readonly Migration[] = [
  { job: 'move-full', changes: ['SetOnlineMigrationTask'], end: 'succeeded' },
  { job: 'move-and-stop', changes: ['SetOnlineMigrationTask', 'StopMigrationTask'], end: 'succeeded' },
  { job: 'copy-and-import', changes: ['CopyInstance', 'CopyInstance'], end: 'succeeded' },
  { job: 'move-web-01', changes: ['UpdateTaskStatus'], end: 'succeeded' },
  {
    job: 'move-full',
    changes: ['DeleteMigrationTask'],
    end: 'failed',
    prepare: (cloud) => {
      for (let i = 0; i < 5; i++) cloud.failNext('SetOnlineMigrationTask', 'refused');
    },
  },
];

const FAULTS: readonly FaultName[] = ['reply_lost', 'done_500', 'not_done_500', 'done_later', 'busy', 'not_sent'];

/** Ticks that are enough foreverything. */
const MAX_TICKS = 40;

interface Kill {
  /** 0: the delivery; then the ticks. */
  readonly invocation: number;
  readonly crash: Crash;
}

describe('a migration that goes on after its create call', () => {
  let jobs: Jobs;
  let total = 0;
  beforeAll(async () => {
    jobs = await followedJobs();
  });
  afterAll(() => process.stdout.write(`crash points of followed tasks: ${total} cases\n`));

  /** @returns the calls outwards of each invocation */
  async function play({ job, changes, end, prepare }: Migration, fault?: FaultName, kill?: Kill): Promise<number[]> {
    const simulation = new Simulation();
    simulation.cloud.listLagMs = 5_000;
    prepare?.(simulation.cloud);
    if (fault) for (const operation of new Set(changes)) simulation.cloud.failNext(operation, fault);
    const calls: number[] = [];
    const crashIn = (invocation: number) => (kill?.invocation === invocation ? { crash: kill.crash } : {});
    calls.push((await simulation.deliver(jobs, job, ticked(), crashIn(0))).calls);
    // The platform delivers again what has died.
    await simulation.deliver(jobs, job, ticked());
    let left = 1;
    for (let tick = 1; tick <= MAX_TICKS && left > 0; tick++) {
      simulation.advance(5 * MINUTE);
      calls.push((await simulation.reconcile(crashIn(tick))).calls);
      left = await simulation.openCount();
    }
    const at = kill ? `${kill.crash.effect} call ${kill.crash.at} of invocation ${kill.invocation}` : 'not killed';
    const took = simulation.cloud.changes.filter((change) => change.took).map(({ operation }) => operation);
    const ids = new Set(simulation.smn.published.map(({ message }) => /^Report: \w+-(\w+);/mu.exec(message)?.[1]));
    expect({ at, left, creates: simulation.cloud.tasks.length, took, ids: [...ids].sort() }).toEqual({
      at,
      left: 0,
      creates: 1,
      took: changes,
      ids: [end, 'started'].sort(),
    });
    const remarks = simulation.cloud.backups.map(({ remark }) => remark);
    expect(new Set(remarks).size).toBe(remarks.length);
    expect(await simulation.ledgerText()).not.toContain(PASSWORD);
    expect(simulation.lines.join('\n')).not.toContain(PASSWORD);
    total += 1;
    return calls;
  }

  it.each(MIGRATIONS)('makes each change of $job once wherever it is killed, and ends as $end', async (migration) => {
    const calls = await play(migration);
    for (const [invocation, count] of calls.entries()) {
      for (let at = 1; at <= count; at++) {
        await play(migration, undefined, { invocation, crash: { at, effect: 'before' } });
        await play(migration, undefined, { invocation, crash: { at, effect: 'after' } });
      }
    }
  });

  it.each(MIGRATIONS.flatMap((migration) => FAULTS.map((fault) => ({ ...migration, fault }))))(
    'makes each change of $job once when the calls end with $fault, killed or not, and ends as $end',
    async ({ fault, ...migration }) => {
      const calls = await play(migration, fault);
      for (const [invocation, count] of calls.entries()) {
        for (let at = 1; at <= count; at++) {
          await play(migration, fault, { invocation, crash: { at, effect: 'after' } });
        }
      }
    },
  );
});
