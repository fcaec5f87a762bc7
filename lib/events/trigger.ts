/**
 * The checked, typed form of an event. Nothing past `lib/events` sees the event itself.
 */

/** A set of objects that is complete: one backup, a file per shard. */
export interface LandedSet {
  /** What `{set}` stands for. */
  readonly name: string;
  /** The version id or eTag of the object that says that the set is complete; absent for sets without one. */
  readonly marker?: string;
  /** Without the marker, in the order of their keys. */
  readonly members: readonly { readonly key: string; readonly version: string }[];
}

/** An object was created in a bucket, or removed from it; or a set of them is complete. */
export interface ObjectTrigger {
  readonly kind: 'object';
  readonly created: boolean;
  /** As received, for people: `ObjectCreated:Put`. */
  readonly eventName: string;
  readonly bucket: string;
  /** Decoded, as an OBS client takes it. Of a set: the prefix of its objects. */
  readonly key: string;
  /** As the event writes it, where that is another key and the event may mean either: the bucket decides. */
  readonly written?: string;
  /** Absent for a single object. */
  readonly set?: LandedSet;
  /** Bytes. Absent for removed objects. */
  readonly size?: number;
  /** Without quotes. */
  readonly eTag?: string;
  /** Absent where the bucket has no versions: the event says `null`, or an id that ends in `null`. */
  readonly versionId?: string;
  readonly sequencer?: string;
  /** EventGrid's event id. */
  readonly eventId?: string;
  /** When it happened, as the event writes it (ISO 8601). EventGrid: the envelope's, for the record's own is eight hours off. */
  readonly time: string;
  /** What was odd but did not stop it: a key that could not be decoded. */
  readonly warnings: readonly string[];
}

/** A timer ticked. */
export interface TickTrigger {
  readonly kind: 'tick';
  /** The timer trigger's name. */
  readonly name: string;
  /** RFC 3339 with offset, as the event writes it. */
  readonly time: string;
  /** Names of the jobs to start. */
  readonly jobs: readonly string[];
}

/** A caller asked for a run through the gateway. */
export interface RequestTrigger {
  readonly kind: 'request';
  /** The gateway's request id. */
  readonly requestId: string;
  /** What the caller names the occurrence by: `Idempotency-Key`, or `webhook-id` where that is signed. */
  readonly idempotencyKey?: string;
  /** Of what was asked for, so that the same key with something else is noticed. */
  readonly contentHash?: string;
  readonly job: string;
  /** The body's JSON object; empty when there was none. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, string>>;
  /** When it was received: our clock (UTC), for the gateway sends none. */
  readonly time: string;
}

export type Trigger = ObjectTrigger | TickTrigger | RequestTrigger;
