import type { PlannedTask } from '../../../../lib/migrations/action.ts';
import { getLatestBackup, newestUsable, withBackup } from '../../../../lib/migrations/backup-import/latest-backup.ts';
import type { DcsBackupRecord } from '../../../../lib/ports/dcs.ts';
import { FakeDcsInstances } from '../../../fakes/fake-dcs-instances.ts';

const record = (id: string, status: string, createdAt: string): DcsBackupRecord => ({ id, status, createdAt });

describe('newestUsable', () => {
  it('is the newest with status succeed, wherever it is in the list', () => {
    const records = [
      record('old', 'succeed', '2026-02-01T02:00:00Z'),
      record('newest', 'succeed', '2026-02-02T01:00:00+00:00'),
      record('newer in another zone', 'succeed', '2026-02-02T02:30:00+02:00'),
      record('running', 'backuping', '2026-02-03T02:00:00Z'),
      record('failed', 'failed', '2026-02-03T03:00:00Z'),
      record('expired', 'expired', '2026-02-03T04:00:00Z'),
    ];

    expect(newestUsable(records)?.id).toBe('newest');
  });

  it('is undefined if there is none', () => {
    expect(newestUsable([])).toBeUndefined();
    expect(newestUsable([record('a', 'deleted', '2026-02-01T02:00:00Z')])).toBeUndefined();
  });
});

describe('getLatestBackup', () => {
  it('returns the newest', async () => {
    const dcs = new FakeDcsInstances();
    dcs.add('prod');
    dcs.records.set('prod', [record('a', 'succeed', '2026-02-01T02:00:00Z')]);

    expect(await getLatestBackup({ dcsInstances: async () => dcs }, 'prod')).toMatchObject({ id: 'a' });
  });

  it.each<[string, DcsBackupRecord[], string]>([
    [
      'none',
      [],
      'instance prod has no backup with status succeed: it has no backups; take one, or set copy_first: true',
    ],
    [
      'none that is usable',
      [record('a', 'failed', '2026-02-01T02:00:00Z'), record('b', 'waiting', '2026-02-02T02:00:00Z')],
      'instance prod has no backup with status succeed: its 2 are failed, waiting; take one, or set copy_first: true',
    ],
  ])('refuses an instance that has %s', async (_, records, message) => {
    const dcs = new FakeDcsInstances();
    dcs.add('prod');
    dcs.records.set('prod', records);

    await expect(getLatestBackup({ dcsInstances: async () => dcs }, 'prod')).rejects.toMatchObject({
      code: 'no_backup',
      message,
    });
  });
});

describe('withBackup', () => {
  it('completes the body and leaves nothing to be found out', () => {
    const planned: PlannedTask = {
      kind: 'backup_import',
      name: 'restore-0123456789ab',
      target: 'staging',
      body: { task_name: 'restore-0123456789ab', backup_files: { file_source: 'backup_record' } },
      warnings: ['w'],
      latestBackup: { instanceId: 'prod', copyFirst: false },
      backupTargetFirst: true,
    };

    expect(withBackup(planned, 'backup-7')).toEqual({
      kind: 'backup_import',
      name: 'restore-0123456789ab',
      target: 'staging',
      body: {
        task_name: 'restore-0123456789ab',
        backup_files: { file_source: 'backup_record', backup_id: 'backup-7' },
      },
      warnings: ['w'],
      backupTargetFirst: true,
    });
  });
});
