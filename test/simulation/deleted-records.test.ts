import fc from 'fast-check';
import type { ObjectTrigger } from '../../lib/events/trigger.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { openRunLog } from '../../lib/runs/ledger/run-log.ts';
import { replayRun } from '../../lib/runs/operate/replay-run.ts';
import { fingerprint, occurrenceOf } from '../../lib/runs/start/occurrence.ts';
import { noServices } from '../fakes/no-services.ts';
import { violations } from './oracle.ts';
import { Simulation } from './simulation.ts';
import { sweptJobs } from './swept-jobs.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const KEY = 'a/one.rdb';

let jobs: Jobs;
beforeAll(async () => {
  jobs = await sweptJobs();
});

/** A version of the object, whose notification gives a later time than the list of the bucket. */
async function land(simulation: Simulation, content: string, key = KEY): Promise<string> {
  const object = { ...simulation.put(key, content), time: new Date(simulation.now + 1_000).toISOString() };
  await simulation.notify([object]);
  return fingerprint('import-a', occurrenceOf(object));
}

async function swept(): Promise<Simulation> {
  const simulation = new Simulation({ jobs });
  await simulation.reconcile();
  simulation.advance(HOUR / 2);
  return simulation;
}

async function damage({ store }: Simulation, run: string): Promise<void> {
  const name = `runs/import-a/${run}`;
  await store.append(name, (await store.read(name)).position, 'not a record\n');
}

/** What the runbook tells an operator to do, then a sweep. */
async function deleteRecord(simulation: Simulation, run: string): Promise<void> {
  await simulation.store.remove(`runs/import-a/${run}`);
  simulation.advance(HOUR);
  await simulation.reconcile();
}

async function stateOf(simulation: Simulation, run: string) {
  return (await openRunLog(simulation.ledger(), 'import-a', run)).state;
}

function replay(simulation: Simulation, run: string, evenSucceeded = true) {
  const deps = { ledger: simulation.ledger(), jobs, evenSucceeded, services: noServices() };
  return replayRun({ job: 'import-a', run }, deps);
}

describe('a run whose damaged record was deleted', () => {
  it('adopts its task while it has the turn', async () => {
    const simulation = await swept();
    const run = await land(simulation, 'one');
    await damage(simulation, run);
    await deleteRecord(simulation, run);
    await simulation.settle();

    expect(await stateOf(simulation, run)).toMatchObject({ end: 'created', settled: true });
    expect(simulation.cloud.creates).toHaveLength(1);
    expect(await violations(simulation, [])).toEqual([]);
  });

  it('adopts its task after others have had the turn since', async () => {
    const simulation = await swept();
    const run = await land(simulation, 'one');
    await damage(simulation, run);
    simulation.advance(MINUTE);
    const other = await land(simulation, 'two', 'a/two.rdb');
    for (let tick = 0; tick < 6; tick++) {
      simulation.advance(5 * MINUTE);
      await simulation.reconcile();
    }
    expect(await stateOf(simulation, other)).toMatchObject({ end: 'created' });
    await deleteRecord(simulation, run);
    await simulation.settle();

    expect(await stateOf(simulation, run)).toMatchObject({ end: 'created', settled: true });
    expect(simulation.cloud.creates).toHaveLength(2);
    expect(await violations(simulation, [])).toEqual([]);
  });

  it('adopts its task after it had left its lane with many claims', async () => {
    const simulation = await swept();
    const run = await land(simulation, 'one');
    const log = await openRunLog(simulation.ledger(), 'import-a', run);
    for (let claim = 0; claim < 40; claim++) {
      await log.append({ ...simulation.ledger().stamp(), type: 'claimed', until: simulation.now });
    }
    await simulation.settle();
    const before = await laneRecords(simulation);
    await deleteRecord(simulation, run);
    await simulation.settle();

    expect(await stateOf(simulation, run)).toMatchObject({ end: 'created', settled: true });
    expect(simulation.cloud.creates).toHaveLength(1);
    expect(await violations(simulation, [])).toEqual([]);
    // It enters, holds and leaves.
    expect((await laneRecords(simulation)) - before).toBe(3);
  });

  it('is imported where it has no task, and so is each replay of it', async () => {
    const simulation = await swept();
    const run = await land(simulation, 'one');
    await simulation.settle();
    simulation.cloud.tasks.splice(0);
    await deleteRecord(simulation, run);
    await simulation.settle();

    const runs = [run];
    for (let number = 0; number < 2; number++) {
      runs.push((await replay(simulation, run)).run);
      await simulation.settle();
    }

    const ends = await Promise.all(runs.map(async (one) => (await stateOf(simulation, one)).end));
    expect(ends).toEqual(['created', 'created', 'created']);
    expect(simulation.cloud.creates).toHaveLength(4);
  });

  it('has no turn after a newer version of its object', async () => {
    const simulation = await swept();
    const run = await land(simulation, 'one');
    await simulation.settle();
    simulation.advance(MINUTE);
    const newer = await land(simulation, 'two');
    await simulation.settle();
    const first = await simulation.store.read(`runs/import-a/${run}`);
    await deleteRecord(simulation, run);
    expect(first.position).toBeGreaterThan(0);

    // The bucket lists the newer version alone, so somebody sends the event of the older one again.
    await simulation.deliver(jobs, 'import-a', given(first.text));
    await simulation.settle();

    expect(await stateOf(simulation, run)).toMatchObject({ end: 'superseded' });
    expect(await stateOf(simulation, newer)).toMatchObject({ end: 'created' });
  });
});

