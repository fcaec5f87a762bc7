import { InvalidArgumentError } from 'commander';
import { durationMs } from '../../jobs/duration.ts';
import { listOpenOnly, listRuns, type ReadRun, readRuns } from '../../runs/list-runs.ts';
import { RUN_STATES, type RunViewState } from '../../runs/run-view.ts';
import type { AddCommands, CommonOptions } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { checkJobName } from './find-run.ts';
import { noteUnknownJob } from './note-unknown-job.ts';
import { reasonText, timeText, toneOf } from './run-words.ts';

interface ListOptions extends CommonOptions {
  readonly open?: boolean;
  readonly state?: readonly RunViewState[];
  readonly since?: number;
  readonly limit: number;
}

const DEFAULT_LIMIT = 100;
const DEFAULT_SINCE_MS = 86_400_000;

/** `runs list [job]`. */
export const addRunsList: AddCommands = (runs, maker) => {
  maker.command<ListOptions>(runs, 'list [job]', {
    summary: 'the runs of the last day and those that are open, newest first',
    about:
      'The times are those of the last change. Exits with 1 when a run could not be read: the others are listed all the same.',
    examples: [
      'npx migrations runs list',
      'npx migrations runs list --open',
      'npx migrations runs list restore-staging --state failed,rejected --since 7d',
      "npx migrations runs list --json | jq '.runs[].reason.code'",
    ],
    hasPlace: true,
    add: (command) =>
      command
        .option('--open', 'only runs that are not settled, however old')
        .option('--state <states>', `only these, with commas between: ${RUN_STATES.join(', ')}`, parseStates)
        .option('--since <duration>', 'changed in this time: 30s, 5m, 6h, 7d; or open (default: 24h)', parseDuration)
        .option('--limit <n>', 'at most so many', parseCount, DEFAULT_LIMIT),
    work: async ({ terminal, place }, { open, state, since = DEFAULT_SINCE_MS, limit }, [job]) => {
      if (job !== undefined) checkJobName(job);
      const here = await place();
      const ledger = await here.openLedger();
      if (job !== undefined) await noteUnknownJob(job, here, terminal);
      const listed = open
        ? await listOpenOnly(ledger, job)
        : await listRuns(ledger, { job, since: ledger.now() - since });
      let failed = 0;
      const { runs: found, left } = await readRuns(ledger, listed, {
        isWanted: ({ view }) => state === undefined || state.includes(view.state),
        limit,
        onProgress: (read) => terminal.progress(`reading runs: ${read} of ${listed.length}`),
        onTrouble: (entry, error) => {
          failed += 1;
          terminal.note(`${terminal.paint('bad', 'error')} job ${entry.job}, run ${entry.run}: ${error.message}`);
        },
      });
      const sorted = [...found].sort((a, b) => b.changedAt - a.changedAt);
      if (left > 0) terminal.note(`${left} more were not looked at: --limit ${limit}`);
      if (sorted.length === 0) terminal.note('there are none');
      terminal.result({ runs: sorted.map(rowOf), left }, () => table(sorted, terminal));
      return failed === 0 ? EXIT.done : EXIT.failed;
    },
  });
};

/** A duration, for an option. */
export function parseDuration(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new InvalidArgumentError('It is a number and s, m, h or d, as 30s, 5m, 6h, 7d.');
  return ms;
}

function parseCount(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number from 1 to 999999.');
}

function parseStates(text: string): RunViewState[] {
  return text.split(',').map((given) => {
    const state = RUN_STATES.find((one) => one === given.trim());
    if (!state) throw new InvalidArgumentError(`There are: ${RUN_STATES.join(', ')}.`);
    return state;
  });
}

function rowOf({ view, source, changedAt }: ReadRun): unknown {
  const { job, run, state, ...rest } = view;
  return { job, run, state, changed_at: new Date(changedAt).toISOString(), source, ...rest };
}

function table(runs: readonly ReadRun[], terminal: Terminal): string[] {
  const rows = runs.map(({ view, changedAt }) => [
    timeText(changedAt),
    view.job,
    view.run,
    view.state,
    view.task?.name ?? '-',
    reasonText(view.reason),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row, i) =>
    row
      .map((cell, column) => {
        const padded = cell.padEnd(widths[column] ?? 0);
        const state = runs[i]?.view.state;
        return column === 3 && state ? terminal.paint(toneOf(state), padded) : padded;
      })
      .join('  ')
      .trimEnd(),
  );
}
