import type { Answer } from '../operation.ts';
import { refusals } from './errors.ts';

/** A DCS instance that the local cloud knows. Without `password` it is open to password-free access. */
export interface LocalInstance {
  readonly id: string;
  readonly name: string;
  readonly password?: string;
  /** @default 'RUNNING' */
  readonly status?: string;
  /** @default '6.0' */
  readonly engineVersion?: string;
  /** @default 'ha' */
  readonly cacheMode?: 'single' | 'ha' | 'ha_rw_split' | 'proxy' | 'cluster';
  /** MB. @default 1024 */
  readonly maxMemory?: number;
  /** MB. @default 16 */
  readonly usedMemory?: number;
  /** @default false */
  readonly enableSsl?: boolean;
  /** @default '192.168.0.10' */
  readonly ip?: string;
  /** Its backup records, for imports of a `backup_record`. @default [] */
  readonly backups?: readonly LocalBackup[];
}

export interface LocalBackup {
  readonly id: string;
  readonly status: 'waiting' | 'backuping' | 'succeed' | 'failed' | 'expired' | 'deleted';
}

/** Ids of instances and tasks occur as UUIDs and as 32 hex digits. */
const RESOURCE_ID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

export function isResourceId(text: string): boolean {
  return RESOURCE_ID.test(text);
}

/** What an instance that is not RUNNING says to a new task (error table: restarting, creating, scaling, restoring, freezing; else not running). */
const STATE_CODES: Readonly<Record<string, string>> = {
  RESTARTING: 'DCS.4111',
  CREATING: 'DCS.4118',
  EXTENDING: 'DCS.4113',
  RESTORING: 'DCS.4097',
  FROZEN: 'DCS.4120',
};

/** The code for an instance in this state, or undefined if it may be migrated. */
export function stateCode(status: string): string | undefined {
  return status === 'RUNNING' ? undefined : (STATE_CODES[status] ?? 'DCS.4049');
}

/** The instances of the local cloud, by id. */
export class Instances {
  readonly #byId = new Map<string, LocalInstance>();

  constructor(instances: readonly LocalInstance[]) {
    for (const instance of instances) this.set(instance);
  }

  set(instance: LocalInstance): void {
    this.#byId.set(instance.id, instance);
  }

  /** @throws {Refusal} DCS.4061 for an id of the wrong form, DCS.3022 (404) for one that is not known */
  get(id: string): LocalInstance {
    if (!isResourceId(id)) throw refusals.badInstanceId();
    const instance = this.#byId.get(id);
    if (instance === undefined) throw refusals.unknownInstance();
    return instance;
  }

  findBackup(backupId: string): LocalBackup | undefined {
    return [...this.#byId.values()].flatMap(({ backups = [] }) => backups).find(({ id }) => id === backupId);
  }
}

/** Answer of ShowInstance: the fields that a caller checks before a migration. */
export function showInstance(instance: LocalInstance, now: number): Answer {
  return {
    status: 200,
    body: {
      instance_id: instance.id,
      name: instance.name,
      status: instance.status ?? 'RUNNING',
      sub_status: null,
      task: null,
      engine: 'Redis',
      engine_version: instance.engineVersion ?? '6.0',
      cache_mode: instance.cacheMode ?? 'ha',
      max_memory: instance.maxMemory ?? 1024,
      used_memory: instance.usedMemory ?? 16,
      enable_ssl: instance.enableSsl ?? false,
      no_password_access: instance.password === undefined ? 'true' : 'false',
      ip: instance.ip ?? '192.168.0.10',
      port: 6379,
      updated_at: new Date(now).toISOString(),
    },
  };
}
