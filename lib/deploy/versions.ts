import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import { asStep } from './deploy-error.ts';
import { type Patience, tryAgain } from './try-again.ts';

/** The alias that names the version in use. */
export const DEFAULT_ALIAS = 'live';

export interface NamedFunction {
  readonly name: string;
  readonly urn: string;
}

/** The versions of a function that were published, the newest first; `latest` is none of them. */
export async function publishedVersions(api: FunctionGraph, { urn }: NamedFunction): Promise<string[]> {
  const rows = await api.listVersions(urn);
  return rows
    .map(({ version }) => String(version))
    .filter((version) => version !== 'latest')
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

/**
 * Makes what is deployed a version, and lets the alias name it.
 *
 * @returns the version's name; that of the last one when nothing has changed since
 * @throws {DeployError} when a call fails
 */
export async function publish(
  api: FunctionGraph,
  func: NamedFunction,
  { alias, description, patience }: { alias: string; description: string; patience: Patience },
): Promise<string> {
  return asStep(func.name, 'publish', async () => {
    const made = await tryAgain(() => api.createVersion(func.urn, description), patience);
    const version = made?.['version'] ?? (await publishedVersions(api, func))[0];
    if (version === undefined) throw new Error('the service says that nothing has changed, and lists no version');
    await pointAlias(api, func, alias, String(version), patience);
    return String(version);
  });
}

/**
 * Lets the alias name another version: the given one, or the one before that which it names.
 *
 * @returns the version's name
 * @throws {DeployError} when there is no such version, none before, no alias, or a call fails
 */
export async function rollback(
  api: FunctionGraph,
  func: NamedFunction,
  { alias, version, patience }: { alias: string; version?: string; patience: Patience },
): Promise<string> {
  return asStep(func.name, 'rollback', async () => {
    const versions = await tryAgain(() => publishedVersions(api, func), patience);
    const now = aliasVersion(await tryAgain(() => api.listAliases(func.urn), patience), alias);
    const wanted = version ?? (now === undefined ? undefined : versions[versions.indexOf(now) + 1]);
    if (wanted === undefined) {
      throw new Error(`there is no version before ${now ?? 'the first'}; publish one, or name one with --version`);
    }
    if (!versions.includes(wanted)) {
      throw new Error(`there is no version ${wanted}; there are ${versions.join(', ') || 'none'}`);
    }
    await pointAlias(api, func, alias, wanted, patience);
    return wanted;
  });
}

/** The version that an alias names; `undefined` when there is no such alias. */
function aliasVersion(aliases: readonly Fields[], alias: string): string | undefined {
  const found = aliases.find(({ name }) => name === alias);
  return found === undefined ? undefined : String(found['version']);
}

async function pointAlias(
  api: FunctionGraph,
  { urn }: NamedFunction,
  alias: string,
  version: string,
  patience: Patience,
) {
  const now = aliasVersion(await tryAgain(() => api.listAliases(urn), patience), alias);
  if (now === version) return;
  await tryAgain(
    () => (now === undefined ? api.createAlias(urn, alias, version) : api.updateAlias(urn, alias, version)),
    patience,
  );
}
