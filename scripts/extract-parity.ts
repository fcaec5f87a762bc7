// `npm run parity -- <checkout>`: writes packages/local-cloud/parity/*.json, the facts of the public SDK models.
//
// The checkout is one of huaweicloud-sdk-nodejs-v3. Its sources are generated, with one declaration on a line, and are read line by line.
// Only facts are taken: names, methods, paths, types, enums, what is mandatory. The SDK has no status codes.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Facts, FactsField, FactsFile, FactsOperation } from '../packages/local-cloud/parity/facts.ts';
import { formatFacts } from './parity/format-facts.ts';
import { readClient } from './parity/sdk-client.ts';
import { SdkModels } from './parity/sdk-models.ts';

/** The folder of each file's client, below `services`. */
const FOLDERS: Readonly<Record<FactsFile, string>> = {
  dcs: 'dcs/v2',
  sms: 'sms/v3',
  functiongraph: 'functiongraph/v2',
  iam: 'iam/v3',
  'iam-v5': 'iam/v5',
  smn: 'smn/v2',
  ces: 'ces/v1',
  csms: 'csms/v1',
  ecs: 'ecs/v2',
};

type Release = Pick<Facts['source'], 'version' | 'date'>;

const [checkout] = process.argv.slice(2);
if (checkout === undefined) throw new Error('usage: npm run parity -- <checkout of huaweicloud-sdk-nodejs-v3>');
const release = readRelease(checkout);
for (const [file, folder] of Object.entries(FOLDERS)) {
  const target = new URL(`../packages/local-cloud/parity/${file}.json`, import.meta.url);
  writeFileSync(target, formatFacts(extract(path.join(checkout, 'services', folder), { folder, ...release })));
}

/** The version is in the subject of the release's commit. */
function readRelease(root: string): Release {
  const log = execFileSync('git', ['-C', root, 'log', '-1', '--format=%cs %s'], { encoding: 'utf8' });
  const [, date, version] = /^(\S+) release (\S+)/.exec(log) ?? [];
  if (date === undefined || version === undefined)
    throw new Error(
      `read the version of ${root}: expected the last commit to be "release <version> ...", got "${log.trim()}"`,
    );
  return { version, date };
}

function extract(folder: string, source: Facts['source']): Facts {
  const types: Record<string, Record<string, FactsField>> = {};
  const models = new SdkModels(path.join(folder, 'model'));
  const operations = readClient(folder, models).sort(byName);
  for (const { body, response } of operations) models.collect(`${body} ${response}`, types);
  const sorted = Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1));
  return { source, operations, types: Object.fromEntries(sorted) };
}

function byName(a: FactsOperation, b: FactsOperation): number {
  return a.name < b.name ? -1 : 1;
}
