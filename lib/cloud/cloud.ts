import { ACTIONS } from '../migrations/actions.ts';
import type { Cloud, CloudParts } from '../platform/invocation.ts';
import type { LedgerStore } from '../ports/ledger-store.ts';
import { makeServices } from './services.ts';
import { endpointOf } from './transport/endpoints.ts';

/** Everything outside the process that a function uses. */
export const cloud: Cloud = {
  makeServices,
  openLedgerStore,
  // ACTIONS is passed in: importing it from the part that is loaded on demand would make the bundle larger.
  preload: async (jobs) => (await import('./preload.ts')).preload(jobs, ACTIONS),
};

/** The ledger's code is loaded only when a ledger is configured: the OBS client alone takes longer to load than everything else. */
async function openLedgerStore({
  settings,
  jobs,
  region,
  credentials,
  remainingMs,
  now,
}: CloudParts): Promise<LedgerStore | undefined> {
  if (settings.MIGRATIONS_LEDGER_FOLDER) {
    const { makeFolderStore } = await import('../runs/ledger/folder-store.ts');
    return makeFolderStore(settings.MIGRATIONS_LEDGER_FOLDER, now);
  }
  if (!jobs.ledger) return undefined;
  const { makeObsLedgerStore } = await import('./obs/obs-ledger-store.ts');
  const { bucket, prefix } = jobs.ledger.obs;
  return makeObsLedgerStore({
    endpoint: endpointOf('OBS', region, settings),
    credentials: credentials(),
    bucket,
    prefix,
    remainingMs,
  });
}
