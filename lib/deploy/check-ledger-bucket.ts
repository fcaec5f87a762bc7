import type { LedgerBucket } from '../cloud/programs/ledger-bucket.ts';
import { checkLedgerRules, requiredRules } from '../cloud/programs/ledger-rules.ts';
import type { Jobs, Ledger } from '../jobs/job.ts';
import { asStep } from './deploy-error.ts';

/**
 * Looks whether the ledger's bucket can hold it, gives it the rules that remove what is old, and names jobs that are gone and have open runs.
 *
 * Rules that are there are never touched: which of them take what the ledger needs, and what the bucket should have, is then said.
 *
 * @returns what a person should know
 * @throws {DeployError} when the bucket can't hold a ledger, or can't be looked at
 */
export async function checkLedgerBucket(
  bucket: LedgerBucket,
  { obs: { bucket: name, prefix } }: Ledger,
  jobs: Jobs,
): Promise<string[]> {
  const step = <T>(what: string, work: () => Promise<T>): Promise<T> => asStep(`ledger ${name}`, what, work);
  const notes: string[] = [];
  await step('add and remove an object', () => bucket.prove());
  const rules = await step('read lifecycle rules', () => bucket.rules());
  const { harmful, missing } = checkLedgerRules(rules, prefix);
  notes.push(...harmful.map((harm) => `ledger ${name}: ${harm}`));
  if (rules.length === 0) {
    const wanted = requiredRules(prefix);
    await step('set lifecycle rules', () => bucket.setRules(wanted));
    const [runs, budgets] = wanted;
    notes.push(
      `ledger ${name}: settled runs are removed after ${runs.days} days, and what jobs spent of their limits after ${budgets.days}`,
    );
  } else {
    notes.push(
      ...missing.map(
        (rule) =>
          `ledger ${name}: add a lifecycle rule that removes ${rule.prefix}* after ${rule.days} days; the rules that are there were left as they are`,
      ),
    );
  }
  for (const [job, count] of await step('list open runs', () => bucket.openRuns())) {
    if (jobs.jobs.has(job)) continue;
    notes.push(`ledger ${name}: ${job} is gone, and has ${count} open runs: reconcile brings them to their end`);
  }
  return notes;
}
