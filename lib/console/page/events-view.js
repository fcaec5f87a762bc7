/** @import { EventRow } from '../wire-system.ts' */
/** @import { Store } from './store.js' */
import { byId, make, setOptions, setText } from './elements.js';
import { Keyed } from './keyed.js';
import { timeMark } from './time-mark.js';

/** The topics that npm start prints. */
const TOPICS = ['object', 'timer', 'request', 'function', 'progress', 'message', 'cloud eye', 'cloud', 'trouble'];
/** The place of all runs that events name. */
const LOCAL = 'local';
const NOTHING_YET = 'No events yet. Triggers and their results are listed here.';

/**
 * The events, newest first.
 *
 * @param {Store} store
 * @param {(run: import('./store.js').RunId) => void} open
 */
export function showEvents(store, open) {
  const list = byId('events', HTMLOListElement);
  const topic = byId('events-topic', HTMLSelectElement);
  const empty = byId('events-empty', HTMLParagraphElement);
  setOptions(topic, [['', 'All'], ...TOPICS]);
  const keyed = new Keyed((/** @type {EventRow} */ row) => ({ element: makeLine(row, open) }));
  const render = () => {
    const rows = store.events.filter((row) => topic.value === '' || row.topic === topic.value).reverse();
    empty.hidden = rows.length > 0;
    setText(empty, store.events.length === 0 ? NOTHING_YET : 'No events of this topic yet.');
    // Ids start at 1 again after a restart.
    keyed.show(list, rows, ({ id, at }) => `${at} ${id}`);
  };
  topic.addEventListener('input', render);
  store.show(['event'], render);
}

/**
 * @param {EventRow} row
 * @param {(run: import('./store.js').RunId) => void} open
 */
function makeLine(row, open) {
  const { at, job, run, tone } = row;
  const line = make(
    'li',
    { 'data-tone': tone },
    timeMark(at),
    make('span', { class: 'topic' }, row.topic),
    make('span', { class: 'text' }, row.text),
  );
  if (job !== undefined && run !== undefined) {
    const button = make('button', { type: 'button', 'aria-label': `Open run ${run.slice(0, 8)} of ${job}` }, 'run');
    button.addEventListener('click', () => open({ place: LOCAL, job, run }));
    line.append(button);
  }
  return line;
}
