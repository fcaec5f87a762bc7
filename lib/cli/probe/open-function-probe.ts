import type { FunctionGraph } from '../../cloud/programs/functiongraph/functiongraph.ts';
import { makeRedact } from '../../cloud/transport/redact.ts';
import { sendOnce } from '../../cloud/transport/send-once.ts';
import { connect, secretsOf } from '../../deploy/connect.ts';
import { asStep } from '../../deploy/deploy-error.ts';
import { functionUrn } from '../../deploy/desired-function.ts';
import { readEnvironment } from '../../deploy/secret-values.ts';
import { FUNCTION_OF, type ServiceFile } from '../../deploy/service-file.ts';
import { CloudError } from '../../kernel/errors.ts';
import { nameOfDeployed, readService } from '../invoke/read-service.ts';
import type { Place } from '../place.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { ProbeOrder } from './function-order.ts';
import { agencyIn, deleteLeftovers, FUNCTION_SECONDS, probeFunctionBody, probeFunctionName } from './probe-function.ts';
import { type FunctionResult, runFunctionOfProbe, type SharedFolder } from './run-function.ts';

/** The function ends before. */
const ANSWER_MS = (FUNCTION_SECONDS + 10) * 1000;
const FUNCTION_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,59}$/;

/** A probe in FunctionGraph that is ready to run. */
export interface FunctionProbe {
  /** What the function is, for a person who is asked. */
  readonly question: string;
  /** As `runFunctionOfProbe`, after deleting what earlier probes left behind. */
  run(order: ProbeOrder, shared: SharedFolder): Promise<FunctionResult>;
}

export interface FunctionOptions {
  readonly here: Place;
  /** The deployed function; absent: as `serverless.yml` names it. */
  readonly name: string | undefined;
  readonly folderName: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  readonly wait: (ms: number) => Promise<void>;
}

/** Reads what the function of a probe takes over from a deployed one. @throws {UsageError} if there is none, or it has no agency */
export async function openFunctionProbe(options: FunctionOptions): Promise<FunctionProbe> {
  const { here, folderName, signal, terminal, wait } = options;
  const { jobs } = await here.loadJobs();
  const { name } = options;
  if (name !== undefined && !FUNCTION_NAME.test(name)) refuse(`${JSON.stringify(name)} is not the name of a function`);
  const stage = here.settings.MIGRATIONS_STAGE;
  const file = await readService(here.folder, { stage, region: jobs.region, ...(name === undefined ? {} : { name }) });
  const env = await readEnvironment(here.folder, options.env);
  const abandoned = new AbortController();
  const { api, projectId } = await connect({ file, env }, { wait }, { send: sendUntil(abandoned.signal) });
  const names =
    name === undefined ? [FUNCTION_OF.reconcile, FUNCTION_OF.objects].map((key) => nameOfDeployed(file, key)) : [name];
  const deployed = await findDeployed(api, file, projectId, names);
  const agency = agencyIn(deployed.config);
  if (agency === undefined)
    return refuse(
      `${deployed.name} has no agency, so no function gets keys: set provider.agency in serverless.yml, and deploy`,
    );
  const own = probeFunctionName(folderName);
  const urn = functionUrn(file, projectId, own);
  const redact = makeRedact(secretsOf({ env }, []));
  const common = { api, name: own, urn, agency, signal, abandoned, redact, terminal, wait };
  return {
    question: `Create the function ${own} with the agency ${agency}, invoke it once, and delete it?`,
    run: async (order, shared) => {
      // Without the permission, they remain.
      await deleteLeftovers(api, file, projectId, Date.now()).catch(ignoreCloudError);
      const body = await probeFunctionBody(own, file.provider.package ?? 'default', deployed.config);
      return runFunctionOfProbe({ ...common, body }, order, shared);
    },
  };
}

function refuse(why: string): never {
  throw new UsageError(`probe: --as function: ${why}; nothing was created`);
}

/** The invocation takes minutes. */
function sendUntil(signal: AbortSignal): typeof sendOnce {
  return (request) =>
    sendOnce(/\/invocations$/.test(request.url) ? { ...request, totalTimeoutMs: ANSWER_MS, signal } : request);
}

async function findDeployed(api: FunctionGraph, file: ServiceFile, projectId: string, names: readonly string[]) {
  for (const name of names) {
    const urn = `${functionUrn(file, projectId, name)}:latest`;
    const config = await asStep(name, 'read its settings', () => api.findConfig(urn));
    if (config !== undefined) return { name, config };
  }
  return refuse(`${names.join(' or ')} does not exist: deploy the functions, or give another name with --name`);
}

function ignoreCloudError(error: unknown): void {
  if (!(error instanceof CloudError)) throw error;
}
