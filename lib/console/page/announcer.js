/** @import { Store } from './store.js' */
import { byId } from './elements.js';
import { counted } from './words.js';

/** States that somebody waits for, or has to look at. */
const WORTH_SAYING = new Set(['succeeded', 'failed', 'rejected', 'stuck', 'parked']);
/** A screen reader is told at most so often: what comes in between is summed up. */
const QUIET_MS = 3_000;

/**
 * Tells screen readers what became of runs.
 *
 * @param {Store} store
 */
export function announceRuns(store) {
  const region = byId('announcer', HTMLDivElement);
  /** @type {string[]} */
  let waiting = [];
  /** @type {Map<string, number>} */
  let counts = new Map();
  let isQuiet = false;
  const say = () => {
    if (waiting.length === 0) {
      isQuiet = false;
      return;
    }
    region.textContent =
      waiting.length <= 2
        ? waiting.join('. ')
        : [...counts].map(([state, count]) => `${counted(count, 'run')} ${state}`).join(', ');
    waiting = [];
    counts = new Map();
    isQuiet = true;
    setTimeout(say, QUIET_MS);
  };
  store.watchRuns((changed) => {
    for (const { before, now } of changed) {
      if (before?.state === now.state || !WORTH_SAYING.has(now.state)) continue;
      waiting.push(`${now.job}: ${now.state}, ${now.source}`);
      counts.set(now.state, (counts.get(now.state) ?? 0) + 1);
    }
    if (!isQuiet) say();
  });
}
