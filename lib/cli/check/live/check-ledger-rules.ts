import type { LedgerBucket } from '../../../cloud/programs/ledger-bucket.ts';
import { checkLedgerRules } from '../../../cloud/programs/ledger-rules.ts';
import { unlessAbsent } from '../../../cloud/transport/unless-absent.ts';
import type { LedgerSettings } from '../../../jobs/job.ts';
import type { LiveFindings } from './live-findings.ts';

/** Finds lifecycle rules of the ledger's bucket that delete what the ledger needs. Missing rules are not a problem: deployment sets them. */
export async function checkLifecycleRules(
  bucket: Pick<LedgerBucket, 'rules'>,
  { obs: { bucket: name, prefix } }: LedgerSettings,
  found: LiveFindings,
): Promise<void> {
  const path = ['ledger', 'obs', 'prefix'];
  const asked = `OBS GetBucketLifecycle of ${name}`;
  const needs = `obs:bucket:GetLifecycleConfiguration on ${name}`;
  // A missing bucket is reported when it is listed.
  const rules = await found.ask({ jobs: [], path, asked, needs }, async () => ({
    of: await unlessAbsent(bucket.rules(), { codes: ['NoSuchBucket'] }),
  }));
  if (!rules?.of) return;
  for (const message of checkLedgerRules(rules.of, prefix).harmful) {
    found.add({ level: 'problem', jobs: [], path, asked, message, advice: 'change that rule in the OBS console' });
  }
}
