import type { LogRecord } from './append-log.ts';
import type { Ledger } from './ledger.ts';
import { RollingLog } from './rolling-log.ts';

interface PauseRecord extends LogRecord {
  readonly type: 'pause' | 'resume';
  /** Absent: all jobs. */
  readonly job?: string;
  /** What whoever paused said of it; absent with `resume`, and where nothing was said. */
  readonly why?: string;
}

/** A pause that holds: of one job, or of all where `job` is absent. */
export interface Pause {
  readonly job?: string;
  /** ms since 1970. */
  readonly since: number;
  /** The login name of whoever paused, and a mark of the command. */
  readonly by: string;
  readonly why?: string;
}

const NAME = 'control/pauses';

const open = (ledger: Ledger) => RollingLog.open<PauseRecord>(ledger, NAME, newestOfEach);

/** Of each job, and of all jobs, what was said last. */
function newestOfEach(records: readonly PauseRecord[]): PauseRecord[] {
  return [...new Map(records.map((record) => [record.job, record])).values()];
}

function isOn(records: readonly PauseRecord[], job: string | undefined): boolean {
  return records.findLast((record) => record.job === job)?.type === 'pause';
}

/**
 * Stops creating: for one job, or for all when none is named. Bucket triggers can't be switched off, so this is read before each create.
 * What is under way goes on. Pausing twice is pausing once: the first pause stands, with its `why`.
 *
 * @param why what others will read; nothing secret
 */
export function pause(ledger: Ledger, job?: string, why?: string): Promise<void> {
  return set(ledger, 'pause', job, why);
}

/** Takes the pause back; `reconcile` then starts what has waited. A pause of all jobs and one of a job are separate. */
export function resume(ledger: Ledger, job?: string): Promise<void> {
  return set(ledger, 'resume', job);
}

/** Every pause that holds: that of all jobs first, then those of single jobs, by name. They are separate: one lasts when the other ends. */
export async function listPauses(ledger: Ledger): Promise<Pause[]> {
  const { records } = await open(ledger);
  return newestOfEach(records)
    .filter(({ type }) => type === 'pause')
    .map(({ job, at, by, why }) => ({
      ...(job === undefined ? {} : { job }),
      since: at,
      by,
      ...(why === undefined ? {} : { why }),
    }))
    .sort((a, b) => ((a.job ?? '') < (b.job ?? '') ? -1 : 1));
}

/** The pauses that hold a job back: that of all jobs, its own, or both. */
export async function pausesOf(ledger: Ledger, job: string): Promise<Pause[]> {
  return (await listPauses(ledger)).filter((pause) => pause.job === undefined || pause.job === job);
}

/** `job restore is paused since 2026-03-14T12:00:00Z by anna.1f2e3d4c: the cache is full`. */
export function pauseText({ job, since, by, why }: Pause): string {
  const what = job === undefined ? 'all jobs are' : `job ${job} is`;
  const at = `${new Date(since).toISOString().slice(0, 19)}Z`;
  return `${what} paused since ${at} by ${by}${why === undefined ? '' : `: ${why}`}`;
}

async function set(
  ledger: Ledger,
  type: PauseRecord['type'],
  job: string | undefined,
  why?: string | undefined,
): Promise<void> {
  const log = await open(ledger);
  const said = { ...(job === undefined ? {} : { job }), ...(why === undefined ? {} : { why }) };
  do {
    if (isOn(log.records, job) === (type === 'pause')) return;
  } while (!(await log.append({ ...ledger.stamp(), type, ...said })));
}
