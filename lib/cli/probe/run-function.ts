import { setTimeout as sleep } from 'node:timers/promises';
import type { Fields } from '../../cloud/programs/functiongraph/calls.ts';
import type { FunctionGraph } from '../../cloud/programs/functiongraph/functiongraph.ts';
import type { Redact } from '../../cloud/transport/redact.ts';
import { asStep, DeployError } from '../../deploy/deploy-error.ts';
import { CloudError } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import type { Terminal } from '../terminal.ts';
import { callText } from './call-text.ts';
import type { ProbeOrder, ProbeReport } from './function-order.ts';
import type { OpenedProbe } from './make-world.ts';
import { deleteProbeFunction } from './probe-function.ts';

/** How long a function may take to stop: it looks once per second, and removes its objects. */
const STOP_MS = 20_000;
const LOOK_MS = 1_000;
const MAX_MESSAGE = 300;

/** The function of one probe. */
export interface FunctionOfProbe {
  readonly api: Pick<FunctionGraph, 'createFunction' | 'invoke' | 'deleteFunction'>;
  readonly name: string;
  /** Without a version. */
  readonly urn: string;
  /** Of CreateFunction. */
  readonly body: Fields;
  readonly agency: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Ends the wait for the invocation. */
  readonly abandoned: AbortController;
  readonly redact: Redact;
  readonly terminal: Terminal;
  readonly wait: (ms: number) => Promise<void>;
}

/** What the command and the function share. */
export interface SharedFolder extends Pick<OpenedProbe, 'requestStop' | 'isStopRequested'> {
  /** For people; absent: there is no folder. */
  readonly where: string | undefined;
}

export interface FunctionResult {
  /** Absent if the function did not stop in time after Ctrl-C. */
  readonly report: ProbeReport | undefined;
  /** The function was deleted. */
  readonly isGone: boolean;
}

/**
 * Creates the function, invokes it and deletes it, whatever happens.
 *
 * @throws {DeployError} if it could not be created, or failed
 */
export async function runFunctionOfProbe(
  own: FunctionOfProbe,
  order: ProbeOrder,
  shared: SharedFolder,
): Promise<FunctionResult> {
  const { api, name, body, signal, terminal } = own;
  if (signal.aborted) return { report: undefined, isGone: true };
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping = stopFunction(own, shared);
  };
  signal.addEventListener('abort', stop, { once: true });
  let mayExist = true;
  let isGone = true;
  let report: ProbeReport | undefined;
  try {
    terminal.progress(`creating the function ${name}`);
    await asStep(name, 'create function', () => api.createFunction(body, []));
    terminal.progress(`probing in the function ${name}, which takes about a minute`);
    if (!signal.aborted) report = await invoke(own, order, shared);
  } catch (error) {
    mayExist = !wasNotCreated(error);
    throw error;
  } finally {
    await stopping;
    if (mayExist) isGone = await remove(own);
  }
  return { report, isGone };
}

/** If the function can't be asked to stop, it is not waited for. */
async function stopFunction({ abandoned }: FunctionOfProbe, { requestStop }: SharedFolder): Promise<void> {
  try {
    if (!(await requestStop())) return abandoned.abort();
    void sleep(STOP_MS, undefined, { ref: false }).then(() => abandoned.abort());
  } catch (error) {
    abandoned.abort();
    if (!(error instanceof CloudError)) throw error;
  }
}

/** A function whose response was lost may still be running: it is asked to stop, and waited for until it has removed the request. */
async function stopCutOff({ name, terminal, wait }: FunctionOfProbe, shared: SharedFolder): Promise<void> {
  if (shared.where === undefined) return;
  terminal.note(
    `the response of the function ${name} was lost: stopping it, as it may still be writing to ${shared.where}`,
  );
  try {
    if (!(await shared.requestStop())) return;
  } catch (error) {
    return ignoreCloudError(error);
  }
  for (let waited = 0; waited < STOP_MS; waited += LOOK_MS) {
    await wait(LOOK_MS);
    if ((await shared.isStopRequested().catch(ignoreCloudError)) === false) return;
  }
}

function ignoreCloudError(error: unknown): void {
  if (!(error instanceof CloudError)) throw error;
}

async function invoke(own: FunctionOfProbe, order: ProbeOrder, shared: SharedFolder): Promise<ProbeReport | undefined> {
  const { api, name, urn, agency, abandoned, redact } = own;
  const step = 'probe';
  let answer: Awaited<ReturnType<FunctionGraph['invoke']>>;
  try {
    answer = await api.invoke(`${urn}:latest`, { ...order });
  } catch (error) {
    if (abandoned.signal.aborted) return undefined;
    if (error instanceof CloudError && error.outcome === 'unknown') await stopCutOff(own, shared);
    throw new DeployError(name, step, error);
  }
  const report = answer.ok ? reportIn(answer.result) : undefined;
  if (report === undefined) throw new DeployError(name, step, `it failed: ${redact(answer.result, MAX_MESSAGE)}`);
  if ('failed' in report && report.failed === 'no_keys')
    throw new DeployError(
      name,
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

async function remove({ api, name, urn, terminal, wait }: FunctionOfProbe): Promise<boolean> {
  terminal.progress(`deleting the function ${name}`);
  const failure = await deleteProbeFunction(api, urn, wait);
  if (failure === undefined) return true;
  terminal.note(
    `not deleted: the function ${name} (${callText(failure)}); delete it in the console, or run the probe with --as function again after an hour`,
  );
  return false;
}

function wasNotCreated(error: unknown): boolean {
  if (!(error instanceof DeployError && error.cause instanceof CloudError)) return false;
  return error.cause.operation === 'createFunction' && error.cause.outcome !== 'unknown';
}
