import { randomUUID } from 'node:crypto';
import { isNamed, type Situation, type Situations } from '../situations.ts';
import { dcsError, errors } from './errors.ts';
import type { LocalKeys } from './stored-key.ts';

/** A DCS instance of the local cloud. Without `password` it allows password-free access. */
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
  /** @default derived from its ID */
  readonly domainName?: string;
  /** @default 6379 */
  readonly port?: number;
  /** @default false */
  readonly enablePublicIp?: boolean;
  /** @default [] */
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  /** Its Redis keys from the start. @default none; 1000 generated ones once it is the source of an online migration */
  readonly keys?: LocalKeys;
  /** The job that the service is running on it while it is still RUNNING. @default null: none */
  readonly task?: string;
  /** @default null */
  readonly subStatus?: string;
  /** Its existing backup records. @default [] */
  readonly backups?: readonly LocalBackup[];
}

export interface LocalBackup {
  readonly id: string;
  readonly status: 'waiting' | 'backuping' | 'succeed' | 'failed' | 'expired' | 'deleted';
  /** @default its id */
  readonly name?: string;
  /** Epoch ms. @default 2026-01-01T00:00:00Z */
  readonly createdAt?: number;
  /** @default 'rdb' */
  readonly format?: 'aof' | 'rdb';
  /** @default 'manual' */
  readonly type?: 'manual' | 'auto';
  /** @default 16 MB */
  readonly sizeBytes?: number;
  /** @default '' */
  readonly remark?: string;
  /** The Redis keys in it. @default those that its instance has from the start */
  readonly keys?: LocalKeys;
}

/** What operations have changed of an instance. */
export type InstanceChanges = Partial<Pick<LocalInstance, 'ip' | 'domainName' | 'status' | 'task'>>;

/** IDs of instances and tasks are UUIDs or 32 hex digits. */
const RESOURCE_ID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

export function isResourceId(text: string): boolean {
  return RESOURCE_ID.test(text);
}

/** The error code for a new task on an instance that is not RUNNING (error table: restarting, creating, scaling, restoring, freezing; otherwise not running). */
const STATE_CODES: Readonly<Record<string, string>> = {
  RESTARTING: 'DCS.4111',
  CREATING: 'DCS.4118',
  EXTENDING: 'DCS.4113',
  RESTORING: 'DCS.4097',
  FROZEN: 'DCS.4120',
};

/** @throws {ServiceError} when the instance is not RUNNING */
export function requireRunning({ status = 'RUNNING' }: LocalInstance): void {
  if (status === 'RUNNING') return;
  const message = `This operation is not allowed while the DCS instance is ${status}.`;
  throw dcsError(400, STATE_CODES[status] ?? 'DCS.4049', message);
}

/** @throws {ServiceError} DCS.4008 when the instance is older than Redis 4.0 */
export function requireRedis4(instance: LocalInstance): void {
  if (Number.parseFloat(engineVersion(instance)) < 4) throw errors.oldEngine();
}

export function engineVersion({ engineVersion: version = '6.0' }: LocalInstance): string {
  return version;
}

export function ipOf({ ip = '192.168.0.10' }: LocalInstance): string {
  return ip;
}

export function portOf({ port = 6379 }: LocalInstance): number {
  return port;
}

export function domainNameOf({ id, domainName = `redis-${id.slice(0, 8)}.${DOMAIN}` }: LocalInstance): string {
  return domainName;
}

export function isCluster({ cacheMode }: LocalInstance): boolean {
  return cacheMode === 'cluster' || cacheMode === 'proxy';
}

/** The number of databases: one in a Redis Cluster. */
export function databasesOf({ cacheMode }: LocalInstance): number {
  return cacheMode === 'cluster' ? 1 : 256;
}

export const DOMAIN = 'dcs.huaweicloud.com';

/** Instead of the password that is refused; no caller can know it. */
const OTHER_PASSWORD = randomUUID();

/** The instances of the local cloud, by ID, as they are after the changes of operations. */
export class Instances {
  readonly #byId = new Map<string, LocalInstance>();
  readonly #changes = new Map<string, InstanceChanges>();

  readonly #situations: Situations;

  constructor(instances: readonly LocalInstance[], situations: Situations) {
    this.#situations = situations;
    for (const instance of instances) this.set(instance);
  }

  /** Adds an instance, or replaces it together with its changes. */
  set(instance: LocalInstance): void {
    this.#byId.set(instance.id, instance);
    this.#changes.delete(instance.id);
  }

  /** Changes an instance. */
  change(id: string, changes: InstanceChanges): void {
    this.#changes.set(id, { ...this.#changes.get(id), ...changes });
  }

  /** Lets a field have the value of the instance's definition again. */
  unset(id: string, field: keyof InstanceChanges): void {
    const { [field]: _, ...rest } = this.#changes.get(id) ?? {};
    this.#changes.set(id, rest);
  }

  /** @throws {ServiceError} DCS.4061 for a malformed ID, DCS.3022 (404) for an unknown one */
  get(id: string): LocalInstance {
    if (!isResourceId(id)) throw errors.badInstanceId();
    const instance = this.find(id);
    if (instance === undefined) throw errors.unknownInstance();
    return instance;
  }

  all(): LocalInstance[] {
    return [...this.#byId.keys()].flatMap((id) => this.find(id) ?? []);
  }

  /** The ids and names of all instances, also of those that a situation has taken away. */
  names(): string[] {
    return [...this.#byId.values()].flatMap(({ id, name }) => (name === undefined ? [id] : [id, name]));
  }

  find(id: string): LocalInstance | undefined {
    const instance = this.#byId.get(id);
    return instance && this.#inSituation({ ...instance, ...this.#changes.get(id) });
  }

  #inSituation(instance: LocalInstance): LocalInstance | undefined {
    const { id, name } = instance;
    const isRefused = this.#situations.of('password').some((one) => isNamed(one, id, name));
    const seen = isRefused ? { ...instance, password: OTHER_PASSWORD } : instance;
    const lost = this.#lossOf(instance);
    if (lost === undefined) return seen;
    return lost.kind === 'deleted' ? undefined : { ...seen, status: lost.kind.toUpperCase() };
  }

  /** Whether a situation has taken it away. */
  isLost(id: string): boolean {
    const instance = this.#byId.get(id);
    return instance !== undefined && this.#lossOf(instance) !== undefined;
  }

  #lossOf({ id, name }: LocalInstance): Situation | undefined {
    return this.#situations.of('instance').find((one) => this.#situations.hasBegun(one) && isNamed(one, id, name));
  }

  /** The changes of operations, to be stored. */
  changes(): Record<string, InstanceChanges> {
    return Object.fromEntries(this.#changes);
  }

  restore(changes: Readonly<Record<string, InstanceChanges>>): void {
    for (const [id, changed] of Object.entries(changes)) this.change(id, changed);
  }
}
