import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Acl } from './acl.ts';
import type { Encryption } from './encryption.ts';
import type { LifecycleRule } from './lifecycle.ts';
import type { NotificationRule } from './notification.ts';
import type { StorageClass } from './storage-class.ts';
import type { Tag } from './tags.ts';

export type VersioningStatus = 'Enabled' | 'Suspended';

/** What can be configured over HTTP. Absent: never configured. */
export interface BucketConfig {
  /** Epoch ms. */
  readonly createdMs: number;
  readonly parallelFileSystem?: boolean | undefined;
  /** The storage class of new objects. @default 'STANDARD' */
  readonly storageClass?: StorageClass | undefined;
  readonly versioning?: VersioningStatus | undefined;
  readonly acl?: Acl | undefined;
  readonly tags?: readonly Tag[] | undefined;
  /** As sent, JSON. */
  readonly policy?: string | undefined;
  readonly encryption?: Encryption | undefined;
  readonly lifecycle?: readonly LifecycleRule[] | undefined;
  readonly notification?: readonly NotificationRule[] | undefined;
}

/** The configuration of one bucket, in a file if the bucket outlives the process. */
export class StoredBucketConfig {
  readonly #file: string | undefined;
  readonly #initial: BucketConfig;
  /** What was changed, and the time of the creation. */
  #stored: Partial<BucketConfig>;

  /**
   * @param initial for what was not changed; only the time of the creation is stored
   * @throws {Error} when the file cannot be read
   */
  constructor(initial: BucketConfig, file?: string) {
    this.#file = file;
    this.#initial = initial;
    this.#stored = { createdMs: initial.createdMs, ...(file === undefined ? {} : readConfig(file)) };
    this.#write();
  }

  get now(): BucketConfig {
    return { ...this.#initial, ...this.#stored };
  }

  /** Changes these fields; undefined removes one. */
  change(changes: Partial<BucketConfig>): void {
    this.#stored = { ...this.#stored, ...changes };
    this.#write();
  }

  /** Replaces the file atomically. */
  #write(): void {
    if (this.#file === undefined) return;
    mkdirSync(path.dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#stored));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function readConfig(file: string): Partial<BucketConfig> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<BucketConfig>;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`read the configuration of a bucket from ${file}: not JSON; delete it to start without`, { cause });
  }
}
