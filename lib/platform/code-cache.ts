import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

// In the folder of a function that is built with a code cache, `index.js` loads the programs of the folder through this file.
const FOLDER = import.meta.dirname;
const DIGEST_BYTES = 32;

const requireHere = createRequire(join(FOLDER, 'index.js'));
/** The modules of the folder that were loaded, as `require` keeps them. */
const loaded = new Map<string, { exports: unknown }>();

/** V8 itself checks only the length of the source, its flags and its own version, which several releases of Node.js share. */
function digestOf(source: Buffer, data: Buffer): Buffer {
  const { arch, platform, version, versions } = process;
  const hash = createHash('sha256').update(`${version} ${versions.v8} ${platform} ${arch}\n`);
  return hash.update(source).update(data).digest();
}

/** The file of a cache: V8's data after a digest that says what it is for. */
export function cacheFile(source: Buffer, data: Buffer): Buffer {
  return Buffer.concat([digestOf(source, data), data]);
}

function dataFor(name: string, source: Buffer): Buffer | undefined {
  try {
    const cache = readFileSync(join(FOLDER, `${name}.cache`));
    const data = cache.subarray(DIGEST_BYTES);
    return digestOf(source, data).equals(cache.subarray(0, DIGEST_BYTES)) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** What V8 compiles, with the name under which it does: the cache is for both, and keeps the name, so it must not depend on the folder. */
export function scriptParts(name: string, source: Buffer): { readonly text: string; readonly filename: string } {
  const text = `(function (exports, require, module, __filename, __dirname) {\n${source}\n})`;
  return { text, filename: `./${name}.js` };
}

/** Compiles a program as `require` does. A cache that is missing, damaged, or for another program or Node.js is ignored. */
export function compile(name: string): Script {
  const source = readFileSync(join(FOLDER, `${name}.js`));
  const { text, filename } = scriptParts(name, source);
  const cachedData = dataFor(name, source);
  // The first line of the text is not part of the file.
  return new Script(text, { filename, lineOffset: -1, ...(cachedData && { cachedData }) });
}

/** Loads a program of the folder once, and the programs of the folder that it requires in the same way. */
export function load(name: string): unknown {
  const known = loaded.get(name);
  if (known) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const requireFrom = (id: string) => {
    const [, beside] = /^\.\/([\w-]+)\.js$/.exec(id) ?? [];
    return beside === undefined ? requireHere(id) : load(beside);
  };
  const file = join(FOLDER, `${name}.js`);
  try {
    compile(name).runInThisContext()(module.exports, Object.assign(requireFrom, requireHere), module, file, FOLDER);
  } catch (error) {
    loaded.delete(name);
    throw error;
  }
  return module.exports;
}
