import { messageOf } from '../kernel/errors.ts';
import { openLedgerBucket } from './connect.ts';
import type { LoadedService } from './load-service.ts';

/** So many runs of a job are listed by name. */
const MAX_LISTED = 10;
const CONSEQUENCE = 'their tasks continue in the cloud, but nothing follows them any more';

/**
 * The runs that nothing follows once the functions are removed, or why they are not known. Reads the ledger; throws nothing.
 *
 * @returns notes for people; empty if no run is open
 */
export async function openRunNotes(loaded: LoadedService): Promise<string[]> {
  const { jobs, file, hasLedger } = loaded;
  const folder = file.provider.userData?.['MIGRATIONS_LEDGER_FOLDER'];
  if (folder !== undefined) return [`open runs were not looked for: the ledger is the folder ${String(folder)}`];
  if (!jobs.ledger) return hasLedger ? [] : ['open runs are not known: without a ledger nothing records them'];
  try {
    const open = await openLedgerBucket(loaded, jobs.ledger).openRuns();
    return [...open].map(([job, runs]) => {
      const more = runs.length > MAX_LISTED ? ` and ${runs.length - MAX_LISTED} more` : '';
      const count = `${runs.length} open ${runs.length === 1 ? 'run' : 'runs'}`;
      return `job ${job} has ${count}: ${runs.slice(0, MAX_LISTED).join(', ')}${more}; ${CONSEQUENCE}`;
    });
  } catch (error) {
    return [`open runs could not be listed, so there may be some: ${messageOf(error)}`];
  }
}
