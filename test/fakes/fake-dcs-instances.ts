import { CloudError } from '../../lib/kernel/errors.ts';
import type { DcsBackupRecord, DcsInstance, DcsInstances } from '../../lib/ports/dcs.ts';

/** DCS instances and their backups in memory. A copy is `waiting` until the test says otherwise. */
export class FakeDcsInstances implements DcsInstances {
  readonly instances = new Map<string, DcsInstance>();
  readonly records = new Map<string, DcsBackupRecord[]>();
  readonly calls: string[] = [];
  /** What the next calls fail with. */
  readonly failures: CloudError[] = [];

  /** An instance that is fit for everything, but for the changes. */
  add(id: string, changes: Partial<DcsInstance> = {}): void {
    const fit: DcsInstance = {
      id,
      name: `name of ${id}`,
      status: 'RUNNING',
      engineVersion: '6.0',
      cacheMode: 'ha',
      maxMemoryMb: 1024,
      usedMemoryMb: 24,
      sslEnabled: false,
      passwordFree: false,
    };
    this.instances.set(id, { ...fit, ...changes });
  }

  async showInstance(id: string): Promise<DcsInstance | undefined> {
    this.#called('ShowInstance');
    return this.instances.get(id);
  }

  async listBackupRecords(instanceId: string): Promise<DcsBackupRecord[]> {
    this.#called('ListBackupRecords');
    return [...(this.records.get(instanceId) ?? [])];
  }

  async copyInstance(instanceId: string, remark: string): Promise<{ readonly backupId: string }> {
    this.#called('CopyInstance');
    const records = this.records.get(instanceId) ?? [];
    const id = `backup-${records.length + 1}`;
    this.records.set(instanceId, [...records, { id, status: 'waiting', createdAt: '2026-02-03T02:00:00Z', remark }]);
    return { backupId: id };
  }

  #called(operation: string): void {
    this.calls.push(operation);
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}

export function dcsFailure(status: number): CloudError {
  return new CloudError({
    service: 'DCS',
    operation: 'ShowInstance',
    outcome: 'rejected',
    temporary: status === 429,
    status,
  });
}
