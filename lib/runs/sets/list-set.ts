import { findSetPlace } from '../../jobs/set-place.ts';
import type { ObsObject } from '../../ports/obs.ts';
import type { AllServices } from '../../ports/services.ts';
import type { SetObject } from '../ledger/set-log.ts';
import { isFolder, isProbeObject } from '../start/ignored-object.ts';
import { resemblesMarker } from './marker-hints.ts';
import { MAX_FILES } from './parse-manifest.ts';
import type { SetScope } from './set-work.ts';

const EVER = '1970-01-01T00:00:00Z';
const PAGE = 1_000;
/** Maximum number of objects under a prefix, whether they are files of the set or not. */
const MAX_LISTED = 20_000;
const MAX_SIMILAR = 3;

/** The contents of a set in its bucket. */
export interface SetListing {
  /** Without the marker, in the order of their keys; with `keys`, only those. */
  readonly files: readonly SetObject[];
  readonly marker?: SetObject;
  /** When the newest file was written, ms since 1970, including files not in `keys`. */
  readonly newestAt?: number;
  /** Number of files not in `keys`. */
  readonly others: number;
  /** Keys that may have been meant as the marker: at most three. */
  readonly similarKeys: readonly string[];
}

export interface ListSetOptions {
  /** The keys listed in the manifest. */
  readonly keys?: readonly string[] | undefined;
  /** Checked before each further page. */
  readonly hasTime?: () => boolean;
}

/**
 * Lists a set in its bucket, with one request per thousand objects. A string says why the listing is unusable.
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
    if (found.files.length > MAX_FILES) return `it has more than ${MAX_FILES} objects; check "by" and "key" of the job`;
    if (page.length < PAGE || after === undefined) return found;
    if (listed >= MAX_LISTED) return `it contains more than ${MAX_LISTED} objects; check "by" of the job`;
    if (!hasTime()) return 'there was not enough time to list all of its files';
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
    if (isProbeObject({ key })) return;
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
