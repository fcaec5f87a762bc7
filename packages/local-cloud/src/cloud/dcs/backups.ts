import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Assumed } from '../open-questions/assumptions.ts';
import type { CloudEvent } from '../operation.ts';
import type { Scripts } from '../scripts.ts';
import { scriptedSteps, slownessOf } from '../scripts.ts';
import type { Situations } from '../situations.ts';
import { type Step, type SteppedTask, StepRunner } from '../step-runner.ts';
import type { Instances, LocalBackup } from './instances.ts';
import type { KeySpaces } from './key-spaces.ts';
import { type StoredKey, storedKeys } from './stored-key.ts';

const QUEUE_MS = 5_000;
/** 5 to 30 minutes according to the page. */
const BACKUP_MS = 300_000;
const LIST_LAG_MS = 45_000;
const MB = 1024 * 1024;
/** The default creation time of a seeded record. */
const SEEDED_AT = Date.UTC(2026, 0, 1);

/** A backup record, either seeded or created by CopyInstance. */
export interface BackupRecord extends SteppedTask {
  readonly instanceId: string;
  readonly name: string;
  readonly remark: string;
  readonly format: 'aof' | 'rdb';
  readonly type: 'manual' | 'auto';
  readonly createdAt: number;
  updatedAt: number;
  sizeBytes: number;
  errorCode: string;
  /** The keys in it; none until it has succeeded. */
  keys: readonly StoredKey[];
}

export interface BackupsOptions {
  readonly instances: Instances;
  readonly keySpaces: KeySpaces;
  readonly clock: Clock;
  readonly scripts: Scripts;
  readonly situations: Situations;
  readonly assumed: Assumed;
  readonly onEvent: (event: CloudEvent) => void;
}

/** The backup records of the local DCS. */
export class Backups {
  readonly #instances: Instances;
  readonly #keySpaces: KeySpaces;
  readonly #clock: Clock;
  readonly #scripts: Scripts;
  readonly #situations: Situations;
  readonly #assumed: Assumed;
  readonly #onEvent: (event: CloudEvent) => void;
  readonly #stepRunner: StepRunner<BackupRecord>;
  readonly #taken = new Map<string, BackupRecord>();
  /** IDs of records that an instance had from the start. */
  readonly #deleted = new Set<string>();

  constructor(options: BackupsOptions) {
    this.#instances = options.instances;
    this.#keySpaces = options.keySpaces;
    this.#clock = options.clock;
    this.#scripts = options.scripts;
    this.#situations = options.situations;
    this.#assumed = options.assumed;
    this.#onEvent = options.onEvent;
    this.#stepRunner = new StepRunner(options.clock, (record, step) => this.#onStep(record, step));
  }

