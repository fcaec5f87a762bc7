import type { ObjectTrigger } from '../../lib/events/trigger.ts';
import { listFailure } from '../fakes/fake-obs.ts';
import { setJobs } from './set-jobs.ts';
import { Simulation } from './simulation.ts';

const MINUTE = 60_000;

async function simulationOf(complete: string, versioned = false): Promise<Simulation> {
  return new Simulation({ versioned, jobs: await setJobs(complete) });
}

const MANIFEST = '{ marker: _SUCCESS, manifest: true }';

function put(simulation: Simulation, name: string, content = name): ObjectTrigger {
  return simulation.put(`prod/day-1/${name}`, content);
}

async function openSets({ store }: Simulation): Promise<number> {
  return (await store.list('open-sets/', { limit: 100 })).length;
}

const messageOf = (end: Awaited<ReturnType<Simulation['notify']>>) => end.value?.[0]?.reason?.message;

describe.each([false, true])('a set whose marker lists its files (versions: %s)', (versioned) => {
  it('imports exactly those files, when all of them are there', async () => {
    const simulation = await simulationOf(MANIFEST, versioned);
    await simulation.notify([put(simulation, 'b.rdb'), put(simulation, 'a.rdb'), put(simulation, 'other.rdb')]);

    await simulation.notify([put(simulation, '_SUCCESS', 'a.rdb\r\nb.rdb\r\n')]);

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb', 'prod/day-1/b.rdb']]);
  });

  it('waits for a file that is not there, and names it', async () => {
    const simulation = await simulationOf(MANIFEST, versioned);
    await simulation.notify([put(simulation, 'a.rdb')]);

    const first = await simulation.notify([put(simulation, '_SUCCESS', '["a.rdb", "b.rdb", "c.rdb"]')]);
    expect(messageOf(first)).toBe(
      'set obs://backups/prod/day-1/: 1 file found; missing from the files listed in _SUCCESS: b.rdb, c.rdb',
    );
    await simulation.notify([put(simulation, 'c.rdb')]);
    expect(simulation.cloud.importedFiles).toEqual([]);
    await simulation.notify([put(simulation, 'b.rdb')]);

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb', 'prod/day-1/b.rdb', 'prod/day-1/c.rdb']]);
  });

  it('is given up at its deadline, and the report names what is missing', async () => {
    const simulation = await simulationOf(MANIFEST, versioned);
    await simulation.notify([put(simulation, 'a.rdb'), put(simulation, '_SUCCESS', 'a.rdb\nb.rdb')]);

    simulation.advance(6 * 60 * MINUTE);
    await simulation.reconcile();

    expect(simulation.cloud.tasks).toEqual([]);
    expect(simulation.smn.published[0]?.message).toContain('missing from the files listed in _SUCCESS: b.rdb\n');
    expect(await openSets(simulation)).toBe(0);
  });

  it('is refused at once and for good for a list that cannot be used, and says why', async () => {
    const simulation = await simulationOf(MANIFEST, versioned);
    await simulation.notify([put(simulation, 'a.rdb')]);
    const marker = put(simulation, '_SUCCESS', 'a.rdb\n../day-2/b.rdb\n');

    const { value } = await simulation.notify([marker]);
    const again = await simulation.notify([marker]);
    await simulation.reconcile();
    await simulation.reconcile();

    const message =
      'the manifest obs://backups/prod/day-1/_SUCCESS is invalid: line 2 is "../day-2/b.rdb": ".." is not allowed, because it could leave the set';
    expect(value).toEqual([{ job: 'import-set', outcome: 'rejected', reason: { code: 'bad_manifest', message } }]);
    expect(again.value).toEqual(value);
    expect(simulation.smn.published.map(({ subject }) => subject)).toEqual([
      'import-set: invalid manifest: obs://backups/prod/day-1/',
    ]);
    expect(simulation.smn.published[0]?.message).toContain('".." is not allowed, because it could leave the set');
    expect(await openSets(simulation)).toBe(0);
    expect(simulation.cloud.tasks).toEqual([]);
  });

  it('is completed by another version of the marker after a wrong one, with a deadline of its own', async () => {
    const simulation = await simulationOf(MANIFEST, versioned);
    await simulation.notify([put(simulation, 'a.rdb'), put(simulation, '_SUCCESS', '')]);
    simulation.advance(7 * 60 * MINUTE);
    await simulation.reconcile();

    await simulation.notify([put(simulation, '_SUCCESS', 'a.rdb\nb.rdb')]);
    await simulation.reconcile();
    await simulation.notify([put(simulation, 'b.rdb')]);

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb', 'prod/day-1/b.rdb']]);
  });

  it('goes by the list that lies there when the marker was replaced before it was read', async () => {
    const simulation = await simulationOf(MANIFEST, versioned);
    await simulation.notify([put(simulation, 'a.rdb'), put(simulation, 'b.rdb')]);
    const old = put(simulation, '_SUCCESS', 'a.rdb');
    const next = put(simulation, '_SUCCESS', 'a.rdb\nb.rdb');

    const ends = [await simulation.notify([old]), await simulation.notify([next]), await simulation.notify([old])];
    await simulation.settle();

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb', 'prod/day-1/b.rdb']]);
    expect(ends.map(({ value }) => value?.[0]?.outcome)).toEqual(['created', 'existing', 'existing']);
  });
});

