import { CloudError } from '../../kernel/errors.ts';
import { makeLogger } from '../../kernel/logger.ts';
import { makeRedactor } from '../../kernel/redactor.ts';
import type { LocalSystem } from '../../local-system/local-system.ts';
import type { ObsObject, ObsService } from '../../ports/obs.ts';
import type { ViewSetDeps } from '../../runs/sets/view-set.ts';

/** The error code of OBS. */
const NO_SUCH_KEY = 'NoSuchKey';
/** Effectively no limit: local buckets are fast. */
const TIME_LIMIT_MS = 30_000;

/** Access to the buckets on this machine, without requests, for viewing open sets. */
export function localBuckets(system: LocalSystem): NonNullable<ViewSetDeps['look']> {
  const log = makeLogger({ level: 'error', redactor: makeRedactor(), fields: {}, write: () => {} });
  return { services: { obs: async () => localObs(system) }, log, remainingMs: () => TIME_LIMIT_MS };
}

function localObs({ cloud }: LocalSystem): ObsService {
  const bytesOf = async (bucket: string, key: string): Promise<Buffer> => {
    const content = await cloud.obs.bytes(bucket, key);
    if (content) return content;
    const refusal = { outcome: 'rejected', temporary: false, status: 404, cloudCode: NO_SUCH_KEY } as const;
    throw new CloudError({ service: 'OBS', operation: 'GetObject', ...refusal });
  };
  return {
    async readStart(bucket, key, bytes) {
      const content = await bytesOf(bucket, key);
      return { size: content.length, start: content.subarray(0, bytes) };
    },
    async readEnd(bucket, key, from, size) {
      const content = await bytesOf(bucket, key);
      return content.length === size ? content.subarray(from) : undefined;
    },
    async listSince(bucket, prefix, since, most, after = '') {
      if (!cloud.obs.buckets().some(({ name }) => name === bucket)) return [];
      const { storage } = cloud.obs.bucket(bucket);
      const keys = (await storage.keys(prefix)).filter((key) => key > after);
      const found: ObsObject[] = [];
      for (const key of keys) {
        const object = await storage.find(key);
        if (!object || object.isDeleteMarker || object.modifiedMs < Date.parse(since)) continue;
        const { size, eTag, versionId, modifiedMs } = object;
        const version = versionId === 'null' ? {} : { versionId };
        found.push({ key, size, eTag, ...version, lastModified: new Date(modifiedMs).toISOString() });
        if (found.length >= most) break;
      }
      return found;
    },
  };
}
