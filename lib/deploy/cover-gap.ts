import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import type { KeyEncoding } from '../kernel/settings.ts';
import type { ObsService } from '../ports/obs.ts';
import type { WantedTrigger } from './wanted-triggers.ts';

/** More than lands in the seconds that a trigger is away; what is above is left to the job's sweep. */
const MAX_OBJECTS = 1000;

export interface Gap {
  /** Of the function, with a version. */
  readonly urn: string;
  readonly triggers: readonly WantedTrigger[];
  /** ISO 8601: before the first trigger was deleted. */
  readonly since: string;
  /** How the function takes keys to be written. */
  readonly encoding: KeyEncoding;
}

/**
 * Tells a function of the objects that landed while its bucket triggers were made again, as OBS would have. Only where there is a ledger: an
 * object whose notification came too is the same occurrence, and makes no second task.
 *
 * @throws {CloudError} when a bucket can't be listed, or the function not be invoked; doing all of it again does no harm
 */
export async function coverGap(api: FunctionGraph, obs: ObsService, gap: Gap): Promise<void> {
  for (const { data } of gap.triggers) {
    const [bucket, prefix, suffix] = [data['bucket'], data['prefix'], data['suffix']].map(String) as [
      string,
      string,
      string,
    ];
    const landed = await obs.listSince(bucket, prefix, gap.since, MAX_OBJECTS);
    for (const { key, size, eTag, versionId, lastModified } of landed) {
      if (!key.endsWith(suffix)) continue;
      const written = gap.encoding === 'raw' ? key : encodeURIComponent(key);
      const object = { key: written, size, eTag, ...(versionId === undefined ? {} : { versionId }) };
      const record = {
        eventVersion: '2.0',
        eventTime: lastModified,
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: bucket }, object },
      };
      await api.invokeAsync(gap.urn, { Records: [record] });
    }
  }
}
