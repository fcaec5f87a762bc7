import { makeIamService } from '../cloud/iam.ts';
import { makeObsService } from '../cloud/obs/obs-objects.ts';
import { type AlarmRules, makeAlarmRules } from '../cloud/programs/alarm-rules.ts';
import {
  type FunctionGraph,
  functionGraphEndpoint,
  makeFunctionGraph,
} from '../cloud/programs/functiongraph/functiongraph.ts';
import { type LedgerBucket, makeLedgerBucket } from '../cloud/programs/ledger-bucket.ts';
import { endpointOf } from '../cloud/transport/endpoints.ts';
import type { CloudOptions } from '../cloud/transport/sdk-client.ts';
import type { LedgerSettings } from '../jobs/job.ts';
import { ConfigError } from '../kernel/errors.ts';
import { Secret } from '../kernel/secret.ts';
import { rawSetting } from '../kernel/settings.ts';
import { asStep } from './deploy-error.ts';
import type { LoadedService } from './load-service.ts';
import { type RetryOptions, withRetries } from './with-retries.ts';

export interface Connection {
  readonly api: FunctionGraph;
  readonly projectId: string;
}

/** Commands have no time limit; each call has its own. */
const NO_DEADLINE_MS = 24 * 60 * 60_000;

/** Alarm rules are no reason to wait long: without Cloud Eye, a deploy goes on. */
const ALARMS_MS = 60_000;

/** The settings with the keys that every call needs. */
const KEYS = ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK'] as const;

/** @throws {ConfigError} with the names of the keys that have no value */
export function checkKeys({ env }: Pick<LoadedService, 'env'>): void {
  const missing = KEYS.filter((name) => (rawSetting(name, env) ?? '') === '');
  if (missing.length === 0) return;
  const what = missing.length === 1 ? 'a key is missing' : 'the keys are missing';
  const message = `${what}: set ${missing.join(' and ')} in the environment or in .env`;
  throw new ConfigError('keys', [{ path: [], message }]);
}

/** The project, if it need not be looked up. */
export function givenProject({ file, env }: Pick<LoadedService, 'file' | 'env'>): string | undefined {
  return file.provider.projectId ?? env('HUAWEICLOUD_SDK_PROJECT_ID') ?? env('HUAWEICLOUD_PROJECT_ID');
}

/** The user's keys, under the SDK's names. */
function keysOf({ env }: Pick<LoadedService, 'env'>) {
  const token = env('HUAWEICLOUD_SDK_SECURITY_TOKEN');
  return {
    accessKey: rawSetting('HUAWEICLOUD_SDK_AK', env) ?? '',
    secretKey: new Secret(rawSetting('HUAWEICLOUD_SDK_SK', env) ?? ''),
    ...(token === undefined ? {} : { securityToken: new Secret(token) }),
  };
}

/** All secrets that must never be printed. */
export function secretsOf(loaded: Pick<LoadedService, 'env'>, names: readonly string[]): string[] {
  const { accessKey, secretKey, securityToken } = keysOf(loaded);
  const values = names.map((name) => loaded.env(name) ?? '');
  return [accessKey, secretKey.reveal(), securityToken?.reveal() ?? '', ...values].filter((value) => value !== '');
}

/**
 * Opens the management API. If no project id is set, it is looked up in IAM by region.
 *
 * @param more how requests to FunctionGraph are sent
 * @throws {ConfigError} without keys, or if there is no project id
 * @throws {DeployError} if the lookup fails
 */
export async function connect(
  loaded: Pick<LoadedService, 'file' | 'env'>,
  retry: RetryOptions,
  more: Pick<CloudOptions, 'send'> = {},
): Promise<Connection> {
  checkKeys(loaded);
  const { provider } = loaded.file;
  const region = provider.region ?? '';
  const common = { credentials: keysOf(loaded), remainingMs: () => NO_DEADLINE_MS };
  const settings = { HUAWEICLOUD_IAM_ENDPOINT: loaded.env('HUAWEICLOUD_IAM_ENDPOINT') };
  const iam = makeIamService({ ...common, endpoint: endpointOf('IAM', region, settings) });
  const find = () => withRetries(() => iam.findProjectId(region), retry);
  const found = givenProject(loaded) ?? (await asStep(loaded.file.service, `find the project of ${region}`, find));
  if (found === undefined) {
    const message = `not set, and IAM returns no project of ${region} for these keys`;
    throw new ConfigError('serverless.yml', [{ path: ['provider', 'projectId'], message }]);
  }
  const endpoint = provider.endpoint ?? functionGraphEndpoint(region);
  return { api: makeFunctionGraph({ ...common, ...more, endpoint, projectId: found }), projectId: found };
}

/** The ledger's bucket, with the user's keys. @throws {ConfigError} without keys */
export function openLedgerBucket(loaded: LoadedService, { obs }: LedgerSettings): LedgerBucket {
  return makeLedgerBucket({ ...obsOptions(loaded), ...obs });
}

/** The objects in the region's buckets, with the user's keys. */
export function openBuckets(loaded: LoadedService): ReturnType<typeof makeObsService> {
  return makeObsService(obsOptions(loaded));
}

/** The project's alarm rules, with the user's keys, for a minute from now. */
export function openAlarmRules(loaded: LoadedService, projectId: string): AlarmRules {
  const settings = { HUAWEICLOUD_CES_ENDPOINT: loaded.env('HUAWEICLOUD_CES_ENDPOINT') };
  const endpoint = endpointOf('CES', loaded.file.provider.region ?? '', settings);
  const end = Date.now() + ALARMS_MS;
  return makeAlarmRules({ endpoint, projectId, credentials: keysOf(loaded), remainingMs: () => end - Date.now() });
}

function obsOptions(loaded: LoadedService) {
  const settings = { HUAWEICLOUD_OBS_ENDPOINT: loaded.env('HUAWEICLOUD_OBS_ENDPOINT') };
  const endpoint = endpointOf('OBS', loaded.file.provider.region ?? '', settings);
  return { endpoint, credentials: keysOf(loaded), remainingMs: () => NO_DEADLINE_MS };
}
