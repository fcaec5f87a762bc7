import { setTimeout as wait } from 'node:timers/promises';
import { makeRedact, redactJson } from '../../cloud/transport/redact.ts';
import { encryptedNames } from '../../deploy/check-service.ts';
import { connect, secretsOf } from '../../deploy/connect.ts';
import { functionUrn } from '../../deploy/desired-function.ts';
import { localEnvironment, localService, readLocalSystem } from '../../deploy/local-target.ts';
import { readEnvironment } from '../../deploy/secret-values.ts';
import { describeReceived } from '../../events/received.ts';
import { AppError, CloudError, EventError } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { LOCAL_STAGE } from '../../local-system/local-stage.ts';
import type { CommandContext } from '../command-line.ts';
import type { Place } from '../place.ts';
import { nameOfDeployed, readService } from './read-service.ts';
import type { FunctionCall, InvokeResult, InvokeRoute, RouteOptions } from './route.ts';

/** The longest value that a function can return. */
const MAX_CHARACTERS = 6 * 1024 * 1024;

/**
 * The deployed functions, through the FunctionGraph API, with the caller's keys. The stage `local` is what
 * `npx serverless deploy --stage local` deployed.
 *
 * @throws {ConfigError} if serverless.yml or the jobs file has problems, or there are no keys
 */
export async function openDeployedRoute(
  place: Place,
  options: RouteOptions,
  { env: own, terminal }: CommandContext,
): Promise<InvokeRoute> {
  const { folder } = place;
  const { jobs } = await place.loadJobs();
  const written = await readService(folder, { ...options, region: jobs.region });
  const environment = await readEnvironment(folder, own);
  const system = written.stage === LOCAL_STAGE ? await readLocalSystem(folder) : undefined;
  const file = system ? localService(written, system, folder) : written;
  const env = system ? localEnvironment(environment, system, jobs) : environment;
  const { api, projectId } = await connect({ file, env }, { wait: (ms) => wait(ms) });
  const redact = makeRedact(secretsOf({ env }, encryptedNames(file, jobs)));
  const clean = (text: string) => redact(text, MAX_CHARACTERS);

  const call = async ({ functionName, event, deployedName }: FunctionCall): Promise<InvokeResult> => {
    const name = options.name ?? deployedName ?? nameOfDeployed(file, functionName);
    const urn = `${functionUrn(file, projectId, name)}:latest`;
    if (!isRecord(event))
      throw new EventError('', describeReceived(event), 'a JSON object: the API accepts nothing else');
    try {
      if (options.async) return { requestId: await api.invokeAsync(urn, event), state: 'accepted', payload: '' };
      terminal.progress(`waiting for ${name}`);
      const { result, log, ok, requestId } = await api.invoke(urn, event);
      if (log !== '') terminal.note(terminal.paint('dim', clean(log.trimEnd())));
      return { requestId, state: ok ? 'done' : 'failed', payload: redactJson(result, redact, MAX_CHARACTERS) };
    } catch (error) {
      throw error instanceof CloudError ? explain(name, error, clean) : error;
    }
  };

  return {
    kind: 'deployed',
    where: `the deployed functions of ${projectId} in ${file.provider.region ?? jobs.region}`,
    isReal: !system,
    hasLedger: jobs.ledger !== undefined || system !== undefined,
    invoke: async (calls) => {
      const results: InvokeResult[] = [];
      for (const one of calls) results.push(await call(one));
      return results;
    },
  };
}

function explain(name: string, error: CloudError, clean: (text: string) => string): AppError {
  const advice =
    error.outcome === 'unknown'
      ? '. It may be running nevertheless: check with npx migrations runs list before you invoke it again'
      : error.status === 404
        ? '. Find its name with npx serverless info, and give it with --name'
        : '';
  return new AppError(error.code, clean(`invoke ${name}: ${error.message}${advice}`), { cause: error });
}
