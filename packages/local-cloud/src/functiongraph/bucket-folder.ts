import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { nextSequencer } from '../sequencer.ts';
import { type BucketFile, listBucketFiles } from './bucket-tree.ts';
import type { ObjectChange } from './object-notification.ts';
import { findOpenForWriting } from './open-for-writing.ts';

/** Polling interval: a copied file becomes an object after two or three polls. */
const POLL_MS = 300;
/** How long a file must be unchanged if it cannot be determined whether it is open for writing. */
const REST_MS = 1200;

/** A file that existed when the folder was opened. */
export interface ExistingFile {
  readonly bucket: string;
  readonly key: string;
  /** `known`: existed when the folder was last watched. `added`: created or changed while it was not watched; not reported. */
  readonly since: 'known' | 'added';
}

export interface BucketFolderOptions {
  /** Its subfolders are the buckets. */
  readonly root: string;
  /** Stores the known files for the next start. */
  readonly stateFile: string;
  /** Created if they do not exist. */
  readonly buckets: readonly string[];
  readonly onChange: (change: ObjectChange) => void;
  /** Called when the folder or a file cannot be read. The file is then ignored until it changes. */
  readonly onError: (error: unknown) => void;
  readonly now: () => Date;
  /** Polling interval. @default 300 */
  readonly pollMs?: number;
}

interface SeenFile {
  readonly size: number;
  readonly mtimeMs: number;
}

interface Pending extends SeenFile {
  readonly since: number;
}

/**
 * Buckets as folders: a complete new file is a created object; a file that disappears is a deleted object.
 *
 * A file is complete when no process has it open for writing and two consecutive polls found the same size and time; a file with an older time,
 * because it was moved into place, is complete at the first poll. A writer that closes the file and later appends to it cannot be distinguished from
 * a second upload, and is treated as one.
 */
export class BucketFolder {
  readonly #options: BucketFolderOptions;
  readonly #root: string;
  readonly #known = new Map<string, SeenFile>();
  readonly #pending = new Map<string, Pending>();
  #timer: NodeJS.Timeout | undefined;
  #poll: Promise<void> = Promise.resolve();
  #closed = false;
  /** Objects being changed with `changeQuietly`, with the number of concurrent changes. */
  readonly #quiet = new Map<string, number>();
  /** Objects changed quietly at any time during the current poll: what it has read of them may be outdated. */
  #quietDuringPoll = new Set<string>();
  #isUnsaved = false;

  /** The files that existed when the folder was opened. */
  readonly existingFiles: readonly ExistingFile[];

  private constructor(
    options: BucketFolderOptions,
    root: string,
    known: ReadonlyMap<string, SeenFile>,
    files: readonly BucketFile[],
  ) {
    this.#options = options;
    this.#root = root;
    this.existingFiles = files.map((file) => {
      const before = known.get(nameOf(file));
      return { bucket: file.bucket, key: file.key, since: before && isSame(before, file) ? 'known' : 'added' };
    });
    for (const file of files) this.#known.set(nameOf(file), { size: file.size, mtimeMs: file.mtimeMs });
  }

  /** Reads the existing files. @throws when the folder cannot be created or the state cannot be read or written */
  static async open(options: BucketFolderOptions): Promise<BucketFolder> {
    // There may be no buckets at all.
    await mkdir(options.root, { recursive: true });
    for (const bucket of options.buckets) await mkdir(path.join(options.root, bucket), { recursive: true });
    const root = await realpath(options.root);
    const folder = new BucketFolder(options, root, await readState(options.stateFile), await listBucketFiles(root));
    await folder.#save();
    return folder;
  }

  /** Starts watching. */
  watch(): void {
    this.#schedule();
  }

