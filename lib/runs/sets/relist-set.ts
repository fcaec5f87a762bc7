import type { ObjectTrigger } from '../../events/trigger.ts';
import type { Job } from '../../jobs/job.ts';
import { CloudError, RunError } from '../../kernel/errors.ts';
import type { AllServices } from '../../ports/services.ts';
import type { SetObject } from '../ledger/set-log.ts';
import { listSet, type SetListing } from './list-set.ts';
import { ManifestError } from './parse-manifest.ts';
import { readManifest } from './read-manifest.ts';
import { setTrigger } from './set-trigger.ts';
import { waitsOf, waitText } from './set-waits.ts';
import { type SetScope, setName, setScope } from './set-work.ts';

/**
 * The trigger for another attempt at the run of a set: the files that the bucket has now, including those that arrived too late for the first one.
 * For a set with a manifest, the files that its marker lists now.
 *
 * @throws {RunError} `trigger_gone` when the job no longer has this set; `bad_manifest`; `set_incomplete` when files are missing; `set_not_listed`
 *   when the bucket can't be listed: a retry may help
 */
export async function relistSet(
  job: Job,
  { key: prefix, set, time }: ObjectTrigger,
  services: Pick<AllServices, 'obs'>,
): Promise<ObjectTrigger> {
  const scope = setScope(job, prefix);
  if (!scope) throw new RunError('trigger_gone', `job ${job.name} no longer has a set with the prefix ${prefix}`);
  const { complete } = scope.trigger.set;
  const named: SetObject = { key: `${prefix}${complete.marker ?? ''}`, version: set?.marker ?? '', time };
  const keys = complete.manifest ? await keysOf(scope, named, services) : undefined;
  const listing = await list(scope, keys, services);
  const { files } = listing;
  // A marker that is gone by now had already completed the set, and there was a quiet time before the first attempt.
  const { quietMs: _quiet, ...rule } = complete;
  const marker = listing.marker ?? named;
  const waits = waitsOf(rule, { files, marker, keys }, 0);
  if (waits.length > 0) {
    const why = waitText(complete, prefix, files.length, waits);
    throw new RunError('set_incomplete', `set ${setName(scope)}: ${why}`);
  }
  const { bucket } = scope.trigger;
  const listed = setTrigger(
    { bucket, prefix, name: scope.name },
    files,
    complete.marker === undefined ? undefined : marker,
  );
  // The list may give an earlier time than the notification did, and a replay is not older than what it repeats.
  return Date.parse(listed.time) < Date.parse(time) ? { ...listed, time } : listed;
}

async function keysOf(scope: SetScope, marker: SetObject, services: Pick<AllServices, 'obs'>): Promise<string[]> {
  try {
    const keys = await readManifest(scope, marker, services);
    if (typeof keys !== 'string') return keys;
    throw new RunError('set_not_listed', keys);
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause;
    throw new RunError('bad_manifest', `the manifest of set ${setName(scope)} is invalid: ${cause.message}`, [], {
      cause,
    });
  }
}

async function list(
  scope: SetScope,
  keys: readonly string[] | undefined,
  services: Pick<AllServices, 'obs'>,
): Promise<SetListing> {
  try {
    const listing = await listSet(scope, services, { keys });
    if (typeof listing !== 'string') return listing;
    throw new RunError('set_incomplete', `set ${setName(scope)}: ${listing}`);
  } catch (cause) {
    if (!(cause instanceof CloudError)) throw cause;
    throw new RunError('set_not_listed', `set ${setName(scope)} can't be listed: ${cause.message}`, [], { cause });
  }
}
