import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { START_COMMAND } from '../build/start-command.ts';
import { cloud } from '../cloud/cloud.ts';
import { localEndpoints } from '../deploy/local-target.ts';
import type { JobsOptions } from '../jobs/check-jobs.ts';
import type { Jobs } from '../jobs/job.ts';
import { type LoadedJobs, loadJobs } from '../jobs/load-jobs.ts';
import { ConfigError } from '../kernel/errors.ts';
import { Secret } from '../kernel/secret.ts';
import { lookUp, readSettings, SETTINGS, type Settings } from '../kernel/settings.ts';
import { LOCAL_STAGE } from '../local-system/local-stage.ts';
import { regionClock } from '../local-system/region-control.ts';
import { readSystemFile, type SystemFile } from '../local-system/system-file.ts';
import { type CloudParts, originOf } from '../platform/invocation.ts';
import type { AllServices } from '../ports/services.ts';
import { type Ledger, makeLedger } from '../runs/ledger/ledger.ts';
import { JOBS_FILE, projectFolder } from './project-folder.ts';
import { serviceProvider } from './service-provider.ts';
import { UsageError } from './usage-error.ts';

/** The cloud and ledger that a command works with. */
export interface Place {
  /** `local`: the system that `npm start` runs, or has run, here. `cloud`: the account of the keys in the environment. */
  readonly kind: 'local' | 'cloud';
  /** The user's project folder, which holds `.local/` and the jobs file. */
  readonly folder: string;
  readonly jobsFile: string;
  readonly settings: Settings;
  /** Present if the local system is running. */
  readonly system?: SystemFile;
  /** Its time: the region's of a running local system, which may be ahead of real time. ms since 1970 */
  clock(): Promise<() => number>;
  /** @throws {ConfigError} with every problem in the file */
  loadJobs(): Promise<LoadedJobs>;
  /** @throws {ConfigError} without a ledger, or without keys for it */
  openLedger(): Promise<Ledger>;
  /** The ledger's location, for people: `obs://bucket/prefix`, or a folder. */
  ledgerName(): Promise<string>;
  /** What clients are made from; keys are read when the first is made. @throws {ConfigError} if the place is local and nothing is running */
  cloudParts(): Promise<CloudParts>;
  /** @throws {ConfigError} without keys, or if the place is local and nothing is running */
  openServices(): Promise<AllServices>;
}

export interface PlaceOptions {
  /** As the user wrote it. */
  readonly jobs?: string;
  readonly local?: boolean;
  readonly cloud?: boolean;
}

/** The time limit of a command; no platform sets one. */
export const COMMAND_TIME_MS = 60_000;

/**
 * Chooses the place: as `--local` or `--cloud` says; else the local system if it is running, even if there are keys, so that nothing real
 * is changed by mistake; else the cloud if the environment has keys; else what `npm start` left here. A ledger folder set in the
 * environment is always used.
 *
 * @throws {UsageError} if both flags are given @throws {ConfigError} for invalid settings
 */
export async function choosePlace(options: PlaceOptions, env: NodeJS.ProcessEnv, cwd: string): Promise<Place> {
  if (options.local && options.cloud) throw new UsageError('--local and --cloud cannot be combined');
  const given = readSettings((name) => lookUp(() => undefined, name, env));
  const folder = projectFolder(cwd);
  const named = options.jobs ?? given.MIGRATIONS_FILE;
  const namedFile = named === undefined ? undefined : resolve(cwd, named);
  const stateFolder = join(projectFolder(cwd, namedFile), '.local');
  const running = options.cloud ? undefined : await readSystemFile(stateFolder);
  const isGiven = given.MIGRATIONS_LEDGER_FOLDER ?? (running ? undefined : given.HUAWEICLOUD_SDK_AK);
  const isLocal = options.local ?? !(options.cloud || isGiven);
  const system = isLocal ? running : undefined;
  const jobsFile = namedFile ?? system?.jobs_file ?? join(folder, JOBS_FILE);
  const settings = isLocal ? localSettings(given, stateFolder, system) : await serviceSettings(given, folder, env);
  const jobsOptions: JobsOptions = {
    prefix: settings.MIGRATIONS_PREFIX,
    ...(settings.MIGRATIONS_LEDGER_FOLDER && { ledger: 'given' }),
  };
  const load = () => loadJobs(jobsFile, jobsOptions);
  const cloudParts = async () => {
    if (isLocal && !system) throw new ConfigError('local system', [{ path: [], message: NOTHING_RUNS }]);
    return partsOf(settings, (await load()).jobs);
  };
  const clock = async () => (system ? await regionClock(system) : Date.now);
  return {
    kind: isLocal ? 'local' : 'cloud',
    folder,
    jobsFile,
    settings,
    ...(system ? { system } : {}),
    clock,
    loadJobs: load,
    openLedger: async () => openLedger(settings, (await load()).jobs, await clock()),
    ledgerName: async () => {
      if (settings.MIGRATIONS_LEDGER_FOLDER) return settings.MIGRATIONS_LEDGER_FOLDER;
      const obs = (await load()).jobs.ledger?.obs;
      return obs ? `obs://${obs.bucket}/${obs.prefix}` : 'none';
    },
    cloudParts,
    openServices: async () => cloud.makeServices(await cloudParts()),
  };
}

