import { ownName, ownVersion } from '../build/package-root.ts';
import type { AlarmSettings } from '../cloud/programs/alarm-rules.ts';
import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import { expiryRuleId, requiredRules } from '../cloud/programs/ledger-rules.ts';
import { fieldsOf } from '../cloud/transport/read-fields.ts';
import { identityPolicy, minimalPolicies } from '../jobs/minimal-policies.ts';
import { type NeededAction, neededActions } from '../jobs/needed-actions.ts';
import { alarmRules } from './alarm-rules.ts';
import { ledgerBucketOf } from './check-ledger-bucket.ts';
import { encryptedNames } from './check-service.ts';
import { givenProject } from './connect.ts';
import type { DesiredFunction } from './desired-function.ts';
import type { LoadedService } from './load-service.ts';
import { omitSecrets } from './omit-secrets.ts';

/** Increased when a member is removed, renamed or changes its meaning; not when one is added. */
export const DEPLOYMENT_VERSION = 1;

export type Deployment = ReturnType<typeof deploymentOf>;

/**
 * Everything that a deploy would bring about, as data: docs/deployment-as-data.md, docs/deployment.schema.json. Every member is always there;
 * `null` if there is none.
 *
 * @param functions the desired state that the deploy uses
 * @param folder of the packages, relative to the service's folder
 */
export function deploymentOf(loaded: LoadedService, functions: readonly DesiredFunction[], folder: string) {
  const { file, jobs, hasLedger } = loaded;
  const actions = neededActions(jobs, hasLedger);
  const encrypted = encryptedNames(file, jobs);
  return {
    version: DEPLOYMENT_VERSION,
    software: { name: ownName(), version: ownVersion() },
    service: file.service,
    stage: file.stage,
    region: file.provider.region ?? null,
    project_id: givenProject(loaded) ?? null,
    functions: Object.fromEntries(
      functions.map((desired) => [desired.key, functionOf(desired, { folder, encrypted, actions })]),
    ),
    ledger: ledgerOf(loaded),
    alarms: alarmRules(file, jobs).map(alarmOf),
  };
}

interface FunctionParts {
  readonly folder: string;
  readonly encrypted: readonly string[];
  readonly actions: readonly NeededAction[];
}

/** The members have the names of the API's fields where it has them. */
function functionOf(desired: DesiredFunction, { folder, encrypted, actions }: FunctionParts) {
  const { key, config, createOnly, zip, digest, tags } = desired;
  const variables = omitSecrets(JSON.parse(String(config['user_data'])));
  return {
    name: desired.name,
    app: createOnly['package'],
    type: createOnly['type'],
    description: config['description'],
    runtime: config['runtime'],
    handler: config['handler'],
    memory_size: config['memory_size'],
    timeout: config['timeout'],
    initializer_handler: config['initializer_handler'],
    initializer_timeout: config['initializer_timeout'],
    package: { file: `${folder}/${key}.zip`, bytes: zip.length, sha512: digest },
    environment: variables.value,
    environment_secrets: variables.omitted,
    encrypted_environment: encrypted,
    agency: config['xrole'],
    execution_agency: config['app_xrole'],
    vpc: networkOf(config),
    enterprise_project_id: config['enterprise_project_id'] ?? null,
    max_instances: fieldsOf(config['strategy_config'])['concurrency'] ?? null,
    logs: logsOf(config),
    tags: tags ?? null,
    async: asyncOf(desired),
    triggers: desired.triggers.map(({ type, status, data }) => {
      const { value, omitted } = omitSecrets(data);
      return { type, status, event_data: value, event_data_secrets: omitted };
    }),
    policies: policiesOf(actions.filter(({ functions }) => functions.some((name) => name === key))),
  };
}

function networkOf({ func_vpc: vpc }: Fields) {
  if (!vpc) return null;
  const { vpc_id, subnet_id, security_groups = [] } = fieldsOf(vpc);
  return { vpc_id, subnet_id, security_groups };
}

function logsOf({ log_config: log }: Fields) {
  if (!log) return null;
  const { group_id, group_name = null, stream_id, stream_name = null } = fieldsOf(log);
  return { group_id, group_name, stream_id, stream_name };
}

function asyncOf({ asyncConfig }: DesiredFunction) {
  if (!asyncConfig) return null;
  const { max_async_retry_attempts, max_async_event_age_in_seconds, destination_config } = asyncConfig;
  const { on_failure: failure } = fieldsOf(destination_config);
  const { destination, param } = fieldsOf(failure);
  return {
    max_async_retry_attempts,
    max_async_event_age_in_seconds,
    on_failure: failure ? { destination, param: JSON.parse(String(param)) } : null,
  };
}

function policiesOf(needed: readonly NeededAction[]) {
  const { project = null, global = null } = minimalPolicies(needed);
  return { project, global, identity: needed.length === 0 ? null : identityPolicy(needed) };
}

function ledgerOf(loaded: LoadedService) {
  const ledger = ledgerBucketOf(loaded);
  if (!ledger) return null;
  const { bucket, prefix } = ledger.obs;
  const rules = requiredRules(prefix).map((rule) => ({ id: expiryRuleId(rule), ...rule }));
  return { bucket, prefix, lifecycle_rules: rules };
}

function alarmOf({ name, description, isOnEvents, metric, condition, level, topics, noDataTopics }: AlarmSettings) {
  return {
    name,
    description,
    type: isOnEvents ? 'EVENT.CUSTOM' : null,
    metric: { namespace: metric.namespace, metric_name: metric.name, dimensions: metric.dimensions },
    condition,
    level,
    alarm_topics: topics,
    insufficient_data_topics: noDataTopics,
  };
}
