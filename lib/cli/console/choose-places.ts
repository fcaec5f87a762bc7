import { dirname, relative } from 'node:path';
import { type ConsolePlace, LOCAL_PACE, REMOTE_PACE } from '../../console/ledger/console-place.ts';
import { readOnlyStore } from '../../console/ledger/read-only-store.ts';
import type { Logger } from '../../kernel/logger.ts';
import { choosePlace, type Place, type PlaceOptions } from '../place.ts';
import { placeFlags } from '../runs/place-flags.ts';
import { UsageError } from '../usage-error.ts';
import { findDeployments } from './find-deployments.ts';
import { type ListedPlace, readPlacesFile } from './places-file.ts';
import { prepareChange } from './prepare-change.ts';

export interface PlacesOptions extends PlaceOptions {
  readonly allowChanges?: boolean;
  readonly region?: readonly string[];
  readonly places?: string;
}

interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The one place of the other options. */
  place(): Promise<Place>;
  /** Of the services that a change calls. */
  readonly log: Logger;
}

/** The settings that belong to one deployment, and what a places file calls them. */
const OF_ONE = {
  MIGRATIONS_STAGE: 'stage',
  MIGRATIONS_PREFIX: 'prefix',
  HUAWEICLOUD_REGION: 'region',
  HUAWEICLOUD_PROJECT_ID: 'project_id',
} as const;

/**
 * The places whose ledgers the console shows: that of any command, or several. Only with `allowChanges` can something be written to their ledgers.
 *
 * @throws {UsageError} for options that exclude each other, and for a region without a deployment {ConfigError} for a places file with problems
 */
export async function choosePlaces(options: PlacesOptions, context: Context): Promise<readonly ConsolePlace[]> {
  const { region, places: file, jobs, local, allowChanges = false } = options;
  const changes = allowChanges ? context.log : undefined;
  if (!region && file === undefined) return [await onePlace(options, await context.place(), changes)];
  if (region && file !== undefined) throw new UsageError('--region and --places cannot be combined');
  if (jobs !== undefined || local) {
    const given = jobs === undefined ? '--local' : '--jobs';
    throw new UsageError(`${given} names one place: it cannot be combined with ${region ? '--region' : '--places'}`);
  }
  const listed = region ? await findDeployments(region, context.cwd) : await readPlacesFile(file ?? '');
  return listed.map((one) => listedPlace(one, context, changes));
}

/** @param log of changes; absent if none are allowed */
async function onePlace(options: PlaceOptions, place: Place, log: Logger | undefined): Promise<ConsolePlace> {
  const flags = placeFlags(options);
  const isFolder = place.settings.MIGRATIONS_LEDGER_FOLDER !== undefined;
  return {
    name: place.kind,
    pace: isFolder ? LOCAL_PACE : REMOTE_PACE,
    open: () => open(place, flags, log),
    command: { before: '', flags },
  };
}

function listedPlace(listed: ListedPlace, { env, cwd }: Context, log: Logger | undefined): ConsolePlace {
  const { MIGRATIONS_FILE: _file, MIGRATIONS_LEDGER_FOLDER: _folder, ...rest } = env;
  const settings = Object.entries(OF_ONE).map(([name, member]) => [name, listed[member]] as const);
  const own = { ...rest, ...Object.fromEntries(settings) };
  const given = settings.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value} `]));
  const flags = placeFlags({ jobs: relative(cwd, listed.jobs), cloud: true });
  return {
    name: listed.name,
    pace: REMOTE_PACE,
    open: async () =>
      open(await choosePlace({ jobs: listed.jobs, cloud: true }, own, dirname(listed.jobs)), flags, log),
    command: { before: given.join(''), flags },
  };
}

async function open(place: Place, flags: string, log: Logger | undefined): ReturnType<ConsolePlace['open']> {
  const ledger = await place.openLedger();
  return {
    ledger: log ? ledger : { ...ledger, store: readOnlyStore(ledger.store) },
    where: await place.ledgerName(),
    loadJobs: async () => (await place.loadJobs()).jobs,
    ...(log ? { prepareChange: (request) => prepareChange(request, { place, ledger, flags, log }) } : {}),
  };
}
