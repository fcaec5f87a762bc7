import type { Job } from '../../jobs/job.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import { inParallel, MAX_PARALLEL } from '../in-parallel.ts';
import { AppendLog } from '../ledger/append-log.ts';
import { budgetWindow, hasRoom, type JobLimit, type SpendRecord, usedIn } from '../ledger/budget.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { foldRun } from '../ledger/run-state.ts';

/** How much of a job's `limit` is used in the current window. */
export interface BudgetView {
  readonly job: string;
  readonly limit: { readonly runs: number; readonly per_seconds: number };
  /** Runs that have started in this window; absent if that cannot be read. Those started with `runs run-now` do not count. */
  readonly used?: number;
  /** No further run starts in this window. Also after as many refused create calls as the limit, although those do not count as used. */
  readonly used_up?: boolean;
  /** When the next window begins, and runs that wait for it may start. ISO 8601, UTC. */
  readonly resets_at: string;
  /** How many of the given runs wait for it. */
  readonly waiting: number;
  /** Why it cannot be read. */
  readonly error?: string;
}

/** A list holds at most 500 runs, so a limit of 50,000 runs is spread over 100. */
const MAX_LISTS = 100;

/**
 * The budgets of jobs: first those that runs wait for, then those of the jobs file. A run keeps the limit that it was received with, so a job whose limit
 * has changed may have two. Reads one list for each 500 runs of a limit, at most 100 lists in all, eight at a time.
 *
 * @param jobs those of the jobs file that are wanted
 * @param waiting for each run that waits for its limit, that limit: see `limitWaitedFor`
 * @returns `left`: how many budgets were not read, because there are too many, or they are too large
 * @throws nothing of the ledger: a budget that cannot be read has an `error`
 */
export async function viewBudgets(
  ledger: Ledger,
  jobs: Iterable<Pick<Job, 'name' | 'limit'>>,
  waiting: readonly JobLimit[],
): Promise<{ readonly budgets: readonly BudgetView[]; readonly left: number }> {
  const wanted = new Map<string, JobLimit>();
  const counts = new Map<string, number>();
  for (const one of waiting) {
    const key = keyOf(one);
    wanted.set(key, one);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const { name: job, limit } of jobs) wanted.set(keyOf({ job, limit }), { job, limit });
  const now = ledger.now();
  let lists = 0;
  const fitting = [...wanted.values()].filter((one) => {
    const { length } = budgetWindow(one, now).shards;
    const fits = lists + length <= MAX_LISTS;
    if (fits) lists += length;
    return fits;
  });
  const budgets = await inParallel(fitting, MAX_PARALLEL, (one) =>
    viewBudget(ledger, one, { now, waiting: counts.get(keyOf(one)) ?? 0 }),
  );
  return { budgets, left: wanted.size - fitting.length };
}

/** The limit that a run waits for; `undefined` if it waits for something else, or not at all, or an operator lets it start anyway. */
export function limitWaitedFor(records: readonly RunRecord[]): JobLimit | undefined {
  const { received, end, parked, runNow, reason } = foldRun(records);
  if (!received || end || parked || runNow || reason?.code !== 'over_budget') return undefined;
  return { job: received.job, limit: received.policies.limit };
}

function keyOf({ job, limit: { runs, perMs } }: JobLimit): string {
  return `${job} ${runs} ${perMs}`;
}

async function viewBudget(
  ledger: Ledger,
  of: JobLimit,
  { now, waiting }: { readonly now: number; readonly waiting: number },
): Promise<BudgetView> {
  const { shards, end } = budgetWindow(of, now);
  const { job, limit } = of;
  const view = {
    job,
    limit: { runs: limit.runs, per_seconds: limit.perMs / 1000 },
    resets_at: new Date(end).toISOString(),
    waiting,
  };
  try {
    let used = 0;
    let isUsedUp = true;
    for (const { name, capacity } of shards) {
      const { records } = await AppendLog.open<SpendRecord>(ledger.store, name);
      used += usedIn(records);
      if (hasRoom(records, capacity)) isUsedUp = false;
    }
    return { ...view, used, used_up: isUsedUp };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { ...view, error: error.message };
  }
}