describe('a manifest', () => {
  it.each([
    ['as large as it may be', 1_048_576, 'waiting', 'set_incomplete'],
    ['of a byte more', 1_048_577, 'rejected', 'bad_manifest'],
  ])('%s is %s: %s', async (_what, bytes, outcome, code) => {
    const simulation = await simulationOf(MANIFEST);

    const { value } = await simulation.notify([put(simulation, '_SUCCESS', `a.rdb${' '.repeat(bytes - 5)}`)]);

    expect(value?.map((result) => [result.outcome, result.reason?.code])).toEqual([[outcome, code]]);
  });

  it('that cannot be read is read again at the next tick', async () => {
    const simulation = await simulationOf(MANIFEST);
    simulation.obs.readFailures.push(listFailure('unknown'));

    const end = await simulation.notify([put(simulation, 'a.rdb'), put(simulation, '_SUCCESS', 'a.rdb')]);
    expect(end.value?.at(-1)?.reason?.message).toContain(
      'its manifest obs://backups/prod/day-1/_SUCCESS could not be read',
    );
    await simulation.reconcile();

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb']]);
  });

  it('chooses among the files that were announced where the bucket may not be listed', async () => {
    const simulation = await simulationOf(MANIFEST);
    simulation.obs.failures.push(listFailure('rejected'));

    await simulation.notify([put(simulation, 'a.rdb'), put(simulation, 'x.rdb'), put(simulation, '_SUCCESS', 'a.rdb')]);

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb']]);
  });

  it('with whole keys in place of names says that they are relative', async () => {
    const simulation = await simulationOf(MANIFEST);

    const end = await simulation.notify([put(simulation, '_SUCCESS', 'prod/day-1/a.rdb')]);

    expect(messageOf(end)).toBe(
      'set obs://backups/prod/day-1/: 0 files found; missing from the files listed in _SUCCESS: prod/day-1/a.rdb (names in it must be relative to prod/day-1/, and must not include it)',
    );
  });
});

