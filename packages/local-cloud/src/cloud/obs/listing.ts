import { compareKeys } from './key-order.ts';

/** Maximum and default page size (API reference obs_04_0022). */
const MAX_PAGE_SIZE = 1000;

export interface ListingRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** List only what comes after it; a common prefix is compared as a whole. */
  readonly marker: string;
  readonly maxKeys: number;
}

export interface Listing<T> {
  readonly items: readonly T[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** The last item or common prefix of a truncated page. */
  readonly last: { readonly name: string; readonly item: T | undefined } | undefined;
}

/** Parses max-keys: capped at the maximum page size; `undefined` if it is not a non-negative integer. */
export function readMaxKeys(text: string | null): number | undefined {
  if (text === null || text === '') return MAX_PAGE_SIZE;
  if (!/^\d{1,10}$/.test(text)) return undefined;
  return Math.min(Number(text), MAX_PAGE_SIZE);
}

/**
 * A page of items sorted by key. All keys that are the same up to the first delimiter after the prefix form one common prefix, which counts as one
 * item.
 *
 * @param isAfterMarker for items with duplicate keys; by default compares the key with the marker
 */
export function listPage<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  request: ListingRequest,
  isAfterMarker: (item: T) => boolean = (item) => compareKeys(keyOf(item), request.marker) > 0,
): Listing<T> {
  const { prefix, delimiter, marker, maxKeys } = request;
  const found: T[] = [];
  const commonPrefixes: string[] = [];
  let last: Listing<T>['last'];
  for (const item of items) {
    const key = keyOf(item);
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = at < 0 ? undefined : key.slice(0, at + delimiter.length);
    if (common === undefined ? !isAfterMarker(item) : compareKeys(common, marker) <= 0) continue;
    if (common !== undefined && common === commonPrefixes.at(-1)) continue;
    if (found.length + commonPrefixes.length >= maxKeys) {
      return { items: found, commonPrefixes, isTruncated: maxKeys > 0, last };
    }
    if (common === undefined) found.push(item);
    else commonPrefixes.push(common);
    last = { name: common ?? key, item: common === undefined ? item : undefined };
  }
  return { items: found, commonPrefixes, isTruncated: false, last: undefined };
}
