/** @import { PauseInfo, PlaceInfo, UnreadableInfo } from '../wire.ts' */
/** @import { BudgetView } from '../../runs/operate/budgets.ts' */
/** @import { Store } from './store.js' */
import { fieldsOf } from './change-dialog.js';
import { setChip } from './chip.js';
import { byId, make, setText } from './elements.js';
import { Keyed } from './keyed.js';
import { counted, dateAndTime, durationOf, timeOfDay } from './words.js';

/**
 * What applies to whole ledgers: whether they can be read, whether `reconcile` runs, pauses, limits, and what can't be read. Beside a local system,
 * which says the rest elsewhere, only what somebody should know.
 *
 * @param {Store} store
 * @param {Change} change asks before a change, and makes it
 */
export function showPlaces(store, change) {
  const list = byId('places', HTMLUListElement);
  const keyed = new Keyed((/** @type {PlaceInfo} */ place) =>
    makePlace(place, change, store.places.length > MAX_UNFOLDED),
  );
  store.show(['places'], () => {
    const isQuiet = store.system !== undefined;
    const shown = store.places.filter((place) => !isQuiet || issuesOf(place).length > 0);
    keyed.show(list, shown, ({ name }) => name);
    list.hidden = shown.length === 0;
  });
}

/** @typedef {ReturnType<typeof import('./change-dialog.js').makeChangeDialog>} Change */

/** With more places than this, each has one line until it is unfolded: they must not leave the runs no room. */
const MAX_UNFOLDED = 2;

/** @param {PlaceInfo} first @param {Change} change @param {boolean} isFolded at first */
function makePlace(first, change, isFolded) {
  const ledger = make('span', { class: 'id' });
  const state = make('span');
  const age = make('span', { class: 'hint' });
  const pause = make('button', { type: 'button', 'aria-label': `Pause jobs of ${first.name}` }, 'Pause…');
  const issues = make('ul', {});
  const limits = make('ul', {});
  const limitCount = make('summary');
  const details = make('details', {}, limitCount, limits);
  const unfold = make('button', { type: 'button', hidden: !isFolded });
  const head = make('p', { class: 'head' }, make('strong', {}, first.name), state, ledger, age, unfold, pause);
  const element = make('li', {}, head, issues, details);
  let now = first;
  pause.addEventListener('click', () => change(now.name, offeredPause(now)));
  const draw = lines(issues, (job) => change(now.name, offeredResume(job)));
  const drawLimits = lines(limits);
  const fold = () => {
    issues.hidden = isFolded;
    details.hidden = isFolded || now.budgets.length === 0;
    unfold.setAttribute('aria-expanded', String(!isFolded));
  };
  unfold.addEventListener('click', () => {
    isFolded = !isFolded;
    fold();
  });
  /** @param {PlaceInfo} place */
  const update = (place) => {
    now = place;
    pause.hidden = !place.allows_changes;
    setText(ledger, place.ledger ?? '');
    const [word, tone] = stateOf(place);
    setChip(state, word, tone);
    setText(age, ageText(place));
    draw(issuesOf(place));
    setText(unfold, summaryOf(place));
    unfold.setAttribute('aria-label', `${place.name}: ${summaryOf(place)}`);
    fold();
    setText(limitCount, `Limits of ${counted(place.budgets.length, 'job')}`);
    drawLimits(place.budgets.map((budget) => ({ text: budgetText(budget) })));
  };
  update(first);
  return { element, update };
}

/** @param {PlaceInfo} place @returns {import('./change-dialog.js').OfferedChange} */
function offeredPause({ name, jobs }) {
  const options = [/** @type {const} */ (['', 'All jobs']), ...jobs.map((job) => /** @type {const} */ ([job, job]))];
  const job = { name: /** @type {const} */ ('job'), label: 'Job', isRequired: false, options };
  return { title: `Pause jobs of ${name}`, change: { kind: 'pause' }, fields: [job, ...fieldsOf('pause')] };
}

/** @param {string | undefined} job @returns {import('./change-dialog.js').OfferedChange} */
function offeredResume(job) {
  return { title: `Resume ${job ?? 'all jobs'}`, change: { kind: 'resume', job }, fields: [] };
}

/** @typedef {{ readonly text: string, readonly isBad?: boolean, readonly resumes?: { readonly job: string | undefined } }} Line */

/**
 * Unchanged lines stay in the page.
 *
 * @param {HTMLElement} list
 * @param {(job: string | undefined) => void} [resume]
 * @returns {(rows: readonly Line[]) => void}
 */
function lines(list, resume) {
  let shown = '';
  return (rows) => {
    const json = JSON.stringify(rows);
    if (json === shown) return;
    shown = json;
    list.replaceChildren(
      ...rows.map(({ text, isBad, resumes }) => {
        const button =
          resumes && make('button', { type: 'button', 'aria-label': `Resume ${resumes.job ?? 'all jobs'}` }, 'Resume…');
        button?.addEventListener('click', () => resume?.(resumes?.job));
        return make('li', { class: isBad ? 'problem' : 'note' }, text, ' ', button);
      }),
    );
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
function issuesOf({ trouble, heartbeat, pauses, budgets, unreadable, allows_changes: mayChange }) {
  return [
    ...(trouble === undefined ? [] : [{ text: `Cannot be read: ${trouble}`, isBad: true }]),
    ...(heartbeat?.message === undefined ? [] : [{ text: heartbeat.message, isBad: true }]),
    ...pauses.map((pause) => ({ text: pauseText(pause), ...(mayChange ? { resumes: { job: pause.job } } : {}) })),
    ...budgets.filter(isInTheWay).map((budget) => ({ text: budgetText(budget) })),
    ...unreadable.map((record) => ({ text: unreadableText(record), isBad: true })),
  ];
}

/** What there is to know besides its state. @param {PlaceInfo} place */
function summaryOf({ pauses, budgets, unreadable }) {
  const limits = budgets.filter(isInTheWay).length;
  const counts = [
    ...(pauses.length > 0 ? [counted(pauses.length, 'pause')] : []),
    ...(limits > 0 ? [counted(limits, 'limit')] : []),
    ...(unreadable.length > 0 ? [`${unreadable.length} unreadable`] : []),
  ];
  return counts.join(', ') || 'Details';
}

/** @param {PauseInfo} pause */
function pauseText({ job, since, by, why }) {
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
