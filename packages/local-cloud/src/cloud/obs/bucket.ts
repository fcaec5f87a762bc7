import type { Readable } from 'node:stream';

/** A bucket of the local OBS. */
export interface BucketSettings {
  readonly name: string;
  /** `folder`: its files are its objects. `memory`: gone at the end. @default 'folder' where the OBS has a folder, else 'memory' */
  readonly storage?: 'folder' | 'memory';
  /** Keeps earlier versions. In memory only. @default false */
  readonly versioning?: boolean;
  /** Cross-region replication is configured: nothing can be appended. @default false */
  readonly replication?: boolean;
  /** Write once, read many: nothing can be appended. @default false */
  readonly worm?: boolean;
  /** A parallel file system: nothing can be appended. @default false */
  readonly parallelFileSystem?: boolean;
  /** Of new objects. Nothing can be appended in a bucket of COLD (archive). @default 'STANDARD' */
  readonly storageClass?: 'STANDARD' | 'WARM' | 'COLD';
}

/** What a client says of an object when it uploads it. */
export interface Attributes {
  readonly contentType: string | undefined;
  /** The `x-obs-meta-` headers, without that. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** An object, or one version of it. */
export interface StoredObject extends Attributes {
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly eTag: string;
  readonly modifiedMs: number;
  /** `null` (the text) in a bucket without versioning. */
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  /** How often it was appended to; undefined for one that was not made by an append. */
  readonly appends: number | undefined;
}

/** Uploaded bytes that are no object yet. */
export interface Held {
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  read(): Readable;
  /** Nothing is left of it. What was put as an object may be dropped too. */
  drop(): Promise<void>;
}

/** Where a bucket keeps its objects. Changes of one key come one after the other: whoever calls sees to that. */
export interface BucketStorage {
  hold(data: AsyncIterable<Uint8Array>): Promise<Held>;
  /** Makes it the object of this key, in place of the one before. */
  put(key: string, held: Held, eTag: string, attributes: Attributes): Promise<StoredObject>;
  /** Adds bytes to `before`; makes an appendable object if there is none. */
  append(
    key: string,
    data: Uint8Array,
    before: StoredObject | undefined,
    attributes: Attributes,
  ): Promise<StoredObject>;
  /** The latest version, which may be a delete marker, or the one that is named; undefined if there is none. */
  find(key: string, versionId?: string): Promise<StoredObject | undefined>;
  /** The bytes from `start` to `end`, both included; none if `end` is less. It reads what is there now, whatever happens later. */
  read(object: StoredObject, start: number, end: number): Promise<Readable>;
  /** @returns what was removed, or the delete marker that was put on top; undefined if there was nothing to remove */
  remove(key: string, versionId?: string): Promise<StoredObject | undefined>;
  /** The keys that begin with this and whose latest version is no delete marker, in order. */
  keys(prefix: string): Promise<string[]>;
  /** All versions, the latest first within a key, keys in order. */
  versions(prefix: string): Promise<StoredObject[]>;
}
