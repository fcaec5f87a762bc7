/** @import { ClockBody, ClockInfo } from '../wire-system.ts' */
/** @import { Store } from './store.js' */
import { callApi } from './call-api.js';
import { byId } from './elements.js';
import { attempt } from './try-it.js';
import { dateAndTime } from './words.js';

/**
 * Lets the region's clock run faster, and moves it.
 *
 * @param {Store} store
 */
export function makeSetClock(store) {
  const rate = byId('clock-rate', HTMLSelectElement);
  const form = byId('clock-form', HTMLFormElement);
  const advance = byId('clock-advance', HTMLInputElement);
  const result = byId('clock-result', HTMLOutputElement);
  /** @param {ClockBody} json */
  const change = (json) =>
    attempt(result, async () => {
      const clock = /** @type {ClockInfo} */ (await callApi('POST', '/api/clock', { json }));
      return `It is ${dateAndTime(clock.now)}${clock.rate === 1 ? '' : `, and time passes ${clock.rate} times as fast`}.`;
    });
  rate.addEventListener('input', () => change({ rate: Number(rate.value) }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void change({ advance: advance.value.trim() });
  });
  store.show(['system'], () => {
    const now = String(store.system?.clock.rate ?? 1);
    if (document.activeElement !== rate) rate.value = now;
  });
}
