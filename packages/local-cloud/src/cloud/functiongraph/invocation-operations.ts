import { createHash } from 'node:crypto';
import { z } from 'zod';
import { check } from '../check.ts';
import { formatJson } from '../json.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { ServiceError } from '../service-error.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { aliasOf, urnOf, versionOf, withVersion } from './functions.ts';
import type { AsyncConfig, FunctionRecord, VersionRecord } from './records.ts';
import { asyncView } from './wire.ts';

/** Size limit of an asynchronous event; for a synchronous one it is 6 MB (guide page "Notes and Constraints"). */
const MAX_LATER_BYTES = 256 * 1024;
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
/** "the last 2,000 bytes of the log"; the result page and the header `X-Cff-Log-Type: tail` return 4 KB. */
const MAX_LOG_BYTES = 4096;

const destination = z.strictObject({
  destination: z.enum(['OBS', 'SMN', 'FunctionGraph']),
  param: z.string(),
});
/** Body of UpdateFunctionAsyncInvokeConfig (functiongraph_06_0142). */
const asyncBody = z.strictObject({
  max_async_event_age_in_seconds: z.int().min(1).max(86_400).optional(),
  max_async_retry_attempts: z.int().min(0).max(3).optional(),
  destination_config: z
    .strictObject({ on_success: destination.optional(), on_failure: destination.optional() })
    .optional(),
  enable_async_status_log: z.boolean().optional(),
  log_group_id: z.string().optional(),
  log_group_name: z.string().optional(),
  log_stream_id: z.string().optional(),
  log_stream_name: z.string().optional(),
});
const DESTINATION_PARAMS = {
  OBS: z.strictObject({
    bucket: z.string().min(1),
    prefix: z.string().optional(),
    expires: z.int().min(0).max(365).optional(),
  }),
  SMN: z.strictObject({ topic_urn: z.string().min(1) }),
  FunctionGraph: z.strictObject({ func_urn: z.string().min(1) }),
};

const invalidField = (field: string, problem: string): ServiceError => errors.invalid(`${field}: ${problem}`);

/** Invokes functions, configures asynchronous invocation, and returns the location of logs. */
export function invocationOperations(deps: FunctionGraphDeps): Operation[] {
  const root = '/v2/{project_id}/fgs/functions/{function_urn}';
  const config = `${root}/async-invoke-config`;
  return [
    makeOperation('InvokeFunction', 'POST', `${root}/invocations`, (call) => invoke(deps, call)),
    makeOperation('AsyncInvokeFunction', 'POST', `${root}/invocations-async`, (call) => invokeLater(deps, call)),
    makeOperation('ShowFunctionAsyncInvokeConfig', 'GET', config, (call) => showAsync(deps, call)),
    makeOperation('UpdateFunctionAsyncInvokeConfig', 'PUT', config, (call) => updateAsync(deps, call)),
    makeOperation('DeleteFunctionAsyncInvokeConfig', 'DELETE', config, (call) => deleteAsync(deps, call)),
    makeOperation('ShowLtsLogDetails', 'GET', `${root}/lts-log-detail`, (call) => showLog(deps, call)),
  ];
}

function find(deps: FunctionGraphDeps, { account, params }: OperationCall) {
  return deps.functions.find(params['function_urn'] ?? '', account.projectId);
}

function findTarget(deps: FunctionGraphDeps, call: OperationCall): { record: FunctionRecord; version: VersionRecord } {
  const { record, urn } = find(deps, call);
  if (record.maxInstances === 0)
    throw errors.forbidden('The function is disabled: its maximum number of instances is 0.');
  return { record, version: versionOf(record, chooseVersion(record, urn.qualifier, deps.random)) };
}

async function invoke(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const { record, version } = findTarget(deps, call);
  const event = formatJson(call.body);
  if (Buffer.byteLength(event) > MAX_EVENT_BYTES) throw errors.requestTooLarge();
  const result = await deps.runner.invoke(record, version, event, call.requestId);
  const wantsLog = call.headers['x-cff-log-type'] === 'tail';
  return {
    status: 200,
    headers: { 'X-Cff-Request-Id': call.requestId },
    body: {
      request_id: call.requestId,
      result: result.payload,
      log: wantsLog ? tail(result.log) : '',
      status: result.ok ? 200 : 500,
    },
  };
}

