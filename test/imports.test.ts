import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * The layers from the ground up, and what each may import besides itself: only layers above it in this table. So imports point one way, and a
 * cycle cannot be written down. Imports of types count.
 */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  // Errors, codes, secrets, log, settings, shapes of ids: used everywhere, and depending on nothing.
  'lib/kernel': [],
  // Tables of fields, their checks, and the wording of findings and values.
  'lib/schema': ['lib/kernel'],
  // The interfaces that runs need of services and of a ledger's store.
  'lib/ports': ['lib/kernel'],
  'lib/events': ['lib/kernel'],
  'lib/migrations': ['lib/kernel', 'lib/schema', 'lib/ports'],
  'lib/jobs': ['lib/kernel', 'lib/schema', 'lib/events', 'lib/migrations'],
  'lib/runs': ['lib/kernel', 'lib/schema', 'lib/ports', 'lib/events', 'lib/migrations', 'lib/jobs'],
  // What every function does around its work.
  'lib/platform': ['lib/kernel', 'lib/ports', 'lib/jobs', 'lib/runs'],
  'lib/webhook': ['lib/kernel', 'lib/events', 'lib/migrations', 'lib/jobs', 'lib/runs', 'lib/platform'],
  'lib/cloud/transport': ['lib/kernel', 'lib/ports'],
  'lib/cloud/dcs': ['lib/kernel', 'lib/ports', 'lib/cloud/transport'],
  'lib/cloud/sms': ['lib/kernel', 'lib/ports', 'lib/cloud/transport'],
  'lib/cloud/obs': ['lib/kernel', 'lib/ports', 'lib/cloud/transport'],
  'lib/cloud': [
    'lib/kernel',
    'lib/ports',
    'lib/migrations',
    'lib/runs',
    'lib/platform',
    'lib/cloud/transport',
    'lib/cloud/dcs',
    'lib/cloud/sms',
    'lib/cloud/obs',
  ],
  functions: ['lib/kernel', 'lib/events', 'lib/runs', 'lib/platform', 'lib/webhook', 'lib/cloud'],
  // Programs for people, from here on. The cloud calls that only they make:
  'lib/cloud/programs': [
    'lib/kernel',
    'lib/ports',
    'lib/platform',
    'lib/cloud/transport',
    'lib/cloud/obs',
    'lib/cloud',
  ],
  // The local cloud tests the rest, so it must not share its mistakes.
  'packages/local-cloud': [],
  'lib/local-system': ['lib/kernel', 'lib/schema', 'lib/migrations', 'lib/jobs', 'lib/runs', 'packages/local-cloud'],
  'lib/build': ['lib/kernel', 'lib/jobs', 'lib/platform', 'lib/cloud/dcs', 'lib/cloud/sms', 'lib/cloud/obs'],
  'lib/deploy': [
    'lib/kernel',
    'lib/schema',
    'lib/ports',
    'lib/jobs',
    'lib/cloud/transport',
    'lib/cloud/obs',
    'lib/cloud',
    'lib/cloud/programs',
    'packages/local-cloud',
    'lib/local-system',
    'lib/build',
  ],
  'lib/console': [
    'lib/kernel',
    'lib/schema',
    'lib/ports',
    'lib/migrations',
    'lib/jobs',
    'lib/runs',
    'packages/local-cloud',
    'lib/local-system',
    'lib/build',
  ],
  'lib/cli': [
    'lib/kernel',
    'lib/schema',
    'lib/ports',
    'lib/events',
    'lib/migrations',
    'lib/jobs',
    'lib/runs',
    'lib/platform',
    'lib/webhook',
    'lib/cloud/transport',
    'lib/cloud',
    'lib/cloud/programs',
    'packages/local-cloud',
    'lib/local-system',
    'lib/build',
    'lib/deploy',
    'lib/console',
  ],
  scripts: [
    'lib/kernel',
    'lib/schema',
    'lib/migrations',
    'lib/jobs',
    'lib/webhook',
    'packages/local-cloud',
    'lib/local-system',
    'lib/build',
    'lib/deploy',
    'lib/cli',
  ],
};

/** In the bundles of the functions, and needed by nobody who installs the package. */
const ONLY_BUNDLED = ['aws-lambda', '@middy/core', '@middy/http-security-headers'];

const ORDER = Object.keys(LAYERS);
/** Programs start at this row; everything above it is part of functions, or may be. */
const PROGRAMS = ORDER.slice(ORDER.indexOf('lib/cloud/programs'));
const ROOT = join(import.meta.dirname, '..');
const BY_LENGTH = [...ORDER].sort((a, b) => b.length - a.length);

function layerOf(file: string): string {
  const layer = BY_LENGTH.find((candidate) => file.startsWith(`${candidate}/`));
  if (!layer) throw new Error(`${file} is not in a known layer`);
  return layer;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file}`);
}

/** What a file imports, re-exports or loads on demand, as a value or as a type. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:^import |\bfrom |\bimport\()'([^'\s]+)'/gm)].map(([, name]) => name ?? '');
}

/** The other layers that a file imports from. */
function layersFor(file: string): string[] {
  return importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => layerOf(relative(ROOT, join(ROOT, dirname(file), name))))
    .filter((layer) => layer !== layerOf(file));
}

const files = ['functions', 'lib', 'packages/local-cloud/src', 'scripts'].flatMap(sources);

describe('imports', () => {
  it('finds sources in every layer', () => {
    expect([...new Set(files.map(layerOf))].sort()).toEqual([...ORDER].sort());
  });

  it.each(ORDER)('of %s may point only to layers above it in the table', (layer) => {
    expect(LAYERS[layer]).toEqual(
      ORDER.slice(0, ORDER.indexOf(layer)).filter((above) => LAYERS[layer]?.includes(above)),
    );
  });

  it.each(files)('of %s point only to allowed layers', (file) => {
    expect(layersFor(file).filter((to) => !LAYERS[layerOf(file)]?.includes(to))).toEqual([]);
  });

  it.each(ORDER)('of %s use every layer that it may', (layer) => {
    const used = new Set(files.filter((file) => layerOf(file) === layer).flatMap(layersFor));

    expect(LAYERS[layer]?.filter((to) => !used.has(to))).toEqual([]);
  });

  it('of an SDK are in lib/cloud only', () => {
    const wrong = files.filter(
      (file) =>
        !layerOf(file).startsWith('lib/cloud') &&
        importsOf(file).some((name) => /^(@huaweicloud\/|esdk-obs)/.test(name)),
    );

    expect(wrong).toEqual([]);
  });

  it('of packages by packages/local-cloud are listed in its package.json', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'packages/local-cloud/package.json'), 'utf8'));
    const wrong = files
      .filter((file) => layerOf(file) === 'packages/local-cloud')
      .flatMap(importsOf)
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !(name in dependencies));

    expect(wrong).toEqual([]);
  });

  it('of development packages are in programs only, and not in functions', () => {
    const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
    const { dependencies } = read('package.json');
    const { optionalDependencies } = read('packages/official-clients/package.json');
    const runtime = [...ONLY_BUNDLED, ...Object.keys({ ...dependencies, ...optionalDependencies })];
    const wrong = files
      .filter((file) => !PROGRAMS.includes(layerOf(file)))
      .flatMap((file) => importsOf(file).map((name) => `${file}: ${name}`))
      .filter((line) => {
        const name = line.slice(line.indexOf(': ') + 2);
        const isPackage = !name.startsWith('.') && !name.startsWith('node:');
        return isPackage && !runtime.some((known) => name === known || name.startsWith(`${known}/`));
      });

    expect(wrong).toEqual([]);
  });
});
