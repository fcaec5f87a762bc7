import type { Jobs } from '../../jobs/job.ts';
import { jobsForObject } from '../../jobs/match-jobs.ts';
import { UsageError } from '../usage-error.ts';
import type { ProbePlace } from './make-world.ts';

/** As in the examples; used if the jobs file has no ledger. */
const DEFAULT_PREFIX = 'migrations/';
/** Of each kind of object that a probe writes. */
const NAMES = ['append', 'read/1', 'list/1', 'page/1', 'parts', 'right', 'stop'];

/**
 * Where a probe writes: below `probe/` in the ledger, or in another bucket. The local system has its ledger in a folder, so there it is the first bucket
 * of the jobs.
 *
 * @param bucket the given one @throws {UsageError} if a job would start runs for objects there
 */
export function probePlace(
  jobs: Jobs,
  bucket: string | undefined,
  isLocal: boolean,
): ProbePlace | { readonly missing: string } {
  const ledger = jobs.ledger?.obs;
  const chosen = bucket ?? (isLocal ? firstBucket(jobs) : ledger?.bucket);
  if (chosen === undefined) return { missing: 'needs a ledger in the jobs file, or --bucket' };
  const prefix = `${ledger?.prefix ?? DEFAULT_PREFIX}probe/`;
  const isOwn = chosen === ledger?.bucket;
  const keys = NAMES.map((name) => `${prefix}20260101T000000Z-00000000/${name}`);
  const [job] = isOwn ? [] : keys.flatMap((key) => jobsForObject(jobs, chosen, key));
  if (job !== undefined) {
    const message = `probe: job ${job.name} would start a run for every object below ${prefix} in ${chosen}; give another bucket`;
    throw new UsageError(message);
  }
  return { bucket: chosen, prefix };
}

function firstBucket({ jobs }: Jobs): string | undefined {
  return [...jobs.values()].flatMap(({ on }) => on.object_created?.bucket ?? [])[0];
}
