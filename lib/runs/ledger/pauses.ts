import type { LogRecord } from './append-log.ts';
import type { Ledger } from './ledger.ts';
import { RollingLog } from './rolling-log.ts';

interface PauseRecord extends LogRecord {
  readonly type: 'pause' | 'resume';
  /** Absent: all jobs. */
  readonly job?: string;
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
 * What is under way goes on. Pausing twice is pausing once.
 */
export function pause(ledger: Ledger, job?: string): Promise<void> {
  return set(ledger, 'pause', job);
}

/** Takes the pause back; `reconcile` then starts what has waited. A pause of all jobs and one of a job are separate. */
export function resume(ledger: Ledger, job?: string): Promise<void> {
  return set(ledger, 'resume', job);
}

export async function isPaused(ledger: Ledger, job: string): Promise<boolean> {
  const { records } = await open(ledger);
  return isOn(records, undefined) || isOn(records, job);
}

/** What is paused: `everything` by a pause of all jobs, `jobs` by one of their own, which lasts when all are resumed. */
export async function listPauses(ledger: Ledger): Promise<{ readonly everything: boolean; readonly jobs: string[] }> {
  const { records } = await open(ledger);
  const named = new Set(records.flatMap(({ job }) => job ?? []));
  return { everything: isOn(records, undefined), jobs: [...named].filter((job) => isOn(records, job)).sort() };
}

async function set(ledger: Ledger, type: PauseRecord['type'], job: string | undefined): Promise<void> {
  const log = await open(ledger);
  do {
    if (isOn(log.records, job) === (type === 'pause')) return;
  } while (!(await log.append({ ...ledger.stamp(), type, ...(job === undefined ? {} : { job }) })));
}
