import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { functionNames } from '../build/function-names.ts';
import type { Jobs } from '../jobs/job.ts';
import { inspectJobsFile } from '../jobs/load-jobs.ts';
import { secretPlaces } from '../jobs/secret-names.ts';
import { AppError, ConfigError, formatPath, type Problem } from '../kernel/errors.ts';
import { secretWarning } from '../kernel/secret.ts';
import { LOCAL_STAGE } from '../local-system/local-stage.ts';
import { checkService, encryptedNames, networkOf, type ServiceContext } from './check-service.ts';
import { localEnvironment, localService, readLocalSystem } from './local-target.ts';
import { type Environment, readEnvironment } from './secret-values.ts';
import { FUNCTION_OF, type ServiceFile } from './service-file.ts';
import { yamlLines } from './yaml-lines.ts';

/** `serverless.yml` and `migrations.yml`, checked, with the values from the environment. */
export interface LoadedService extends ServiceContext {
  readonly file: ServiceFile;
  readonly jobs: Jobs;
  /** `migrations.yml` as it is built into the functions. */
  readonly document: unknown;
  /** Warnings for people. */
  readonly notes: readonly string[];
}

interface LoadOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The folder of this software. */
  readonly home: string;
  readonly needsValues: boolean;
}

/** One of the files has problems. The message lists all of them, one per line. Nothing was sent. */
class ServiceFileError extends AppError {
  constructor(lines: readonly string[], options?: ErrorOptions) {
    super('service_file', `nothing was sent:\n${lines.map((line) => `  ${line}`).join('\n')}`, options);
  }
}

/**
 * Reads and checks both files, and reports all problems together.
 *
 * @param resolved `serverless.yml` as resolved by the framework
 * @throws {ServiceFileError} with every problem in a file
 */
export async function loadService(
  serviceFolder: string,
  resolved: ServiceFile,
  { env, home, needsValues }: LoadOptions,
): Promise<LoadedService> {
  const isLocal = resolved.stage === LOCAL_STAGE;
  const system = isLocal ? await readLocalSystem(serviceFolder).catch(refused) : undefined;
  const isLedgerGiven = isLocal || resolved.provider.userData?.['MIGRATIONS_LEDGER_FOLDER'] !== undefined;
  const jobsFile = join(serviceFolder, 'migrations.yml');
  const prefix = resolved.provider.prefix ?? '';
  const options = { prefix: isLocal ? '' : prefix, ...(isLedgerGiven && { ledger: 'given' as const }) };
  const { found } = await inspectJobsFile(jobsFile, options).catch(refused);
  if (!found.loaded) throw new ServiceFileError(found.problems.map((problem) => lineOf('migrations.yml', problem)));
  const { jobs, warnings, document } = found.loaded;
  const places = secretPlaces(document);
  const own = await readEnvironment(serviceFolder, env);
  const environment: Environment = system ? localEnvironment(own, system, jobs) : own;
  const hasLedger = jobs.ledger !== undefined || isLedgerGiven;
  const notes = warnings.map((warning) => lineOf('migrations.yml', warning));

  let file = system ? localService(resolved, system, serviceFolder) : resolved;
  if (!hasLedger && file.functions.has(FUNCTION_OF.reconcile)) {
    notes.push(`${FUNCTION_OF.reconcile} is not deployed: without a ledger it has nothing to process`);
    file = { ...file, functions: new Map([...file.functions].filter(([key]) => key !== FUNCTION_OF.reconcile)) };
  }
  if ([...file.functions.values()].some((own) => networkOf(file, own))) {
    notes.push(
      'functions in a VPC reach the public endpoints only through a NAT gateway or VPC endpoints (docs/deploy.md, Networks)',
    );
  }
  if (!file.provider.gateway && [...jobs.jobs.values()].some(({ on }) => on.request)) {
    notes.push('provider.gateway is missing: the webhook gets no URL, and can only be invoked directly');
  }
  for (const name of encryptedNames(file, jobs)) {
    const warning = secretWarning(environment(name) ?? '');
    if (warning) notes.push(`the value of ${name} ${warning}`);
  }
  const placeOfSecret = (name: string) => places.get(name);
  const built = await functionNames(home);
  const context = { jobs, hasLedger, built, env: environment, needsValues, placeOfSecret };
  const problems = checkService(file, context);
  if (problems.length > 0) {
    const line = yamlLines(await readFile(join(serviceFolder, 'serverless.yml'), 'utf8'));
    throw new ServiceFileError(
      problems.map((problem) =>
        problem.isInJobs
          ? lineOf('migrations.yml', withLine(problem, found.lineOf(problem.path)))
          : lineOf('serverless.yml', { ...problem, line: line(problem.path) }),
      ),
    );
  }
  return { file, notes, document, ...context };
}

function withLine(problem: Problem, line: number | undefined): Problem {
  return line === undefined ? problem : { ...problem, line };
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
