/** @import { ClockInfo } from '../wire-system.ts' */
/** @import { Store } from './store.js' */
import { setChip } from './chip.js';
import { byId, make } from './elements.js';

/** @type {Readonly<Record<Store['connection'], 'plain' | 'good' | 'attention'>>} */
const TONES = { connecting: 'plain', connected: 'good', reconnecting: 'attention' };

/**
 * The connection state, and the addresses of the system.
 *
 * @param {Store} store
 */
export function showHeader(store) {
  const chip = byId('connection', HTMLParagraphElement);
  const list = byId('system', HTMLDListElement);
  store.show(['connection'], () => setChip(chip, store.connection, TONES[store.connection]));
  store.show(['system'], () => {
    const { system } = store;
    if (!system) return;
    const rows = [
      ['Region', system.region],
      ['Cloud', withoutScheme(system.cloud_url)],
      ['OBS', withoutScheme(system.obs_url)],
      ['Gateway', withoutScheme(system.gateway_url)],
      ['Speed', `${system.speed}×`],
      ...(system.clock.moved ? [['Clock', clockText(system.clock)]] : []),
      ...(system.resting ? [['Functions', 'deployed ones; built ones are paused']] : []),
    ];
    list.replaceChildren(...rows.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))));
  });
}

/** @param {ClockInfo} clock */
function clockText({ now, rate }) {
  return `${now.slice(0, 16).replace('T', ' ')}Z${rate === 1 ? '' : `, ${rate}×`}`;
}

/** @param {string} url */
function withoutScheme(url) {
  return url.replace(/^https?:\/\//, '');
}
