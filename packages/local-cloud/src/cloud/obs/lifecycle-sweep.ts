import type { Clock } from '../clock.ts';
import type { StoredObject } from './bucket.ts';
import { attributesIn } from './bucket.ts';
import type { LifecycleRule, LifecycleTime } from './lifecycle.ts';
import type { Bucket, LocalObs } from './local-obs.ts';
import type { MultipartUploads } from './multipart.ts';
import { classOf } from './object-attributes.ts';
import { STORAGE_CLASSES } from './storage-class.ts';
import type { Tag } from './tags.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

interface Version {
  readonly object: StoredObject;
  /** The next newer version, which replaced it; undefined for the latest. */
  readonly newer: StoredObject | undefined;
  /** Whether there is no other version of the object. */
  readonly isOnly: boolean;
}

/**
 * Applies the lifecycle rules of all buckets at every midnight (UTC) of the cloud's clock, and at the start: OBS acts within 48 hours after it (API
 * reference obs_04_0034).
 */
export class LifecycleSweep {
  readonly #obs: LocalObs;
  readonly #uploads: MultipartUploads;
  readonly #clock: Clock;
  /** The time of the next sweep, if one is due. */
  #due: number | undefined;
  #running: Promise<void> | undefined;

  constructor(obs: LocalObs, uploads: MultipartUploads, clock: Clock) {
    this.#obs = obs;
    this.#uploads = uploads;
    this.#clock = clock;
    this.#start();
    this.#schedule();
  }

  /** Resolves when no sweep is in progress. @throws errors of the file system */
  async idle(): Promise<void> {
    await this.#running;
  }

  #schedule(): void {
    const now = this.#clock.now();
    this.#clock.after(DAY_MS - (now % DAY_MS), () => {
      this.#start();
      this.#schedule();
    });
  }

  #start(): void {
    this.#due = this.#clock.now();
    if (this.#running !== undefined) return;
    const running = this.#run();
    this.#running = running;
    const end = () => {
      this.#running = undefined;
    };
    running.then(end, end);
  }

  /** While the clock is moved over several midnights, only the last counts. */
  async #run(): Promise<void> {
    for (;;) {
      const now = this.#due;
      if (now === undefined) return;
      this.#due = undefined;
      for (const { name } of this.#obs.buckets()) await this.#sweepBucket(this.#obs.bucket(name), now);
    }
  }

  async #sweepBucket(bucket: Bucket, now: number): Promise<void> {
    const rules = bucket.config.now.lifecycle?.filter(({ isEnabled }) => isEnabled) ?? [];
    if (rules.length === 0) return;
    const versions = versionsOf(await bucket.storage.versions(''));
    for (const version of versions) {
      const { key, tags } = version.object;
      for (const rule of rules) if (reaches(rule, key, tags)) await this.#apply(bucket, rule, version, now);
    }
    for (const upload of this.#uploads.of(bucket.settings.name)) {
      const isDue = ({ abortDays }: LifecycleRule) =>
        abortDays !== undefined && this.#isDue({ days: abortDays }, upload.initiatedMs, now);
      if (rules.some((rule) => reaches(rule, upload.key, []) && isDue(rule))) await this.#uploads.end(upload);
    }
  }

  async #apply(bucket: Bucket, rule: LifecycleRule, version: Version, now: number): Promise<void> {
    const { object, newer, isOnly } = version;
    const { name } = bucket.settings;
    if (newer !== undefined) {
      const isDue = (days: number) => this.#isDue({ days }, newer.modifiedMs, now);
      if (rule.noncurrentDays !== undefined && isDue(rule.noncurrentDays))
        await this.#obs.expire(name, object, object.versionId);
      else
        await this.#move(
          bucket,
          object,
          rule.noncurrentTransitions.filter(({ days }) => isDue(days)),
        );
      return;
    }
    const isDue = (time: LifecycleTime) => this.#isDue(time, object.modifiedMs, now);
    if (rule.expiration !== undefined && isDue(rule.expiration)) {
      if (!object.isDeleteMarker) await this.#obs.expire(name, object);
      else if (isOnly) await this.#obs.expire(name, object, object.versionId);
    } else await this.#move(bucket, object, rule.transitions.filter(isDue));
  }

  /** Moves an object to the coldest of these classes. Appendable objects are not excluded by the reference. */
  async #move(
    bucket: Bucket,
    object: StoredObject,
    to: readonly Pick<LifecycleRule['transitions'][number], 'storageClass'>[],
  ) {
    const rank = (name: (typeof STORAGE_CLASSES)[number]) => STORAGE_CLASSES.indexOf(name);
    const storageClass = to.map((one) => one.storageClass).sort((a, b) => rank(b) - rank(a))[0];
    if (storageClass === undefined || object.isDeleteMarker || rank(storageClass) <= rank(classOf(object, bucket)))
      return;
    await this.#obs.setAttributes(bucket.settings.name, object.key, object.versionId, (found) => ({
      ...attributesIn(found),
      storageClass: found.modifiedMs === object.modifiedMs ? storageClass : found.storageClass,
    }));
  }

  /** Days are rounded up to the next midnight: what is written on the 5th is one day old at the beginning of the 7th. */
  #isDue(time: LifecycleTime, sinceMs: number, now: number): boolean {
    if ('date' in time) return sinceMs < Date.parse(time.date) && Date.parse(time.date) <= now;
    const toMidnight = DAY_MS - (sinceMs % DAY_MS);
    return this.#clock.documentedMs(sinceMs, now) >= toMidnight + time.days * DAY_MS;
  }
}

function versionsOf(objects: readonly StoredObject[]): Version[] {
  return objects.map((object, i) => {
    const [before, after] = [objects[i - 1], objects[i + 1]];
    const newer = before?.key === object.key ? before : undefined;
    return { object, newer, isOnly: newer === undefined && after?.key !== object.key };
  });
}

function reaches({ prefix, tags }: LifecycleRule, key: string, has: readonly Tag[] = []): boolean {
  return (
    key.startsWith(prefix) &&
    tags.every((tag) => has.some((other) => other.key === tag.key && other.value === tag.value))
  );
}
