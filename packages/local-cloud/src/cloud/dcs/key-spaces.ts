import type { Clock } from '../clock.ts';
import type { Instances } from './instances.ts';
import { type StoredKey, storedKeys } from './stored-key.ts';

/** The number of keys of a source whose content is not defined. */
export const SOURCE_KEYS = 1000;

type Keys = Map<string, StoredKey>;

/** The keys of every instance: those it has from the start, and what commands, imports, restorations and migrations made of them. */
export class KeySpaces {
  readonly #instances: Instances;
  readonly #clock: Clock;
  readonly #byInstance = new Map<string, Keys>();

  constructor(instances: Instances, clock: Clock) {
    this.#instances = instances;
    this.#clock = clock;
  }

  /** The keys that have not expired; of one database, or of all. */
  of(instanceId: string, db?: number): StoredKey[] {
    const keys = this.#byInstance.get(instanceId)?.values() ?? storedKeys(this.#instances.find(instanceId)?.keys ?? 0);
    const now = this.#clock.now();
    return [...keys].filter(
      (key) => (db === undefined || key.db === db) && (key.expiresAt === undefined || key.expiresAt > now),
    );
  }

  /** Gives a source generated keys, unless it has any of its own or its definition says how many it has. */
  fillSource(instanceId: string): void {
    const isDefined = this.#instances.find(instanceId)?.keys !== undefined;
    if (!isDefined && !this.#byInstance.has(instanceId)) this.merge(instanceId, storedKeys(SOURCE_KEYS));
  }

  /** Adds keys. Keys of the same name are overwritten, the others stay: an import does not clear its target. */
  merge(instanceId: string, keys: readonly StoredKey[]): void {
    const all = this.#change(instanceId);
    const mode = this.#instances.find(instanceId)?.cacheMode;
    // A cluster has only database 0; keys of other databases are merged into it.
    const isCluster = mode === 'cluster' || mode === 'proxy';
    for (const key of keys) put(all, isCluster ? { ...key, db: 0 } : key);
  }

  /** Replaces all keys, as a restoration does. */
  replace(instanceId: string, keys: readonly StoredKey[]): void {
    this.#change(instanceId).clear();
    this.merge(instanceId, keys);
  }

  delete(instanceId: string, db: number, name: string): void {
    this.#change(instanceId).delete(idOf(db, name));
  }

  /** Removes all keys; of one database, or of all. */
  clear(instanceId: string, db?: number): void {
    const kept = db === undefined ? [] : this.of(instanceId).filter((key) => key.db !== db);
    this.replace(instanceId, kept);
  }

  /** Forgets the changes of an instance: it has the keys of its definition again. */
  reset(instanceId: string): void {
    this.#byInstance.delete(instanceId);
  }

  /** The keys of the instances that differ from their definition, to be stored. */
  changed(): Record<string, StoredKey[]> {
    return Object.fromEntries([...this.#byInstance].map(([id, keys]) => [id, [...keys.values()]]));
  }

  restore(changed: Readonly<Record<string, readonly StoredKey[]>>): void {
    for (const [id, keys] of Object.entries(changed)) this.replace(id, keys);
  }

  #change(instanceId: string): Keys {
    const known = this.#byInstance.get(instanceId);
    if (known !== undefined) return known;
    const keys: Keys = new Map();
    for (const key of this.of(instanceId)) put(keys, key);
    this.#byInstance.set(instanceId, keys);
    return keys;
  }
}

function put(keys: Keys, key: StoredKey): void {
  keys.set(idOf(key.db, key.name), key);
}

function idOf(db: number, name: string): string {
  return `${db} ${name}`;
}
