/** @import { StreamEvents } from '../wire.ts' */
/** @import { Store } from './store.js' */
import { token } from './token.js';

/** @type {readonly (keyof StreamEvents)[]} */
const NAMES = [
  'snapshot',
  'places',
  'system',
  'event',
  'runs',
  'gone',
  'tasks',
  'sets',
  'faults',
  'jobs_file',
  'messages',
  'cloud_eye',
  'timers',
];
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 5_000;

/**
 * Follows the server's stream while the page is open. After an interruption it reconnects, with backoff, and a new snapshot replaces everything
 * that was missed.
 *
 * @param {Store} store
 */
export function followStream(store) {
  let wait = FIRST_WAIT_MS;
  const connect = () => {
    // EventSource can't send headers.
    const source = new EventSource(`/api/stream${token === undefined ? '' : `?token=${token}`}`);
    for (const name of NAMES) {
      source.addEventListener(name, ({ data }) => {
        store.receive(name, JSON.parse(data));
        if (name !== 'snapshot') return;
        wait = FIRST_WAIT_MS;
        store.setConnection('connected');
      });
    }
    source.addEventListener('error', () => {
      source.close();
      store.setConnection('reconnecting');
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, MAX_WAIT_MS);
    });
  };
  connect();
}
