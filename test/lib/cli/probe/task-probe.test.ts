import type { Sacrifice } from '../../../../lib/cli/probe/probe-world.ts';
import { probeTask } from '../../../../lib/cli/probe/task-probe.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';
import type { LocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import type { Answers } from '../../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { openProbeOf, PASSWORD, SPARE_INSTANCE, startProbedCloud } from './probed-cloud.ts';

const SACRIFICE: Sacrifice = { instanceId: SPARE_INSTANCE, password: new Secret(PASSWORD) };
const CASES = [
  ['dcs-create-name', ['instance', 'task']],
  ['dcs-list-lag', ['none', 'within-settle']],
  ['dcs-import-missing-file', ['later', 'at-once', 'refused']],
  ['dcs-passwords-shown', ['clear', 'absent']],
  ['dcs-delete-unknown', ['ignored', 'refused']],
  ['dcs-deleted-shown', ['gone', 'last-state', 'deleted']],
] as const;

describe('a probe with a migration task', () => {
  let cloud: LocalCloud;
  afterEach(() => cloud.close());

  const open = (options: Parameters<typeof openProbeOf>[1] = {}) =>
    openProbeOf(cloud, { sacrifice: SACRIFICE, sleep: async (ms) => cloud.clock.advance(ms), ...options });
  const changes = () => cloud.requests.filter(({ method }) => method !== 'GET').map(({ operation }) => operation);
  const probeTasks = () => cloud.tasks().filter(({ name }) => name.startsWith('probe-'));

  it.each(CASES.flatMap(([id, behaviors]) => behaviors.map((behavior) => [id, behavior] as const)))(
    'names %s=%s, and deletes its task',
    async (id, behavior) => {
      cloud = await startProbedCloud({ [id]: behavior } as Answers);
      const answers = await probeTask(open().world);

      expect(answers.get(id)).toEqual({ behavior, evidence: expect.any(String) });
      expect(probeTasks()).toEqual([]);
    },
  );

  it('knows no behavior for a lag beyond its patience', async () => {
    cloud = await startProbedCloud({ 'dcs-list-lag': 'beyond-settle' });
    const answers = await probeTask(open().world);
    expect(answers.get('dcs-list-lag')).toEqual({ other: 'not listed within 60 s' });
  });

  it('creates none unless a person gave an instance', async () => {
    cloud = await startProbedCloud();
    const { sacrifice: _, ...world } = open().world;
    const answers = await probeTask(world);

    expect([...new Set([...answers.values()].map((answer) => JSON.stringify(answer)))]).toEqual([
      '{"unanswered":"needs --with-task"}',
    ]);
    expect(cloud.requests).toEqual([]);
  });

  it('creates one, and deletes it and one that does not exist', async () => {
    cloud = await startProbedCloud();
    await probeTask(open().world);
    expect(changes()).toEqual([
      'CreateMigrationTask',
      'DeleteMigrationTask',
      'DeleteMigrationTask',
      'DeleteMigrationTask',
    ]);
  });

  it.each(['error', 'forbidden', 'hang', 'reset'] as const)(
    'leaves all unanswered after %s of the create call, which it does not repeat',
    async (kind) => {
      cloud = await startProbedCloud();
      cloud.faults.add({ operation: 'CreateMigrationTask', kind });
      const notes: string[] = [];
      const answers = await probeTask(open({ callMs: 400, note: (text) => notes.push(text) }).world);

      for (const answer of answers.values())
        expect(answer).toEqual({ unanswered: expect.stringMatching(/^DCS CreateMigrationTask: /) });
      expect(changes()).toEqual(['CreateMigrationTask']);
      const mayExist = expect.stringMatching(/^a migration task probe-[0-9a-f]{12} may exist: /);
      expect(notes).toEqual(kind === 'forbidden' ? [] : [mayExist]);
    },
  );

  it.each(['ShowMigrationTask', 'ListMigrationTask'])('deletes its task after a failing %s', async (operation) => {
    cloud = await startProbedCloud();
    cloud.faults.add({ operation, kind: 'error', times: 2 });
    await probeTask(open().world);
    expect(probeTasks()).toEqual([]);
  });

  it('tells the person if its task cannot be deleted', async () => {
    cloud = await startProbedCloud();
    cloud.faults.add({ operation: 'DeleteMigrationTask', kind: 'forbidden', times: 30 });
    const notes: string[] = [];
    await probeTask(open({ note: (text) => notes.push(text) }).world);

    const [task] = probeTasks();
    expect(notes).toEqual([`not deleted: the migration task ${task?.id} of this probe`]);
  });
});
