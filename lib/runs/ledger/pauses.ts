import { type ControlState, changeControl, controlOf, type Pause, readControl } from './control.ts';
import type { Ledger } from './ledger.ts';
import { refuseForeign } from './origin.ts';

export type { Pause } from './control.ts';

/**
 * Stops creating: for one job, or for all when none is named. Bucket triggers can't be switched off, so this is read before each create, and is seen
 * within two seconds. What is under way continues. Pausing twice is pausing once: the first pause stands, with its `why`.
 *
 * @param why what others will read; nothing secret
 * @throws {LedgerError} {OtherEnvironmentError} when the pauses of this ledger are those of another region, project or stage
 */
export async function pause(ledger: Ledger, job?: string, why?: string): Promise<void> {
  const { at: since, by } = ledger.stamp();
  const added: Pause = { ...(job === undefined ? {} : { job }), since, by, ...(why === undefined ? {} : { why }) };
  await changePauses(ledger, (pauses) => (pauses.some((one) => one.job === job) ? undefined : [...pauses, added]));
}

/** Takes the pause back; `reconcile` then starts what has waited. A pause of all jobs and one of a job are separate. @throws as `pause` */
export async function resume(ledger: Ledger, job?: string): Promise<void> {
  await changePauses(ledger, (pauses) => {
    const left = pauses.filter((one) => one.job !== job);
    return left.length === pauses.length ? undefined : left;
  });
}

/** Every pause that holds: that of all jobs first, then those of single jobs, by name. They are separate: one lasts when the other ends. @throws as `pause` */
export async function listPauses(ledger: Ledger): Promise<readonly Pause[]> {
  return pausesIn(ledger, await readControl(ledger));
}

/** The pauses that hold a job back: that of all jobs, its own, or both; as they were at most two seconds ago. @throws as `pause` */
export async function pausesOf(ledger: Ledger, job: string): Promise<readonly Pause[]> {
  return pausesIn(ledger, await controlOf(ledger)).filter((pause) => pause.job === undefined || pause.job === job);
}

/** `job restore is paused since 2026-03-14T12:00:00Z by anna.1f2e3d4c: the cache is full`. */
export function pauseText({ job, since, by, why }: Pause): string {
  const what = job === undefined ? 'all jobs are' : `job ${job} is`;
  const at = `${new Date(since).toISOString().slice(0, 19)}Z`;
  return `${what} paused since ${at} by ${by}${why === undefined ? '' : `: ${why}`}`;
}

function pausesIn(ledger: Ledger, { pauses, pausesOf: owner }: ControlState): readonly Pause[] {
  if (owner) refuseForeign('control/state', ledger.origin, [{ origin: owner }]);
  return pauses;
}

function changePauses(
  ledger: Ledger,
  decide: (pauses: readonly Pause[]) => readonly Pause[] | undefined,
): Promise<void> {
  return changeControl(ledger, (state) => {
    const pauses = decide(pausesIn(ledger, state));
    if (!pauses) return undefined;
    const owner = state.pausesOf ?? ledger.origin;
    return { ...state, pauses: [...pauses].sort(inOrder), ...(owner ? { pausesOf: owner } : {}) };
  });
}

function inOrder(a: Pause, b: Pause): number {
  return (a.job ?? '') < (b.job ?? '') ? -1 : 1;
}
