import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { cacheFile, scriptParts } from '../platform/code-cache.ts';

/** Compiles all functions of the text on stdin without running any. V8 takes a cache only with the flags at the time when it was made. */
const COMPILE = `
const text = require('node:fs').readFileSync(0, 'utf8');
const { setFlagsFromString } = require('node:v8');
setFlagsFromString('--no-lazy');
const script = new (require('node:vm').Script)(text, { filename: process.argv[1], lineOffset: -1 });
setFlagsFromString('--lazy');
process.stdout.write(script.createCachedData());`;

/**
 * Writes V8's code cache of a program next to it, for lib/platform/code-cache.ts: the same bytes each time, because the process that compiles is
 * predictable and knows no path.
 *
 * @throws {Error} when that process fails
 */
export async function writeCodeCache(folder: string, name: string): Promise<void> {
  const source = await readFile(join(folder, `${name}.js`));
  const { text, filename } = scriptParts(name, source);
  const child = spawn(process.execPath, ['--predictable', '-e', COMPILE, filename], { cwd: '/', env: {} });
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.stdin.end(text);
  const [data, said] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  if ((await ended) !== 0) throw new Error(`${name}.js could not be compiled for its code cache: ${said}`);
  await writeFile(join(folder, `${name}.cache`), cacheFile(source, data));
}