export const NOT_RUNNING = `not running here: start it with ${START_COMMAND} in another terminal`;
export const NOTHING_RUNS = `${NOT_RUNNING}, or set keys for the cloud`;

/**
 * The settings with the stage and the prefix of `serverless.yml`, unless the environment sets them. Only the framework can resolve its variables,
 * apart from the stage's name in the prefix: a stage with a variable is ignored unless the prefix depends on it.
 *
 * @throws {ConfigError} for a prefix that cannot be resolved: without it, commands would look into another ledger
 */
async function serviceSettings(given: Settings, folder: string, env: NodeJS.ProcessEnv): Promise<Settings> {
  const { stage: named, prefix: written } = await serviceProvider(folder);
  const isNamed = !env['MIGRATIONS_STAGE'] && typeof named === 'string';
  const stage = (isNamed ? SETTINGS.MIGRATIONS_STAGE.parse(named) : undefined) ?? given.MIGRATIONS_STAGE;
  const settings = { ...given, MIGRATIONS_STAGE: stage };
  if (env['MIGRATIONS_PREFIX'] || typeof written !== 'string' || written === '') return settings;
  if (isNamed && SETTINGS.MIGRATIONS_STAGE.parse(named) === undefined && written.includes('${sls:stage}')) {
    const unknown = `${JSON.stringify(named)} can only be resolved by the framework, and the prefix depends on it; set MIGRATIONS_STAGE to the stage`;
    throw new ConfigError('serverless.yml', [{ path: ['provider', 'stage'], message: unknown }]);
  }
  const prefix = SETTINGS.MIGRATIONS_PREFIX.parse(written.replaceAll('${sls:stage}', stage));
  if (prefix !== undefined) return { ...settings, MIGRATIONS_PREFIX: prefix };
  const message = `${JSON.stringify(written)} can only be resolved by the framework; set MIGRATIONS_PREFIX to the prefix of the stage`;
  throw new ConfigError('serverless.yml', [{ path: ['provider', 'prefix'], message }]);
}

function localSettings(given: Settings, stateFolder: string, system: SystemFile | undefined): Settings {
  const local = {
    ...given,
    MIGRATIONS_LEDGER_FOLDER: join(stateFolder, 'ledger'),
    // As the local functions have them, whatever the environment sets for the cloud.
    MIGRATIONS_STAGE: LOCAL_STAGE,
    MIGRATIONS_PREFIX: '',
    HUAWEICLOUD_REGION: undefined,
  };
  if (!system) return local;
  const { keys } = system;
  return {
    ...local,
    ...localEndpoints(system),
    HUAWEICLOUD_PROJECT_ID: system.project_id,
    HUAWEICLOUD_SDK_AK: keys.access_key,
    HUAWEICLOUD_SDK_SK: keys.secret_key,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: keys.security_token,
  };
}

function partsOf(settings: Settings, jobs: Jobs): CloudParts {
  const {
    HUAWEICLOUD_SDK_AK: accessKey,
    HUAWEICLOUD_SDK_SK: secretKey,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: token,
    HUAWEICLOUD_PROJECT_ID: projectId,
  } = settings;
  const missing = (name: string, message: string) => new ConfigError('environment', [{ path: [name], message }]);
  return {
    settings,
    jobs,
    region: settings.HUAWEICLOUD_REGION ?? jobs.region,
    credentials: () => {
      if (!accessKey) throw missing('HUAWEICLOUD_SDK_AK', 'must be set, and so must HUAWEICLOUD_SDK_SK');
      if (!secretKey) throw missing('HUAWEICLOUD_SDK_SK', 'must be set because HUAWEICLOUD_SDK_AK is');
      return { accessKey, secretKey: new Secret(secretKey), ...(token ? { securityToken: new Secret(token) } : {}) };
    },
    projectId: () => {
      if (!projectId) throw missing('HUAWEICLOUD_PROJECT_ID', 'must be set');
      return projectId;
    },
    remainingMs: () => COMMAND_TIME_MS,
  };
}

async function openLedger(settings: Settings, jobs: Jobs, now: () => number): Promise<Ledger> {
  const local = settings.MIGRATIONS_LEDGER_FOLDER;
  if (local !== undefined && !existsSync(local)) {
    const message = `${local} does not exist: ${START_COMMAND} creates it, or set keys for the ledger of the jobs file`;
    throw new ConfigError('ledger', [{ path: [], message }]);
  }
  const parts = { ...partsOf(settings, jobs), now };
  const store = await cloud.openLedgerStore(parts);
  // Unique among all writers; process ids are reused.
  const by = `${userInfo().username}.${randomUUID().slice(0, 8)}`;
  if (store) return makeLedger(store, by, now, originOf(parts, settings.HUAWEICLOUD_PROJECT_ID));
  const message = 'missing, and MIGRATIONS_LEDGER_FOLDER is not set: runs are recorded in a ledger only';
  throw new ConfigError('jobs file', [{ path: ['ledger'], message }]);
}
