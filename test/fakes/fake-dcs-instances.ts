import { checkPathId } from '../../lib/cloud/transport/check-path-id.ts';
import { CloudError } from '../../lib/kernel/errors.ts';
import type { DcsBackupRecord, DcsInstance, DcsInstances } from '../../lib/ports/dcs.ts';

const BACKUP_MS = 6 * 60_000;
const MAX_REMARK = 128;

interface Options {
  /** @default a clock that stands still */
  readonly now?: () => number;
  /** Does every instance that was not added exist, and is it healthy? */
  readonly others?: boolean;
}

interface Copy extends DcsBackupRecord {
  readonly instanceId: string;
  readonly at: number;
}

/** DCS instances and their backups in memory. Unlike the service, it accepts simultaneous backups of one instance. */
export class FakeDcsInstances implements DcsInstances {
  readonly instances = new Map<string, DcsInstance>();
  /** Backups that existed from the start. */
  readonly records = new Map<string, DcsBackupRecord[]>();
  readonly copies: Copy[] = [];
  readonly calls: string[] = [];
  /** Errors of the next calls. */
  readonly failures: CloudError[] = [];
  /** From now on, do only added instances exist? */
  hasNothingElse: boolean;
  readonly #now: () => number;

  constructor({ now = () => Date.parse('2026-02-03T02:00:00Z'), others = false }: Options = {}) {
    this.#now = now;
    this.hasNothingElse = !others;
  }

  /** Adds a healthy instance with these changes. */
  add(id: string, changes: Partial<DcsInstance> = {}): void {
    this.instances.set(id, { ...healthy(id), ...changes });
  }

  async showInstance(id: string): Promise<DcsInstance | undefined> {
    this.#called('ShowInstance', id);
    return this.#find(id);
  }

  async listBackupRecords(instanceId: string): Promise<DcsBackupRecord[]> {
    this.#called('ListBackupRecords', instanceId);
    if (!this.#find(instanceId)) throw rejected('ListBackupRecords', 404);
    const now = this.#now();
    const copies = this.copies
      .filter((copy) => copy.instanceId === instanceId && copy.at <= now)
      .map(({ instanceId: _, at, ...copy }) => ({ ...copy, status: now < at + BACKUP_MS ? 'backuping' : 'succeed' }));
    return [...(this.records.get(instanceId) ?? []), ...copies];
  }

  async copyInstance(instanceId: string, remark: string): Promise<{ readonly backupId: string }> {
    return this.copyAt(this.#now(), instanceId, remark);
  }

  /** @param at start of the backup, ms */
  copyAt(at: number, instanceId: string, remark: string): { readonly backupId: string } {
    this.#called('CopyInstance', instanceId);
    if (remark.length > MAX_REMARK) {
      const details = { service: 'DCS', operation: 'CopyInstance', outcome: 'not_sent', temporary: false } as const;
      throw new CloudError({ ...details, cloudCode: 'bad_remark' });
    }
    if (!this.#find(instanceId)) throw rejected('CopyInstance', 404);
    const id = `backup-${this.copies.length + 1}`;
    this.copies.push({ id, instanceId, remark, status: 'waiting', createdAt: new Date(at).toISOString(), at });
    return { backupId: id };
  }

  #find(id: string): DcsInstance | undefined {
    return this.instances.get(id) ?? (this.hasNothingElse ? undefined : healthy(id));
  }

  #called(operation: string, id: string): void {
    checkPathId('DCS', operation, id);
    this.calls.push(operation);
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}

function healthy(id: string): DcsInstance {
  return {
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
}

function rejected(operation: string, status: number): CloudError {
  return new CloudError({ service: 'DCS', operation, outcome: 'rejected', temporary: status === 429, status });
}

export function dcsFailure(status: number): CloudError {
  return rejected('ShowInstance', status);
}
