import { InvalidArgumentError } from 'commander';
import { plainText } from '../../kernel/plain-text.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { isForeign, type Origin, originText } from '../../runs/ledger/origin.ts';
import { listUnreadable, type UnreadableRecord } from '../../runs/ledger/unreadable-records.ts';
import { listOpenOnly, listRuns, type ReadRun, readRuns } from '../../runs/operate/list-runs.ts';
import { adviceOnUnreadable } from '../../runs/report/report.ts';
import { RUN_STATES, type RunViewState } from '../../runs/report/run-view.ts';
import { viewOpenSets } from '../../runs/sets/view-set.ts';
import { durationMs } from '../../schema/duration.ts';
import { command } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import { pauseJson, pauseLines } from '../pause.ts';
import type { Terminal } from '../terminal.ts';
import { checkJobName } from './find-run.ts';
import { noteUnknownJob } from './note-unknown-job.ts';
import { setDeps, setLines } from './open-sets.ts';
import { readPauses } from './read-pauses.ts';
import { reasonText, timeText, toneOf } from './run-words.ts';

const DEFAULT_LIMIT = 100;
/** Records that cannot be read: more than these are found when these are put right. */
const MAX_UNREADABLE = 100;
const DEFAULT_SINCE_MS = 86_400_000;
const NO_SETS = { sets: [], left: 0 };

/** `runs list [job]`. */
export const addRunsList = command<{
  readonly open?: boolean;
  readonly state?: readonly RunViewState[];
  readonly since?: number;
  readonly limit: number;
}>('list [job]', {
  summary: 'the runs of the last day and those that are open, newest first, and the open sets of objects',
  about:
    'The times are those of the last change. Sets that are not complete are shown with what they wait for. Exits with 1 when a record could not be read, now or by reconcile: it is named with what to do, and the others are listed all the same.',
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
    const failed = new Set<string>();
    const { runs: found, left } = await readRuns(ledger, listed, {
      isWanted: ({ view }) => state === undefined || state.includes(view.state),
      limit,
      onProgress: (read) => terminal.progress(`reading runs: ${read} of ${listed.length}`),
      onTrouble: (entry, error) => {
        failed.add(`${entry.job}/${entry.run}`);
        const advice = error.temporary ? 'try again' : adviceOnUnreadable();
        noteTrouble(terminal, entry, `${error.message}; ${advice}`);
      },
    });
    const unreadable = await listUnreadable(ledger, MAX_UNREADABLE, job);
    for (const record of unreadable) {
      if (!failed.has(`${record.job}/${record.run}`))
        noteTrouble(terminal, record, `${record.why}; ${adviceOnUnreadable(record)}`);
    }
    const sorted = [...found].sort((a, b) => b.changedAt - a.changedAt);
    if (left > 0) terminal.note(`${left} more were not looked at: --limit ${limit}`);
    const openSets =
      state === undefined ? await viewOpenSets({ job, limit }, await setDeps(here, ledger, terminal)) : NO_SETS;
    const { sets, left: setsLeft } = openSets;
    if (sorted.length === 0) terminal.note(sets.length === 0 ? 'there are none' : 'there are no runs');
    if (setsLeft > 0) terminal.note(`${setsLeft} more open sets were not looked at: --limit ${limit}`);
    const pauses = await readPauses(ledger, job, terminal);
    if (pauses.length > 0) terminal.note(['paused:', ...pauseLines(pauses)].join('\n'));
    if (ledger.origin) terminal.aside(`runs of ${originText(ledger.origin)}, unless a row says otherwise`);
    const more = {
      ...(pauses.length === 0 ? {} : { pauses: pauses.map(pauseJson) }),
      ...(unreadable.length === 0 ? {} : { unreadable: unreadable.map(unreadableRow) }),
    };
    terminal.result({ runs: sorted.map(rowOf), left, sets, sets_left: setsLeft, ...more }, () => [
      ...table(sorted, ledger, terminal),
      ...setLines(sets, terminal),
    ]);
    const isSetUnreadable = sets.some((view) => view.state === 'unreadable');
    return failed.size === 0 && unreadable.length === 0 && !isSetUnreadable ? EXIT.done : EXIT.failed;
  },
});

function noteTrouble(
  terminal: Terminal,
  { job, run }: { readonly job: string; readonly run: string },
  what: string,
): void {
  terminal.note(`${terminal.paint('bad', 'error')} job ${job}, run ${run}: ${what}`);
}

/** What `reconcile` could not read: whether or not its run is open, or was written to lately. */
function unreadableRow({ job, run, since, why, object }: UnreadableRecord): unknown {
  const source = object && `obs://${object.bucket}/${object.key}`;
  return { job, run, since: new Date(since).toISOString(), why, source };
}

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

function whose(origin: Origin | undefined): string {
  return origin ? plainText(`of ${originText(origin)}`) : 'names no region, project and stage';
}

function rowOf({ view, source, origin, changedAt }: ReadRun): unknown {
  const { job, run, state, ...rest } = view;
  return { job, run, state, changed_at: new Date(changedAt).toISOString(), source, origin, ...rest };
}

const HEADER = ['CHANGED (UTC)', 'JOB', 'RUN', 'STATE', 'TASK', 'WHY'];

/** Of runs that are not this ledger's own, the last cell says whose. */
function table(runs: readonly ReadRun[], ledger: Ledger, terminal: Terminal): string[] {
  if (runs.length === 0) return [];
  const cells = runs.map(({ view, records, origin, changedAt }) => [
    timeText(changedAt),
    view.job,
    view.run,
    view.state,
    view.task?.name ?? '-',
    [isForeign(ledger, records) ? `[${whose(origin)}]` : '', reasonText(view.reason)].filter(Boolean).join(' '),
  ]);
  const rows = [HEADER, ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row, i) =>
    row
      .map((cell, column) => {
        const padded = cell.padEnd(widths[column] ?? 0);
        const state = runs[i - 1]?.view.state;
        if (i === 0) return terminal.paint('dim', padded);
        return column === 3 && state ? terminal.paint(toneOf(state), padded) : padded;
      })
      .join('  ')
      .trimEnd(),
  );
}
