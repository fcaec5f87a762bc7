import { createHash, type Hash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Attributes, attributesIn, type BucketStorage, type StagedUpload, type StoredObject } from './bucket.ts';
import type { VersioningStatus } from './bucket-config.ts';
import { compareKeys } from './key-order.ts';

interface Version extends StoredObject {
  /** One chunk per append, joined only when read. */
  readonly chunks: Buffer[];
  /** The MD5 state of an appendable object. */
  readonly hash: Hash | undefined;
}

export interface MemoryBucketOptions {
  /** Undefined if versioning was never enabled. */
  readonly versioning: () => VersioningStatus | undefined;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Objects in memory, optionally with all their versions. */
export class MemoryBucket implements BucketStorage {
  readonly #options: MemoryBucketOptions;
  /** The latest version comes first. */
  readonly #versions = new Map<string, Version[]>();

  constructor(options: MemoryBucketOptions) {
    this.#options = options;
  }

  async stage(data: AsyncIterable<Uint8Array>): Promise<StagedUpload> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of data) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    return {
      size: bytes.length,
      md5: md5(bytes),
      read: () => Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false }),
      discard: async () => undefined,
    };
  }

  async put(key: string, staged: StagedUpload, eTag: string, attributes: Attributes): Promise<StoredObject> {
    const chunks: Buffer[] = await staged.read().toArray();
    return this.#add({ ...this.#newVersion(key, attributes), eTag, size: staged.size, chunks });
  }

  async append(
    key: string,
    data: Uint8Array,
    before: StoredObject | undefined,
    attributes: Attributes,
  ): Promise<StoredObject> {
    const [latest] = this.#versions.get(key) ?? [];
    const bytes = Buffer.from(data);
    if (before === undefined || latest?.hash === undefined) {
      const hash = createHash('md5').update(bytes);
      const made = { ...this.#newVersion(key, attributes), size: bytes.length, chunks: [bytes] };
      return this.#add({ ...made, eTag: hash.copy().digest('hex'), hash, appends: 1 });
    }
    const hash = latest.hash.update(bytes);
    latest.chunks.push(bytes);
    const [, ...older] = this.#versions.get(key) ?? [];
    const longer = {
      ...latest,
      size: latest.size + bytes.length,
      eTag: hash.copy().digest('hex'),
      modifiedMs: this.#options.now(),
      appends: (latest.appends ?? 0) + 1,
    };
    this.#versions.set(key, [longer, ...older]);
    return longer;
  }

  async setAttributes({ key, versionId }: StoredObject, attributes: Attributes): Promise<StoredObject> {
    const before = this.#find(key, versionId);
    if (before === undefined) throw new Error(`change the attributes of ${key}: it does not exist`);
    const changed = { ...before, ...attributesIn(attributes) };
    const versions = this.#versions.get(key) ?? [];
    this.#versions.set(
      key,
      versions.map((version) => (version === before ? changed : version)),
    );
    return changed;
  }

  async find(key: string, versionId?: string): Promise<StoredObject | undefined> {
    return this.#find(key, versionId);
  }

  async read(object: StoredObject, start: number, end: number): Promise<Readable> {
    const bytes = Buffer.concat(this.#find(object.key, object.versionId)?.chunks ?? []).subarray(start, end + 1);
    return Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false });
  }

  async remove(key: string, versionId?: string): Promise<StoredObject | undefined> {
    const versions = this.#versions.get(key) ?? [];
    if (versionId === undefined && this.#options.versioning() !== undefined) {
      const marker = this.#newVersion(key, { contentType: undefined, metadata: {} });
      return this.#add({ ...marker, isDeleteMarker: true, eTag: '', size: 0, chunks: [] });
    }
    const removed = this.#find(key, versionId);
    const left = versions.filter((version) => version !== removed);
    if (left.length === 0) this.#versions.delete(key);
    else this.#versions.set(key, left);
    return removed;
  }

  async keys(prefix: string): Promise<string[]> {
    return [...this.#versions]
      .filter(([key, [latest]]) => key.startsWith(prefix) && latest?.isDeleteMarker === false)
      .map(([key]) => key)
      .sort(compareKeys);
  }

  async versions(prefix: string): Promise<StoredObject[]> {
    return [...this.#versions.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort(compareKeys)
      .flatMap((key) => this.#versions.get(key) ?? []);
  }

  async destroy(): Promise<boolean> {
    return true;
  }

  #find(key: string, versionId: string | undefined): Version | undefined {
    const versions = this.#versions.get(key) ?? [];
    return versionId === undefined ? versions[0] : versions.find((version) => version.versionId === versionId);
  }

  #newVersion(key: string, attributes: Attributes) {
    return {
      ...attributesIn(attributes),
      key,
      modifiedMs: this.#options.now(),
      versionId:
        this.#options.versioning() === 'Enabled' ? `G001${randomBytes(14).toString('hex').toUpperCase()}` : 'null',
      isDeleteMarker: false,
      appends: undefined,
      hash: undefined,
    };
  }

  #add(version: Version): StoredObject {
    // A version without an ID replaces the previous one without.
    const before = (this.#versions.get(version.key) ?? []).filter(({ versionId }) => versionId !== version.versionId);
    this.#versions.set(version.key, [version, ...before]);
    return version;
  }
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
