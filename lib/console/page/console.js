// The console's page: views of the store, and the stream that fills it.
/** @import { RunId } from './store.js' */
import { announceRuns } from './announcer.js';
import { makeChangeDialog } from './change-dialog.js';
import { byId } from './elements.js';
import { showHeader } from './header.js';
import { showLocalSystem } from './local-system.js';
import { showPlaces } from './places-view.js';
import { makeRunDetail } from './run-detail.js';
import { showRuns } from './runs-view.js';
import { showSets } from './sets-view.js';
import { Store } from './store.js';
import { followStream } from './stream.js';

const store = new Store();
/** The element that had the focus when a run was opened. @type {Element | null} */
let opener = null;

const change = makeChangeDialog(() => store.places);
const openRun = makeRunDetail(store, change, (key) => {
  if (opener instanceof HTMLElement && opener.isConnected && opener !== document.body) opener.focus();
  else if (!runs.focus(key)) byId('main', HTMLElement).focus();
});
/** @param {RunId} run */
const open = (run) => {
  opener = document.activeElement;
  openRun(run);
};
const runs = showRuns(store, open);

showHeader(store);
showPlaces(store, change);
showSets(store);
announceRuns(store);
showLocalSystem(store, open);
followStream(store);
