import { zipSync } from 'fflate';
import { ACCOUNT } from '../account.ts';
import type { ParityCloud } from '../parity-cloud.ts';
import type { Sample, SampleCall, Samples } from '../sample.ts';
import { TOPIC } from '../seed.ts';

const URN = `urn:fss:ap-southeast-3:${ACCOUNT.projectId}:function:default:landed`;
const CODE = {
  code_type: 'zip',
  code_filename: 'index.zip',
  func_code: { file: packageOf('exports.handler = async () => 1;') },
};
const SETTINGS = {
  func_name: 'landed',
  runtime: 'Node.js20.15',
  handler: 'index.handler',
  memory_size: 256,
  timeout: 30,
};
const FUNCTION = { ...SETTINGS, ...CODE, package: 'default' };
const API = {
  name: 'webhook',
  type: 1,
  path: '/jobs',
  protocol: 'HTTPS',
  req_method: 'POST',
  group_id: 'group-1',
  group_name: 'group',
  match_mode: 'SWA',
  env_name: 'RELEASE',
  env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
  auth: 'IAM',
  func_info: { function_urn: 'urn', invocation_type: 'sync', timeout: 5000, version: 'latest' },
  sl_domain: 'a.example',
  backend_type: 'FUNCTION',
};
const TRIGGERS: readonly Readonly<Record<string, unknown>>[] = [
  {
    trigger_type_code: 'TIMER',
    trigger_status: 'ACTIVE',
    event_data: { name: 'nightly', schedule_type: 'Rate', schedule: '1h', user_event: 'nightly' },
  },
  {
    trigger_type_code: 'OBS',
    event_data: { bucket: 'packages', events: ['s3:ObjectCreated:*'], name: 'landed', prefix: 'a/', suffix: '.rdb' },
  },
  {
    trigger_type_code: 'EVENTGRID',
    event_data: {
      trigger_name: 'landed',
      channel_id: 'channel-1',
      channel_name: 'default',
      source_name: 'HC.OBS.DWR',
      agency: 'migrations',
      bucket: 'packages',
      event_types: ['OBS:DWR:ObjectCreated:PUT'],
      Key_encode: true,
      prefix: 'a/',
      suffix: '.rdb',
    },
  },
  { trigger_type_code: 'SMN', event_data: { topic_urn: TOPIC } },
  { trigger_type_code: 'APIG', event_data: API },
  { trigger_type_code: 'DEDICATEDGATEWAY', event_data: { ...API, instance_id: 'gateway-1' } },
];

/** Optional settings, all at once. */
const OPTIONAL = {
  user_data: '{"COLOR":"red"}',
  encrypted_user_data: '{"PIN":"1"}',
  xrole: 'migrations',
  app_xrole: 'migrations',
  description: 'imports backups',
  func_vpc: {
    vpc_id: 'vpc-1',
    vpc_name: 'vpc-default',
    subnet_id: 'subnet-1',
    subnet_name: 'subnet-default',
    cidr: '192.168.0.0/24',
    gateway: '192.168.0.1',
    domain_id: '',
    namespace: '',
    is_safety: false,
    security_groups: ['group-1'],
  },
  mount_config: {
    mount_user: { user_id: -1, user_group_id: -1 },
    func_mounts: [{ mount_type: 'sfs', mount_resource: 'r', mount_share_path: '/a', local_mount_path: '/b' }],
  },
  initializer_handler: 'index.handler',
  initializer_timeout: 10,
  pre_stop_handler: 'index.handler',
  pre_stop_timeout: 10,
  enterprise_project_id: '0',
  log_config: { group_id: 'g', group_name: 'g', stream_id: 's', stream_name: 's' },
  network_controller: { disable_public_network: true, trigger_access_vpcs: [{ vpc_id: 'v', vpc_name: 'v' }] },
  is_stateful_function: true,
  enable_dynamic_memory: true,
  enable_lts_log: true,
  lts_custom_tag: { team: 'storage' },
  user_data_encrypt_kms_key_id: 'k',
  domain_names: '[]',
};
/** Those that only UpdateFunctionConfig has. */
const LATER = {
  peering_cidr: '192.168.0.0/24',
  strategy_config: { concurrency: 10, concurrent_num: 1 },
  ephemeral_storage: 512,
  extend_config: '',
  restore_hook_handler: 'index.handler',
  restore_hook_timeout: 10,
  heartbeat_handler: 'index.handler',
  enable_class_isolation: true,
  enable_auth_in_header: true,
};
const FULL = { ...FUNCTION, ...OPTIONAL, type: 'v2', code_encrypt_kms_key_id: 'k' };
const DEPENDENCY = { name: 'redis', runtime: 'Node.js20.15', depend_type: 'zip', depend_file: CODE.func_code.file };
const EVENT = { name: 'landed', content: Buffer.from('{}').toString('base64') };
const MARKERS = { marker: '0', limit: '10' };
const TIMES = { query_begin_time: '2026-01-01T00:00:00', query_end_time: '2026-02-01T00:00:00' };
const RESERVED = {
  count: 1,
  idle_mode: false,
  tactics_config: {
    cron_configs: [{ name: 'day', cron: '0 0 8 * * ?', count: 1, start_time: 0, expired_time: 4_000_000_000 }],
    metric_configs: [{ name: 'busy', type: 'Concurrency', threshold: 50, min: 1 }],
  },
};
const INLINE = {
  ...SETTINGS,
  package: 'default',
  code_type: 'inline',
  func_code: { file: packageOf('exports.handler = 1;') },
};

