import type { DcsInstances } from '../../../lib/ports/dcs.ts';
import { ABSENT } from './absent-id.ts';
import { refusesBadIds } from './refuses-bad-ids.ts';

export interface DcsInstancesSubject {
  readonly dcs: DcsInstances;
  /** An instance that runs and has no backup. */
  readonly instance: string;
  readonly pass: (ms: number) => void;
}

/** What DCS instances and their backups do, in the cloud and in its fakes. */
export function dcsInstancesPort(name: string, make: () => Promise<DcsInstancesSubject>): void {
  describe(name, () => {
    let subject: DcsInstancesSubject;
    let dcs: DcsInstances;
    beforeEach(async () => {
      subject = await make();
      ({ dcs } = subject);
    });

    it('shows an instance that runs', async () => {
      await expect(dcs.showInstance(subject.instance)).resolves.toMatchObject({
        id: subject.instance,
        status: 'RUNNING',
        engineVersion: '6.0',
        cacheMode: 'ha',
        sslEnabled: false,
        passwordFree: false,
      });
    });

    it('knows nothing of an instance that is not there', async () => {
      const refused = { name: 'CloudError', outcome: 'rejected', temporary: false };

      await expect(dcs.showInstance(ABSENT)).resolves.toBeUndefined();
      await expect(dcs.listBackupRecords(ABSENT)).rejects.toMatchObject(refused);
      await expect(dcs.copyInstance(ABSENT, 'run 4f1c')).rejects.toMatchObject(refused);
    });

    it('takes a backup, and lists it by its remark while it is taken and afterwards', async () => {
      await expect(dcs.listBackupRecords(subject.instance)).resolves.toEqual([]);

      const { backupId: id } = await dcs.copyInstance(subject.instance, 'run 4f1c');
      subject.pass(60_000);
      const createdAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      const taken = { id, createdAt, remark: 'run 4f1c' };
      await expect(dcs.listBackupRecords(subject.instance)).resolves.toMatchObject([{ ...taken, status: 'backuping' }]);
      subject.pass(60 * 60_000);

      await expect(dcs.listBackupRecords(subject.instance)).resolves.toMatchObject([{ ...taken, status: 'succeed' }]);
    });

    it('takes another backup when one is there, with an id of its own', async () => {
      const first = await dcs.copyInstance(subject.instance, 'first');
      subject.pass(60 * 60_000);
      const second = await dcs.copyInstance(subject.instance, 'second');

      expect(second.backupId).not.toBe(first.backupId);
      await expect(dcs.listBackupRecords(subject.instance)).resolves.toHaveLength(2);
    });

    it('takes a remark of 128 characters, and none of 129', async () => {
      const failed = dcs.copyInstance(subject.instance, 'x'.repeat(129));

      await expect(failed).rejects.toMatchObject({ outcome: 'not_sent', cloudCode: 'bad_remark' });
      await dcs.copyInstance(subject.instance, 'x'.repeat(128));
      await expect(dcs.listBackupRecords(subject.instance)).resolves.toHaveLength(1);
    });

    refusesBadIds('ShowInstance', (id) => dcs.showInstance(id));
    refusesBadIds('ListBackupRecords', (id) => dcs.listBackupRecords(id));
    refusesBadIds('CopyInstance', (id) => dcs.copyInstance(id, 'r'));
  });
}
