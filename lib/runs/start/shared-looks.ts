import type { Trigger } from '../../events/trigger.ts';
import { kindByName } from '../../migrations/backup-import/backup-file-kind.ts';
import { INSPECTED_BYTES } from '../../migrations/backup-import/inspect-file.ts';
import type { ObsService } from '../../ports/obs.ts';
import type { AllServices } from '../../ports/services.ts';

/**
 * The same services, which look at each end of an object once: the look for the object that started a run and the judgement of its file go out side by
 * side and share the request. The end of that object is asked for together with its start when the event says how large it is.
 */
export function sharedLooks(services: AllServices, given: Trigger | undefined): AllServices {
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
        // A failure is thrown to whoever asks for the end.
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

/** The size of the object that started a run, if its end is looked at as well: a key of a single object that is large enough and of a telling kind. */
function sizeOfEnd(given: Trigger | undefined, bucket: string, key: string): number | undefined {
  if (given?.kind !== 'object' || given.set || given.bucket !== bucket || given.key !== key) return undefined;
  const kind = kindByName(key);
  const isTelling = kind === 'rdb' || kind === 'zip';
  return isTelling && given.size !== undefined && given.size > INSPECTED_BYTES ? given.size : undefined;
}
