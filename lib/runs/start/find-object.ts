import type { ObjectTrigger } from '../../events/trigger.ts';
import { CloudError } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import { INSPECTED_BYTES } from '../../migrations/backup-import/inspect-file.ts';
import { classifyObsError, type ObsErrorClass } from '../../migrations/classify-obs-error.ts';
import { isSameVersion } from '../../migrations/same-version.ts';
import { DEFAULT_TASK_POLICIES } from '../../migrations/task-policies.ts';
import type { ObjectStart, ObsService } from '../../ports/obs.ts';
import type { AllServices } from '../../ports/services.ts';
import type { Received } from '../ledger/run-record.ts';
import { type RunReason, reasonOf } from '../report/run-result.ts';

/** The warning for an ambiguous key if the job does not allow lookups in the cloud. */
export const DECODED_TAKEN =
  'the event may mean either of two keys, and with preflight: off the bucket is not checked. Using the decoded key; set OBJECT_KEYS to how keys are written';

/** The object that started a run. */
export interface ObjectToFind {
  readonly object: ObjectTrigger;
  /** The other possible key. */
  readonly written?: { readonly key: string };
}

/** The result of looking for the object of a run. */
export type ObjectFound =
  /** It exists, or nothing proves that it does not. `services` return the known start of the object for the next read. */
  | { readonly end: 'there'; readonly key: string; readonly services: AllServices; readonly warning?: string }
  /** The key now has other content. */
  | { readonly end: 'other'; readonly object: ObjectTrigger }
  | { readonly end: 'absent' | 'waiting'; readonly reason: RunReason };

/**
 * The object that has to be found before a run continues. `undefined` if no lookup is needed: no single object started the run, its job has
 * `preflight: off`, or the task does not use the object.
 */
export function objectToFind({
  given,
  planned,
  written,
}: Pick<Received, 'given' | 'planned' | 'written'>): ObjectToFind | undefined {
  if (given?.kind !== 'object' || given.set || !planned || !asksCloud(planned)) return undefined;
  if (written) return { object: given, written };
  return importsObject(planned, given) ? { object: given } : undefined;
}

export function asksCloud({ policies }: PlannedTask): boolean {
  return (policies ?? DEFAULT_TASK_POLICIES).preflight !== 'off';
}

function importsObject({ body }: PlannedTask, { bucket, key }: ObjectTrigger): boolean {
  const from = body['backup_files'];
  if (!isRecord(from) || from['bucket_name'] !== bucket || !Array.isArray(from['files'])) return false;
  return from['files'].some((file: unknown) => isRecord(file) && file['file_name'] === key);
}

type KeyLookup =
  | { readonly is: 'seen'; readonly key: string; readonly start: ObjectStart }
  | { readonly is: 'absent' }
  | { readonly is: 'refused'; readonly failure: ObsErrorClass; readonly error: CloudError };

/**
 * Looks for the object of a run, with one request per possible key: whether it exists, under which key, and whether it is still the version that the
 * event is about.
 *
 * If both keys exist, it is the one with that version; if the version does not distinguish them, the decoded one. With a single possible key, a
 * failed read proves nothing here: preflight evaluates it.
 */
export async function findObject({ object, written }: ObjectToFind, services: AllServices): Promise<ObjectFound> {
  const { bucket, key } = object;
  const obs = await services.obs();
  const decoded = await lookUp(obs, bucket, key);
  if (!written) return checkVersion(object, decoded, services);
  if (decoded.is === 'refused' && !isThere(decoded)) return unreadable(object, decoded);
  const raw = await lookUp(obs, bucket, written.key);
  if (raw.is === 'refused' && !isThere(raw)) return unreadable({ ...object, key: written.key }, raw);
  const chosen = choose(object, written.key, decoded, raw);
  if (!chosen) return { end: 'absent', reason: absent(object, written) };
  const checked = checkVersion({ ...object, key: chosen.key }, chosen.lookup, services);
  if (checked.end !== 'there' || decoded.is === 'absent' || raw.is === 'absent') return checked;
  const warning = `bucket ${bucket} has both ${JSON.stringify(key)} and ${JSON.stringify(written.key)}, and the event may mean either. Using ${JSON.stringify(chosen.key)}; set OBJECT_KEYS to how keys are written`;
  return { ...checked, warning };
}

