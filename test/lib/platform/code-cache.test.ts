import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFunctions } from '../../../lib/build/build-functions.ts';

const PROGRAM = 'exports.word = () => require("./other.js").word;';
let home: string;
let built: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'code-cache-'));
  built = await build('built');
});

afterAll(() => rmSync(home, { recursive: true }));

async function build(name: string): Promise<string> {
  const [{ folder } = { folder: '' }] = await buildFunctions({
    out: join(home, name),
    names: ['reconcile'],
    codeCache: true,
  });
  return folder;
}

/** A copy of the built folder. */
function copied(): string {
  const folder = mkdtempSync(join(home, 'copy-'));
  cpSync(built, folder, { recursive: true });
  return folder;
}

function run(folder: string, program: string, flags: readonly string[] = []): string {
  return execFileSync(process.execPath, [...flags, '-p', program], { cwd: folder, encoding: 'utf8', env: {} }).trim();
}

/** What V8 said of the cache of `main.js`: `false` when it took it, `undefined` when it was given none. */
const rejected = (folder: string, flags?: readonly string[]) =>
  run(folder, "String(require('./code-cache.js').compile('main').cachedDataRejected)", flags);

const exported = (folder: string, flags?: readonly string[]) =>
  run(folder, "Object.keys(require('./index.js')).join()", flags);

describe('a function that is built with a code cache', () => {
  it('has the same bytes each time', async () => {
    const again = await build('again');

    for (const name of ['main', 'esdk-obs-nodejs', 'yaml']) {
      const cache = readFileSync(join(built, `${name}.cache`));
      expect([name, cache.equals(readFileSync(join(again, `${name}.cache`)))]).toEqual([name, true]);
    }
  });

  it('is loaded with it, wherever it lies', () => {
    const folder = copied();

    expect(rejected(folder)).toBe('false');
    expect(exported(folder)).toBe('handler,initializer');
  });

  it.each<[string, (folder: string) => void]>([
    ['is missing', (folder) => rmSync(join(folder, 'main.cache'))],
    ['is empty', (folder) => writeFileSync(join(folder, 'main.cache'), '')],
    ['is cut off', (folder) => change(folder, 'main.cache', (bytes) => bytes.subarray(0, -1))],
    ['has another bit', (folder) => change(folder, 'main.cache', flipped)],
    ['is that of another program', (folder) => cpSync(join(folder, 'yaml.cache'), join(folder, 'main.cache'))],
    [
      'is for another text of the same length',
      (folder) => change(folder, 'main.js', (bytes) => Buffer.from(`${bytes}`.replace('"use strict"', '"use strikt"'))),
    ],
  ])('is loaded without it when it %s', (_, spoil) => {
    const folder = copied();
    spoil(folder);

    expect(rejected(folder)).toBe('undefined');
    expect(exported(folder)).toBe('handler,initializer');
  });

  it('is loaded without it where V8 has other flags', () => {
    expect(rejected(built, ['--no-opt'])).toBe('true');
    expect(exported(built, ['--no-opt'])).toBe('handler,initializer');
  });

  it('shows places of the sources in stacks', () => {
    const program = `require('./index.js').handler({}, { getUserData: () => undefined, getRequestID: () => 'r', getRemainingTimeInMilliSeconds: () => 1000 }).catch(() => {}); ''`;

    const [line = ''] = run(copied(), program).split('\n');

    expect(JSON.parse(line).error.stack).toContain('lib/platform/invocation.ts:');
  });
});

describe('load', () => {
  it('loads each program of the folder once, and what is elsewhere as require does', () => {
    const folder = copied();
    writeFileSync(join(folder, 'main.js'), `${PROGRAM}\nexports.join = require('node:path').join;`);
    writeFileSync(join(folder, 'other.js'), 'globalThis.times = (globalThis.times ?? 0) + 1; exports.word = "hi";');

    const program = `const main = require('./index.js'); [main.word(), main.word(), times, main.join('a', 'b')].join()`;

    expect(run(folder, program)).toBe('hi,hi,1,a/b');
  });

  it('loads a program again that failed, as require does', () => {
    const folder = copied();
    writeFileSync(join(folder, 'other.js'), 'globalThis.times = (globalThis.times ?? 0) + 1; throw new Error("no");');
    const program = `const { load } = require('./code-cache.js'); for (const _ of [1, 2]) try { load('other') } catch {} times`;

    expect(run(folder, program)).toBe('2');
  });
});

function change(folder: string, name: string, of: (bytes: Buffer) => Buffer): void {
  const file = join(folder, name);
  writeFileSync(file, of(readFileSync(file)));
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[bytes.length - 100] = (copy[bytes.length - 100] ?? 0) ^ 1;
  return copy;
}
