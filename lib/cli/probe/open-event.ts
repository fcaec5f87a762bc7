import { setTimeout as wait } from 'node:timers/promises';
import { connect } from '../../deploy/connect.ts';
import { functionUrn } from '../../deploy/desired-function.ts';
import { readEnvironment } from '../../deploy/secret-values.ts';
import { FUNCTION_OF } from '../../deploy/service-file.ts';
import { nameOfDeployed, readService, type ServiceOptions } from '../invoke/read-service.ts';
import type { Place } from '../place.ts';
import { UsageError } from '../usage-error.ts';
import { eventPlace } from './event-place.ts';
import type { EventOptions } from './make-world.ts';
import { newProbe } from './new-probe.ts';
import { makeReceipts } from './receipts.ts';
import { checkFunction, type WatchingFunction, type WatchingTriggers } from './watching-function.ts';

/** What `--with-event` needs. */
export interface OpenedEvent extends EventOptions {
  readonly triggers: WatchingTriggers;
}

/**
 * Finds the deployed function that watches for a job, and makes certain that it starts nothing for the object of a probe.
 *
 * @param name of the function; `undefined`: as `serverless.yml` names it
 * @throws {UsageError} if that is not certain @throws {ConfigError} if the function or the ledger cannot be found
 */
export async function openEvent(
  here: Place,
  job: string,
  name: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<OpenedEvent> {
  if (here.kind === 'local')
    throw new UsageError('probe: --with-event: applies to deployed functions of an account: add --cloud');
  const { jobs } = await here.loadJobs();
  // The stage whose ledger is read.
  const stage = here.settings.MIGRATIONS_STAGE;
  const place = eventPlace(jobs, job);
  const probe = newProbe();
  const receipts = makeReceipts((await here.openLedger()).store, probe);
  const triggers = await checkFunction(
    await findFunction(here, { stage, region: jobs.region, ...(name === undefined ? {} : { name }) }, env),
    {
      place,
      probe,
      receipts,
    },
  );
  return { place, probe, receipts, encodesKeys: triggers.encodesKeys, triggers };
}

async function findFunction(
  { folder }: Place,
  options: ServiceOptions,
  env: NodeJS.ProcessEnv,
): Promise<WatchingFunction> {
  const file = await readService(folder, options);
  const { api, projectId } = await connect(
    { file, env: await readEnvironment(folder, env) },
    { wait: (ms) => wait(ms) },
  );
  const name = options.name ?? nameOfDeployed(file, FUNCTION_OF.objects);
  return { api, name, urn: `${functionUrn(file, projectId, name)}:latest` };
}
