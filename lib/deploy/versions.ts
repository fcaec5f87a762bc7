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

/** The version that an alias points to; `undefined` if there is no such alias. */
export function aliasVersion(aliases: readonly Fields[], alias: string): string | undefined {
  const found = aliases.find(({ name }) => name === alias);
  return found === undefined ? undefined : String(found['version']);
}

/** Points an alias to a version; creates the alias if there is none. */
export async function pointAlias(
  api: FunctionGraph,
  { urn }: NamedFunction,
  alias: string,
  version: string,
  retry: RetryOptions,
): Promise<void> {
  const current = aliasVersion(await withRetries(() => api.listAliases(urn), retry), alias);
  if (current === version) return;
  await withRetries(
    () => (current === undefined ? api.createAlias(urn, alias, version) : api.updateAlias(urn, alias, version)),
    retry,
  );
}
