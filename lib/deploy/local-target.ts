import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { START_COMMAND } from '../build/start-command.ts';
import type { Jobs } from '../jobs/job.ts';
import { ConfigError } from '../kernel/errors.ts';
import { type EndpointSetting, settingNames } from '../kernel/settings.ts';
import { localSecret, localSecrets } from '../local-system/local-secret.ts';
import { LOCAL_STAGE } from '../local-system/local-stage.ts';
import { type SystemFile, systemFilePath } from '../local-system/system-file.ts';
import type { Environment } from './secret-values.ts';
import type { ServiceFile } from './service-file.ts';

/** @throws {ConfigError} if no local system is running here */
export async function readLocalSystem(serviceFolder: string): Promise<SystemFile> {
  try {
    return JSON.parse(await readFile(systemFilePath(join(serviceFolder, '.local')), 'utf8')) as SystemFile;
  } catch (cause) {
    const message = `stage ${LOCAL_STAGE} is deployed to the local cloud, which is not running here: start it with ${START_COMMAND} in another terminal`;
    throw new ConfigError('local cloud', [{ path: [], message }], { cause });
  }
}

/** The endpoint settings of every service, for the local cloud. */
export function localEndpoints(system: Pick<SystemFile, 'cloud_url' | 'obs_url'>): Record<EndpointSetting, string> {
  const names = settingNames((_, name) => name.endsWith('_ENDPOINT')) as EndpointSetting[];
  return Object.fromEntries(
    names.map((name) => [name, name === 'HUAWEICLOUD_OBS_ENDPOINT' ? system.obs_url : system.cloud_url]),
  ) as Record<EndpointSetting, string>;
}

/** `serverless.yml` adapted to the local cloud: its endpoints, a gateway, and a folder as the ledger. */
export function localService(file: ServiceFile, system: SystemFile, serviceFolder: string): ServiceFile {
  // The local cloud has one stage, whose files are named as in the jobs file.
  const { prefix: _prefix, ...provider } = file.provider;
  const place = {
    ...localEndpoints(system),
    // Instead of the bucket of the jobs file, as for the built functions of npm start.
    MIGRATIONS_LEDGER_FOLDER: join(serviceFolder, '.local/ledger'),
    MIGRATIONS_STAGE: LOCAL_STAGE,
  };
  return {
    ...file,
    provider: {
      ...provider,
      endpoint: provider.endpoint ?? system.cloud_url,
      gateway: provider.gateway ?? { groupId: 'local' },
      userData: { ...provider.userData, ...place },
    },
  };
}

/** In the local cloud, the values of secrets are generated from their names; signing secrets as Standard Webhooks requires. */
export function localEnvironment(env: Environment, system: SystemFile, jobs: Jobs): Environment {
  const keys: Readonly<Record<string, string>> = {
    HUAWEICLOUD_SDK_AK: system.keys.access_key,
    HUAWEICLOUD_SDK_SK: system.keys.secret_key,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: system.keys.security_token,
    HUAWEICLOUD_PROJECT_ID: system.project_id,
    ...localEndpoints(system),
  };
  const secrets = localSecrets(jobs);
  const generated = (name: string) => secrets.get(name) ?? localSecret(name);
  return (name) => keys[name] ?? (name.startsWith('HUAWEICLOUD_') ? undefined : (env(name) ?? generated(name)));
}
