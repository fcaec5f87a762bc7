/** @import { RunRow } from '../wire.ts' */
/** @import { TaskRow } from '../wire-system.ts' */
/** @import { Store } from './store.js' */
import { setChip } from './chip.js';
import { byId, make, setAttribute, setText } from './elements.js';
import { showProgress } from './runs-view.js';
import { makeTimeMark } from './time-mark.js';
import { WindowTable } from './window-table.js';
import { styleOf, toneOfStatus } from './words.js';

/**
 * The tasks of the local cloud, each with the state of the run that created it.
 *
 * @param {Store} store
 * @param {(row: RunRow) => void} open opens the run that created a task
 */
export function showTasks(store, open) {
  const tab = byId('tab-tasks', HTMLButtonElement);
  /** @type {WindowTable<{ readonly task: TaskRow, readonly run: RunRow | undefined }>} */
  const table = new WindowTable(byId('tasks', HTMLDivElement), {
    caption: 'Tasks of the local cloud, newest first. Press Enter to open the run that created one.',
    columns: [
      { title: 'Task', name: 'run' },
      { title: 'Status', name: 'state' },
      { title: 'Run', name: 'ledger' },
      { title: 'Id', name: 'task' },
      { title: 'Target', name: 'source' },
      { title: 'Progress', name: 'progress' },
      { title: 'Created', name: 'time' },
    ],
    keyOf: ({ task }) => task.id,
    makeRow: () => makeRow(open),
  });
  /** The rows shown last: a row is replaced only if its task or run has changed. @type {Map<string, { readonly task: TaskRow, readonly run: RunRow | undefined }>} */
  let shown = new Map();
  store.show(['tasks', 'runs'], () => {
    const tasks = [...store.tasks.values()].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    const rows = tasks.map((task) => {
      const run = store.runsOfTasks.get(task.id);
      const before = shown.get(task.id);
      return before?.task === task && before.run === run ? before : { task, run };
    });
    shown = new Map(rows.map((row) => [row.task.id, row]));
    setText(tab, `Tasks (${rows.length})`);
    table.render(rows, 'No tasks yet. The first run that gets its turn creates one.');
  });
}

/** @param {(row: RunRow) => void} open */
function makeRow(open) {
  /** @type {RunRow | undefined} */
  let createdBy;
  const name = make('span', { class: 'name' });
  const kind = make('span', { class: 'id' });
  const button = make('button', { type: 'button', class: 'open' }, name, ' ', kind);
  const status = make('span');
  const state = make('span');
  const id = make('td', { class: 'column-task id' });
  const target = make('td', { class: 'column-source id' });
  const bar = make('progress', { max: 100, 'aria-label': 'Progress' });
  const figures = make('span', { class: 'figures' });
  const time = makeTimeMark();
  const element = make(
    'tr',
    {},
    make('th', { scope: 'row', class: 'column-run' }, button),
    make('td', { class: 'column-state' }, status),
    make('td', { class: 'column-ledger' }, state),
    id,
    target,
    make('td', { class: 'column-progress' }, bar, figures),
    make('td', { class: 'column-time' }, time.element),
  );
  element.addEventListener('click', () => createdBy && open(createdBy));
  return {
    element,
    button,
    /** @param {{ readonly task: TaskRow, readonly run: RunRow | undefined }} row */
    update({ task, run }) {
      createdBy = run;
      setText(name, task.name);
      setText(kind, task.kind);
      setAttribute(button, 'aria-disabled', run === undefined ? 'true' : undefined);
      const known = task.deleted ? 'DELETED' : task.status;
      setChip(status, known, toneOfStatus(known));
      if (run) setChip(state, run.state, styleOf(run.state).tone);
      else setText(state, 'none');
      setText(id, task.id);
      setText(target, task.target ?? '');
      showProgress(bar, figures, task.progress);
      time.show(task.created_at);
    },
  };
}
