import { type ControlState, changeControl, controlOf, type Pause, readControl } from './control.ts';
import type { Ledger } from './ledger.ts';
import { refuseForeign } from './origin.ts';

export type { Pause } from './control.ts';

/**
 * Stops creating tasks, for one job, several or all. Bucket triggers can't be disabled, so this is checked before each create and takes effect within two
 * seconds. Existing tasks continue. Pausing twice has no further effect: the first pause remains, with its `why`.
 *
 * @param why shown to others; must not contain secrets
 * @throws {LedgerError} {OtherEnvironmentError} when the pauses of this ledger belong to another region, project or stage
 */
export async function pause(ledger: Ledger, job?: string | readonly string[], why?: string): Promise<void> {
  const { at: since, by } = ledger.stamp();
  const said = why === undefined ? {} : { why };
  await changePauses(ledger, (pauses) => {
    const fresh = namesOf(job).filter((name) => !pauses.some((one) => one.job === name));
    const added = fresh.map((name): Pause => ({ ...(name === undefined ? {} : { job: name }), since, by, ...said }));
    return added.length === 0 ? undefined : [...pauses, ...added];
  });
}

/** Ends the pauses; `reconcile` then starts the waiting runs. A pause of all jobs and a pause of one job are separate. @throws as `pause` */
export async function resume(ledger: Ledger, job?: string | readonly string[]): Promise<void> {
  const names = namesOf(job);
  await changePauses(ledger, (pauses) => {
    const left = pauses.filter((one) => !names.includes(one.job));
    return left.length === pauses.length ? undefined : left;
  });
}

/** `undefined` stands for all jobs. */
function namesOf(job: string | readonly string[] | undefined): readonly (string | undefined)[] {
  return Array.isArray(job) ? job : [job as string | undefined];
}

/**
 * All active pauses: first the pause of all jobs, then those of single jobs by name. They are separate: one stays when the other ends. @throws as
 * `pause`
 */
export async function listPauses(ledger: Ledger): Promise<readonly Pause[]> {
  return pausesIn(ledger, await readControl(ledger));
}

/** The pauses that apply to a job: the pause of all jobs, its own, or both; at most two seconds old. @throws as `pause` */
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
