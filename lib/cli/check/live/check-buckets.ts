import type { Job, Jobs } from '../../../jobs/job.ts';
import { backupBucket } from '../../../jobs/needed-actions.ts';
import { CloudError } from '../../../kernel/errors.ts';
import { classifyObsError } from '../../../migrations/classify-obs-error.ts';
import type { AllServices } from '../../../ports/services.ts';
import type { LiveFindings } from './live-findings.ts';

const EPOCH = '1970-01-01T00:00:00Z';

interface BucketUse {
  readonly bucket: string;
  readonly prefix: string;
  readonly path: readonly string[];
  readonly jobs: readonly string[];
}

/** Checks that each bucket that is watched or read, and the ledger's, exists and can be listed. */
export async function checkBuckets(
  services: AllServices,
  jobs: Jobs,
  { withLedger }: { readonly withLedger: boolean },
  found: LiveFindings,
): Promise<void> {
  const uses = [...jobs.jobs.values()].flatMap(usesOf);
  if (withLedger && jobs.ledger) {
    const { bucket, prefix } = jobs.ledger.obs;
    uses.push({ bucket, prefix, path: ['ledger', 'obs', 'bucket'], jobs: [] });
  }
  const obs = await services.obs();
  for (const { bucket, prefix, path, jobs: names } of uses) {
    const asked = `OBS ListObjects of ${bucket}`;
    const report = (message: string, advice: string) =>
      found.add({ level: 'problem', jobs: names, path, asked, message, advice });
    const needs = `obs:bucket:ListBucket and obs:bucket:GetBucketVersioning on ${bucket}`;
    await found.ask({ jobs: names, path, asked, needs }, async () => {
      try {
        await obs.listSince(bucket, prefix, EPOCH, 1);
      } catch (error) {
        if (!(error instanceof CloudError)) throw error;
        const verdict = classifyObsError(error, bucket);
        if (verdict.is !== 'final') throw error;
        report(verdict.message, bucketAdvice(error, jobs.region));
      }
    });
  }
}

function bucketAdvice({ cloudCode }: CloudError, region: string): string {
  if (cloudCode === 'NoSuchBucket') return `create it in ${region}, or correct its name`;
  return `a bucket can only be reached in its own region: use one of ${region}`;
}

function usesOf(job: Job): BucketUse[] {
  const { name, kind, on } = job;
  const watched = on.object_created?.bucket;
  const at = ['jobs', name];
  const uses = watched === undefined ? [] : [use(watched, [...at, 'on', 'object_created', 'bucket'], name)];
  const read = backupBucket(job);
  if (read === undefined || read === watched || read.includes('{{')) return uses;
  return [...uses, use(read, [...at, kind, 'backup_files', 'bucket_name'], name)];
}

function use(bucket: string, path: readonly string[], job: string): BucketUse {
  return { bucket, prefix: '', path, jobs: [job] };
}
