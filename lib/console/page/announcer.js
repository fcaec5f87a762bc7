/** @import { Store } from './store.js' */
import { byId } from './elements.js';
import { counted } from './words.js';

/** States that people wait for, or must act on. */
const ANNOUNCED = new Set(['succeeded', 'failed', 'rejected', 'stuck', 'parked']);
/** The minimum interval between announcements; changes in between are summarised. */
const MIN_INTERVAL_MS = 3_000;

/**
 * Announces the results of runs to screen readers.
 *
 * @param {Store} store
 */
export function announceRuns(store) {
  const region = byId('announcer', HTMLDivElement);
  /** @type {string[]} */
  let waiting = [];
  /** @type {Map<string, number>} */
  let counts = new Map();
  let isPaused = false;
  const announce = () => {
    if (waiting.length === 0) {
      isPaused = false;
      return;
    }
    region.textContent =
      waiting.length <= 2
        ? waiting.join('. ')
        : [...counts].map(([state, count]) => `${counted(count, 'run')} ${state}`).join(', ');
    waiting = [];
    counts = new Map();
    isPaused = true;
    setTimeout(announce, MIN_INTERVAL_MS);
  };
  store.watchRuns((changed) => {
    for (const { before, now } of changed) {
      if (before?.state === now.state || !ANNOUNCED.has(now.state)) continue;
      waiting.push(`${now.job}: ${now.state}, ${now.source}`);
      counts.set(now.state, (counts.get(now.state) ?? 0) + 1);
    }
    if (!isPaused) announce();
  });
}
