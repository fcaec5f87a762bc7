import { compareKeys } from './key-order.ts';

/** The most that one page holds, and the default (API reference obs_04_0022). */
const LARGEST_PAGE = 1000;

export interface ListingRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** Only what comes after it; a common prefix counts as itself. */
  readonly marker: string;
  readonly maxKeys: number;
}

export interface Listing<T> {
  readonly items: readonly T[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** The last item or common prefix of a page that is cut off. */
  readonly last: { readonly name: string; readonly item: T | undefined } | undefined;
}

/** Reads max-keys: above the largest page it is the largest page, `undefined` if it is no number from 0. */
export function readMaxKeys(text: string | null): number | undefined {
  if (text === null || text === '') return LARGEST_PAGE;
  if (!/^\d{1,10}$/.test(text)) return undefined;
  return Math.min(Number(text), LARGEST_PAGE);
}

/**
 * One page of items that are in the order of their keys: all keys that have the same text between the prefix and the first delimiter
 * after it are one common prefix, which counts as one item.
 *
 * @param isAfterMarker for items whose keys are not all different; by default what is greater than the marker
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
