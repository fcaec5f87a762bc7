export interface ObsObject {
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly eTag: string;
  /** Absent in a bucket without versions, and for objects from before them (`null`). */
  readonly versionId?: string;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** By what a content of a key is told from others. What the answer does not say is absent. */
export interface ObjectIdentity {
  /** Of the whole object, in bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly eTag?: string;
  /** Absent where the bucket has no versions. */
  readonly versionId?: string;
  /** ISO 8601. */
  readonly lastModified?: string;
}

export interface ObjectStart extends ObjectIdentity {
  /** The first bytes; fewer when the object is shorter. */
  readonly start: Buffer;
}

export interface ObsService {
  /**
   * With one request.
   *
   * @throws {CloudError} also when there is no such bucket or object, or it may not be seen: `judgeObsAnswer` says what that means
   */
  readStart(bucket: string, key: string, bytes: number): Promise<ObjectStart>;
  /**
   * The last bytes of an object of `size` bytes, with one request. `undefined` when it has another size by now.
   *
   * @param from offset of the first byte; less than `size`
   * @throws {CloudError} as `readStart`
   */
  readEnd(bucket: string, key: string, from: number, size: number): Promise<Buffer | undefined>;
  /**
   * All objects below a prefix that changed since then, with version ids where the bucket has versions (the newest of each key). Keys in
   * order, those after `after` alone if it is given. Stops after `most`; fewer means that there are no more, unless `goesOn` said no.
   *
   * `goesOn` is asked after each page of keys, changed or not, with the last of them: `false` ends the listing there.
   */
  listSince(
    bucket: string,
    prefix: string,
    since: string,
    most: number,
    after?: string,
    goesOn?: (upTo: string) => boolean,
  ): Promise<ObsObject[]>;
}
