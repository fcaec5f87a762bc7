/** @import { MessageRow } from '../wire-system.ts' */
/** @import { Store } from './store.js' */
import { byId, make, setText } from './elements.js';
import { Keyed } from './keyed.js';
import { timeMark } from './time-mark.js';

/**
 * The messages that were sent to topics, newest first. A message opens to its whole text.
 *
 * @param {Store} store
 */
export function showMessages(store) {
  const tab = byId('tab-messages', HTMLButtonElement);
  const list = byId('messages', HTMLUListElement);
  const empty = byId('messages-empty', HTMLParagraphElement);
  const keyed = new Keyed((/** @type {MessageRow} */ row) => ({ element: makeMessage(row) }));
  store.show(['messages'], () => {
    const rows = [...store.messages].reverse();
    setText(tab, `Messages (${rows.length})`);
    empty.hidden = rows.length > 0;
    keyed.show(list, rows, ({ id }) => id);
  });
}

/** @param {MessageRow} row */
function makeMessage({ at, topic, subject, text }) {
  return make(
    'li',
    {},
    make(
      'details',
      {},
      make('summary', {}, timeMark(at), ' ', make('span', { class: 'subject' }, subject)),
      make('p', { class: 'hint' }, `to ${topic}`),
      make('pre', {}, text),
    ),
  );
}
