import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { placesSchema, readPlacesFile } from '../../../../lib/cli/console/places-file.ts';
import { ConfigError } from '../../../../lib/kernel/errors.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const FULL = `places:
  - name: eu
    jobs: eu/migrations.yml
    stage: prod
    prefix: prod/
    region: eu-west-101
    project_id: 0123456789abcdef0123456789abcdef
  - { name: asia, jobs: ../asia/migrations.yml }
`;

describe('a places file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'places-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const read = async (text: string) => {
    const file = join(folder, 'places.yml');
    await writeFile(file, text);
    return readPlacesFile(file);
  };

  it('lists deployments, with paths relative to itself', async () => {
    expect(await read(FULL)).toEqual([
      {
        name: 'eu',
        jobs: join(folder, 'eu/migrations.yml'),
        stage: 'prod',
        prefix: 'prod/',
        region: 'eu-west-101',
        project_id: '0123456789abcdef0123456789abcdef',
      },
      { name: 'asia', jobs: join(folder, '../asia/migrations.yml') },
    ]);
  });

  it('may be JSON', async () => {
    expect(await read('{ "places": [ { "name": "a", "jobs": "/x.yml" } ] }')).toEqual([{ name: 'a', jobs: '/x.yml' }]);
  });

  it.each([
    ['places: []', /places: must have at least 1/],
    ['places:\n  - jobs: a.yml', /line 2, places\[0\]\.name: is missing/],
    ['places:\n  - name: a', /places\[0\]\.jobs: is missing/],
    ['places:\n  - { name: a, jobs: "" }', /places\[0\]\.jobs: must have at least 1 character/],
    ['places:\n  - { name: a/b, jobs: a.yml }', /line 2, places\[0\]\.name: must be at most 40 letters/],
    ['places:\n  - { name: a, jobs: a.yml, stag: prod }', /line 2, places\[0\]\.stag: .*stage/],
    ['places:\n  - { name: a, jobs: a.yml, secret_key: x }', /line 2, places\[0\]\.secret_key: /],
    ['places:\n  - { name: a, jobs: a.yml, stage: "a b" }', /places\[0\]\.stage: must be at most 63 letters/],
    ['places:\n  - { name: a, jobs: a.yml, prefix: prod }', /places\[0\]\.prefix: must be at most 64 letters/],
    ['places:\n  - { name: a, jobs: a.yml, region: europe }', /places\[0\]\.region: must be a region such as/],
    [
      'places:\n  - { name: a, jobs: a.yml }\n  - { name: a, jobs: b.yml }',
      /line 3, places\[1\]\.name: "a" is the name of another place, too/,
    ],
    ['[]', /must be an object/],
    ['places: [', /not valid YAML/],
  ])('with the text %j is refused', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
    await expect(read(text)).rejects.toBeInstanceOf(ConfigError);
  });

  it('that does not exist is refused with its name', async () => {
    await expect(readPlacesFile(join(folder, 'none.yml'))).rejects.toThrow(
      /^places file .*none\.yml: could not be read: .*ENOENT/,
    );
  });

  it('of any content is read, or refused with a ConfigError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        await read(text).then(
          (places) => expect(places.length).toBeGreaterThan(0),
          (error) => expect(error).toBeInstanceOf(ConfigError),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('has a JSON Schema, which docs/places.schema.json has as data', async () => {
    const isValid = new Ajv2020().compile(placesSchema());

    expect(isValid({ places: [{ name: 'eu', jobs: 'eu/migrations.yml', stage: 'prod' }] })).toBe(true);
    expect(isValid({ places: [{ name: 'eu', jobs: 'a.yml', secret_key: 'x' }] })).toBe(false);
    expect(isValid({ places: [] })).toBe(false);
    expect(JSON.parse(await readFile(join(ROOT, 'docs/places.schema.json'), 'utf8'))).toEqual(placesSchema());
  });
});
