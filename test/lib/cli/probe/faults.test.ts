import { Interrupted } from '../../../../lib/cli/probe/probe-world.ts';
import { runProbes } from '../../../../lib/cli/probe/run-probes.ts';
import type { LocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { changesElsewhere, differing, objectsIn, openProbeOf, startProbedCloud } from './probed-cloud.ts';

const OPERATIONS = [
  'ListMigrationTask',
  'ShowMigrationTask',
  'ListBackupRecords',
  'ListTasks',
  'ShowInstance',
  'AppendObject',
  'PutObject',
  'GetObject',
  'ListObjects',
  'InitiateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
] as const;
const KINDS = ['error', 'forbidden', 'hang', 'reset', 'reply_lost', 'cut_json'] as const;
const CASES = OPERATIONS.flatMap((operation) => KINDS.map((kind) => [operation, kind] as const))
  // An operation that fails has a response before it can be lost.
  .filter(([operation, kind]) => !(operation === 'ShowInstance' && ['reply_lost', 'cut_json'].includes(kind)));

describe('a probe in trouble', () => {
  let cloud: LocalCloud;

  beforeEach(async () => {
    cloud = await startProbedCloud();
  });
  afterEach(() => cloud.close());

  it.each(CASES)(
    'leaves what %s would tell unanswered after %s, with the call, and removes its objects',
    async (operation, kind) => {
      cloud.faults.add({ operation, kind, times: 4 });
      const { world, close } = openProbeOf(cloud, { callMs: 400 });

      const answers = await runProbes(world);
      await close();

      expect(differing(answers)).toEqual([]);
      const reasons = [...answers.values()].flatMap((answer) => ('unanswered' in answer ? answer.unanswered : []));
      expect(reasons).toContainEqual(expect.stringMatching(new RegExp(`(OBS|DCS|SMS) ${operation}: `)));
      expect(await objectsIn(cloud)).toEqual([]);
      expect(changesElsewhere(cloud)).toEqual([]);
    },
  );

  it.each(['error', 'forbidden', 'hang', 'reset'] as const)(
    'tries again to remove its objects after %s',
    async (kind) => {
      const { world, close } = openProbeOf(cloud, { callMs: 400 });
      await runProbes(world);
      cloud.faults.add({ operation: 'DeleteObject', kind, times: 2 });

      await close();

      expect(await objectsIn(cloud)).toEqual([]);
    },
  );

  it('reports that it cannot remove its objects', async () => {
    const { world, close } = openProbeOf(cloud);
    await runProbes(world);
    cloud.faults.add({ operation: 'DeleteObject', kind: 'forbidden', times: 1_000 });

    await expect(close()).rejects.toMatchObject({ operation: 'DeleteObject', status: 403 });
  });

  it.each([1, 4, 7, 9, 12, 15, 25])('removes its objects when it is interrupted at step %d', async (step) => {
    const interruption = new AbortController();
    let steps = 0;
    const progress = () => {
      if (++steps === step) interruption.abort();
    };
    const { world, close } = openProbeOf(cloud, { signal: interruption.signal, progress });

    await expect(runProbes(world)).rejects.toThrow(Interrupted);
    await close();

    expect(await objectsIn(cloud)).toEqual([]);
    expect(changesElsewhere(cloud)).toEqual([]);
  });

  it('is not disturbed by another one at the same time', async () => {
    const probes = [openProbeOf(cloud), openProbeOf(cloud)];
    const [one, other] = probes.map(({ world }) => ('where' in world.folder ? world.folder.where : ''));

    const answers = await Promise.all(probes.map(({ world }) => runProbes(world)));
    for (const { close } of probes) await close();

    expect(one).not.toBe(other);
    expect(answers.flatMap(differing)).toEqual([]);
    expect(await objectsIn(cloud)).toEqual([]);
  });
});
