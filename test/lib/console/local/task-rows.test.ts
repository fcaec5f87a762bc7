import { TaskRows } from '../../../../lib/console/local/task-rows.ts';
import type { LocalTask } from '../../../../packages/local-cloud/src/cloud/local-task.ts';

const START = Date.UTC(2026, 2, 14, 9, 30);
const made = (id: string, status: string, createdAt = START): LocalTask => ({
  service: 'DCS',
  id,
  name: `n-${id}`,
  status,
  createdAt,
});
const changed = (id: string) => ({ kind: 'task_changed', service: 'DCS', id, name: `n-${id}`, status: 'x' }) as const;

function makeRows(...tasks: LocalTask[]) {
  const cloud = { tasks, now: START + 60_000 };
  return { cloud, rows: new TaskRows({ tasks: () => cloud.tasks, now: () => cloud.now }) };
}

describe('TaskRows', () => {
  it('has the existing tasks, newest first', () => {
    const server: LocalTask = { ...made('b', 'READY', START + 1), service: 'SMS', sourceServerId: 's1' };
    const { rows } = makeRows(made('a', 'SUCCESS'), server);

    expect(rows.rows()).toEqual([
      {
        kind: 'SMS',
        id: 'b',
        name: 'n-b',
        status: 'READY',
        target: 's1',
        created_at: '2026-03-14T09:30:00.001Z',
        updated_at: '2026-03-14T09:30:00.001Z',
      },
      expect.objectContaining({ kind: 'DCS', id: 'a', status: 'SUCCESS' }),
    ]);
    expect(rows.refresh()).toEqual([]);
  });

  it('reports changed tasks, with the time of the change', () => {
    const { cloud, rows } = makeRows(made('a', 'MIGRATING'), made('b', 'MIGRATING'));
    cloud.tasks = [made('a', 'MIGRATING'), made('b', 'SUCCESS')];
    expect(rows.observe(changed('b'))).toBe(true);

    expect(rows.refresh()).toMatchObject([{ id: 'b', status: 'SUCCESS', updated_at: '2026-03-14T09:31:00.000Z' }]);
    expect(rows.refresh()).toEqual([]);
    expect(rows.updateOf('b')).toEqual({ status: 'SUCCESS', changedAt: START + 60_000 });
  });

  it('reports a deleted task once more, and forgets it', () => {
    const { cloud, rows } = makeRows(made('a', 'SUCCESS'));
    cloud.tasks = [];
    rows.observe({ ...changed('a'), kind: 'task_deleted' });

    expect(rows.refresh()).toMatchObject([{ id: 'a', deleted: true }]);
    expect(rows.rows()).toEqual([]);
    expect(rows.updateOf('a')).toBeUndefined();
  });

  it('keeps the progress of a task', () => {
    const { cloud, rows } = makeRows(made('a', 'RUNNING'));
    rows.setProgress('a', { text: 'full 12 %', percent: 12 });
    rows.setProgress('nobody', { text: 'full 1 %' });

    expect(rows.refresh()).toMatchObject([{ id: 'a', progress: { text: 'full 12 %', percent: 12 } }]);
    cloud.tasks = [made('a', 'SUCCESS')];
    rows.observe(changed('a'));
    expect(rows.refresh()).toMatchObject([{ status: 'SUCCESS', progress: { percent: 12 } }]);
  });

  it('ignores events that do not concern tasks', () => {
    const { rows } = makeRows();

    expect(rows.observe({ ...changed('m'), kind: 'message_published' })).toBe(false);
    expect(rows.refresh()).toEqual([]);
  });
});
