import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeCodeCache } from './write-code-cache.ts';

/** Programs in the folder of a function besides `main` and what it loads on demand. */
export const STACK_TRACE = 'stack-trace';
export const CODE_CACHE = 'code-cache';

/** Stacks without a frame of the bundle are left to the previous handler. A program with a code cache has a relative name. */
const indexWith = (main: string) => `const previous = Error.prepareStackTrace;
const isOurs = (frame) => frame.getFileName()?.startsWith(__dirname) || frame.getFileName()?.startsWith('./');
Error.prepareStackTrace = (error, frames) =>
  previous && !frames.some(isOurs) ? previous(error, frames) : require('./${STACK_TRACE}.js').prepareStackTrace(error, frames);
module.exports = ${main};
`;

/**
 * Makes the folder of a bundled function a package: adds `index.js` and the checked jobs file.
 *
 * @param document the checked jobs file; absent: it is added later
 * @throws when the folder can't be written
 */
export async function finishFunction(
  folder: string,
  { document, codeCache }: { readonly document?: unknown; readonly codeCache: boolean },
): Promise<void> {
  if (document !== undefined) await writeFile(join(folder, 'migrations.json'), `${JSON.stringify(document)}\n`);
  await writeFile(
    join(folder, 'index.js'),
    indexWith(codeCache ? `require('./${CODE_CACHE}.js').load('main')` : "require('./main.js')"),
  );
  if (codeCache) {
    const programs = (await readdir(folder))
      .filter((file) => file.endsWith('.js'))
      .map((file) => basename(file, '.js'));
    const cached = programs.filter((name) => !['index', STACK_TRACE, CODE_CACHE].includes(name));
    await Promise.all(cached.map((name) => writeCodeCache(folder, name)));
  } else {
    await Promise.all(['js', 'js.map'].map((ending) => rm(join(folder, `${CODE_CACHE}.${ending}`), { force: true })));
  }
}
