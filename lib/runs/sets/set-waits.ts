import type { SetComplete } from '../../jobs/job.ts';
import type { SetObject } from '../ledger/set-log.ts';

/** A condition that a set waits for. */
export type SetWait =
  | { readonly condition: 'marker'; readonly name: string }
  | { readonly condition: 'count'; readonly have: number; readonly of: number }
  /** Complete if nothing arrives before then (ISO 8601). */
  | { readonly condition: 'quiet'; readonly until: string }
  /** Keys that are in the manifest but not in the bucket. */
  | { readonly condition: 'manifest'; readonly missing: readonly string[] }
  /** The set has no files. */
  | { readonly condition: 'files' }
  /** The bucket can't be listed, or its contents are unusable. */
  | { readonly condition: 'bucket'; readonly why: string };

/** What is known about a set. */
export interface KnownSet {
  /** The files that would be imported. */
  readonly files: readonly SetObject[];
  readonly marker?: SetObject | undefined;
  /** The keys listed in a manifest. */
  readonly keys?: readonly string[] | undefined;
  /** When something was added last, ms since 1970. */
  readonly lastAt?: number | undefined;
}

/** The unmet conditions of a rule; empty when the set is complete. */
export function waitsOf(
  { marker, count = 0, quietMs }: SetComplete,
  { files, marker: found, keys, lastAt }: KnownSet,
  now: number,
): SetWait[] {
  const waits: SetWait[] = [];
  const there = new Set(files.map(({ key }) => key));
  const missing = keys?.filter((key) => !there.has(key)) ?? [];
  const quietAt = (lastAt ?? now) + (quietMs ?? 0);
  if (files.length < count) waits.push({ condition: 'count', have: files.length, of: count });
  if (marker !== undefined && !found) waits.push({ condition: 'marker', name: marker });
  if (missing.length > 0) waits.push({ condition: 'manifest', missing });
  if (quietMs !== undefined && now < quietAt)
    waits.push({ condition: 'quiet', until: new Date(quietAt).toISOString() });
  if (waits.length === 0 && files.length === 0) waits.push({ condition: 'files' });
  return waits;
}

/** Missing files named in one message. */
const MAX_NAMED = 50;

/** What a set has and what it waits for, in one sentence. */
export function waitText({ marker }: SetComplete, prefix: string, files: number, waits: readonly SetWait[]): string {
  const texts = waits.map((wait) => textOf(wait, marker, prefix));
  const [only] = waits;
  // In these cases the number of files is unknown or zero.
  const isBare = waits.length === 1 && (only?.condition === 'files' || only?.condition === 'bucket');
  const have = files === 1 ? '1 file found' : `${files} files found`;
  return isBare ? (texts[0] ?? '').slice(2) : `${have}${texts.join('')}`;
}

/** The continuation of "3 files found". */
function textOf(wait: SetWait, marker: string | undefined, prefix: string): string {
  switch (wait.condition) {
    case 'count':
      return ` of ${wait.of}`;
    case 'marker':
      return `, but ${wait.name} is missing`;
    case 'manifest':
      return `; missing from the files listed in ${marker}: ${missingText(prefix, wait.missing)}`;
    case 'quiet':
      return `; it is complete if no more arrive before ${wait.until}`;
    case 'files':
      return marker === undefined ? '; its files are gone' : `; ${marker} was found, but no files`;
    case 'bucket':
      return `; ${wait.why}`;
  }
}

function missingText(prefix: string, missing: readonly string[]): string {
  const names = missing.map((key) => key.slice(prefix.length));
  const shown = names.slice(0, MAX_NAMED).join(', ');
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  const isWhole = names.some((name) => name.startsWith(prefix));
  return `${shown}${more}${isWhole ? ` (names in it must be relative to ${prefix}, and must not include it)` : ''}`;
}
