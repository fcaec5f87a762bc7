import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isRecord } from '../kernel/is-record.ts';

/**
 * `provider` of `serverless.yml`, as it is written: only the framework can resolve a variable.
 *
 * @returns an empty record when there is no such file, or it is not YAML
 */
export async function serviceProvider(folder: string): Promise<Record<string, unknown>> {
  const text = await readFile(join(folder, 'serverless.yml'), 'utf8').catch(() => '');
  try {
    const root: unknown = parse(text, { logLevel: 'silent' });
    return isRecord(root) && isRecord(root['provider']) ? root['provider'] : {};
  } catch {
    return {};
  }
}
