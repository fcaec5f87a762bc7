import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * The rooms from the ground up, and what each may import beside itself: rooms above it in this table alone. So imports point one way, and a
 * circle of rooms can't be written down. Imports of types count.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  // Errors, codes, secrets, log, settings, shapes of ids: what everybody needs, and what needs nobody.
  'lib/kernel': [],
  // Tables of fields, their check, and how findings and values are worded.
  'lib/schema': ['lib/kernel'],
  // What runs need of services and of a ledger's store.
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
  // Programs for people, from here on. What only they ask of the cloud:
  'lib/cloud/programs': [
    'lib/kernel',
    'lib/ports',
    'lib/platform',
    'lib/cloud/transport',
    'lib/cloud/obs',
    'lib/cloud',
  ],
  // The local cloud judges the rest: it may not share its mistakes.
  'packages/local-cloud': [],
  'lib/local-system': ['lib/kernel', 'lib/migrations', 'lib/jobs', 'packages/local-cloud'],
  'lib/build': ['lib/kernel', 'lib/jobs', 'lib/cloud/obs'],
  'lib/deploy': [
    'lib/kernel',
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
    'lib/console',
  ],
};

const ORDER = Object.keys(ROOMS);
/** The first row of programs: what is above it is in functions, or may be. */
const PROGRAMS = ORDER.slice(ORDER.indexOf('lib/cloud/programs'));
const ROOT = join(import.meta.dirname, '..');
const BY_LENGTH = [...ORDER].sort((a, b) => b.length - a.length);

function roomOf(file: string): string {
  const room = BY_LENGTH.find((candidate) => file.startsWith(`${candidate}/`));
  if (!room) throw new Error(`${file} is in no known room`);
  return room;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file}`);
}

/** What a file imports, exports from elsewhere or loads on demand, as a value or as a type. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:^import |\bfrom |\bimport\()'([^'\s]+)'/gm)].map(([, name]) => name ?? '');
}

/** The other rooms that a file imports from. */
function roomsFor(file: string): string[] {
  return importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => roomOf(relative(ROOT, join(ROOT, dirname(file), name))))
    .filter((room) => room !== roomOf(file));
}

const files = ['functions', 'lib', 'packages/local-cloud/src', 'scripts'].flatMap(sources);

describe('imports', () => {
  it('finds sources in every room', () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual([...ORDER].sort());
  });

  it.each(ORDER)('of %s may point only to rooms above it in the table', (room) => {
    expect(ROOMS[room]).toEqual(ORDER.slice(0, ORDER.indexOf(room)).filter((above) => ROOMS[room]?.includes(above)));
  });

  it.each(files)('of %s point only where they may', (file) => {
    expect(roomsFor(file).filter((to) => !ROOMS[roomOf(file)]?.includes(to))).toEqual([]);
  });

  it.each(ORDER)('of %s use all that it may', (room) => {
    const used = new Set(files.filter((file) => roomOf(file) === room).flatMap(roomsFor));

    expect(ROOMS[room]?.filter((to) => !used.has(to))).toEqual([]);
  });

  it('of an SDK stand in lib/cloud only', () => {
    const wrong = files.filter(
      (file) =>
        !roomOf(file).startsWith('lib/cloud') &&
        importsOf(file).some((name) => /^(@huaweicloud\/|esdk-obs)/.test(name)),
    );

    expect(wrong).toEqual([]);
  });

  it('of packages/local-cloud are packages that its package.json lists', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'packages/local-cloud/package.json'), 'utf8'));
    const wrong = files
      .filter((file) => roomOf(file) === 'packages/local-cloud')
      .flatMap(importsOf)
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !(name in dependencies));

    expect(wrong).toEqual([]);
  });

  it('of development packages stand in programs only, and in no function', () => {
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const runtime = ['aws-lambda', ...Object.keys({ ...dependencies, ...optionalDependencies })];
    const wrong = files
      .filter((file) => !PROGRAMS.includes(roomOf(file)))
      .flatMap((file) => importsOf(file).map((name) => `${file}: ${name}`))
      .filter((line) => {
        const name = line.slice(line.indexOf(': ') + 2);
        const isPackage = !name.startsWith('.') && !name.startsWith('node:');
        return isPackage && !runtime.some((known) => name === known || name.startsWith(`${known}/`));
      });

    expect(wrong).toEqual([]);
  });
});
