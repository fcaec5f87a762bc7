import type { LedgerBucket } from '../../../cloud/programs/ledger-bucket.ts';
import { checkLedgerRules } from '../../../cloud/programs/ledger-rules.ts';
import { unlessAbsent } from '../../../cloud/transport/unless-absent.ts';
import type { Ledger } from '../../../jobs/job.ts';
import type { LiveFindings } from './live-findings.ts';

/** Looks which lifecycle rules of the ledger's bucket take what the ledger needs. That rules are missing is no fault: a deploy sets them. */
export async function lookAtLedgerRules(
  bucket: Pick<LedgerBucket, 'rules'>,
  { obs: { bucket: name, prefix } }: Ledger,
  found: LiveFindings,
): Promise<void> {
  const path = ['ledger', 'obs', 'prefix'];
  const asked = `OBS GetBucketLifecycle of ${name}`;
  const needs = `obs:bucket:GetLifecycleConfiguration on ${name}`;
  // That there is no such bucket is found when it is listed.
  const rules = await found.ask({ jobs: [], path, asked, needs }, async () => ({
    of: await unlessAbsent(bucket.rules(), { codes: ['NoSuchBucket'] }),
  }));
  if (!rules?.of) return;
  for (const message of checkLedgerRules(rules.of, prefix).harmful) {
    found.add({ level: 'problem', jobs: [], path, asked, message, advice: 'change that rule in the console of OBS' });
  }
}
