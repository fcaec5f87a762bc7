/** @import { PauseInfo, PlaceInfo, UnreadableInfo } from '../wire.ts' */
/** @import { BudgetView } from '../../runs/operate/budgets.ts' */
/** @import { Store } from './store.js' */
import { setChip } from './chip.js';
import { byId, make, setText } from './elements.js';
import { Keyed } from './keyed.js';
import { counted, dateAndTime, durationOf, timeOfDay } from './words.js';

/**
 * What applies to whole ledgers: whether they can be read, whether `reconcile` runs, pauses, limits, and what can't be read. Beside a local system,
 * which says the rest elsewhere, only what somebody should know.
 *
 * @param {Store} store
 */
export function showPlaces(store) {
  const list = byId('places', HTMLUListElement);
  const keyed = new Keyed(makePlace);
  store.show(['places'], () => {
    const isQuiet = store.system !== undefined;
    const shown = store.places.filter((place) => !isQuiet || issuesOf(place).length > 0);
    keyed.show(list, shown, ({ name }) => name);
    list.hidden = shown.length === 0;
  });
}

/** @param {PlaceInfo} first */
function makePlace(first) {
  const ledger = make('span', { class: 'id' });
  const state = make('span');
  const age = make('span', { class: 'hint' });
  const issues = make('ul', {});
  const limits = make('ul', {});
  const limitCount = make('summary');
  const details = make('details', {}, limitCount, limits);
  const head = make('p', { class: 'head' }, make('strong', {}, first.name), state, ledger, age);
  const element = make('li', {}, head, issues, details);
  const draw = lines(issues);
  const drawLimits = lines(limits);
  /** @param {PlaceInfo} place */
  const update = (place) => {
    setText(ledger, place.ledger ?? '');
    const [word, tone] = stateOf(place);
    setChip(state, word, tone);
    setText(age, ageText(place));
    draw(issuesOf(place));
    details.hidden = place.budgets.length === 0;
    setText(limitCount, `Limits of ${counted(place.budgets.length, 'job')}`);
    drawLimits(place.budgets.map((budget) => ({ text: budgetText(budget) })));
  };
  update(first);
  return { element, update };
}

/** @typedef {{ readonly text: string, readonly isBad?: boolean }} Line */

/** Unchanged lines stay in the page. @param {HTMLElement} list @returns {(rows: readonly Line[]) => void} */
function lines(list) {
  let shown = '';
  return (rows) => {
    const json = JSON.stringify(rows);
    if (json === shown) return;
    shown = json;
    list.replaceChildren(...rows.map(({ text, isBad }) => make('li', { class: isBad ? 'problem' : 'note' }, text)));
  };
}

/** @param {PlaceInfo} place @returns {[word: string, tone: import('./words.js').Tone]} */
function stateOf({ trouble, heartbeat }) {
  if (trouble !== undefined) return ['unreadable', 'bad'];
  if (!heartbeat) return ['connecting', 'plain'];
  return heartbeat.late ? ['late', 'attention'] : ['connected', 'good'];
}

/** @param {PlaceInfo} place */
function ageText({ heartbeat, read_at: read }) {
  const tick = heartbeat?.last_tick_at;
  return [
    ...(tick === undefined ? [] : [`last tick of reconcile ${timeOfDay(tick)}`]),
    ...(read === undefined ? [] : [`read ${timeOfDay(read)}`]),
  ].join(', ');
}

/** @param {PlaceInfo} place @returns {Line[]} */
function issuesOf({ trouble, heartbeat, pauses, budgets, unreadable }) {
  return [
    ...(trouble === undefined ? [] : [{ text: `Cannot be read: ${trouble}`, isBad: true }]),
    ...(heartbeat?.message === undefined ? [] : [{ text: heartbeat.message, isBad: true }]),
    ...pauses.map((pause) => ({ text: pauseText(pause) })),
    ...budgets.filter(isInTheWay).map((budget) => ({ text: budgetText(budget) })),
    ...unreadable.map((record) => ({ text: unreadableText(record), isBad: true })),
  ];
}

/** @param {PauseInfo} pause */
export function pauseText({ job, since, by, why }) {
  const what = job === undefined ? 'All jobs are' : `Job ${job} is`;
  return `${what} paused since ${dateAndTime(since)} by ${by}${why === undefined ? '' : `: ${why}`}`;
}

/** @param {BudgetView} budget */
function isInTheWay({ used_up: isUsedUp, waiting, error }) {
  return isUsedUp === true || waiting > 0 || error !== undefined;
}

/** @param {BudgetView} budget */
function budgetText({ job, limit, used = 0, used_up: isUsedUp, resets_at: at, waiting, error }) {
  if (error !== undefined) return `Limit of ${job}: cannot be read: ${error}`;
  const part = `Limit of ${job}: ${used} of ${counted(limit.runs, 'run')} per ${durationOf(limit.per_seconds)} used`;
  const next = isUsedUp ? `the next may start ${dateAndTime(at)}` : `begins again ${dateAndTime(at)}`;
  return [part, next, ...(waiting > 0 ? [`${counted(waiting, 'run')} waiting for it`] : [])].join('; ');
}

/** @param {UnreadableInfo} record */
function unreadableText({ job, run, why, since, advice }) {
  const at = since === undefined ? '' : ` since ${dateAndTime(since)}`;
  return `Job ${job}, ${run}: cannot be read${at}: ${why}; ${advice}`;
}
