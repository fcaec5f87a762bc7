import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import type { KeyEncoding } from '../kernel/settings.ts';
import type { ObsService } from '../ports/obs.ts';
import type { DesiredTrigger } from './desired-triggers.ts';

/** More objects than land in the seconds without a trigger; any others are left to the job's sweep. */
const MAX_OBJECTS = 1000;

export interface Gap {
  /** URN of the function, with a version. */
  readonly urn: string;
  readonly triggers: readonly DesiredTrigger[];
  /** ISO 8601: before the first trigger was deleted. */
  readonly since: string;
  /** How the function expects keys to be encoded. */
  readonly encoding: KeyEncoding;
}

/**
 * Sends a function events, as OBS would have, for objects that landed while its bucket triggers were being replaced. Needs a ledger: an
 * object whose notification also arrived is then the same occurrence, and creates no second task.
 *
 * @throws {CloudError} if a bucket can't be listed, or the function can't be invoked; safe to repeat
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
