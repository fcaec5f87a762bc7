import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Any topic URN in a text. */
const URN = /urn:smn:[a-z0-9-]+:[A-Za-z0-9]+:[A-Za-z0-9][A-Za-z0-9_-]{0,254}/g;

/**
 * The topics named in the `serverless.yml` beside a jobs file, which its alarm rules and failed events use; none if there is no such file. The file is read as text:
 * parameters and stages are not resolved.
 */
export async function serviceTopics(jobsFile: string | undefined): Promise<string[]> {
  if (jobsFile === undefined) return [];
  const text = await readFile(path.join(path.dirname(jobsFile), 'serverless.yml'), 'utf8').catch(() => '');
  return [...new Set(text.match(URN))];
}
