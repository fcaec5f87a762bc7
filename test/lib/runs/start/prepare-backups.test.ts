import { CloudError, RunError } from '../../../../lib/kernel/errors.ts';
import type { PlannedTask } from '../../../../lib/migrations/action.ts';
import { DEFAULT_TASK_POLICIES } from '../../../../lib/migrations/task-policies.ts';
import type { DcsBackupRecord, DcsInstances } from '../../../../lib/ports/dcs.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import { checkTargetReady, completePlan, needsPreparing, prepareRun } from '../../../../lib/runs/start/prepare-run.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

const RUN = { run: '0123456789abcdef', settleMs: 60_000 };
const PLAN: PlannedTask = {
  kind: 'backup_import',
  name: 'import-0123',
  target: 'cache-a',
  body: {
    target_instance: { id: 'cache-a', password: { user_data: 'CACHE_PASSWORD' } },
    backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'a.rdb' }] },
  },
  warnings: [],
  backupTargetFirst: true,
  policies: { ...DEFAULT_TASK_POLICIES, preflight: 'off' },
};

/** An instance whose backups and state the test gives. */
async function instance(given: Partial<DcsInstances> = {}, status = 'RUNNING') {
  let now = 1_000_000;
  const backups: DcsBackupRecord[] = [];
  const taken: string[] = [];
  const { deps } = fakeRun();
  const healthy = await deps.services.dcsInstances();
  const dcsInstances: DcsInstances = {
    ...healthy,
    showInstance: async (id) => {
      const shown = await healthy.showInstance(id);
      return shown && { ...shown, status };
    },
    listBackupRecords: async () => backups,
    copyInstance: async (id, remark) => {
      taken.push(`${id}: ${remark}`);
      return { backupId: `backup-${taken.length}` };
    },
    ...given,
  };
  const ledger = makeLedger(makeMemoryStore(), 'ours', () => now);
  const services = { ...deps.services, dcsInstances: async () => dcsInstances };
  const log = await openRunLog(ledger, 'a', RUN.run);
  return {
    backups,
    taken,
    services,
    later: (ms: number) => {
      now += ms;
    },
    prepare: (plan = PLAN) => prepareRun(log, plan, RUN, { ...deps, services, ledger }),
  };
}

const backup = (status: string, remark = `${RUN.run} before import`, id = 'backup-1'): DcsBackupRecord => {
  return { id, status, remark, createdAt: '2026-03-14T12:00:00Z' };
};

describe('a backup of the target', () => {
  it('is waited for until it can be imported', async () => {
    const { backups, taken, prepare } = await instance();

    expect(await prepare()).toMatchObject({ end: 'waiting', reason: { code: 'backup_running' } });
    backups.push(backup('backuping'));
    expect(await prepare()).toMatchObject({ end: 'waiting', reason: { code: 'backup_running' } });
    backups.splice(0, 1, backup('succeed'));
    expect(await prepare()).toMatchObject({ end: 'ready' });
    expect(taken).toEqual(['cache-a: 0123456789abcdef before import']);
  });

  it.each(['failed', 'expired', 'deleted'])('that is %s refuses the run', async (status) => {
    const { backups, prepare } = await instance();
    backups.push(backup(status));

    expect(await prepare()).toMatchObject({
      end: 'refused',
      reason: { code: 'backup_failed', message: `the backup backup-1 of instance cache-a is ${status}` },
    });
  });

  it('that an earlier attempt took is known by its remark, and no other one is taken', async () => {
    const { backups, taken, prepare } = await instance();
    backups.push(backup('succeed', 'somebody took it'), backup('succeed', undefined, 'backup-7'));

    expect(await prepare()).toMatchObject({ end: 'ready' });
    expect(taken).toEqual([]);
  });

  it('is taken only when two listings do not have the one whose response was lost', async () => {
    let isLost = true;
    const taken: string[] = [];
    const { later, prepare } = await instance({
      copyInstance: async (id) => {
        taken.push(id);
        const details = { service: 'DCS', operation: 'CopyInstance', outcome: 'unknown', temporary: false } as const;
        if (isLost) throw new CloudError(details);
        return { backupId: 'backup-2' };
      },
    });
    await prepare();
    isLost = false;
    later(10 * 60_000);

    expect(await prepare()).toMatchObject({ end: 'waiting' });
    expect(taken).toEqual(['cache-a']);
    await prepare();
    expect(taken).toEqual(['cache-a', 'cache-a']);
  });

  it('is not taken of a busy target', async () => {
    const { taken, prepare } = await instance({}, 'BACKUPING');

    const { policies: _default, ...looked } = PLAN;
    expect(await prepare(looked)).toMatchObject({ end: 'waiting', reason: { code: 'instance_busy' } });
    expect(taken).toEqual([]);
  });

  it('is left to be taken when the run was checked before its turn', () => {
    const prepared = { body: {}, warnings: [] };

    expect(needsPreparing(PLAN, { prepared })).toBe(true);
    expect(needsPreparing(PLAN, { prepared, calls: { backup_target: { until: 1, done: true } } })).toBe(false);
    const { backupTargetFirst: _none, ...plain } = PLAN;
    expect(needsPreparing(plain, { prepared })).toBe(false);
  });
});

describe('checking the target', () => {
  const details = { service: 'DCS', operation: 'ShowInstance', temporary: false } as const;
  const { policies: _default, ...looked } = PLAN;

  it.each([
    [
      'missing rights',
      new CloudError({ ...details, outcome: 'rejected', status: 403, cloudCode: 'DCS.2003' }),
      'waiting',
    ],
    ['refused keys', new CloudError({ ...details, outcome: 'rejected', status: 401 }), 'waiting'],
    ['a lost answer', new CloudError({ ...details, outcome: 'unknown' }), 'waiting'],
    ['a refusal', new CloudError({ ...details, outcome: 'rejected', status: 400, cloudCode: 'DCS.4004' }), 'refused'],
    [
      'a number that cannot be kept',
      new CloudError({ ...details, outcome: 'unknown', cloudCode: 'inexact_number' }),
      'refused',
    ],
    ['an agent that is not connected', new RunError('agent_absent', 'it is not connected'), 'waiting'],
    ['fields that are wrong', new RunError('invalid_fields', 'they are wrong'), 'refused'],
  ])('after %s', async (_what, error, end) => {
    const { services } = await instance({ showInstance: () => Promise.reject(error) });

    expect(await completePlan(looked, { services })).toMatchObject({ end });
  });

  it('is trouble when it is its turn and the target does not run, unless the job does not want to know', async () => {
    const busy = await instance({}, 'RESTARTING');
    const ready = await instance();

    expect(await checkTargetReady(looked, busy)).toMatchObject({
      end: 'waiting',
      reason: { code: 'instance_busy' },
    });
    expect(await checkTargetReady(looked, ready)).toEqual({ end: 'ready' });
    expect(await checkTargetReady(PLAN, busy)).toEqual({ end: 'ready' });
  });
});
