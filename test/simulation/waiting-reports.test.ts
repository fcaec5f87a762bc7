import type { Jobs } from '../../lib/jobs/job.ts';
import { CloudError } from '../../lib/kernel/errors.ts';
import { pause, resume } from '../../lib/runs/ledger/pauses.ts';
import type { RunRecord } from '../../lib/runs/ledger/run-record.ts';
import { jobsOf, landed } from './jobs.ts';
import { type Crash, type InvocationOptions, Simulation } from './simulation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TOPIC = 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:migrations';

function toldJobs(): Promise<Jobs> {
  const notify = `notify: { smn: "${TOPIC}", on: [waiting, parked] }`;
  return jobsOf(`
  import-a:
    on: { object_created: { bucket: backups, key: "a/**" } }
    preflight: off
    ${notify}
    backup_import: { target_instance: cache-a }
  limited-b:
    on: { object_created: { bucket: backups, key: "b/**" } }
    preflight: off
    limit: { runs: 1, per: 2d }
    ${notify}
    backup_import: { target_instance: cache-b }
`);
}

interface Told {
  readonly hours: number;
  readonly id: string;
  readonly event: string;
}

describe('a run that waits', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await toldJobs();
  });

  /** Ticks five minutes apart. @returns what was published, with the time since the start */
  async function ticks(
    simulation: Simulation,
    hours: number,
    options = (_tick: number): InvocationOptions => ({}),
  ): Promise<Told[]> {
    const start = simulation.now;
    const told: Told[] = [];
    for (let tick = 1; start + tick * 5 * MINUTE <= start + hours * HOUR; tick++) {
      simulation.now = start + tick * 5 * MINUTE;
      const before = simulation.smn.published.length;
      await simulation.reconcile(options(tick));
      for (const { subject, message } of simulation.smn.published.slice(before)) {
        const [, id = ''] = /^Report: \w+-(\S+);/mu.exec(message) ?? [];
        told.push({ hours: (tick * 5) / 60, id, event: /\((.+?)\)/u.exec(subject)?.[1] ?? id });
      }
    }
    return told;
  }

  async function notified(simulation: Simulation): Promise<string[]> {
    const runs = await simulation.store.list('runs/', { limit: 100 });
    const texts = await Promise.all(runs.map(({ name }) => simulation.store.read(name)));
    const records = texts.flatMap(({ text }) => text.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : [])));
    return (records as RunRecord[]).flatMap((record) => (record.type === 'notified' ? [record.event] : []));
  }

  async function paused(): Promise<Simulation> {
    const simulation = new Simulation({ jobs });
    await pause(simulation.ledger(), 'import-a');
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    return simulation;
  }

  it('is reported after 1, 4 and 12 hours, then daily, until it starts', async () => {
    const simulation = await paused();

    const told = await ticks(simulation, 61);
    await resume(simulation.ledger(), 'import-a');

    expect(told).toEqual([
      { hours: 1, id: 'waiting', event: 'paused' },
      { hours: 4, id: 'waiting-2', event: 'paused' },
      { hours: 12, id: 'waiting-3', event: 'paused' },
      { hours: 36, id: 'waiting-4', event: 'paused' },
      { hours: 60, id: 'waiting-5', event: 'paused' },
    ]);
    expect(await ticks(simulation, 26)).toEqual([]);
    expect(await notified(simulation)).toEqual(Array(5).fill('waiting'));
  });

  it('is reported with the reason of that moment, and a new reason starts no new message', async () => {
    const simulation = new Simulation({ jobs });
    await simulation.deliver(jobs, 'limited-b', landed('b/one.rdb'));
    await pause(simulation.ledger(), 'limited-b');
    await simulation.deliver(jobs, 'limited-b', landed('b/two.rdb', 1));
    simulation.cloud.statuses.set('task-1', 'MIGRATING');

    const first = await ticks(simulation, 2);
    await resume(simulation.ledger(), 'limited-b');
    const second = await ticks(simulation, 3);
    simulation.cloud.statuses.delete('task-1');

    expect(first).toEqual([{ hours: 1, id: 'waiting', event: 'paused' }]);
    expect(second).toEqual([{ hours: 2, id: 'waiting-2', event: 'queued' }]);
    expect(await ticks(simulation, 8)).toEqual([{ hours: 7, id: 'waiting-3', event: 'over_budget' }]);
  });

  it('because a right is missing is reported until it is parked, which is reported once', async () => {
    const simulation = new Simulation({ jobs });
    const refused = new CloudError({
      service: 'DCS',
      operation: 'CreateMigrationTask',
      outcome: 'rejected',
      temporary: false,
      status: 403,
      cloudCode: 'DCS.2007',
    });
    const turn = async (what: string) => {
      if (what.startsWith('dcs.createMigrationTask')) throw refused;
    };
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'), { turn });

    const told = await ticks(simulation, 40, () => ({ turn }));

    expect(told.map(({ id, event }) => [id, event])).toEqual([
      ['waiting', 'DCS.2007'],
      ['waiting-2', 'DCS.2007'],
      ['parked', 'parked'],
    ]);
  });

  it('is reported once by the first tick after nothing ran for ten hours', async () => {
    const simulation = await paused();
    simulation.advance(10 * HOUR);

    expect((await ticks(simulation, 4)).map(({ id }) => id)).toEqual(['waiting-2', 'waiting-3']);
  });

  it('is reported once for each time though the clocks of the ticks differ by minutes', async () => {
    const simulation = await paused();

    const told = await ticks(simulation, 61, (tick) => ({ skewMs: ((tick % 3) - 1) * 4 * MINUTE }));

    expect(told.map(({ id }) => id)).toEqual(['waiting', 'waiting-2', 'waiting-3', 'waiting-4', 'waiting-5']);
  });

  it('is reported at the next tick when the topic failed at first', async () => {
    const simulation = await paused();
    simulation.smn.failing = 2;

    const told = await ticks(simulation, 2);

    expect(told.map(({ id }) => id)).toEqual(['waiting']);
    expect(told[0]?.hours).toBeCloseTo(1 + 10 / 60);
  });

  it('is reported although no tick can process it', async () => {
    const simulation = await paused();
    await resume(simulation.ledger(), 'import-a');
    const turn = async (what: string) => {
      if (what.includes(' lanes/')) throw new Error('a bug');
    };

    expect(await ticks(simulation, 2, () => ({ turn }))).toEqual([{ hours: 1, id: 'waiting', event: 'internal' }]);
  });

  it('is reported at least once with one id, and recorded once, wherever the tick is killed', async () => {
    const play = async (crash?: Crash): Promise<number> => {
      const simulation = await paused();
      simulation.advance(HOUR);
      const { calls } = await simulation.reconcile(crash ? { crash } : {});
      simulation.advance(5 * MINUTE);
      await simulation.reconcile();
      await ticks(simulation, 1);
      const ids = simulation.smn.published.map(({ message }) => /^Report: \w+-(\S+);/mu.exec(message)?.[1]);
      const at = crash ? `killed ${crash.effect} call ${crash.at}` : 'not killed';
      expect({ at, ids: [...new Set(ids)], notified: await notified(simulation) }).toEqual({
        at,
        ids: ['waiting'],
        notified: ['waiting'],
      });
      return calls;
    };
    const calls = await play();
    for (let at = 1; at <= calls; at++) {
      await play({ at, effect: 'before' });
      await play({ at, effect: 'after' });
    }
    expect(calls).toBeGreaterThan(5);
  });

  it('costs no request while no message is due, and one append when one was sent', async () => {
    const simulation = await paused();
    const countsOf = async () => {
      const counts: Record<string, number> = {};
      await simulation.reconcile({
        turn: async (what) => {
          const name = what.split(' ')[0] ?? '';
          counts[name] = (counts[name] ?? 0) + 1;
        },
      });
      return counts;
    };
    simulation.advance(30 * MINUTE);
    await countsOf();
    const before = await countsOf();
    simulation.advance(30 * MINUTE);
    const sent = await countsOf();
    const after = await countsOf();

    expect(after).toEqual(before);
    expect(sent).toEqual({ ...before, 'ledger.append': (before['ledger.append'] ?? 0) + 1, 'smn.publish': 1 });
  });
});
