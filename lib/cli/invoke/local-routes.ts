import { resolve } from 'node:path';
import { type FunctionRun, type LocalRun, runFunctions } from '../../deploy/run-functions.ts';
import { type Environment, readEnvironment } from '../../deploy/secret-values.ts';
import { secretNames } from '../../jobs/secret-names.ts';
import { ConfigError } from '../../kernel/errors.ts';
import { readSettings, settingNames } from '../../kernel/settings.ts';
import { LOCAL_FUNCTIONS } from '../../local-system/local-functions.ts';
import { localSecrets } from '../../local-system/local-secret.ts';
import { regionClock } from '../../local-system/region-control.ts';
import type { CommandContext } from '../command-line.ts';
import { NOTHING_RUNS, type Place } from '../place.ts';
import { readFailedRuns } from './failed-runs.ts';
import type { FunctionCall, InvokeResult, InvokeRoute } from './route.ts';

const BEHAVIOUR = settingNames(({ group }) => group === 'behaviour');
/** Without keys, which come from the agency, as on the platform, and the jobs file, which is built in. */
const VARIABLES = settingNames(({ group }, name) => group !== 'keys' && name !== 'MIGRATIONS_FILE');

type Parts = Pick<FunctionRun, 'projectId' | 'keys' | 'clockOffsetMs'> & Pick<LocalRun, 'userData'>;

/**
 * The functions of this jobs file, run here against the local system: with its services, its ledger and its generated secrets.
 *
 * @throws {ConfigError} if it is not running, or with every problem in the jobs file
 */
export async function openLocalRoute(place: Place, context: CommandContext): Promise<InvokeRoute> {
  const { system, settings, jobsFile } = place;
  if (!system) throw new ConfigError('local system', [{ path: [], message: NOTHING_RUNS }]);
  const { jobs } = await place.loadJobs();
  const endpoints = Object.entries(settings).filter(([name]) => name.endsWith('_ENDPOINT'));
  const given = BEHAVIOUR.flatMap((name) => (context.env[name] ? [[name, context.env[name]]] : []));
  const userData = Object.fromEntries([
    ...localSecrets(jobs),
    ...endpoints,
    ...given,
    ['MIGRATIONS_LEDGER_FOLDER', settings.MIGRATIONS_LEDGER_FOLDER],
    ['MIGRATIONS_STAGE', settings.MIGRATIONS_STAGE],
  ]);
  const {
    access_key: accessKey,
    secret_key: secretKey,
    security_token: securityToken,
  } = system.function_keys ?? system.keys;
  const now = await regionClock(system);
  const parts = { userData, projectId: system.project_id, keys: { accessKey, secretKey, securityToken } };
  return {
    kind: 'local',
    where: `the local system (${system.cloud_url})`,
    isReal: false,
    hasLedger: true,
    invoke: (calls) => run(calls, jobsFile, { ...parts, clockOffsetMs: now() - Date.now() }, context),
  };
}

/**
 * The functions of this jobs file, run here against the cloud: with the keys, settings and secrets of the environment, or of a `.env` next
 * to the jobs file.
 *
 * @throws {ConfigError} with everything that is missing or wrong there, or with every problem in the jobs file
 */
export async function openAccountRoute(place: Place, context: CommandContext): Promise<InvokeRoute> {
  const env = await readEnvironment(place.folder, context.env);
  const settings = readSettings(env);
  const { HUAWEICLOUD_SDK_AK: accessKey, HUAWEICLOUD_SDK_SK: secretKey } = settings;
  if (!accessKey || !secretKey) throw new ConfigError('local system', [{ path: [], message: NOTHING_RUNS }]);
  const { jobs } = await place.loadJobs();
  const secrets = [...secretNames(jobs)];
  const needed = ['HUAWEICLOUD_PROJECT_ID', ...secrets].filter((name) => env(name) === undefined);
  if (needed.length > 0) {
    const message = 'must be set, in the environment or in .env: a run without it is rejected permanently';
    const problems = needed.map((name) => ({ path: [name], message }));
    throw new ConfigError('environment', problems);
  }
  const folder = settings.MIGRATIONS_LEDGER_FOLDER;
  const ledger = folder ?? (jobs.ledger ? `obs://${jobs.ledger.obs.bucket}/${jobs.ledger.obs.prefix}` : undefined);
  const projectId = settings.HUAWEICLOUD_PROJECT_ID ?? '';
  const userData = {
    MIGRATIONS_STAGE: place.settings.MIGRATIONS_STAGE,
    ...valuesOf([...VARIABLES, ...secrets], env),
    // A function has its own working directory.
    ...(folder === undefined ? {} : { MIGRATIONS_LEDGER_FOLDER: resolve(context.cwd, folder) }),
  };
  const keys = { accessKey, secretKey, securityToken: settings.HUAWEICLOUD_SDK_SECURITY_TOKEN ?? '' };
  const region = settings.HUAWEICLOUD_REGION ?? jobs.region;
  return {
    kind: 'cloud',
    where: `the cloud (project ${projectId}, ${region}, ledger ${ledger ?? 'none'})`,
    isReal: true,
    hasLedger: ledger !== undefined,
    invoke: (calls) => run(calls, place.jobsFile, { userData, projectId, keys }, context),
  };
}

function valuesOf(names: readonly string[], env: Environment): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function run(
  calls: readonly FunctionCall[],
  jobsFile: string,
  { userData, ...parts }: Parts,
  { terminal }: CommandContext,
): Promise<InvokeResult[]> {
  terminal.progress('building the functions');
  const called = new Set(calls.map(({ functionName }) => functionName));
  const functions = LOCAL_FUNCTIONS.filter(({ name }) => called.has(name));
  const ends = await runFunctions(
    {
      functions: functions.map(({ name, timeoutSeconds }) => ({ name, timeoutSeconds, userData })),
      code: { jobsFile },
      ...parts,
      invocations: calls.map(({ functionName, event }) => ({ name: functionName, event })),
    },
    // The runs of a failure are in the result; do not show them twice.
    (line) => terminal.note(terminal.paint('dim', readFailedRuns(line).why)),
  );
  return ends.map(({ requestId, ok, payload }) => ({ requestId, state: ok ? 'done' : 'failed', payload }));
}
