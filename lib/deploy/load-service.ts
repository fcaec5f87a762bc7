import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Jobs } from '../jobs/job.ts';
import { loadJobs } from '../jobs/load-jobs.ts';
import { AppError, ConfigError, formatPath, type Problem } from '../kernel/errors.ts';
import { secretWarning } from '../kernel/secret.ts';
import { type CheckedAgainst, checkService, encryptedNames } from './check-service.ts';
import { LOCAL_STAGE, localEnvironment, localService, readLocalSystem } from './local-target.ts';
import { type Environment, readEnvironment } from './secret-values.ts';
import { FUNCTION_OF, type ServiceFile } from './service-file.ts';
import { yamlLines } from './yaml-lines.ts';

/** `serverless.yml` and `migrations.yml`, checked, with what they leave to the environment. */
export interface LoadedService extends CheckedAgainst {
  readonly file: ServiceFile;
  readonly jobs: Jobs;
  /** What a person should know, and what stops nothing. */
  readonly notes: readonly string[];
}

/** Something is wrong in one of the files. All of it is in the message, a line for each. Nothing was sent. */
class ServiceFileError extends AppError {
  constructor(lines: readonly string[], options?: ErrorOptions) {
    super('service_file', `nothing was sent:\n${lines.map((line) => `  ${line}`).join('\n')}`, options);
  }
}

/**
 * Reads and checks all that can be checked here, at once.
 *
 * @param resolved `serverless.yml` as the framework has resolved it
 * @throws {ServiceFileError} with every problem of both files
 */
export async function loadService(
  serviceFolder: string,
  resolved: ServiceFile,
  { env, needsValues }: { readonly env: NodeJS.ProcessEnv; readonly needsValues: boolean },
): Promise<LoadedService> {
  const isLocal = resolved.stage === LOCAL_STAGE;
  const system = isLocal ? await readLocalSystem(serviceFolder).catch(refused) : undefined;
  const brings = isLocal || resolved.provider.userData?.['MIGRATIONS_LEDGER_FOLDER'] !== undefined;
  const jobsFile = join(serviceFolder, 'migrations.yml');
  const loaded = await loadJobs(jobsFile, brings ? { ledger: 'given' } : {}).catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
    throw new ServiceFileError(
      error.problems.map((problem) => lineOf('migrations.yml', problem)),
      { cause: error },
    );
  });
  const { jobs, warnings } = loaded;
  const own = await readEnvironment(serviceFolder, env);
  const environment: Environment = system ? localEnvironment(own, system, jobs) : own;
  const hasLedger = jobs.ledger !== undefined || brings;
  const notes = warnings.map((warning) => lineOf('migrations.yml', warning));

  let file = system ? localService(resolved, system, serviceFolder) : resolved;
  if (!hasLedger && file.functions.has(FUNCTION_OF.reconcile)) {
    notes.push(`${FUNCTION_OF.reconcile} is left out: without a ledger there is nothing for it to take up`);
    file = { ...file, functions: new Map([...file.functions].filter(([key]) => key !== FUNCTION_OF.reconcile)) };
  }
  if (!file.provider.gateway && [...jobs.jobs.values()].some(({ on }) => on.request)) {
    notes.push('provider.gateway is missing: the webhook gets no address, and can only be invoked');
  }
  for (const name of encryptedNames(file, jobs)) {
    const doubt = secretWarning(environment(name) ?? '');
    if (doubt) notes.push(`the value of ${name} ${doubt}`);
  }
  const built = (await readdir(join(serviceFolder, 'functions'))).map((name) => basename(name, '.ts')).sort();
  const against = { jobs, hasLedger, built, env: environment, needsValues };
  const problems = checkService(file, against);
  if (problems.length > 0) {
    const line = yamlLines(await readFile(join(serviceFolder, 'serverless.yml'), 'utf8'));
    throw new ServiceFileError(
      problems.map((problem) => lineOf('serverless.yml', { ...problem, line: line(problem.path) })),
    );
  }
  return { file, notes, ...against };
}

function refused(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error;
  throw new ServiceFileError(
    error.problems.map(({ message }) => message),
    { cause: error },
  );
}

function lineOf(file: string, { line, path, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${formatPath(path)}: ${message}`;
}
