import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConsoleProblem } from './console-problem.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** Serves only those files that were in the page's folder at the start. */
export class PageFiles {
  readonly #folder: string;
  readonly #names: ReadonlySet<string>;

  private constructor(folder: string, names: ReadonlySet<string>) {
    this.#folder = folder;
    this.#names = names;
  }

  /** @throws if the folder can't be read */
  static async open(folder: string): Promise<PageFiles> {
    const names = await readdir(folder);
    return new PageFiles(folder, new Set(names.filter((name) => path.extname(name) in TYPES)));
  }

  /** The file at a path of a URL; `/` is `index.html`. @throws {ConsoleProblem} 404 */
  async read(pathname: string): Promise<PageFile> {
    const name = pathname === '/' ? 'index.html' : pathname.slice(1);
    if (!this.#names.has(name)) throw new ConsoleProblem(404, 'Not found', 'the console has no such path');
    const type = TYPES[path.extname(name)] ?? 'application/octet-stream';
    return { type, content: await readFile(path.join(this.#folder, name)) };
  }
}