  /** The records created by CopyInstance, oldest first. */
  taken(): BackupRecord[] {
    return [...this.#taken.values()];
  }

  /** All records of an instance, in no particular order, because none is documented. */
  of(instanceId: string): BackupRecord[] {
    const instance = this.#instances.find(instanceId);
    const seeded = instance?.backups?.filter(({ id }) => !this.#deleted.has(id)) ?? [];
    return [
      ...seeded.map((backup) => seededRecord(instanceId, { keys: instance?.keys ?? 0, ...backup })),
      ...this.taken().filter((record) => record.instanceId === instanceId),
    ];
  }

  /** The records of an instance as the list shows them. */
  listed(instanceId: string): BackupRecord[] {
    const lagMs = this.#assumed('backup-list-lag') === 'none' ? 0 : LIST_LAG_MS;
    const until = this.#clock.now() - lagMs;
    const shown = this.of(instanceId).filter(({ createdAt }) => createdAt <= until);
    return this.#assumed('backup-list-order') === 'oldest-first' ? shown : shown.reverse();
  }

  find(backupId: string): BackupRecord | undefined {
    return this.#instances
      .all()
      .flatMap(({ id }) => this.of(id))
      .find(({ id }) => id === backupId);
  }

  /** Whether a backup of this instance is running. */
  isRunning(instanceId: string): boolean {
    return this.taken().some(
      ({ instanceId: id, status }) => id === instanceId && (status === 'waiting' || status === 'backuping'),
    );
  }

  create(instanceId: string, remark: string, format: 'aof' | 'rdb'): BackupRecord {
    const now = this.#clock.now();
    const record: BackupRecord = {
      id: randomUUID(),
      status: 'waiting',
      steps: [],
      instanceId,
      name: `backup_${new Date(now).toISOString().slice(0, 19).replace(/\D/g, '')}`,
      remark,
      format,
      type: 'manual',
      createdAt: now,
      updatedAt: now,
      sizeBytes: 0,
      errorCode: '',
      keys: [],
    };
    this.#taken.set(record.id, record);
    const ms = BACKUP_MS * slownessOf(this.#situations, 'backup', remark);
    const script = this.#scripts.take('backup', { operation: 'CopyInstance', name: remark });
    const end =
      script === undefined
        ? [{ afterMs: ms, status: 'succeed' }]
        : scriptedSteps(script, {
            ms,
            failed: 'failed',
            unknown: 'frozen',
            deleted: 'deleted',
            // "The backup tool could not be started": the first documented error code of a record.
            failure: script.code ?? 'dcs.08.0001',
          });
    this.#stepRunner.run(record, [{ afterMs: QUEUE_MS, status: 'backuping' }, ...end]);
    this.#emit('backup_created', record);
    return record;
  }

  /** Deletes a record, which is not running, and its file. */
  delete(record: BackupRecord): void {
    if (!this.#taken.delete(record.id)) this.#deleted.add(record.id);
    this.#emit('backup_changed', { ...record, status: 'deleted' });
  }

  /** IDs of deleted records that an instance had from the start, to be stored. */
  deleted(): string[] {
    return [...this.#deleted];
  }

  restoreDeleted(ids: readonly string[]): void {
    for (const id of ids) this.#deleted.add(id);
  }

  /** Restores a stored record and resumes its steps. */
  restore(record: BackupRecord): void {
    this.#taken.set(record.id, record);
    this.#stepRunner.resume(record);
  }

  #onStep(record: BackupRecord, step: Step): void {
    record.updatedAt = this.#clock.now();
    record.errorCode = step.failure ?? '';
    if (record.status === 'succeed') {
      record.sizeBytes = (this.#instances.find(record.instanceId)?.usedMemory ?? 16) * MB;
      record.keys = this.#keySpaces.of(record.instanceId);
    }
    this.#emit('backup_changed', record);
  }

  #emit(kind: CloudEvent['kind'], { id, name, status }: BackupRecord): void {
    this.#onEvent({ kind, service: 'DCS', id, name, status });
  }
}

/** An entry of ListBackupRecords. `is_support_restore` is a string; an empty `period` is `null`, an empty `error_code` is `""`. */
export function backupEntry(record: BackupRecord): Record<string, unknown> {
  const usable = record.status === 'succeed';
  return {
    backup_id: record.id,
    backup_name: record.name,
    instance_id: record.instanceId,
    size: record.sizeBytes,
    backup_type: record.type,
    backup_format: record.format,
    status: record.status,
    is_support_restore: usable ? 'TRUE' : 'FALSE',
    progress: usable ? '100.00' : record.status === 'backuping' ? '50.00' : '0.00',
    created_at: new Date(record.createdAt).toISOString(),
    updated_at: new Date(record.updatedAt).toISOString(),
    execution_at: new Date(record.createdAt).toISOString(),
    period: null,
    remark: record.remark,
    error_code: record.errorCode,
  };
}

function seededRecord(instanceId: string, backup: LocalBackup): BackupRecord {
  const createdAt = backup.createdAt ?? SEEDED_AT;
  return {
    id: backup.id,
    status: backup.status,
    steps: [],
    instanceId,
    name: backup.name ?? backup.id,
    remark: backup.remark ?? '',
    format: backup.format ?? 'rdb',
    type: backup.type ?? 'manual',
    createdAt,
    updatedAt: createdAt,
    sizeBytes: backup.sizeBytes ?? 16 * MB,
    errorCode: '',
    keys: storedKeys(backup.keys ?? 0),
  };
}