function invokeLater(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const { record, version } = findTarget(deps, call);
  const event = formatJson(call.body);
  if (Buffer.byteLength(event) > MAX_LATER_BYTES) throw errors.requestTooLarge();
  return { status: 202, body: { request_id: deps.runner.invokeLater(record, version, event) } };
}

function showAsync(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const { record, urn } = find(deps, call);
  const { asyncConfig, version } = versionOf(record, urn.qualifier);
  // The page has no specific code.
  if (asyncConfig === undefined) throw errors.noAsyncConfig();
  return { status: 200, body: asyncView(urnOf(record, version), asyncConfig) };
}

async function updateAsync(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(asyncBody, call.body, invalidField);
  const { on_success, on_failure } = body.destination_config ?? {};
  return deps.functions.change(async () => {
    const { record, urn } = find(deps, call);
    const version = versionOf(record, urn.qualifier);
    for (const target of [on_success, on_failure]) if (target) await checkDestination(deps, record, version, target);
    const now = deps.clock.now();
    const asyncConfig: AsyncConfig = {
      max_async_retry_attempts: body.max_async_retry_attempts ?? 1,
      max_async_event_age_in_seconds: body.max_async_event_age_in_seconds ?? 3600,
      destination_config: body.destination_config ?? {},
      enable_async_status_log: body.enable_async_status_log ?? false,
      createdAt: version.asyncConfig?.createdAt ?? now,
      modifiedAt: now,
    };
    return {
      record: withVersion(record, { ...version, asyncConfig }),
      result: { status: 200, body: asyncView(urnOf(record, version.version), asyncConfig) },
    };
  });
}

async function deleteAsync(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  return deps.functions.change(async () => {
    const { record, urn } = find(deps, call);
    const version = versionOf(record, urn.qualifier);
    if (version.asyncConfig === undefined) throw errors.noAsyncConfig();
    return { record: withVersion(record, { ...version, asyncConfig: undefined }), result: { status: 204 } };
  });
}

function showLog(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const { record, urn } = find(deps, call);
  const { log_config: log, enable_lts_log: isOn } = versionOf(record, urn.qualifier).config;
  if (!isOn && !log?.group_id) throw errors.noLog();
  return {
    status: 200,
    body: {
      group_id: log?.group_id || derivedId(record.projectId),
      group_name: log?.group_name || 'functiongraph.log.group.local',
      stream_id: log?.stream_id || derivedId(urnOf(record, '')),
      stream_name: log?.stream_name || record.name,
    },
  };
}

/** The version to invoke; for an alias it is chosen by weight. */
export function chooseVersion(record: FunctionRecord, qualifier: string, random: () => number): string {
  if (!qualifier.startsWith('!')) return qualifier || 'latest';
  const alias = aliasOf(record, qualifier.slice(1));
  const [other] = Object.entries(alias.additional_version_weights);
  return other !== undefined && random() * 100 < other[1] ? other[0] : alias.version;
}

/** @throws {ServiceError} when its parameters are invalid, the target does not exist, or the function has no agency to reach it */
async function checkDestination(
  deps: FunctionGraphDeps,
  record: FunctionRecord,
  { config }: VersionRecord,
  { destination: kind, param }: z.output<typeof destination>,
): Promise<void> {
  let sent: unknown;
  try {
    sent = JSON.parse(param);
  } catch {
    throw errors.invalid('destination_config: param is not in JSON format.');
  }
  const target = check(DESTINATION_PARAMS[kind], sent, (field, problem) =>
    errors.invalid(`destination_config: param.${field}: ${problem}`),
  ) as { bucket?: string; topic_urn?: string; func_urn?: string };
  if (!config.xrole && !config.app_xrole)
    throw errors.invalid('destination_config: the function has no agency to reach the destination.');
  if (target.topic_urn !== undefined && !deps.topicExists(target.topic_urn)) throw errors.unknownTopic();
  if (target.bucket !== undefined && !(await deps.bucketExists(target.bucket)))
    throw errors.invalid('destination_config: the bucket does not exist.');
  if (target.func_urn !== undefined) deps.functions.find(target.func_urn, record.projectId);
}

function tail(lines: readonly string[]): string {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''))
    .subarray(-MAX_LOG_BYTES)
    .toString('utf8');
}

function derivedId(text: string): string {
  const hex = createHash('md5').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