/** Fields with a format. */
const FORMATS = {
  initializer_handler: 'index.handler',
  pre_stop_handler: 'index.handler',
  restore_hook_handler: 'index.handler',
  heartbeat_handler: 'index.handler',
  user_data: '{"COLOR":"red"}',
  encrypted_user_data: '{"COLOR":"red"}',
  ephemeral_storage: 512,
};

const of = (qualifier = '') => ({ function_urn: `${URN}${qualifier}` });

function packageOf(text: string): string {
  const files = { 'index.js': new TextEncoder().encode(text) };
  return Buffer.from(zipSync(files, { mtime: new Date(1980, 0, 1) })).toString('base64');
}

async function dependency(cloud: ParityCloud): Promise<{ id: string; params: { depend_id: string; version: string } }> {
  const made = await cloud.ok('FunctionGraph', 'CreateDependencyVersion', { body: DEPENDENCY });
  return { id: String(made['id']), params: { depend_id: String(made['dep_id']), version: String(made['version']) } };
}

async function deployed(cloud: ParityCloud): Promise<{ function_urn: string }> {
  const { id } = await dependency(cloud);
  await cloud.ok('FunctionGraph', 'CreateFunction', { body: { ...FULL, depend_version_list: [id] } });
  const body = { ...SETTINGS, ...OPTIONAL, ...LATER };
  await cloud.ok('FunctionGraph', 'UpdateFunctionConfig', { params: of(), body });
  return of();
}

async function published(cloud: ParityCloud): Promise<{ function_urn: string }> {
  await deployed(cloud);
  await cloud.ok('FunctionGraph', 'CreateFunctionVersion', { params: of(), body: { version: 'one' } });
  return of();
}

async function aliased(cloud: ParityCloud) {
  await published(cloud);
  await cloud.ok('FunctionGraph', 'CreateVersionAlias', { params: of(), body: { name: 'live', version: 'one' } });
  return { ...of(), alias_name: 'live' };
}

async function triggered(cloud: ParityCloud, trigger = TRIGGERS[0]) {
  await deployed(cloud);
  const made = await cloud.ok('FunctionGraph', 'CreateFunctionTrigger', { params: of(), body: trigger });
  return { ...of(), trigger_type_code: String(made['trigger_type_code']), trigger_id: String(made['trigger_id']) };
}

/** A sample for each type of trigger. */
function forEachTrigger(
  sample: (cloud: ParityCloud, trigger: (typeof TRIGGERS)[number]) => Promise<SampleCall>,
): Sample[] {
  return TRIGGERS.map((trigger) => (cloud) => sample(cloud, trigger));
}

async function asynchronous(cloud: ParityCloud) {
  const params = await deployed(cloud);
  const to = { destination: 'SMN', param: JSON.stringify({ topic_urn: TOPIC }) };
  const body = { max_async_retry_attempts: 2, destination_config: { on_success: to, on_failure: to } };
  await cloud.ok('FunctionGraph', 'UpdateFunctionAsyncInvokeConfig', { params, body });
  return params;
}

async function withEvent(cloud: ParityCloud) {
  const params = await deployed(cloud);
  const made = await cloud.ok('FunctionGraph', 'CreateEvent', { params, body: EVENT });
  return { ...params, event_id: String(made['id']) };
}

