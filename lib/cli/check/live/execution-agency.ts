import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isRecord } from '../../../migrations/describe-value.ts';

/**
 * The agency whose keys the functions get, as `serverless.yml` says it in plain text.
 *
 * @returns `undefined` when there is no such file, or it does not say so: only the framework can resolve a variable
 */
export async function executionAgency(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'serverless.yml'), 'utf8').catch(() => '');
  let root: unknown;
  try {
    root = parse(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
  const provider = isRecord(root) && isRecord(root['provider']) ? root['provider'] : {};
  const name = provider['executionAgency'] ?? provider['agency'];
  return typeof name === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(name) ? name : undefined;
}
