import type { ObjectTrigger } from '../../events/trigger.ts';
import { CloudError } from '../../kernel/errors.ts';
import type { SetObject, SetState } from '../ledger/set-log.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { RESERVE_MS } from '../start/create-task.ts';
import { listSet, type SetListing } from './list-set.ts';
import { markerHints } from './marker-hints.ts';
import { ManifestError } from './parse-manifest.ts';
import { readManifest } from './read-manifest.ts';
import { setTrigger } from './set-trigger.ts';
import { type SetWait, waitsOf, waitText } from './set-waits.ts';
import { type SetWork, setName } from './set-work.ts';

/** What to do with a set now. */
export type SetVerdict =
  /** It is complete; `trigger` starts its run. */
  | { readonly kind: 'complete'; readonly trigger: ObjectTrigger }
  | SetWaiting
  /** Its manifest is invalid, whatever else arrives; another version of the marker may be valid. `why`: one sentence. */
  | { readonly kind: 'bad_manifest'; readonly why: string }
  /** The bucket has a marker whose notification did not arrive (yet): the first one, or another version of the manifest. */
  | { readonly kind: 'other_marker'; readonly marker: SetObject };

export interface SetWaiting {
  readonly kind: 'waits';
  /** Number of files it has. */
  readonly files: number;
  readonly waits: readonly SetWait[];
  /** Keys that may have been meant as the marker. Empty when the bucket was not listed. */
  readonly similarKeys: readonly string[];
}

export type EvaluateDeps = Pick<RecordedDeps, 'ledger' | 'log' | 'remainingMs'> & {
  readonly services: Pick<RecordedDeps['services'], 'obs'>;
};

/**
 * Decides whether a set is complete. The bucket is listed only when nothing else is missing: with a marker, or after a quiet time, because a
 * notification may be lost or arrive after the marker's. A set that is complete by its count alone needs no listing, unless a notification leaves
 * open which of two keys its object has: then the keys in the bucket count.
 */
export async function evaluateSet(work: SetWork, state: SetState, deps: EvaluateDeps): Promise<SetVerdict> {
  const { complete } = work.trigger.set;
  const usesBucket = complete.marker !== undefined || complete.quietMs !== undefined;
  const known = evaluateByLedger(work, state, deps.ledger.now());
  const early = known.waits.filter(({ condition }) => !usesBucket || condition === 'marker' || condition === 'quiet');
  if (early.length > 0) return { ...known, waits: early };
  return usesBucket || hasUncertain(state)
    ? evaluateByBucket(work, state, deps)
    : completeWith(work, [...state.members.values()]);
}

const KEYS_UNCERTAIN =
  'their events may mean either of two keys: allow obs:bucket:ListBucket, or set OBJECT_KEYS to how keys are written';

function hasUncertain({ members }: SetState): boolean {
  return [...members.values()].some(({ written }) => written !== undefined);
}

/** What a set waits for, according to its notifications alone. */
export function evaluateByLedger({ trigger }: SetWork, state: SetState, now: number): SetWaiting {
  const files = [...state.members.values()];
  const waits = waitsOf(trigger.set.complete, { files, marker: state.marker, lastAt: state.lastAt }, now);
  return { kind: 'waits', files: files.length, waits, similarKeys: [] };
}

/** Like `evaluateSet`, according to what the bucket has now. */
export async function evaluateByBucket(work: SetWork, state: SetState, deps: EvaluateDeps): Promise<SetVerdict> {
  const { complete } = work.trigger.set;
  const notified = [...state.members.values()];
  const fromBucket = (why: string): SetWaiting => ({
    kind: 'waits',
    files: notified.length,
    waits: [{ condition: 'bucket', why }],
    similarKeys: [],
  });
  const { marker } = state;
  let keys: readonly string[] | undefined;
  if (complete.manifest && marker) {
    const read = await keysOf(work, marker, deps);
    if (typeof read === 'string') return fromBucket(read);
    if ('why' in read) return { kind: 'bad_manifest', why: read.why };
    keys = read;
  }
  const listing = await list(work, state, keys, deps);
  if (typeof listing === 'string') return fromBucket(listing);
  // The manifest was read from the current marker, so it belongs to that version.
  if ((keys || !marker) && isOther(listing.marker, state)) return { kind: 'other_marker', marker: listing.marker };
  return evaluateListing(work, state, { listing, keys }, deps.ledger.now());
}

async function keysOf(
  work: SetWork,
  marker: SetObject,
  { services }: EvaluateDeps,
): Promise<readonly string[] | string | { readonly why: string }> {
  try {
    return await readManifest(work, marker, services);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return {
      why: `the manifest ${setName(work)}${marker.key.slice(work.prefix.length)} is invalid: ${error.message}`,
    };
  }
}

function isOther(found: SetObject | undefined, { marker, known }: SetState): found is SetObject {
  return found !== undefined && found.version !== marker?.version && !known(found);
}

function evaluateListing(
  work: SetWork,
  state: SetState,
  { listing, keys }: { readonly listing: SetListing; readonly keys: readonly string[] | undefined },
  now: number,
): SetVerdict {
  const { complete } = work.trigger.set;
  const { files, newestAt = 0, similarKeys } = listing;
  const lastAt = Math.max(state.lastAt ?? 0, newestAt);
  const waits = waitsOf(complete, { files, marker: state.marker, keys, lastAt }, now);
  if (waits.length > 0) return { kind: 'waits', files: files.length, waits, similarKeys };
  return completeWith(work, files, complete.marker === undefined ? undefined : state.marker);
}

function completeWith({ trigger, prefix, name }: SetWork, files: readonly SetObject[], marker?: SetObject): SetVerdict {
  return { kind: 'complete', trigger: setTrigger({ bucket: trigger.bucket, prefix, name }, files, marker) };
}

/** The files in the bucket; the notified files if we may not list the bucket. A string says why neither is known. */
async function list(
  work: SetWork,
  state: SetState,
  keys: readonly string[] | undefined,
  { services, log, remainingMs }: EvaluateDeps,
): Promise<SetListing | string> {
  try {
    return await listSet(work, services, { keys, hasTime: () => remainingMs() > RESERVE_MS });
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (error.outcome !== 'rejected' || error.temporary) {
      log.warn('the files of a set could not be listed; this is retried', { error });
      return 'its files could not be listed';
    }
    const { members } = state;
    if (hasUncertain(state)) {
      log.error(`listing the files of a set is not allowed, and ${KEYS_UNCERTAIN}`, { error });
      return `its files could not be listed, and ${KEYS_UNCERTAIN}`;
    }
    log.warn('listing the files of a set is not allowed; using the files that were notified. Allow ListBucket', {
      error,
    });
    const named = keys && new Set(keys);
    const files = [...members.values()].filter(({ key }) => !named || named.has(key));
    return { files, others: members.size - files.length, similarKeys: [] };
  }
}

/** What a set has and waits for, as text for people. */
export function waitingText(work: SetWork, { files, waits, similarKeys }: SetWaiting): string {
  const { marker } = work.trigger.set.complete;
  const text = waitText(work.trigger.set.complete, work.prefix, files, waits);
  const hints = markerHints(marker, work.prefix, similarKeys).map((hint) => `; ${hint}`);
  return `set ${setName(work)}: ${text}${hints.join('')}`;
}