async function reserving(cloud: ParityCloud) {
  const params = await deployed(cloud);
  await cloud.ok('FunctionGraph', 'UpdateFunctionReservedInstancesCount', { params, body: RESERVED });
  return params;
}

/** A function with an asynchronous request. */
async function asked(cloud: ParityCloud) {
  const params = await deployed(cloud);
  await cloud.ok('FunctionGraph', 'AsyncInvokeFunction', { params, body: {} });
  return params;
}

/** A function that has run, and how its statistics are asked for. */
async function measured(cloud: ParityCloud) {
  const params = await deployed(cloud);
  await cloud.ok('FunctionGraph', 'InvokeFunction', { params, body: {} });
  cloud.clock.advance(60_000);
  return { func_urn: `${URN}:latest`, period: '60' };
}

async function withTags(cloud: ParityCloud): Promise<void> {
  await deployed(cloud);
  await cloud.ok('FunctionGraph', 'CreateTags', { params: tagged, body: { action: 'create', tags: TAGS } });
}

const DESTINATIONS = [
  { destination: 'SMN', param: JSON.stringify({ topic_urn: TOPIC }) },
  { destination: 'OBS', param: JSON.stringify({ bucket: 'packages' }) },
  { destination: 'FunctionGraph', param: JSON.stringify({ func_urn: URN }) },
];

const tagged = { resource_type: 'functions', resource_id: URN };
const SYSTEM_TAG = { key: '_sys_enterprise_project_id', values: ['0'] };
const TAGS = [{ key: 'team', value: 'storage' }];

