import type { Jobs } from '../../../../lib/jobs/job.ts';
import { type Attempt, replayRun } from '../../../../lib/runs/operate/replay-run.ts';
import { listFailure } from '../../../fakes/fake-obs.ts';
import { setJobs } from '../../../simulation/set-jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const put = (simulation: Simulation, name: string, content = name) => simulation.put(`prod/day-1/${name}`, content);

/** A set that was imported with one file. */
async function imported(complete: string, marker = ''): Promise<{ simulation: Simulation; run: string }> {
  const simulation = new Simulation({ jobs: await setJobs(complete) });
  await simulation.notify([put(simulation, 'a.rdb'), put(simulation, '_SUCCESS', marker)]);
  await simulation.settle();
  const [first] = await simulation.store.list('runs/import-set/', { limit: 1 });
  return { simulation, run: first?.name.split('/')[2] ?? '' };
}

function replay(simulation: Simulation, run: string, jobs: Jobs = simulation.jobs): Promise<Attempt> {
  const ledger = simulation.ledger();
  const services = { obs: async () => simulation.obs };
  return replayRun({ job: 'import-set', run }, { ledger, jobs, evenSucceeded: true, services });
}

describe('a replay of the run of a set', () => {
  it('lists the set again, so that late objects are imported too', async () => {
    const { simulation, run } = await imported('{ marker: _SUCCESS }');
    await simulation.notify([put(simulation, 'b.rdb'), put(simulation, 'c.rdb')]);

    const { source } = await replay(simulation, run);
    await simulation.settle();

    expect(source).toBe(`obs://backups/prod/day-1/ (a set of 3), replay 1 of run ${run}`);
    expect(simulation.cloud.importedFiles).toEqual([
      ['prod/day-1/a.rdb'],
      ['prod/day-1/a.rdb', 'prod/day-1/b.rdb', 'prod/day-1/c.rdb'],
    ]);
  });

  it('has its turn, although the list of the bucket gives an earlier time than the notifications did', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ marker: _SUCCESS }') });
    const time = new Date(simulation.now + 1).toISOString();
    await simulation.notify(['a.rdb', '_SUCCESS'].map((name) => ({ ...put(simulation, name), time })));
    await simulation.settle();
    const [first] = await simulation.store.list('runs/import-set/', { limit: 1 });

    await replay(simulation, first?.name.split('/')[2] ?? '');
    await simulation.settle();

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb'], ['prod/day-1/a.rdb']]);
  });

  it('uses the current content of the marker', async () => {
    const { simulation, run } = await imported('{ marker: _SUCCESS, manifest: true }', 'a.rdb');
    put(simulation, 'b.rdb');
    put(simulation, 'c.rdb');
    put(simulation, '_SUCCESS', 'a.rdb\nb.rdb');

    await replay(simulation, run);
    await simulation.settle();

    expect(simulation.cloud.importedFiles.at(-1)).toEqual(['prod/day-1/a.rdb', 'prod/day-1/b.rdb']);
  });

  it.each([
    [
      'a file of the list is missing',
      'a.rdb\nz.rdb',
      { code: 'set_incomplete', message: expect.stringContaining('missing from the files listed in _SUCCESS: z.rdb') },
    ],
    ['the list cannot be used', '/a.rdb', { code: 'bad_manifest' }],
  ])('is refused when %s, and nothing is recorded', async (_what, content, error) => {
    const { simulation, run } = await imported('{ marker: _SUCCESS, manifest: true }', 'a.rdb');
    put(simulation, '_SUCCESS', content);
    const before = await simulation.ledgerText();

    await expect(replay(simulation, run)).rejects.toMatchObject(error);

    expect(await simulation.ledgerText()).toBe(before);
  });

  it('is refused when there are fewer files than the job counts now', async () => {
    const { simulation, run } = await imported('{ marker: _SUCCESS }');
    const jobs = await setJobs('{ marker: _SUCCESS, count: 2 }');

    await expect(replay(simulation, run, jobs)).rejects.toMatchObject({
      code: 'set_incomplete',
      message: 'set obs://backups/prod/day-1/: 1 file found of 2',
    });
  });

  it('is refused when the bucket may not be listed', async () => {
    const { simulation, run } = await imported('{ marker: _SUCCESS }');
    simulation.obs.failures.push(listFailure('rejected'));

    await expect(replay(simulation, run)).rejects.toMatchObject({ code: 'set_not_listed' });
  });

  it('is refused when the job no longer has such sets', async () => {
    const { simulation, run } = await imported('{ marker: _SUCCESS }');
    const jobs = await setJobs('{ marker: _SUCCESS }', (yaml) => yaml.replaceAll('prod/', 'test/'));

    await expect(replay(simulation, run, jobs)).rejects.toMatchObject({ code: 'trigger_gone' });
  });
});