/** What happens to a version of an object, by its place among them; `lost`: the service lists no task any more. */
const step = fc.record({
  do: fc.constantFrom('notify', 'find', 'delete', 'tick', 'tick', 'lost'),
  version: fc.nat({ max: 2 }),
});

it('whatever is deleted and sent again, no version has its turn after a newer one, and the newest has one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const simulation = new Simulation({ jobs });
      const listed = ['one', 'two', 'three'].map((content): ObjectTrigger => {
        simulation.advance(10_000);
        return simulation.put(KEY, content);
      });
      const runs = listed.map((object) => fingerprint('import-a', occurrenceOf(object)));
      const told = (object: ObjectTrigger) => ({
        ...object,
        time: new Date(Date.parse(object.time) + 1_000).toISOString(),
      });
      const created = () =>
        simulation.cloud.creates.map((name) => runs.findIndex((run) => name.endsWith(run.slice(0, 12))));
      const seen: number[] = [];
      for (const { do: what, version } of steps) {
        const object = listed[version];
        if (!object) continue;
        simulation.advance(what === 'tick' ? 20 * MINUTE : MINUTE);
        if (what === 'notify') await simulation.notify([told(object)]);
        if (what === 'find') await simulation.deliver(jobs, 'import-a', object);
        if (what === 'delete') await simulation.store.remove(`runs/import-a/${runs[version]}`);
        if (what === 'tick') await simulation.reconcile();
        if (what === 'lost') simulation.cloud.tasks.splice(0);
        if (what === 'notify' || what === 'find') seen.push(version);
      }
      for (const version of seen) await simulation.deliver(jobs, 'import-a', listed[version] as ObjectTrigger);
      await simulation.settle();

      const order = created();
      expect(order).toEqual([...order].sort());
      if (seen.length > 0) {
        const newest = Math.max(...seen);
        expect(order).toContain(newest);
        expect((await stateOf(simulation, runs[newest] ?? '')).end).toBe('created');
      }
    }),
    { numRuns: Number(process.env['SCHEDULES'] ?? 150) },
  );
});

async function laneRecords({ store }: Simulation): Promise<number> {
  const [lane] = await store.list('lanes/target/', { limit: 1 });
  return (await store.read(lane?.name ?? '')).text.split('\n').length;
}

function given(text: string) {
  const [line = ''] = text.split('\n');
  return JSON.parse(line).given;
}
