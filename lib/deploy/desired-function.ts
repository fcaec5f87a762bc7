import { createHash } from 'node:crypto';
import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import {
  agencyOf,
  encryptedNames,
  networkOf,
  plainVariables,
  type ServiceContext,
  settled,
  triggersOf,
} from './check-service.ts';
import type { DesiredTrigger } from './desired-triggers.ts';
import { SECRETS_MARK } from './secrets-mark.ts';
import { FUNCTION_OF, type FunctionSection, type Network, type ServiceFile } from './service-file.ts';

/** The desired state of a function. */
export interface DesiredFunction {
  /** Its key in `serverless.yml`. */
  readonly key: string;
  readonly name: string;
  /** Without a version. */
  readonly urn: string;
  /** The complete body of UpdateFunctionConfig. */
  readonly config: Fields;
  /** Fields that only CreateFunction accepts. */
  readonly createOnly: Fields;
  readonly zip: Uint8Array;
  /** SHA-512 of the package, as the service lists it. */
  readonly digest: string;
  /** Absent: the function is not invoked asynchronously. */
  readonly asyncConfig?: Fields;
  readonly triggers: readonly DesiredTrigger[];
  /** All of its tags; absent: they are left alone. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Values that must never be shown. */
  readonly secrets: readonly string[];
}

export interface DesiredContext extends ServiceContext {
  readonly projectId: string;
  /** The package of a function, by its key. */
  readonly zips: ReadonlyMap<string, Uint8Array>;
  /** Names and values of the encrypted variables. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The mark of these secrets (`secretsMark`). */
  readonly mark: string | undefined;
}

/** With a ledger, a repeated delivery creates no second task, so the platform may retry as often as it can. */
const RETRIES_WITH_LEDGER = 3;
const RETRIES_WITHOUT = 1;
const DAY_SECONDS = 86_400;
/** The service refuses larger packages (API reference ErrorCode FSS.1071). */
export const MAX_PACKAGE_BYTES = 50 * 1024 * 1024;

/** `urn:fss:<region>:<project>:function:<package>:<name>`. */
export function functionUrn({ provider }: ServiceFile, projectId: string, name: string): string {
  return `urn:fss:${provider.region}:${projectId}:function:${provider.package ?? 'default'}:${name}`;
}

/** The desired state of a function, from `serverless.yml`, the jobs and the build. The file must have passed `checkService`. */
export function desiredFunction(file: ServiceFile, key: string, context: DesiredContext): DesiredFunction {
  const own = file.functions.get(key);
  const zip = context.zips.get(key);
  if (!own || !zip) throw new Error(`deploy ${key}: no such function, or no package for it`);
  const urn = functionUrn(file, context.projectId, own.name);
  const { secrets } = context;
  const asyncConfig = asyncConfigOf(file, key, own, context.hasLedger);
  return {
    key,
    name: own.name,
    urn,
    config: configOf(file, own, context),
    createOnly: { package: file.provider.package ?? 'default', type: 'v2' },
    zip,
    digest: createHash('sha512').update(zip).digest('hex'),
    ...(asyncConfig && { asyncConfig }),
    triggers: triggersOf(file, key, context),
    ...((file.provider.tags || own.tags) && { tags: { ...file.provider.tags, ...own.tags } }),
    secrets: Object.values(secrets).filter((value) => value !== ''),
  };
}

/** An omitted field would keep its old value, so all fields are set. */
function configOf(file: ServiceFile, own: FunctionSection, { secrets, mark }: DesiredContext): Fields {
  const { provider } = file;
  const { runtime, memorySize, timeout, initializerTimeout } = settled(file, own);
  const plain = { ...plainVariables(file, own), ...(mark !== undefined && { [SECRETS_MARK]: mark }) };
  const { logs } = provider;
  const vpc = networkOf(file, own);
  return {
    func_name: own.name,
    runtime,
    handler: own.handler ?? 'index.handler',
    memory_size: memorySize,
    timeout,
    description: own.description ?? '',
    initializer_handler: own.initializerHandler ?? 'index.initializer',
    initializer_timeout: initializerTimeout,
    user_data: JSON.stringify(plain),
    encrypted_user_data: JSON.stringify(secrets),
    xrole: agencyOf(file, own) ?? '',
    app_xrole: own.executionAgency ?? own.agency ?? provider.executionAgency ?? provider.agency ?? '',
    ...(vpc && { func_vpc: vpcBody(vpc) }),
    ...(provider.enterpriseProject !== undefined && { enterprise_project_id: provider.enterpriseProject }),
    ...(own.maxInstances === undefined
      ? {}
      : { strategy_config: { concurrency: own.maxInstances, concurrent_num: 1 } }),
    ...(logs && {
      enable_lts_log: true,
      log_config: {
        group_id: logs.groupId,
        stream_id: logs.streamId,
        ...(logs.groupName === undefined ? {} : { group_name: logs.groupName }),
        ...(logs.streamName === undefined ? {} : { stream_name: logs.streamName }),
      },
    }),
  };
}

function vpcBody({ id, subnet, securityGroup }: Network): Fields {
  const groups = securityGroup === undefined ? {} : { security_groups: [securityGroup] };
  return { vpc_id: id, subnet_id: subnet, ...groups };
}

/** How often the platform retries an event after its first attempt. */
export function retriesOf(
  key: string,
  { maxAsyncRetryAttempts }: Pick<FunctionSection, 'maxAsyncRetryAttempts'>,
  hasLedger: boolean,
): number {
  // reconcile runs again at its next tick anyway.
  const usual = key === FUNCTION_OF.reconcile ? 0 : hasLedger ? RETRIES_WITH_LEDGER : RETRIES_WITHOUT;
  return maxAsyncRetryAttempts ?? usual;
}

function asyncConfigOf(
  { provider }: ServiceFile,
  key: string,
  own: FunctionSection,
  hasLedger: boolean,
): Fields | undefined {
  const isOwn = own.maxAsyncRetryAttempts !== undefined || own.maxAsyncEventAgeInSeconds !== undefined;
  if (key === FUNCTION_OF.requests && !isOwn) return undefined;
  const { smn, function: func } = provider.failureDestination ?? {};
  const destination =
    smn !== undefined
      ? { destination: 'SMN', param: JSON.stringify({ topic_urn: smn }) }
      : func !== undefined
        ? { destination: 'FunctionGraph', param: JSON.stringify({ func_urn: func }) }
        : undefined;
  return {
    max_async_retry_attempts: retriesOf(key, own, hasLedger),
    max_async_event_age_in_seconds: own.maxAsyncEventAgeInSeconds ?? DAY_SECONDS,
    destination_config: destination ? { on_failure: destination } : {},
  };
}

/** The encrypted variables and their values. */
export function encryptedValues(file: ServiceFile, { jobs, env }: ServiceContext): Record<string, string> {
  return Object.fromEntries(encryptedNames(file, jobs).map((name) => [name, env(name) ?? '']));
}
