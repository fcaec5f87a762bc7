import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** A secret that exists from the start. */
export interface LocalSecret {
  readonly name: string;
  /** The value of all its versions. */
  readonly text: string;
  /** How many versions it has: v1, v2 and so on. @default 1 */
  readonly versions?: number;
  /** @default the project of the first account */
  readonly projectId?: string;
}

/** The value of a version, as text or as bytes in Base64. */
export type SecretValue = { readonly secret_string: string } | { readonly secret_binary: string };

export interface SecretVersion {
  readonly id: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly expireTime: number | undefined;
  /** A stage belongs to one version of a secret at a time. */
  readonly stages: readonly string[];
  readonly value: SecretValue;
}

export interface StoredSecret {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly keyId: string;
  readonly description: string;
  readonly enterpriseProjectId: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Oldest first. */
  readonly versions: readonly SecretVersion[];
}

/** What a new secret or version is made from. */
export interface NewVersion {
  readonly value: SecretValue;
  /** @default SYSCURRENT, and the version that had it becomes SYSPREVIOUS */
  readonly stages?: readonly string[] | undefined;
  readonly expireTime?: number | undefined;
}

export type NewSecret = Pick<StoredSecret, 'projectId' | 'name' | 'keyId' | 'description' | 'enterpriseProjectId'>;

const CURRENT = 'SYSCURRENT';
const PREVIOUS = 'SYSPREVIOUS';

/** The secrets of the local CSMS, with their values: it stores what a caller gives it, and shows it only to ShowSecretVersion. */
export class Secrets {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #secrets = new Map<string, StoredSecret>();

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** By name. */
  all(projectId?: string): StoredSecret[] {
    return [...this.#secrets.values()]
      .filter((secret) => projectId === undefined || secret.projectId === projectId)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(projectId: string, name: string): StoredSecret | undefined {
    return this.#secrets.get(`${projectId}/${name}`);
  }

  create(made: NewSecret, first: NewVersion): StoredSecret {
    const at = this.#clock.now();
    const secret = { ...made, id: randomUUID(), createdAt: at, updatedAt: at, versions: [] };
    return this.#store(withVersion(secret, first, at));
  }

  /** @returns the new version */
  addVersion(secret: StoredSecret, made: NewVersion): SecretVersion {
    const { versions } = this.#store(withVersion(secret, made, this.#clock.now()));
    return versions.at(-1) as SecretVersion;
  }

  delete({ projectId, name }: StoredSecret): void {
    this.#secrets.delete(`${projectId}/${name}`);
    this.#onChange();
  }

  /** Puts back what was stored. */
  restore(secret: StoredSecret): void {
    this.#secrets.set(`${secret.projectId}/${secret.name}`, secret);
  }

  #store(secret: StoredSecret): StoredSecret {
    this.restore(secret);
    this.#onChange();
    return secret;
  }
}

/** Versions are numbered v1, v2, v3 and so on; the number of a version is not used again (CreateSecretVersion, 2025-08-28). */
function withVersion(secret: StoredSecret, { value, stages, expireTime }: NewVersion, at: number): StoredSecret {
  const number = Number(secret.versions.at(-1)?.id.slice(1) ?? 0) + 1;
  const taken = stages ?? [CURRENT];
  const replacesCurrent = taken.includes(CURRENT);
  const others = secret.versions.map((version) => {
    const wasCurrent = replacesCurrent && version.stages.includes(CURRENT);
    const kept = version.stages.filter((stage) => !taken.includes(stage) && !(replacesCurrent && stage === PREVIOUS));
    return { ...version, stages: wasCurrent && !taken.includes(PREVIOUS) ? [...kept, PREVIOUS] : kept };
  });
  const version: SecretVersion = { id: `v${number}`, createdAt: at, expireTime, stages: taken, value };
  return { ...secret, updatedAt: at, versions: [...others, version] };
}
