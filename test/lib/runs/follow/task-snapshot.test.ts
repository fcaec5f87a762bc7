import { makeLogger } from '../../../../lib/kernel/logger.ts';
import { makeRedactor } from '../../../../lib/kernel/redactor.ts';
import type { DcsFollow, DcsTask } from '../../../../lib/ports/dcs.ts';
import { makeTaskSnapshot } from '../../../../lib/runs/follow/task-snapshot.ts';
import { noServices } from '../../../fakes/no-services.ts';

async function alarms(tasks: readonly DcsTask[]): Promise<unknown[]> {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const log = makeLogger({ level: 'info', redactor: makeRedactor(), fields: {}, write, now: () => new Date(0) });
  const dcsFollow = async () => ({ listAllMigrationTasks: async () => [...tasks] }) as unknown as DcsFollow;
  const snapshot = makeTaskSnapshot({ ...noServices(), dcsFollow }, log, () => 0);
  await snapshot.find('backup_import', '1');
  await snapshot.find('online_migration', '2');
  return lines.map((line) => JSON.parse(line)).map(({ code, name, tasks: ids }) => ({ code, name, ids }));
}

describe('the task snapshot of a tick', () => {
  it('reports two tasks of one run, which have the same name', async () => {
    const tasks = [
      { id: '1', name: 'restore-0123456789ab', status: 'SUCCESS' },
      { id: '2', name: 'restore-0123456789ac', status: 'SUCCESS' },
      { id: '3', name: 'restore-0123456789ab', status: 'MIGRATING' },
    ];
    expect(await alarms(tasks)).toEqual([{ code: 'late_task', name: 'restore-0123456789ab', ids: ['1', '3'] }]);
  });

  it('says nothing of equal names that are not those of runs', async () => {
    const named = ['restore', 'restore', 'restore-0123456789ag', 'restore-0123456789ag'];
    const tasks = named.map((name, i) => ({ id: String(i), name, status: 'SUCCESS' }));
    expect(await alarms(tasks)).toEqual([]);
  });
});
