import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Attributes } from './bucket.ts';

/** Metadata of an object that its file does not contain. Valid as long as the file is the same. */
export interface JournalEntry extends Partial<Attributes> {
  readonly key: string;
  /** The file's inode, size and times when the entry was written; an appendable file may have grown since, if the process died. */
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly birthtimeMs: number;
  readonly eTag: string;
  /** The time (epoch ms of the cloud's clock) of the last upload or append; undefined if someone else wrote the file while the clock had real time. */
  readonly writtenMs?: number | undefined;
  readonly appends?: number | undefined;
  /** The name of its file outside the bucket's folder, for a key that is not a valid file name. */
  readonly beside?: string | undefined;
}

/** The metadata of a bucket's objects: a file with one line per change, so that the cost of a change does not depend on the number of objects. */
export class ObjectJournal {
  readonly #file: string;
  readonly #noted = new Map<string, JournalEntry>();

  /** Reads the file and rewrites it without outdated lines. A truncated last line is ignored. */
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

  get(key: string): JournalEntry | undefined {
    return this.#noted.get(key);
  }

  all(): IterableIterator<JournalEntry> {
    return this.#noted.values();
  }

  set(noted: JournalEntry): void {
    this.#noted.set(noted.key, noted);
    appendFileSync(this.#file, `${JSON.stringify(noted)}\n`);
  }

  delete(key: string): void {
    if (this.#noted.delete(key)) appendFileSync(this.#file, `${JSON.stringify({ removed: key })}\n`);
  }
}

function readLines(file: string): (JournalEntry | { readonly removed: string })[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as JournalEntry];
    } catch {
      return [];
    }
  });
}
