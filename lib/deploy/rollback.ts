import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import { isRecord } from '../kernel/is-record.ts';
import { asStep } from './deploy-error.ts';
import { type FunctionVersion, sameCommandTo } from './rollback-versions.ts';
import { sameConfig } from './same-config.ts';
import { SECRETS_MARK } from './secrets-mark.ts';
import { updateCode } from './update-code.ts';
import { type NamedFunction, pointAlias } from './versions.ts';
import { type RetryOptions, withRetries } from './with-retries.ts';

/** The settings of a version, with the field names of UpdateFunctionConfig. Retries, triggers and instances do not belong to a version. */
const SETTINGS = [
  'func_name',
  'runtime',
  'handler',
  'memory_size',
  'timeout',
  'description',
  'initializer_handler',
  'initializer_timeout',
  'xrole',
  'app_xrole',
] as const;

export interface RollbackOptions {
  readonly alias: string;
  /** The values of encrypted variables: the service does not return those of the version. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Their mark (`secretsMark`). */
  readonly mark: string | undefined;
  readonly retry: RetryOptions;
}

/** What puts a version back in use. */
export interface RollbackPlan extends FunctionVersion {
  /** Absent if the latest code is already that of the version. */
  readonly zip?: Uint8Array;
  /** Absent if the latest configuration is already that of the version. */
  readonly config?: Fields;
}

/**
 * Finds out what has to change so that triggers, which invoke the latest code, run a version again. Reads only.
 *
 * @throws {DeployError} if the service does not hand out the code of the version, or a call fails
 */
export async function planRollback(
  api: FunctionGraph,
  { func, version }: FunctionVersion,
  { secrets, mark, retry }: RollbackOptions,
): Promise<RollbackPlan> {
  return asStep(func.name, 'rollback', async () => {
    const [old, latest] = [
      await withRetries(() => api.findConfig(`${func.urn}:${version}`), retry),
      await withRetries(() => api.findConfig(`${func.urn}:latest`), retry),
    ];
    if (!old || !latest) throw new Error(`${version} was deleted while it was read; run the same command again`);
    if (!old['func_vpc'] && latest['func_vpc']) {
      throw new Error(`${version} was not in a VPC: turn off the VPC access of the function in the console first`);
    }
    const config = configOf(old, secrets, mark);
    const zip = old['digest'] === latest['digest'] ? undefined : await codeOf(api, func, version, retry);
    return { func, version, ...(zip && { zip }), ...(!sameConfig(config, latest) && { config }) };
  });
}

/**
 * Puts the code and the configuration of the versions back as the latest ones, then points the aliases to them. The aliases are moved after
 * everything else, because the previous version is the one before that of the alias: until then the same command does the same.
 *
 * @throws {DeployError} if a call fails; the message names the command that continues from there
 */
export async function executeRollbacks(
  api: FunctionGraph,
  plans: readonly RollbackPlan[],
  { alias, secrets, retry }: RollbackOptions,
): Promise<void> {
  for (const plan of plans) await putBack(api, plan, secrets, retry);
  const again = sameCommandTo(plans);
  for (const { func, version } of plans) {
    const move = () => pointAlias(api, func, alias, version, retry);
    await asStep(func.name, `point ${alias} to ${version}`, move, again);
  }
}

async function putBack(
  api: FunctionGraph,
  { func: { name, urn }, version, zip, config }: RollbackPlan,
  secrets: RollbackOptions['secrets'],
  retry: RetryOptions,
): Promise<void> {
  if (zip)
    await asStep(name, `put back the code of ${version}`, () => withRetries(() => updateCode(api, urn, zip), retry));
  if (config) {
    const send = () => api.updateConfig(`${urn}:latest`, config, Object.values(secrets));
    await asStep(name, `put back the configuration of ${version}`, () => withRetries(send, retry));
  }
}

async function codeOf(
  api: FunctionGraph,
  { urn }: NamedFunction,
  version: string,
  retry: RetryOptions,
): Promise<Uint8Array> {
  const zip = await withRetries(() => api.exportCode(`${urn}:${version}`), retry);
  if (zip) return zip;
  throw new Error(
    `the service does not hand out the code of ${version}, so nothing was changed. Check out the commit that it was published from, and run serverless deploy; packages that were kept can be deployed with --package`,
  );
}

function configOf(old: Fields, secrets: Readonly<Record<string, string>>, mark: string | undefined): Fields {
  const { [SECRETS_MARK]: _old, ...plain } = variablesOf(old['user_data']);
  const missing = Object.keys(variablesOf(old['encrypted_user_data'])).filter((name) => !(name in secrets));
  if (missing.length > 0) {
    throw new Error(
      `it needs ${missing.join(', ')}, which migrations.yml does not refer to: add it to provider.encryptedUserData, and set its value`,
    );
  }
  const logs = old['log_group_id'] ? { group_id: old['log_group_id'], stream_id: old['log_stream_id'] } : undefined;
  return {
    ...Object.fromEntries(SETTINGS.map((field) => [field, old[field] ?? ''])),
    initializer_timeout: old['initializer_timeout'] ?? 0,
    user_data: JSON.stringify({ ...plain, ...(mark !== undefined && { [SECRETS_MARK]: mark }) }),
    encrypted_user_data: JSON.stringify(secrets),
    ...(old['func_vpc'] !== undefined && { func_vpc: old['func_vpc'] }),
    ...(logs && { enable_lts_log: true, log_config: logs }),
  };
}

/** Variables are JSON in a string; empty if there are none. */
function variablesOf(json: unknown): Fields {
  if (typeof json !== 'string' || json === '') return {};
  const value: unknown = JSON.parse(json);
  return isRecord(value) ? value : {};
}
