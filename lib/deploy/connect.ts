import { makeIamService } from '../cloud/iam.ts';
import { makeObsService } from '../cloud/obs/obs-objects.ts';
import {
  type FunctionGraph,
  functionGraphEndpoint,
  makeFunctionGraph,
} from '../cloud/programs/functiongraph/functiongraph.ts';
import { type LedgerBucket, makeLedgerBucket } from '../cloud/programs/ledger-bucket.ts';
import { endpointOf } from '../cloud/transport/endpoints.ts';
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

/** The user's keys, under the SDK's names. If they are missing, the first call fails. */
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
 * @throws {ConfigError} without keys, or if there is no project id
 * @throws {DeployError} if the lookup fails
 */
export async function connect(loaded: Pick<LoadedService, 'file' | 'env'>, retry: RetryOptions): Promise<Connection> {
  const { provider } = loaded.file;
  const region = provider.region ?? '';
  const common = { credentials: keysOf(loaded), remainingMs: () => NO_DEADLINE_MS };
  const given = provider.projectId ?? loaded.env('HUAWEICLOUD_SDK_PROJECT_ID') ?? loaded.env('HUAWEICLOUD_PROJECT_ID');
  const settings = { HUAWEICLOUD_IAM_ENDPOINT: loaded.env('HUAWEICLOUD_IAM_ENDPOINT') };
  const iam = makeIamService({ ...common, endpoint: endpointOf('IAM', region, settings) });
  const find = () => withRetries(() => iam.findProjectId(region), retry);
  const found = given ?? (await asStep(loaded.file.service, `find the project of ${region}`, find));
  if (found === undefined) {
    const message = `not set, and IAM returns no project of ${region} for these keys`;
    throw new ConfigError('serverless.yml', [{ path: ['provider', 'projectId'], message }]);
  }
  const endpoint = provider.endpoint ?? functionGraphEndpoint(region);
  return { api: makeFunctionGraph({ ...common, endpoint, projectId: found }), projectId: found };
}

/** The ledger's bucket, with the user's keys. @throws {ConfigError} without keys */
export function openLedgerBucket(loaded: LoadedService, { obs }: LedgerSettings): LedgerBucket {
  return makeLedgerBucket({ ...obsOptions(loaded), ...obs });
}

/** The objects in the region's buckets, with the user's keys. */
export function openBuckets(loaded: LoadedService): ReturnType<typeof makeObsService> {
  return makeObsService(obsOptions(loaded));
}

function obsOptions(loaded: LoadedService) {
  const settings = { HUAWEICLOUD_OBS_ENDPOINT: loaded.env('HUAWEICLOUD_OBS_ENDPOINT') };
  const endpoint = endpointOf('OBS', loaded.file.provider.region ?? '', settings);
  return { endpoint, credentials: keysOf(loaded), remainingMs: () => NO_DEADLINE_MS };
}
