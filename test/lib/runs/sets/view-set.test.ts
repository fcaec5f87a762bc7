import { makeLogger } from '../../../../lib/kernel/logger.ts';
import { makeRedactor } from '../../../../lib/kernel/redactor.ts';
import { type SetView, viewOpenSets } from '../../../../lib/runs/sets/view-set.ts';
import { listFailure } from '../../../fakes/fake-obs.ts';
import { setJobs } from '../../../simulation/set-jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

async function simulationOf(complete: string): Promise<Simulation> {
  return new Simulation({ jobs: await setJobs(complete) });
}

async function land(simulation: Simulation, name: string, content = name): Promise<void> {
  await simulation.notify([simulation.put(`prod/day-1/${name}`, content)]);
}

async function viewOf(simulation: Simulation): Promise<SetView | undefined> {
  const log = makeLogger({ level: 'error', redactor: makeRedactor(), fields: {}, write: () => {} });
  const look = { services: { obs: async () => simulation.obs }, log, remainingMs: () => 30_000 };
  const ledger = simulation.ledger();
  return (await viewOpenSets({ limit: 10 }, { ledger, jobs: simulation.jobs, look })).sets[0];
}

describe('an open set that is looked at', () => {
  it.each([
    ['prod/day-1/_success', 'the name must match exactly'],
    ['prod/day-1/_SUCCESS.txt', 'the name must match exactly'],
    ['prod/day-1/_SUCCESS ', 'the name must match exactly'],
    ['prod/day-1/shards/_SUCCESS', 'the marker must be directly under prod/day-1/'],
    ['prod/day-1/a/b/_Success', 'the marker must be directly under prod/day-1/'],
  ])('names %j as what may have been meant as its marker', async (key, wrong) => {
    const simulation = await simulationOf('{ marker: _SUCCESS }');
    await land(simulation, 'a.rdb');
    await land(simulation, key.slice('prod/day-1/'.length));

    expect(await viewOf(simulation)).toMatchObject({
      state: 'waiting',
      message: '1 file found, but _SUCCESS is missing',
      waits_for: [{ condition: 'marker', name: '_SUCCESS' }],
      hints: [`${key} is not the marker _SUCCESS: ${wrong}`],
    });
  });

  it.each(['prod/day-1/MY_SUCCESS', 'prod/day-1/_SUCCESS.rdb.bak', 'prod/day-2/_success'])(
    'does not take %j for it',
    async (key) => {
      const simulation = await simulationOf('{ marker: _SUCCESS }');
      await land(simulation, 'a.rdb');
      simulation.put(key, '');

      expect((await viewOf(simulation))?.hints).toEqual([]);
    },
  );

  it('has all that its manifest names and the bucket does not have', async () => {
    const simulation = await simulationOf('{ marker: _SUCCESS, manifest: true }');
    await land(simulation, '_SUCCESS', 'a.rdb\nb.rdb\nc.rdb');
    await land(simulation, 'b.rdb');

    expect(await viewOf(simulation)).toMatchObject({
      files: 1,
      waits_for: [{ condition: 'manifest', missing: ['prod/day-1/a.rdb', 'prod/day-1/c.rdb'] }],
      message: '1 file found; missing from the files listed in _SUCCESS: a.rdb, c.rdb',
    });
  });

  it('has the time at which it is quiet', async () => {
    const simulation = await simulationOf('{ quiet: 5m }');
    await land(simulation, 'a.rdb');

    const view = await viewOf(simulation);

    expect(view?.waits_for).toEqual([{ condition: 'quiet', until: '2026-03-14T12:05:00.040Z' }]);
  });

  it('is about to start when everything is there that reconcile looks for', async () => {
    const simulation = await simulationOf('{ marker: _SUCCESS }');
    simulation.obs.failures.push(listFailure('unknown'));
    await land(simulation, 'a.rdb');
    await land(simulation, '_SUCCESS');

    expect(await viewOf(simulation)).toMatchObject({ state: 'starting', files: 1 });
  });

  it('is shown though its bucket cannot be listed', async () => {
    const simulation = await simulationOf('{ marker: _SUCCESS }');
    await land(simulation, 'a.rdb');
    simulation.obs.failures.push(listFailure('unknown'));

    expect(await viewOf(simulation)).toMatchObject({ state: 'waiting', message: 'its files could not be listed' });
  });

  it('says that its marker lies there and was not announced', async () => {
    const simulation = await simulationOf('{ marker: _SUCCESS }');
    await land(simulation, 'a.rdb');
    simulation.put('prod/day-1/_SUCCESS', '');

    expect(await viewOf(simulation)).toMatchObject({
      state: 'waiting',
      message: '1 file found, but _SUCCESS is missing',
      hints: [
        'prod/day-1/_SUCCESS is in the bucket but had no notification; a sweep will find it, or reconcile at the deadline',
      ],
    });
  });

  it('says that its manifest is wrong', async () => {
    const simulation = await simulationOf('{ marker: _SUCCESS, manifest: true }');
    await land(simulation, '_SUCCESS', '');

    expect(await viewOf(simulation)).toMatchObject({
      state: 'bad_manifest',
      message: 'the manifest obs://backups/prod/day-1/_SUCCESS is invalid: it names no files',
    });
  });

  it('whose job is gone says so', async () => {
    const simulation = await simulationOf('{ count: 2 }');
    await land(simulation, 'a.rdb');
    simulation.jobs = { ...simulation.jobs, jobs: new Map() };

    expect(await viewOf(simulation)).toMatchObject({ state: 'no_job', job: 'import-set', prefix: 'prod/day-1/' });
  });
});