  /** Whether the object exists. */
  async has(bucket: string, key: string): Promise<boolean> {
    const files = await listBucketFiles(this.#root);
    return files.some((file) => file.bucket === bucket && file.key === key);
  }

  /**
   * Changes the file of an object on behalf of a caller who reports the change, so it is not reported here.
   *
   * @throws what `change` throws
   */
  async changeQuietly(bucket: string, key: string, change: () => Promise<void>): Promise<void> {
    const name = nameOf({ bucket, key });
    this.#quiet.set(name, (this.#quiet.get(name) ?? 0) + 1);
    this.#quietDuringPoll.add(name);
    try {
      await change();
      const stats = await lstat(path.join(this.#root, bucket, key)).catch(() => undefined);
      this.#pending.delete(name);
      if (stats) this.#known.set(name, { size: stats.size, mtimeMs: stats.mtimeMs });
      else this.#known.delete(name);
      this.#isUnsaved = true;
    } finally {
      const others = (this.#quiet.get(name) ?? 1) - 1;
      if (others > 0) this.#quiet.set(name, others);
      else this.#quiet.delete(name);
    }
  }

  /** Stops watching; resolves when the last poll has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#poll;
    if (this.#isUnsaved) await this.#save();
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#poll = this.#pollOnce()
        .catch(this.#options.onError)
        .finally(() => this.#schedule());
    }, this.#options.pollMs ?? POLL_MS);
  }

  async #pollOnce(): Promise<void> {
    this.#quietDuringPoll = new Set(this.#quiet.keys());
    const files = await listBucketFiles(this.#root);
    const changed = files.filter(
      (file) => !isSame(this.#known.get(nameOf(file)), file) && !this.#quietDuringPoll.has(nameOf(file)),
    );
    const removed = this.#takeRemoved(files);
    const arrived = await this.#takeArrived(changed);

    for (const name of removed) {
      const slash = name.indexOf('/');
      this.#emit({ eventName: 'ObjectRemoved:Delete', bucket: name.slice(0, slash), key: name.slice(slash + 1) });
    }
    for (const file of arrived) {
      await this.#emitCreated(file).catch((error: unknown) => {
        // Not retried until it changes, so that it is not reported at every poll.
        this.#known.set(nameOf(file), { size: file.size, mtimeMs: file.mtimeMs });
        this.#options.onError(error);
      });
    }
    if (removed.length + arrived.length > 0 || this.#isUnsaved) await this.#save();
  }

  #takeRemoved(files: readonly BucketFile[]): string[] {
    const present = new Set(files.map(nameOf));
    for (const name of this.#pending.keys()) if (!present.has(name)) this.#pending.delete(name);
    const removed = [...this.#known.keys()].filter((name) => !present.has(name) && !this.#quietDuringPoll.has(name));
    for (const name of removed) this.#known.delete(name);
    return removed;
  }

  async #takeArrived(changed: readonly BucketFile[]): Promise<BucketFile[]> {
    if (changed.length === 0) return [];
    const now = this.#options.now().getTime();
    const open = await findOpenForWriting(new Set(changed.map((file) => file.path)));
    const arrived: BucketFile[] = [];
    for (const file of changed) {
      const name = nameOf(file);
      const before = this.#pending.get(name);
      const since = isSame(before, file) ? (before?.since ?? now) : now;
      const rested = open ? since < now || file.mtimeMs < now - REST_MS : since <= now - REST_MS;
      if (rested && !open?.has(file.path)) arrived.push(file);
      else this.#pending.set(name, { size: file.size, mtimeMs: file.mtimeMs, since });
    }
    return arrived;
  }

  /** A file that changed while it was read is not reported, because it is not complete. */
  async #emitCreated(file: BucketFile): Promise<void> {
    const eTag = await md5OfFile(file.path);
    const after = await lstat(file.path);
    if (!isSame(file, after) || this.#quietDuringPoll.has(nameOf(file))) return;
    this.#known.set(nameOf(file), { size: file.size, mtimeMs: file.mtimeMs });
    this.#pending.delete(nameOf(file));
    this.#emit({ eventName: 'ObjectCreated:Put', bucket: file.bucket, key: file.key, size: file.size, eTag });
  }

  #emit(change: Omit<ObjectChange, 'time' | 'sequencer' | 'versionId'>): void {
    const time = this.#options.now();
    const sequencer = nextSequencer(time.getTime());
    this.#options.onChange({ ...change, versionId: 'null', time, sequencer });
  }

  async #save(): Promise<void> {
    this.#isUnsaved = false;
    await mkdir(path.dirname(this.#options.stateFile), { recursive: true });
    const draft = `${this.#options.stateFile}.new`;
    await writeFile(draft, JSON.stringify(Object.fromEntries(this.#known)));
    await rename(draft, this.#options.stateFile);
  }
}

function nameOf(file: { bucket: string; key: string }): string {
  return `${file.bucket}/${file.key}`;
}

function isSame(a: SeenFile | undefined, b: SeenFile): boolean {
  return a !== undefined && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

async function readState(file: string): Promise<Map<string, SeenFile>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '{}';
  });
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, SeenFile>));
  } catch (cause) {
    throw new Error(`read ${file}: not JSON; delete it to treat all files as added while the folder was not watched`, {
      cause,
    });
  }
}

async function md5OfFile(file: string): Promise<string> {
  const hash = createHash('md5');
  const opened = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  await pipeline(opened.createReadStream(), hash);
  return hash.digest('hex');
}
