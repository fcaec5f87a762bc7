import { type Advice, adviceText } from '../../kernel/advice.ts';
import { plainText } from '../../kernel/plain-text.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { isForeign, originText } from '../../runs/ledger/origin.ts';
import type { ReadRun } from '../../runs/operate/list-runs.ts';
import { columnsOf } from '../columns.ts';
import type { Terminal } from '../terminal.ts';
import { hanging, wrap } from '../wrap.ts';
import { reasonText, shownRun, timeText, toneOf } from './run-format.ts';

const HEADER = ['CHANGED (UTC)', 'JOB', 'RUN', 'STATE', 'TASK'];
const STATE_COLUMN = 3;
const GAP = '  ';
const INDENT = '    ';

/**
 * A line for each run, with its reason at the end if the line has room for all of it, else below. So is the task, if the lines have no room for the
 * names of all tasks. For runs of another environment, the reason begins with that environment. Empty without runs.
 */
export function runsTable(runs: readonly ReadRun[], ledger: Ledger, terminal: Terminal): string[] {
  if (runs.length === 0) return [];
  const { width } = terminal;
  const cells = runs.map(({ view: { job, run, state, task }, changedAt }) => [
    timeText(changedAt),
    job,
    shownRun(run, terminal),
    state,
    task?.name ?? '-',
  ]);
  const hasTasks = runs.some(({ view }) => view.task);
  const all = widthsOf([HEADER, ...cells]);
  const widths = hasTasks && lengthOf(all) <= width ? all : all.slice(0, -1);
  const showsTask = widths.length === all.length;
  const rows = runs.map((run, i) => {
    const why = whyOf(run, ledger);
    const isInline = why !== '' && lengthOf(widths) + GAP.length + columnsOf(why) <= width;
    const task = run.view.task && !showsTask ? wrap(`task ${run.view.task.name}`, width) : [];
    const below = [...task, ...(why === '' || isInline ? [] : wrap(why, width - INDENT.length))];
    return { run, cells: cells[i] ?? [], why: isInline ? why : '', below: below.map((line) => `${INDENT}${line}`) };
  });
  const header = [...padded(HEADER, widths), rows.some(({ why }) => why !== '') ? 'WHY' : ''];
  return [
    terminal.paint('dim', header.join(GAP).trimEnd()),
    ...rows.flatMap(({ run, cells: row, why, below }) => {
      const line = padded(row, widths).map((cell, column) =>
        column === STATE_COLUMN ? terminal.paint(toneOf(run.view.state), cell) : cell,
      );
      return [[...line, why].join(GAP).trimEnd(), ...below];
    }),
  ];
}

/** What to do, once for each code. Empty if there is none. */
export function adviceLines(advice: readonly Advice[], { width }: Terminal): string[] {
  if (advice.length === 0) return [];
  return ['', 'What to do', ...[...new Set(advice.map(adviceText))].flatMap((text) => hanging(GAP, text, width))];
}

function whyOf({ view, records, origin }: ReadRun, ledger: Ledger): string {
  const label = origin ? plainText(`of ${originText(origin)}`) : 'without region, project and stage';
  const parts = [isForeign(ledger, records) ? `[${label}]` : '', reasonText(view.reason)];
  return parts.filter((part) => part !== '').join(' ');
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  return HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
}

function lengthOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
}

function padded(row: readonly string[], widths: readonly number[]): string[] {
  return widths.map((width, column) => (row[column] ?? '').padEnd(width));
}
