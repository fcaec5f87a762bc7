import type { LedgerBucket } from '../cloud/ledger-bucket.ts';
import type { Jobs, Ledger } from '../jobs/job.ts';
import { DeployError } from './deploy-error.ts';

/** Settled runs are kept so long; for that long one occurrence makes one task (docs/guarantees.md). */
const KEEP_DAYS = 400;

/**
 * Looks whether the ledger's bucket can hold it, gives it the rule that removes old runs, and names jobs that are gone and have open runs.
 *
 * Rules that are there are never touched: what the bucket should have is then said.
 *
 * @returns what a person should know
 * @throws {DeployError} when the bucket can't hold a ledger, or can't be looked at
 */
export async function checkLedgerBucket(
  bucket: LedgerBucket,
  { obs: { bucket: name, prefix } }: Ledger,
  jobs: Jobs,
): Promise<string[]> {
  const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new DeployError(`ledger ${name}`, what, error);
    }
  };
  const notes: string[] = [];
  await step('add and remove an object', () => bucket.prove());
  const wanted = { prefix: `${prefix}runs/`, days: KEEP_DAYS };
  const rules = await step('read lifecycle rules', () => bucket.rules());
  const covering = rules.filter((rule) => wanted.prefix.startsWith(rule.prefix) && rule.days !== undefined);
  const tooSoon = covering.find(({ days = KEEP_DAYS }) => days < KEEP_DAYS);
  if (tooSoon) {
    notes.push(
      `ledger ${name}: a lifecycle rule removes ${tooSoon.prefix}* after ${tooSoon.days} days: runs are forgotten then, and an event that comes again makes a second task`,
    );
  } else if (covering.length === 0 && rules.length === 0) {
    await step('set lifecycle rule', () => bucket.setRule(wanted));
    notes.push(`ledger ${name}: settled runs are removed after ${KEEP_DAYS} days`);
  } else if (covering.length === 0) {
    notes.push(
      `ledger ${name}: add a lifecycle rule that removes ${wanted.prefix}* after ${KEEP_DAYS} days; the rules that are there were left as they are`,
    );
  }
  for (const [job, count] of await step('list open runs', () => bucket.openRuns())) {
    if (jobs.jobs.has(job)) continue;
    notes.push(`ledger ${name}: ${job} is gone, and has ${count} open runs: reconcile brings them to their end`);
  }
  return notes;
}
