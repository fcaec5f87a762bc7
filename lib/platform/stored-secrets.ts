import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredReference } from '../kernel/secret-reference.ts';
import type { CsmsService } from '../ports/csms.ts';

/** A value is used for this long without asking DEW again, so a rotated secret is used after at most this time. */
const FRESH_MS = 2 * 60_000;
/** A value is used for this long while DEW does not give a new one. */
const USABLE_MS = 5 * 60_000;
/** A read that began longer ago is not joined: its call is over, or it belongs to an invocation that the platform froze. */
const JOINED_MS = 5_000;
/** How long a new value is waited for while there is one that can be used. */
const PATIENCE_MS = 1_000;

/** The value of a version; `undefined` when it is binary. */
type Text = string | undefined;

interface Kept {
  readonly text: Text;
  /** When it was asked for: it is at least as new as that. */
  readonly at: number;
}

/** The secrets that an instance has read from DEW, for the invocations that follow. They are in its memory and nowhere else. */
export class StoredSecrets {
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();
  /** Concurrent readers share one request. */
  readonly #reading = new Map<string, { readonly at: number; readonly text: Promise<Text> }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * The value of the version that a reference names.
   *
   * @returns `undefined` when the value is binary
   * @throws what `csms` throws, unless there is a value of less than five minutes' age
   */
  async read(reference: StoredReference, csms: () => Promise<CsmsService>): Promise<Text> {
    const id = idOf(reference);
    const fresh = this.#youngerThan(id, FRESH_MS);
    if (fresh) return fresh.text;
    const reading = this.#running(id) ?? this.#start(id, reference, csms);
    const usable = this.#youngerThan(id, USABLE_MS);
    if (!usable) return reading;
    return orElse(reading, usable.text);
  }

  /** Makes the next reader ask DEW: the value cannot be used, and may have been corrected since it was read. */
  forget(reference: StoredReference): void {
    this.#kept.delete(idOf(reference));
  }

  #running(id: string): Promise<Text> | undefined {
    const reading = this.#reading.get(id);
    const age = reading && this.#now() - reading.at;
    return age !== undefined && age >= 0 && age < JOINED_MS ? reading?.text : undefined;
  }

  /** The last known value, of any age. `undefined` when there is none, or it is binary. */
  last(reference: StoredReference): Text {
    return this.#kept.get(idOf(reference))?.text;
  }

  #youngerThan(id: string, ms: number): Kept | undefined {
    const kept = this.#kept.get(id);
    const age = kept && this.#now() - kept.at;
    // A clock that was set back says nothing about the age.
    return age !== undefined && age >= 0 && age < ms ? kept : undefined;
  }

  #start(
    id: string,
    { csms: name, version = 'latest' }: StoredReference,
    csms: () => Promise<CsmsService>,
  ): Promise<Text> {
    const at = this.#now();
    const text = this.#ask(id, at, () => csms().then((service) => service.readVersion(name, version)));
    const reading = {
      at,
      text: text.finally(() => {
        if (this.#reading.get(id) === reading) this.#reading.delete(id);
      }),
    };
    this.#reading.set(id, reading);
    return reading.text;
  }

  async #ask(id: string, at: number, read: () => Promise<Text>): Promise<Text> {
    const text = await read();
    // A read that was held up must not replace a newer one.
    if ((this.#kept.get(id)?.at ?? at) <= at) this.#kept.set(id, { text, at });
    return text;
  }
}

function idOf({ csms, version = 'latest' }: StoredReference): string {
  return `${csms} ${version}`;
}

/** The new value, or the known one if there is no new one soon. */
async function orElse(reading: Promise<Text>, known: Text): Promise<Text> {
  const enough = new AbortController();
  const patience = sleep(PATIENCE_MS, known, { signal: enough.signal }).catch(() => known);
  try {
    return await Promise.race([reading.catch(() => known), patience]);
  } finally {
    enough.abort();
  }
}
