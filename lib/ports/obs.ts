export interface ObsObject {
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly eTag: string;
  /** Absent in a bucket without versioning, and for objects from before it was enabled (`null`). */
  readonly versionId?: string;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** Identifies one version of an object. A field is absent if it is not in the response. */
export interface ObjectIdentity {
  /** Size of the whole object, in bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly eTag?: string;
  /** Absent if the bucket has no versioning. */
  readonly versionId?: string;
  /** ISO 8601. */
  readonly lastModified?: string;
}

export interface ObjectStart extends ObjectIdentity {
  /** The first bytes; fewer if the object is shorter. */
  readonly start: Buffer;
}

export interface ObsService {
  /**
   * The first bytes of an object, with one request.
   *
   * @throws {CloudError} also when the bucket or object does not exist, or access is denied: see `classifyObsError`
   */
  readStart(bucket: string, key: string, bytes: number): Promise<ObjectStart>;
  /**
   * The last bytes of an object of `size` bytes, with one request. `undefined` when its size has changed.
   *
   * @param from offset of the first byte to read; less than `size`
   * @throws {CloudError} as `readStart`
   */
  readEnd(bucket: string, key: string, from: number, size: number): Promise<Buffer | undefined>;
  /**
   * All objects below a prefix that changed since a time, in the order of keys, with version ids if the bucket has versioning (the newest of each
   * key). With `after`, only keys after it. At most `limit`; fewer means that there are no more, unless `shouldContinue` returned false.
   *
   * `shouldContinue` is called after each page of keys, changed or not, with the last key: `false` ends the listing there.
   */
  listSince(
    bucket: string,
    prefix: string,
    since: string,
    limit: number,
    after?: string,
    shouldContinue?: (upTo: string) => boolean,
  ): Promise<ObsObject[]>;
}
