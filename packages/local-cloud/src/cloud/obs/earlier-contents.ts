import { Buffer } from 'node:buffer';
import type { Assumed } from '../open-questions/assumptions.ts';
import type { BucketStorage, StoredObject } from './bucket.ts';

/** How long a read may return what an object was before a change, and a list may lack a new object. */
const STALE_MS = 2_000;

/** What an object was before its latest change. */
export interface EarlierContent {
  /** Undefined if there was no object. */
  readonly object: StoredObject | undefined;
  readonly bytes: Buffer;
}

/** What objects were before their latest changes, for reads and lists that are not up to date. */
export class EarlierContents {
  readonly #now: () => number;
  readonly #assumed: Assumed;
  readonly #byObject = new Map<string, EarlierContent & { readonly changedAt: number }>();

  constructor(now: () => number, assumed: Assumed) {
    this.#now = now;
    this.#assumed = assumed;
  }

  /** Called before each change of an object. The first state of several changes in a row is kept. */
  async remember(bucket: string, key: string, storage: BucketStorage): Promise<void> {
    const isNeeded = this.#assumed('read-after-write') === 'stale' || this.#assumed('object-list-lag') !== 'none';
    if (!isNeeded || this.#current(bucket, key) !== undefined) return;
    const found = await storage.find(key);
    const object = found?.isDeleteMarker ? undefined : found;
    const content = object && (await storage.read(object, 0, object.size - 1));
    const bytes = Buffer.concat((await content?.toArray()) ?? []);
    this.#byObject.set(`${bucket}/${key}`, { object, bytes, changedAt: this.#now() });
  }

  /** What a read returns instead of the current content; undefined if it is up to date. */
  read(bucket: string, key: string): EarlierContent | undefined {
    return this.#assumed('read-after-write') === 'stale' ? this.#current(bucket, key) : undefined;
  }

  /** Whether a list does not show this object yet. */
  isUnlisted(bucket: string, key: string): boolean {
    const current = this.#assumed('object-list-lag') === 'none' ? undefined : this.#current(bucket, key);
    return current !== undefined && current.object === undefined;
  }

  #current(bucket: string, key: string): EarlierContent | undefined {
    const earlier = this.#byObject.get(`${bucket}/${key}`);
    return earlier !== undefined && this.#now() - earlier.changedAt < STALE_MS ? earlier : undefined;
  }
}
