import type { LedgerBucket } from '../cloud/programs/ledger-bucket.ts';
import { checkLedgerRules, requiredRules } from '../cloud/programs/ledger-rules.ts';
import type { Jobs, LedgerSettings } from '../jobs/job.ts';
import { asStep } from './deploy-error.ts';

/**
 * Checks that the bucket can hold the ledger, sets lifecycle rules that delete old objects, and lists removed jobs that have open runs.
 *
 * Existing rules are never changed. Notes name those that delete what the ledger needs, and those that are missing.
 *
 * @returns notes for people
 * @throws {DeployError} if the bucket can't hold a ledger, or can't be read
 */
export async function checkLedgerBucket(
  bucket: LedgerBucket,
  { obs: { bucket: name, prefix } }: LedgerSettings,
  jobs: Jobs,
): Promise<string[]> {
  const step = <T>(what: string, work: () => Promise<T>): Promise<T> => asStep(`ledger ${name}`, what, work);
  const notes: string[] = [];
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