export const FUNCTIONGRAPH_SAMPLES: Samples = {
  AsyncInvokeFunction: async (cloud) => ({ params: await deployed(cloud), body: { key: 'value' } }),
  BatchDeleteFunctionTriggers: async (cloud) => ({ params: await triggered(cloud) }),
  CreateDependencyVersion: () => ({ body: DEPENDENCY }),
  CreateEvent: async (cloud) => ({ params: await deployed(cloud), body: EVENT }),
  DeleteDependencyVersion: async (cloud) => ({ params: (await dependency(cloud)).params }),
  DeleteEvent: async (cloud) => ({ params: await withEvent(cloud) }),
  ExportFunction: [{ type: 'code' }, { config: true, code: true }].map((query) => async (cloud) => ({
    params: await deployed(cloud),
    query,
  })),
  ListActiveAsyncInvocations: async (cloud) => ({
    params: await asked(cloud),
    values: { ...MARKERS, ...TIMES, status: 'WAIT' },
  }),
  ListAsyncInvocations: async (cloud) => ({
    params: await asked(cloud),
    values: { ...MARKERS, ...TIMES, status: 'SUCCESS' },
  }),
  ListDependencies: async (cloud) => {
    await dependency(cloud);
    return { values: { marker: '0', maxitems: '10', limit: '10', ispublic: 'false', dependency_type: 'private' } };
  },
  ListDependencyVersion: async (cloud) => ({
    params: (await dependency(cloud)).params,
    values: { marker: '0', maxitems: '10' },
  }),
  ListEvents: async (cloud) => ({ params: await withEvent(cloud) }),
  ListFunctionAsyncInvokeConfig: async (cloud) => ({ params: await asynchronous(cloud), values: MARKERS }),
  ListFunctionReservedInstances: async (cloud) => {
    await reserving(cloud);
    return { values: { ...MARKERS, urn: URN } };
  },
  ListFunctionStatistics: async (cloud) => ({ params: await measured(cloud) }),
  ListQuotas: () => ({}),
  ListReservedInstanceConfigs: async (cloud) => {
    await reserving(cloud);
    return { values: { ...MARKERS, function_urn: URN } };
  },
  ListStatistics: ['monitor_data', 'monthly_report'].map((filter) => async (cloud) => {
    await measured(cloud);
    return { query: { filter }, values: { ...MARKERS, period: '60', option: '0' } };
  }),
  ShowDependencyVersion: async (cloud) => ({ params: (await dependency(cloud)).params }),
  ShowEvent: async (cloud) => ({ params: await withEvent(cloud) }),
  ShowFunctionMetrics: async (cloud) => ({ params: await measured(cloud) }),
  ShowProjectTagsList: async (cloud) => {
    await withTags(cloud);
    return { params: { resource_type: 'functions' } };
  },
  ShowResInstanceInfo: async (cloud) => {
    await withTags(cloud);
    return {
      params: { resource_type: 'functions', action: 'filter' },
      body: { matches: [{ key: 'resource_name', value: 'landed' }] },
      values: { limit: '10', offset: '0', action: 'filter', sys_tags: [SYSTEM_TAG] },
    };
  },
  UpdateEvent: async (cloud) => ({ params: await withEvent(cloud), body: { content: EVENT.content } }),
  UpdateFunctionReservedInstancesCount: async (cloud) => ({ params: await deployed(cloud), body: RESERVED }),
  CreateFunction: [
    () => ({ body: FUNCTION, values: FORMATS }),
    async (cloud) => ({ body: { ...FULL, depend_version_list: [(await dependency(cloud)).id] } }),
    () => ({ body: INLINE }),
  ],
  CreateFunctionTrigger: forEachTrigger(async (cloud, trigger) => ({ params: await deployed(cloud), body: trigger })),
  CreateFunctionVersion: async (cloud) => ({ params: await deployed(cloud), body: {} }),
  CreateTags: async (cloud) => {
    await deployed(cloud);
    return { params: tagged, body: { action: 'create', tags: TAGS } };
  },
  CreateVersionAlias: async (cloud) => ({ params: await published(cloud), body: { name: 'live', version: 'one' } }),
  DeleteFunction: async (cloud) => ({ params: await deployed(cloud) }),
  DeleteFunctionAsyncInvokeConfig: async (cloud) => ({ params: await asynchronous(cloud) }),
  DeleteFunctionTrigger: async (cloud) => ({ params: await triggered(cloud) }),
  DeleteTags: async (cloud) => {
    await deployed(cloud);
    return { params: tagged, body: { action: 'delete', tags: TAGS } };
  },
  DeleteVersionAlias: async (cloud) => ({ params: await aliased(cloud) }),
  InvokeFunction: async (cloud) => ({ params: await deployed(cloud), body: { key: 'value' } }),
  ListFunctionTags: async (cloud) => {
    await withTags(cloud);
    return { params: tagged };
  },
  ListFunctionTriggers: forEachTrigger(async (cloud, trigger) => ({ params: await triggered(cloud, trigger) })),
  ListFunctionVersions: async (cloud) => ({ params: await published(cloud), values: { marker: '0', maxitems: '10' } }),
  ListFunctions: async (cloud) => {
    await deployed(cloud);
    return { values: { marker: '0', maxitems: '10' } };
  },
  ListVersionAliases: async (cloud) => ({ params: await aliased(cloud) }),
  ShowFunctionAsyncInvokeConfig: async (cloud) => ({ params: await asynchronous(cloud) }),
  ShowFunctionCode: async (cloud) => ({ params: await deployed(cloud) }),
  ShowFunctionConfig: async (cloud) => ({ params: await deployed(cloud) }),
  ShowFunctionTrigger: forEachTrigger(async (cloud, trigger) => ({ params: await triggered(cloud, trigger) })),
  ShowLtsLogDetails: async (cloud) => {
    await cloud.ok('FunctionGraph', 'CreateFunction', { body: { ...FUNCTION, enable_lts_log: true } });
    return { params: of() };
  },
  ShowVersionAlias: async (cloud) => ({ params: await aliased(cloud) }),
  UpdateFunctionAsyncInvokeConfig: DESTINATIONS.map((to) => async (cloud) => ({
    params: await deployed(cloud),
    body: { max_async_retry_attempts: 2, destination_config: { on_success: to, on_failure: to } },
  })),
  UpdateFunctionCode: async (cloud) => {
    const params = await deployed(cloud);
    const body = { ...CODE, func_code: { file: packageOf('exports.handler = async () => 2;') } };
    return { params, body: { ...body, depend_version_list: [(await dependency(cloud)).id] } };
  },
  UpdateFunctionConfig: [
    async (cloud) => ({ params: await deployed(cloud), body: SETTINGS, values: FORMATS }),
    async (cloud) => ({ params: await deployed(cloud), body: { ...SETTINGS, ...OPTIONAL, ...LATER } }),
  ],
  UpdateFunctionMaxInstanceConfig: async (cloud) => ({ params: await deployed(cloud), body: { max_instance_num: 5 } }),
  UpdateTrigger: async (cloud) => ({ params: await triggered(cloud), body: { trigger_status: 'DISABLED' } }),
  UpdateVersionAlias: async (cloud) => ({ params: await aliased(cloud), body: { version: 'latest' } }),
};
