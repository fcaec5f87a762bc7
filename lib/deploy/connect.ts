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
import { type Patience, tryAgain } from './try-again.ts';

export interface Connection {
  readonly api: FunctionGraph;
  readonly projectId: string;
}

/** A command has as long as it needs; each call has its own limit. */
const NO_DEADLINE_MS = 24 * 60 * 60_000;

/** The keys of whoever deploys, by the SDK's names for them. Without them the first call says so. */
function keysOf({ env }: Pick<LoadedService, 'env'>) {
  const token = env('HUAWEICLOUD_SDK_SECURITY_TOKEN');
  return {
    accessKey: rawSetting('HUAWEICLOUD_SDK_AK', env) ?? '',
    secretKey: new Secret(rawSetting('HUAWEICLOUD_SDK_SK', env) ?? ''),
    ...(token === undefined ? {} : { securityToken: new Secret(token) }),
  };
}

/** All that must never be seen in what is printed. */
export function secretsOf(loaded: Pick<LoadedService, 'env'>, names: readonly string[]): string[] {
  const { accessKey, secretKey, securityToken } = keysOf(loaded);
  const values = names.map((name) => loaded.env(name) ?? '');
  return [accessKey, secretKey.reveal(), securityToken?.reveal() ?? '', ...values].filter((value) => value !== '');
}

/**
 * Opens the management API. Without a project id IAM is asked for that of the region.
 *
 * @throws {ConfigError} without keys, or when there is no project id
 * @throws {DeployError} when IAM can't be asked
 */
export async function connect(loaded: Pick<LoadedService, 'file' | 'env'>, patience: Patience): Promise<Connection> {
  const { provider } = loaded.file;
  const region = provider.region ?? '';
  const common = { credentials: keysOf(loaded), remainingMs: () => NO_DEADLINE_MS };
  const given = provider.projectId ?? loaded.env('HUAWEICLOUD_SDK_PROJECT_ID') ?? loaded.env('HUAWEICLOUD_PROJECT_ID');
  const settings = { HUAWEICLOUD_IAM_ENDPOINT: loaded.env('HUAWEICLOUD_IAM_ENDPOINT') };
  const iam = makeIamService({ ...common, endpoint: endpointOf('IAM', region, settings) });
  const find = () => tryAgain(() => iam.findProjectId(region), patience);
  const found = given ?? (await asStep(loaded.file.service, `find the project of ${region}`, find));
  if (found === undefined) {
    const message = `IAM knows no project of ${region} for these keys; set it`;
    throw new ConfigError('serverless.yml', [{ path: ['provider', 'projectId'], message }]);
  }
  const endpoint = provider.endpoint ?? functionGraphEndpoint(region);
  return { api: makeFunctionGraph({ ...common, endpoint, projectId: found }), projectId: found };
}

/** The bucket of the ledger, with the keys of whoever deploys. @throws {ConfigError} without keys */
export function openLedgerBucket(loaded: LoadedService, { obs }: LedgerSettings): LedgerBucket {
  return makeLedgerBucket({ ...obsOptions(loaded), ...obs });
}

/** What lies in buckets of the region, with the keys of whoever deploys. */
export function openBuckets(loaded: LoadedService): ReturnType<typeof makeObsService> {
  return makeObsService(obsOptions(loaded));
}

function obsOptions(loaded: LoadedService) {
  const settings = { HUAWEICLOUD_OBS_ENDPOINT: loaded.env('HUAWEICLOUD_OBS_ENDPOINT') };
  const endpoint = endpointOf('OBS', loaded.file.provider.region ?? '', settings);
  return { endpoint, credentials: keysOf(loaded), remainingMs: () => NO_DEADLINE_MS };
}
