import { cloud } from '../../lib/cloud/cloud.ts';
import { parseObjectEvent } from '../../lib/events/object-event.ts';
import { makeFunction } from '../../lib/platform/handler.ts';
import { reconcile } from '../../lib/runs/follow/reconcile.ts';
import { settleRuns } from '../../lib/runs/report/run-result.ts';
import { startObjectRuns } from '../../lib/runs/start/object-runs.ts';
import { makeMemoryStore } from '../fakes/memory-store.ts';

/** The functions with their ledger in memory: hundreds of runs at each tick of a night would be many thousands of requests to OBS. */
export function functionsInMemory() {
  const store = makeMemoryStore(() => Date.now());
  const parts = { cloud: { ...cloud, openLedgerStore: async () => store }, folder: import.meta.dirname };
  const backupLanded = makeFunction({
    ...parts,
    name: 'backup-landed',
    work: async (event, { settings, jobs, deps }) =>
      settleRuns(await startObjectRuns(parseObjectEvent(event, settings.OBJECT_KEYS), jobs, deps), { hasLedger: true }),
  });
  const ticks = makeFunction({
    ...parts,
    name: 'reconcile',
    isReconcile: true,
    work: async (_event, { deps: { ledger, ...deps }, jobs }) => ledger && reconcile({ ...deps, ledger }, jobs),
  });
  return { 'backup-landed': backupLanded.handle, reconcile: ticks.handle };
}
