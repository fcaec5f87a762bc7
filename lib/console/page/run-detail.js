/** @import { RunDetails, RunHistoryStep, RunRow } from '../wire.ts' */
/** @import { Store } from './store.js' */
import { callApi } from './call-api.js';
import { fieldsOf } from './change-dialog.js';
import { setChip } from './chip.js';
import { byId, make, setText } from './elements.js';
import { Keyed } from './keyed.js';
import { showProgress } from './runs-view.js';
import { describeStep, toneOfStep } from './steps.js';
import { runKey } from './store.js';
import { timeMark } from './time-mark.js';
import { duration, fullTime, reasonText, styleOf, ZONE } from './words.js';

/** @import { RunId } from './store.js' */

/**
 * The details of one run, next to the list: state, history as a timeline, possible next steps. Updated while it is open.
 *
 * @param {Store} store
 * @param {ReturnType<typeof import('./change-dialog.js').makeChangeDialog>} change asks before a change, and makes it
 * @param {(key: string) => void} onClose restores the focus
 * @returns {(run: RunId) => void} opens one
 */
export function makeRunDetail(store, change, onClose) {
  const panel = byId('detail', HTMLElement);
  const title = make('h2', { id: 'detail-title', tabindex: -1 });
  const closeButton = make('button', { type: 'button' }, 'Close');
  const state = make('span');
  const reason = make('p', { class: 'reason' });
  const bar = make('progress', { max: 100, 'aria-label': 'Progress' });
  const figures = make('span', { class: 'figures' });
  const facts = make('dl');
  const problem = make('p', { role: 'status', class: 'problem' });
  const timeline = make('ol', { class: 'timeline' });
  const commands = make('ul', { class: 'commands' });
  const copied = make('output');
  panel.append(
    make('div', { class: 'bar' }, title, closeButton),
    make('p', {}, state, ' ', bar, figures),
    reason,
    facts,
    problem,
    make('h3', {}, 'History'),
    make('p', { class: 'hint' }, `Times in ${ZONE}`),
    timeline,
    make('h3', {}, 'Next steps'),
    commands,
    copied,
  );
  const steps = new Keyed((/** @type {TimelineStep} */ step) => ({ element: makeStep(step) }));
  const commandRows = new Keyed((/** @type {Command} */ command) => ({
    element: makeCommand(command, copied, () => shown && offer(shown, command)),
  }));
  /** @type {RunId | undefined} */
  let shown;
  /** @type {RunRow | undefined} */
  let drawn;
  let isReading = false;

  /** @param {RunId} run @param {Command} command */
  const offer = ({ place, job, run }, { change: offered, what }) => {
    if (!offered) return;
    const { kind } = offered;
    const title = `${job} ${run.slice(0, 8)}: ${what}`;
    change(place, { title, change: kind === 'resume' ? { ...offered } : { kind, job, run }, fields: fieldsOf(kind) });
  };

  const close = () => {
    if (!shown) return;
    const key = runKey(shown);
    shown = undefined;
    panel.hidden = true;
    onClose(key);
  };

  /** Reads the history, and again if the run changes in the meantime. */
  const read = async () => {
    if (isReading || !shown) return;
    isReading = true;
    const wanted = shown;
    const row = drawn;
    try {
      const details = /** @type {RunDetails} */ (
        await callApi(
          'GET',
          `/api/places/${[wanted.place, 'runs', wanted.job, wanted.run].map(encodeURIComponent).join('/')}`,
        )
      );
      if (shown === wanted) {
        setText(problem, '');
        showFacts(facts, details, store.places.length > 1);
        // Records are only ever added.
        steps.show(timeline, withElapsed(details.history), ({ number, at, event }) => `${number} ${at} ${event}`);
        commandRows.show(commands, details.next_steps, ({ command, change: offered }) => `${command} ${offered?.kind}`);
      }
    } catch (error) {
      if (shown === wanted) setText(problem, error instanceof Error ? error.message : String(error));
    } finally {
      isReading = false;
    }
    if (shown && (shown !== wanted || drawn !== row)) await read();
  };

  /** @param {RunRow} row */
  const draw = (row) => {
    drawn = row;
    setText(title, `${row.job} ${row.run.slice(0, 8)}`);
    setChip(state, row.state, styleOf(row.state).tone);
    setText(reason, reasonText(row.reason));
    showProgress(bar, figures, row.progress);
    void read();
  };

  closeButton.addEventListener('click', close);
  document.addEventListener('keydown', (event) => {
    // The first Escape closes a dialog.
    if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) close();
  });
  store.show(['runs', 'connection'], () => {
    const row = shown && store.runs.get(runKey(shown));
    if (row && row !== drawn) draw(row);
  });

  return (run) => {
    shown = { place: run.place, job: run.job, run: run.run };
    drawn = undefined;
    panel.hidden = false;
    facts.replaceChildren();
    timeline.replaceChildren();
    commands.replaceChildren();
    setText(copied, '');
    setText(problem, '');
    const row = store.runs.get(runKey(run));
    if (row) draw(row);
    else {
      setText(title, `${run.job} ${run.run.slice(0, 8)}`);
      void read();
    }
    panel.scrollTop = 0;
    title.focus({ preventScroll: true });
  };
}

