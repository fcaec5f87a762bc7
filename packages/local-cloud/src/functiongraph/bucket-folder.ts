import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { nextSequencer } from '../sequencer.ts';
import { type BucketFile, listBucketFiles } from './bucket-tree.ts';
import type { ObjectChange } from './object-notification.ts';
import { findOpenForWriting } from './open-for-writing.ts';

/** Looks at the tree so often: a copied file is an object after two or three looks. */
const LOOK_MS = 300;
/** Where nobody can say who writes a file, it has to rest for so long. */
const REST_MS = 1200;

/** What a file was found to be when the folder was opened. */
export interface FoundAtStart {
  readonly bucket: string;
  readonly key: string;
  /** `known`: was there when the folder was last watched. `added`: came, or was changed, while nobody watched; it is not notified. */
  readonly since: 'known' | 'added';
}

export interface BucketFolderOptions {
  /** Its direct folders are the buckets. */
  readonly root: string;
  /** Remembers what was there, for the next start. */
  readonly stateFile: string;
  /** Made if they are not there. */
  readonly buckets: readonly string[];
  readonly onChange: (change: ObjectChange) => void;
  /** The folder or a file can't be read. The file is left alone until it changes. */
  readonly onError: (error: unknown) => void;
  readonly now: () => Date;
  /** From one look to the next. @default 300 */
  readonly lookMs?: number;
}

interface Seen {
  readonly size: number;
  readonly mtimeMs: number;
}

interface Pending extends Seen {
  readonly since: number;
}

/**
 * Buckets as folders: a file that has arrived whole is an object that was put; one that is gone is an object that was deleted.
 *
 * A file has arrived when no process has it open for writing and two looks in a row found the same size and time; one whose time
 * is older, because it was moved into place, has arrived at the first look. A writer that closes the file and comes back later to
 * append can't be told from a second upload, and is taken for one.
 */
export class BucketFolder {
  readonly #options: BucketFolderOptions;
  readonly #root: string;
  readonly #known = new Map<string, Seen>();
  readonly #pending = new Map<string, Pending>();
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> = Promise.resolve();
  #closed = false;
  /** Objects that somebody is changing with `own`, each with how many do. */
  readonly #owned = new Map<string, number>();
  /** Those that were owned at any time of the look that is going on: what it has read of them may be outdated. */
  #ownedInLook = new Set<string>();
  #isUnsaved = false;

  /** What was there when the folder was opened. */
  readonly foundAtStart: readonly FoundAtStart[];

  private constructor(
    options: BucketFolderOptions,
    root: string,
    known: ReadonlyMap<string, Seen>,
    files: readonly BucketFile[],
  ) {
    this.#options = options;
    this.#root = root;
    this.foundAtStart = files.map((file) => {
      const before = known.get(nameOf(file));
      return { bucket: file.bucket, key: file.key, since: before && isSame(before, file) ? 'known' : 'added' };
    });
    for (const file of files) this.#known.set(nameOf(file), { size: file.size, mtimeMs: file.mtimeMs });
  }

  /** Looks at what is there. @throws when the folder can't be made or the state can't be read or written */
  static async open(options: BucketFolderOptions): Promise<BucketFolder> {
    // A jobs file may name no bucket at all.
    await mkdir(options.root, { recursive: true });
    for (const bucket of options.buckets) await mkdir(path.join(options.root, bucket), { recursive: true });
    const root = await realpath(options.root);
    const folder = new BucketFolder(options, root, await readState(options.stateFile), await listBucketFiles(root));
    await folder.#save();
    return folder;
  }

  /** Starts to watch. */
  watch(): void {
    this.#schedule();
  }

  /** Is there such an object? */
  async has(bucket: string, key: string): Promise<boolean> {
    const files = await listBucketFiles(this.#root);
    return files.some((file) => file.bucket === bucket && file.key === key);
  }

  /**
   * Changes the file of an object on behalf of somebody who tells of it: nothing is told here.
   *
   * @throws what `change` throws
   */
  async own(bucket: string, key: string, change: () => Promise<void>): Promise<void> {
    const name = nameOf({ bucket, key });
    this.#owned.set(name, (this.#owned.get(name) ?? 0) + 1);
    this.#ownedInLook.add(name);
    try {
      await change();
      const stats = await lstat(path.join(this.#root, bucket, key)).catch(() => undefined);
      this.#pending.delete(name);
      if (stats) this.#known.set(name, { size: stats.size, mtimeMs: stats.mtimeMs });
      else this.#known.delete(name);
      this.#isUnsaved = true;
    } finally {
      const others = (this.#owned.get(name) ?? 1) - 1;
      if (others > 0) this.#owned.set(name, others);
      else this.#owned.delete(name);
    }
  }

  /** Watches no more; resolves when the last look is over. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#look;
    if (this.#isUnsaved) await this.#save();
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#look = this.#lookOnce()
        .catch(this.#options.onError)
        .finally(() => this.#schedule());
    }, this.#options.lookMs ?? LOOK_MS);
  }

  async #lookOnce(): Promise<void> {
    this.#ownedInLook = new Set(this.#owned.keys());
    const files = await listBucketFiles(this.#root);
    const changed = files.filter(
      (file) => !isSame(this.#known.get(nameOf(file)), file) && !this.#ownedInLook.has(nameOf(file)),
    );
    const removed = this.#takeRemoved(files);
    const arrived = await this.#takeArrived(changed);

    for (const name of removed) {
      const slash = name.indexOf('/');
      this.#tell({ eventName: 'ObjectRemoved:Delete', bucket: name.slice(0, slash), key: name.slice(slash + 1) });
    }
    for (const file of arrived) {
      await this.#tellCreated(file).catch((error: unknown) => {
        // Not tried again until it changes, lest it is reported at every look.
        this.#known.set(nameOf(file), { size: file.size, mtimeMs: file.mtimeMs });
        this.#options.onError(error);
      });
    }
    if (removed.length + arrived.length > 0 || this.#isUnsaved) await this.#save();
  }

  #takeRemoved(files: readonly BucketFile[]): string[] {
    const present = new Set(files.map(nameOf));
    for (const name of this.#pending.keys()) if (!present.has(name)) this.#pending.delete(name);
    const removed = [...this.#known.keys()].filter((name) => !present.has(name) && !this.#ownedInLook.has(name));
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

  /** Nothing is told of a file that changed while it was read: it has not arrived after all. */
  async #tellCreated(file: BucketFile): Promise<void> {
    const eTag = await md5OfFile(file.path);
    const after = await lstat(file.path);
    if (!isSame(file, after) || this.#ownedInLook.has(nameOf(file))) return;
    this.#known.set(nameOf(file), { size: file.size, mtimeMs: file.mtimeMs });
    this.#pending.delete(nameOf(file));
    this.#tell({ eventName: 'ObjectCreated:Put', bucket: file.bucket, key: file.key, size: file.size, eTag });
  }

  #tell(change: Omit<ObjectChange, 'time' | 'sequencer' | 'versionId'>): void {
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

function isSame(a: Seen | undefined, b: Seen): boolean {
  return a !== undefined && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

async function readState(file: string): Promise<Map<string, Seen>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '{}';
  });
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, Seen>));
  } catch (cause) {
    throw new Error(`read ${file}: it is no JSON; delete it, and all files count as new while nobody watched`, {
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
