import type { Trigger } from '../../events/trigger.ts';
import { kindByName } from '../../migrations/backup-import/backup-file-kind.ts';
import { INSPECTED_BYTES } from '../../migrations/backup-import/inspect-file.ts';
import type { ObsService } from '../../ports/obs.ts';
import type { AllServices } from '../../ports/services.ts';

/**
 * The same services, but each end of an object is read only once: the lookup of the object that started a run and the check of its file run in
 * parallel and share the request. If the event has the size of that object, its end is read together with its start.
 */
export function sharedLookups(services: AllServices, given: Trigger | undefined): AllServices {
  const looks = new Map<string, Promise<unknown>>();
  const once = <T>(look: () => Promise<T>, ...of: readonly (string | number)[]): Promise<T> => {
    const key = JSON.stringify(of);
    const begun = (looks.get(key) as Promise<T> | undefined) ?? look();
    looks.set(key, begun);
    return begun;
  };
  const sharing = (obs: ObsService): ObsService => {
    const readEnd: ObsService['readEnd'] = (bucket, key, from, to) =>
      once(() => obs.readEnd(bucket, key, from, to), 'end', bucket, key, from, to);
    return {
      readStart: (bucket, key, bytes) => {
        const size = sizeOfEnd(given, bucket, key);
        // A failure is thrown to the caller of `readEnd`.
        if (size !== undefined) readEnd(bucket, key, size - INSPECTED_BYTES, size).catch(() => undefined);
        return once(() => obs.readStart(bucket, key, bytes), 'start', bucket, key, bytes);
      },
      readEnd,
      listSince: (...of) => obs.listSince(...of),
    };
  };
  let shared: Promise<ObsService> | undefined;
  const obs = async (): Promise<ObsService> => {
    shared ??= services.obs().then(sharing);
    return shared;
  };
  return { ...services, obs };
}

/** The size of the object that started a run, if its end is read as well: a single object that is large enough and of a kind whose end matters. */
function sizeOfEnd(given: Trigger | undefined, bucket: string, key: string): number | undefined {
  if (given?.kind !== 'object' || given.set || given.bucket !== bucket || given.key !== key) return undefined;
  const kind = kindByName(key);
  const hasRelevantEnd = kind === 'rdb' || kind === 'zip';
  return hasRelevantEnd && given.size !== undefined && given.size > INSPECTED_BYTES ? given.size : undefined;
}
