import type { Readable } from 'node:stream';
import type { Acl } from './acl.ts';
import type { StorageClass } from './storage-class.ts';
import type { Tag } from './tags.ts';

/** A bucket of the local OBS. */
export interface BucketSettings {
  readonly name: string;
  /** `folder`: its files are its objects. `memory`: not persisted. @default 'folder' if the OBS has a folder, otherwise 'memory' */
  readonly storage?: 'folder' | 'memory';
  /** Keeps earlier versions, from the start. Only for buckets in memory. @default false */
  readonly versioning?: boolean;
  /** Cross-region replication is configured: nothing can be appended. @default false */
  readonly replication?: boolean;
  /** Write once, read many: nothing can be appended. @default false */
  readonly worm?: boolean;
  /** A parallel file system: nothing can be appended. @default false */
  readonly parallelFileSystem?: boolean;
  /** The storage class of new objects. Nothing can be appended in a COLD (archive) bucket. @default 'STANDARD' */
  readonly storageClass?: StorageClass;
}

/** Attributes that a client sends with an upload, or changes later. */
export interface Attributes {
  readonly contentType: string | undefined;
  /** The `x-obs-meta-` headers, without the prefix. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Other headers that are stored and returned, such as `cache-control`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** @default the class of the bucket */
  readonly storageClass?: StorageClass | undefined;
  readonly tags?: readonly Tag[] | undefined;
  /** @default full control for the owner */
  readonly acl?: Acl | undefined;
  /** Of an archived object. */
  readonly restoration?: Restoration | undefined;
}

/** When an archived object can be read, in epoch ms. */
export interface Restoration {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** An object, or one version of it. */
export interface StoredObject extends Attributes {
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly eTag: string;
  readonly modifiedMs: number;
  /** The string `null` in a bucket without versioning. */
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  /** Number of appends; undefined if it was not created by an append. */
  readonly appends: number | undefined;
}

/** Uploaded bytes that are not an object yet. */
export interface StagedUpload {
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  read(): Readable;
  /** Discards the bytes. Harmless after they were stored as an object. */
  discard(): Promise<void>;
}

/** The storage of a bucket. The caller must serialize changes of the same key. */
export interface BucketStorage {
  stage(data: AsyncIterable<Uint8Array>): Promise<StagedUpload>;
  /** Stores it as the object with this key, replacing an existing one. */
  put(key: string, staged: StagedUpload, eTag: string, attributes: Attributes): Promise<StoredObject>;
  /** Appends bytes to `before`; creates an appendable object if there is none. */
  append(
    key: string,
    data: Uint8Array,
    before: StoredObject | undefined,
    attributes: Attributes,
  ): Promise<StoredObject>;
  /** Changes the attributes of this version; its content and its time stay. */
  setAttributes(object: StoredObject, attributes: Attributes): Promise<StoredObject>;
  /** The given version or the latest, which may be a delete marker; undefined if there is none. */
  find(key: string, versionId?: string): Promise<StoredObject | undefined>;
  /** The bytes from `start` to `end`, inclusive; none if `end` is smaller. Reads the current content, whatever happens later. */
  read(object: StoredObject, start: number, end: number): Promise<Readable>;
  /** @returns the removed object, or the new delete marker; undefined if there was nothing to remove */
  remove(key: string, versionId?: string): Promise<StoredObject | undefined>;
  /** The keys with this prefix whose latest version is not a delete marker, in order. */
  keys(prefix: string): Promise<string[]>;
  /** All versions, by key, latest first. */
  versions(prefix: string): Promise<StoredObject[]>;
  /** Removes an empty bucket. @returns whether it was removed: not if it has files that are not objects */
  destroy(): Promise<boolean>;
}

/** The attributes of an object, without the rest. */
export function attributesIn(all: Attributes): Attributes {
  const { contentType, metadata, headers, storageClass, tags, acl, restoration } = all;
  return { contentType, metadata, headers, storageClass, tags, acl, restoration };
}
