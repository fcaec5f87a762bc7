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

/** Said where a key may be either of two, and the job does not want the cloud to be asked. */
export const DECODED_TAKEN =
  'the event may mean either of two keys, and with preflight: off the bucket is not asked: the decoded one is taken; OBJECT_KEYS can say how keys are written';

/** The object that started a run, and what depends on it. */
export interface SoughtObject {
  readonly object: ObjectTrigger;
  /** The other key that it may have. */
  readonly written?: { readonly key: string };
}

/** How looking for the object of a run ended. */
export type ObjectFound =
  /** It is there, or nothing says that it is not. `services` answer the next look at its start with what was seen. */
  | { readonly end: 'there'; readonly key: string; readonly services: AllServices; readonly warning?: string }
  /** The key has another content by now. */
  | { readonly end: 'other'; readonly object: ObjectTrigger }
  | { readonly end: 'absent' | 'waiting'; readonly reason: RunReason };

/**
 * What has to be looked for before a run goes on. `undefined` when that is nothing: no single object started it, its job does not want the cloud
 * to be asked (`preflight: off`), or the task has nothing to do with the object.
 */
export function soughtObject({
  given,
  planned,
  written,
}: Pick<Received, 'given' | 'planned' | 'written'>): SoughtObject | undefined {
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

type Look =
  | { readonly is: 'seen'; readonly key: string; readonly start: ObjectStart }
  | { readonly is: 'absent' }
  | { readonly is: 'refused'; readonly answer: ObsErrorClass; readonly error: CloudError };

/**
 * Looks for the object of a run, with one request for each key that it may have: is it there, under which of them, and is it still the version that
 * the event is about?
 *
 * Of two keys that are both there it is the one with that version; if that does not tell them apart, the decoded one. Where there is one key only, an
 * answer that does not show the object says nothing here: preflight judges it.
 */
export async function findObject({ object, written }: SoughtObject, services: AllServices): Promise<ObjectFound> {
  const { bucket, key } = object;
  const obs = await services.obs();
  const decoded = await look(obs, bucket, key);
  if (!written) return judgeOne(object, decoded, services);
  if (decoded.is === 'refused' && !isThere(decoded)) return unreadable(object, decoded);
  const raw = await look(obs, bucket, written.key);
  if (raw.is === 'refused' && !isThere(raw)) return unreadable({ ...object, key: written.key }, raw);
  const chosen = choose(object, written.key, decoded, raw);
  if (!chosen) return { end: 'absent', reason: absent(object, written) };
  const judged = judgeOne({ ...object, key: chosen.key }, chosen.look, services);
  if (judged.end !== 'there' || decoded.is === 'absent' || raw.is === 'absent') return judged;
  const warning = `bucket ${bucket} has both ${JSON.stringify(key)} and ${JSON.stringify(written.key)}, and the event may mean either; ${JSON.stringify(chosen.key)} is taken: OBJECT_KEYS can say how keys are written`;
  return { ...judged, warning };
}

function choose(
  object: ObjectTrigger,
  writtenKey: string,
  decoded: Look,
  raw: Look,
): { readonly key: string; readonly look: Look } | undefined {
  const isMeant = (seen: Look) => (seen.is === 'seen' ? isSameVersion(object, seen.start) : undefined);
  const asDecoded = { key: object.key, look: decoded };
  const asWritten = { key: writtenKey, look: raw };
  if (raw.is === 'absent') return decoded.is === 'absent' ? undefined : asDecoded;
  if (decoded.is === 'absent') return asWritten;
  return isMeant(raw) === true && isMeant(decoded) === false ? asWritten : asDecoded;
}

async function look(obs: ObsService, bucket: string, key: string): Promise<Look> {
  try {
    return { is: 'seen', key, start: await obs.readStart(bucket, key, INSPECTED_BYTES) };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const answer = classifyObsError(error, bucket, key);
    const isAbsent = answer.is === 'temporary' && answer.code === 'file_missing';
    return isAbsent ? { is: 'absent' } : { is: 'refused', answer, error };
  }
}

/** What is archived is there. That a bucket is not to be used is not for this to say. */
function isThere({ answer }: Extract<Look, { is: 'refused' }>): boolean {
  return answer.is === 'final';
}

function judgeOne(object: ObjectTrigger, seen: Look, services: AllServices): ObjectFound {
  const { bucket, key } = object;
  if (seen.is === 'absent') return { end: 'absent', reason: absent(object) };
  if (seen.is === 'refused') {
    const again = () => Promise.reject(seen.error);
    return { end: 'there', key, services: answering(services, bucket, key, again) };
  }
  const { start } = seen;
  if (isSameVersion(object, start) === false) return { end: 'other', object: otherVersion(object, start) };
  return { end: 'there', key, services: answering(services, bucket, key, async () => start) };
}

/** As the notification of it, or a sweep, would give it. */
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

/** The same services, which answer one look at the start of this object with what is known. */
function answering(
  services: AllServices,
  bucket: string,
  key: string,
  answer: () => Promise<ObjectStart>,
): AllServices {
  let isKnown = true;
  const remembering = (obs: ObsService): ObsService => ({
    readStart: (fromBucket, ofKey, bytes) => {
      const isIt = isKnown && fromBucket === bucket && ofKey === key && bytes === INSPECTED_BYTES;
      if (!isIt) return obs.readStart(fromBucket, ofKey, bytes);
      isKnown = false;
      return answer();
    },
    readEnd: (...of) => obs.readEnd(...of),
    listSince: (...of) => obs.listSince(...of),
  });
  return { ...services, obs: async () => remembering(await services.obs()) };
}

function absent({ bucket, key }: ObjectTrigger, written?: { readonly key: string }): RunReason {
  const keys = [key, ...(written ? [written.key] : [])].map((one) => JSON.stringify(one)).join(' nor as ');
  const message = `the object of the event is not in bucket ${bucket}: ${written ? 'neither as ' : ''}${keys}`;
  return { code: 'file_missing', message };
}

function unreadable({ bucket, key }: ObjectTrigger, { answer, error }: Extract<Look, { is: 'refused' }>): ObjectFound {
  if (answer.is === 'unavailable' || answer.is === 'temporary') return { end: 'waiting', reason: reasonOf(error) };
  const message = `the event may mean either of two keys, and ${JSON.stringify(key)} in bucket ${bucket} could not be looked up (${error.message}): allow obs:object:GetObject and obs:bucket:ListBucket there, or say with OBJECT_KEYS how keys are written`;
  return { end: 'waiting', reason: { code: 'key_unreadable', message } };
}
