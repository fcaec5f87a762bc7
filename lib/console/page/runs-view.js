/** @import { RunRow } from '../wire.ts' */
/** @import { Store } from './store.js' */
import { callApi } from './call-api.js';
import { setChip } from './chip.js';
import { byId, make, setOptions, setText } from './elements.js';
import { runKey } from './store.js';
import { makeTimeMark } from './time-mark.js';
import { WindowTable } from './window-table.js';
import { counted, GROUPS, reasonText, STATES, styleOf } from './words.js';

const NOTHING_YET = 'No runs yet.';
const HOW_TO_START =
  'No runs yet. Drop a file on a bucket, tick a timer or send a request on the left; or, in a terminal: cp any.rdb .local/buckets/<bucket>/<folder>/';
const NOTHING_MATCHES = 'No runs match. “Clear” shows all runs again.';

/**
 * The list of runs, with its filter and the counts above it.
 *
 * @param {Store} store
 * @param {(row: RunRow) => void} open
 * @returns {{ focus(key: string): boolean }}
 */
export function showRuns(store, open) {
  const form = byId('filter', HTMLFormElement);
  const state = byId('filter-state', HTMLSelectElement);
  const place = byId('filter-place', HTMLSelectElement);
  const ofPlace = byId('filter-place-label', HTMLLabelElement);
  const job = byId('filter-job', HTMLSelectElement);
  const text = byId('filter-text', HTMLInputElement);
  const shownOf = byId('filter-count', HTMLSpanElement);
  const table = new WindowTable(byId('runs', HTMLDivElement), {
    caption: 'Runs, newest first. Press Enter to open one.',
    columns: [
      { title: 'Place', name: 'place' },
      { title: 'Run', name: 'run' },
      { title: 'State', name: 'state' },
      { title: 'Started by', name: 'source' },
      { title: 'Task or reason', name: 'task' },
      { title: 'Received', name: 'time' },
    ],
    keyOf: runKey,
    makeRow: () => makeRow(open),
  });
  const all = GROUPS.map(({ group, text: words }) => /** @type {const} */ ([`group:${group}`, words]));
  setOptions(state, [...all, ...Object.keys(STATES)]);
  const summary = makeSummary(state, () => render());

  const render = () => {
    const runs = [...store.runs.values()].sort(newestFirst);
    summary(runs);
    const wanted = text.value.trim().toLowerCase();
    const rows = runs.filter(
      (row) =>
        isInState(row, state.value) &&
        (place.value === '' || row.place === place.value) &&
        (job.value === '' || row.job === job.value) &&
        (wanted === '' || searchText(row).includes(wanted)),
    );
    setText(shownOf, rows.length === runs.length ? '' : `${rows.length} of ${runs.length}`);
    table.render(rows, runs.length > 0 ? NOTHING_MATCHES : store.system ? HOW_TO_START : NOTHING_YET);
  };
  // Jobs that are no longer in the file may still have runs.
  let known = '';
  const renderJobs = () => {
    const ofRuns = [...store.runs.values()].map((row) => row.job);
    const names = [...new Set([...store.places.flatMap(({ jobs }) => jobs), ...ofRuns])];
    if (names.join() === known) return;
    known = names.join();
    setOptions(job, [['', 'All'], ...names]);
  };

  let knownPlaces = '';
  const renderPlaces = () => {
    const names = store.places.map(({ name }) => name);
    if (names.join('\n') === knownPlaces) return;
    knownPlaces = names.join('\n');
    setOptions(place, [['', 'All'], ...names]);
    ofPlace.hidden = names.length < 2;
    document.body.classList.toggle('has-places', names.length > 1);
  };

  form.addEventListener('input', render);
  byId('filter-clear', HTMLButtonElement).addEventListener('click', () => {
    form.reset();
    render();
  });
  const left = byId('runs-left', HTMLParagraphElement);
  const more = left.querySelector('button');
  more?.addEventListener('click', async () => {
    more.disabled = true;
    try {
      await callApi('POST', '/api/more');
    } finally {
      more.disabled = false;
    }
  });
  const renderLeft = () => {
    const count = store.places.reduce((sum, place) => sum + place.runs_left, 0);
    left.hidden = count === 0;
    setText(left.firstElementChild ?? left, `${counted(count, 'older run')} not shown.`);
  };
  form.addEventListener('submit', (event) => event.preventDefault());
  store.show(['runs', 'gone', 'places'], () => {
    renderPlaces();
    renderLeft();
    renderJobs();
    render();
  });
  return table;
}

