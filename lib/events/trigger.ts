/**
 * Checked, typed events. No code outside `lib/events` sees the raw event.
 */

/** A complete set of objects, such as one backup with a file per shard. */
export interface LandedSet {
  /** What `{set}` stands for. */
  readonly name: string;
  /** The version id or eTag of the marker object that completes the set; absent for sets without a marker. */
  readonly marker?: string;
  /** In the order of their keys, without the marker. */
  readonly members: readonly { readonly key: string; readonly version: string }[];
}

/** What an event of a probe's object says. Nothing in it identifies the account. */
export interface ProbeReceipt {
  /** The probe that wrote the object. */
  readonly probe: string;
  readonly route: 'direct' | 'eventgrid' | 'smn';
  readonly layout: 's3' | 'obs';
  /** The fields of the object, and the time, as they are in the event: an unknown one may have any type, and the key is undecoded. */
  readonly received: Readonly<Record<string, unknown>>;
}

/** An object was created in a bucket or removed from it, or a set of objects is complete. */
export interface ObjectTrigger {
  readonly kind: 'object';
  readonly created: boolean;
  /** As received, for display: `ObjectCreated:Put`. */
  readonly eventName: string;
  readonly bucket: string;
  /** Decoded, as an OBS client takes it. For a set: the prefix of its objects. */
  readonly key: string;
  /** The undecoded key, if it differs and the event may mean either: the bucket decides. */
  readonly written?: string;
  /** Absent for a single object. */
  readonly set?: LandedSet;
  /** Bytes. Absent for removed objects. */
  readonly size?: number;
  /** Without quotes. */
  readonly eTag?: string;
  /** Absent if the bucket has no versioning: the event then has `null`, or an id that ends in `null`. */
  readonly versionId?: string;
  readonly sequencer?: string;
  /** EventGrid's event id. */
  readonly eventId?: string;
  /** When it happened, as in the event (ISO 8601). With EventGrid, the envelope's time, because the record's own is eight hours off. */
  readonly time: string;
  /** Only for an object of a probe, which starts nothing. */
  readonly receipt?: ProbeReceipt;
  /** Oddities that did not prevent parsing, such as a key that could not be decoded. */
  readonly warnings: readonly string[];
}

/** A timer ticked. */
export interface TickTrigger {
  readonly kind: 'tick';
  /** The timer trigger's name. */
  readonly name: string;
  /** RFC 3339 with offset, as in the event. */
  readonly time: string;
  /** Names of the jobs to start. */
  readonly jobs: readonly string[];
}

/** A caller requested a run through the gateway. */
export interface RequestTrigger {
  readonly kind: 'request';
  /** The gateway's request id. */
  readonly requestId: string;
  /** The caller's key for the occurrence: `Idempotency-Key`, or `webhook-id` if that is signed. */
  readonly idempotencyKey?: string;
  /** The label of the caller's secret. Absent without one, and in records from before labels existed. */
  readonly caller?: string;
  /** Hash of the request's content, to detect a key that is reused with other content. */
  readonly contentHash?: string;
  readonly job: string;
  /** The body's JSON object; empty when there is no body. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, string>>;
  /** When it was received, by our clock (UTC), because the gateway sends no time. */
  readonly time: string;
}

export type Trigger = ObjectTrigger | TickTrigger | RequestTrigger;