function choose(
  object: ObjectTrigger,
  writtenKey: string,
  decoded: KeyLookup,
  raw: KeyLookup,
): { readonly key: string; readonly lookup: KeyLookup } | undefined {
  const isMeant = (seen: KeyLookup) => (seen.is === 'seen' ? isSameVersion(object, seen.start) : undefined);
  const asDecoded = { key: object.key, lookup: decoded };
  const asWritten = { key: writtenKey, lookup: raw };
  if (raw.is === 'absent') return decoded.is === 'absent' ? undefined : asDecoded;
  if (decoded.is === 'absent') return asWritten;
  return isMeant(raw) === true && isMeant(decoded) === false ? asWritten : asDecoded;
}

async function lookUp(obs: ObsService, bucket: string, key: string): Promise<KeyLookup> {
  try {
    return { is: 'seen', key, start: await obs.readStart(bucket, key, INSPECTED_BYTES) };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const failure = classifyObsError(error, bucket, key);
    const isAbsent = failure.is === 'temporary' && failure.code === 'file_missing';
    return isAbsent ? { is: 'absent' } : { is: 'refused', failure, error };
  }
}

/** An archived object exists. Whether a bucket may be used is not decided here. */
function isThere({ failure }: Extract<KeyLookup, { is: 'refused' }>): boolean {
  return failure.is === 'final';
}

function checkVersion(object: ObjectTrigger, seen: KeyLookup, services: AllServices): ObjectFound {
  const { bucket, key } = object;
  if (seen.is === 'absent') return { end: 'absent', reason: absent(object) };
  if (seen.is === 'refused') {
    const again = () => Promise.reject(seen.error);
    return { end: 'there', key, services: withCachedStart(services, bucket, key, again) };
  }
  const { start } = seen;
  if (isSameVersion(object, start) === false) return { end: 'other', object: otherVersion(object, start) };
  return { end: 'there', key, services: withCachedStart(services, bucket, key, async () => start) };
}

/** The same trigger as from a notification or a sweep. */
function otherVersion({ bucket, key, time }: ObjectTrigger, seen: ObjectStart): ObjectTrigger {
  const { size, eTag, versionId, lastModified = time } = seen;
  return {
    kind: 'object',
    created: true,
    eventName: 'found in place of an older version',
    bucket,
    key,
    size,
    ...(eTag === undefined ? {} : { eTag }),
    ...(versionId === undefined ? {} : { versionId }),
    time: lastModified,
    warnings: [],
  };
}

/** The same services, except that the next read of the start of this object returns the cached result. */
function withCachedStart(
  services: AllServices,
  bucket: string,
  key: string,
  cached: () => Promise<ObjectStart>,
): AllServices {
  let isKnown = true;
  const withCache = (obs: ObsService): ObsService => ({
    readStart: (fromBucket, ofKey, bytes) => {
      const isIt = isKnown && fromBucket === bucket && ofKey === key && bytes === INSPECTED_BYTES;
      if (!isIt) return obs.readStart(fromBucket, ofKey, bytes);
      isKnown = false;
      return cached();
    },
    readEnd: (...of) => obs.readEnd(...of),
    listSince: (...of) => obs.listSince(...of),
  });
  return { ...services, obs: async () => withCache(await services.obs()) };
}

function absent({ bucket, key }: ObjectTrigger, written?: { readonly key: string }): RunReason {
  const keys = [key, ...(written ? [written.key] : [])].map((one) => JSON.stringify(one)).join(' nor as ');
  const message = `the object of the event is not in bucket ${bucket}: ${written ? 'neither as ' : ''}${keys}`;
  return { code: 'file_missing', message };
}

function unreadable(
  { bucket, key }: ObjectTrigger,
  { failure, error }: Extract<KeyLookup, { is: 'refused' }>,
): ObjectFound {
  if (failure.is === 'unavailable' || failure.is === 'temporary') return { end: 'waiting', reason: reasonOf(error) };
  const message = `the event may mean either of two keys, and ${JSON.stringify(key)} in bucket ${bucket} could not be looked up (${error.message}): allow obs:object:GetObject and obs:bucket:ListBucket there, or set OBJECT_KEYS to how keys are written`;
  return { end: 'waiting', reason: { code: 'key_unreadable', message } };
}
