/** @import { JobsFileInfo, JobsFileProblem } from '../wire.ts' */
/** @import { Store } from './store.js' */
import { setChip } from './chip.js';
import { byId, make, setText } from './elements.js';
import { counted } from './words.js';

/**
 * The jobs file with its problems in their lines.
 *
 * @param {Store} store
 */
export function showJobsFile(store) {
  /** @type {JobsFileInfo | undefined} */
  let shown;
  store.show(['jobs_file'], () => {
    const file = store.jobsFile;
    if (!file || (shown?.text === file.text && JSON.stringify(shown) === JSON.stringify(file))) return;
    shown = file;
    render(file);
  });
}

/** @param {JobsFileInfo} file */
function render({ path, text, problems, changed_since_start }) {
  const count = problems.length === 0 ? '' : ` (${counted(problems.length, 'problem')})`;
  setText(byId('tab-jobs', HTMLButtonElement), `Jobs file${count}`);
  const found = problems.length === 0 ? 'no problem' : counted(problems.length, 'problem');
  setText(byId('jobs-path', HTMLParagraphElement), `${path}: ${found}. Checked again whenever it changes.`);
  const notice = byId('notice', HTMLParagraphElement);
  notice.hidden = !changed_since_start;
  setText(
    notice,
    changed_since_start
      ? `${path} was changed. What runs is what it said before: start npm start again for the new one.`
      : '',
  );
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  byId('jobs-problems', HTMLUListElement).replaceChildren(...problems.map(makeProblem));
  byId('jobs-text', HTMLOListElement).replaceChildren(
    ...lines.map((line, at) => {
      const here = problems.filter((problem) => problem.line === at + 1);
      const worst = here.some(({ level }) => level === 'error') ? 'error' : here[0]?.level;
      const messages = here.map(({ message, level }) =>
        make('span', { class: 'message' }, makeLevel(level), ` ${message}`),
      );
      return make(
        'li',
        { id: `line-${at + 1}`, class: worst, tabindex: worst && -1 },
        make('code', {}, line),
        ...messages,
      );
    }),
  );
}

/** @param {JobsFileProblem} problem */
function makeProblem({ line, path, message, level }) {
  const text = `${path}: ${message}`;
  if (line === undefined) return make('li', {}, makeLevel(level), ` ${text}`);
  const button = make('button', { type: 'button' }, `Line ${line}`);
  button.addEventListener('click', () => {
    const target = document.getElementById(`line-${line}`);
    target?.scrollIntoView({ block: 'center' });
    target?.focus({ preventScroll: true });
  });
  return make('li', {}, makeLevel(level), ' ', button, ` ${text}`);
}

/** @param {JobsFileProblem['level']} level */
function makeLevel(level) {
  const chip = make('span');
  setChip(chip, level, level === 'error' ? 'bad' : 'look');
  return chip;
}
