import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { FunctionSection, ProviderSection, ServiceFile } from '../../deploy/service-file.ts';
import { ConfigError, type Problem } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { SETTINGS } from '../../kernel/settings.ts';

const FILE = 'serverless.yml';
/** The keys of `provider` that say where functions are. */
const PROVIDER_KEYS = ['region', 'projectId', 'endpoint', 'package'] as const;

export interface ServiceOptions {
  readonly name?: string;
  readonly stage?: string;
  /** Where serverless.yml has none. */
  readonly region: string;
}

/**
 * Reads as much of `serverless.yml` as says where functions are deployed, and under which names. Without the file only a function whose name
 * is given can be found.
 *
 * @throws {ConfigError} when it is not there and no name is given, is no YAML, or has a variable (`${...}`) where a plain text is needed,
 *   which only the framework can resolve
 */
export async function readService(folder: string, options: ServiceOptions): Promise<ServiceFile> {
  const root = await readRoot(folder, options.name !== undefined);
  const given = recordIn(root, 'provider');
  const problems: Problem[] = [];
  const text = (from: Record<string, unknown>, path: readonly string[]): string | undefined => {
    const value = from[path.at(-1) ?? ''];
    if (typeof value !== 'string') return undefined;
    if (value.includes('${')) problems.push({ path, message: 'has a variable, which only the framework can resolve' });
    return value;
  };
  const provider = Object.fromEntries(
    PROVIDER_KEYS.flatMap((key) => {
      const value = text(given, ['provider', key]);
      return value === undefined ? [] : [[key, value]];
    }),
  ) as ProviderSection;
  const stage = options.stage ?? text(given, ['provider', 'stage']) ?? SETTINGS.MIGRATIONS_STAGE.fallback;
  const needsNames = options.name === undefined;
  const functions = Object.entries(needsNames ? recordIn(root, 'functions') : {}).flatMap(([key, own]) => {
    const name = isRecord(own) ? text(own, ['functions', key, 'name']) : undefined;
    return name === undefined ? [] : [[key, { name }] as [string, FunctionSection]];
  });
  const service = needsNames ? text(root, ['service']) : '';
  if (service === undefined) problems.push({ path: ['service'], message: 'must be a string' });
  if (problems.length > 0) throw new ConfigError(FILE, problems);
  return {
    service: service ?? '',
    stage,
    provider: { region: options.region, ...provider },
    functions: new Map(functions),
  };
}

/** The name that a function has when it is deployed, as the framework makes it. */
export function nameOfDeployed({ service, stage, functions }: ServiceFile, key: string): string {
  return functions.get(key)?.name ?? `${service}-${stage}-${key}`;
}

async function readRoot(folder: string, mayBeMissing: boolean): Promise<Record<string, unknown>> {
  const file = join(folder, FILE);
  try {
    const root: unknown = parse(await readFile(file, 'utf8'));
    return isRecord(root) ? root : {};
  } catch (cause) {
    const isMissing = isRecord(cause) && cause['code'] === 'ENOENT';
    if (isMissing && mayBeMissing) return {};
    const message = isMissing
      ? `${file} does not exist: give the function's name with --name`
      : `${file} can't be read or is no YAML`;
    throw new ConfigError(FILE, [{ path: [], message }], { cause });
  }
}

function recordIn(from: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = from[key];
  return isRecord(value) ? value : {};
}
