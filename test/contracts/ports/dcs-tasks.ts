import { Secret } from '../../../lib/kernel/secret.ts';
import type { DcsFollow, DcsService } from '../../../lib/ports/dcs.ts';
import { ABSENT } from './absent-id.ts';
import { refusesBadIds } from './refuses-bad-ids.ts';

export interface DcsTasksSubject {
  readonly dcs: DcsService;
  readonly follow: DcsFollow;
  /** Two instances; the target has a password. */
  readonly source: string;
  readonly target: string;
  readonly password: string;
  readonly pass: (ms: number) => void;
}

const MINUTE = 60_000;

/** What migration tasks of DCS do, in the cloud and in its fakes. */
export function dcsTasksPort(name: string, make: () => Promise<DcsTasksSubject>): void {
  describe(name, () => {
    let subject: DcsTasksSubject;
    let dcs: DcsService;
    let follow: DcsFollow;
    beforeEach(async () => {
      subject = await make();
      ({ dcs, follow } = subject);
    });

    const importBody = (password: unknown = new Secret(subject.password)) => ({
      task_name: 'restore-staging',
      migration_type: 'backupfile_import',
      migration_method: 'full_amount_migration',
      backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'a.rdb' }] },
      target_instance: { id: subject.target, password },
    });
    const onlineBody = {
      name: 'move-cache',
      vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
      subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
      security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
    };
    const configuration = (migration_method = 'full_amount_migration') => ({
      migration_method,
      resume_mode: 'auto',
      source_instance: { id: subject.source },
      target_instance: { id: subject.target, password: new Secret(subject.password) },
    });
    /** An online task that waits to be configured. */
    const created = async () => {
      const { id } = await dcs.createOnlineMigrationTask(onlineBody);
      subject.pass(2 * MINUTE);
      return id;
    };
    /** One that has just been configured. */
    const migrating = async (method?: string) => {
      const id = await created();
      await follow.setOnlineMigrationTask(id, configuration(method));
      return id;
    };
    const statuses = async () => (await follow.listAllMigrationTasks()).map(({ status }) => status);

    it('has no task before one is created', async () => {
      await expect(dcs.listMigrationTasks('restore-staging')).resolves.toEqual([]);
      await expect(follow.listAllMigrationTasks()).resolves.toEqual([]);
    });

    it('lists an import with its target, and without its body', async () => {
      const { id, status, error } = await dcs.createMigrationTask(importBody());

      expect([status, error]).toEqual(['MIGRATING', undefined]);
      const [row, ...others] = await dcs.listMigrationTasks('restore-staging');
      expect(row).toMatchObject({ id, name: 'restore-staging', status: 'MIGRATING', targetInstanceId: subject.target });
      expect(others).toEqual([]);
      expect(Object.keys(row ?? {}).filter((key) => !ROW_KEYS.includes(key))).toEqual([]);
    });

    it('lists only tasks whose name contains the filter', async () => {
      await dcs.createMigrationTask(importBody());

      await expect(dcs.listMigrationTasks('move-cache')).resolves.toEqual([]);
    });

    it('creates two tasks for two creates with one name', async () => {
      const ids = [await dcs.createOnlineMigrationTask(onlineBody), await dcs.createOnlineMigrationTask(onlineBody)];

      const listed = await dcs.listMigrationTasks('move-cache');
      expect(listed.map(({ id }) => id).sort()).toEqual(ids.map(({ id }) => id).sort());
      expect(new Set(listed.map(({ id }) => id)).size).toBe(2);
    });

    it('completes an import without further calls', async () => {
      await dcs.createMigrationTask(importBody());
      subject.pass(30 * MINUTE);

      expect(await statuses()).toEqual(['SUCCESS']);
    });

    it('creates nothing with a reference to a secret instead of the secret', async () => {
      const failed = dcs.createMigrationTask(importBody({ user_data: 'CACHE_PASSWORD' }));

      await expect(failed).rejects.toMatchObject({ outcome: 'not_sent', cloudCode: 'request_not_built' });
      await expect(follow.listAllMigrationTasks()).resolves.toEqual([]);
    });

    it('keeps an online task waiting, without a target, until it is configured', async () => {
      await dcs.createOnlineMigrationTask(onlineBody);
      expect(await statuses()).toEqual(['CREATING']);
      subject.pass(2 * MINUTE);

      const [row] = await follow.listAllMigrationTasks();
      expect(row).toMatchObject({ name: 'move-cache', status: 'RUNNING' });
      expect(row).not.toHaveProperty('targetInstanceId');
    });

    it('migrates everything once a task is configured, and completes', async () => {
      const id = await created();
      await expect(follow.setOnlineMigrationTask(id, configuration())).resolves.toEqual({ status: 'FULLMIGRATING' });
      await expect(follow.listAllMigrationTasks()).resolves.toMatchObject([
        { id, status: 'FULLMIGRATING', targetInstanceId: subject.target },
      ]);
      subject.pass(30 * MINUTE);

      expect(await statuses()).toEqual(['SUCCESS']);
    });

    it('keeps an incremental migration in sync until somebody stops it', async () => {
      const id = await migrating('incremental_migration');
      subject.pass(60 * MINUTE);
      expect(await statuses()).toEqual(['INCRMIGEATING']);

      await follow.stopTask(id);
      expect(await statuses()).toEqual(['TERMINATING']);
      subject.pass(MINUTE);
      expect(await statuses()).toEqual(['TERMINATED']);
    });

    it('reports the progress of an online migration, and none of an import', async () => {
      const id = await migrating('incremental_migration');
      const early = await follow.showStats(id);
      subject.pass(30 * MINUTE);

      expect(early?.fullProgress).toBeLessThan(100);
      expect(early?.offset).toBeGreaterThan(0);
      await expect(follow.showStats(id)).resolves.toMatchObject({ fullProgress: 100, offset: 0 });
      await follow.stopTask(id);
      subject.pass(MINUTE);
      const imported = await dcs.createMigrationTask(importBody());
      await expect(follow.showStats(imported.id)).resolves.toBeUndefined();
    });

    it('refuses to configure a task that is being created, or a second time', async () => {
      const { id } = await dcs.createOnlineMigrationTask(onlineBody);
      const refused = { outcome: 'rejected', temporary: false };
      await expect(follow.setOnlineMigrationTask(id, configuration())).rejects.toMatchObject(refused);
      subject.pass(2 * MINUTE);

      await follow.setOnlineMigrationTask(id, configuration());
      await expect(follow.setOnlineMigrationTask(id, configuration())).rejects.toMatchObject(refused);
    });

    it('configures nothing with a reference to a secret instead of the secret', async () => {
      const id = await created();
      const body = { ...configuration(), target_instance: { id: subject.target, password: { user_data: 'P' } } };

      await expect(follow.setOnlineMigrationTask(id, body)).rejects.toMatchObject({ outcome: 'not_sent' });
      expect(await statuses()).toEqual(['RUNNING']);
    });

    it('refuses to stop a task that has ended', async () => {
      const { id } = await dcs.createMigrationTask(importBody());
      subject.pass(30 * MINUTE);

      await expect(follow.stopTask(id)).rejects.toMatchObject({ outcome: 'rejected', cloudCode: 'DCS.4957' });
    });

    it.each<[string, () => Promise<string>]>([
      ['is being created', async () => (await dcs.createOnlineMigrationTask(onlineBody)).id],
      ['imports', async () => (await dcs.createMigrationTask(importBody())).id],
      ['migrates', () => migrating()],
    ])('refuses to delete a task that %s', async (_, make) => {
      await expect(follow.deleteTask(await make())).rejects.toMatchObject({
        outcome: 'rejected',
        temporary: false,
        cloudCode: 'DCS.4957',
      });
      expect(await statuses()).toHaveLength(1);
    });

    it('deletes a task, and counts a missing one as deleted', async () => {
      const id = await created();

      await follow.deleteTask(id);
      await expect(follow.listAllMigrationTasks()).resolves.toEqual([]);
      await expect(follow.deleteTask(id)).resolves.toBeUndefined();
      await expect(follow.showStats(id)).resolves.toBeUndefined();
      await expect(follow.listErrorLogs(id)).resolves.toEqual([]);
    });

    it('treats a task that never existed like a deleted one', async () => {
      const refused = { name: 'CloudError', outcome: 'rejected', temporary: false, cloudCode: 'DCS.4133' };

      await expect(follow.setOnlineMigrationTask(ABSENT, configuration())).rejects.toMatchObject(refused);
      await expect(follow.stopTask(ABSENT)).rejects.toMatchObject(refused);
      await expect(follow.showJob(ABSENT)).rejects.toMatchObject(refused);
      await expect(follow.deleteTask(ABSENT)).resolves.toBeUndefined();
      await expect(follow.showStats(ABSENT)).resolves.toBeUndefined();
      await expect(follow.listErrorLogs(ABSENT)).resolves.toEqual([]);
    });

    it('reports no error for a task without problems', async () => {
      await expect(follow.listErrorLogs(await migrating())).resolves.toEqual([]);
    });

    refusesBadIds('SetOnlineMigrationTask', (id) => follow.setOnlineMigrationTask(id, configuration()));
    refusesBadIds('ShowJobInfo', (id) => follow.showJob(id));
    refusesBadIds('ShowMigrationTaskStats', (id) => follow.showStats(id));
    refusesBadIds('ListMigrationTaskLogs', (id) => follow.listErrorLogs(id));
    refusesBadIds('StopMigrationTask', (id) => follow.stopTask(id));
    refusesBadIds('DeleteMigrationTask', (id) => follow.deleteTask(id));
  });
}

const ROW_KEYS = ['id', 'name', 'status', 'targetInstanceId', 'createdAt', 'errorMessage'];
