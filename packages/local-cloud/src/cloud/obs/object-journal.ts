import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a file alone does not say of its object. It holds as long as the file is the same one. */
export interface Noted {
  readonly key: string;
  /** The file's number, size and times when it was noted; an appendable one may have grown since, if the process died meanwhile. */
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly birthtimeMs: number;
  readonly eTag: string;
  readonly contentType?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly appends?: number | undefined;
  /** The name of its file beside the bucket's folder, for a key that is no file name. */
  readonly beside?: string | undefined;
}

/** What is noted of the objects of one bucket: one line in a file for each change, so that a change costs the same at any number. */
export class ObjectJournal {
  readonly #file: string;
  readonly #noted = new Map<string, Noted>();

  /** Reads the file and writes it again without what is outdated. A last line that was cut off is left out. */
  constructor(file: string) {
    this.#file = file;
    mkdirSync(path.dirname(file), { recursive: true });
    for (const line of readLines(file)) {
      if ('removed' in line) this.#noted.delete(line.removed);
      else this.#noted.set(line.key, line);
    }
    writeFileSync(`${file}.new`, [...this.#noted.values()].map((noted) => `${JSON.stringify(noted)}\n`).join(''));
    renameSync(`${file}.new`, file);
  }

  get(key: string): Noted | undefined {
    return this.#noted.get(key);
  }

  all(): IterableIterator<Noted> {
    return this.#noted.values();
  }

  set(noted: Noted): void {
    this.#noted.set(noted.key, noted);
    appendFileSync(this.#file, `${JSON.stringify(noted)}\n`);
  }

  delete(key: string): void {
    if (this.#noted.delete(key)) appendFileSync(this.#file, `${JSON.stringify({ removed: key })}\n`);
  }
}

function readLines(file: string): (Noted | { readonly removed: string })[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Noted];
    } catch {
      return [];
    }
  });
}
