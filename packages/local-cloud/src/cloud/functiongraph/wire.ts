import { urnOf } from './functions.ts';
import type { AsyncConfig, CodeRecord, FunctionRecord, TriggerRecord, VersionRecord } from './records.ts';

/** `2026-03-14T17:30:00+00:00`: the pages' examples have an offset. */
function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}

function identity(record: FunctionRecord, qualifier: string): Record<string, unknown> {
  return {
    func_urn: urnOf(record, qualifier),
    func_name: record.name,
    domain_id: record.domainId,
    namespace: record.projectId,
    project_name: record.region,
    package: record.package,
    runtime: record.runtime,
  };
}

function codeFields({ files: _, ...fields }: CodeRecord): Record<string, unknown> {
  return fields;
}

/** Response of CreateFunction, ShowFunctionConfig, UpdateFunctionConfig and the operations on versions (functiongraph_06_0108, _0111). */
export function configView(record: FunctionRecord, version: VersionRecord): Record<string, unknown> {
  const { log_config: log, ...config } = version.config;
  return {
    ...identity(record, version.version),
    ...config,
    user_data: config.user_data ?? '',
    encrypted_user_data: masked(config.encrypted_user_data),
    ...codeFields(version.code),
    cpu: (version.config.memory_size / 128) * 100,
    version: version.version,
    version_description: version.description,
    image_name: `${version.version}-${version.code.digest.slice(0, 8)}`,
    last_modified: wireTime(version.modifiedAt),
    ...(log === undefined ? {} : { log_group_id: log.group_id ?? '', log_stream_id: log.stream_id ?? '' }),
    strategy_config: {
      concurrent_num: 1,
      ...(config['strategy_config'] as object | undefined),
      concurrency: record.maxInstances,
    },
    type: 'v2',
    long_time: false,
    is_bridge_function: false,
  };
}

/** Response of ShowFunctionCode and UpdateFunctionCode (functiongraph_06_0110). It does not contain the code itself. */
export function codeView(record: FunctionRecord, version: VersionRecord): Record<string, unknown> {
  return {
    ...identity(record, version.version),
    ...codeFields(version.code),
    last_modified: wireTime(version.modifiedAt),
    func_code: {},
  };
}

export function aliasView(record: FunctionRecord, alias: FunctionRecord['aliases'][number]): Record<string, unknown> {
  const { name, version, description, additional_version_weights, modifiedAt } = alias;
  return {
    name,
    version,
    description,
    additional_version_weights,
    last_modified: wireTime(modifiedAt),
    alias_urn: urnOf(record, `!${name}`),
  };
}

/** @param gatewayUrl replaces the domain in the URLs of APIs */
export function triggerView(trigger: TriggerRecord, gatewayUrl: string | undefined): Record<string, unknown> {
  const { path, invoke_url: url } = trigger.data;
  const data =
    url === undefined || gatewayUrl === undefined
      ? trigger.data
      : { ...trigger.data, invoke_url: `${gatewayUrl}${String(path)}` };
  return {
    trigger_id: trigger.id,
    trigger_type_code: trigger.type,
    trigger_status: trigger.status,
    event_data: data,
    created_time: wireTime(trigger.createdAt),
    last_updated_time: wireTime(trigger.modifiedAt),
  };
}

export function asyncView(functionUrn: string, config: AsyncConfig): Record<string, unknown> {
  const { createdAt, modifiedAt, ...fields } = config;
  return {
    func_urn: functionUrn,
    ...fields,
    created_time: wireTime(createdAt),
    last_modified: wireTime(modifiedAt),
  };
}

/** The names with `******` as values; whether the service omits them instead is not documented. */
function masked(json: string | undefined): string {
  if (json === undefined || json === '') return '';
  return JSON.stringify(Object.fromEntries(Object.keys(JSON.parse(json) as object).map((name) => [name, '******'])));
}
