/** @import { TickedTimer, TimerInfo } from '../wire-system.ts' */
/** @import { Store } from './store.js' */
import { callApi } from './call-api.js';
import { byId, make, setText } from './elements.js';
import { Keyed } from './keyed.js';
import { attempt } from './try-it.js';
import { dateAndTime } from './words.js';

/**
 * The timers, each with a button to tick it.
 *
 * @param {Store} store
 */
export function makeTickTimers(store) {
  const list = byId('timers', HTMLUListElement);
  const result = byId('timers-result', HTMLOutputElement);
  const keyed = new Keyed((/** @type {TimerInfo} */ timer) => makeTimer(timer, result));
  store.show(['timers'], () => {
    keyed.show(list, store.timers, ({ name }) => name);
    if (store.timers.length === 0) setText(result, 'No job has a schedule.');
  });
}

/** @param {TimerInfo} timer @param {HTMLOutputElement} result */
function makeTimer({ name }, result) {
  const next = make('span', { class: 'hint' });
  const button = make('button', { type: 'button', 'aria-label': `Tick ${name}` }, 'Tick');
  button.addEventListener('click', () =>
    attempt(result, async () => {
      const ticked = /** @type {TickedTimer} */ (await callApi('POST', `/api/timers/${encodeURIComponent(name)}/tick`));
      return `${ticked.timer} has ticked.`;
    }),
  );
  return {
    element: make('li', {}, make('span', {}, make('strong', {}, name), ' ', next), button),
    /** @param {TimerInfo} timer */
    update(timer) {
      setText(next, `${timer.schedule}${timer.next === undefined ? '' : `, next ${dateAndTime(timer.next)}`}`);
    },
  };
}
