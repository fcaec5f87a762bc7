/** What happened to an object, as OBS tells it to whoever has a trigger on the bucket (API reference obs_04_0039). */
export interface ObjectEvent {
  readonly eventName:
    | 'ObjectCreated:Put'
    | 'ObjectCreated:Copy'
    | 'ObjectCreated:CompleteMultipartUpload'
    | 'ObjectRemoved:Delete'
    | 'ObjectRemoved:DeleteMarkerCreated';
  readonly bucket: string;
  /** As a client names it, not encoded. */
  readonly key: string;
  /** Both are absent when the object was removed. */
  readonly size?: number;
  readonly eTag?: string;
  /** `null` (the text) in a bucket without versioning. */
  readonly versionId: string;
  readonly time: Date;
  /** 32 hex digits; of one key, the larger is the later. */
  readonly sequencer: string;
}
