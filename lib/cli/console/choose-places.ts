import { dirname, relative } from 'node:path';
import { type ConsolePlace, LOCAL_PACE, REMOTE_PACE } from '../../console/ledger/console-place.ts';
import { readOnlyStore } from '../../console/ledger/read-only-store.ts';
import { choosePlace, type Place, type PlaceOptions } from '../place.ts';
import { placeFlags } from '../runs/place-flags.ts';
import { UsageError } from '../usage-error.ts';
import { findDeployments } from './find-deployments.ts';
import { type ListedPlace, readPlacesFile } from './places-file.ts';

export interface PlacesOptions extends PlaceOptions {
  readonly region?: readonly string[];
  readonly places?: string;
}

interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The one place of the other options. */
  place(): Promise<Place>;
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
export async function choosePlaces(
  options: PlacesOptions,
  { env, cwd, place }: Context,
  allowChanges: boolean,
): Promise<readonly ConsolePlace[]> {
  const { region, places: file, jobs, local } = options;
  if (!region && file === undefined) return [await onePlace(options, await place(), allowChanges)];
  if (region && file !== undefined) throw new UsageError('--region and --places cannot be combined');
  if (jobs !== undefined || local) {
    const given = jobs === undefined ? '--local' : '--jobs';
    throw new UsageError(`${given} names one place: it cannot be combined with ${region ? '--region' : '--places'}`);
  }
  const listed = region ? await findDeployments(region, cwd) : await readPlacesFile(file ?? '');
  return listed.map((one) => listedPlace(one, { env, cwd }, allowChanges));
}

async function onePlace(options: PlaceOptions, place: Place, allowChanges: boolean): Promise<ConsolePlace> {
  const isFolder = place.settings.MIGRATIONS_LEDGER_FOLDER !== undefined;
  return {
    name: place.kind,
    pace: isFolder ? LOCAL_PACE : REMOTE_PACE,
    open: () => open(place, allowChanges),
    command: { before: '', flags: placeFlags(options) },
  };
}

function listedPlace(listed: ListedPlace, { env, cwd }: Omit<Context, 'place'>, allowChanges: boolean): ConsolePlace {
  const { MIGRATIONS_FILE: _file, MIGRATIONS_LEDGER_FOLDER: _folder, ...rest } = env;
  const settings = Object.entries(OF_ONE).map(([name, member]) => [name, listed[member]] as const);
  const own = { ...rest, ...Object.fromEntries(settings) };
  const given = settings.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value} `]));
  return {
    name: listed.name,
    pace: REMOTE_PACE,
    open: async () =>
      open(await choosePlace({ jobs: listed.jobs, cloud: true }, own, dirname(listed.jobs)), allowChanges),
    command: { before: given.join(''), flags: ` --jobs ${relative(cwd, listed.jobs)} --cloud` },
  };
}

async function open(place: Place, allowChanges: boolean): ReturnType<ConsolePlace['open']> {
  const ledger = await place.openLedger();
  return {
    ledger: allowChanges ? ledger : { ...ledger, store: readOnlyStore(ledger.store) },
    where: await place.ledgerName(),
    loadJobs: async () => (await place.loadJobs()).jobs,
  };
}
