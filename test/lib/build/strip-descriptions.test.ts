import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildForTest } from '../../fixtures/built-functions.ts';
import { JOBS_YAML } from '../../fixtures/jobs.ts';

it('is safe, because only what writes schemas and pages reads a description', () => {
  const lib = join(import.meta.dirname, '../../../lib');
  const readers = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && /\.doc\b/.test(readFileSync(join(lib, file), 'utf8')),
  );

  expect(readers).toEqual(['jobs/field-schema.ts']);
});

describe('a bundle', () => {
  let built: Awaited<ReturnType<typeof buildForTest>>;
  beforeAll(async () => {
    built = await buildForTest(JOBS_YAML);
  });
  afterAll(() => built.remove());
  const textOf = (name: string) => readFile(join(built.folderOf(name), 'main.js'), 'utf8');

  it.each(['backup-landed', 'schedule', 'reconcile'])('of %s has no description of a field', async (name) => {
    const described = (await textOf(name)).match(/\bdoc:(?:"[^"]+"|'[^']+'|`[^`]+`)/g);

    expect(described).toBeNull();
  });

  it('of webhook has those that its OpenAPI document shows', async () => {
    const shown = (await textOf('webhook')).includes('What to import. Default: {absent}.');

    expect(shown).toBe(true);
  });
});
