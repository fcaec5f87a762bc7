import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionGraph } from '../../cloud/programs/functiongraph/functiongraph.ts';
import { makeRedact } from '../../cloud/transport/redact.ts';
import { sendOnce } from '../../cloud/transport/send-once.ts';
import { connect, secretsOf } from '../../deploy/connect.ts';
import { asStep, DeployError } from '../../deploy/deploy-error.ts';
import { functionUrn } from '../../deploy/desired-function.ts';
import { readEnvironment } from '../../deploy/secret-values.ts';
import { FUNCTION_OF, type ServiceFile } from '../../deploy/service-file.ts';
import { CloudError } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { nameOfDeployed, readService } from '../invoke/read-service.ts';
import type { Place } from '../place.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { callText } from './call-text.ts';
import type { ProbeOrder, ProbeReport } from './function-order.ts';
import {
  agencyIn,
  deleteLeftovers,
  deleteProbeFunction,
  FUNCTION_SECONDS,
  probeFunctionBody,
  probeFunctionName,
} from './probe-function.ts';

/** The function ends before. */
const ANSWER_MS = (FUNCTION_SECONDS + 10) * 1000;
/** After Ctrl-C: the function looks once per second, and removes its objects. */
const STOP_MS = 20_000;
const MAX_MESSAGE = 300;
const FUNCTION_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,59}$/;

/** A probe in FunctionGraph that is ready to run. */
export interface FunctionProbe {
  /** What the function is, for a person who is asked. */
  readonly question: string;
  /**
   * Creates the function, invokes it and deletes it, whatever happens.
   *
   * @param requestStop makes the function stop, after Ctrl-C
   * @returns `report`: absent if the function did not stop in time; `isGone`: the function was deleted
   * @throws {DeployError} if it could not be created, or failed
   */
  run(order: ProbeOrder, requestStop: () => Promise<void>): Promise<FunctionResult>;
}

interface FunctionResult {
  readonly report: ProbeReport | undefined;
  readonly isGone: boolean;
}

export interface FunctionOptions {
  readonly here: Place;
  /** The deployed function; absent: as `serverless.yml` names it. */
  readonly name: string | undefined;
  readonly folderName: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

/** Reads what the function of a probe takes over from a deployed one. @throws {UsageError} if there is none, or it has no agency */
export async function openFunctionProbe(options: FunctionOptions): Promise<FunctionProbe> {
  const { here, folderName, signal, terminal } = options;
  const { jobs } = await here.loadJobs();
  const { name } = options;
  if (name !== undefined && !FUNCTION_NAME.test(name)) refuse(`${JSON.stringify(name)} is not the name of a function`);
  const stage = here.settings.MIGRATIONS_STAGE;
  const file = await readService(here.folder, { stage, region: jobs.region, ...(name === undefined ? {} : { name }) });
  const env = await readEnvironment(here.folder, options.env);
  const wait = (ms: number) => sleep(ms);
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

  return {
    question: `Create the function ${own} with the agency ${agency}, invoke it once, and delete it?`,
    run: async (order, requestStop) => {
      // Without the permission, they remain.
      await deleteLeftovers(api, file, projectId, Date.now()).catch(ignoreCloudError);
      const body = await probeFunctionBody(own, file.provider.package ?? 'default', deployed.config);
      let mayExist = !signal.aborted;
      let report: ProbeReport | undefined;
      let isGone = true;
      let stopping: Promise<unknown> = Promise.resolve();
      const stop = () => {
        stopping = requestStop().then(
          () => void sleep(STOP_MS, undefined, { ref: false }).then(() => abandoned.abort()),
          (error: unknown) => {
            abandoned.abort();
            ignoreCloudError(error);
          },
        );
      };
      signal.addEventListener('abort', stop, { once: true });
      try {
        if (mayExist) {
          terminal.progress(`creating the function ${own}`);
          await asStep(own, 'create function', () => api.createFunction(body, []));
          terminal.progress(`probing in the function ${own}, which takes about a minute`);
          if (!signal.aborted)
            report = await invoke(api, { own, urn, agency, signal: abandoned.signal, redact }, order);
        }
      } catch (error) {
        // Then there is nothing to delete.
        mayExist = !(isRefused(error) && error.cause.operation === 'createFunction');
        throw error;
      } finally {
        await stopping;
        if (mayExist) isGone = await remove(api, urn, own, terminal, wait);
      }
      return { report, isGone };
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

interface Invoked {
  readonly own: string;
  readonly urn: string;
  readonly agency: string;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  readonly redact: ReturnType<typeof makeRedact>;
}

async function invoke(
  api: FunctionGraph,
  { own, urn, agency, signal, redact }: Invoked,
  order: ProbeOrder,
): Promise<ProbeReport | undefined> {
  const step = 'probe';
  let answer: Awaited<ReturnType<FunctionGraph['invoke']>>;
  try {
    answer = await api.invoke(`${urn}:latest`, { ...order });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw new DeployError(own, step, error);
  }
  const report = answer.ok ? reportIn(answer.result) : undefined;
  if (report === undefined) throw new DeployError(own, step, `it failed: ${redact(answer.result, MAX_MESSAGE)}`);
  if ('failed' in report && report.failed === 'no_keys')
    throw new DeployError(
      own,
      step,
      `it got no keys of the agency ${agency}: check in IAM that the agency exists, and that its cloud service is FunctionGraph`,
    );
  return report;
}

function reportIn(text: string): ProbeReport | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isReport = isRecord(value) && (isRecord(value['file']) || typeof value['failed'] === 'string');
    return isReport ? (value as unknown as ProbeReport) : undefined;
  } catch {
    return undefined;
  }
}

async function remove(
  api: FunctionGraph,
  urn: string,
  own: string,
  terminal: Terminal,
  wait: (ms: number) => Promise<void>,
): Promise<boolean> {
  terminal.progress(`deleting the function ${own}`);
  const failure = await deleteProbeFunction(api, urn, wait);
  if (failure === undefined) return true;
  terminal.note(
    `not deleted: the function ${own} (${callText(failure)}); delete it in the console, or run the probe with --as function again after an hour`,
  );
  return false;
}

function isRefused(error: unknown): error is Error & { readonly cause: CloudError } {
  return error instanceof DeployError && error.cause instanceof CloudError && error.cause.outcome !== 'unknown';
}

function ignoreCloudError(error: unknown): void {
  if (!(error instanceof CloudError)) throw error;
}
