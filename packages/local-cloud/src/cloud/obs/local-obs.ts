import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { nextSequencer } from '../../sequencer.ts';
import { type Assumed, assumedByDefault } from '../open-questions/assumptions.ts';
import type { Attributes, BucketSettings, BucketStorage, StagedUpload, StoredObject } from './bucket.ts';
import { type BucketConfig, StoredBucketConfig } from './bucket-config.ts';
import { md5Matches } from './content-md5.ts';
import { EarlierContents } from './earlier-contents.ts';
import { FolderBucket } from './folder-bucket.ts';
import { appendBeside, ForkedAppends } from './forked-appends.ts';
import { KeyLocks } from './key-locks.ts';
import { MemoryBucket } from './memory-bucket.ts';
import type { ObjectEvent } from './object-event.ts';
import { ObsError, obsErrors } from './obs-error.ts';
import type { StorageClass } from './storage-class.ts';

/** Maximum number of appends per object (API reference obs_04_0088, 2024-03-22). */
const MAX_APPENDS = 10_000;
/** Maximum length of a key in UTF-8 bytes (API reference obs_04_0080). */
const MAX_KEY_BYTES = 1024;

/** API reference obs_04_0021. */
const BUCKET_NAME = /^(?!.*(\.\.|\.-|-\.))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const IP_ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;

/** A watcher of the bucket folders, which reports files created by others. */
export interface FolderWatch {
  /** Runs `change`, which creates, changes or removes the file of this object, without reporting it. */
  changeQuietly(bucket: string, key: string, change: () => Promise<void>): Promise<void>;
}

export interface LocalObsOptions {
  readonly buckets: readonly BucketSettings[];
  /** Its subfolders are the buckets that are stored as folders. */
  readonly folder?: string;
  /** For metadata of folder buckets. Required with `folder`; on the same file system, but not inside it. */
  readonly stateFolder?: string;
  /** @default the folders are not watched */
  readonly watch?: FolderWatch;
  /** The time (epoch ms) of events and of objects in memory. */
  readonly now: () => number;
  /** Called once for each upload and removal, after the change and before the client gets its response. Appends raise no event, because none is documented. */
  readonly onChange: (event: ObjectEvent) => void;
  /** @default the default behavior for each open question */
  readonly assumed?: Assumed;
}

export interface OpenedObject {
  readonly object: StoredObject;
  readonly content: Readable;
}

type Range = (object: StoredObject) => { readonly start: number; readonly end: number };

export interface Bucket {
  readonly settings: BucketSettings;
  readonly storage: BucketStorage;
  /** Whether its storage can keep versions. */
  readonly hasVersions: boolean;
  readonly config: StoredBucketConfig;
}

/** The objects of the local OBS and the operations on them. The HTTP side is in `obs-server.ts`. */
export class LocalObs {
  readonly #options: LocalObsOptions;
  readonly #buckets = new Map<string, Bucket>();
  readonly #locks = new KeyLocks();
  readonly #earlier: EarlierContents;
  readonly #forks: ForkedAppends;
  readonly assumed: Assumed;

  private constructor(options: LocalObsOptions) {
    this.#options = options;
    this.assumed = options.assumed ?? assumedByDefault;
    this.#earlier = new EarlierContents(options.now, this.assumed);
    this.#forks = new ForkedAppends(options.now);
  }

  /** @throws {Error} for a folder bucket without a folder or with versioning, and errors of the file system */
  static async open(options: LocalObsOptions): Promise<LocalObs> {
    const obs = new LocalObs(options);
    for (const bucket of options.buckets) await obs.addBucket(bucket);
    return obs;
  }

  /** Adds or replaces a bucket; a bucket in memory starts empty. */
  async addBucket(settings: BucketSettings): Promise<void> {
    const { name, storageClass, versioning, parallelFileSystem } = settings;
    const isFolder = this.#isFolder(settings);
    const initial: BucketConfig = {
      createdMs: this.#options.now(),
      parallelFileSystem,
      storageClass,
      versioning: versioning ? 'Enabled' : undefined,
    };
    const file = isFolder ? path.join(this.#options.stateFolder ?? '', name, 'bucket.json') : undefined;
    const config = new StoredBucketConfig(initial, file);
    const storage = await this.#openStorage(settings, config);
    this.#buckets.set(name, { settings, config, storage, hasVersions: !isFolder });
  }

  /**
   * Creates an empty bucket, in the folder if there is one. An existing bucket stays as it is.
   *
   * @throws {ObsError} 400 InvalidBucketName
   */
  async createBucket(name: string, config: Partial<BucketConfig>): Promise<void> {
    if (!BUCKET_NAME.test(name) || IP_ADDRESS.test(name)) throw obsErrors.invalidBucketName();
    await this.#locks.run(name, async () => {
      if (this.#buckets.has(name)) return;
      await this.addBucket({ name });
      this.bucket(name).config.change(config);
    });
  }

