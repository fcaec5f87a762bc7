import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** Reads a variable of whoever deploys; `undefined` when it is not there or empty. */
export type Environment = (name: string) => string | undefined;

/**
 * The environment of this process and, for what it lacks, a `.env` beside `serverless.yml`. Nothing is added to the process: what is not
 * there can be printed by nobody.
 *
 * @throws when `.env` is there and can't be read
 */
export async function readEnvironment(serviceFolder: string, env: NodeJS.ProcessEnv): Promise<Environment> {
  const text = await readFile(join(serviceFolder, '.env'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new Error(`read .env: ${error.code ?? 'unknown error'}`, { cause: error });
  });
  const file = parseEnv(text) as Record<string, string | undefined>;
  return (name) => env[name] || file[name] || undefined;
}