/** @param {RunRow} a @param {RunRow} b */
function newestFirst(a, b) {
  if (a.received_at !== b.received_at) return a.received_at < b.received_at ? 1 : -1;
  return a.run < b.run ? -1 : 1;
}

/** @param {RunRow} row @param {string} chosen a state or a group */
function isInState(row, chosen) {
  if (chosen === 'group:all') return true;
  return row.state === chosen || `group:${styleOf(row.state).group}` === chosen;
}

/** @type {WeakMap<RunRow, string>} */
const searchTexts = new WeakMap();

/** @param {RunRow} row */
function searchText(row) {
  const known = searchTexts.get(row);
  if (known !== undefined) return known;
  const { place, job, run, state, source, task, reason } = row;
  const made = [place, job, run, state, source, task?.name, task?.id, task?.status, reason?.code, reason?.message]
    .join('\n')
    .toLowerCase();
  searchTexts.set(row, made);
  return made;
}

/** @param {(row: RunRow) => void} open */
function makeRow(open) {
  /** @type {RunRow | undefined} */
  let row;
  const place = make('td', { class: 'column-place' });
  const job = make('span', { class: 'name' });
  const id = make('span', { class: 'id' });
  // On a narrow page, instead of the column.
  const where = make('span', { class: 'where' });
  const button = make('button', { type: 'button', class: 'open' }, job, ' ', id, where);
  const state = make('span');
  const sourceStart = make('span');
  const sourceEnd = make('span');
  const source = make('td', { class: 'column-source' }, make('div', { class: 'path' }, sourceStart, sourceEnd));
  const task = make('span', { class: 'what' });
  const bar = make('progress', { max: 100, 'aria-label': 'Progress' });
  const figures = make('span', { class: 'figures' });
  const progress = make('span', { class: 'moving' }, bar, figures);
  const time = makeTimeMark();
  const element = make(
    'tr',
    {},
    place,
    make('th', { scope: 'row', class: 'column-run' }, button),
    make('td', { class: 'column-state' }, state),
    source,
    make('td', { class: 'column-task' }, make('div', { class: 'cell' }, task, progress)),
    make('td', { class: 'column-time' }, time.element),
  );
  element.addEventListener('click', () => row && open(row));
  return {
    element,
    button,
    /** @param {RunRow} now */
    update(now) {
      row = now;
      setText(place, now.place);
      place.title = now.place;
      setText(where, now.place);
      setText(job, now.job);
      setText(id, now.run.slice(0, 8));
      setChip(state, now.state, styleOf(now.state).tone);
      const end = now.source.lastIndexOf('/') + 1;
      setText(sourceStart, now.source.slice(0, end));
      setText(sourceEnd, now.source.slice(end));
      source.title = now.source;
      setText(task, now.task ? `${now.task.name} ${now.task.status ?? ''}` : reasonText(now.reason));
      task.title = task.textContent ?? '';
      showProgress(bar, figures, now.progress);
      // Leaves all the space to the reason.
      progress.hidden = now.progress === undefined;
      time.show(now.received_at);
    },
  };
}

/**
 * @param {HTMLProgressElement} bar
 * @param {HTMLElement} figures
 * @param {RunRow['progress']} progress
 */
export function showProgress(bar, figures, progress) {
  bar.hidden = progress?.percent === undefined;
  if (progress?.percent !== undefined) bar.value = progress.percent;
  setText(figures, progress?.text ?? '');
  figures.title = progress?.text ?? '';
}

/**
 * Buttons with the number of runs of each group, which filter the list.
 *
 * @param {HTMLSelectElement} state
 * @param {() => void} render
 * @returns {(runs: readonly RunRow[]) => void}
 */
function makeSummary(state, render) {
  const buttons = GROUPS.map(({ group, text, tone }) => {
    const count = make('strong', {}, '0');
    const button = make('button', { type: 'button', 'aria-pressed': 'false', 'data-tone': tone }, count, ` ${text}`);
    button.addEventListener('click', () => {
      state.value = `group:${group}`;
      render();
    });
    return { group, button, count };
  });
  byId('summary', HTMLFieldSetElement).append(...buttons.map(({ button }) => button));
  return (runs) => {
    /** @type {Map<string, number>} */
    const counts = new Map([['all', runs.length]]);
    for (const run of runs) {
      const { group } = styleOf(run.state);
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    for (const { group, button, count } of buttons) {
      const number = counts.get(group) ?? 0;
      setText(count, String(number));
      button.setAttribute('aria-pressed', String(state.value === `group:${group}`));
      button.classList.toggle('none', number === 0);
    }
    const attention = counts.get('attention') ?? 0;
    document.title = attention > 0 ? `(${attention} need attention) Migrations console` : 'Migrations console';
  };
}
