import { Buffer } from 'node:buffer';
import type { BehaviorOf } from '../open-questions/open-questions.ts';
import type { Attributes, BucketStorage, StoredObject } from './bucket.ts';

/** Appends at the same position within this time count as simultaneous. */
const SIMULTANEOUS_MS = 2_000;

/** The positions of the latest appends, for a service whose appends are not atomic. */
export class ForkedAppends {
  readonly #now: () => number;
  readonly #latest = new Map<string, { readonly position: number; readonly at: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Called after each append. */
  note(object: string, position: number): void {
    this.#latest.set(object, { position, at: this.#now() });
  }

  /** Whether another append at this position came just before. */
  isFork(object: string, position: number): boolean {
    const latest = this.#latest.get(object);
    return latest?.position === position && this.#now() - latest.at < SIMULTANEOUS_MS;
  }
}

/** Appends after another append at the same position. */
export async function appendBeside(
  behavior: Exclude<BehaviorOf<'append-concurrency'>, 'atomic'>,
  storage: BucketStorage,
  { key, position, data, before, attributes }: ForkedAppend,
): Promise<StoredObject> {
  if (behavior === 'all-kept') return storage.append(key, data, before, attributes);
  const kept = position === 0 ? [] : await (await storage.read(before, 0, position - 1)).toArray();
  await storage.remove(key, before.versionId);
  return storage.append(key, Buffer.concat([...kept, data]), undefined, attributes);
}

export interface ForkedAppend {
  readonly key: string;
  readonly position: number;
  readonly data: Uint8Array;
  readonly before: StoredObject;
  readonly attributes: Attributes;
}
