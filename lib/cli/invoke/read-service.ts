import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { FunctionSection, ProviderSection, ServiceFile } from '../../deploy/service-file.ts';
import { ConfigError, type Problem } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { SETTINGS } from '../../kernel/settings.ts';

const FILE = 'serverless.yml';
/** The keys of `provider` that locate functions. */
const PROVIDER_KEYS = ['region', 'projectId', 'endpoint', 'package'] as const;

export interface ServiceOptions {
  readonly name?: string;
  readonly stage?: string;
  /** Used if serverless.yml has none. */
  readonly region: string;
}

/**
 * Reads those parts of `serverless.yml` that say where functions are deployed, and under which names. Without the file, a function can only
 * be found by a given name.
 *
 * @throws {ConfigError} if it is missing and no name is given, is not valid YAML, or has a variable (`${...}`), which only the framework can
 *   resolve, where a literal is needed
 */
export async function readService(folder: string, options: ServiceOptions): Promise<ServiceFile> {
  const root = await readRoot(folder, options.name !== undefined);
  const given = recordIn(root, 'provider');
  const problems: Problem[] = [];
  const text = (from: Record<string, unknown>, path: readonly string[]): string | undefined => {
    const value = from[path.at(-1) ?? ''];
    if (typeof value !== 'string') return undefined;
    if (value.includes('${'))
      problems.push({ path, message: 'must be a literal: only the framework can resolve a variable' });
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

/** The name of a function once deployed, as the framework builds it. */
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
      : `${file} can't be read, or is not valid YAML`;
    throw new ConfigError(FILE, [{ path: [], message }], { cause });
  }
}

function recordIn(from: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = from[key];
  return isRecord(value) ? value : {};
}
