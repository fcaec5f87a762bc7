import type { OperationResponse } from '../operation.ts';
import {
  DOMAIN,
  databasesOf,
  domainNameOf,
  engineVersion,
  ipOf,
  isCluster,
  type LocalInstance,
  portOf,
} from './instances.ts';
import { shardsOf } from './nodes.ts';

/** Fields of ShowInstance and of ListInstances that are the same for all instances. */
const COMMON_FIELDS = {
  description: '',
  engine: 'Redis',
  cpu_type: 'x86_64',
  access_user: null,
  publicip_id: null,
  vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
  vpc_name: 'vpc-default',
  subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
  security_group_id: null,
  az_codes: ['ap-southeast-3a', 'ap-southeast-3b'],
  charging_mode: 0,
  order_id: null,
  user_id: null,
  user_name: null,
  enterprise_project_id: '0',
  maintain_begin: '02:00:00',
  maintain_end: '06:00:00',
  service_upgrade: false,
  service_task_id: '',
  created_at: '2025-06-01T08:00:00.000Z',
};

/** Fields that only ShowInstance has. The last six are reserved (page of opentelekomcloud-docs, 2026-04): the first three of them are strings. */
const DETAIL_FIELDS = {
  product_type: 'generic',
  storage_type: 'DRAM',
  subnet_name: 'subnet-default',
  subnet_cidr: '192.168.0.0/24',
  security_group_name: null,
  available_zones: ['d539378ec1314c85b76fefa3f7071458', '9f1c5806706d4c1fb0eb72f0a9b18c77'],
  enterprise_project_name: 'default',
  instance_backup_policy: null,
  support_slow_log_flag: 'true',
  transparent_client_ip_enable: false,
  launched_at: '2025-06-01T08:06:00.000Z',
  cloud_service_type_code: 'hws.service.type.dcs',
  cloud_resource_type_code: 'hws.resource.type.dcs3',
  free: 'false',
  is_free: 'false',
  libos: 'false',
  crr_role: null,
  active_active: null,
  proxy_links: null,
};

/** Mbit/s of an instance, and of a node at most. */
const BANDWIDTH = 768;
const MAX_BANDWIDTH = 1600;

/** Response of ShowInstance (model ShowInstanceResponse of the Node SDK 3.1.209; `task` and the reserved fields from the page of 2026-04). */
export function showInstance(instance: LocalInstance, now: number): OperationResponse {
  const { cacheMode: mode = 'ha' } = instance;
  return {
    status: 200,
    body: {
      ...DETAIL_FIELDS,
      ...commonBody(instance),
      task: instance.task ?? null,
      cache_mode: mode,
      inquery_spec_code: specCode(instance),
      db_number: databasesOf(instance),
      replica_count: mode === 'single' ? 1 : 2,
      sharding_count: shardsOf(instance),
      backend_addrs: `${ipOf(instance)}:${portOf(instance)}`,
      domain_name_info: {
        support_public_resolve: false,
        is_latest_rules: true,
        zone_name: DOMAIN,
        history_domain_names: null,
      },
      bandwidth_info: bandwidthInfo(now),
      update_at: new Date(now).toISOString(),
    },
  };
}

/** An entry of ListInstances (model InstanceListInfo). Here the time of the last change is `updated_at`. */
export function listedInstance(instance: LocalInstance, now: number): Record<string, unknown> {
  return { ...commonBody(instance), updated_at: new Date(now).toISOString() };
}

function commonBody(instance: LocalInstance): Record<string, unknown> {
  const { cacheMode: mode = 'ha', maxMemory = 1024 } = instance;
  return {
    ...COMMON_FIELDS,
    instance_id: instance.id,
    name: instance.name,
    status: instance.status ?? 'RUNNING',
    sub_status: instance.subStatus ?? null,
    engine_version: engineVersion(instance),
    spec_code: specCode(instance),
    capacity: Math.floor(maxMemory / 1024),
    capacity_minor: String(maxMemory / 1024),
    max_memory: maxMemory,
    used_memory: instance.usedMemory ?? 16,
    enable_ssl: instance.enableSsl ?? false,
    no_password_access: instance.password === undefined ? 'true' : 'false',
    ip: ipOf(instance),
    port: portOf(instance),
    domain_name: domainNameOf(instance),
    // Only master/standby instances have one.
    readonly_domain_name: mode === 'ha' ? domainNameOf(instance).replace('.', '-readonly.') : null,
    enable_publicip: instance.enablePublicIp ?? false,
    publicip_address: instance.enablePublicIp === true ? '203.0.113.10' : null,
    tags: instance.tags ?? [],
    features: featuresOf(instance),
  };
}

function specCode({ cacheMode: mode = 'ha' }: LocalInstance): string {
  return `redis.${mode}.xu1.large.${mode === 'single' ? 1 : 2}`;
}

/** ACL needs Redis 4.0, SSL is for Redis 6.0 and later. */
function featuresOf(instance: LocalInstance): Record<string, boolean> {
  const version = Number.parseFloat(engineVersion(instance));
  return {
    support_acl: version >= 4,
    support_transparent_client_ip: isCluster(instance),
    support_ssl: version >= 6,
    support_audit_log: false,
  };
}

/** The bandwidth was never increased temporarily: those times and numbers are 0. */
function bandwidthInfo(now: number): Record<string, unknown> {
  return {
    begin_time: 0,
    end_time: 0,
    current_time: now,
    bandwidth: BANDWIDTH,
    next_expand_time: 0,
    expand_count: 0,
    expand_effect_time: 0,
    expand_interval_time: 0,
    max_expand_count: 3,
    task_running: false,
    assured_bandwidth: BANDWIDTH,
    max_bandwidth_for_node: MAX_BANDWIDTH,
  };
}
