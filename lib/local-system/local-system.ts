import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import type { Answers } from '../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import {
  DOMAIN_NAME,
  type LocalRegion,
  startLocalRegion,
  USER_NAME,
} from '../../packages/local-cloud/src/local-region.ts';
import type { RegionEvent } from '../../packages/local-cloud/src/region-event.ts';
import { StartedParts } from '../../packages/local-cloud/src/started-parts.ts';
import type { Jobs } from '../jobs/job.ts';
import { BuiltInFunctions, failureTopic } from './built-in-functions.ts';
import { LOCAL_FUNCTIONS } from './local-functions.ts';
import { localSecrets } from './local-secret.ts';
import { LOCAL_STAGE } from './local-stage.ts';
import { processStart } from './process-start.ts';
import { type Progress, readProgress } from './progress.ts';
import {
  projectIn,
  seedAgencies,
  seedInstances,
  seedSecrets,
  seedServers,
  seedSources,
  seedTemplates,
  seedTopics,
} from './seeds.ts';
import { serviceTopics } from './service-topics.ts';
import { systemFilePath, writeSystemFile } from './system-file.ts';

/** How many times faster than documented tasks run: an import takes three seconds, long enough to watch its progress. */
export const CLOUD_SPEED = 20;

/** An event of the system, to be described for people. */
export type SystemEvent = RegionEvent | { readonly kind: 'progress'; readonly progress: Progress };

export interface LocalSystemOptions {
  /** Where all state is stored. */
  readonly stateFolder: string;
  /** The built functions: `<folder>/<name>/index.js`. If empty, only deployed functions run. */
  readonly functions: readonly { readonly name: string; readonly folder: string }[];
  readonly jobs: Jobs;
  /** The path of the jobs file. */
  readonly jobsFile?: string;
  readonly gatewayPort: number;
  /** How the services behave where their documentation leaves it open. @default the assumed behavior of each question */
  readonly assume?: Answers;
  readonly onEvent: (event: SystemEvent) => void;
}

/** A running region with the functions of this project. */
export interface LocalSystem extends Omit<LocalRegion<BuiltInFunctions>, 'own'> {
  readonly stateFolder: string;
  /** Paused whenever the region pauses its functions. */
  readonly builtIn: BuiltInFunctions;
}

/**
 * Starts the whole system on this machine.
 *
 * @throws what its parts throw: a port in use (`EADDRINUSE`, as the error or its cause), an unreadable state file. Nothing is left running
 * in that case.
 */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { stateFolder } = options;
  const parts = new StartedParts();
  try {
    const { own: builtIn, ...region } = await startRegion(options);
    parts.add(() => region.close());
    parts.add(() => rm(systemFilePath(stateFolder), { force: true }));
    await writeAddresses(options, region);
    return { ...region, stateFolder, builtIn, close: () => parts.end() };
  } catch (error) {
    await parts.end();
    throw error;
  }
}

async function startRegion(options: LocalSystemOptions): Promise<LocalRegion<BuiltInFunctions>> {
  const { jobs, stateFolder, onEvent } = options;
  const topics = [...new Set([...seedTopics(jobs), ...(await serviceTopics(options.jobsFile))])];
  return startLocalRegion({
    region: jobs.region,
    stateFolder,
    projectId: projectIn(jobs),
    gatewayPort: options.gatewayPort,
    ...(options.assume && { assume: options.assume }),
    buckets: bucketNames(jobs),
    seed: (account) => ({
      instances: seedInstances(jobs, Date.now()),
      sources: seedSources(jobs),
      templates: seedTemplates(jobs, account.projectId),
      servers: seedServers(jobs),
      topics: [...topics, failureTopic(jobs, account)],
      secrets: seedSecrets(jobs),
      agencies: seedAgencies(),
      clock: new Clock({ speed: CLOUD_SPEED }),
    }),
    makeOwn: ({ host, account, clock }) =>
      new BuiltInFunctions({
        functions: options.functions.length === 0 ? [] : LOCAL_FUNCTIONS,
        folderOf: (name) => folderOf(name, options),
        variables: variablesOf(options),
        jobs,
        host,
        account,
        clock,
        onEvent,
      }),
    onEvent,
    onLog: (line) => {
      const progress = readProgress(line);
      if (progress) onEvent({ kind: 'progress', progress });
    },
  });
}

/** @throws {Error} if the function was not built */
function folderOf(name: string, { functions }: LocalSystemOptions): string {
  const built = functions.find((candidate) => candidate.name === name);
  if (built) return built.folder;
  throw new Error(`start ${name}: the function was not built; built: ${functions.map((f) => f.name).join(', ')}`);
}

function variablesOf({ jobs, stateFolder }: LocalSystemOptions): Record<string, string> {
  return {
    ...Object.fromEntries(localSecrets(jobs)),
    // Instead of the ledger of the jobs file. Absolute, because a function has its own working directory.
    MIGRATIONS_LEDGER_FOLDER: path.resolve(stateFolder, 'ledger'),
    // The same stage as for functions deployed with `npx serverless deploy --stage local`.
    MIGRATIONS_STAGE: LOCAL_STAGE,
  };
}

/** The buckets that jobs watch or read from. */
function bucketNames({ jobs }: Jobs): string[] {
  const names = [...jobs.values()].flatMap(({ on, fields }) => {
    const files = fields['backup_files'] as { bucket_name?: unknown } | undefined;
    return [on.object_created?.bucket, files?.bucket_name];
  });
  return [
    ...new Set(names.filter((name): name is string => typeof name === 'string' && /^[a-z0-9][a-z0-9.-]+$/.test(name))),
  ];
}

async function writeAddresses(
  { jobs, jobsFile, stateFolder }: LocalSystemOptions,
  { projectId, cloud, gateway, keys, functionKeys }: Omit<LocalRegion<undefined>, 'own'>,
): Promise<void> {
  await writeSystemFile(stateFolder, {
    pid: process.pid,
    started: (await processStart(process.pid)) ?? '',
    project_id: projectId,
    region: jobs.region,
    ...(jobsFile === undefined ? {} : { jobs_file: jobsFile }),
    cloud_url: cloud.url,
    obs_url: cloud.obsUrl,
    gateway_url: gateway.url,
    keys: { access_key: keys.accessKey, secret_key: keys.secretKey, security_token: keys.securityToken },
    function_keys: {
      access_key: functionKeys.accessKey,
      secret_key: functionKeys.secretKey,
      security_token: functionKeys.securityToken,
    },
    user: { account: DOMAIN_NAME, name: USER_NAME, password: keys.password },
    token: keys.token,
  });
}
