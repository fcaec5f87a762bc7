/** A change of an object, as OBS reports it to triggers on the bucket (API reference obs_04_0039). */
export interface ObjectEvent {
  readonly eventName:
    | 'ObjectCreated:Put'
    | 'ObjectCreated:Copy'
    | 'ObjectCreated:CompleteMultipartUpload'
    | 'ObjectRemoved:Delete'
    | 'ObjectRemoved:DeleteMarkerCreated';
  readonly bucket: string;
  /** Not encoded. */
  readonly key: string;
  /** Size and eTag are absent when the object was removed. */
  readonly size?: number;
  readonly eTag?: string;
  /** The string `null` in a bucket without versioning. */
  readonly versionId: string;
  readonly time: Date;
  /** 32 hex digits; for the same key, a larger value is later. */
  readonly sequencer: string;
}
