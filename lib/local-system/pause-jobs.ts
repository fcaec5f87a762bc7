import path from 'node:path';
import type { Jobs } from '../jobs/job.ts';
import { makeFolderStore } from '../runs/ledger/folder-store.ts';
import { makeLedger } from '../runs/ledger/ledger.ts';
import { pause } from '../runs/ledger/pauses.ts';
import { didYouMean } from '../schema/suggest.ts';
import { LOCAL_STAGE } from './local-stage.ts';
import { regionClock } from './region-control.ts';
import type { SystemFile } from './system-file.ts';

/**
 * Pauses a job of the running system, as somebody else may with `npx migrations pause`.
 *
 * @param name of the job, or `all`
 * @throws {Error} when there is no such job
 */
export async function pauseJobs(
  name: string,
  { system, stateFolder, jobs }: { readonly system: SystemFile; readonly stateFolder: string; readonly jobs: Jobs },
): Promise<void> {
  const job = name === 'all' ? undefined : name;
  if (job !== undefined && !jobs.jobs.has(job))
    throw new Error(`pause ${job}: no such job${didYouMean(job, jobs.jobs.keys())}`);
  const now = await regionClock(system);
  const store = makeFolderStore(path.join(stateFolder, 'ledger'), now);
  const origin = { region: system.region ?? jobs.region, project: system.project_id, stage: LOCAL_STAGE };
  await pause(makeLedger(store, 'somebody', now, origin), job, 'a rehearsal');
}
