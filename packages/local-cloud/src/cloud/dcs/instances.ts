import type { OperationResponse } from '../operation.ts';
import { errors } from './errors.ts';

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
}

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

/** The error code for an instance in this state; undefined if it may be migrated. */
export function stateCode(status: string): string | undefined {
  return status === 'RUNNING' ? undefined : (STATE_CODES[status] ?? 'DCS.4049');
}

/** The instances of the local cloud, by ID. */
export class Instances {
  readonly #byId = new Map<string, LocalInstance>();

  constructor(instances: readonly LocalInstance[]) {
    for (const instance of instances) this.set(instance);
  }

  set(instance: LocalInstance): void {
    this.#byId.set(instance.id, instance);
  }

  /** @throws {ServiceError} DCS.4061 for a malformed ID, DCS.3022 (404) for an unknown one */
  get(id: string): LocalInstance {
    if (!isResourceId(id)) throw errors.badInstanceId();
    const instance = this.#byId.get(id);
    if (instance === undefined) throw errors.unknownInstance();
    return instance;
  }

  all(): LocalInstance[] {
    return [...this.#byId.values()];
  }

  find(id: string): LocalInstance | undefined {
    return this.#byId.get(id);
  }
}

/** Fields that are the same for all instances. */
const COMMON_FIELDS = {
  description: '',
  engine: 'Redis',
  product_type: 'generic',
  storage_type: 'DRAM',
  cpu_type: 'x86_64',
  access_user: null,
  port: 6379,
  readonly_domain_name: null,
  enable_publicip: false,
  publicip_id: null,
  publicip_address: null,
  vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
  vpc_name: 'vpc-default',
  subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
  subnet_name: 'subnet-default',
  subnet_cidr: '192.168.0.0/24',
  security_group_id: null,
  security_group_name: null,
  az_codes: ['ap-southeast-3a', 'ap-southeast-3b'],
  charging_mode: 0,
  order_id: null,
  user_id: null,
  user_name: null,
  enterprise_project_id: '0',
  enterprise_project_name: 'default',
  maintain_begin: '02:00:00',
  maintain_end: '06:00:00',
  instance_backup_policy: null,
  service_upgrade: false,
  service_task_id: '',
  support_slow_log_flag: 'true',
  transparent_client_ip_enable: false,
  tags: [],
  created_at: '2025-06-01T08:00:00.000Z',
  launched_at: '2025-06-01T08:06:00.000Z',
};

/** Response of ShowInstance (model ShowInstanceResponse of the Node SDK 3.1.209, plus `task`, which Terraform's client reads). */
export function showInstance(instance: LocalInstance, now: number): OperationResponse {
  const { cacheMode: mode = 'ha', maxMemory = 1024, ip = '192.168.0.10' } = instance;
  const isCluster = mode === 'cluster' || mode === 'proxy';
  return {
    status: 200,
    body: {
      ...COMMON_FIELDS,
      instance_id: instance.id,
      name: instance.name,
      status: instance.status ?? 'RUNNING',
      sub_status: instance.subStatus ?? null,
      task: instance.task ?? null,
      engine_version: instance.engineVersion ?? '6.0',
      cache_mode: mode,
      spec_code: `redis.${mode}.xu1.large.${mode === 'single' ? 1 : 2}`,
      capacity: Math.floor(maxMemory / 1024),
      capacity_minor: String(maxMemory / 1024),
      max_memory: maxMemory,
      used_memory: instance.usedMemory ?? 16,
      db_number: mode === 'cluster' ? 1 : 256,
      replica_count: mode === 'single' ? 1 : 2,
      sharding_count: isCluster ? 3 : 1,
      enable_ssl: instance.enableSsl ?? false,
      no_password_access: instance.password === undefined ? 'true' : 'false',
      ip,
      backend_addrs: `${ip}:6379`,
      domain_name: `redis-${instance.id.slice(0, 8)}.dcs.huaweicloud.com`,
      update_at: new Date(now).toISOString(),
    },
  };
}
