// The console's page: views of the store, and the stream that fills it.
import { announceRuns } from './announcer.js';
import { makeDeliverAgain } from './deliver-again.js';
import { makeDropFile } from './drop-file.js';
import { byId } from './elements.js';
import { showEvents } from './events-view.js';
import { showHeader } from './header.js';
import { showJobsFile } from './jobs-file-view.js';
import { makeRunDetail } from './run-detail.js';
import { showRuns } from './runs-view.js';
import { makeSendRequest } from './send-request.js';
import { showSets } from './sets-view.js';
import { Store } from './store.js';
import { followStream } from './stream.js';
import { makeSwitchFaults } from './switch-faults.js';
import { makeTabs } from './tabs.js';
import { showTasks } from './tasks-view.js';
import { makeTickTimers } from './tick-timers.js';

const store = new Store();
/** The element that had the focus when a run was opened. @type {Element | null} */
let opener = null;

const openRun = makeRunDetail(store, (key) => {
  if (opener instanceof HTMLElement && opener.isConnected && opener !== document.body) opener.focus();
  else if (!runs.focus(key)) byId('main', HTMLElement).focus();
});
/** @param {{ readonly job: string, readonly run: string }} run */
const open = (run) => {
  opener = document.activeElement;
  openRun(run);
};
const runs = showRuns(store, open);

showHeader(store);
showSets(store);
showTasks(store, open);
showEvents(store, open);
showJobsFile(store);
announceRuns(store);
makeTabs();
makeDropFile(store);
makeTickTimers(store);
makeSendRequest(store);
makeDeliverAgain();
makeSwitchFaults(store);
followStream(store);
