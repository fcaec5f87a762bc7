import { findSetPlace } from '../../jobs/set-place.ts';
import type { ObsObject } from '../../ports/obs.ts';
import type { AllServices } from '../../ports/services.ts';
import type { SetObject } from '../ledger/set-log.ts';
import { isFolder } from '../start/ignored-object.ts';
import { resemblesMarker } from './marker-hints.ts';
import { MAX_FILES } from './parse-manifest.ts';
import type { SetScope } from './set-work.ts';

const EVER = '1970-01-01T00:00:00Z';
const PAGE = 1_000;
/** Of all objects below a prefix, whether they are files of the set or not. */
const MAX_LISTED = 20_000;
const MAX_SIMILAR = 3;

/** What a bucket has for a set. */
export interface SetListing {
  /** Without the marker, in the order of their keys; with `keys`, those alone. */
  readonly files: readonly SetObject[];
  readonly marker?: SetObject;
  /** When the newest file was written, ms since 1970, whether `keys` has it or not. */
  readonly newestAt?: number;
  /** Files that `keys` does not have. */
  readonly others: number;
  /** Keys that may have been meant as the marker: at most three. */
  readonly similarKeys: readonly string[];
}

export interface ListSetOptions {
  /** Those that a manifest names. */
  readonly keys?: readonly string[] | undefined;
  /** Asked before each further page. */
  readonly hasTime?: () => boolean;
}

/**
 * What the bucket has for a set: a request for each thousand objects. A text says why it can't be taken.
 *
 * @throws {CloudError} when the bucket can't be listed
 */
export async function listSet(
  scope: SetScope,
  services: Pick<AllServices, 'obs'>,
  { keys, hasTime = () => true }: ListSetOptions = {},
): Promise<SetListing | string> {
  const { trigger, prefix } = scope;
  const obs = await services.obs();
  const found = new Listing(scope, keys);
  let after: string | undefined;
  for (let listed = 0; ; ) {
    const page = await obs.listSince(trigger.bucket, prefix, EVER, PAGE, after);
    for (const object of page) found.add(object);
    listed += page.length;
    after = page.at(-1)?.key;
    if (found.files.length > MAX_FILES)
      return `it has more than ${MAX_FILES} objects; look at "by" and "key" of the job`;
    if (page.length < PAGE || after === undefined) return found;
    if (listed >= MAX_LISTED) return `more than ${MAX_LISTED} objects lie below it; look at "by" of the job`;
    if (!hasTime()) return 'there was no time left to list all of its files';
  }
}

class Listing implements SetListing {
  readonly files: SetObject[] = [];
  readonly similarKeys: string[] = [];
  marker?: SetObject;
  newestAt?: number;
  others = 0;
  readonly #scope: SetScope;
  readonly #keys: ReadonlySet<string> | undefined;

  constructor(scope: SetScope, keys: readonly string[] | undefined) {
    this.#scope = scope;
    this.#keys = keys && new Set(keys);
  }

  add({ key, size, eTag, versionId, lastModified }: ObsObject): void {
    const { trigger, prefix } = this.#scope;
    const object: SetObject = { key, size, version: versionId ?? eTag, time: lastModified };
    const role = findSetPlace(trigger, key)?.role;
    if (role === 'marker') this.marker = object;
    else if (
      this.similarKeys.length < MAX_SIMILAR &&
      resemblesMarker(trigger.set.complete.marker, key.slice(prefix.length))
    ) {
      this.similarKeys.push(key);
    }
    if (role !== 'member' || isFolder({ key, size })) return;
    this.newestAt = Math.max(this.newestAt ?? 0, Date.parse(lastModified));
    if (!this.#keys || this.#keys.has(key)) this.files.push(object);
    else this.others += 1;
  }
}
