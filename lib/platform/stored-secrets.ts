import { setTimeout as sleep } from 'node:timers/promises';
import { CloudError } from '../kernel/errors.ts';
import type { StoredReference } from '../kernel/secret-reference.ts';
import type { CsmsService } from '../ports/csms.ts';

/** A value is used for this long without asking DEW again, so a rotated secret is used after at most this time. */
const FRESH_MS = 2 * 60_000;
/** A value is used for this long while DEW does not give a new one. */
const USABLE_MS = 5 * 60_000;
/** A read that began longer ago is not joined: its call is over, or it belongs to an invocation that the platform froze. */
const JOINED_MS = 5_000;
/**
 * Callers who are not authenticated yet make an instance ask DEW for a secret at most once in this time, whatever DEW responds: strangers must not
 * spend its calls. A secret that was corrected is used for callers after at most this time.
 */
const SPARED_MS = 10_000;
/** How long a new value is waited for while there is one that can be used. */
const PATIENCE_MS = 1_000;

/** The value of a version; `undefined` when it is binary. */
type Text = string | undefined;

interface Kept {
  readonly text: Text;
  /** When it was asked for: it is at least as new as that. */
  readonly at: number;
}

interface Asked {
  readonly at: number;
  readonly text: Promise<Text>;
  isOver: boolean;
}

/** Who needs a secret: a run of ours, or somebody who says that they know it. */
export type SecretReader = 'run' | 'caller';

/** The secrets that an instance has read from DEW, for the invocations that follow. They are in its memory and nowhere else. */
export class StoredSecrets {
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();
  /** The last request for each; concurrent readers share it. */
  readonly #asked = new Map<string, Asked>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * The value of the version that a reference names.
   *
   * @returns `undefined` when the value is binary
   * @throws what `csms` throws, unless there is a value of less than five minutes' age
   */
  async read(
    reference: StoredReference,
    csms: () => Promise<CsmsService>,
    reader: SecretReader = 'run',
  ): Promise<Text> {
    const id = idOf(reference);
    const fresh = this.#youngerThan(id, FRESH_MS);
    if (fresh) return fresh.text;
    const asked = this.#joined(id, reader) ?? this.#ask(id, reference, csms);
    const usable = this.#youngerThan(id, USABLE_MS);
    if (!usable) return asked.text;
    return orElse(asked.text, usable.text, PATIENCE_MS - (this.#now() - asked.at));
  }

  /** Makes the next reader ask DEW: the value cannot be used, and may have been corrected since it was read. */
  forget(reference: StoredReference): void {
    this.#kept.delete(idOf(reference));
  }

  #joined(id: string, reader: SecretReader): Asked | undefined {
    const asked = this.#asked.get(id);
    if (!asked) return undefined;
    const age = this.#now() - asked.at;
    const spared = reader === 'caller' ? SPARED_MS : 0;
    return age >= 0 && age < (asked.isOver ? spared : JOINED_MS) ? asked : undefined;
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

  #ask(id: string, { csms: name, version = 'latest' }: StoredReference, csms: () => Promise<CsmsService>): Asked {
    const at = this.#now();
    const text = csms()
      .then((service) => service.readVersion(name, version))
      .then((text) => {
        // A read that was held up must not replace a newer one.
        if ((this.#kept.get(id)?.at ?? at) <= at) this.#kept.set(id, { text, at });
        return text;
      });
    const asked: Asked = { at, text, isOver: false };
    this.#asked.set(id, asked);
    text
      .catch((error: unknown) => {
        // Nothing was asked.
        if (error instanceof CloudError && error.cloudCode === 'out_of_time' && this.#asked.get(id) === asked) {
          this.#asked.delete(id);
        }
      })
      .finally(() => {
        asked.isOver = true;
      });
    return asked;
  }
}

function idOf({ csms, version = 'latest' }: StoredReference): string {
  return `${csms} ${version}`;
}

/** The new value, or the known one if there is no new one within this time. */
async function orElse(reading: Promise<Text>, known: Text, ms: number): Promise<Text> {
  const enough = new AbortController();
  const patience = sleep(Math.max(0, ms), known, { signal: enough.signal }).catch(() => known);
  try {
    return await Promise.race([reading.catch(() => known), patience]);
  } finally {
    enough.abort();
  }
}
