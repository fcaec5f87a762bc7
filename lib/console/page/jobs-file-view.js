/** @import { JobsFileInfo, JobsFileProblem } from '../wire-system.ts' */
/** @import { Store } from './store.js' */
import { setChip } from './chip.js';
import { byId, make, setText } from './elements.js';
import { Keyed } from './keyed.js';
import { counted } from './words.js';

/**
 * The jobs file, with its problems next to their lines.
 *
 * @param {Store} store
 */
export function showJobsFile(store) {
  /** @type {JobsFileInfo | undefined} */
  let shown;
  store.show(['jobs_file'], () => {
    const file = store.jobs_file;
    if (!file || (shown?.text === file.text && JSON.stringify(shown) === JSON.stringify(file))) return;
    shown = file;
    render(file);
  });
}

/** @param {JobsFileInfo} file */
function render({ path, text, problems, changed_since_start }) {
  const count = problems.length === 0 ? '' : ` (${counted(problems.length, 'problem')})`;
  setText(byId('tab-jobs', HTMLButtonElement), `Jobs file${count}`);
  const found = problems.length === 0 ? 'no problems' : counted(problems.length, 'problem');
  setText(byId('jobs-path', HTMLParagraphElement), `${path}: ${found}. Checked again on every change.`);
  const notice = byId('notice', HTMLParagraphElement);
  notice.hidden = !changed_since_start;
  setText(
    notice,
    changed_since_start
      ? `${path} has changed. The system still uses the old version: restart the system to apply the new one.`
      : '',
  );
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const rows = lines.map((line, at) => ({
    number: at + 1,
    line,
    problems: problems.filter((problem) => problem.line === at + 1),
  }));
  showList(byId('jobs-problems', HTMLUListElement), shownProblems, problems);
  showList(byId('jobs-text', HTMLOListElement), shownLines, rows);
}

/** @typedef {{ readonly number: number, readonly line: string, readonly problems: readonly JobsFileProblem[] }} Line */

const shownProblems = new Keyed((/** @type {JobsFileProblem} */ row) => ({ element: makeProblem(row) }));
const shownLines = new Keyed((/** @type {Line} */ row) => ({ element: makeLine(row) }));

/**
 * Unchanged rows stay in the page, and keep the focus.
 *
 * @template Row
 * @param {Element} list
 * @param {Keyed<Row, { readonly element: Element }>} keyed
 * @param {readonly Row[]} rows
 */
function showList(list, keyed, rows) {
  // Two rows may have the same text.
  const keys = new Map(rows.map((row, at) => [row, `${at} ${JSON.stringify(row)}`]));
  keyed.show(list, rows, (row) => keys.get(row) ?? '');
}

/** @param {Line} row */
function makeLine({ number, line, problems }) {
  const worst = problems.some(({ level }) => level === 'error') ? 'error' : problems[0]?.level;
  const messages = problems.map(({ message, level, remedy }) =>
    make('span', { class: 'message' }, makeLevel(level), ` ${message}`, makeRemedy(remedy)),
  );
  const attributes = { id: `line-${number}`, class: worst, tabindex: worst && -1 };
  return make('li', attributes, make('code', {}, line), ...messages);
}

/** @param {JobsFileProblem} problem */
function makeProblem({ line, path, message, level, remedy }) {
  const text = make('span', {}, ` ${path}: ${message}`, makeRemedy(remedy));
  if (line === undefined) return make('li', {}, makeLevel(level), text);
  const button = make('button', { type: 'button' }, `Line ${line}`);
  button.addEventListener('click', () => {
    const target = document.getElementById(`line-${line}`);
    target?.scrollIntoView({ block: 'center' });
    target?.focus({ preventScroll: true });
  });
  return make('li', {}, makeLevel(level), ' ', button, text);
}

/** @param {string | undefined} remedy */
function makeRemedy(remedy) {
  return remedy === undefined ? undefined : make('span', { class: 'remedy' }, remedy);
}

/** @param {JobsFileProblem['level']} level */
function makeLevel(level) {
  const chip = make('span');
  setChip(chip, level, level === 'error' ? 'bad' : 'attention');
  return chip;
}
