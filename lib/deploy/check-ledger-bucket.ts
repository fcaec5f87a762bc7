import type { LedgerBucket, LedgerOwner } from '../cloud/programs/ledger-bucket.ts';
import { checkLedgerRules, requiredRules } from '../cloud/programs/ledger-rules.ts';
import type { Jobs, LedgerSettings } from '../jobs/job.ts';
import { asStep, DeployError } from './deploy-error.ts';
import type { LoadedService } from './load-service.ts';

/** The bucket of the ledger; `undefined` without a ledger, or if a folder is used instead. */
export function ledgerBucketOf({ jobs, file }: Pick<LoadedService, 'jobs' | 'file'>): LedgerSettings | undefined {
  return file.provider.userData?.['MIGRATIONS_LEDGER_FOLDER'] === undefined ? jobs.ledger : undefined;
}

/**
 * Checks that the bucket can hold the ledger, sets lifecycle rules that delete old objects, and lists removed jobs that have open runs.
 *
 * Existing rules are never changed. Notes name those that delete what the ledger needs, and those that are missing.
 *
 * @returns notes for people
 * @throws {DeployError} if the bucket can't hold a ledger, or can't be read, or if the ledger belongs to another region, project or stage
 */
export async function checkLedgerBucket(
  bucket: LedgerBucket,
  { obs: { bucket: name, prefix } }: LedgerSettings,
  jobs: Jobs,
  origin: { readonly region: string; readonly project: string; readonly stage: string },
): Promise<string[]> {
  const step = <T>(what: string, work: () => Promise<T>): Promise<T> => asStep(`ledger ${name}`, what, work);
  const notes: string[] = [];
  const owner = await step('read its first records', () => bucket.owner());
  const isForeign = owner && Object.entries(origin).some(([key, ours]) => (fieldOf(owner, key) ?? ours) !== ours);
  if (isForeign) {
    const whose = Object.keys(origin).map((key) => `${key} ${String(fieldOf(owner, key) ?? 'unknown')}`);
    const message = `it belongs to ${whose.join(', ')}: give this stage a prefix (provider.prefix), or another ledger`;
    throw new DeployError(`ledger ${name}`, 'check whose it is', message);
  }
  await step('add and remove an object', () => bucket.prove());
  const rules = await step('read lifecycle rules', () => bucket.rules());
  const { harmful, missing } = checkLedgerRules(rules, prefix);
  notes.push(...harmful.map((harm) => `ledger ${name}: ${harm}`));
  if (rules.length === 0) {
    const desired = requiredRules(prefix);
    await step('set lifecycle rules', () => bucket.setRules(desired));
    const [runs, budgets] = desired;
    notes.push(
      `ledger ${name}: settled runs are deleted after ${runs.days} days, and the use of job limits after ${budgets.days}`,
    );
  } else {
    notes.push(
      ...missing.map(
        (rule) =>
          `ledger ${name}: add a lifecycle rule that deletes ${rule.prefix}* after ${rule.days} days; existing rules were not changed`,
      ),
    );
  }
  for (const [job, runs] of await step('list open runs', () => bucket.openRuns())) {
    if (jobs.jobs.has(job)) continue;
    notes.push(
      `ledger ${name}: job ${job} no longer exists, and has ${runs.length} open runs: reconcile finishes them`,
    );
  }
  return notes;
}

function fieldOf(owner: LedgerOwner, key: string): unknown {
  return owner[key as keyof LedgerOwner];
}
