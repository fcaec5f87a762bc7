import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * Who may import what. A row is a place; it may import itself and what is named. Imports point one way:
 * functions -> topics -> the interfaces that a topic declares <- lib/cloud.
 */
const ALLOWED: Record<string, readonly string[]> = {
  functions: ['lib', 'lib/events', 'lib/runs', 'lib/webhook', 'lib/cloud'],
  lib: ['lib/jobs', 'lib/migrations', 'lib/runs'],
  'lib/events': ['lib'],
  'lib/jobs': ['lib', 'lib/events', 'lib/migrations'],
  'lib/migrations': ['lib'],
  'lib/runs': ['lib', 'lib/events', 'lib/jobs', 'lib/migrations'],
  'lib/webhook': ['lib', 'lib/events', 'lib/jobs', 'lib/migrations', 'lib/runs'],
  'lib/cloud': ['lib', 'lib/migrations', 'lib/runs'],
  // The local cloud judges the rest: it may not share its mistakes.
  'packages/local-cloud': [],
  // The provider is wiring, and builds what it deploys.
  'lib/deploy': ['lib', 'lib/jobs', 'lib/migrations', 'lib/cloud', 'scripts'],
  // What plays the whole system on this machine, the command line and the console are wiring for people: they use whatever answers them.
  'lib/local-system': ['lib', 'lib/events', 'lib/jobs', 'lib/migrations', 'packages/local-cloud'],
  'lib/cli': [
    'lib',
    'lib/events',
    'lib/jobs',
    'lib/migrations',
    'lib/runs',
    'lib/webhook',
    'lib/cloud',
    'lib/local-system',
    'lib/deploy',
    'packages/local-cloud',
    'scripts',
  ],
  'lib/console': [
    'lib',
    'lib/events',
    'lib/jobs',
    'lib/migrations',
    'lib/runs',
    'lib/local-system',
    'lib/cli',
    'packages/local-cloud',
    'scripts',
  ],
  scripts: [
    'lib',
    'lib/local-system',
    'lib/jobs',
    'lib/migrations',
    'lib/runs',
    'lib/cloud',
    'lib/webhook',
    'lib/build',
    'lib/console',
    'packages/local-cloud',
    'test/mutants',
  ],
  // Data that a script reads as well.
  'test/mutants': [],
};

const ROOT = join(import.meta.dirname, '..');
const PLACES = Object.keys(ALLOWED).sort((a, b) => b.length - a.length);

function placeOf(file: string): string {
  const place = PLACES.find((candidate) => file.startsWith(`${candidate}/`));
  if (!place) throw new Error(`${file} is in no known place`);
  return place;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file}`);
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:^import |\bfrom |\bimport\()'([^'\s]+)'/gm)].map(([, name]) => name ?? '');
}

const files = ['functions', 'lib', 'packages/local-cloud/src', 'scripts'].flatMap(sources);

describe('imports', () => {
  it('finds sources to look at', () => {
    expect(files.length).toBeGreaterThan(30);
  });

  it.each(files)('of %s point only where they may', (file) => {
    const place = placeOf(file);
    const wrong = importsOf(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => placeOf(relative(ROOT, join(ROOT, dirname(file), name))))
      .filter((to) => to !== place && !ALLOWED[place]?.includes(to));

    expect(wrong).toEqual([]);
  });

  it.each(['lib/build', 'lib/deploy', 'lib/cli', 'lib/console', 'scripts'])(
    'from %s lead back to it by no way',
    (place) => {
      const reached = new Set<string>(ALLOWED[place]);
      for (const to of reached) for (const next of ALLOWED[to] ?? []) reached.add(next);

      expect([...reached]).not.toContain(place);
    },
  );

  it('of an SDK stand in lib/cloud only', () => {
    const wrong = files.filter(
      (file) =>
        placeOf(file) !== 'lib/cloud' && importsOf(file).some((name) => /^(@huaweicloud\/|esdk-obs)/.test(name)),
    );

    expect(wrong).toEqual([]);
  });

  it('of packages/local-cloud are packages that its package.json lists', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'packages/local-cloud/package.json'), 'utf8'));
    const wrong = files
      .filter((file) => placeOf(file) === 'packages/local-cloud')
      .flatMap(importsOf)
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !(name in dependencies));

    expect(wrong).toEqual([]);
  });

  it('of development packages stand in programs only, and in no function', () => {
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const runtime = Object.keys({ ...dependencies, ...optionalDependencies });
    const wrong = files
      .filter(
        (file) =>
          !['packages/local-cloud', 'lib/local-system', 'lib/deploy', 'lib/cli', 'lib/console', 'scripts'].includes(
            placeOf(file),
          ),
      )
      .flatMap((file) => importsOf(file).map((name) => `${file}: ${name}`))
      .filter((line) => {
        const name = line.slice(line.indexOf(': ') + 2);
        // Loaded by whoever deploys, and by no function.
        if (line.startsWith('lib/cloud/programs/functiongraph.ts: @huaweicloud/huaweicloud-sdk-functiongraph/'))
          return false;
        const isPackage = !name.startsWith('.') && !name.startsWith('node:') && name !== 'aws-lambda';
        return isPackage && !runtime.some((known) => name === known || name.startsWith(`${known}/`));
      });

    expect(wrong).toEqual([]);
  });
});
