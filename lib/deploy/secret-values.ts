import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from '../kernel/errors.ts';

/** Reads a variable of the user's environment; `undefined` if it is not set or empty. */
export type Environment = (name: string) => string | undefined;

/** As `readVariables`, one variable at a time. */
export async function readEnvironment(serviceFolder: string, env: NodeJS.ProcessEnv): Promise<Environment> {
  const variables = await readVariables(serviceFolder, env);
  return (name) => variables[name] || undefined;
}

/**
 * The environment of this process, completed by a `.env` next to `serverless.yml` or `migrations.yml` for variables that are unset or empty.
 * The process environment itself is not changed, so that nothing can leak from it.
 *
 * @throws {ConfigError} if `.env` exists but can't be read
 */
export async function readVariables(folder: string, env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const file = join(folder, '.env');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new ConfigError(file, [{ path: [], message: `cannot be read: ${error.code ?? 'unknown error'}` }], {
      cause: error,
    });
  });
  const given = Object.entries(env).filter(([, value]) => value !== '');
  // Windows editors may add a byte order mark, which would become part of the first name.
  return { ...parseEnv(text.replace(/^\uFEFF/, '')), ...Object.fromEntries(given) };
}
