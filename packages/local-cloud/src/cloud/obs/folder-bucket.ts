import { createHash, type Hash, randomUUID } from 'node:crypto';
import { constants, createReadStream, createWriteStream, type Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isIgnoredName } from '../../functiongraph/bucket-tree.ts';
import { type Attributes, attributesIn, type BucketStorage, type StagedUpload, type StoredObject } from './bucket.ts';
import { isFileKey } from './key-file.ts';
import { compareKeys } from './key-order.ts';
import { type JournalEntry, ObjectJournal } from './object-journal.ts';

/** Number of appendable objects whose MD5 state is cached; others are read again at their next append. */
const HASHES_KEPT = 500;

export interface FolderBucketOptions {
  /** The bucket's folder: every file in it is an object, whoever created it. */
  readonly folder: string;
  /** For metadata, objects whose keys are not valid file names, and uploads in progress. On the same file system. */
  readonly beside: string;
  /** Epoch ms. */
  readonly now: () => number;
  /**
   * Changes the file of an object without the folder's watcher reporting it.
   *
   * @default no watcher: `change` is simply called
   */
  readonly changeQuietly?: (key: string, change: () => Promise<void>) => Promise<void>;
}

/**
 * Files as objects. If a key is not a valid file name, or a folder, a file or a link is in the way, its file is stored in `beside`. Links are never
 * followed: files reached through a link are not objects.
 */
export class FolderBucket implements BucketStorage {
  readonly #options: FolderBucketOptions;
  readonly #journal: ObjectJournal;
  readonly #hashes = new Map<string, { readonly size: number; readonly hash: Hash }>();

  private constructor(options: FolderBucketOptions) {
    this.#options = options;
    this.#journal = new ObjectJournal(path.join(options.beside, 'objects.jsonl'));
  }

  /**
   * Creates the folders and removes unfinished uploads of an earlier process.
   *
   * @throws {Error} when the bucket's folder is a link
   */
  static async open(options: FolderBucketOptions): Promise<FolderBucket> {
    const { beside } = options;
    await mkdir(path.dirname(options.folder), { recursive: true });
    // Links above the buckets are the user's choice; from here down none are allowed.
    const folder = path.join(await realpath(path.dirname(options.folder)), path.basename(options.folder));
    if ((await lstat(folder).catch(undefinedIfGone))?.isSymbolicLink())
      throw new Error(`open the bucket ${folder}: it is a symbolic link; a bucket must be a folder`);
    await mkdir(folder, { recursive: true });
    await rm(path.join(beside, 'held'), { recursive: true, force: true });
    for (const name of ['held', 'objects']) await mkdir(path.join(beside, name), { recursive: true });
    return new FolderBucket({ ...options, folder, beside: await realpath(beside) });
  }

  async stage(data: AsyncIterable<Uint8Array>): Promise<StagedUpload> {
    const file = path.join(this.#options.beside, 'held', randomUUID());
    const hash = createHash('md5');
    let size = 0;
    const discard = () => rm(file, { force: true });
    try {
      await pipeline(
        data,
        async function* (chunks: AsyncIterable<Uint8Array>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            size += chunk.length;
            yield chunk;
          }
        },
        createWriteStream(file),
      );
    } catch (error) {
      await discard();
      throw error;
    }
    return Object.assign({ size, md5: hash.digest('hex'), read: () => createReadStream(file), discard }, { file });
  }

