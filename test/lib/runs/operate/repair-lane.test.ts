import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import { TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';
import { viewLanes } from '../../../../lib/runs/operate/lanes.ts';
import { planLaneRepair, repairLane } from '../../../../lib/runs/operate/repair-lane.ts';
import { fingerprint, occurrenceOf } from '../../../../lib/runs/start/occurrence.ts';
import { landed, simulationJobs } from '../../../simulation/jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const LANE = 'dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const LIST = `lanes/target/${LANE}/000001`;
const A = landed('a/one.rdb', 0);
const B = landed('a/two.rdb', 2);
const C = landed('a/three.rdb', 3);
const runOf = (trigger: typeof A) => fingerprint('import-a', occurrenceOf(trigger));

/** A target with a run that has its task, and one that waits for it. */
async function busyTarget() {
  const simulation = new Simulation();
  const jobs = await simulationJobs();
  simulation.jobs = jobs;
  await simulation.deliver(jobs, 'import-a', A);
  await simulation.deliver(jobs, 'import-a', B);
  const ledger = simulation.ledger('a person');
  const damage = async (list: string, line = '{"id":"half') => {
    const { position } = await simulation.store.read(list);
    await simulation.store.append(list, position, line);
  };
  const lane = async () => (await TargetLane.open(ledger, LANE)).state;
  const deliver = async (trigger: typeof A) => (await simulation.deliver(jobs, 'import-a', trigger)).value;
  return { simulation, jobs, ledger, damage, lane, deliver };
}

describe('a lane with a line that cannot be read', () => {
  it('creates nothing, and says how to repair it', async () => {
    const { simulation, damage, deliver } = await busyTarget();
    await damage(LIST);
    simulation.advance(60 * 60_000);

    expect(await deliver(C)).toMatchObject({
      outcome: 'waiting',
      reason: { code: 'ledger', message: expect.stringContaining(`npx migrations runs lanes repair ${LANE}`) },
    });
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('is named among the lanes', async () => {
    const { ledger, damage } = await busyTarget();
    await damage(LIST);

    expect(await viewLanes(ledger)).toEqual([
      { lane: LANE, runs: [], damage: expect.stringMatching(/line 4 is not a record/) },
    ]);
  });

  it('continues where it was once it is repaired, and each run creates its one task', async () => {
    const { simulation, ledger, damage, lane } = await busyTarget();
    await damage(LIST);

    const repair = await repairLane(ledger, LANE);

    expect(repair).toMatchObject({ damagedLines: 1, holder: runOf(A), removed: [] });
    expect(await lane()).toMatchObject({ holder: runOf(A), entries: [{ run: runOf(A) }, { run: runOf(B) }] });
    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.tasks).toHaveLength(2);
    expect(await lane()).toMatchObject({ entries: [] });
  });

  it('gives the turn back to a run that may have a task, when its own line was damaged', async () => {
    const { simulation, ledger, lane } = await busyTarget();
    const { text } = await simulation.store.read(LIST);
    await simulation.store.remove(LIST);
    await simulation.store.append(LIST, 0, text.replaceAll(runOf(A), '\u0000"'));

    const repair = await repairLane(ledger, LANE);

    expect(repair).toMatchObject({ damagedLines: 2, holder: runOf(A) });
    expect(await lane()).toMatchObject({ holder: runOf(A) });
    simulation.advance(60_000);
    await simulation.reconcile();
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('reads the list before when the snapshot that it begins with is damaged', async () => {
    const { simulation, ledger, lane } = await busyTarget();
    const { position } = await simulation.store.read(LIST);
    await simulation.store.append(LIST, position, '{"id":"r","at":1,"by":"x","type":"rolled"}\n');
    await simulation.store.append(`lanes/target/${LANE}/000002`, 0, '{"id":"s","at":1,"by":"x","type":"snaps\n');

    expect(await repairLane(ledger, LANE)).toMatchObject({ damagedLines: 1, holder: runOf(A) });
    expect(await lane()).toMatchObject({ holder: runOf(A), entries: [{ run: runOf(A) }, { run: runOf(B) }] });
  });

  it('loses runs that have ended, and keeps the others with their newest claim', async () => {
    const { simulation, ledger, damage, lane } = await busyTarget();
    const append = async (trigger: typeof A, ...records: object[]) => {
      const list = `runs/import-a/${runOf(trigger)}`;
      const lines = records.map(
        (record, i) => `${JSON.stringify({ id: `late-${i}`, at: 1, by: 'late', ...record })}\n`,
      );
      await simulation.store.append(list, (await simulation.store.read(list)).position, lines.join(''));
    };
    await append(A, { type: 'claimed', until: 1 });
    const { records } = await openRunLog(ledger, 'import-a', runOf(A));
    await append(B, { type: 'rejected', reason: { code: 'c', message: 'm' } });
    await damage(LIST);

    expect(await repairLane(ledger, LANE)).toMatchObject({ removed: [{ run: runOf(B), why: 'ended' }] });
    expect((await lane()).entries).toMatchObject([{ run: runOf(A), claim: records.length }]);
  });

  it('takes in no run of another target that may have a task', async () => {
    const { simulation, jobs, ledger, damage, lane } = await busyTarget();
    await simulation.deliver(jobs, 'import-b', landed('b/one.rdb', 1));
    await damage(LIST);

    await repairLane(ledger, LANE);

    expect((await lane()).entries).toMatchObject([{ run: runOf(A) }, { run: runOf(B) }]);
  });

  it.each(['000001', '000002'])('is left as it is when somebody writes to list %s meanwhile', async (list) => {
    const { simulation, ledger, damage } = await busyTarget();
    await damage(LIST);
    const name = `lanes/target/${LANE}/${list}`;
    let isFirst = true;
    const { store } = simulation;
    const raced: LedgerStore = {
      ...store,
      append: async (to, position, text) => {
        if (isFirst && to === name) {
          isFirst = false;
          await store.append(name, (await store.read(name)).position, '{"id":"w","at":1,"by":"x","type":"rolled"}\n');
        }
        return store.append(to, position, text);
      },
    };

    await expect(repairLane({ ...ledger, store: raced }, LANE)).rejects.toMatchObject({ code: 'lane_changed' });
  });

  it('is repaired once; the second time there is nothing to do', async () => {
    const { ledger, damage } = await busyTarget();
    await damage(LIST);

    await repairLane(ledger, LANE);

    expect(await repairLane(ledger, LANE)).toBeUndefined();
    expect(await planLaneRepair(ledger, LANE)).toBeUndefined();
  });

  it('is left as it is by a plan', async () => {
    const { simulation, ledger, damage } = await busyTarget();
    await damage(LIST);
    const before = await simulation.ledgerText();

    expect(await planLaneRepair(ledger, LANE)).toMatchObject({ damagedLines: 1 });
    expect(await simulation.ledgerText()).toBe(before);
  });

  it('is not found under a name that the ledger does not have', async () => {
    const { ledger } = await busyTarget();

    await expect(repairLane(ledger, 'dcs-other')).rejects.toMatchObject({ code: 'no_such_lane' });
  });

  it('is repaired again after a repair that was killed between its two lists', async () => {
    const { simulation, ledger, damage, lane } = await busyTarget();
    await damage(LIST);
    await damage(LIST, '\n{"id":"r","at":1,"by":"killed","type":"rolled"}\n');

    expect(await repairLane(ledger, LANE)).toMatchObject({ damagedLines: 1, holder: runOf(A) });
    expect(await lane()).toMatchObject({ holder: runOf(A) });
    expect(await simulation.settle()).toBe(0);
  });
});

describe('a run whose log cannot be read', () => {
  it('keeps its target as the holder until two complete listings show no unfinished task', async () => {
    const { simulation, damage, deliver } = await busyTarget();
    await damage(`runs/import-a/${runOf(A)}`);
    simulation.advance(5 * 60_000);
    await simulation.reconcile();
    expect(simulation.cloud.tasks).toHaveLength(1);

    // Its task is over now.
    simulation.advance(6 * 60_000);
    await simulation.reconcile();
    expect(simulation.cloud.tasks).toHaveLength(1);

    simulation.advance(3 * 60_000);
    await simulation.reconcile();
    expect(simulation.cloud.tasks).toHaveLength(2);
    expect(await deliver(B)).toMatchObject({ outcome: 'existing' });
  });

  it('loses its target immediately to a repair', async () => {
    const { simulation, ledger, damage, lane } = await busyTarget();
    await damage(`runs/import-a/${runOf(A)}`);

    expect(await repairLane(ledger, LANE)).toMatchObject({
      damagedLines: 0,
      removed: [{ job: 'import-a', run: runOf(A), why: 'unreadable' }],
    });
    expect(await lane()).not.toHaveProperty('holder');
    simulation.advance(60_000);
    await simulation.reconcile();
    expect(simulation.cloud.tasks).toHaveLength(2);
  });

  it('is passed over while it waits', async () => {
    const { simulation, damage, deliver } = await busyTarget();
    await damage(`runs/import-a/${runOf(B)}`);
    await deliver(C);

    for (let i = 0; i < 4; i++) {
      simulation.advance(5 * 60_000);
      await simulation.reconcile();
    }

    expect(simulation.cloud.tasks.map(({ name }) => name)).toEqual([
      `import-a-${runOf(A).slice(0, 12)}`,
      `import-a-${runOf(C).slice(0, 12)}`,
    ]);
  });
});
