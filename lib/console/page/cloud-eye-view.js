/** @import { CloudEyeAlarm, CloudEyeEvent, CloudEyeMetric } from '../wire-system.ts' */
/** @import { Tone } from './words.js' */
/** @import { Store } from './store.js' */
import { setChip } from './chip.js';
import { byId, make, setText } from './elements.js';
import { Keyed } from './keyed.js';
import { timeMark } from './time-mark.js';

/** @type {Readonly<Record<CloudEyeAlarm['state'], Tone>>} */
const TONES = { ok: 'good', alarm: 'bad', insufficient_data: 'attention' };
/** @type {Readonly<Record<string, Tone>>} */
const LEVELS = { Critical: 'bad', Major: 'bad', Minor: 'attention' };

/**
 * What the local Cloud Eye has: alarm rules, metrics and events.
 *
 * @param {Store} store
 */
export function showCloudEye(store) {
  const tab = byId('tab-cloud-eye', HTMLButtonElement);
  const alarms = makeList('cloud-eye-alarms', makeAlarm);
  const metrics = makeList('cloud-eye-metrics', makeMetric);
  const events = makeList('cloud-eye-events', makeEvent);
  store.show(['cloud_eye'], () => {
    const eye = store.cloud_eye;
    if (!eye) return;
    const firing = eye.alarms.filter(({ state }) => state !== 'ok').length;
    setText(tab, firing === 0 ? 'Cloud Eye' : `Cloud Eye (${firing})`);
    alarms(eye.alarms);
    metrics(eye.metrics);
    events(eye.events);
  });
}

/**
 * A list with a text for the case that it is empty, which has the list's id and `-empty`.
 *
 * @template Row
 * @param {string} id
 * @param {(row: Row) => HTMLElement} makeRow
 * @returns {(rows: readonly Row[]) => void}
 */
function makeList(id, makeRow) {
  const list = byId(id, HTMLUListElement);
  const empty = byId(`${id}-empty`, HTMLParagraphElement);
  const keyed = new Keyed((/** @type {Row} */ row) => ({ element: makeRow(row) }));
  return (rows) => {
    empty.hidden = rows.length > 0;
    keyed.show(list, rows, (row) => JSON.stringify(row));
  };
}

/** @param {CloudEyeAlarm} row */
function makeAlarm({ name, watches, condition, state, changed_at: at }) {
  const text = make('span', { class: 'text' }, make('strong', {}, name), ` ${watches}: ${condition}`);
  return make('li', {}, timeMark(at), makeChip(state.replace('_', ' '), TONES[state]), text);
}

/** @param {CloudEyeMetric} row */
function makeMetric({ name, value, unit, at }) {
  const figure = make('strong', {}, `${value}${unit === '' ? '' : ` ${unit}`}`);
  return make('li', {}, timeMark(at), make('span', { class: 'text' }, name, ' ', figure));
}

/** @param {CloudEyeEvent} row */
function makeEvent({ at, name, level, resource, content }) {
  const text = make(
    'span',
    { class: 'text' },
    make('strong', {}, name),
    `${resource === undefined ? '' : ` of ${resource}`}: ${content}`,
  );
  return make('li', {}, timeMark(at), makeChip(level, LEVELS[level] ?? 'plain'), text);
}

/** @param {string} word @param {Tone} tone */
function makeChip(word, tone) {
  const chip = make('span');
  setChip(chip, word, tone);
  return chip;
}