  async put(key: string, staged: StagedUpload, eTag: string, attributes: Attributes): Promise<StoredObject> {
    const { file } = staged as StagedUpload & { readonly file: string };
    await this.#place(key, file, (stats, beside) => ({
      ...attributesIn(attributes),
      ...statFields(stats),
      key,
      eTag,
      writtenMs: this.#options.now(),
      ...(beside === undefined ? {} : { beside }),
    }));
    return this.#mustFind(key);
  }

  async append(
    key: string,
    data: Uint8Array,
    before: StoredObject | undefined,
    attributes: Attributes,
  ): Promise<StoredObject> {
    if (before === undefined) {
      const file = path.join(this.#options.beside, 'held', randomUUID());
      await writeFile(file, data);
      const hash = this.#keepHash(key, data.length, createHash('md5').update(data));
      await this.#place(key, file, (stats, beside) => ({
        ...attributesIn(attributes),
        ...statFields(stats),
        key,
        eTag: hash,
        appends: 1,
        writtenMs: this.#options.now(),
        ...(beside === undefined ? {} : { beside }),
      }));
      return this.#mustFind(key);
    }
    const noted = this.#journal.get(key);
    if (noted === undefined) throw new Error(`append to ${key}: it is not in the journal`);
    const file = this.#fileOf(key);
    const hash = await this.#hashOf(key, before.size);
    await this.#changeQuietly(key, async () => {
      const opened = await open(file, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
      try {
        await opened.appendFile(data);
      } finally {
        await opened.close();
      }
      const stats = await lstat(file);
      const eTag = this.#keepHash(key, stats.size, hash.update(data));
      const appends = (before.appends ?? 0) + 1;
      this.#journal.set({ ...noted, ...statFields(stats), eTag, appends, writtenMs: this.#options.now() });
    });
    return this.#mustFind(key);
  }

  async setAttributes({ key }: StoredObject, attributes: Attributes): Promise<StoredObject> {
    const noted = this.#journal.get(key);
    if (noted === undefined) throw new Error(`change the attributes of ${key}: it is not in the journal`);
    this.#journal.set({ ...noted, ...attributesIn(attributes) });
    return this.#mustFind(key);
  }

  async find(key: string, versionId?: string): Promise<StoredObject | undefined> {
    if (versionId !== undefined && versionId !== 'null') return undefined;
    const noted = this.#journal.get(key);
    if (noted?.beside === undefined && !isFileKey(key)) return undefined;
    const stats = await this.#statsOf(key);
    if (stats === undefined) return undefined;
    const known = noted !== undefined && isSame(noted, stats) ? noted : await this.#note(key, stats);
    return {
      key,
      size: stats.size,
      eTag: known.eTag,
      modifiedMs: known.writtenMs ?? stats.mtimeMs,
      versionId: 'null',
      isDeleteMarker: false,
      ...attributesIn({ contentType: undefined, metadata: {}, ...known }),
      appends: known.appends,
    };
  }

  async read(object: StoredObject, start: number, end: number): Promise<Readable> {
    if (end < start) return Readable.from([]);
    const file = await this.#openToRead(object.key);
    return file.createReadStream({ start, end });
  }

  async remove(key: string, versionId?: string): Promise<StoredObject | undefined> {
    const object = await this.find(key, versionId);
    if (object === undefined) return undefined;
    const file = this.#fileOf(key);
    await this.#changeQuietly(key, async () => {
      await rm(file, { force: true });
      this.#journal.delete(key);
      this.#hashes.delete(key);
    });
    await this.#pruneFolders(path.dirname(file));
    return object;
  }

  async keys(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    const slash = prefix.lastIndexOf('/') + 1;
    const start = prefix.slice(0, slash);
    if (start === '' || isFileKey(start.slice(0, -1))) await this.#addKeys(start, prefix, keys);
    for (const { key, beside } of this.#journal.all()) {
      if (beside !== undefined && key.startsWith(prefix)) keys.push(key);
    }
    return keys.sort(compareKeys);
  }

  async versions(prefix: string): Promise<StoredObject[]> {
    const found = await Promise.all((await this.keys(prefix)).map((key) => this.find(key)));
    return found.filter((object) => object !== undefined);
  }

  async destroy(): Promise<boolean> {
    if (!(await removeEmptyFolders(this.#options.folder))) return false;
    await rm(this.#options.beside, { recursive: true, force: true });
    return true;
  }

  async #addKeys(start: string, prefix: string, keys: string[]): Promise<void> {
    const folder = path.join(this.#options.folder, start);
    const entries = (await hasNoLink(folder)) ? await readdir(folder, { withFileTypes: true }).catch(emptyIfGone) : [];
    for (const entry of entries) {
      const key = `${start}${entry.name}`;
      if (isIgnoredName(entry.name)) continue;
      if (entry.isDirectory()) {
        const inside = `${key}/`;
        if (inside.startsWith(prefix) || prefix.startsWith(inside)) await this.#addKeys(inside, prefix, keys);
      } else if (entry.isFile() && key.startsWith(prefix)) keys.push(key);
    }
  }

  /** Moves a finished file to its final location. */
  async #place(key: string, file: string, noteOf: (stats: Stats, beside?: string) => JournalEntry): Promise<void> {
    const stats = await lstat(file);
    const inFolder = path.join(this.#options.folder, key);
    const name = createHash('sha256').update(key).digest('hex');
    const besideFile = path.join(this.#options.beside, 'objects', name);
    if (isFileKey(key) && (await this.#isFree(key))) {
      await this.#changeQuietly(key, async () => {
        await moveInto(file, inFolder);
        this.#journal.set(noteOf(stats));
      });
      await rm(besideFile, { force: true });
      return;
    }
    await rename(file, besideFile);
    this.#journal.set(noteOf(stats, name));
  }

  /** Whether no folder is in the file's place, and no file or link in the place of one of its folders. */
  async #isFree(key: string): Promise<boolean> {
    if ((await lstat(this.#options.folder).catch(undefinedIfGone))?.isSymbolicLink()) return false;
    if ((await lstat(path.join(this.#options.folder, key)).catch(undefinedIfGone))?.isDirectory()) return false;
    for (let slash = key.indexOf('/'); slash > 0; slash = key.indexOf('/', slash + 1)) {
      const above = await lstat(path.join(this.#options.folder, key.slice(0, slash))).catch(undefinedIfGone);
      if (above !== undefined && !above.isDirectory()) return false;
    }
    return true;
  }

  async #pruneFolders(folder: string): Promise<void> {
    const { folder: root } = this.#options;
    for (let at = folder; at.startsWith(root + path.sep); at = path.dirname(at)) {
      const isGone = await rmdir(at).then(
        () => true,
        () => false,
      );
      if (!isGone) return;
    }
  }

  async #statsOf(key: string): Promise<Stats | undefined> {
    const file = this.#fileOf(key);
    const stats = await lstat(file).catch(undefinedIfGone);
    return stats?.isFile() && (await hasNoLink(path.dirname(file))) ? stats : undefined;
  }

  #openToRead(key: string) {
    return open(this.#fileOf(key), constants.O_RDONLY | constants.O_NOFOLLOW);
  }

  #fileOf(key: string): string {
    const beside = this.#journal.get(key)?.beside;
    return beside === undefined
      ? path.join(this.#options.folder, key)
      : path.join(this.#options.beside, 'objects', beside);
  }

  /** Someone else created or changed this file, so it is a normal object now. */
  async #note(key: string, stats: Stats): Promise<JournalEntry> {
    const hash = createHash('md5');
    await pipeline((await this.#openToRead(key)).createReadStream(), hash);
    const noted = { ...statFields(stats), key, eTag: hash.digest('hex'), ...this.#movedTime(stats) };
    this.#hashes.delete(key);
    this.#journal.set(noted);
    return noted;
  }

  /** The file's own time is real; the region's clock may be ahead of it. */
  #movedTime({ mtimeMs }: Stats): Pick<JournalEntry, 'writtenMs'> {
    const aheadMs = Math.round(this.#options.now() - Date.now());
    return aheadMs > 1000 ? { writtenMs: mtimeMs + aheadMs } : {};
  }

  async #hashOf(key: string, size: number): Promise<Hash> {
    const kept = this.#hashes.get(key);
    if (kept?.size === size) return kept.hash;
    const hash = createHash('md5');
    for await (const chunk of (await this.#openToRead(key)).createReadStream()) hash.update(chunk);
    return hash;
  }

  /** @returns the MD5 so far */
  #keepHash(key: string, size: number, hash: Hash): string {
    this.#hashes.delete(key);
    this.#hashes.set(key, { size, hash });
    const [oldest] = this.#hashes.keys();
    if (this.#hashes.size > HASHES_KEPT && oldest !== undefined) this.#hashes.delete(oldest);
    return hash.copy().digest('hex');
  }

  async #mustFind(key: string): Promise<StoredObject> {
    const object = await this.find(key);
    if (object === undefined) throw new Error(`store ${key}: its file has disappeared`);
    return object;
  }

  /** Files in `beside` are not watched. */
  async #changeQuietly(key: string, change: () => Promise<void>): Promise<void> {
    if (this.#options.changeQuietly === undefined) await change();
    else await this.#options.changeQuietly(key, change);
  }
}

/** Removing another object may delete the folder between its creation and the move. */
async function moveInto(file: string, target: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await mkdir(path.dirname(target), { recursive: true });
    try {
      await rename(file, target);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 5) throw error;
    }
  }
}

/** Removes a tree of folders unless it contains anything else. @returns whether it is gone */
async function removeEmptyFolders(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(emptyIfGone);
  if (entries.some((entry) => !entry.isDirectory())) return false;
  for (const { name } of entries) if (!(await removeEmptyFolders(path.join(folder, name)))) return false;
  await rmdir(folder).catch(undefinedIfGone);
  return true;
}

/** Whether the path to this folder has no links. True for a folder that does not exist. */
async function hasNoLink(folder: string): Promise<boolean> {
  const plain = folder.endsWith(path.sep) ? folder.slice(0, -1) : folder;
  return ((await realpath(plain).catch(undefinedIfGone)) ?? plain) === plain;
}

function statFields({
  ino,
  size,
  mtimeMs,
  birthtimeMs,
}: Stats): Pick<JournalEntry, 'ino' | 'size' | 'mtimeMs' | 'birthtimeMs'> {
  return { ino, size, mtimeMs, birthtimeMs };
}

function isSame(noted: JournalEntry, stats: Stats): boolean {
  if (noted.ino !== stats.ino) return false;
  if (noted.size === stats.size && noted.mtimeMs === stats.mtimeMs) return true;
  return noted.appends !== undefined && stats.size >= noted.size && noted.birthtimeMs === stats.birthtimeMs;
}

function undefinedIfGone(error: NodeJS.ErrnoException): undefined {
  if (!['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code ?? '')) throw error;
}

function emptyIfGone(error: NodeJS.ErrnoException): [] {
  if (!['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code ?? '')) throw error;
  return [];
}
