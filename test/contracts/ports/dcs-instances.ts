import type { DcsInstances } from '../../../lib/ports/dcs.ts';
import { ABSENT } from './absent-id.ts';
import { refusesBadIds } from './refuses-bad-ids.ts';

export interface DcsInstancesSubject {
  readonly dcs: DcsInstances;
  /** A running instance without a backup. */
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

    it('shows a running instance', async () => {
      await expect(dcs.showInstance(subject.instance)).resolves.toMatchObject({
        id: subject.instance,
        status: 'RUNNING',
        engineVersion: '6.0',
        cacheMode: 'ha',
        sslEnabled: false,
        passwordFree: false,
      });
    });

    it('reports a missing instance as missing in every call', async () => {
      const refused = { name: 'CloudError', outcome: 'rejected', temporary: false };

      await expect(dcs.showInstance(ABSENT)).resolves.toBeUndefined();
      await expect(dcs.listBackupRecords(ABSENT)).rejects.toMatchObject(refused);
      await expect(dcs.copyInstance(ABSENT, 'run 4f1c')).rejects.toMatchObject(refused);
    });

    it('creates a backup, and lists it by its remark during and after its creation', async () => {
      await expect(dcs.listBackupRecords(subject.instance)).resolves.toEqual([]);

      const { backupId: id } = await dcs.copyInstance(subject.instance, 'run 4f1c');
      subject.pass(60_000);
      const createdAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      const taken = { id, createdAt, remark: 'run 4f1c' };
      await expect(dcs.listBackupRecords(subject.instance)).resolves.toMatchObject([{ ...taken, status: 'backuping' }]);
      subject.pass(60 * 60_000);

      await expect(dcs.listBackupRecords(subject.instance)).resolves.toMatchObject([{ ...taken, status: 'succeed' }]);
    });

    it('creates another backup, with its own id, if one exists', async () => {
      const first = await dcs.copyInstance(subject.instance, 'first');
      subject.pass(60 * 60_000);
      const second = await dcs.copyInstance(subject.instance, 'second');

      expect(second.backupId).not.toBe(first.backupId);
      await expect(dcs.listBackupRecords(subject.instance)).resolves.toHaveLength(2);
    });

    it('accepts a remark of 128 characters, and refuses one of 129', async () => {
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
