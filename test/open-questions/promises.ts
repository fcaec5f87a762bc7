import { listOpen } from '../../lib/runs/ledger/open-runs.ts';
import { readRunRecords } from '../../lib/runs/ledger/run-log.ts';
import { foldRun, type RunState } from '../../lib/runs/ledger/run-state.ts';
import type { AssumedRegion } from './assumed-region.ts';

/** A run in the ledger. */
export interface RecordedRun {
  readonly job: string;
  readonly run: string;
  readonly state: RunState;
}

/**
 * Checks what must hold at the end, whatever happened.
 *
 * @returns what is violated; empty when nothing is
 */
export async function violations(region: AssumedRegion): Promise<string[]> {
  const runs = await recordedRuns(region);
  const open = await listOpen(await region.ledger());
  const isOpen = new Set(open.map(({ run }) => run));
  return [
    ...duplicates(region),
    ...overlaps(region),
    ...runs.filter(({ run, state }) => !state.settled && !isOpen.has(run)).map(({ run }) => `${run} is lost`),
    ...runs
      .filter(({ state }) => !isExplained(state, region))
      .map(({ job, run }) => `${job}/${run} has neither a task nor a reason`),
  ];
}

export async function recordedRuns(region: AssumedRegion): Promise<RecordedRun[]> {
  const ledger = await region.ledger();
  const names = (await ledger.store.list('runs/', { limit: 10_000 })).map(({ name }) => name.split('/'));
  const runs: RecordedRun[] = [];
  for (const [, job = '', run = ''] of names) {
    const state = foldRun(await readRunRecords(ledger, job, run));
    if (state.received) runs.push({ job, run, state });
  }
  return runs;
}

function duplicates({ cloud }: AssumedRegion): string[] {
  const names = cloud.tasks().map(({ name }) => name);
  return names.filter((name, i) => names.indexOf(name) !== i).map((name) => `two tasks are called ${name}`);
}

function overlaps({ occupations }: AssumedRegion): string[] {
  return occupations.flatMap((one, i) =>
    occupations
      .slice(i + 1)
      .filter(({ target, from, to }) => target === one.target && from < one.to && one.from < to)
      .map((other) => `${one.name} and ${other.name} worked on ${one.target} at once`),
  );
}

/** A run that is over has its task, or says why it has none; one that is not has a reason, or is just being handled. */
function isExplained({ end, task, reason, received }: RunState, { cloud }: AssumedRegion): boolean {
  if (end !== 'created') return reason !== undefined;
  const name = received?.planned?.name;
  return (
    task !== undefined && (name === undefined || cloud.tasks().some(({ id }) => id === task.id) || isDeleted(reason))
  );
}

function isDeleted(reason: RunState['reason']): boolean {
  return reason !== undefined;
}
