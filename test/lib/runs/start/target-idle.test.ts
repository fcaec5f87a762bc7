import { CloudError } from '../../../../lib/kernel/errors.ts';
import type { PlannedTask } from '../../../../lib/migrations/action.ts';
import type { AllServices } from '../../../../lib/ports/services.ts';
import { isTargetIdle } from '../../../../lib/runs/start/target-idle.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

const IMPORT = { kind: 'backup_import', target: 'cache-a' } as PlannedTask;
const SERVER = { kind: 'server_migration', target: 'server-1' } as PlannedTask;

type Follow<Name extends 'dcsFollow' | 'smsFollow' | 'sms'> = Awaited<ReturnType<AllServices[Name]>>;

function dcsWith(...tasks: readonly object[]) {
  const { deps } = fakeRun();
  const listAllMigrationTasks = async () => tasks;
  const services = {
    ...deps.services,
    dcsFollow: async () => ({ listAllMigrationTasks }) as unknown as Follow<'dcsFollow'>,
  };
  return { ...deps, services };
}

function smsWith(...tasks: readonly object[]) {
  const { deps } = fakeRun();
  const listTasks = async () => tasks;
  return { ...deps, services: { ...deps.services, sms: async () => ({ listTasks }) as unknown as Follow<'sms'> } };
}

const task = (status: string, targetInstanceId?: string) => ({ id: 't', status, targetInstanceId });

describe('a target', () => {
  it.each([
    ['has no task', [], true],
    ['has tasks that are over', [task('SUCCESS', 'cache-a'), task('FAILED', 'cache-a')], true],
    ['has a task that is not over', [task('SUCCESS', 'cache-a'), task('MIGRATING', 'cache-a')], false],
    ['has none, and another target has one', [task('MIGRATING', 'cache-b')], true],
    ['may have the one of which no target is said', [task('MIGRATING')], false],
    ['has one in a state that is not known', [task('PONDERING', 'cache-a')], false],
  ])('is idle or not: it %s', async (_what, tasks, isIdle) => {
    expect(await isTargetIdle(IMPORT, dcsWith(...tasks))).toBe(isIdle);
  });

  it.each([
    ['is over', 'MIGRATE_SUCCESS', true],
    ['is not over', 'RUNNING', false],
  ])('that is a server is idle when its task %s', async (_what, state, isIdle) => {
    expect(await isTargetIdle(SERVER, smsWith({ id: 't', state }))).toBe(isIdle);
  });

  it('is not idle when the list cannot be read', async () => {
    const { deps } = fakeRun();
    const failing = async (): Promise<never> => {
      const details = { service: 'DCS', operation: 'ListMigrationTask', outcome: 'unknown', temporary: false } as const;
      throw new CloudError({ ...details, cloudCode: 'ECONNRESET' });
    };

    expect(await isTargetIdle(IMPORT, { ...deps, services: { ...deps.services, dcsFollow: failing } })).toBe(false);
  });

  it('of a plan that has none is not idle', async () => {
    expect(await isTargetIdle({ kind: 'online_migration' } as PlannedTask, dcsWith())).toBe(false);
  });
});
