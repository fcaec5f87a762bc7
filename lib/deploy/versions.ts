import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import { asStep } from './deploy-error.ts';
import { type RetryOptions, withRetries } from './with-retries.ts';

/** The alias of the version in use. */
export const DEFAULT_ALIAS = 'live';

export interface NamedFunction {
  readonly name: string;
  readonly urn: string;
}

/** The published versions of a function, newest first, without `latest`. */
export async function publishedVersions(api: FunctionGraph, { urn }: NamedFunction): Promise<string[]> {
  const rows = await api.listVersions(urn);
  return rows
    .map(({ version }) => String(version))
    .filter((version) => version !== 'latest')
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

/**
 * Publishes the deployed function as a version, and points the alias to it.
 *
 * @returns the version's name; the latest one if nothing has changed since
 * @throws {DeployError} if a call fails
 */
export async function publish(
  api: FunctionGraph,
  func: NamedFunction,
  { alias, description, retry }: { alias: string; description: string; retry: RetryOptions },
): Promise<string> {
  return asStep(func.name, 'publish', async () => {
    const made = await withRetries(() => api.createVersion(func.urn, description), retry);
    const version = made?.['version'] ?? (await publishedVersions(api, func))[0];
    if (version === undefined) throw new Error('the service reports no changes, but lists no version');
    await pointAlias(api, func, alias, String(version), retry);
    return String(version);
  });
}

/**
 * Points the alias to another version: the given one, or the one before the current one.
 *
 * @returns the version's name
 * @throws {DeployError} if there is no such version, no previous version or no alias, or a call fails
 */
export async function rollback(
  api: FunctionGraph,
  func: NamedFunction,
  { alias, version, retry }: { alias: string; version?: string; retry: RetryOptions },
): Promise<string> {
  return asStep(func.name, 'rollback', async () => {
    const versions = await withRetries(() => publishedVersions(api, func), retry);
    const current = aliasVersion(await withRetries(() => api.listAliases(func.urn), retry), alias);
    const desired = version ?? (current === undefined ? undefined : versions[versions.indexOf(current) + 1]);
    if (desired === undefined) {
      throw new Error(`there is no version before ${current ?? 'the first'}; publish one, or give one with --version`);
    }
    if (!versions.includes(desired)) {
      throw new Error(`no such version ${desired}; there are ${versions.join(', ') || 'none'}`);
    }
    await pointAlias(api, func, alias, desired, retry);
    return desired;
  });
}

/** The version that an alias points to; `undefined` if there is no such alias. */
function aliasVersion(aliases: readonly Fields[], alias: string): string | undefined {
  const found = aliases.find(({ name }) => name === alias);
  return found === undefined ? undefined : String(found['version']);
}

async function pointAlias(
  api: FunctionGraph,
  { urn }: NamedFunction,
  alias: string,
  version: string,
  retry: RetryOptions,
) {
  const current = aliasVersion(await withRetries(() => api.listAliases(urn), retry), alias);
  if (current === version) return;
  await withRetries(
    () => (current === undefined ? api.createAlias(urn, alias, version) : api.updateAlias(urn, alias, version)),
    retry,
  );
}
