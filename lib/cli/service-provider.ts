import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isRecord } from '../kernel/is-record.ts';

/**
 * `provider` of `serverless.yml`, as written: only the framework can resolve variables.
 *
 * @returns an empty record if there is no such file, or it is not valid YAML
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
