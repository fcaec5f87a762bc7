import { AppendLog, type LogRecord } from './append-log.ts';
import { type Ledger, segment } from './ledger.ts';
import type { RunPolicies } from './run-log.ts';

interface SpendRecord extends LogRecord {
  readonly run: string;
}

/** A list is read whole, so a large budget is spread over several. */
const SHARD_RUNS = 500;

interface Window {
  readonly names: readonly string[];
  /** How many runs each list may hold; all together the limit. */
  readonly capacities: readonly number[];
  /** Ends the window, ms since 1970. */
  readonly end: number;
  readonly alarm: string;
}

/** Windows begin at whole multiples of their length, so that all functions agree on them without asking. */
function windowOf({ now }: Ledger, job: string, { runs, perMs }: RunPolicies['limit']): Window {
  const index = Math.floor(now() / perMs);
  const shards = Math.ceil(runs / SHARD_RUNS);
  const base = `lanes/job/${segment(job)}/${perMs}-${index}`;
  return {
    names: Array.from({ length: shards }, (_, i) => `${base}-${i}`),
    capacities: Array.from({ length: shards }, (_, i) => Math.floor(runs / shards) + (i < runs % shards ? 1 : 0)),
    end: (index + 1) * perMs,
    alarm: `${base}-alarm`,
  };
}

export interface Refusal {
  /** When there is a new budget, ms since 1970. */
  readonly until: number;
  /** The first refusal in this window: say it loudly, once. */
  readonly first: boolean;
}

/**
 * Takes one run out of a job's budget, once per run and window. The guard against a storm: a thousand events make `limit.runs` tasks.
 *
 * @returns `undefined` when it may go on, else until when it has to wait
 */
export async function spend(
  ledger: Ledger,
  { job, run, limit }: { readonly job: string; readonly run: string; readonly limit: RunPolicies['limit'] },
): Promise<Refusal | undefined> {
  const window = windowOf(ledger, job, limit);
  for (const shard of shardsFor(run, window)) {
    if (await spendIn(ledger, window.names[shard] ?? '', window.capacities[shard] ?? 0, run)) return undefined;
  }
  return { until: window.end, first: await isFirst(ledger, window.alarm) };
}

/**
 * Says without taking anything whether a run would be refused now, so that a run without budget need not stand in a lane first.
 *
 * @returns `undefined` when there is budget, or when this run has had its share in this window
 */
export async function refusalFor(
  ledger: Ledger,
  { job, run, limit }: { readonly job: string; readonly run: string; readonly limit: RunPolicies['limit'] },
): Promise<Refusal | undefined> {
  const window = windowOf(ledger, job, limit);
  for (const shard of shardsFor(run, window)) {
    const { records } = await AppendLog.open<SpendRecord>(ledger.store, window.names[shard] ?? '');
    const capacity = window.capacities[shard] ?? 0;
    if (records.length < capacity || records.some((record) => record.run === run)) return undefined;
  }
  return { until: window.end, first: await isFirst(ledger, window.alarm) };
}

/** Where a run looks for budget: each begins at a list of its own, and goes round. */
function shardsFor(run: string, { names }: Window): number[] {
  const own = Number.parseInt(run.slice(0, 8), 16);
  return names.map((_, i) => (own + i) % names.length);
}

/** Of all who are refused in a window exactly one gets `true`: creating a list is a compare-and-swap. */
async function isFirst(ledger: Ledger, alarm: string): Promise<boolean> {
  const log = await AppendLog.open(ledger.store, alarm);
  return log.records.length === 0 && (await log.append(ledger.stamp()));
}

async function spendIn(ledger: Ledger, name: string, capacity: number, run: string): Promise<boolean> {
  const log = await AppendLog.open<SpendRecord>(ledger.store, name);
  for (;;) {
    if (log.records.some((record) => record.run === run)) return true;
    if (log.records.length >= capacity) return false;
    if (await log.append({ ...ledger.stamp(), run })) return true;
  }
}
