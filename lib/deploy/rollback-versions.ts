import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import type { ChosenFunction } from './chosen-functions.ts';
import { asStep, DeployError } from './deploy-error.ts';
import { aliasVersion, publishedVersions } from './versions.ts';
import { type RetryOptions, withRetries } from './with-retries.ts';

export interface FunctionVersion {
  readonly func: ChosenFunction;
  readonly version: string;
}

/** The published versions of a function, newest first, and the one that the alias points to. */
interface Place {
  readonly func: ChosenFunction;
  readonly versions: readonly string[];
  readonly current: string | undefined;
}

interface VersionOptions {
  readonly alias: string;
  readonly given: string | undefined;
  readonly retry: RetryOptions;
}

/**
 * The version of each function that a rollback goes to: the given one, or the one before that of the alias. Reads only.
 *
 * @throws {DeployError} if the version, a previous one or the alias does not exist, if the aliases show that an earlier rollback went back
 * with only some of the functions, or if a call fails
 */
export async function chooseVersions(
  api: FunctionGraph,
  functions: readonly ChosenFunction[],
  { alias, given, retry }: VersionOptions,
): Promise<FunctionVersion[]> {
  const places: Place[] = [];
  for (const func of functions)
    places.push(await asStep(func.name, 'rollback', () => placeOf(api, func, alias, retry)));
  if (given === undefined) refuseUneven(places, alias);
  const chosen: FunctionVersion[] = [];
  for (const place of places) {
    const version = await asStep(place.func.name, 'rollback', async () => versionOf(place, alias, given));
    chosen.push({ func: place.func, version });
  }
  return chosen;
}

/** What completes a rollback to these versions, from any state. */
export function sameCommandTo(chosen: readonly FunctionVersion[]): string {
  const names = new Set(chosen.map(({ version }) => version));
  const options =
    names.size === 1
      ? [...names].map((version) => `--to ${version}`)
      : chosen.map(({ func, version }) => `-f ${func.key} --to ${version}`);
  return `run the same command again with ${options.join(', ')}`;
}

async function placeOf(api: FunctionGraph, func: ChosenFunction, alias: string, retry: RetryOptions): Promise<Place> {
  const versions = await withRetries(() => publishedVersions(api, func), retry);
  const current = aliasVersion(await withRetries(() => api.listAliases(func.urn), retry), alias);
  return { func, versions, current };
}

/**
 * Refuses if some aliases are further behind the newest version than others: from there, "the previous version" would take the functions that
 * went back already one version too far. Counted, not compared by name, because the service names versions after the second of their creation.
 */
function refuseUneven(places: readonly Place[], alias: string): void {
  const behind = places.flatMap(({ func, versions, current }) =>
    current === undefined ? [] : [{ func, versions, current, steps: versions.indexOf(current) }],
  );
  const [other, ...rest] = behind.sort((a, b) => a.steps - b.steps);
  const furthest = rest.at(-1);
  if (!other || !furthest || other.steps === furthest.steps) return;
  const targets = places.flatMap(({ func, versions }) => {
    const version = versions[furthest.steps];
    return version === undefined ? [] : [{ func, version }];
  });
  const why = `${alias} is ${other.current}, but ${furthest.current} of ${furthest.func.name}, so it is not clear which version is the previous one`;
  const next = `To complete a rollback that was interrupted, ${sameCommandTo(targets)}`;
  throw new DeployError(other.func.name, 'rollback', `${why}. ${next}`);
}

function versionOf({ versions, current }: Place, alias: string, given: string | undefined): string {
  const version = given ?? (current === undefined ? undefined : versions[versions.indexOf(current) + 1]);
  if (version === undefined) {
    const why = current === undefined ? `there is no alias ${alias}` : `there is no version before ${current}`;
    const choice = versions.length === 0 ? 'publish one first' : 'give one with --to, or other functions with -f';
    throw new Error(`${why}; ${choice}`);
  }
  if (!versions.includes(version)) {
    throw new Error(`no such version ${version}; there are ${versions.join(', ') || 'none'}`);
  }
  return version;
}
