import type { StoredSecretState } from '../../../cloud/programs/stored-secret.ts';
import type { Jobs } from '../../../jobs/job.ts';
import { secretsNeededBy } from '../../../jobs/job-secrets.ts';
import { isStoredReference } from '../../../kernel/secret-reference.ts';
import type { LiveFindings } from './live-findings.ts';

/** The state of a secret in DEW; `undefined` if it does not exist. @throws {CloudError} */
export type ShowSecret = (name: string) => Promise<StoredSecretState | undefined>;

/** Checks that each secret in DEW exists and is enabled. Reads no values. */
export async function checkSecrets(show: ShowSecret, jobs: Jobs, found: LiveFindings): Promise<void> {
  const needing = new Map<string, string[]>();
  for (const job of jobs.jobs.values()) {
    for (const { csms } of secretsNeededBy(job, jobs).filter(isStoredReference)) {
      needing.set(csms, [...new Set([...(needing.get(csms) ?? []), job.name])]);
    }
  }
  for (const [name, names] of needing) {
    const about = { jobs: names, path: [], asked: `CSMS ShowSecret for ${name}` };
    const checked = await found.ask({ ...about, needs: 'csms:secret:get' }, async () => ({
      secret: await show(name),
    }));
    if (!checked) continue;
    const { secret } = checked;
    const report = (message: string, advice: string) => found.add({ ...about, level: 'problem', message, advice });
    if (!secret) report(`DEW has no secret ${name}`, 'create it there, or correct csms in the jobs file');
    else if (secret.state !== 'ENABLED') {
      report(`secret ${name} is ${secret.state}: its value cannot be read`, 'enable it in DEW, or name another one');
    }
  }
}