/** @typedef {RunHistoryStep & { readonly number: number, readonly since: number | undefined }} TimelineStep */

/** @param {readonly RunHistoryStep[]} history @returns {TimelineStep[]} */
function withElapsed(history) {
  return history.map((step, number) => {
    const before = history[number - 1];
    return { ...step, number, since: before && Date.parse(step.at) - Date.parse(before.at) };
  });
}

/** @param {TimelineStep} step */
function makeStep({ at, event, by, reason, details, since }) {
  const elapsed = make('span', { class: 'elapsed' }, since === undefined ? '' : `+${duration(since)}`);
  return make(
    'li',
    { 'data-tone': toneOfStep(event) },
    make('p', {}, timeMark(at), ' ', elapsed, ' ', make('strong', {}, describeStep(event))),
    reason ? make('p', { class: 'reason' }, reasonText(reason)) : undefined,
    make('p', { class: 'hint by', title: by }, `${event} · by ${by}`),
    details === undefined || Object.keys(details).length === 0
      ? undefined
      : make('pre', {}, Object.entries(details).map(describeDetail).join('\n')),
  );
}

/** @param {readonly [string, unknown]} detail */
function describeDetail([name, value]) {
  return `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

/** @param {HTMLDListElement} list @param {RunDetails} details @param {boolean} hasPlaces */
function showFacts(list, { place, source, origin, advice, view }, hasPlaces) {
  const { run, task, reason, received_at, replay_of: of, replayed_as: as } = view;
  const rows = [
    ...(hasPlaces ? [['Place', place]] : []),
    ...(reason ? [['Code', reason.code]] : []),
    ...(advice
      ? [
          ['Meaning', advice.meaning],
          ['What to do', advice.remedy],
        ]
      : []),
    ['Started by', source],
    ['Run', run],
    ...(received_at === undefined ? [] : [['Received', fullTime(received_at)]]),
    ...(task
      ? [
          ['Task', `${task.name}${task.status === undefined ? '' : `, ${task.status}`}`],
          ['Task id', task.id],
        ]
      : []),
    ...(origin ? [['Belongs to', originText(origin)]] : []),
    ...(of === undefined ? [] : [['Replay of', of]]),
    ...(as ? [['Replayed as', as.join(', ')]] : []),
  ];
  const text = rows.join('\n');
  if (list.dataset['text'] === text) return;
  list.dataset['text'] = text;
  list.replaceChildren(...rows.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))));
}

/** @param {NonNullable<RunDetails['origin']>} origin */
function originText({ region, project, stage }) {
  return [`region ${region}`, ...(project === undefined ? [] : [`project ${project}`]), `stage ${stage}`].join(', ');
}

/** @typedef {RunDetails['next_steps'][number]} Command */

/** @param {Command} command @param {HTMLOutputElement} copied @param {() => void} onDo */
function makeCommand({ command, what, change }, copied, onDo) {
  const code = make('code', {}, command);
  const button = make('button', { type: 'button', 'aria-label': `Copy ${command}` }, 'Copy');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(command);
      setText(copied, 'Copied.');
    } catch {
      // The browser does not allow clipboard access: select the text, so that it can be copied.
      getSelection()?.selectAllChildren(code);
      setText(copied, 'Selected: press Ctrl-C to copy.');
    }
  });
  const perform = change && make('button', { type: 'button', 'aria-label': `Do it here: ${what}` }, 'Do it…');
  perform?.addEventListener('click', onDo);
  return make('li', {}, make('p', { class: 'hint' }, what), make('div', {}, code, button, perform));
}