  /** @throws {ObsError} 404, 409 BucketNotEmpty */
  async deleteBucket(name: string): Promise<void> {
    await this.#locks.run(name, async () => {
      const { storage } = this.bucket(name);
      const versions = await storage.versions('');
      if (versions.length > 0 || !(await storage.destroy())) throw obsErrors.bucketNotEmpty();
      this.#buckets.delete(name);
    });
  }

  /** Adds a bucket for a subfolder that someone created. Does nothing if there is none. */
  async adopt(name: string): Promise<void> {
    const { folder } = this.#options;
    if (this.#buckets.has(name) || folder === undefined || !BUCKET_NAME.test(name)) return;
    await this.#locks.run(name, async () => {
      const stats = await lstat(path.join(folder, name)).catch(() => undefined);
      // Another request may have adopted it in the meantime.
      if (stats?.isDirectory() && !this.#buckets.has(name)) await this.addBucket({ name });
    });
  }

  /** Adds buckets for all subfolders. */
  async adoptAll(): Promise<void> {
    const { folder } = this.#options;
    const names = folder === undefined ? [] : await readdir(folder).catch(() => []);
    for (const name of names) await this.adopt(name);
  }

  /** All buckets, by name. */
  buckets(): BucketSettings[] {
    return [...this.#buckets.values()].map(({ settings }) => settings).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws {ObsError} 404 NoSuchBucket */
  bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw obsErrors.noSuchBucket();
    return bucket;
  }

  /** Whether the object exists. */
  async has(bucket: string, key: string): Promise<boolean> {
    await this.adopt(bucket);
    const object = await this.#buckets.get(bucket)?.storage.find(key);
    return object !== undefined && !object.isDeleteMarker;
  }

  /** The content of an object as a string; undefined if it does not exist. For tests and tools, without HTTP. */
  async text(bucket: string, key: string): Promise<string | undefined> {
    return (await this.bytes(bucket, key))?.toString('utf8');
  }

  /** The content of an object as bytes; undefined if it does not exist. */
  async bytes(bucket: string, key: string): Promise<Buffer | undefined> {
    if (!(await this.has(bucket, key))) return undefined;
    const whole = (object: StoredObject) => ({ start: 0, end: object.size - 1 });
    const { content } = await this.#openCurrent(bucket, key, undefined, whole);
    return Buffer.concat(await content.toArray());
  }

  /**
   * Puts an object.
   *
   * @param contentMd5 in base64, as in the header; verified if given
   * @throws {ObsError}
   */
  async put(
    bucketName: string,
    key: string,
    data: AsyncIterable<Uint8Array>,
    attributes: Attributes,
    contentMd5?: string,
    eventName: ObjectEvent['eventName'] = 'ObjectCreated:Put',
    eTag?: string,
  ): Promise<StoredObject> {
    const { storage, config } = this.bucket(bucketName);
    checkKey(key);
    const staged = await this.stage(bucketName, data, contentMd5);
    try {
      return await this.#locks.run(`${bucketName}/${key}`, async () => {
        const stored = { ...attributes, storageClass: newClass(attributes, config) };
        await this.#earlier.remember(bucketName, key, storage);
        const object = await storage.put(key, staged, eTag ?? staged.md5, stored);
        this.#emit(eventName, bucketName, object);
        return object;
      });
    } finally {
      await staged.discard();
    }
  }

  /** Receives bytes that are not an object yet. @throws {ObsError} 400 BadDigest */
  async stage(
    bucketName: string,
    data: AsyncIterable<Uint8Array>,
    contentMd5: string | undefined,
  ): Promise<StagedUpload> {
    const staged = await this.bucket(bucketName).storage.stage(data);
    if (contentMd5 === undefined || md5Matches(contentMd5, staged.md5)) return staged;
    await staged.discard();
    throw obsErrors.badDigest();
  }

  /**
   * Appends at a position. Of several appends at the same position, exactly one succeeds.
   *
   * @throws {ObsError} 409 PositionNotEqualToLength, ObjectNotAppendable; 403, 405 or 409 if the bucket does not allow it
   */
  async append(
    bucketName: string,
    key: string,
    position: number,
    data: Uint8Array,
    attributes: Attributes,
  ): Promise<StoredObject> {
    const { settings, storage, config } = this.bucket(bucketName);
    checkKey(key);
    const storageClass = newClass(attributes, config);
    checkAppendable({ ...settings, ...config.now, storageClass });
    return this.#locks.run(`${bucketName}/${key}`, async () => {
      const found = await storage.find(key);
      const before = found?.isDeleteMarker ? undefined : found;
      if (before !== undefined) {
        if (before.appends === undefined) throw obsErrors.objectNotAppendable();
        if (before.appends >= MAX_APPENDS || before.storageClass === 'COLD') throw obsErrors.objectNotAppendable();
      }
      const behavior = this.assumed('append-concurrency');
      const name = `${bucketName}/${key}`;
      const stored = { ...attributes, storageClass };
      if (behavior !== 'atomic' && before !== undefined && this.#forks.isFork(name, position))
        return appendBeside(behavior, storage, { key, position, data, before, attributes: stored });
      if (position !== (before?.size ?? 0)) throw obsErrors.positionNotEqualToLength();
      await this.#earlier.remember(bucketName, key, storage);
      const object = await storage.append(key, data, before, stored);
      this.#forks.note(name, position);
      if (this.assumed('append-event') === 'put') this.#emit('ObjectCreated:Put', bucketName, object);
      return object;
    });
  }

  /** An object and its content, even if it is replaced while reading. @throws {ObsError} 404, and errors of `range` */
  async open(bucketName: string, key: string, versionId: string | undefined, range: Range): Promise<OpenedObject> {
    const earlier = versionId === undefined ? this.#earlier.read(bucketName, key) : undefined;
    if (earlier === undefined) return this.#openCurrent(bucketName, key, versionId, range);
    if (earlier.object === undefined) throw obsErrors.noSuchKey();
    const { start, end } = range(earlier.object);
    const bytes = earlier.bytes.subarray(start, end + 1);
    return { object: earlier.object, content: Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false }) };
  }

  async #openCurrent(
    bucketName: string,
    key: string,
    versionId: string | undefined,
    range: Range,
  ): Promise<OpenedObject> {
    const { storage } = this.bucket(bucketName);
    return this.#locks.run(`${bucketName}/${key}`, async () => {
      const object = await this.#statCurrent(bucketName, key, versionId);
      const { start, end } = range(object);
      return { object, content: await storage.read(object, start, end) };
    });
  }

  /** The metadata of an object. @throws {ObsError} 404 */
  async stat(bucketName: string, key: string, versionId: string | undefined): Promise<StoredObject> {
    const earlier = versionId === undefined ? this.#earlier.read(bucketName, key) : undefined;
    if (earlier === undefined) return this.#statCurrent(bucketName, key, versionId);
    if (earlier.object === undefined) throw obsErrors.noSuchKey();
    return earlier.object;
  }

  /** Whether lists do not show this object yet. */
  isUnlisted(bucketName: string, key: string): boolean {
    return this.#earlier.isUnlisted(bucketName, key);
  }

  async #statCurrent(bucketName: string, key: string, versionId: string | undefined): Promise<StoredObject> {
    const object = await this.bucket(bucketName).storage.find(key, versionId);
    if (object === undefined) throw versionId === undefined ? obsErrors.noSuchKey() : obsErrors.noSuchVersion();
    if (object.isDeleteMarker) throw versionId === undefined ? obsErrors.noSuchKey() : obsErrors.methodNotAllowed();
    return object;
  }

  /**
   * Changes the attributes of an object, without a change of its content or an event.
   *
   * @throws {ObsError} 404, and errors of `change`
   */
  async setAttributes(
    bucketName: string,
    key: string,
    versionId: string | undefined,
    change: (object: StoredObject) => Attributes,
  ): Promise<StoredObject> {
    const { storage } = this.bucket(bucketName);
    return this.#locks.run(`${bucketName}/${key}`, async () => {
      const object = await this.#statCurrent(bucketName, key, versionId);
      return storage.setAttributes(object, change(object));
    });
  }

  /**
   * Removes an object as a lifecycle rule does, if `found` is still as it was: no event is documented.
   *
   * @param versionId absent: the latest version is removed or, with versioning, hidden
   */
  async expire(bucketName: string, found: StoredObject, versionId?: string): Promise<void> {
    const { storage } = this.bucket(bucketName);
    await this.#locks.run(`${bucketName}/${found.key}`, async () => {
      const now = await storage.find(found.key, versionId);
      if (now?.versionId !== found.versionId || now.modifiedMs !== found.modifiedMs) return;
      await storage.remove(found.key, versionId);
    });
  }

  /** @returns the removed object, or the delete marker that hides it; undefined if there was nothing to remove, which is not an error */
  async remove(bucketName: string, key: string, versionId: string | undefined): Promise<StoredObject | undefined> {
    const { config, storage } = this.bucket(bucketName);
    return this.#locks.run(`${bucketName}/${key}`, async () => {
      await this.#earlier.remember(bucketName, key, storage);
      const removed = await storage.remove(key, versionId);
      if (removed === undefined) return undefined;
      const isHidden = config.now.versioning !== undefined && versionId === undefined;
      this.#emit(isHidden ? 'ObjectRemoved:DeleteMarkerCreated' : 'ObjectRemoved:Delete', bucketName, removed);
      return removed;
    });
  }

  #isFolder({ storage }: BucketSettings): boolean {
    return (storage ?? (this.#options.folder === undefined ? 'memory' : 'folder')) === 'folder';
  }

  async #openStorage(settings: BucketSettings, config: StoredBucketConfig): Promise<BucketStorage> {
    const { folder, stateFolder, watch, now } = this.#options;
    const { name, versioning = false } = settings;
    if (!this.#isFolder(settings)) return new MemoryBucket({ versioning: () => config.now.versioning, now });
    if (folder === undefined || stateFolder === undefined)
      throw new Error(`add the bucket ${name}: the local OBS has no folder`);
    if (versioning) throw new Error(`add the bucket ${name}: a bucket with versioning must be in memory`);
    return FolderBucket.open({
      folder: path.join(folder, name),
      beside: path.join(stateFolder, name),
      now,
      ...(watch === undefined ? {} : { changeQuietly: (key, change) => watch.changeQuietly(name, key, change) }),
    });
  }

  #emit(eventName: ObjectEvent['eventName'], bucket: string, object: StoredObject): void {
    const timeMs = this.#options.now();
    const isCreated = eventName.startsWith('ObjectCreated:');
    this.#options.onChange({
      eventName,
      bucket,
      key: object.key,
      ...(isCreated ? { size: object.size, eTag: object.eTag } : {}),
      versionId: object.versionId,
      time: new Date(timeMs),
      sequencer: nextSequencer(timeMs),
    });
  }
}

/** The class of a new object. */
function newClass({ storageClass }: Attributes, { now }: StoredBucketConfig): StorageClass {
  return storageClass ?? now.storageClass ?? 'STANDARD';
}

function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw obsErrors.keyTooLong();
}

/** It is documented that these buckets refuse appends (obs_04_0088), with 403 for WORM; the other codes are unconfirmed. */
function checkAppendable({
  worm,
  replication,
  parallelFileSystem,
  storageClass,
}: Omit<BucketSettings, 'name' | 'versioning' | 'parallelFileSystem' | 'storageClass'> &
  Pick<BucketConfig, 'parallelFileSystem' | 'storageClass'>): void {
  if (worm) throw obsErrors.accessDenied('WORM is enabled for the bucket: objects cannot be appended to.');
  if (replication)
    throw new ObsError(409, 'InvalidBucketState', 'Cross-region replication is configured for the bucket.');
  if (parallelFileSystem) throw obsErrors.methodNotAllowed();
  if (storageClass === 'COLD')
    throw new ObsError(403, 'InvalidObjectState', 'Objects of this storage class cannot be appended to.');
}
