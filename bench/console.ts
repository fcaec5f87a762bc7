// `npm run bench:console`: what `npx migrations console` costs on a ledger of very many runs in the local OBS, which runs in the same process.
// docs/limits-and-costs.md has what came out.
//   npm run bench:console -- --runs 10000 --refreshes 240
import { parseArgs } from 'node:util';
import { Watcher } from '../test/fixtures/console-system.ts';
import { startLedgerConsoles } from '../test/fixtures/ledger-console.ts';
import { ManyRuns } from '../test/fixtures/many-runs.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, refreshes: { type: 'string', default: '240' } },
});
const runs = Number(values.runs);
/** At one every 15 seconds, 240 are an hour. */
const refreshes = Number(values.refreshes);
/** Some runs are open, and some change between two refreshes. */
const OPEN = 50;
const CHANGED = 3;
/** What was written just before it was read is read again. */
const MARGIN_MS = 6_000;

const here = await startLedgerConsoles();
const written = new ManyRuns(here.cloud, 'ops-ledger');
await written.putSettled(0, runs - OPEN);
await written.putOpen(runs - OPEN, runs);
await new Promise((resolve) => setTimeout(resolve, MARGIN_MS));

const view = await here.view();
const refresh = async () => {
  here.proxy.forget();
  view.refreshSoon();
  const at = performance.now();
  await view.refresh();
  return { reads: here.proxy.reads, changes: here.proxy.changes.length, ms: performance.now() - at };
};
const first = await refresh();
const quiet = await refresh();
const heap = () => {
  // The local cloud, in this process, remembers every request.
  (here.cloud.requests as unknown[]).length = 0;
  global.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1024);
};
await refresh();
const heapBefore = heap();
let most = 0;
let changes = first.changes + quiet.changes;
for (let n = 0; n < refreshes; n++) {
  // The same runs again and again: the ledger, which is in this process, too, does not grow.
  await written.putSettled(n % 100, (n % 100) + CHANGED);
  const one = await refresh();
  most = Math.max(most, one.reads);
  changes += one.changes;
}
const heapAfter = heap();

// All code is loaded by now, as from the bundle. Not through the proxy, which opens a connection for each request.
here.env['HUAWEICLOUD_OBS_ENDPOINT'] = here.cloud.obsUrl;
const url = await here.open();
const began = performance.now();
const watcher = await Watcher.open(url);
const isShown = watcher.next('snapshot', (snapshot) => snapshot.runs.length > 0);
await Promise.race([isShown, watcher.next('runs', (rows) => rows.length > 0)]);
const firstRowsMs = performance.now() - began;
const shown = () =>
  watcher.all('snapshot').reduce((sum, one) => sum + one.runs.length, 0) + watcher.all('runs').flat().length;
while (shown() < 200) await new Promise((resolve) => setTimeout(resolve, 5));
const firstPageMs = performance.now() - began;
watcher.close();

console.log(
  JSON.stringify(
    {
      runs,
      first_rows_ms: Math.round(firstRowsMs),
      first_page_ms: Math.round(firstPageMs),
      first_page_requests: first.reads,
      quiet_refresh_requests: quiet.reads,
      quiet_refresh_ms: Math.round(quiet.ms),
      most_requests_of_a_refresh: most,
      requests_per_minute: quiet.reads * 4,
      refreshes,
      heap_before_kib: heapBefore,
      heap_after_kib: heapAfter,
      rows: view.rows().length,
      changing_requests: changes,
    },
    null,
    2,
  ),
);
await here.close();
process.exit(0);
