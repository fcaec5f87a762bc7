import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from '../kernel/errors.ts';

/** Reads a variable of whoever deploys; `undefined` when it is not there or empty. */
export type Environment = (name: string) => string | undefined;

/** As `readVariables`, one variable at a time. */
export async function readEnvironment(serviceFolder: string, env: NodeJS.ProcessEnv): Promise<Environment> {
  const variables = await readVariables(serviceFolder, env);
  return (name) => variables[name] || undefined;
}

/**
 * The environment of this process and, for what it lacks or has empty, a `.env` beside `serverless.yml` or `migrations.yml`. Nothing is added
 * to the process: what is not there can be printed by nobody.
 *
 * @throws {ConfigError} when `.env` is there and can't be read
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
  // An editor on Windows may begin the file with a byte order mark, which would be part of the first name.
  return { ...parseEnv(text.replace(/^\uFEFF/, '')), ...Object.fromEntries(given) };
}
