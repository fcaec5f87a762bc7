import { ACTIONS } from '../migrations/actions.ts';
import type { Cloud, CloudParts } from '../platform/invocation.ts';
import type { LedgerStore } from '../ports/ledger-store.ts';
import { makeServices } from './services.ts';
import { endpointOf } from './transport/endpoints.ts';

/** Everything outside the process that a function uses. */
export const cloud: Cloud = {
  makeServices,
  openLedgerStore,
  // Handed on: what a part that is loaded on demand imports itself is wrapped in a bundle, and larger.
  preload: async (jobs) => (await import('./preload.ts')).preload(jobs, ACTIONS),
};

/** What the ledger needs is loaded only where one is configured: the OBS client alone takes longer to load than all the rest. */
async function openLedgerStore({
  settings,
  jobs,
  region,
  credentials,
  remainingMs,
}: CloudParts): Promise<LedgerStore | undefined> {
  if (settings.MIGRATIONS_LEDGER_FOLDER) {
    const { makeFolderStore } = await import('../runs/ledger/folder-store.ts');
    return makeFolderStore(settings.MIGRATIONS_LEDGER_FOLDER);
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