describe('conditions that are given together', () => {
  it('hold together: a marker and a count', async () => {
    const simulation = await simulationOf('{ marker: _SUCCESS, count: 2 }');

    const early = await simulation.notify([put(simulation, '_SUCCESS', '')]);
    expect(messageOf(early)).toBe('set obs://backups/prod/day-1/: 0 files found of 2');
    await simulation.notify([put(simulation, 'a.rdb')]);
    expect(simulation.cloud.importedFiles).toEqual([]);
    await simulation.notify([put(simulation, 'b.rdb')]);

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb', 'prod/day-1/b.rdb']]);
  });

  it('hold together: a count that is reached without its marker waits', async () => {
    const simulation = await simulationOf('{ marker: _SUCCESS, count: 2 }');

    const { value } = await simulation.notify(['a.rdb', 'b.rdb', 'c.rdb'].map((name) => put(simulation, name)));
    expect(value?.at(-1)?.reason?.message).toBe(
      'set obs://backups/prod/day-1/: 3 files found, but _SUCCESS is missing',
    );
    await simulation.notify([put(simulation, '_SUCCESS', '')]);

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb', 'prod/day-1/b.rdb', 'prod/day-1/c.rdb']]);
  });

  it('hold together: a marker and a quiet time', async () => {
    const simulation = await simulationOf('{ marker: _SUCCESS, quiet: 5m }');
    await simulation.notify([put(simulation, '_SUCCESS', ''), put(simulation, 'a.rdb')]);
    simulation.advance(4 * MINUTE);
    await simulation.notify([put(simulation, 'b.rdb')]);
    simulation.advance(4 * MINUTE);
    await simulation.reconcile();
    expect(simulation.cloud.importedFiles).toEqual([]);

    simulation.advance(2 * MINUTE);
    await simulation.reconcile();

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb', 'prod/day-1/b.rdb']]);
  });

  it('hold together: a count and a quiet time', async () => {
    const simulation = await simulationOf('{ count: 2, quiet: 5m }');
    await simulation.notify([put(simulation, 'a.rdb')]);
    simulation.advance(10 * MINUTE);
    await simulation.reconcile();
    expect(simulation.cloud.importedFiles).toEqual([]);
    await simulation.notify([put(simulation, 'b.rdb')]);
    expect(simulation.cloud.importedFiles).toEqual([]);

    simulation.advance(6 * MINUTE);
    await simulation.reconcile();

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb', 'prod/day-1/b.rdb']]);
  });
});

describe('files that come too late for their set', () => {
  it('are all named in the reports, however many', async () => {
    const simulation = await simulationOf('{ marker: _SUCCESS }');
    await simulation.notify([put(simulation, 'a.rdb'), put(simulation, '_SUCCESS', '')]);
    const late = Array.from({ length: 250 }, (_, i) => `late-${String(i).padStart(3, '0')}.rdb`);

    await simulation.notify(late.slice(0, 1).map((name) => put(simulation, name)));
    await simulation.reconcile();
    for (const name of late.slice(1)) await simulation.notify([put(simulation, name)]);
    await simulation.reconcile();
    await simulation.reconcile();

    const { published } = simulation.smn;
    expect(published.map(({ subject }) => subject)).toEqual([
      'import-set: too late for its set: obs://backups/prod/day-1/late-000.rdb',
      'import-set: too late for its set: 200 files of obs://backups/prod/day-1/',
      'import-set: too late for its set: 49 files of obs://backups/prod/day-1/',
    ]);
    const text = published.map(({ message }) => message).join('\n');
    expect(late.filter((name) => !text.includes(`prod/day-1/${name}`))).toEqual([]);
    expect(published[0]?.message).toContain('if they belong to the backup: npx migrations runs replay import-set ');
    expect(await openSets(simulation)).toBe(0);
  });
});

describe('a set that waits for its marker until its deadline', () => {
  it('is reported with the object that may have been meant as it', async () => {
    const simulation = await simulationOf('{ marker: _SUCCESS }');
    await simulation.notify([put(simulation, 'a.rdb')]);
    put(simulation, 'shards/_success', '');
    simulation.advance(6 * 60 * MINUTE);

    await simulation.reconcile();

    expect(simulation.smn.published[0]?.message).toContain(
      'Why: set obs://backups/prod/day-1/: 1 file found, but _SUCCESS is missing; prod/day-1/shards/_success is not the marker _SUCCESS: the marker must be directly under prod/day-1/\n',
    );
  });

  it('is started by a marker that lies there and was never announced', async () => {
    const simulation = await simulationOf('{ marker: _SUCCESS }');
    await simulation.notify([put(simulation, 'a.rdb')]);
    const marker = put(simulation, '_SUCCESS', '');
    simulation.advance(6 * 60 * MINUTE);

    await simulation.reconcile();
    const { value } = await simulation.notify([marker]);

    expect(simulation.cloud.importedFiles).toEqual([['prod/day-1/a.rdb']]);
    expect(value?.map(({ outcome }) => outcome)).toEqual(['existing']);
    expect(simulation.smn.published).toEqual([]);
  });
});
