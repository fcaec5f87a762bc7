/** @import { RunId, Store } from './store.js' */
import { showCloudEye } from './cloud-eye-view.js';
import { makeDeliverAgain } from './deliver-again.js';
import { makeDropFile } from './drop-file.js';
import { showEvents } from './events-view.js';
import { showJobsFile } from './jobs-file-view.js';
import { showMessages } from './messages-view.js';
import { makeSendRequest } from './send-request.js';
import { makeSetClock } from './set-clock.js';
import { makeSwitchFaults } from './switch-faults.js';
import { makeTabs } from './tabs.js';
import { showTasks } from './tasks-view.js';
import { makeTickTimers } from './tick-timers.js';

/**
 * What the page has only beside a local system: its tasks, events and jobs file, and what can be tried. Until the server tells of one, the elements
 * of the class `system-only` are hidden.
 *
 * @param {Store} store
 * @param {(run: RunId) => void} open
 */
export function showLocalSystem(store, open) {
  let isShown = false;
  store.show(['snapshot'], () => {
    document.body.classList.toggle('has-system', store.system !== undefined);
    if (isShown || !store.system) return;
    isShown = true;
    // These views are rendered right after this one.
    makeTabs();
    showTasks(store, open);
    showEvents(store, open);
    showJobsFile(store);
    showMessages(store);
    showCloudEye(store);
    makeDropFile(store);
    makeTickTimers(store);
    makeSendRequest(store);
    makeDeliverAgain();
    makeSwitchFaults(store);
    makeSetClock(store);
  });
}
