import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Schema, tableSchema } from '../../jobs/field-schema.ts';
import { parseYaml } from '../../jobs/parse-yaml.ts';
import { ConfigError, messageOf, type Problem } from '../../kernel/errors.ts';
import { PROJECT_ID } from '../../kernel/project-id.ts';
import { REGION } from '../../kernel/region.ts';
import { SETTINGS, STAGE_PREFIX } from '../../kernel/settings.ts';
import { checkFields } from '../../schema/check-fields.ts';
import type { FieldTable, ValuesOf } from '../../schema/fields.ts';

/** A name that fits into a column, and into a path of a URL. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/;
const STAGE = /^[A-Za-z0-9._-]{1,63}$/;
/** More than anyone would watch on one page. */
const MAX_PLACES = 50;

/** A deployment in a places file. */
const PLACE = {
  name: {
    type: 'string',
    required: true,
    pattern: NAME,
    expected: 'at most 40 letters, digits, spaces, ".", "_" and "-", the first a letter or digit',
    doc: 'What the console calls it; unique in the file.',
  },
  jobs: {
    type: 'string',
    required: true,
    min: 1,
    doc: 'Its jobs file, relative to this file: it names the ledger and the region. Stage and prefix are those of the serverless.yml beside it.',
  },
  stage: {
    type: 'string',
    pattern: STAGE,
    expected: SETTINGS.MIGRATIONS_STAGE.expected,
    doc: 'Its stage, if it is not that of serverless.yml: what was deployed with --stage.',
  },
  prefix: {
    type: 'string',
    max: 64,
    pattern: STAGE_PREFIX,
    expected: SETTINGS.MIGRATIONS_PREFIX.expected,
    doc: 'The prefix of its stage, if serverless.yml sets it with a parameter.',
  },
  region: {
    type: 'string',
    pattern: REGION,
    expected: SETTINGS.HUAWEICLOUD_REGION.expected,
    doc: 'Its region, if its functions have HUAWEICLOUD_REGION.',
  },
  project_id: {
    type: 'string',
    pattern: PROJECT_ID,
    expected: SETTINGS.HUAWEICLOUD_PROJECT_ID.expected,
    doc: 'Its project. Runs of others are then told apart; cancelling a run that has a task needs it.',
  },
} as const satisfies FieldTable;

const FILE = {
  places: {
    type: 'list',
    required: true,
    min: 1,
    max: MAX_PLACES,
    doc: 'The deployments that the console shows as one list.',
    of: { type: 'object', doc: 'A deployment.', fields: PLACE },
  },
} as const satisfies FieldTable;

/** A deployment, with the absolute path of its jobs file. */
export type ListedPlace = ValuesOf<typeof PLACE>;

/**
 * Reads the file that `npx migrations console --places` names: YAML or JSON.
 *
 * @throws {ConfigError} when it can't be read, or with every problem in it, each with its line
 */
export async function readPlacesFile(path: string): Promise<readonly ListedPlace[]> {
  const what = `places file ${path}`;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(what, [{ path: [], message: `could not be read: ${messageOf(cause)}` }], { cause });
  });
  const { document, lineOf } = await parseYaml(text, what);
  const { value, problems } = checkFields(FILE, document, { mode: 'filled' });
  const places = (problems.length > 0 ? [] : value['places']) as readonly ListedPlace[];
  const found: Problem[] = [...problems];
  for (const [i, { name }] of places.entries()) {
    if (places.findIndex((one) => one.name === name) === i) continue;
    found.push({ path: ['places', i, 'name'], message: `${JSON.stringify(name)} is the name of another place, too` });
  }
  const withLine = (problem: Problem): Problem => {
    const line = lineOf(problem.path);
    return line === undefined ? problem : { ...problem, line };
  };
  if (found.length > 0) throw new ConfigError(what, found.map(withLine));
  return places.map((place) => ({ ...place, jobs: resolve(dirname(path), place.jobs) }));
}

/** The JSON Schema of such a file: docs/places.schema.json. */
export function placesSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Deployments that npx migrations console shows as one list',
    ...tableSchema(FILE, 'file'),
  };
}
